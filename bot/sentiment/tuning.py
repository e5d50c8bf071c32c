"""Tunes the upper layers of the sentence encoder to the sentiment of English texts; retrieval's own copy is not touched.

Every pass over the data sees all negative texts and a fresh share of the neutral and positive ones, so that the classes
weigh about the same and nothing is seen more often than it must be.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.cleaning import clean

logger = logging.getLogger(__name__)

LONGEST = 48  # word pieces
FROZEN = 3  # layers at the bottom, of six, that stay as they are
_BATCH = 32


def tune(
    base: Path,
    texts: Sequence[str],
    labels: NDArray[np.int64],
    out: Path,
    *,
    passes: int = 2,
    minutes: float = 60.0,
    rate: float = 1e-4,
) -> None:
    """Writes the tuned layers and the three-class layer over the mean of the states to ``out`` (a torch file).

    The learning rate falls to zero over the steps or over ``minutes``, whichever comes first.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.manual_seed(7)
    rng = np.random.default_rng(7)
    tokenizer = AutoTokenizer.from_pretrained(base)
    # Nothing is seen often enough to be learned by heart, so nothing is dropped out: a fifth of the time saved.
    model = AutoModel.from_pretrained(
        base, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    lower = _lower(base)
    upper = model.encoder.layer[FROZEN:]
    last = torch.nn.Linear(model.config.hidden_size, 3)
    groups: list[dict[str, Any]] = [
        {"params": list(upper.parameters()), "lr": rate},
        {"params": list(last.parameters()), "lr": 10 * rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    ids = tokenizer([clean(text) for text in texts], truncation=True, max_length=LONGEST)["input_ids"]
    rounds = [_round(labels, number, passes, rng) for number in range(passes)]
    steps = sum(math.ceil(len(rows) / _BATCH) for rows in rounds)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    began, step, running = time.monotonic(), 0, 0.0
    model.train()
    for rows in rounds:
        for batch in _batches(rows, ids, rng):
            done = max(step / steps, (time.monotonic() - began) / 60 / minutes)
            if done >= 1:
                break
            for group, top in zip(optimiser.param_groups, (rate, 10 * rate), strict=True):
                group["lr"] = top * min(1.0, (step + 1) / (0.05 * steps)) * (1 - done)
            mask = tokenizer.pad({"input_ids": [ids[i] for i in batch]}, return_tensors="pt")["attention_mask"]
            states = torch.from_numpy(np.array(lower.forward_batch([ids[i] for i in batch]).last_hidden_state))
            hidden = (1.0 - mask[:, None, None, :].float()) * -1e9
            for layer in upper:
                states = layer(states, attention_mask=hidden)
            logits = last(mean_of(states, mask))
            loss = loss_of(logits, torch.from_numpy(labels[batch]))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            running = 0.98 * running + 0.02 * loss.item()
            step += 1
            if step % 50 == 0:
                logger.info(
                    "step %d of %d, %.0f s, loss %.4f",
                    step,
                    steps,
                    time.monotonic() - began,
                    running / (1 - 0.98**step),
                )
                _save(model, last, out)
    _save(model, last, out)
    logger.info("tuned in %d of %d steps", step, steps)


def _lower(base: Path) -> Any:
    """The layers that stay as they are, in 8-bit steps: they only have to be run."""
    import tempfile

    import ctranslate2
    from transformers import AutoModel, AutoTokenizer

    with tempfile.TemporaryDirectory() as folder:
        AutoModel.from_pretrained(base, num_hidden_layers=FROZEN).save_pretrained(folder)
        AutoTokenizer.from_pretrained(base).save_pretrained(folder)
        converted = str(Path(folder) / "converted")
        ctranslate2.converters.TransformersConverter(folder).convert(converted, quantization="int8")
        return ctranslate2.Encoder(converted, device="cpu", compute_type="int8", intra_threads=2)


def mean_of(states: Any, mask: Any) -> Any:
    """The mean state of each text's word pieces."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


def _save(model: Any, last: Any, out: Path) -> None:
    import torch

    kept = {name: value for name, value in model.state_dict().items() if name.startswith("encoder.layer.")}
    kept = {name: value for name, value in kept.items() if int(name.split(".")[2]) >= FROZEN}
    torch.save({"layers": kept, "last": last.state_dict()}, out)


def _round(labels: NDArray[np.int64], number: int, passes: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of one pass: every negative text, and the pass's own part of the neutral and the positive ones."""
    fixed = np.random.default_rng(11).permutation(len(labels))
    share = [i for k in (1, 2) for i in fixed[labels[fixed] == k][number::passes]]
    return np.asarray([*np.flatnonzero(labels == 0), *share])


def _batches(rows: NDArray[np.int64], ids: Sequence[Sequence[int]], rng: np.random.Generator) -> list[list[int]]:
    """Batches of texts of about the same length, in random order."""
    mixed = rng.permutation(rows).tolist()
    pools = [sorted(mixed[i : i + 64 * _BATCH], key=lambda k: len(ids[k])) for i in range(0, len(mixed), 64 * _BATCH)]
    batches = [pool[i : i + _BATCH] for pool in pools for i in range(0, len(pool), _BATCH)]
    return [batches[i] for i in rng.permutation(len(batches))]
