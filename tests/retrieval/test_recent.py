"""What is remembered of texts seen lately."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from retrieval.recent import Recent


def test_only_new_texts_are_read_together_and_the_oldest_are_forgotten() -> None:
    asked: list[list[str]] = []

    def read(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.append(list(texts))
        return np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)

    recent = Recent(read, 2)
    assert recent(["a", "bb", "a"]).tolist() == [[1.0], [2.0], [1.0]]
    assert recent(["bb", "a"]).tolist() == [[2.0], [1.0]]
    assert recent(["ccc"]).tolist() == [[3.0]]
    assert recent(["a", "bb"]).tolist() == [[1.0], [2.0]]  # "bb" was the oldest
    assert asked == [["a", "bb"], ["ccc"], ["bb"]]
    assert recent([]).shape == (0, 1)


def test_many_threads_get_their_own_rows() -> None:
    recent = Recent(lambda texts: np.array([[float(text)] for text in texts], dtype=np.float32), 8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: recent([str(i % 20), str(i % 7)]).ravel().tolist(), range(400)))
    assert found == [[float(i % 20), float(i % 7)] for i in range(400)]
