"""Passages with their vectors, words and entities in memory: gives candidates for a question and their features."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue
from retrieval.context import ASKING, contextual, following, leant_on, takes_up, without_pleasantries
from retrieval.embedding import Embedder, Vectors
from retrieval.entities import Entities
from retrieval.glossary import glossary
from retrieval.lexical import Lexical, Postings, telling, translation, words
from retrieval.multilingual import Meanings, multilingual
from retrieval.passages import Language, Passage
from retrieval.projection import project
from retrieval.query import Utterance
from retrieval.siblings import Pointed, pointed
from retrieval.spelling import Spelling

FLAT_UP_TO = 50_000
"""Passages up to which FAISS searches exactly; above, it visits the nearest of 4 sqrt(n) cells."""
VISITED = 20
"""One of so many cells is visited."""
FEATURES = (
    "dense",
    "bm25",
    "title_covered",
    "query_covered",
    "entity_share",
    "entity_first",
    "entity_score",
    "general",
    "general_despite_entity",
    "neighbours",
    "same_language",
    "asks_field",
    "tuned",
    "dense_in_context",
    "dense_after_agent",
)
_ASKS_FIELD = FEATURES.index("asks_field")
_ANSWER_SHARE = 0.45
_SHORT = 8
"""Search words of a Chinese turn up to which the turn before it is read too."""
_FIELD_WORDS = frozenset(
    words(
        "price cost much expensive stock available availability size big large tall wide heavy weight dimension "
        "colour color power watt compatible compatibility fit work together warranty guarantee specification feature battery "
        "weigh heavy black white "
        "价格 价钱 多少钱 多贵 售价 有货 现货 库存 缺货 尺寸 大小 多大 多重 多高 多长 颜色 功率 兼容 搭配 配套 支持 保修 质保 规格 参数 材质 续航"
    )
)

_COSTS = frozenset(words("how much price cost")) | {"价格", "多少钱"}
_FEW = 2
"""Words up to which a question says no more than of what it asks the price."""
_POINTING = re.compile(r"\b(?:it|its|it's|(?:this|that) one)\b|它|[这那]款", re.IGNORECASE)
_ASKING_WORDS = frozenset(
    words(
        "whats hows long come comes does many months years days one tell pls plz ur also though still "
        "max maximum minimum least most "
        "现在 目前 一共 总共 大概 那款 这款 那种 这种 一种 最高 最大 最多 最低 最小 最少"
    )
)
_AMOUNT = re.compile(r"[一二两三四五六七八九十几半每]\w|\d+")
"""How many are asked about: "一罐"."""
_IS_BACK = frozenset(words("back again restocked")) | {"什么时候", "到货"}
"""What asks of something sold out when it can be had."""
_SPELT = 20_000
"""Passages whose words are known for putting right what was mistyped; of a large collection the first."""
MEANT_TOO = 0.7
"""The share of the surest entity's score from which another may be meant as well."""
_TOLD = 0.99
"""The share of a question's words that a record must hold to be said to hold them all."""


def embed(passages: Sequence[Passage], embedder: Embedder) -> Vectors:
    """(n, d) unit vectors, of title and text mixed; the entity's name stays out of the title."""
    titles = [nameless(p.title, p.entity) if p.kind != "product" else p.title for p in passages]
    question = embedder.passages(titles)
    answer = embedder.passages([p.text[:1500] for p in passages])
    mixed = (1 - _ANSWER_SHARE) * question + _ANSWER_SHARE * answer
    return np.ascontiguousarray(
        mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9), dtype=np.float32
    )


def meant(passages: Sequence[Passage]) -> NDArray[np.bool_]:
    """(n,) which passages get a multilingual vector: all of a usual collection, the Chinese ones of a larger one."""
    if len(passages) <= FLAT_UP_TO:
        return np.ones(len(passages), dtype=bool)
    return np.array([passage.language == "zh" for passage in passages], dtype=bool)


def meanings(passages: Sequence[Passage], reader: Embedder | None = None) -> Vectors:
    """(n, 512) multilingual unit vectors, of title and text mixed, in simplified characters as questions are."""
    return embed([_simplified(p) if p.language == "zh" else p for p in passages], reader or multilingual())


def _simplified(passage: Passage) -> Passage:
    simple = glossary().simplify
    entity = simple(passage.entity) if passage.entity else None
    return replace(passage, title=simple(passage.title), text=simple(passage.text), entity=entity)


def nameless(title: str, entity: str | None) -> str:
    """The title with "the place" for the name, so that entries of two places that ask the same read the same."""
    if not entity:
        return title
    bare = re.sub(r"(?i)\b(?:the\s+)?" + re.escape(entity) + r"(?:'s)?", "the place", title)
    return bare if bare.strip() != "the place" else title


def faiss_index(vectors: Vectors) -> Any:
    """An inner-product index whose kind is chosen by size: exact, or inverted lists of 16-bit vectors."""
    import faiss

    n, d = vectors.shape
    if n <= FLAT_UP_TO:
        index = faiss.IndexFlatIP(d)
    else:
        cells = int(4 * np.sqrt(n))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(d), d, cells, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter = 8
        sample = np.random.default_rng(0).choice(n, min(n, 40 * cells), replace=False)
        index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
        index.nprobe = cells // VISITED
    for start in range(0, n, 100_000):  # a memory-mapped array is never whole in memory
        index.add(np.ascontiguousarray(vectors[start : start + 100_000]))
    return index


@dataclass(frozen=True, slots=True)
class Candidates:
    """``rows`` (m,) of the passages and their ``features`` (m, len(FEATURES)); what the question was taken to mean.

    ``vector`` is the question's: the embedder's (d,), or the multilingual encoder's (512,) of a Chinese one.
    """

    rows: NDArray[np.int64]
    features: NDArray[np.float32]
    vector: NDArray[np.float32]
    entity: str | None
    follow_up: NDArray[np.float32] | None = None
    """Where the last turn leans on the one before ("and to Australia?"): how far each passage holds its own words."""
    context: NDArray[np.float32] | None = None
    """Of a short Chinese turn: how far each passage holds the words of the customer's turn before it."""
    nowhere: bool = False
    """Whether it asks what something costs that no passage holds."""
    pointed: NDArray[np.float32] | None = None
    """Of a turn that points at something ("its warranty"): how surely each passage is its record and tells what is asked."""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How like the question each of some passages is, (m,) each or one number for all: the columns of FEATURES."""

    dense: NDArray[np.float32]
    neighbours: NDArray[np.float32] | float
    tuned: NDArray[np.float32] | float
    in_context: NDArray[np.float32] | float = 0.0
    after_agent: NDArray[np.float32] | float = 0.0


class Library:
    """Everything a search reads. Not changed after it is made, so that threads may share it."""

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        index: Any = None,
        held: Vectors | None = None,
        reader: Embedder | None = None,
    ) -> None:
        """``held`` (m, 512) are the ``meanings`` of the passages that are ``meant``; made at need where none are given.

        ``reader`` is the multilingual encoder, the shipped one where none is named.
        """
        self.passages = tuple(passages)
        self.vectors = vectors
        self._meant = np.flatnonzero(meant(self.passages))
        self._meanings = None if held is None else Meanings(self._meant, held)
        self._reader = reader or multilingual()
        self._reading = threading.Lock()
        self._index = faiss_index(vectors) if index is None and len(passages) else index
        titles = [words(passage.title) for passage in self.passages]
        weighted = [_weighted_words(p, title) for p, title in zip(self.passages, titles, strict=True)]
        self.lexical = Lexical(weighted)
        self.entities = Entities(self.passages, weighted)
        del weighted
        number = {name: i for i, name in enumerate(self.entities.names)}
        self._entity = np.array([number.get(p.entity or "", -1) for p in self.passages], dtype=np.int64)
        self._compared = bool((self._entity[self._meant] < 0).any())  # some are about nobody in particular
        self._rows_of: dict[int, NDArray[np.int64]] = {}
        order = np.argsort(self._entity, kind="stable")
        for chunk in np.split(order, np.flatnonzero(np.diff(self._entity[order])) + 1) if len(order) else []:
            self._rows_of[int(self._entity[chunk[0]])] = chunk
        self._names = [frozenset(words(name)) for name in self.entities.names]
        self._chinese = np.array([p.language == "zh" for p in self.passages], dtype=bool)
        self._titles = Postings(
            [
                [word for word in title if e < 0 or word not in self._names[e]]
                for title, e in zip(titles, self._entity.tolist(), strict=True)
            ]
        )
        weight = np.array([self.lexical.weight(word) for word in self._titles.vocabulary], dtype=np.float32)
        self._titles.values = self._titles.values * weight[self._titles.columns]
        self._title_weight = np.bincount(
            self._titles.rows, weights=self._titles.values, minlength=len(self.passages)
        ).astype(np.float32)
        self.spelling = Spelling(f"{passage.title} {passage.text}" for passage in self.passages[:_SPELT])
        self._product_words = {row: _field_names(p) for row, p in enumerate(self.passages) if p.kind == "product"}

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.passages)

    @cached_property
    def records(self) -> Mapping[Language, Mapping[str, Passage]]:
        """The products' records of each language by entity."""
        return {
            language: {entity: self.passages[row] for entity, row in rows.items()}
            for language, rows in self._record_rows.items()
        }

    def meant(self, history: Sequence[Utterance], language: Language) -> Pointed:
        """The turns as they are searched: mistyped words put right, and products that are pointed at by their names."""
        return pointed(self.spelling.corrected(history), tuple(self.records[language].values()))

    def spoken_of(self, candidates: Candidates, language: Language) -> str | None:
        """The name of what the conversation is likeliest about, as its record in the customer's language has it."""
        record = self.records[language].get(candidates.entity or "")
        return candidates.entity if record is None else record.title

    @cached_property
    def _record_rows(self) -> Mapping[Language, Mapping[str, int]]:
        found: dict[Language, dict[str, int]] = {"en": {}, "zh": {}}
        for row in self._product_words:
            if entity := self.passages[row].entity:
                found[self.passages[row].language][entity] = row
        return found

    def meanings(self) -> Meanings:
        """The multilingual vectors of the passages that have one."""
        with self._reading:
            if self._meanings is None:
                self._meanings = Meanings(
                    self._meant, meanings([self.passages[int(row)] for row in self._meant], self._reader)
                )
            return self._meanings

    def candidates(
        self, history: Sequence[Utterance], embedder: Embedder, language: Language, wide: int = 50
    ) -> Candidates:
        """The passages worth ranking for the last turn of ``history``, with their features.

        The embedder reads no Chinese: a Chinese question is compared by the multilingual encoder, and the words sought in
        English passages are those of its translation. An English question is compared by both.
        """
        query = contextual(history)
        scores = self.entities.resolve(history)
        meant = sorted(scores, key=lambda e: -scores[e])[:3]
        theirs = [self._rows_of[e][:400] for e in meant if e in self._rows_of]
        terms = words(query)
        named = {mention.entity for mention in self.entities.mentions(query)}
        asking = self._asking(history, query, language)
        if language == "en":
            vector = embedder.queries([query])[0]
            sets = [self._near(vector, wide), self.lexical.top(terms, wide), *theirs]
            if len(asking):
                sets.append(self.meanings().near(asking, wide))
            asked: list[tuple[tuple[str, ...], tuple[str, ...], bool | None]] = [(terms, terms, None)]
        else:
            said = terms
            terms = telling(said, self.lexical, ASKING) or said
            foreign, same = words(translation(query)), takes_up(history) if named else ""
            vector = asking[0]
            sets = [self.lexical.top(terms, wide), self.meanings().near(asking, wide), *theirs]
            if foreign and not self._chinese.all():
                sets.append(self.lexical.top(foreign, wide))
            asked = [(terms, said + words(same), True), (foreign, foreign + words(translation(same)), False)]
        rows = np.unique(np.concatenate(sets)).astype(np.int64)
        if not len(rows):
            rows = np.arange(min(wide, len(self.passages)), dtype=np.int64)
        rows = self._in_language(rows, language)
        features = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
        pointed = np.zeros(len(rows), dtype=np.float32) if _POINTING.search(history[-1].text) else None
        for asked_terms, all_said, chinese in asked:
            some = np.ones(len(rows), dtype=bool) if chinese is None else self._chinese[rows] == chinese
            if some.any():
                likeness = (
                    self._likeness(rows[some], vector, embedder.name, asking)
                    if language == "en"
                    else self._meaning(rows[some], asking)
                )
                fields = self._asks_field(rows[some], all_said, scores, named)
                features[some] = self._features(rows[some], likeness, asked_terms, fields, scores, language)
                if pointed is not None:
                    pointed[some] = self._pointed(rows[some], asked_terms, scores)
                    features[some, _ASKS_FIELD] = np.maximum(features[some, _ASKS_FIELD], pointed[some])
        return Candidates(
            rows,
            features,
            vector,
            self.entities.names[meant[0]] if meant else None,
            self._follow_up(history, query, rows),
            self._context(history, terms, rows) if language == "zh" else None,
            self._nowhere(history[-1].text),
            pointed,
        )

    def _asking(self, history: Sequence[Utterance], query: str, language: Language) -> Vectors:
        """(n, 512) the question's meanings. Of a Chinese one: alone, after the customer's turn before it, after the agent's.

        Of an English one the second alone, and none where no passage is about nobody in particular.
        """
        around = following("customer", history, query)
        if language == "zh":
            return self._reader.queries([query, around, following("agent", history, query)])
        return self._reader.queries([around] if self._compared else [])

    def _in_language(self, rows: NDArray[np.int64], language: Language) -> NDArray[np.int64]:
        """The rows with a product's record in the customer's language in place of its other one, where there are both.

        Of a question's translation words may be missing that tell the product from the one beside it.
        """
        own, zh = self._record_rows[language], language == "zh"
        foreign = [row for row in rows[self._chinese[rows] != zh].tolist() if row in self._product_words]
        twins = {row: own[entity] for row in foreign if (entity := self.passages[row].entity or "") in own}
        return np.unique(np.array([twins.get(row, row) for row in rows.tolist()], dtype=np.int64))

    def _near(self, vector: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Rows of the ``k`` nearest vectors; fewer where the index finds fewer."""
        _, found = self._index.search(vector[None], min(k, len(self.passages)))
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)

    def _context(
        self, history: Sequence[Utterance], terms: Sequence[str], rows: NDArray[np.int64]
    ) -> NDArray[np.float32] | None:
        before = [word for word in words(leant_on(history)) if word not in terms]
        if not before or len(terms) > _SHORT:
            return None
        own = sum(term not in ASKING for term in terms)
        return self.lexical.coverage(before, rows) / np.float32(1 + own / 2)

    def _follow_up(
        self, history: Sequence[Utterance], query: str, rows: NDArray[np.int64]
    ) -> NDArray[np.float32] | None:
        own = [w for w in words(history[-1].text) if w not in ASKING and self.lexical.weight(w) > 0]
        if query == without_pleasantries(history[-1].text.strip()) or not own:
            return None
        titled = self.lexical.coverage(list(dict.fromkeys(own)), rows, self._titles)  # asked of, not only mentioned
        return (self.lexical.coverage(own, rows) + titled) / np.float32(2)

    def _nowhere(self, text: str) -> bool:
        """Whether a few words ask what something costs that no passage holds: another thing's price is none of it.

        Chinese ones are cut into parts that may be no words, so that all of them must be unknown.
        """
        terms = set(words(text))
        about = terms - _FIELD_WORDS - _ASKING_WORDS - ASKING - set(glossary().kinds.values())
        named = {term for term in about if len(term) > 1 and not _AMOUNT.fullmatch(term)}
        if not terms & _COSTS or len(named) > _FEW:
            return False
        unknown = {term for term in named if not self.lexical.holds(term) and not self.lexical.resembles(term)}
        return bool(unknown) and (unknown == named or any(map(str.isascii, unknown)))

    def _features(
        self,
        rows: NDArray[np.int64],
        likeness: _Likeness,
        terms: Sequence[str],
        fields: NDArray[np.float32],
        scores: dict[int, float],
        language: Language,
    ) -> NDArray[np.float32]:
        entity = self._entity[rows]
        top = max(scores.values(), default=0.0)
        score = np.array([scores.get(int(e), 0.0) for e in entity])
        general = entity < 0
        asked = self._nameless(terms, scores)
        title = np.zeros(len(rows), dtype=np.float32)
        for term in dict.fromkeys(terms):
            title += self._titles.at(term, rows)
        title /= np.maximum(self._title_weight[rows], 1e-9)
        same = self._chinese[rows] == (language == "zh")
        columns = (
            likeness.dense,
            self.lexical.scores(asked, rows),
            title,
            self.lexical.coverage(asked, rows),
            score / top if top else score,
            (score >= top) & (score > 0),
            score,
            general,
            general * top,
            likeness.neighbours,
            same,
            fields,
            likeness.tuned,
            likeness.in_context,
            likeness.after_agent,
        )
        return np.stack([np.broadcast_to(np.asarray(c, dtype=np.float32), rows.shape) for c in columns], axis=1)

    def _likeness(
        self, rows: NDArray[np.int64], vector: NDArray[np.float32], embedder: str, asking: Vectors
    ) -> _Likeness:
        """Of an English question: as it was encoded, after the map of rewordings, and by the votes of like passages.

        Its meaning in its context tells passages that are about nobody in particular from one another, as what is lacking to
        the likest of them. Of a place's passages half are alike but for the place, which the names tell better.
        """
        found = np.asarray(self.vectors[rows])
        mapped = project(np.concatenate([found, vector[None]]), embedder)
        tuned = mapped[:-1] @ mapped[-1]
        strongest = np.argsort(-tuned)[:40]
        closeness = np.maximum(mapped[:-1] @ mapped[strongest].T - 0.4, 0.0) ** 2
        votes = closeness @ np.maximum(tuned[strongest] - 0.3, 0.0) ** 2
        neighbours = votes / (closeness.sum(axis=1) + 0.5)
        around: NDArray[np.float32] | float = 0.0
        nobody = self._entity[rows] < 0
        if len(asking) and nobody.any():
            likest = self.meanings().of(rows) @ asking[0]
            around = np.where(nobody, likest, np.float32(0.0))
        english = ~self._chinese[rows]  # vectors of what the embedder cannot read are noise
        return _Likeness((found @ vector) * english, neighbours * english, tuned * english, around)

    def _meaning(self, rows: NDArray[np.int64], asking: Vectors) -> _Likeness:
        """Of a Chinese question."""
        alone, around, answered = asking @ self.meanings().of(rows).T
        return _Likeness(alone, 0.0, 0.0, around, answered)

    def _nameless(self, terms: Sequence[str], scores: Mapping[int, float]) -> Sequence[str]:
        """The words without the name of the surest entity; all where there are no others."""
        names = self._names[max(scores, key=lambda e: scores[e])] if scores else frozenset()
        return [term for term in terms if term not in names] or terms

    def _asks_field(
        self, rows: NDArray[np.int64], terms: Sequence[str], scores: Mapping[int, float], named: Collection[int]
    ) -> NDArray[np.float32]:
        """How surely each passage is the record of the product spoken of and is asked for something it holds, such as its price.

        Of a product that the question does not name the record must hold what else is asked: "what is delivery?" after talk of
        a lamp is not what the lamp costs. "When is it back?" asks for a field of what is sold out.
        """
        asked = set(self._nameless(terms, scores))
        general = any(len(term) > 1 for term in asked & _FIELD_WORDS)  # 钱 or 货 alone is no field
        others = asked - _FIELD_WORDS - _ASKING_WORDS - _IS_BACK - ASKING
        others = {t for t in others if len(t) > 1 and self.lexical.holds(t) and not _AMOUNT.fullmatch(t)}
        told = self.lexical.coverage(sorted(others), rows) > _TOLD if others else np.ones(len(rows), dtype=bool)
        found = np.zeros(len(rows), dtype=np.float32)
        for at, (row, entity) in enumerate(zip(rows.tolist(), self._entity[rows].tolist(), strict=True)):
            fields = self._product_words.get(row)
            if fields is None:
                continue
            asks = general or bool(asked & fields)
            is_back = self.passages[row].sold_out and bool(asked & _IS_BACK)
            if (asks and entity in named) or ((asks or is_back) and told[at]):
                found[at] = min(scores.get(entity, 0.0), 1.0)
        return found

    def _pointed(
        self, rows: NDArray[np.int64], terms: Sequence[str], scores: Mapping[int, float]
    ) -> NDArray[np.float32]:
        """Above 0 where the record of the product spoken of holds all that is asked: what holds for every product is no answer then."""
        asked = set(self._nameless(terms, scores)) - _ASKING_WORDS
        special = list(asked - _FIELD_WORDS)
        records = np.array([int(row) in self._product_words for row in rows])
        told = self.lexical.coverage(special, rows) > _TOLD if special else records
        least = MEANT_TOO * max(scores.values(), default=0.0)
        held = (scores.get(int(e), 0.0) for e in self._entity[rows])
        score = np.array([min(1.0, value) if value >= least else 0.0 for value in held], dtype=np.float32)
        return np.asarray(score * (records & told & bool(asked)), dtype=np.float32)


def _weighted_words(passage: Passage, title: Sequence[str]) -> tuple[str, ...]:
    """A passage's words for BM25, those of its title twice."""
    found = (*title, *title, *words(passage.text), *(w for alias in passage.aliases for w in words(alias)))
    return tuple(map(sys.intern, found))  # a million passages say the same words


def _field_names(product: Passage) -> frozenset[str]:
    return frozenset(word for key, _ in product.fields for word in words(key))
