"""Lists entries of the knowledge that repeat or contradict one another, within a language and across the two."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from retrieval import documents, twins
from retrieval.documents.chunking import LONGEST, sentences, width
from retrieval.embedding import Embedder
from retrieval.errors import FrontdeskError, InputError
from retrieval.lexical import STOP
from retrieval.numbers import Numbers, numbers
from retrieval.passages import Passage

_SAME_QUESTION = 0.9  # cosine of two English titles; "a lamp" and "a kettle" in one question are 0.6 apart
_SAME_WORDS = 0.97
_MOST = 20_000
_YES = re.compile(r"\s*(?:yes|sure|of course)\b|\s*(?:可以|能|有的|是的|会的|支持|当然)", re.IGNORECASE)
_NO = re.compile(r"\s*(?:no|sorry, no|unfortunately)\b|\s*(?:不|没有|无法|抱歉)", re.IGNORECASE)
_PRICE = re.compile(r"(?:S\$|SGD\s?)\s?(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?)\s?(?:新元|新币)")
_OF_PRICE = re.compile(r"\b(?:costs?|prices?|priced|sells? for)\b|售价|价格|卖价|定价", re.IGNORECASE)
_OTHER_SUM = re.compile(
    r"\b(?:shipping|delivery|fee|charge|deposit|assembly|repair|off|sav|discount|instead|spare|refund|each|per|with)|"
    r"运费|配送|手续费|押金|安装|维修|优惠|立减|折|退款|每",
    re.IGNORECASE,
)
_YOURS = re.compile(r"\b(?:if|when|unless|should) (?:you|the shop)\b|如果(?:你们|店)|(?:你们|店家)要是", re.IGNORECASE)
"""What the shop may do: "What happens if you cancel?" is not asked by "Can I cancel?"."""

Kind = Literal["duplicates", "contradictions"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Two places that should not both stand as they are; ``why`` says in a few words what differs."""

    kind: Kind
    first: Passage
    second: Passage
    why: str = ""

    def problem(self) -> InputError:
        where = f"{self.first.source}:{self.first.line}"
        if self.kind == "duplicates":
            return InputError(
                f"{self.second.title!r} repeats {where}",
                "keep one of them",
                path=self.second.source,
                line=self.second.line,
            )
        return InputError(
            f"{self.second.title!r} contradicts {where} ({self.why})",
            "make them agree, or their questions differ",
            path=self.second.source,
            line=self.second.line,
        )

    def record(self) -> dict[str, Any]:
        first, second = (f"{p.source}:{p.line}" for p in (self.first, self.second))
        return {"kind": self.kind[:-1], "first": first, "second": second, "why": self.why}


def lint(knowledge: Path, embedder: Embedder) -> tuple[dict[str, Any], list[FrontdeskError]]:
    """What repeats or contradicts: the same question twice, twins in two languages, a product against its record.

    The document counts ``duplicates`` (the same answer) and ``contradictions`` (other numbers, or yes against no);
    the errors name both places of each, after the files that had to be skipped.
    """
    loaded = documents.load(knowledge)
    entries = [p for p in loaded.passages if p.kind != "product"][:_MOST]
    products = [p for p in loaded.passages if p.kind == "product"]
    found = [
        *_same_questions(entries, embedder),
        *_translations(loaded.passages),
        *_records(products),
        *_told_prices(entries, products),
    ]
    document = {
        "passages": len(loaded.passages),
        "duplicates": sum(finding.kind == "duplicates" for finding in found),
        "contradictions": sum(finding.kind == "contradictions" for finding in found),
        "pairs": [finding.record() for finding in found],
    }
    return document, [*loaded.problems, *(finding.problem() for finding in found)]


def _same_questions(entries: Sequence[Passage], embedder: Embedder) -> Iterator[Finding]:
    """Entries of one language and entity that ask the same; what they say is held against each other."""
    for one, other in [*_alike_in_english(entries, embedder), *_alike_in_chinese(entries)]:
        kind, why = _compared(one, other)
        if kind is not None:
            yield Finding(kind, one, other, why)


def _alike_in_english(entries: Sequence[Passage], embedder: Embedder) -> Iterator[tuple[Passage, Passage]]:
    """Pairs whose titles mean the same. The sections of one page share its name: their own headings must be alike too."""
    english = [p for p in entries if p.language == "en"]
    if len(english) < 2:
        return
    headings = [p.title.rpartition(": ")[2] for p in english]
    texts = sorted({p.title for p in english} | set(headings))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = embedder.passages(texts)
    titles, own = vectors[[rows[p.title] for p in english]], vectors[[rows[heading] for heading in headings]]
    for i, other in enumerate(english):
        alike = np.minimum(titles[:i] @ titles[i], own[:i] @ own[i])
        yield from ((english[int(j)], other) for j in np.flatnonzero(alike >= _SAME_QUESTION))


def _alike_in_chinese(entries: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Pairs whose titles have the same words: the embedder may read no Chinese."""
    held: dict[frozenset[str], list[Passage]] = defaultdict(list)
    for other in entries:
        if other.language == "zh":
            asked = _asked(other.title)
            yield from ((one, other) for one in held[asked])
            held[asked].append(other)


def _asked(question: str) -> frozenset[str]:
    """The words of a Chinese question that say what it asks."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    text = re.sub(r"多长时间|多长|几天", "多久", question.casefold())
    found = frozenset(word for word in jieba.cut(text) if word[0].isalnum() and word not in STOP)
    return found or frozenset([_folded(question)])


def _compared(one: Passage, other: Passage) -> tuple[Kind | None, str]:
    if one.language != other.language or one.entity != other.entity or _parts_of_one(one, other):
        return None, ""
    if _folded(one.text) == _folded(other.text):
        return "duplicates", ""
    same_title = _folded(one.title) == _folded(other.title)
    if not same_title and numbers(one.title).said != numbers(other.title).said:
        return None, ""
    if bool(_YOURS.search(one.title)) != bool(_YOURS.search(other.title)):
        return None, ""
    shared = _overlap(one.text, other.text)
    if (same_title or shared > 0.2) and (why := _difference(one, other)):
        return "contradictions", why
    return ("duplicates", "") if same_title or shared > _SAME_WORDS else (None, "")


def _parts_of_one(one: Passage, other: Passage) -> bool:
    """A long section is indexed in parts of the same title."""
    return (one.source, one.title) == (other.source, other.title) and width(one.text) + width(other.text) > LONGEST


def _translations(passages: Sequence[Passage]) -> Iterator[Finding]:
    for english, chinese in twins.pairs(passages):
        if why := _difference(english, chinese):
            yield Finding("contradictions", english, chinese, why)


def _difference(one: Passage, other: Passage) -> str:
    """What two answers to one question disagree on, "30 against 45"; empty where they may both be right."""
    apart = _numbers_of(one).against(_numbers_of(other))
    if apart is not None:
        return " against ".join(map(", ".join, apart))
    answers = [_polarity(one.text), _polarity(other.text)]
    return " against ".join(map(str, answers)) if None not in answers and answers[0] != answers[1] else ""


def _numbers_of(passage: Passage) -> Numbers:
    return numbers(f"{passage.title}\n{passage.text}")


def _polarity(text: str) -> Literal["yes", "no"] | None:
    return "yes" if _YES.match(text) else "no" if _NO.match(text) else None


def _records(products: Sequence[Passage]) -> Iterator[Finding]:
    """One id for two records, and a record whose two languages differ in what they state."""
    records: dict[tuple[str, str], Passage] = {}
    # "Power Bank 20" is 充电宝 20000: a name is no statement.
    names = re.compile("|".join(re.escape(p.title) for p in sorted(products, key=lambda p: -len(p.title))) or "$^")
    for product in products:
        fields = dict(product.fields)
        key = (fields["id"], product.language)
        first = records.setdefault(key, product)
        if first is not product:
            why = ", ".join(
                f"{name} {held} against {fields[name]}"
                for name, held in first.fields
                if name in fields and fields[name] != held
            )
            yield Finding("contradictions" if why else "duplicates", first, product, why)
        elif product.language == "zh" and (english := records.get((fields["id"], "en"))) is not None:
            stated = [numbers(names.sub("·", p.text)) for p in (english, product)]
            apart = stated[0].against(stated[1])
            if apart is not None:
                yield Finding("contradictions", english, product, " against ".join(map(", ".join, apart)))


def _told_prices(entries: Sequence[Passage], products: Sequence[Passage]) -> Iterator[Finding]:
    """A sentence that gives a product another price than its record does."""
    named = {_folded(p.title): p for p in products if width(p.title) > 3}
    named |= {_folded(p.entity): p for p in products if p.entity and p.language == "en"}
    if not named:
        return
    pattern = re.compile("|".join(re.escape(name) for name in sorted(named, key=len, reverse=True)))
    for entry in entries:
        for sentence in sentences(entry.text):
            sums = [float((m[1] or m[2]).replace(",", "")) for m in _PRICE.finditer(sentence)]
            if len(sums) != 1 or not _OF_PRICE.search(sentence) or _OTHER_SUM.search(sentence):
                continue
            found = set(pattern.findall(_folded(sentence)))
            if len(found) != 1:
                continue
            product = named[found.pop()]
            held = dict(product.fields)["price"]
            price = _PRICE.search(held)
            if price is not None and float((price[1] or price[2]).replace(",", "")) != sums[0]:
                yield Finding("contradictions", product, entry, f"{held} against {sums[0]:.2f}")


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _overlap(one: str, other: str) -> float:
    a, b = (set(re.findall(r"[a-z]+|[\u4e00-\u9fff]", text.casefold())) for text in (one, other))
    return len(a & b) / max(1, len(a | b))
