"""Tunes a sentence encoder to the sentiment of texts with LoRA; retrieval's own copy is not touched."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import encoder
from retrieval import lowrank
from retrieval.descent import descend
from retrieval.precision import multiplies_bf16

logger = logging.getLogger(__name__)

Text = tuple[str, int]
"""A text and its label: 0 negative, 1 neutral, 2 positive."""
RANK = 32
_RATE = 5e-4
_BATCH = 32
_BESIDE = 3
"""One text of ``beside`` is drawn for so many others."""
_WARMUP = 0.06
_SMOOTHING = 0.05


def tune(
    tuned: encoder.Tuned,
    base: Path,
    texts: Sequence[Text],
    out: Path,
    *,
    beside: Sequence[Text] = (),
    epochs: int = 3,
    start: Path | None = None,
    rate: float = _RATE,
    workers: int = 2,
) -> None:
    """Write the encoder's changes and a three-class layer over the mean of its states to ``out``.

    Learns on from the changes and the layer of ``start`` where they are named; ``rate`` is the highest learning rate.
    Rare classes of ``texts`` weigh more, by the square root of their rarity. Of ``beside`` some are drawn for every batch,
    as many of each class. Each worker takes its part of a batch on a core of its own. On two cores that multiply bf16 an
    epoch takes seven minutes in English and half an hour in Chinese.
    """
    import torch

    torch.manual_seed(7)
    rng = np.random.default_rng(7)
    pieces = tuned.pieces(base)
    model = lowrank.adapted(base, RANK)
    last = torch.nn.Linear(model.config.hidden_size, 3)
    if start is not None:
        learnt = lowrank.resume(model, start)
        with torch.no_grad():
            last.weight.copy_(torch.from_numpy(learnt[encoder.LAST]))
            last.bias.copy_(torch.from_numpy(learnt[encoder.BIAS]))
    parameters = [p for p in model.parameters() if p.requires_grad] + list(last.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    ids = [pieces(text) for text, _ in (*texts, *beside)]
    labels = np.array([label for _, label in (*texts, *beside)])
    weight = torch.from_numpy(_weights(labels[: len(texts)]))
    loss_of = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=_SMOOTHING, reduction="sum")
    half = multiplies_bf16(torch.device("cpu"))

    def loss_at(rows: Sequence[int]) -> Any:
        batch = torch.zeros((len(rows), max(len(ids[i]) for i in rows)), dtype=torch.long)
        mask = torch.zeros_like(batch)
        for place, i in enumerate(rows):
            batch[place, : len(ids[i])] = torch.tensor(ids[i])
            mask[place, : len(ids[i])] = 1
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            states = model(input_ids=batch, attention_mask=mask).last_hidden_state
        kept = mask.unsqueeze(-1).float()
        return loss_of(last((states.float() * kept).sum(1) / kept.sum(1)), torch.from_numpy(labels[rows]))

    def slope(batch: Sequence[int], rows: Sequence[int]) -> tuple[float, Sequence[Any]]:
        whole = float(weight[torch.from_numpy(labels[batch])].sum())
        kinds = [i for i in rows if i < len(texts)], [i for i in rows if i >= len(texts)]  # of other lengths
        loss = sum(loss_at(kind) for kind in kinds if kind) / whole
        return float(loss.detach()), torch.autograd.grad(loss, parameters)

    lengths = [len(text) for text in ids[: len(texts)]]
    steps = [batch for _ in range(epochs) for batch in batches(lengths, _BATCH, rng)]
    if beside:
        share = _evenly(labels[len(texts) :])
        for batch in steps:
            batch += (len(texts) + rng.choice(len(beside), -(-len(batch) // _BESIDE), p=share)).tolist()
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (_WARMUP * len(steps))) * (1 - step / len(steps))
    )
    model.train()
    descend(parameters, optimiser, schedule, steps, slope, logger, steps=len(steps), shown=100, workers=workers)
    head = {encoder.LAST: last.weight, encoder.BIAS: last.bias}
    lowrank.save(model, {name: np.asarray(held.detach().numpy()) for name, held in head.items()}, out)


def _weights(labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """(3,) of each class, the square root of its rarity among the classes that there are; 1 for the others."""
    counts = np.bincount(labels, minlength=3)
    rarity = len(labels) / np.maximum(counts, 1) / (counts > 0).sum()
    return np.where(counts > 0, rarity**0.5, 1.0).astype(np.float32)


def _evenly(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) chances to be drawn that give every class the same."""
    share = 1 / np.bincount(labels)[labels]
    return np.asarray(share / share.sum(), dtype=np.float64)


def batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[list[int]]:
    """Rows of texts of about the same length, ``size`` together, in random order."""
    mixed = rng.permutation(len(lengths)).tolist()
    pools = [sorted(mixed[i : i + 64 * size], key=lambda k: lengths[k]) for i in range(0, len(mixed), 64 * size)]
    made = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
    return [made[i] for i in rng.permutation(len(made))]
