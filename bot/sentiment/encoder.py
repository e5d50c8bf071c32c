"""The sentence encoder tuned to the sentiment of English texts: a copy of its own beside the one that retrieval uses.

Only the low-rank changes (LoRA) and a last layer are shipped; the rest comes from the model that retrieval uses.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.cleaning import clean
from retrieval.encoder import means
from retrieval.errors import ModelError
from retrieval.recent import Recent

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("encoder.npz")
LONGEST = 64
"""Word pieces of a text that are read."""
_FOLDER = "mood-ctranslate2"
_CHARACTERS = 1000
_REMEMBERED = 4096
_DOWN, _UP, _LAST, _BIAS, _SCALE = ".down", ".up", "last.weight", "last.bias", "scale"


class TunedEncoder:
    """States of English texts and their logits of negative, neutral and positive; safe to call from several threads."""

    def __init__(self, base: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """Raises ModelError where the weights or the base model are missing or do not fit."""
        try:
            import ctranslate2
            from tokenizers import Tokenizer

            with np.load(weights, allow_pickle=False) as data:
                self._last = data[_LAST].astype(np.float32)
                self._bias = data[_BIAS].astype(np.float32)
            self._recent = Recent(self._read, _REMEMBERED)
            self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(LONGEST)
            with tempfile.TemporaryDirectory() as spare:
                converted = _converted(base, weights, Path(spare))
                self._encoder: Any = ctranslate2.Encoder(
                    str(converted), device="cpu", compute_type="int8", intra_threads=1, inter_threads=threads
                )
        except Exception as error:  # many kinds: files that are missing, broken or of another model
            raise ModelError(
                f"the mood encoder {weights.name} does not load over {base} ({error})",
                "run `frontdesk models fetch`, or remake it: python -m bot.sentiment.training",
            ) from error

    def logits(self, states: Vectors) -> Vectors:
        """Of negative, neutral and positive, from ``states``: shape (n, 3)."""
        return np.asarray(states @ self._last.T + self._bias, dtype=np.float32)

    def states(self, texts: Sequence[str]) -> Vectors:
        """The mean state of each text: shape (n, d). The last thousands of texts are remembered."""
        return self._recent([text[:_CHARACTERS] for text in texts])

    def _read(self, texts: Sequence[str]) -> Vectors:
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([clean(text) for text in texts])]
        found = means(self._encoder, tokens)
        return found if len(texts) else np.zeros((0, self._last.shape[1]), dtype=np.float32)


def save(changes: Mapping[str, tuple[Vectors, Vectors]], scale: float, last: Vectors, bias: Vectors, out: Path) -> None:
    """Write the changes of the layers, each (down (r, inputs), up (outputs, r)), and the last layer, in half precision."""
    held: dict[str, Any] = {_LAST: last.astype(np.float32), _BIAS: bias.astype(np.float32), _SCALE: np.float32(scale)}
    for name, (down, up) in changes.items():
        held[name + _DOWN], held[name + _UP] = down.astype(np.float16), up.astype(np.float16)
    np.savez_compressed(out, **held)


def _converted(base: Path, weights: Path, spare: Path) -> Path:
    """The whole encoder for CTranslate2, made once beside the base model, or in ``spare`` where none may write there."""
    stat = (base / "model.safetensors").stat()
    stamp = hashlib.sha256(weights.read_bytes() + f"{stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    kept = base / f"{_FOLDER}-{stamp}"
    if (kept / "model.bin").is_file():
        return kept
    made = spare / "converted"
    _convert(base, weights, spare / "merged", made)
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{_FOLDER}-", dir=base))
    except OSError:
        return made
    try:
        shutil.copytree(made, beside, dirs_exist_ok=True)
        os.replace(beside, kept)
    except OSError:  # another process was faster, or the disk is full
        shutil.rmtree(beside, ignore_errors=True)
        return kept if (kept / "model.bin").is_file() else made
    for old in base.glob(f"{_FOLDER}-*"):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)
    return kept


def _convert(base: Path, weights: Path, merged: Path, out: Path) -> None:
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    bert = AutoModel.from_pretrained(base)
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
