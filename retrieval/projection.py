"""A linear map of the sentence embeddings that brings a question and its rewordings together; run as a module to remake it.

    python -m retrieval.projection --embedder models/all-MiniLM-L6-v2 --classes FILE[=WEIGHT] [...] [--out FILE]

A file of classes is CSV (text, label), JSON {"train": [[text, label]]} or JSON Lines {"kind", "titles", "texts"}; texts of
one class mean the same. The map is learnt with neighbourhood components analysis (Goldberger et al. 2004): of a batch,
a text's nearest shall be of its class.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, SentenceTransformerEmbedder, Vectors
from retrieval.errors import InputError

WEIGHTS = Path(__file__).parent / "weights" / "projection.npy"
MADE_FOR = "all-MiniLM-L6-v2"
_SCALE = 20.0
_BATCH = 256
_PER_CLASS = 4


@cache
def weights() -> NDArray[np.float32]:
    """The shipped (d, d) map."""
    return np.asarray(np.load(WEIGHTS), dtype=np.float32)


def project(vectors: Vectors, embedder: str) -> Vectors:
    """(n, d) unit vectors after the map; unchanged where the vectors are of an embedder that it was not made for."""
    if embedder != MADE_FOR:
        return vectors
    made = vectors @ weights().T
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def read_classes(path: Path) -> list[tuple[str, str]]:
    """(text, class) pairs of a file; the place of a name, "{name}", is filled with "the place". Raises InputError."""
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return [(row[0], row[1]) for row in csv.reader(file)][1:]
        if path.suffix == ".json":
            return [(text, label) for text, label in json.loads(path.read_text("utf-8"))["train"]]
        held = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [(t.replace("{name}", "the place"), k["kind"]) for k in held for t in (*k["titles"], *k["texts"])]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise InputError(
            f"holds no classes ({error})", "see python -m retrieval.projection --help", path=path
        ) from error


def fit(
    sets: Sequence[tuple[Vectors, Sequence[str], float]], *, epochs: int = 12, rate: float = 1e-3, seed: int = 0
) -> NDArray[np.float32]:
    """The (d, d) map learnt from sets of ((n, d) vectors, their n classes, how often the set is drawn from)."""
    import torch

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    width = sets[0][0].shape[1]
    learnt = torch.nn.Parameter(torch.eye(width))
    steps = sum(len(labels) for _, labels, _ in sets) * epochs // _BATCH + 1
    optimiser = torch.optim.AdamW([learnt], rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1, pct_start=0.1)
    members = [rows_of(labels) for _, labels, _ in sets]
    share = np.array([weight for *_, weight in sets])
    for _ in range(steps):
        chosen = int(random.choice(len(sets), p=share / share.sum()))
        classes = members[chosen]
        drawn = draw(classes, _BATCH, random)
        vectors = torch.nn.functional.dropout(torch.from_numpy(sets[chosen][0][drawn]), 0.1)
        mapped = torch.nn.functional.normalize(vectors @ learnt.T, dim=-1)
        loss = neighbours_loss(mapped)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return np.asarray(learnt.detach().numpy(), dtype=np.float32)


def rows_of(labels: Sequence[str]) -> list[NDArray[np.int64]]:
    """The rows of each class, by the classes' first rows."""
    rows = defaultdict(list)
    for row, label in enumerate(labels):
        rows[label].append(row)
    return [np.array(held) for held in rows.values()]


def draw(classes: Sequence[NDArray[np.int64]], batch: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Rows of a batch: four of each of some classes, one class after the other; of a smaller class some twice."""
    some = random.choice(len(classes), min(len(classes), batch // _PER_CLASS), replace=False)
    return np.concatenate([random.choice(classes[c], _PER_CLASS, replace=len(classes[c]) < _PER_CLASS) for c in some])


def neighbours_loss(vectors: Any) -> Any:
    """How unlikely the unit vectors (n, d) of what ``draw`` drew make it that a row's nearest is of its class."""
    import torch

    labels = torch.arange(len(vectors) // _PER_CLASS).repeat_interleave(_PER_CLASS)
    near = (vectors @ vectors.T * _SCALE).fill_diagonal_(-1e9)
    same = (labels[:, None] == labels[None]).fill_diagonal_(False)
    return (torch.logsumexp(near, 1) - torch.logsumexp(near.masked_fill(~same, -1e9), 1)).mean()


def train(files: Sequence[tuple[Path, float]], embedder: Embedder, out: Path, seed: int = 0) -> None:
    """Learns the map from files of classes and writes it in 16 bits."""
    sets = []
    for path, weight in files:
        pairs = read_classes(path)
        sets.append((embedder.passages([text for text, _ in pairs]), [label for _, label in pairs], weight))
    np.save(out, fit(sets, seed=seed).astype(np.float16))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.projection", description="Learn the map of embeddings.")
    parser.add_argument("--embedder", required=True, help="a folder or hub name of a sentence-transformers model")
    parser.add_argument("--classes", action="append", required=True, metavar="FILE[=WEIGHT]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    files = [(Path(name), float(weight or 1)) for name, _, weight in (entry.partition("=") for entry in chosen.classes)]
    train(files, SentenceTransformerEmbedder(chosen.embedder), chosen.out, chosen.seed)


if __name__ == "__main__":
    main()
