"""Gradients of a batch from several threads, each with a core of its own: sooner than one thread on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def set_gradients(
    parameters: Sequence[Any],
    slope: Callable[[Sequence[Any]], tuple[float, Sequence[Any]]],
    batch: Sequence[Any],
    pool: ThreadPoolExecutor,
    workers: int,
) -> float:
    """Give each parameter its gradient over a batch that ``workers`` threads share out; the loss.

    ``slope`` gives loss and gradients of a part. They are summed in the order of the parts, whichever ends first: a
    seed gives one result.
    """
    found = list(pool.map(slope, [batch[at::workers] for at in range(workers) if batch[at::workers]]))
    for place, parameter in enumerate(parameters):
        parameter.grad = sum((slopes[place] for _, slopes in found[1:]), start=found[0][1][place])
    return sum(loss for loss, _ in found)
