"""Remembers what was computed of the texts seen lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Recent:
    """``read``, a function of n texts that gives (n, d), with the rows of the last ``capacity`` texts kept.

    Safe to call from several threads. New texts are read together, outside of the lock.
    """

    def __init__(self, read: Callable[[Sequence[str]], Vectors], capacity: int) -> None:
        self._read = read
        self._capacity = capacity
        self._held: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """(n, d), row by row that of each text."""
        if not texts:
            return self._read([])
        with self._lock:
            known = {text: self._held[text] for text in texts if text in self._held}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._read(new), strict=True))
        with self._lock:
            for text in texts:
                self._held[text] = known[text]
                self._held.move_to_end(text)
            while len(self._held) > self._capacity:
                self._held.popitem(last=False)
        return np.stack([known[text] for text in texts])
