"""Measures retrieval and answerability on JSON Lines files, through the very Retriever that serves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import documents
from retrieval import language as languages
from retrieval.embedding import Embedder
from retrieval.errors import InputError
from retrieval.passages import Findings, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever

THRESHOLD = 0.5
"""``Findings.answerable`` from which the knowledge is taken to answer; the weights are fitted so that 0.5 is best."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Query:
    """A conversation whose last turn is the question; ``relevant`` are ids, none where the knowledge has no answer.

    ``sentence`` is the one of a relevant passage that tells it, where the file marks one.
    """

    history: tuple[Utterance, ...]
    relevant: frozenset[str]
    sentence: str = ""


def read_knowledge(path: Path) -> list[Passage]:
    """Passages of a JSON Lines file {"id", "title", "text", "entity"}. Raises InputError with the line."""
    passages: list[Passage] = []
    seen: set[str] = set()
    for line, record in _records(path):
        identity, title, text = (record.get(key) for key in ("id", "title", "text"))
        for key, value in (("id", identity), ("title", title), ("text", text)):
            if not isinstance(value, str):
                raise InputError(f"{key!r} is missing or no string", "write it as text in quotes", path=path, line=line)
        entity = record.get("entity")
        if entity is not None and not isinstance(entity, str):
            raise InputError("'entity' is neither a string nor null", "name it or write null", path=path, line=line)
        if identity in seen:
            raise InputError(f"the id {identity!r} is used twice", "give each entry its own", path=path, line=line)
        seen.add(str(identity))
        passages.append(
            Passage(
                str(identity),
                str(title),
                str(text),
                path.name,
                line,
                entity or None,
                languages.detect(f"{title} {text}"),
            )
        )
    if not passages:
        raise InputError("holds no entry", "write one JSON object a line", path=path)
    return passages


def read_passages(path: Path) -> list[Passage]:
    """Passages of a JSON Lines file, or of a folder of a shop's files. Raises InputError."""
    if not path.is_dir():
        return read_knowledge(path)
    if not (passages := documents.load(path).passages):
        raise InputError("holds no entry", "name a shop's folder, such as knowledge_base", path=path)
    return list(passages)


def read_queries(path: Path) -> list[Query]:
    """Queries of JSON Lines. Raises InputError with the line.

    A line is one query, {"history": [{"role", "text"}], "relevant": [id]}, or a conversation, {"turns": [{"customer", "relevant",
    "agent"}]}, each of whose turns is a query after those before it; one with "relevant" null, which asks nothing of one entry, is none.
    A turn may mark the "sentence" of an entry that tells it.
    """
    queries: list[Query] = []
    for line, record in _records(path):
        if "turns" in record:
            queries += _conversation(record["turns"], path, line)
            continue
        history, relevant = record.get("history"), record.get("relevant")
        if not isinstance(history, list) or not history:
            raise InputError("'history' is missing or empty", "list the turns, question last", path=path, line=line)
        turns: list[Utterance] = []
        for turn in history:
            role, text = (turn.get("role"), turn.get("text")) if isinstance(turn, dict) else (None, None)
            if role not in ("customer", "agent") or not isinstance(text, str):
                raise InputError("a turn lacks role or text", 'its role is "customer" or "agent"', path=path, line=line)
            turns.append(Utterance("customer" if role == "customer" else "agent", text))
        queries.append(Query(tuple(turns), _ids(relevant, path, line)))
    if not queries:
        raise InputError("holds no query", "write one JSON object a line", path=path)
    return queries


def _conversation(turns: Any, path: Path, line: int) -> Iterator[Query]:
    said: list[Utterance] = []
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise InputError(
            "'turns' is no list of turns", 'write "customer", "relevant" and "agent"', path=path, line=line
        )
    for turn in turns:
        customer, agent = turn.get("customer"), turn.get("agent", "")
        if not isinstance(customer, str) or not isinstance(agent, str):
            raise InputError("a turn lacks its text", 'write "customer", "relevant" and "agent"', path=path, line=line)
        said.append(Utterance("customer", customer))
        if (relevant := turn.get("relevant")) is not None:
            yield Query(tuple(said), _ids(relevant, path, line), str(turn.get("sentence", "")))
        if agent:
            said.append(Utterance("agent", agent))


def _ids(relevant: Any, path: Path, line: int) -> frozenset[str]:
    if not isinstance(relevant, list) or not all(isinstance(r, str | int) for r in relevant):
        raise InputError("'relevant' is no list of ids", "write [] where there is no answer", path=path, line=line)
    return frozenset(map(str, relevant))


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", "check the file's name", path=path) from error
    for line, raw in enumerate(content.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw.decode("utf-8-sig" if line == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            raise InputError("is not UTF-8 text", "save the file as UTF-8", path=path, line=line) from error
        except (ValueError, RecursionError) as error:
            raise InputError("is not valid JSON", "write one JSON object a line", path=path, line=line) from error
        if not isinstance(record, dict):
            raise InputError("is no JSON object", "write one JSON object a line", path=path, line=line)
        yield line, record


def evaluate_retrieval(
    knowledge: Path,
    queries: Path,
    embedder: Embedder,
    *,
    reranker: Reranker | None = None,
    progress: Progress | None = None,
) -> dict[str, float | int]:
    """recall@1, recall@5 and mrr@5 over the queries that have an answer, n, ms_per_query."""
    passages = read_passages(knowledge)
    asked = [query for query in read_queries(queries) if query.relevant]
    if not asked:
        raise InputError("holds no query with a relevant id", "name the entries that answer", path=queries)
    first = five = reciprocal = 0.0
    findings, seconds = _search(Retriever.of(passages, embedder, reranker), asked, progress)
    for query, found in zip(asked, findings, strict=True):
        rank = next((i for i, hit in enumerate(found.hits) if hit.passage.id in query.relevant), None)
        if rank is not None:
            first += rank == 0
            five += 1
            reciprocal += 1 / (rank + 1)
    n = len(asked)
    return {
        "recall@1": first / n,
        "recall@5": five / n,
        "mrr@5": reciprocal / n,
        "n": n,
        "ms_per_query": 1000 * seconds / n,
    }


def evaluate_answerability(
    knowledge: Path,
    queries: Path,
    embedder: Embedder,
    *,
    reranker: Reranker | None = None,
    progress: Progress | None = None,
) -> dict[str, float | int]:
    """precision, recall and f1 of "can answer" at the threshold, with both kinds of error as shares of their class.

    ``calibration_error`` is the expected one over ten bins (Guo et al. 2017): how far the probability lies from the truth.
    """
    passages, asked = read_passages(knowledge), read_queries(queries)
    findings, _ = _search(Retriever.of(passages, embedder, reranker), asked, progress)
    said = [found.answerable >= THRESHOLD for found in findings]
    truth = [bool(query.relevant) for query in asked]
    right = sum(s and t for s, t in zip(said, truth, strict=True))
    precision = right / max(1, sum(said))
    recall = right / max(1, sum(truth))
    refused = sum(t and not s for s, t in zip(said, truth, strict=True))
    invented = sum(s and not t for s, t in zip(said, truth, strict=True))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if right else 0.0,
        "threshold": THRESHOLD,
        "false_refusals": refused / max(1, sum(truth)),
        "false_answers": invented / max(1, len(truth) - sum(truth)),
        "calibration_error": calibration_error([found.answerable for found in findings], truth),
        "n": len(asked),
    }


def calibration_error(probabilities: Sequence[float], truth: Sequence[bool], bins: int = 10) -> float:
    """The mean gap between stated and true share over equal-width bins, weighed by their sizes: in [0, 1]."""
    stated, held = np.asarray(probabilities, dtype=float), np.asarray(truth, dtype=float)
    place = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [
        abs(stated[place == b].mean() - held[place == b].mean()) * (place == b).mean()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def _search(retriever: Retriever, asked: list[Query], progress: Progress | None) -> tuple[list[Findings], float]:
    findings: list[Findings] = []
    started = time.perf_counter()
    for number, query in enumerate(asked, 1):
        findings.append(retriever.find(query.history))
        if progress is not None:
            progress(number, len(asked))
    return findings, time.perf_counter() - started
