"""Tunes the sentence encoder to the sentiment of English texts with LoRA; retrieval's own copy is not touched."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import encoder
from bot.sentiment.cleaning import clean
from retrieval import lowrank
from retrieval.descent import set_gradients
from retrieval.precision import multiplies_bf16

logger = logging.getLogger(__name__)

RANK = 32
_RATE = 5e-4
_BATCH = 32
_WARMUP = 0.06
_SMOOTHING = 0.05


def tune(
    base: Path, texts: Sequence[str], labels: NDArray[np.int64], out: Path, *, epochs: int = 3, workers: int = 2
) -> None:
    """Write the encoder's changes and a three-class layer over the mean of its states to ``out``.

    Rare classes weigh more, by the square root of their rarity. Each worker takes its part of a batch on a core of its
    own. A quarter of an hour on two cores that multiply bf16, about three times that on others.
    """
    import torch
    from transformers import AutoTokenizer

    torch.manual_seed(7)
    rng = np.random.default_rng(7)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = lowrank.adapted(base, RANK)
    last = torch.nn.Linear(model.config.hidden_size, 3)
    parameters = [p for p in model.parameters() if p.requires_grad] + list(last.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=0.01)
    ids = tokenizer([clean(text) for text in texts], truncation=True, max_length=encoder.LONGEST)["input_ids"]
    weight = torch.tensor((len(labels) / np.bincount(labels, minlength=3) / 3) ** 0.5, dtype=torch.float32)
    loss_of = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=_SMOOTHING, reduction="sum")
    half = multiplies_bf16(torch.device("cpu"))

    def slope(rows: Sequence[int], whole: float) -> tuple[float, Sequence[Any]]:
        batch = tokenizer.pad({"input_ids": [ids[i] for i in rows]}, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).float()
        logits = last((states.float() * mask).sum(1) / mask.sum(1))
        loss = loss_of(logits, torch.from_numpy(labels[rows])) / whole
        return float(loss.detach()), torch.autograd.grad(loss, parameters)

    lengths = [len(text) for text in ids]
    steps = [batch for _ in range(epochs) for batch in batches(lengths, _BATCH, rng)]
    before, began, running = torch.get_num_threads(), time.monotonic(), 0.0
    torch.set_num_threads(1)
    model.train()
    try:
        with ThreadPoolExecutor(workers) as pool:
            for step, batch in enumerate(steps):
                done = step / len(steps)
                for group in optimiser.param_groups:
                    group["lr"] = _RATE * min(1.0, (step + 1) / (_WARMUP * len(steps))) * (1 - done)
                whole = float(weight[torch.from_numpy(labels[batch])].sum())
                loss = set_gradients(parameters, partial(slope, whole=whole), batch, pool, workers)
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimiser.step()
                running = 0.98 * running + 0.02 * loss
                if step % 100 == 99:
                    smoothed = running / (1 - 0.98 ** (step + 1))
                    logger.info(
                        "step %d of %d, %.0f s, loss %.4f", step + 1, len(steps), time.monotonic() - began, smoothed
                    )
    finally:
        torch.set_num_threads(before)
    head = {encoder.LAST: last.weight, encoder.BIAS: last.bias}
    lowrank.save(model, {name: np.asarray(held.detach().numpy()) for name, held in head.items()}, out)


def batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[list[int]]:
    """Rows of texts of about the same length, ``size`` together, in random order."""
    mixed = rng.permutation(len(lengths)).tolist()
    pools = [sorted(mixed[i : i + 64 * size], key=lambda k: lengths[k]) for i in range(0, len(mixed), 64 * size)]
    made = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
    return [made[i] for i in rng.permutation(len(made))]
