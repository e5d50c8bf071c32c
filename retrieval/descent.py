"""Descends a loss with gradients from several threads, each with a core of its own: sooner than one thread on all cores."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

Slope = Callable[[Sequence[Any], Sequence[Any]], tuple[float, Sequence[Any]]]
"""Loss and gradients of a part of a batch, the second argument, as its share of the whole batch, the first."""


def descend(
    parameters: Sequence[Any],
    optimiser: Any,
    schedule: Any,
    batches: Iterable[Sequence[Any]],
    slope: Slope,
    logger: logging.Logger,
    *,
    steps: int,
    shown: int,
    workers: int,
) -> None:
    """Take a step for each of ``batches``, of which there are ``steps``, and log the smoothed loss after every ``shown``."""
    import torch

    before, began, running = torch.get_num_threads(), time.monotonic(), 0.0
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(workers) as pool:
            for step, batch in enumerate(batches, 1):
                loss = set_gradients(parameters, partial(slope, batch), batch, pool, workers)
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimiser.step()
                schedule.step()
                running = 0.98 * running + 0.02 * loss
                if step % shown == 0:
                    spent, smoothed = time.monotonic() - began, running / (1 - 0.98**step)
                    logger.info("step %d of %d, %.0f s, loss %.4f", step, steps, spent, smoothed)
    finally:
        torch.set_num_threads(before)


def set_gradients(
    parameters: Sequence[Any],
    slope: Callable[[Sequence[Any]], tuple[float, Sequence[Any]]],
    batch: Sequence[Any],
    pool: ThreadPoolExecutor,
    workers: int,
) -> float:
    """Give each parameter its gradient over a batch that ``workers`` threads share out; the loss.

    ``slope`` gives loss and gradients of a part. They are summed in the order of the parts, whichever ends first: a seed gives one result.
    """
    found = list(pool.map(slope, [batch[at::workers] for at in range(workers) if batch[at::workers]]))
    for place, parameter in enumerate(parameters):
        parameter.grad = sum((slopes[place] for _, slopes in found[1:]), start=found[0][1][place])
    return sum(loss for loss, _ in found)
