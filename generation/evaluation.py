"""Measures replies on files: nearness to a reference (ROUGE-L, BLEU), groundedness and speed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation import grounding
from generation.prompt import UNKNOWN
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.writer import Writer
from retrieval.embedding import Embedder
from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.sentences import split
from retrieval.shortlist import order

_FORM = 'give {"history": [{"role", "text"}], "passages": [{"id", "title", "text"}], "reference": str}'


@dataclass(frozen=True, slots=True)
class Example:
    """One line of the file: a conversation, its passages in the file's order, and a reference reply."""

    history: tuple[Utterance, ...]
    passages: tuple[Passage, ...]
    reference: str


def read(data: Path) -> list[Example]:
    """The examples of a JSON Lines file. Raises InputError naming file, line and mend."""
    try:
        lines = data.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", "give a JSON Lines file in UTF-8", path=data) from error
    examples = [_example(line, data, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not examples:
        raise InputError("holds no example", 'give lines of {"history", "passages", "reference"}', path=data)
    return examples


def evaluate_generation(
    data: Path,
    writer: Writer,
    controls: SamplingControls,
    *,
    embedder: Embedder | None = None,
    reranker: Reranker | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """rouge_l, bleu, grounded, tokens_per_second and n of the writer's replies on a file.

    ``embedder`` and ``reranker`` order each example's passages as retrieval would; without an embedder the file's order stands.
    ``tokens_per_second`` counts the model's tokens of what was said over the whole time, checks included.
    Raises InputError for a malformed file.
    """
    examples = read(data)
    return asyncio.run(_evaluate(examples, writer, controls, (embedder, reranker), progress))


async def _evaluate(
    examples: Sequence[Example],
    writer: Writer,
    controls: SamplingControls,
    readers: tuple[Embedder | None, Reranker | None],
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    from rouge_score import rouge_scorer
    from sacrebleu.metrics import BLEU

    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True, tokenizer=_Words())
    replies: list[str] = []
    rouge: list[float] = []
    grounded = 0
    tokens = 0
    began = time.perf_counter()
    for number, example in enumerate(examples, 1):
        request = await asyncio.to_thread(_request, example, *readers)
        written = await writer.write(request, _unheard, controls)
        tokens += writer.count_tokens(written.text)
        text = written.text if not written.unknown else UNKNOWN[request.language]
        replies.append(text)
        rouge.append(scorer.score(example.reference, text)["rougeL"].fmeasure)
        grounded += all(
            grounding.check(sentence, example.passages).supported
            for sentence in split(written.text)
            if sentence.strip()
        )
        if progress is not None:
            progress(number, len(examples))
    seconds = time.perf_counter() - began
    chinese = any(detect(example.reference) == "zh" for example in examples)
    bleu = BLEU(tokenize="zh" if chinese else "13a", effective_order=True)
    return {
        "rouge_l": sum(rouge) / len(rouge),
        "bleu": bleu.corpus_score(replies, [[example.reference for example in examples]]).score / 100,
        "grounded": grounded / len(examples),
        "tokens_per_second": tokens / seconds,
        "n": len(examples),
    }


class _Words:
    """Words for ROUGE: stems in English, single characters in Chinese."""

    def tokenize(self, text: str) -> list[str]:
        import re

        from rouge_score.tokenizers import DefaultTokenizer

        if detect(text) == "zh":
            return re.findall(r"[\u3400-\u9fff]|[A-Za-z]+|\d+", text)
        return list(DefaultTokenizer(use_stemmer=True).tokenize(text))


async def _unheard(_: str) -> None:
    """Nobody listens."""


def _request(example: Example, embedder: Embedder | None, reranker: Reranker | None) -> ReplyRequest:
    count = len(example.passages)
    hits = [Hit(passage, 1.0 - place / (10 * count)) for place, passage in enumerate(example.passages)]
    if embedder is not None:
        hits = order(example.history, example.passages, embedder, reranker)
    return ReplyRequest(example.history, hits, language=detect(example.history[-1].text))


def _example(line: str, path: Path, number: int) -> Example:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(f"not valid JSON: {error}", _FORM, path=path, line=number) from error
    return parse(record, path, number)


def parse(record: object, path: Path, number: int) -> Example:
    """The example of one line's JSON. Raises InputError naming file, line and mend."""
    form = _FORM
    if not isinstance(record, dict):
        raise InputError("not an object", form, path=path, line=number)
    history, passages, reference = (record.get(key) for key in ("history", "passages", "reference"))
    if not isinstance(history, list) or not history:
        raise InputError("history is missing or empty", form, path=path, line=number)
    if not isinstance(passages, list) or not passages:
        raise InputError("passages is missing or empty", form, path=path, line=number)
    if not isinstance(reference, str):
        raise InputError("reference is missing", form, path=path, line=number)
    turns: list[Utterance] = []
    for turn in history:
        role, text = (turn.get("role"), turn.get("text")) if isinstance(turn, dict) else (None, None)
        if role not in ("customer", "agent") or not isinstance(text, str):
            raise InputError("a turn of history needs role (customer or agent) and text", form, path=path, line=number)
        turns.append(Utterance(role, text))
    found: list[Passage] = []
    for place, passage in enumerate(passages):
        if not isinstance(passage, dict) or not isinstance(passage.get("text"), str):
            raise InputError(f"passage {place + 1} needs id, title and text", form, path=path, line=number)
        text = passage["text"]
        found.append(
            Passage(
                str(passage.get("id", place)),
                str(passage.get("title") or ""),
                text,
                str(path),
                number,
                entity=passage.get("entity"),
                language=detect(text),
            )
        )
    return Example(tuple(turns), tuple(found), reference)
