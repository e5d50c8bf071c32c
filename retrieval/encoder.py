"""Runs a BERT sentence encoder through CTranslate2: the vectors of sentence-transformers at about half the time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.conversion import converted

_FOLDER = "encoder-ctranslate2"
_BATCH_TOKENS = 4096


class FastEncoder:
    """Mean-pooled unit vectors of one converted encoder. CTranslate2 serves several threads at once."""

    def __init__(self, model: Path, converted: Path, longest: int, threads: int) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._encoder = ctranslate2.Encoder(
            str(converted), device="cpu", compute_type="float32", intra_threads=threads, inter_threads=1
        )

    @classmethod
    def of(cls, model: Path, threads: int = 2) -> FastEncoder | None:
        """The encoder of a sentence-transformers folder, converted on first use beside its weights.

        None where the model is no plain mean-pooled BERT or CTranslate2 is missing.
        """
        longest = _plain_bert(model)
        if longest is None:
            return None
        try:
            with tempfile.TemporaryDirectory() as spare:
                made = converted(model, _FOLDER, partial(_convert, model), Path(spare))
                return cls(model, made, longest, threads)
        except (ImportError, OSError, RuntimeError, ValueError):
            return None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) float32 unit vectors."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        found = means(self._encoder, tokens)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def means(encoder: Any, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """(n, d) mean states of token sequences under a ``ctranslate2.Encoder``; those of like length are read together."""
    order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    rows: list[NDArray[np.float32]] = [np.zeros(0, dtype=np.float32)] * len(tokens)
    for batch in _batches(order, [len(t) for t in tokens]):
        states = np.asarray(encoder.forward_batch([tokens[i] for i in batch]).last_hidden_state)
        for place, i in enumerate(batch):
            rows[i] = states[place, : len(tokens[i])].mean(axis=0)
    return np.ascontiguousarray(rows, dtype=np.float32)


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Texts of like length together, so that little is padded; about ``_BATCH_TOKENS`` tokens each."""
    batches: list[list[int]] = []
    for i in order:
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


def _plain_bert(model: Path) -> int | None:
    """The longest input in tokens where the folder holds BERT, mean pooling and nothing else that changes vectors."""
    try:
        kinds = [m["type"].rsplit(".", 1)[-1] for m in json.loads((model / "modules.json").read_text("utf-8"))]
        config = json.loads((model / "config.json").read_text("utf-8"))
        pooling = json.loads((model / "1_Pooling" / "config.json").read_text("utf-8"))
        longest = int(json.loads((model / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    modes = {name for name, on in pooling.items() if name.startswith("pooling_mode") and on is True}
    usual = kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    mean = modes == {"pooling_mode_mean_tokens"}
    return longest if usual and mean and config.get("model_type") == "bert" else None


def _convert(model: Path, out: Path) -> None:
    from ctranslate2.converters import TransformersConverter
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    TransformersConverter(str(model)).convert(str(out))
