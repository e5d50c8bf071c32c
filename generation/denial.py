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

_NOT = r"(?:\bnot|n['’]t|\bnever|\bcannot|\bno longer|\bunable to)\s+(?:(?:be|been|being|currently|yet|now|longer|usually|possible to|able to|even)\s+)*"
_HAN_NOT = r"(?:不(?:能|可以|可|会|再|得|予|支持|接受)?|没有?|无法?|未|停止|暂停|禁止)(?:再|被|直接|进行|继续)?"
# That a thing is not to be had: it is sold out, or not sold.
_GONE = re.compile(
    r"\b(?:out of stock|sold out|discontinued|unavailable|withdrawn)\b|缺货|[没无断]货|售罄|卖完|卖光|售完|下架|停售|停产",
    re.I,
)
_SOLD_OUT = re.compile(r"\b(?:out of stock|sold out)\b", re.I)
_NOT_SOLD = re.compile(
    rf"{_NOT}(?:in stock|(?:order|book|bought|buy|purchas|reserv|sold|sell|stock)\w*)|\bno longer\b"
    rf"|\b(?:no|none)\b[^.,;]{{0,20}}\b(?:in stock|left|for sale)\b"
    rf"|\bstopped (?:\w+ing|the)\b|{_HAN_NOT}(?:出售|销售|售|卖|供应|购|买|下单|订|预[订约定]|现货|库存)",
    re.I,
)
_IN_SUPPLY = re.compile(
    r"\b(?:is|are)(?: (?:still|now|currently))? (?:in stock|available)\b|[现有]货|库存\d|[可能](?:以)?(?:购买|下单)",
    re.I,
)
_AGAIN = re.compile(
    rf"\b(?:again|back|once|when|until|expected|from|before)\b|预计|之?后|再|{_NOT}|{_HAN_NOT}(?:现货|货|购买|下单)|没有?货",
    re.I,
)
_NOT_OFFERED = re.compile(
    rf"{_NOT}(?:available|offer\w*|provid\w*)|\bwe\b[^.,;]{{0,12}}?{_NOT}(?:have(?! to\b)|carry)\b"
    rf"|{_HAN_NOT}(?:提供|办理|开放)|(?:目前|现在|暂时|本店|我们)没有(?!关系|问题)",
    re.I,
)
# What a shop does not do is not available: "we do not ship", "there is no delivery", "cannot be sent".
_NOT_DONE = re.compile(
    r"\b(?:do|does|did|can|could|will|would|may)(?: not|n['’]t)\b|\bcannot\b|\bnever\b|\bnobody\b|\bnone\b|\bonly\b|\bclosed\b"
    r"|\b(?:there (?:is|are)|have|has|with)(?: \w+)? no\b|\bno (?!extra|additional|further|charge|fee|cost|need|more|less|later|earlier)\w+"
    r"|\bnon-|[不没无未]|[勿禁仅只]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its content words, and those of the clauses of its sentence that say what it is about."""

    text: str
    words: frozenset[str]
    around: frozenset[str] = frozenset()


def denies(text: str, passage: Passage) -> bool:
    """Whether the sentence says yes where the passage says no, or the other way round."""
    text, whole = (_SOLD_OUT.sub("not in stock", _NO_CHARGE.sub("free", read)) for read in (text, passage.text))
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


def misstates_supply(text: str, passage: Passage) -> bool:
    """Whether the sentence says that something is not to be had, which the passage does not say, or is where it says not.

    A record's "Folds: no" does not state that the product is not available; "we do not ship abroad" that shipping is not.
    """
    said = ANSWER.sub("", text)
    if _IN_SUPPLY.search(said) and not _AGAIN.search(said):
        return not _IN_SUPPLY.search(passage.text) and (passage.sold_out or bool(_GONE.search(passage.text)))
    unsold = bool(_GONE.search(said) or _NOT_SOLD.search(said))
    if not unsold and not _NOT_OFFERED.search(said):
        return False
    stated = ANSWER.sub("", passage.text)
    if any(pattern.search(stated) for pattern in (_GONE, _NOT_SOLD, _NOT_OFFERED)):
        return False
    return unsold or passage.kind == "product" or not _NOT_DONE.search(stated)


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
