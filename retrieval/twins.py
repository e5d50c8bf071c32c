"""Pairs the entries of a file with those of its twin in the other language, by their order and their numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from retrieval.numbers import Numbers, numbers
from retrieval.passages import Passage

_SURE = 0.5
"""Share of numbers that two entries have in common, for them to be a pair where the files have not as many entries."""


def pairs(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """English and Chinese entries that say the same: of ``a.md`` and ``a.zh.md``, or ``en/a.md`` and ``zh/a.md``."""
    files: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.kind != "product":
            files[passage.source].append(passage)
    for source, entries in files.items():
        for name in _twins(source):
            if name in files and name != source:
                english = [p for p in entries if p.language == "en"]
                chinese = [p for p in files[name] if p.language == "zh"]
                yield from _aligned(english, chinese)
                break


def _twins(source: str) -> Iterator[str]:
    stem, dot, suffix = source.rpartition(".")
    yield f"{stem}.zh{dot}{suffix}"
    yield re.sub(r"\.en$", ".zh", stem) + dot + suffix
    yield re.sub(r"(^|/)en/", r"\1zh/", source)


def _aligned(english: Sequence[Passage], chinese: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """The pairs, in order, that have most numbers in common; an entry that the twin lacks has no partner."""
    if len(english) == len(chinese):
        yield from zip(english, chinese, strict=True)
        return
    ours, theirs = ([numbers(f"{p.title}\n{p.text}") for p in side] for side in (english, chinese))
    shares = [[_share(one, other) for other in theirs] for one in ours]
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours)):
        for j in range(len(theirs)):
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + 0.1 + shares[i][j])
    i, j = len(ours), len(theirs)
    found: list[tuple[int, int]] = []
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            if shares[i][j] >= _SURE:
                found.append((i, j))
    yield from ((english[i], chinese[j]) for i, j in reversed(found))


def _share(one: Numbers, other: Numbers) -> float:
    together = (one.said | other.said).total()
    return (one.said & other.said).total() / together if together else 0.0
