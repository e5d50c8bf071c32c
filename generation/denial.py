"""Tells whether a sentence says yes where a passage says no, or the other way round, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generation import facts
from retrieval.passages import Passage
from retrieval.sentences import split

ANSWER = re.compile(
    r"^\s*(?:(yes|yeah|sure|certainly|absolutely|of course|是的|可以的?|能的?|对的?|有的?|会的?)"
    r"|(no|nope|unfortunately|不可以的?|不能|不行|没有|不是的?|不会))(?:\s*[,.;:!，。；！]\s*|\s*$|\s+(?=(?:they|it|we|you|he|she|there)\b))",
    re.I,
)
# Where a clause that affirms or denies by itself may begin.
_COORDINATED = re.compile(
    r"[;；]|，|,\s+(?:and|or|but)\s|,\s+|\sbut\s(?=(?:not|never|only)\b)|\s(?:and|but)\s(?=(?:can|cannot|do|does|is|are|will|must|may|has|have)\b)",
    re.I,
)
_SUBORDINATE = re.compile(
    r"(?:if|when|unless|except|excluding|once|after|before|for|with|without|as|because|since|so|which|who|that|where|while|though)\b",
    re.I,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_VERB = re.compile(r"可|能|会|是|有|需|不|没|未|免|支持|享")
_HAN_LINK = re.compile(r"^(?:但是?|而且?|也|还|再|就|都|均|并且?|且|同时)+")
_SUBJECT = 8
"""As many characters before the verb are what a Chinese clause is about; more say something of it."""
_AROUND = 0.5
"""What a word of the clause before counts, beside one of the clause itself."""
_LITTLE = 0.2
"""What the words before the sentence's own clause count."""
_FIRST = 0.6
"""What it counts that a piece has the clause's first word, its subject."""
# "Before the course", "after the first year", "开场前": when, and of what.
_WHEN = re.compile(
    r"\b(within|before|until|till|after|beyond)\s+(?:(?:the|an?|your|our|its|their|each|every)\s+)?([a-z]+)(?:\s+([a-z]+))?",
    re.I,
)
_HAN_WHEN = re.compile(r"([\u3400-\u9fff]{2})[之以]?([前后後内內])(?![台天续期容部存])")
_LATE = frozenset({"after", "beyond", "后", "後"})
_ONLY = re.compile(r"\bonly\b|仅|只", re.I)
_FREE = re.compile(r"\b(?:free(?! from)|complimentary)\b|免费|免費|免(?!疫)", re.I)
_NO_CHARGE = re.compile(
    r"\b(?:(?:at |for )?no|without|free of)(?: extra| additional| further)? (?:charge|cost|fee)s?\b", re.I
)
_BUT_NOT = re.compile(r"(?:not|never)\b", re.I)
_TURN = re.compile(r"[,，]|\b(?:but|because|as|if|when|unless|until|while|without|so|to)\b", re.I)
_OPPOSITES = tuple(
    (frozenset(map(facts.stem, one.split())), frozenset(map(facts.stem, other.split())))
    for one, other in (
        ("free complimentary 免费 免", "charge cost fee surcharge paid extra 收费 付费 收取 另收 另付"),
        ("before 前 之前 以前", "after 后 之后 以后"),
        ("within 内 之内 以内", "after 后 之后 以后"),
        ("open 营业", "close 关门 休息"),
        ("more maximum most over 最多 超过", "less minimum least under fewer 最少 少于 至少"),
        ("include 包括 包含 随附 含", "exclude 不含 除外"),
        ("early 提前", "late 延迟"),
        ("online 线上", "store 门店"),
        ("increase", "decrease"),
        ("hot warm", "cold"),
        ("indoor inside", "outdoor outside"),
        ("accept allow permit", "refus prohibit forbidden reject"),
        ("顺时针 順時針 clockwise", "逆时针 逆時針 anticlockwise counterclockwise"),
        ("买家 顾客 客户 客人", "我们 卖家 商家 本店"),
        ("morning 上午 早上", "afternoon evening 下午 晚上"),
        ("left", "right"),
        ("以内 之内", "以外 之外"),
        ("全额 全部 full whole entire", "一半 半额 half"),
    )
)
# The last six of them and "free" say how: without them the clause is about the same.
_HOW = frozenset(word for pair in _OPPOSITES[-6:] for side in pair for word in side) | _OPPOSITES[0][0]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its content words, and those of the clauses of its sentence that say what it is about."""

    text: str
    words: frozenset[str]
    around: frozenset[str] = frozenset()


def denies(text: str, passage: Passage) -> bool:
    """Whether the sentence says yes where the passage says no, or the other way round."""
    text, whole = (_NO_CHARGE.sub("free", read) for read in (text, passage.text))
    answer = ANSWER.match(text)
    rest = ANSWER.sub("", text)
    stated = [sentence for sentence in split(whole) if sentence.strip()]
    if not stated:
        return False
    begins = ANSWER.match(stated[0])
    if answer and begins and bool(answer[2]) != bool(begins[2]):
        return True
    if not facts.plain(rest):
        if answer is None:
            return facts.negated(rest)
        return not begins and bool(answer[2]) != facts.negated(stated[0])
    about = facts.words(f"{passage.title} {passage.entity or ''}") if passage.kind == "product" else frozenset()
    if _turned(rest, whole):
        return True
    pieces = [piece for sentence in stated for piece in _pieces(ANSWER.sub("", sentence) or sentence)]
    denied = _denied(pieces)
    no = bool(answer[2]) if answer and not begins else None
    said = _coordinated(rest)
    return any(
        _contradicts(clause, pieces, about, no if at == 0 else None)
        or (clause.words & denied - about and not facts.negated(clause.text) and not (at == 0 and no))
        or _denies_stated(clause, pieces)
        for at, clause in enumerate(said)
    )


def _turned(text: str, stated: str) -> bool:
    """Whether the sentence says "after" of what the passage says "before" or "within", or the other way round."""
    ours, theirs = _times(text), _times(stated)
    return any((late, what) not in theirs and (not late, what) in theirs for late, what in ours)


def _times(text: str) -> frozenset[tuple[bool, tuple[str, ...]]]:
    """(whether after, of what) for each "before", "within" and "after" of a text."""
    found = [
        (match[1], tuple(facts.stem(word) for word in match.groups()[1:] if word)) for match in _WHEN.finditer(text)
    ]
    found += [(match[2], (match[1],)) for match in _HAN_WHEN.finditer(text)]
    return frozenset((when.lower() in _LATE, what) for when, what in found)


def _denies_stated(clause: Clause, pieces: Sequence[Clause]) -> bool:
    """Whether the clause denies a thing of which the passage speaks, and never denies it."""
    if not facts.negated(clause.text):
        return False
    what = facts.plain(_TURN.split(facts.around_negation(clause.text)[1], maxsplit=1)[0])
    what = frozenset(word for word in what if len(word) > 1) or what
    spoken = [piece for piece in pieces if what & piece.words]
    return bool(spoken) and not any(facts.negated(piece.text) for piece in spoken)


def _denied(pieces: Sequence[Clause]) -> frozenset[str]:
    """Words that the passage says only after a "not" of their clause."""
    denied: set[str] = set()
    affirmed: set[str] = set()
    for piece in pieces:
        before, after = facts.around_negation(piece.text)
        after, *rest = _TURN.split(after, maxsplit=1)
        if facts.negated(piece.text):
            denied |= facts.words(after)
            affirmed |= facts.words(" ".join((before, *rest)))
        else:
            affirmed |= piece.words
    return frozenset(denied - affirmed)


def _contradicts(clause: Clause, pieces: Sequence[Clause], about: frozenset[str], no: bool | None) -> bool:
    """Whether the nearest piece of the passage says the contrary of a clause, before which a yes or ``no`` may stand."""
    nearest = _nearest(clause, pieces, about)
    if not nearest:
        return False
    closest = min(nearest, key=lambda piece: len(piece.text)).text
    bare = replace(clause, words=clause.words - _HOW or clause.words)
    besides = _nearest(bare, pieces, about) or nearest
    beside = min(besides, key=lambda piece: len(piece.text)).text
    if any(_contrary(clause.text, near, one, other) for one, other in _OPPOSITES for near in (closest, beside)):
        return True
    if _FREE.search(clause.text) and not _FREE.search(beside) and any(n.kind == "money" for n in facts.numbers(beside)):
        return True
    denied = facts.negated(clause.text)
    if no is not None and no != denied and not (no and (facts.negated(closest) or _ONLY.search(clause.text))):
        return True
    # Where pieces fit as well as one another, one that agrees is enough.
    return all(facts.negated(piece.text) != denied for piece in nearest)


def _nearest(clause: Clause, pieces: Sequence[Clause], about: frozenset[str]) -> list[Clause]:
    fits = _fits(clause, pieces, about)
    best = max(fits)
    return [piece for piece, fit in zip(pieces, fits, strict=True) if fit > best - 1e-6] if best else []


def _pieces(sentence: str) -> list[Clause]:
    """A sentence whole and by its clauses; the clauses alone where one of them denies ("cannot be sold and do not expire")."""
    parts = _coordinated(sentence)
    if len(parts) < 2 or _HAN.search(sentence) or any(facts.negated(part.text) for part in parts):
        return parts
    return [Clause(sentence, facts.words(sentence)), *parts]


def _coordinated(sentence: str) -> list[Clause]:
    """The clauses of a sentence that affirm or deny each by itself; the sentence where it is one."""
    if _HAN.search(sentence):
        return _han_clauses(sentence)
    parts = [part for piece in re.split(r";", sentence) for part in _english_clauses(piece) if part.strip()]
    return [Clause(part, _content(part)) for part in parts or [sentence]]


def _han_clauses(sentence: str) -> list[Clause]:
    """The clauses of a Chinese sentence, between its commas, each with the words of the first and of the one before."""
    found: list[Clause] = []
    for part in _COORDINATED.split(sentence):
        if not part.strip():
            continue
        before = found[0].words | found[-1].words if found else frozenset()
        part = _after_subject(part, found[0].text) if found else part
        content = _content(part)
        found.append(Clause(part, content, before - content))
    return found or [Clause(sentence, _content(sentence))]


def _english_clauses(sentence: str) -> list[str]:
    """Each clause that has a verb, with the subject; what has none belongs to the one before."""
    parts: list[str] = []
    waiting = ""
    for part in _COORDINATED.split(sentence):
        part = f"{waiting} {part}".strip()
        waiting = ""
        if facts.VERB.search(part) and not _SUBORDINATE.match(part):
            parts.append(_with_subject(part, parts[0]) if parts else part)
        elif parts and _BUT_NOT.match(part):
            said = facts.VERB.search(parts[0])
            parts.append(f"{parts[0][: said.end()] if said else parts[0]} {part}")
        elif parts:
            parts[-1] += f" {part}"
        else:
            waiting = part
    return [*parts, waiting] if waiting else parts or [sentence]


def _with_subject(part: str, first: str) -> str:
    """A later clause that begins with its verb, after what the first one is about."""
    said = facts.VERB.search(first)
    return first[: said.start()] + part if said and facts.VERB.match(part) else part


def _after_subject(part: str, first: str) -> str:
    """The same in Chinese, where an "also" or "but" may stand before the verb."""
    bare = _HAN_LINK.sub("", part)
    said = _HAN_VERB.search(first)
    return first[: said.start()] + bare if said and said.start() <= _SUBJECT and _HAN_VERB.match(bare) else part


def _content(text: str) -> frozenset[str]:
    return facts.plain(facts.affirmed(text)) or facts.plain(text)


def _fits(clause: Clause, pieces: Sequence[Clause], about: frozenset[str]) -> list[float]:
    """How well each piece fits the clause: words of few pieces tell more, then its first word, the subject."""
    own, around = clause.words - about or clause.words, clause.around - about
    among = {word: sum(word in piece.words for piece in pieces) or 1 for word in own | around}
    first = next((stem for token in facts.tokens(clause.text) if (stem := facts.stem(token)) in own), "")
    worth = {word: 1 / count for word, count in among.items()}

    def fit(piece: Clause) -> float:
        def share(words: frozenset[str]) -> float:
            return sum(worth[word] for word in words & piece.words) + _AROUND * sum(
                worth[word] for word in words & piece.around
            )

        said = share(own)
        if own and not said:
            return 0.0
        whole = 1.0 if own and own <= piece.words else 0.0
        return said + whole + _LITTLE * share(around) + (_FIRST if first in piece.words else 0.0)

    return [fit(piece) for piece in pieces]


def _contrary(text: str, stated: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Opposite words: the sentence has one of them where the passage has only its opposite."""
    ours = {facts.stem(token) for token in facts.tokens(text)}
    theirs = {facts.stem(token) for token in facts.tokens(stated)}
    for left, right in ((one, other), (other, one)):
        if ours & left and not ours & right and theirs & right and not theirs & left:
            return facts.negated(text) == facts.negated(stated)
    return False
