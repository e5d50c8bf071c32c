"""Checks a sentence against passages: every fact in it must be stated by one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generation import facts
from generation.facts import Number
from generation.quoting import spoken
from generation.sentences import split
from retrieval.passages import Passage

_PROMISE = re.compile(
    r"\b(?:i|we)(?:\s+(?:will|shall|can|could|would|am going to|are going to|have)|['’](?:ll|ve|d|m going to|re going to))\s+"
    r"(?:now |also |then |be able to |gladly |happily |personally |just |be )?"
    r"(call|e-?mail|contact|refund|send|check|look|find|get back|follow|escalat|ship|process|arrang|cancel|book|updat"
    r"|notif|inform|forward|transfer|pass|ask|mak|ensur|replac|reserv|issu|investigat|sort|fix|resolv|let you know)"
    r"|\b(?:let me|allow me to|i'm|i am) (?:check|look|find|call|contact|transfer|connect|checking|looking|sending"
    r"|processing|transferring)"
    r"|\b(?:would you like|do you want|shall i|should i|want me)\b.{0,30}\b(?:me|i|us)\b.{0,12}\b(?:to )?"
    r"(?:book|order|reserve|cancel|call|refund|send|ship)"
    r"|我(?:们)?(?:会|将|马上|立即|立刻|这就|帮您|来)(?:尽快|马上|立即|稍后|再|主动|安排|为|给|帮|替|跟|联系|处理|回|退|通知|发|查|转|打)"
    r"|(?:给|为)您(?:回电|回复电话|办理|退款|查询|转接)"
    r"|\bi(?:'ve| have) (?:just |already )?(?:sent|refunded|cancelled|processed|checked|booked|updated|escalated)",
    re.I,
)
_ANSWER = re.compile(
    r"^\s*(?:(yes|yeah|sure|certainly|absolutely|of course|是的|可以的?|能的?|对的?|有的?|会的?)"
    r"|(no|nope|unfortunately|不可以的?|不能|不行|没有|不是的?|不会))(?:\s*[,.;:!，。；！]\s*|\s*$|\s+(?=(?:they|it|we|you|he|she|there)\b))",
    re.I,
)
# Words that may stand in for the passage's own without stating anything new.
_GENERIC = frozenset(
    facts.stem(word)
    for word in facts.words_of(
        """return send sent give gave get got receive buy bought purchase order item product thing cost price pay time
take start begin use come go have own bring keep hold find see say mean back allow include cover work last
within total full whole first new also both many different following able per each currently usually available
possible offer provide able need want make like look customer support team shop store require choose select
click open visit reach long period up to until 商品 产品 物品 东西 价格 费用 时间 购买 订单 下单 收到 使用 进行 办理 支持 享受 退货 退款 之内 以内 期限
一共 总共 目前 不能 不可 可"""
    )
)
# "For faulty items, the return is free" does not state that returns are free.
_CONDITION = re.compile(
    r"^\s*((?:for|if|when|unless|with|on|in|after|outside|during)\b[^,.;]{3,90}),\s"
    r"|(?<!even )\b((?:if|unless|except|provided|as long as|only)\b[^,.;]{3,90})"
    r"|((?:如果?|若|除非|除|仅限?|只有|只限|凡)[^，。；]{2,30})|^\s*([^，。；]{2,30}的)，",
    re.I,
)
# Where a clause that affirms or denies by itself may begin.
_COORDINATED = re.compile(
    r"[;；]|，(?=但|而|也|且|并|同时)|,\s+(?:and|or|but)\s|,\s+|\s(?:and|but)\s(?=(?:can|cannot|do|does|is|are|will|must|may|has|have)\b)",
    re.I,
)
_SUBORDINATE = re.compile(
    r"(?:if|when|unless|except|excluding|once|after|before|for|with|without|as|because|since|so|which|who|that|where|while|though)\b",
    re.I,
)
_VERB = re.compile(
    r"\b(?:can|cannot|could|may|might|must|should|will|would|is|are|was|were|do|does|has|have|had|"
    r"need|cost|take|come|ship|deliver|accept|offer|include|apply|expire)s?\b|n['’]t\b",
    re.I,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_VERB = re.compile(r"可|能|会|是|有|需|不|没|未|免|支持")
_HAN_LINK = re.compile(r"^(?:但是?|而且?|也|并且?|且|同时)")
# "Free from S$80" does not state that it is free.
_FREE = re.compile(r"\b(?:free|complimentary)\b|免|包邮", re.I)
_FREE_FROM = re.compile(
    r"\b(?:free|complimentary)\b[^,.;]{0,40}?\b((?:from|over|above|of)\s+(?:\w{1,4}\s?)?[$€£¥]?\s?\d[\d,.]*\d|for (?:all )?orders[^,.;]*\d)"
    r"|(满[^，。；]{0,8}\d[^，。；]{0,12}?)(?=免|包邮|即)",
    re.I,
)
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("free complimentary 免费 免", "charg cost fee surcharg paid extra 收费 付费 收取"),
        ("before 前 之前", "after 后 之后"),
        ("open 营业", "clos 关门 休息"),
        ("more maximum most over 最多 超过", "less minimum least under fewer 最少 少于 至少"),
        ("includ 包括 包含 随附", "exclud 不含 除外"),
        ("early 提前", "late 延迟"),
        ("online 线上", "store 门店"),
        ("increas", "decreas"),
        ("hot warm", "cold"),
        ("indoor insid", "outdoor outsid"),
        ("accept allow permit", "refus prohibit forbidden reject"),
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be said. ``source`` is the passage that states it, None for mere politeness.

    ``wrong`` names what no passage states: "30 (day)", "promise", "yes/no", "Aurora", a word.
    """

    supported: bool
    source: Passage | None
    wrong: tuple[str, ...] = ()


def check(sentence: str, passages: Sequence[Passage], *, known: Sequence[str] = ()) -> Verdict:
    """The verdict on one sentence. ``known`` are words that may be said besides (the customer's name, an order).

    One passage alone must state every number (with what it counts), price, date, time, day, name, link and yes or
    no, and nearly all content words. Promises of something the program cannot do are never supported.
    """
    text = sentence.strip()
    if not text:
        return Verdict(True, None)
    match = _PROMISE.search(text)
    if match and not any(match.group().lower() in passage.text.lower() for passage in passages):
        return Verdict(False, None, ("promise",))
    if _polite(text, known):
        return Verdict(True, None)
    said = _flat(text)
    for passage in passages:
        if said and (_verbatim(said, _flat(passage.text)) or _verbatim(said, _flat(spoken(passage)))):
            return Verdict(True, passage)
    best: tuple[str, ...] | None = None
    # Only the passages nearest to the sentence may support it: one that merely shares a name cannot overrule one
    # that is about the same thing and says otherwise.
    nearness = [_nearness(text, passage, known) for passage in passages]
    for near, passage in zip(nearness, passages, strict=True):
        if near < max(nearness):
            continue
        wrong = _wrong(text, passage, known)
        if not wrong:
            return Verdict(True, passage)
        if best is None or len(wrong) < len(best):
            best = wrong
    return Verdict(False, None, best or ("no passage",))


def _flat(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".。!！")


def _verbatim(said: str, stated: str) -> bool:
    """Whether the passage says it in whole sentences or clauses: a part of one can lose what it depended on."""
    at = stated.find(said)
    while at >= 0:
        before, after = stated[:at].rstrip()[-1:], stated[at + len(said) :].lstrip()[:1]
        within = re.search(r"\d[.:]$", stated[:at]) and said[:1].isdigit()  # "5 kg" of "2.5 kg"
        if not within and (not before or before in ".!?;:。！？；：-*|") and (not after or after in ".!?;。！？；"):
            return True
        at = stated.find(said, at + 1)
    return False


def _nearness(text: str, passage: Passage, known: Sequence[str]) -> int:
    """How many of the sentence's content words the passage has, its own name not counted, numbers counted twice."""
    name = facts.words(" ".join((passage.entity or "", *passage.aliases))) if passage.kind != "product" else frozenset()
    whole = _whole(passage)
    vocabulary, lowered = facts.words(whole), whole.lower()
    allowed = name | {stem for word in known for stem in facts.words(word)}
    stated = facts.values(whole)
    return sum(_in(word, vocabulary, lowered) for word in facts.plain(text) - allowed) + 2 * sum(
        number.value in stated for number in facts.numbers(text)
    )


def _polite(text: str, known: Sequence[str]) -> bool:
    """Whether the sentence states nothing: only courtesy, or a short question back."""
    if facts.numbers(text) or facts.links(text) or facts.days_named(text):
        return False
    allowed = {stem for word in known for stem in facts.words(word)}
    if _ANSWER.match(text):
        return False
    return not facts.plain(text) - allowed


def _wrong(text: str, passage: Passage, known: Sequence[str]) -> tuple[str, ...]:
    """What in the sentence this passage does not state."""
    whole = _whole(passage)
    wrong: list[str] = []
    allowed = {stem for word in known for stem in facts.words(word)}
    known_text = " ".join(known).lower()
    wrong += [link for link in facts.links(text) - facts.links(whole) if link not in known_text]
    wrong += _days(text, passage)
    vocabulary = facts.words(whole)
    lowered = whole.lower()
    wrong += [name for name in sorted(facts.names(text)) if name not in lowered and name not in known_text]
    content = facts.plain(text) - allowed
    novel = [word for word in content if not _in(word, vocabulary, lowered)]
    wrong += sorted(word for word in novel if word not in _GENERIC)
    if content and len(novel) > len(content) / 2:
        wrong += sorted(word for word in novel if word in _GENERIC)
    for number in facts.numbers(text):
        if not _number_stated(text, number, passage):
            wrong.append(f"{number.value} ({number.kind or 'number'})")
    if not wrong and _denies(text, passage):
        wrong.append("yes/no")
    if not wrong and (condition := _left_out(text, passage)):
        wrong.append(f"without {condition!r}")
    return tuple(wrong)


def _days(text: str, passage: Passage) -> list[str]:
    """Days of the sentence that the passage does not name, or of which it says the contrary."""
    on, off = facts.days_stated(text)
    if not on | off:
        return []
    open_, closed = facts.days_stated(passage.text)
    asked = facts.days_named(passage.title) - open_ - closed  # what the title asks, the text answers with yes or no
    denied = closed if len(closed) < 7 else frozenset()
    return sorted((on - (open_ - denied) - asked) | (off - closed - asked))


def _whole(passage: Passage) -> str:
    entity = f" {passage.entity}" if passage.entity else ""
    return f"{passage.title}{'' if passage.title[-1:] in '?？.。' else '.'}{entity}\n{passage.text}\n{' '.join(passage.aliases)}"


def _in(word: str, vocabulary: frozenset[str], lowered: str) -> bool:
    if word in vocabulary:
        return True
    if not word.isascii():
        return word in lowered
    return len(word) >= 5 and any(
        other.startswith(word[:5]) and abs(len(other) - len(word)) <= 4 for other in vocabulary
    )


def _number_stated(text: str, number: Number, passage: Passage) -> bool:
    """Whether the passage states this number of the same thing: its clause must fit the sentence's clause best."""
    whole = f"{passage.title}\n{passage.text}"
    stated = facts.numbers(whole)
    same = [other for other in stated if other.value == number.value and number.agrees(other)]
    rivals = [other for other in stated if other.value != number.value and number.rivals(other)]
    if not same:  # "one" may be an article, where nothing else is counted
        article = text[number.start : number.end].lower() == "one" and not number.kind
        return article and all(rival.kind for rival in rivals)
    if not rivals:
        return _of_the_same(text, number, passage, same)
    # Numbers that the sentence gives as well do not compete: "between 30 and 45 days".
    also = facts.values(text)
    spans = facts.clauses(whole)
    subject = _subject(text, number, facts.clauses(text))
    broad = facts.plain(text)

    def fit(other: Number) -> float:
        near = _subject(whole, other, spans)
        return len(subject & near) + 0.3 * len(broad & near)

    ours = max(fit(other) for other in same)
    theirs = max((fit(other) for other in rivals if other.value not in also), default=-9.0)
    # A draw is not enough: "shipping costs S$32.90" fits the standard and the express price as well as one another.
    return ours > theirs + 0.2 and not _elsewhere(text, number, passage, same)


def _of_the_same(text: str, number: Number, passage: Passage, same: Sequence[Number]) -> bool:
    """Whether the passage's only number of the kind stands in a sentence that shares a word with this one's clause."""
    subject = _subject(text, number, facts.clauses(text)) & facts.plain(text)
    if not subject:
        return True
    whole, at, near = f"{passage.title}\n{passage.text}", 0, set(facts.words(f"{passage.title} {passage.entity or ''}"))
    for sentence in split(whole):
        if any(at <= other.start < at + len(sentence) for other in same):
            near |= facts.words(sentence)
        at += len(sentence)
    return any(_in(word, frozenset(near), whole.lower() if not word.isascii() else "") for word in subject)


def _elsewhere(text: str, number: Number, passage: Passage, same: Sequence[Number]) -> frozenset[str]:
    """Words of the number's clause that the passage says only of its other numbers ("free from S$200")."""
    whole = f"{passage.title}\n{passage.text}"
    spans = facts.clauses(whole)
    mine = next(((a, b) for a, b in facts.clauses(text) if a <= number.start < b), (0, len(text)))
    beside = facts.values(text[mine[0] : mine[1]])
    stated = [
        whole[_labelled(whole, spans, at) : spans[at][1]]
        for at, (a, b) in enumerate(spans)
        if any(a <= n.start < b for n in facts.numbers(whole) if n.value in beside)
    ]
    near = frozenset().union(*(facts.words(clause) for clause in stated)) if stated else frozenset()
    words = facts.words(text[mine[0] : mine[1]]) - set(facts.tokens(number.kind)) - facts.words(passage.title)
    rest = facts.words(passage.text) - near
    return frozenset(words & rest & facts.plain(text))


def _labelled(text: str, spans: Sequence[tuple[int, int]], at: int) -> int:
    """Where a clause begins with its label: "Dimensions of the lamp: 18 x 9 cm" is one."""
    labelled = at > 0 and text[: spans[at][0]].rstrip().endswith((":", "："))
    return spans[at - labelled][0]


def _subject(text: str, number: Number, spans: Sequence[tuple[int, int]]) -> frozenset[str]:
    """Content words of the clause a number stands in; a clause of the number alone takes the one before too."""
    for index, (start, end) in enumerate(spans):
        if start <= number.start < end:
            found = facts.words(text[start:end]) - set(facts.tokens(number.kind))
            found = frozenset(
                word for word in found if word not in {"day", "days", "hour", "work", "within", "天", "工作日"}
            )
            if not found and index:
                found = facts.words(text[spans[index - 1][0] : end])
            return found
    return facts.words(text)


def _denies(text: str, passage: Passage) -> bool:
    """Whether the sentence says yes where the passage says no, or the other way round."""
    answer = _ANSWER.match(text)
    rest = _ANSWER.sub("", text)
    stated = [sentence for sentence in split(passage.text) if sentence.strip()]
    if not stated:
        return False
    begins = _ANSWER.match(stated[0])
    if answer and begins and bool(answer[2]) != bool(begins[2]):
        return True
    if not facts.plain(rest):
        return bool(answer) and not begins and bool(answer and answer[2]) != facts.negated(stated[0])
    about = facts.words(f"{passage.title} {passage.entity or ''}") if passage.kind == "product" else frozenset()
    pieces = [piece for sentence in stated for piece in _pieces(_ANSWER.sub("", sentence) or sentence)]
    clauses = enumerate(_coordinated(rest))
    no = bool(answer[2]) if answer and not begins else None
    return any(_contradicts(clause, pieces, about, no if at == 0 else None) for at, clause in clauses)


def _contradicts(clause: str, pieces: Sequence[str], about: frozenset[str], no: bool | None) -> bool:
    """Whether the nearest piece of the passage says the contrary of a clause, before which a yes or ``no`` may stand."""
    said = facts.plain(facts.affirmed(clause)) or facts.plain(clause)
    fits = _fits(said - about or said, clause, pieces)
    best = max(fits)
    if not best:
        return False
    closest = min((piece for piece, fit in zip(pieces, fits, strict=True) if fit == best), key=len)
    if any(_contrary(clause, closest, one, other) for one, other in _OPPOSITES):
        return True
    denied = facts.negated(clause)
    if no is not None and no != denied and not (no and facts.negated(closest)):
        return True
    # Where pieces fit as well as one another, one that agrees is enough.
    return all(facts.negated(piece) != denied for piece, fit in zip(pieces, fits, strict=True) if fit == best)


def _left_out(text: str, passage: Passage) -> str | None:
    """A condition of the passage's nearest sentence that the sentence leaves out altogether."""
    content = facts.plain(text)
    stated = [piece for piece in split(passage.text) if piece.strip()]
    if not stated or not content:
        return None
    fits = [_overlap(content, piece) for piece in stated]
    for piece, fit in zip(stated, fits, strict=True):
        if fit < max(fits):
            continue
        conditions = [next(group for group in match.groups() if group) for match in _CONDITION.finditer(piece)]
        missing = [
            condition
            for condition in conditions
            if facts.plain(condition) and not facts.plain(condition) & facts.words(text)
        ]
        if (
            _FREE.search(text)
            and (only := _FREE_FROM.search(piece))
            and not facts.values(only.group()) & facts.values(text)
        ):
            missing.append(only.group())
        if not missing:
            return None
        return missing[0].strip()
    return None


def _pieces(sentence: str) -> list[str]:
    """A sentence whole and by its clauses; the clauses alone where one of them denies ("cannot be sold and do not expire")."""
    parts = _coordinated(sentence)
    return parts if len(parts) < 2 or any(map(facts.negated, parts)) else [sentence, *parts]


def _coordinated(sentence: str) -> list[str]:
    """The clauses of a sentence that affirm or deny each by itself, each with the subject; the sentence where it is one."""
    parts: list[str] = []
    waiting = ""
    for part in _COORDINATED.split(sentence):
        part = f"{waiting} {part}".strip()
        waiting = ""
        if _HAN.search(part) or (_VERB.search(part) and not _SUBORDINATE.match(part)):
            parts.append(_with_subject(part, parts[0]) if parts else part)
        elif parts:
            parts[-1] += f" {part}"
        else:
            waiting = part
    return [*parts, waiting] if waiting else parts or [sentence]


def _with_subject(part: str, first: str) -> str:
    """A later clause that begins with its verb, after what the first one is about."""
    verb, bare = (_HAN_VERB, _HAN_LINK.sub("", part)) if _HAN.search(part) else (_VERB, part)
    said = verb.search(first)
    return first[: said.start()] + bare if said and verb.match(bare) else part


def _fits(content: frozenset[str], text: str, pieces: Sequence[str]) -> list[float]:
    """How well each piece fits the text's content words: words of few pieces tell more, then its first word, the subject."""
    held = [facts.words(piece) for piece in pieces]
    among = {word: sum(word in words for words in held) for word in content}
    first = next((stem for token in facts.tokens(text) if (stem := facts.stem(token)) in content), "")
    return [sum(1 / among[word] for word in content & words) + (0.01 if first in words else 0.0) for words in held]


def _overlap(content: frozenset[str], piece: str) -> float:
    return float(len(content & facts.words(piece)))


def _contrary(text: str, stated: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Opposite words: the sentence has one of them where the passage has only its opposite."""
    ours = {facts.stem(token) for token in facts.tokens(text)}
    theirs = {facts.stem(token) for token in facts.tokens(stated)}
    for left, right in ((one, other), (other, one)):
        if ours & left and not ours & right and theirs & right and not theirs & left:
            return facts.negated(text) == facts.negated(stated)
    return False
