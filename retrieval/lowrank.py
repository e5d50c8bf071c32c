"""Low-rank changes (LoRA; Hu et al. 2021) of a sentence encoder, all that is shipped of a tuned copy, and the copy itself."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.conversion import converted

Array = NDArray[np.float32]
_DOWN, _UP, _SCALE = ".down", ".up", "scale"
ADAPTED = ("query", "key", "value", "dense")
"""The layers of a BERT that are changed."""


def adapted(base: Path, rank: int, dropout: float = 0.05) -> Any:
    """The encoder of a ``transformers`` folder with changes of ``rank`` to learn, twice their product added."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModel

    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=dropout, target_modules=list(ADAPTED))
    model = AutoModel.from_pretrained(base, add_pooling_layer=False).float()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks for a name that transformers has renamed
        return get_peft_model(model, config)


def resume(model: Any, weights: Path) -> dict[str, Array]:
    """Put the changes of a file into a model of ``adapted``, to learn on from them; the arrays of the head.

    Raises OSError or ValueError where the file is missing or its changes are of another model or rank.
    """
    import torch

    layers = {name.removeprefix("base_model.model."): layer for name, layer in model.named_modules()}
    head: dict[str, Array] = {}
    with np.load(weights, allow_pickle=False) as data, torch.no_grad():
        for name in data.files:
            layer, _, part = name.rpartition(".")
            if f".{part}" not in (_DOWN, _UP):
                if name != _SCALE:
                    head[name] = data[name]
                continue
            changes = getattr(layers.get(layer), "lora_A" if f".{part}" == _DOWN else "lora_B", None)
            if changes is None or tuple(changes["default"].weight.shape) != data[name].shape:
                raise ValueError(f"{weights} holds changes of another model or rank: {layer} {data[name].shape}")
            changes["default"].weight.copy_(torch.from_numpy(data[name].astype(np.float32)))
    return head


def save(model: Any, head: Mapping[str, Array], out: Path) -> None:
    """Write what ``adapted`` learnt in half precision, and the arrays of ``head`` as they are."""
    held: dict[str, Any] = {**head, _SCALE: np.float32(2.0)}
    for name, layer in model.named_modules():
        if hasattr(layer, "lora_A") and "default" in layer.lora_A:
            name = name.removeprefix("base_model.model.")
            held[name + _DOWN] = layer.lora_A["default"].weight.detach().numpy().astype(np.float16)
            held[name + _UP] = layer.lora_B["default"].weight.detach().numpy().astype(np.float16)
    np.savez_compressed(out, **held)


def blend(start: Path, out: Path, share: float) -> None:
    """Let ``share`` of the changes and the head in ``start`` stand in those of ``out``, which were learnt on from them.

    Means of weights on one way generalise better than its end (Wortsman et al. 2022, model soups).
    """
    with np.load(start, allow_pickle=False) as before, np.load(out, allow_pickle=False) as after:
        mixed = {name: share * before[name].astype(np.float32) + (1 - share) * after[name] for name in after.files}
        kept = {name: mixed[name].astype(after[name].dtype) for name in after.files}
    np.savez_compressed(out, **kept)


def encoder(base: Path, weights: Path, name: str, *, intra_threads: int, inter_threads: int) -> Any:
    """The changed encoder as a ``ctranslate2.Encoder`` in 8 bits; its file, ``name``, is kept beside the base model.

    Raises OSError, ValueError or RuntimeError where a file is missing or the changes are of another model.
    """
    import ctranslate2

    with tempfile.TemporaryDirectory() as folder:
        spare = Path(folder)
        made = converted(
            base, name, lambda out: _convert(base, weights, spare / "merged", out), spare, weights.read_bytes()
        )
        return ctranslate2.Encoder(
            str(made), device="cpu", compute_type="int8", intra_threads=intra_threads, inter_threads=inter_threads
        )


def _convert(base: Path, weights: Path, merged: Path, out: Path) -> None:
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    bert = AutoModel.from_pretrained(base).float()
    layers = dict(bert.named_modules())
    with np.load(weights, allow_pickle=False) as data, torch.no_grad():
        for name in data.files:
            if not name.endswith(_DOWN):
                continue
            layer = name.removesuffix(_DOWN)
            change = data[layer + _UP].astype(np.float32) @ data[name].astype(np.float32) * float(data[_SCALE])
            if layer not in layers or tuple(layers[layer].weight.shape) != change.shape:
                raise ValueError(f"{base.name} has no {layer} of the shape {change.shape}")
            layers[layer].weight += torch.from_numpy(change)
    bert.save_pretrained(merged)
    for path in (*base.glob("tokenizer*"), *base.glob("vocab*"), *base.glob("special_tokens*")):
        shutil.copy(path, merged)
    TransformersConverter(str(merged)).convert(str(out), quantization="int8")
