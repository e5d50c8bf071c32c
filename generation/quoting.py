"""Finds the passage's own words that answer a question, fit to be said."""

from __future__ import annotations

import math
import re

from generation import facts
from generation.sentences import split
from retrieval.passages import Hit, Passage

_WHOLE = 320
_SAID = 420
_RELATED: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(facts.stem(word) for word in asked.split()), frozenset(facts.stem(word) for word in stated.split()))
    for asked, stated in (
        ("much price cost expensive cheap 多少钱 价格 价钱 贵 便宜 售价", "costs price 价格"),
        ("stock available availability have sell left buy 现货 库存 有货 缺货 还有", "stock available 库存 现货 缺货"),
        ("warranty guarantee guaranteed 保修 质保 保修期", "warranty 保修 保修期"),
        ("heavy weigh weight 重 多重 重量", "weight 重量"),
        (
            "big size large tall high wide dimension measure 尺寸 多大 多高 大小 高度",
            "dimensions height width size 尺寸 高度",
        ),
        ("work compatible fit connect together 兼容 搭配 配合 一起 适用", "compatible 兼容 不兼容"),
        ("bright brightness lumen 亮度 多亮", "brightness 亮度"),
        ("power watt watts wattage 功率 瓦", "power 功率"),
        ("battery long last 续航 电池", "battery 续航 电池"),
        ("waterproof water rain 防水", "waterproof 防护等级 防水"),
    )
)


def quote(question: str, hit: Hit) -> str:
    """The sentences of the passage that answer the question, in its own words: short answers whole, else the best.

    For a product, only the fields that were asked for. Lists and tables are made into sentences.
    """
    passage = hit.passage
    text = spoken(passage)
    if passage.kind != "product" and len(text) <= (_WHOLE if passage.language == "en" else _WHOLE // 2):
        return text
    pieces = [piece.strip() for piece in split(text) if piece.strip()]
    if not pieces:
        return text
    wanted, fields = _wanted(question, passage)
    scored = [(_score(wanted, fields, piece, place), place) for place, piece in enumerate(pieces)]
    best = max(score for score, _ in scored)
    if passage.kind == "product" and best <= 0:
        chosen = [0, 1]
    else:
        limit = 2 if passage.kind == "product" else 3
        ranked = sorted(scored, reverse=True)[:limit]
        chosen = sorted(place for score, place in ranked if score >= max(best * 0.6, 0.01) or place == ranked[0][1])
    chosen = [place for place in chosen if place < len(pieces)]
    between = "" if passage.language == "zh" else " "
    while len(chosen) > 1 and len(between.join(pieces[place] for place in chosen)) > _SAID:
        chosen.remove(min(chosen, key=lambda place: (scored[place][0], -place)))  # whole sentences, never a cut one
    return between.join(pieces[place] for place in chosen)


def narrow(question: str, hit: Hit, *, sentences: int = 4) -> Passage:
    """The passage with only the sentences nearest to the question where it is long; small models read less better."""
    passage = hit.passage
    text = spoken(passage)
    if passage.kind == "product":
        return _with_text(passage, quote(question, hit))
    pieces = [piece.strip() for piece in split(text) if piece.strip()]
    if len(pieces) <= sentences + 2 and len(text) <= 600:
        return _with_text(passage, text)
    wanted, fields = _wanted(question, passage)
    ranked = sorted(range(len(pieces)), key=lambda place: _score(wanted, fields, pieces[place], place), reverse=True)
    kept = sorted(ranked[:sentences])
    return _with_text(passage, ("" if passage.language == "zh" else " ").join(pieces[place] for place in kept))


def spoken(passage: Passage) -> str:
    """The passage's text without Markdown: links become their words, lists and tables become sentences."""
    chinese = passage.language == "zh"
    comma, stop = ("、", "。") if chinese else (", ", ".")
    lines: list[str] = []
    items: list[str] = []

    def close() -> None:
        if items:
            listed = comma.join(items) + stop
            if lines and lines[-1].rstrip()[-1:] in ":：":
                lines[-1] = f"{lines[-1].rstrip()}{'' if chinese else ' '}{listed}"
            else:
                lines.append(listed)
            items.clear()

    for line in _plain(passage.text).splitlines():
        stripped = line.strip()
        bullet = re.match(r"(?:[-*+•]|\d{1,2}[.)])\s+(.*)", stripped)
        if bullet:
            items.append(bullet[1].strip().rstrip(".。;；,，"))
        elif stripped.startswith("|"):
            if not re.fullmatch(r"[|:\s-]+", stripped):
                cells = [cell.strip() for cell in stripped.strip("|").split("|")]
                items.append(
                    (cells[0] + ("：" if chinese else ": ") + comma.join(cells[1:])) if cells[1:] else cells[0]
                )
        elif stripped:
            close()
            lines.append(stripped)
    close()
    return ("" if chinese else " ").join(lines).strip()


def _plain(text: str) -> str:
    text = _without_table_heads(text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^#{1,6}\s+", "", text, flags=re.M)
    return re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)


def _without_table_heads(text: str) -> str:
    return re.sub(r"^\|[^\n]*\|[ \t]*\n(?=\|[ :|-]+\|[ \t]*$)", "", text, flags=re.M)


def _wanted(question: str, passage: Passage) -> tuple[frozenset[str], frozenset[str]]:
    """The words that an answer should have, and those of a product's fields that were asked for."""
    asked = facts.words(question)
    lowered = question.lower()
    fields: set[str] = set()
    for words, stated in _RELATED:
        if asked & words or any(word in lowered for word in words if not word.isascii()):
            fields |= stated
    if passage.kind == "product":
        names = " ".join((passage.title, passage.entity or "", *passage.aliases))
        asked = frozenset(word for word in asked - facts.words(names) if word.isascii() or word not in names)
    return asked, frozenset(fields)


def _score(wanted: frozenset[str], fields: frozenset[str], piece: str, place: int) -> float:
    found = facts.words(piece)
    near = len(wanted & found) / math.sqrt(min(len(found), 12) + 4)  # a long list of names is no worse an answer
    named = 0.4 if fields & found or any(word in piece for word in fields if not word.isascii()) else 0.0
    return near + named - 0.001 * place


def _with_text(passage: Passage, text: str) -> Passage:
    from dataclasses import replace

    return replace(passage, text=text)
