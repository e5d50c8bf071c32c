"""Checks a sentence against passages: every fact in it must be stated by one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generation import denial, facts, figures, pairs, weekdays
from generation.quoting import spoken
from retrieval.passages import Passage
from retrieval.sentences import split

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
# Words that may stand in for the passage's own without stating anything new.
_GENERIC = frozenset(
    facts.stem(word)
    for word in facts.words_of(
        """return send sent give gave get got receive buy bought purchase order item product thing cost price pay time
take start begin use come go have own bring keep hold find see say mean back allow include cover work last
within total full whole first new also both many different following able per each currently usually available
possible offer provide able need want make like look customer support team shop store require choose select
click open visit reach long period up to until exclude apply 商品 产品 物品 东西 价格 费用 时间 购买 订单 下单 收到 使用 进行 办理 支持 享受 退货 退款 之内 以内 期限
一共 总共 目前 不能 不可 可 拨打"""
    )
)
# "For faulty items, the return is free" does not state that returns are free.
_CONDITION = re.compile(
    r"^\s*((?:for|if|when|unless|with|on|in|after|outside|during)\b[^,.;]{3,90}),\s"
    r"|(?<!even )\b((?:if|unless|except|provided|as long as|only)\b[^,.;]{3,90})"
    r"|((?:如果?|若|除非|除|仅限?|只有|只限|凡)[^，。；]{2,30})|^\s*([^，。；]{2,30}的)，",
    re.I,
)
# "Free from S$80" does not state that it is free.
_FREE = re.compile(r"\b(?:free|complimentary)\b|免|包邮", re.I)
_FREE_FROM = re.compile(
    r"\b(?:free|complimentary)\b[^,.;]{0,40}?\b((?:from|over|above|of)\s+(?:\w{1,4}\s?)?[$€£¥]?\s?\d[\d,.]*\d|for (?:all )?orders[^,.;]*\d)"
    r"|(满[^，。；]{0,8}\d[^，。；]{0,12}?)(?=免|包邮|即)",
    re.I,
)
# Nor does "it costs nothing for the first year" that it costs nothing.
_NOTHING = re.compile(r"\b(?:free(?: of charge)?|nothing)\b", re.I)
_NOTHING_FOR = re.compile(
    r"\b(?:free(?: of charge)?|nothing)\s+((?:for|within|during|until|on|in|if|when|up to)\s[^,.;]{3,40})", re.I
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
    text = facts.spelt(sentence.strip())
    if not text:
        return Verdict(True, None)
    match = _PROMISE.search(text)
    if match and not any(match.group().lower() in passage.text.lower() for passage in passages):
        return Verdict(False, None, ("promise",))
    if _polite(text, known):
        return Verdict(True, None)
    said = _flat(text)
    spelt = [_spelt(passage) for passage in passages]
    for read, passage in zip(spelt, passages, strict=True):
        if said and (_verbatim(said, _flat(read.text)) or _verbatim(said, _flat(spoken(read)))):
            return Verdict(True, passage)
    best: tuple[str, ...] | None = None
    # Only the passages nearest to the sentence may support it: one that merely shares a name cannot overrule one
    # that is about the same thing and says otherwise.
    nearness = [_nearness(text, passage, known) for passage in spelt]
    for near, read, passage in zip(nearness, spelt, passages, strict=True):
        if near < max(nearness):
            continue
        wrong = _wrong(text, read, known)
        if not wrong:
            return Verdict(True, passage)
        if best is None or len(wrong) < len(best):
            best = wrong
    return Verdict(False, None, best or ("no passage",))


def _spelt(passage: Passage) -> Passage:
    return replace(passage, title=facts.spelt(passage.title), text=facts.spelt(passage.text))


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
    return sum(facts.held(word, vocabulary, lowered) for word in facts.plain(text) - allowed) + 2 * sum(
        number.value in stated for number in facts.numbers(text)
    )


def _polite(text: str, known: Sequence[str]) -> bool:
    """Whether the sentence states nothing: only courtesy, or a short question back."""
    if facts.numbers(text) or facts.links(text) or weekdays.named(text):
        return False
    allowed = {stem for word in known for stem in facts.words(word)}
    if denial.ANSWER.match(text) or (facts.negated(text) and not facts.words(text)):
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
    novel = [word for word in content if not facts.held(word, vocabulary, lowered)]
    wrong += sorted(word for word in novel if word not in _GENERIC)
    if content and len(novel) > len(content) / 2:
        wrong += sorted(word for word in novel if word in _GENERIC)
    for number in facts.numbers(text):
        if not figures.stated(text, number, passage):
            wrong.append(f"{number.value} ({number.kind or 'number'})")
    wrong += figures.priced(text, passage)
    wrong += pairs.crossed(text, passage)
    if denial.misstates_supply(text, passage):
        wrong.append("supply")
    if not wrong and denial.denies(text, passage):
        wrong.append("yes/no")
    if not wrong and (condition := _left_out(text, passage)):
        wrong.append(f"without {condition!r}")
    return tuple(wrong)


def _days(text: str, passage: Passage) -> list[str]:
    """Days of the sentence that the passage does not name, or of which it says the contrary."""
    on, off = weekdays.stated(text)
    if not on | off:
        return []
    open_, closed = weekdays.stated(passage.text)
    asked = weekdays.named(passage.title) - open_ - closed  # what the title asks, the text answers with yes or no
    denied = closed if len(closed) < 7 else frozenset()
    return sorted((on - (open_ - denied) - asked) | (off - closed - asked))


def _whole(passage: Passage) -> str:
    entity = f" {passage.entity}" if passage.entity else ""
    return f"{passage.title}{'' if passage.title[-1:] in '?？.。' else '.'}{entity}\n{passage.text}\n{' '.join(passage.aliases)}"


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
        if _NOTHING.search(text):
            limits = [match[1] for match in _NOTHING_FOR.finditer(piece)]
            missing += [limit for limit in limits if facts.plain(limit) and not facts.plain(limit) & facts.words(text)]
        if not missing:
            return None
        return missing[0].strip()
    return None


def _overlap(content: frozenset[str], piece: str) -> float:
    return float(len(content & facts.words(piece)))
