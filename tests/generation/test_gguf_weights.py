from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

from generation import gguf_weights, model
from generation.gguf_weights import PREFIX, Unsupported, prepare
from retrieval.errors import ModelError

PLACES = (("self_attn.q_proj", "attn_q", 9), ("self_attn.k_proj", "attn_k", 3), ("mlp.down_proj", "ffn_down", 0))
SMALL = {"attn_q": (576, 64), "attn_k": (192, 64), "ffn_down": (64, 128)}
REAL = {"attn_q": (576, 576), "attn_k": (192, 576), "ffn_down": (576, 1536)}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a GGUF file of two small layers."""
    folder = tmp_path / "small"
    folder.mkdir()
    writer = gguf.GGUFWriter(str(folder / "small.gguf"), "llama")
    writer.add_head_count(9)
    writer.add_head_count_kv(3)
    random = np.random.default_rng(3)
    for layer in (0, 29):
        for place, shape in SMALL.items():
            writer.add_tensor(f"blk.{layer}.{place}.weight", random.normal(0, 1, shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return folder


def adapter(path: Path, shapes: dict[str, tuple[int, int]] = SMALL, **config: Any) -> Path:
    """A LoRA adapter of rank 4 on two layers, as peft writes one."""
    path.mkdir()
    stated = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", "task_type": "CAUSAL_LM"}
    stated |= {
        "target_modules": ["q_proj", "k_proj", "down_proj"],
        "layers_to_transform": [0, 29],
        "base_model_name_or_path": "smollm2",
    } | config
    (path / "adapter_config.json").write_text(json.dumps(stated))
    random = np.random.default_rng(7)
    tensors = {}
    for layer in (0, 29):
        for name, place, _ in PLACES:
            rows, columns = shapes[place]
            start = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{start}.lora_A.weight"] = random.normal(0, 0.2, (4, columns)).astype(np.float32)
            tensors[f"{start}.lora_B.weight"] = random.normal(0, 0.2, (rows, 4)).astype(np.float32)
    save_file(tensors, str(path / "adapter_model.safetensors"))
    return path


def test_the_merged_file_holds_the_weights_that_peft_merges(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "SmolLM2-135M-Instruct"
    folder.mkdir()
    for path in (models / "SmolLM2-135M-Instruct").iterdir():
        if path.is_file() and not path.name.startswith(PREFIX):
            os.symlink(path, folder / path.name)
    tuned = adapter(tmp_path / "tuned", REAL)
    made = prepare(folder, tuned)
    assert prepare(folder, tuned) == made
    merged, _ = model.load(folder, adapter=tuned)
    theirs = dict(merged.named_parameters())
    ours = {tensor.name: tensor for tensor in gguf.GGUFReader(str(made)).tensors}
    for layer in (0, 1, 29):
        for name, place, heads in PLACES:
            tensor = ours[f"blk.{layer}.{place}.weight"]
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            if heads:  # back from interleaved halves
                rows = values.shape[0]
                values = values.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(values.shape)
            expected = theirs[f"model.layers.{layer}.{name}.weight"].detach().numpy()
            assert np.abs(values - expected).max() < 0.02 * np.abs(expected).max()


def test_another_adapter_has_a_file_of_its_own_and_the_plain_model_too(small: Path, tmp_path: Path) -> None:
    made = {
        prepare(small),
        prepare(small, adapter(tmp_path / "one")),
        prepare(small, adapter(tmp_path / "two", lora_alpha=16)),
    }
    assert len(made) == 3


@pytest.mark.parametrize("fault", ["cut short", "another size", "no number", "another layer", "no settings"])
def test_an_adapter_that_is_corrupt_or_for_another_model_is_a_clear_error(
    small: Path, tmp_path: Path, fault: str
) -> None:
    broken = adapter(tmp_path / "broken")
    weights = broken / "adapter_model.safetensors"
    key = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
    if fault == "cut short":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif fault == "no settings":
        (broken / "adapter_config.json").write_text("{")
    else:
        from safetensors.numpy import load_file

        tensors = load_file(str(weights))
        if fault == "another size":
            tensors[key] = tensors[key][:, :32].copy()
        elif fault == "no number":
            tensors[key][0, 0] = np.nan
        else:
            tensors[key.replace(".0.", ".77.")] = tensors.pop(key)
        save_file(tensors, str(weights))
    before = set(small.iterdir())
    with pytest.raises(ModelError, match=r"adapter .* does not fit"):
        prepare(small, broken)
    assert set(small.iterdir()) == before  # nothing half made is left


def test_what_is_not_plain_lora_or_not_gguf_is_left_to_transformers(small: Path, tmp_path: Path) -> None:
    with pytest.raises(Unsupported):
        prepare(small, adapter(tmp_path / "dora", use_dora=True))
    with pytest.raises(Unsupported):
        gguf_weights.source(tmp_path)


def test_a_damaged_gguf_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(40))
    with pytest.raises(ModelError):
        prepare(tmp_path)
