"""Lists entries of the knowledge that repeat or contradict one another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import documents
from retrieval.embedding import Embedder
from retrieval.errors import FrontdeskError, InputError
from retrieval.passages import Passage

_SAME_QUESTION = 0.9
_SAME_WORDS = 0.97
_MOST = 20_000
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def lint(knowledge: Path, embedder: Embedder) -> tuple[dict[str, Any], list[FrontdeskError]]:
    """Pairs of one language and one entity whose questions are (nearly) the same.

    The document counts ``duplicates`` (the same answer) and ``contradictions`` (other numbers in it);
    the errors name both places of each, after the files that had to be skipped.
    """
    loaded = documents.load(knowledge)
    errors: list[FrontdeskError] = list(loaded.problems)
    entries = [p for p in loaded.passages if p.kind != "product"][:_MOST]
    vectors = embedder.passages([p.title for p in entries])
    counts = {"duplicates": 0, "contradictions": 0}
    listed: list[dict[str, Any]] = []
    for i, one in enumerate(entries):
        near = np.flatnonzero(vectors[i + 1 :] @ vectors[i] >= _SAME_QUESTION) + i + 1
        for j in near:
            other = entries[int(j)]
            kind = _compare(one, other)
            if kind is None:
                continue
            counts[kind] += 1
            listed.append(
                {"kind": kind[:-1], "first": f"{one.source}:{one.line}", "second": f"{other.source}:{other.line}"}
            )
            problem = "repeats" if kind == "duplicates" else "contradicts"
            mend = "keep one of them" if kind == "duplicates" else "make their numbers agree or their questions differ"
            errors.append(
                InputError(
                    f"{other.title!r} {problem} {one.source}:{one.line}", mend, path=other.source, line=other.line
                )
            )
    return {"passages": len(loaded.passages), **counts, "pairs": listed}, errors


def _compare(one: Passage, other: Passage) -> str | None:
    if one.language != other.language or one.entity != other.entity:
        return None
    same_title = _folded(one.title) == _folded(other.title)
    if one.language == "zh" and not same_title:
        return None  # the embedder may read no Chinese: only equal questions are sure
    if _folded(one.text) == _folded(other.text):
        return "duplicates"
    if not same_title and _digits(one.title) != _digits(other.title):
        return None
    shared = _overlap(one.text, other.text)
    if (same_title or shared > 0.5) and _digits(one.text) != _digits(other.text):
        return "contradictions"
    return "duplicates" if shared > _SAME_WORDS else None


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _digits(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _overlap(one: str, other: str) -> float:
    a, b = (
        set(re.findall(r"[a-z]+|[\u4e00-\u9fff]", one.casefold())),
        set(re.findall(r"[a-z]+|[\u4e00-\u9fff]", other.casefold())),
    )
    return len(a & b) / max(1, len(a | b))
