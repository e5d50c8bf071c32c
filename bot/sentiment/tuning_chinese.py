"""Tunes a copy of the multilingual encoder to the mood of Chinese texts: shop reviews, and customers' messages in chats."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.sentiment.chinese import HIDDEN, shortened
from bot.sentiment.tuning import batches
from retrieval.multilingual import parameters, pieces_of, save, table
from retrieval.precision import multiplies_bf16
from retrieval.training_multilingual import dropped, padded, states

logger = logging.getLogger(__name__)

Text = tuple[str, int]
"""A text and its label: 0 negative, 1 neutral, 2 positive."""
_READ = tuple(
    f"{name}{n}" for name in ("proj", "proj_b", "ln_g", "ln_b", "w1_", "b1_", "w2_", "b2_") for n in (2, 3, 5)
)
_RATE, _HEAD_RATE = 3e-4, 1e-3
_REVIEWS, _CHAT = 48, 16  # of a batch
_SMOOTHING = 0.03


def tune(reviews: Sequence[Text], chat: Sequence[Text], out: Path | None, *, epochs: int = 2, seed: int = 7) -> Any:
    """Fits to batches of reviews and of messages, and writes the weights to ``out``; gives them as (name, array) too.

    An epoch is one pass over the reviews: two minutes on two cores that multiply bf16.
    """
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    embedded, published = table(), parameters()
    p = {name: torch.from_numpy(published[name]).requires_grad_() for name in (*_READ, "ln_g", "ln_b")}
    width = 2 * len(published["ln_g"])
    head = {
        "hidden": torch.randn(width, HIDDEN) / width**0.5,
        "hidden_b": torch.zeros(HIDDEN),
        "last": torch.randn(HIDDEN, 3) / HIDDEN**0.5,
        "last_b": torch.zeros(3),
    }
    for tensor in head.values():
        tensor.requires_grad_()
    optimiser = torch.optim.AdamW(
        [{"params": list(p.values()), "lr": _RATE}, {"params": list(head.values()), "lr": _HEAD_RATE}],
        weight_decay=0.01,
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    ids = [[shortened(np.array(pieces_of(text))).tolist() for text, _ in texts] for texts in (reviews, chat)]
    labels = [np.array([label for _, label in texts]) for texts in (reviews, chat)]
    lengths = [len(text) for text in ids[0]]
    steps = [batch for _ in range(epochs) for batch in batches(lengths, _REVIEWS, rng)]
    counts = np.bincount(labels[1], minlength=3)
    share = 1 / np.maximum(counts, 1)[labels[1]]
    share /= share.sum()
    half, running, began = multiplies_bf16(torch.device("cpu")), 0.0, time.monotonic()
    for step, batch in enumerate(steps):
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / 100) * (1 - step / len(steps))
        loss = torch.zeros(())
        for kind, rows in enumerate((np.array(batch), rng.choice(len(chat), _CHAT, p=share))):
            pieces, mask = padded([ids[kind][i] for i in rows], embedded)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                pooled = _pooled(states(p, dropped(pieces), mask), mask)
            hidden = torch.relu(functional.dropout(pooled, 0.2) @ head["hidden"] + head["hidden_b"])
            logits = functional.dropout(hidden, 0.2) @ head["last"] + head["last_b"]
            wanted = torch.from_numpy(labels[kind][rows])
            loss = loss + functional.cross_entropy(logits, wanted, label_smoothing=_SMOOTHING, reduction="sum")
        loss = loss / (len(batch) + _CHAT)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*p.values(), *head.values()], 1.0)
        optimiser.step()
        running = 0.98 * running + 0.02 * float(loss.detach())
        if step % 200 == 199:
            shown = running / (1 - 0.98 ** (step + 1))
            logger.info("step %d of %d, %.0f s, loss %.4f", step + 1, len(steps), time.monotonic() - began, shown)
    made = {name: np.asarray(t.detach().numpy(), dtype=np.float32) for name, t in (p | head).items()}
    if out is not None:
        save(made, out)
    return made


def _pooled(made: Any, mask: Any) -> Any:
    import torch

    keep = mask.unsqueeze(-1)
    made = made.float()
    mean = (made * keep).sum(1) / mask.sum(1, keepdim=True)
    return torch.cat([mean, made.masked_fill(~keep, -1e4).amax(1)], -1)
