"""Makes the one GGUF file that the fast engine reads: the model's own weights, an adapter merged in, 8 bits each."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_FORM = "1"  # of the made file; another number makes it anew
PREFIX = "served-"
_PERMUTED = ("attn_q.weight", "attn_k.weight")
_PLACES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class Unsupported(ValueError):
    """These weights or this adapter cannot be put into a GGUF file here."""


def source(folder: Path) -> Path:
    """The GGUF file that a model came as. Raises Unsupported where it came as something else."""
    files = sorted(path for path in folder.glob("*.gguf") if not path.name.startswith(PREFIX))
    if len(files) != 1:
        raise Unsupported(f"{folder} holds {len(files) or 'no'} GGUF files")
    return files[0]


def prepare(folder: Path, adapter: Path | None = None) -> Path:
    """The file to serve, made once for each pair of base and adapter and kept in ``folder``.

    Raises Unsupported where it cannot be made, ModelError where the adapter is corrupt or for another model.
    """
    made = place(folder, adapter)
    if not made.is_file():
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as work:
            partial = Path(work) / made.name
            _write(source(folder), partial, _Lora(adapter) if adapter is not None else None)
            os.replace(partial, made)
    return made


def place(folder: Path, adapter: Path | None = None) -> Path:
    """Where ``prepare`` keeps the file of base and adapter. Raises Unsupported where the base is no GGUF file."""
    base = source(folder)
    size = base.stat().st_size
    seen = hashlib.sha256(f"{_FORM} {base.name} {size}".encode())
    stated = folder / "frontdesk.sha256"
    if stated.is_file():
        seen.update(stated.read_bytes())
    if adapter is not None:
        for path in sorted(adapter.glob("adapter_*")):
            seen.update(path.name.encode() + path.read_bytes())
    return folder / f"{PREFIX}{seen.hexdigest()[:16]}.gguf"


def _write(base: Path, made: Path, lora: _Lora | None) -> None:
    """Every tensor as it was, but projections merged with the adapter's and in Q8_0."""
    gguf: Any = import_module("gguf")
    try:
        reader = gguf.GGUFReader(str(base))
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise ModelError(f"{base} is damaged ({error})", "remove its folder and run: frontdesk models fetch") from error
    architecture = str(reader.fields["general.architecture"].contents())
    if lora is not None and architecture not in ("llama", "gemma3"):
        raise Unsupported(f"adapters of {architecture} models")
    heads = {
        "attn_q.weight": int(reader.fields[f"{architecture}.attention.head_count"].contents()),
        "attn_k.weight": int(reader.fields[f"{architecture}.attention.head_count_kv"].contents()),
    }
    eight = gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(str(made), architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        name = str(tensor.name)
        if len(tensor.shape) != 2 or name == "token_embd.weight" or tensor.shape[0] % 32:
            writer.add_tensor(name, tensor.data, raw_dtype=tensor.tensor_type)
            continue
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        if lora is not None:
            change = lora.change(name, values.shape)
            if change is not None:
                if architecture == "llama" and (kind_of := name.split(".", 2)[-1]) in _PERMUTED:
                    change = _permute(change, heads[kind_of])
                values = values + change
        writer.add_tensor(name, gguf.quantize(values, eight), raw_dtype=eight)
    if lora is not None:
        lora.finish()
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _permute(weights: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows in the order in which GGUF keeps a Llama's rotary heads: halves of each head interleaved."""
    rows = weights.shape[0]
    return weights.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(weights.shape)


class _Lora:
    """An adapter in PEFT's format, read without PEFT: B A times its scale for each projection that was tuned."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
            rank, alpha = int(config["r"]), float(config["lora_alpha"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._wrong(f"adapter_config.json: {error}") from error
        plain = config.get("peft_type") == "LORA" and not any(
            config.get(name)
            for name in ("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern", "fan_in_fan_out")
        )
        if not plain or config.get("bias", "none") != "none" or rank < 1:
            raise Unsupported(f"the adapter {folder} is more than plain LoRA")
        self._scale = alpha / rank**0.5 if config.get("use_rslora") else alpha / rank
        try:
            load = import_module("safetensors.numpy").load_file
            self._left: dict[str, NDArray[np.float32]] = load(str(folder / "adapter_model.safetensors"))
        except Exception as error:  # safetensors raises an error of its own that it does not export
            raise self._wrong(str(error)) from error

    def change(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32] | None:
        """What is added to the GGUF tensor ``name`` (rows, columns), or None where it was not tuned."""
        parts = name.split(".")
        if parts[0] != "blk" or len(parts) != 4:
            return None
        theirs = next((place for place, ours in _PLACES.items() if ours == parts[2]), None)
        start = f"base_model.model.model.layers.{parts[1]}.{theirs}."
        down = self._left.pop(start + "lora_A.weight", None)
        up = self._left.pop(start + "lora_B.weight", None)
        if down is None and up is None:
            return None
        if down is None or up is None or up.shape[1] != down.shape[0] or (up.shape[0], down.shape[1]) != tuple(shape):
            raise self._wrong(f"{start[17:-1]} is not of the shape {tuple(shape)}")
        change: NDArray[np.float32] = (up.astype("float32") @ down.astype("float32")) * self._scale
        if not bool((change - change == 0).all()):
            raise self._wrong(f"{start[17:-1]} holds what is no number")
        return change

    def finish(self) -> None:
        """Raise ModelError where the adapter tunes something that the model does not have."""
        if self._left:
            raise self._wrong(f"the model has no {next(iter(self._left))}")

    def _wrong(self, why: str) -> ModelError:
        return ModelError(
            f"the adapter {str(self._folder)!r} does not fit ({why})", "name an adapter tuned from this model, or none"
        )
