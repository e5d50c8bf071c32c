"""Finds the passage's own words that answer a question, fit to be said."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from generation import facts
from retrieval import lexical
from retrieval.glossary import glossary
from retrieval.lexical import translation
from retrieval.passages import Hit, Passage
from retrieval.sentences import sentences_of

_WHOLE = 320
_SAID = 420
_HAN = re.compile(r"[\u3400-\u9fff]")
_NAMED = 1.0
"""What a product's sentence gains where the question names its field."""
_RELATED = tuple(
    (re.compile(asked), frozenset(map(facts.stem, stated.split())))
    for asked, stated in (
        (
            r"\bhow much(?=\W*$|\W*[?!.,;]|(?:'?s| (?:is|are|was|s|r|for|to|would|will|it|they|that|this|these|those|the|an?|each|both|per|money|extra"
            r"|more|pls|plz|please|altogether|in total|(?:do|would|will|did) (?:you|u|they|i|we) (?:charge|ask|want|pay|need to pay)|you|u))\b)"
            r"|\b(?:pric|cost|expensive|cheap)|贵(?![公店司])|便宜",
            "cost price",
        ),
        (
            r"\b(?:stock|availab|sold out)|\b(?:any|many|some|more|few) (?:\w+ )?left\b|\bdo (?:you|u) .*\b(?:have|sell)\b|\bcan i .*\bbuy\b|still (?:buy|get)"
            r"|\bback in\b|还有[吗么没]|能买|买得到|现货",
            "stock 库存 缺货",
        ),
        (r"\b(?:warrant|guarante)", "warranty"),
        (r"\b(?:heav|weigh)|重吗|重不重|(?:几|多少)(?:克|斤|公斤|千克)", "weight"),
        (
            r"\b(?:big|size|large|medium|small|dimension|measure)|长宽高",
            "dimension size height width length depth diameter 高度 宽度 长度 深度 直径",
        ),
        (r"\b(?:big|large|small)\b|多大|大小", "capacity volume 容量 容积"),
        (r"\b(?:tall|high|height)\b|多高", "height dimension 高度"),
        (r"\b(?:wide|width)\b|多宽", "width diameter dimension 宽度 直径"),
        (r"\bhow long (?:is|are) (?:it|they|the\s*)\W*$|多长(?!时|久)", "length dimension 长度 线长"),
        (r"\b(?:litre|liter|ml)s?\b|\bhow much .*\bhold|能装|装多少|装得下|毫升|[几少]升", "capacity volume 容量 容积"),
        (
            r"\bhow many .*\b(?:pack|box|bag|set|get)\b|(?:几|多少)[支片粒颗包袋瓶罐张本根条](?!装)",
            "quantity count 数量",
        ),
        (r"\bhow far\b|\brange\b|\bhow many (?:mile|kilomet)|(?:多远|多少公里)", "range 续航 里程"),
        (r"\b(?:carry|bear|load)\b|承重|载重|承受", "load 负载 载重 承重"),
        (r"\b(?:work|compatib|fit|connect|together)|搭配|配合|一起|适用", "compatible"),
        (r"\b(?:bright|lumen)|流明", "brightness 光通量"),
        (r"\bwatt|瓦", "power"),
        (r"\bhow long .*\b(?:last|run)\b|\bbatter|电池|用多久", "battery 续航 电池 运行时间"),
        (r"\b(?:water|wet\b|rain\b|splash)|[淋沾]水|淋雨", "waterproof 防护等级 防水"),
        (r"\bmade (?:of|out)|\bwhat .*\bmade from|\bfabric|什么做|材料", "material 材质 材料 成分"),
        (r"\b(?:loud|quiet|nois)|噪|吵|静音", "noise 噪音 噪声"),
        (r"\bwhere .*\b(?:made|from|grown|produced)\b|产自|[哪里方]产|出产", "origin 产地"),
        (r"\b(?:what|which|from) year\b|\bvintage|哪一?年", "year vintage 年份"),
    )
)
"""What a question says, with the English of its usual words where it is Chinese, and the words of the fields that tell."""
_VERBS = facts.words("made hold carry weigh cost")
"""Words that ask of more than one field: what is related to them is told by the table above."""
_HOW_GREAT = re.compile(r"(?<=[率量力度压流音积径寸])[有是]?多大|多大(?=的?\w{0,2}[率量力度压流音积径])")
"""Asks of a magnitude how great it is, not of a thing what size it has."""
_ON_A_CHARGE = re.compile(
    r"\b(?:on|per|with|from) (?:an?|one|each|every|the)? ?(?:single |full )?charge\b|(?:充(?:满|一次)电?|一次充电|满电)(?=.*[远久里])"
)
"""Says for how long or how far; it asks nothing of charging."""
_WHAT_SIZE = re.compile(r"\b(?:what|which) size (?:of )?(?P<what>\w+)|\bsize of (?:the|its) (?P<of>\w+)")
_OF_WHOM = re.compile(
    r"\b(?:my|your|our|the|a|an) (?:kid|child|son|daughter|baby|toddler|dog|cat|pet|rider|person|user|passenger)\b|\b(?:can|may|must) i\b"
)
"""Whose weight or height a product takes, not what it weighs itself."""


def quote(question: str, hit: Hit) -> str:
    """The sentences of the passage that answer the question, in its own words: short answers whole, else the best.

    For a product, only the fields that were asked for. Lists and tables are made into sentences.
    """
    passage = hit.passage
    text = spoken(passage)
    if passage.kind != "product" and len(text) <= (_WHOLE if passage.language == "en" else _WHOLE // 2):
        return text
    pieces = sentences_of(text)
    if not pieces:
        return text
    asked = _asked(question, passage)
    scored = [(_score(asked, passage, piece, place), place) for place, piece in enumerate(pieces)]
    best = max(score for score, _ in scored)
    if passage.kind == "product" and best <= 0:
        chosen = [pieces.index(hit.likely)] if hit.likely in pieces else [0, 1]
    else:
        ranked = sorted(scored, reverse=True)[:3]
        chosen = sorted(place for score, place in ranked if score >= max(best * 0.6, 0.01) or place == ranked[0][1])
    chosen = [place for place in chosen if place < len(pieces)]
    between = "" if passage.language == "zh" else " "
    while len(chosen) > 1 and len(between.join(pieces[place] for place in chosen)) > _SAID:
        chosen.remove(min(chosen, key=lambda place: (scored[place][0], -place)))  # whole sentences, never a cut one
    said = between.join(pieces[place] for place in chosen)
    if passage.kind == "product" and passage.title not in said:
        return f"{passage.title}{'：' if passage.language == 'zh' else ': '}{said}"
    return said


def narrow(question: str, hit: Hit, *, sentences: int = 4) -> Passage:
    """The passage with only the sentences nearest to the question where it is long; small models read less better."""
    passage = hit.passage
    text = spoken(passage)
    if passage.kind == "product":
        return _with_text(passage, quote(question, hit))
    pieces = sentences_of(text)
    if len(pieces) <= sentences + 2 and len(text) <= 600:
        return _with_text(passage, text)
    asked = _asked(question, passage)
    ranked = sorted(range(len(pieces)), key=lambda place: _score(asked, passage, pieces[place], place), reverse=True)
    kept = sorted(ranked[:sentences])
    return _with_text(passage, ("" if passage.language == "zh" else " ").join(pieces[place] for place in kept))


def spoken(passage: Passage) -> str:
    """The passage's text without Markdown: links become their words, lists and tables become sentences."""
    chinese = passage.language == "zh"
    comma, semicolon, stop = ("、", "；", "。") if chinese else (", ", "; ", ".")
    lines: list[str] = []
    items: list[str] = []

    def close() -> None:
        if items:
            apart = semicolon if any(re.search(r"[,，、:：](?!\d)", item) for item in items) else comma
            listed = apart.join(items) + stop
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """The words that an answer should have, and those of the fields that were asked for."""

    words: frozenset[str]
    fields: frozenset[str]


def _asked(question: str, passage: Passage) -> _Asked:
    """What is asked of the passage, without a product's name."""
    rest = _ON_A_CHARGE.sub(" ", _HOW_GREAT.sub("", glossary().simplify(question.lower())))
    if (sized := _WHAT_SIZE.search(rest)) and _words(sized["what"] or sized["of"]) & _labels(passage):
        rest = rest.replace("size", " ", 1)
    names: frozenset[str] = frozenset()
    if passage.kind == "product":
        called = {glossary().simplify(name.lower()) for name in (passage.title, passage.entity or "", *passage.aliases)}
        longest = "|".join(re.escape(name) for name in sorted(filter(None, called), key=len, reverse=True))
        rest, times = re.subn(rf"(?<![a-z0-9])(?:{longest})(?![a-z0-9])", " ", rest)
        names = frozenset() if times else _words(" ".join(called))
    chinese = bool(_HAN.search(rest))
    said = translation(rest) if chinese else rest
    words = frozenset(lexical.words(rest)) if chinese and passage.language == "zh" else facts.words(said)
    if passage.kind == "product" and _OF_WHOM.search(rest) and {"weight", "weigh", "heavy"} & words:
        words -= {"weight", "weigh", "heavy"}
        rest, said = "load", "load"
    stated = [fields for pattern, fields in _RELATED if pattern.search(f"{rest} {said}")]
    return _Asked(words - names - _VERBS, frozenset().union(*stated))


def _words(text: str) -> frozenset[str]:
    """The content words of a text; of a Chinese one the usual words in simplified characters, and their English."""
    if not _HAN.search(text):
        return facts.words(text)
    return frozenset(lexical.words(text)) | facts.words(translation(text))


def _score(asked: _Asked, passage: Passage, piece: str, place: int) -> float:
    found = _words(piece)
    near = len(asked.words & found) / math.sqrt(min(len(found), 12) + 4)  # a long list of names is no worse an answer
    named = 0.4 if _holds(piece, asked.fields) else 0.0
    if passage.kind == "product" and passage.title in piece:
        label = _label(piece, passage)
        named = _NAMED if asked.words & _words(label) or _holds(label, asked.fields) else 0.0
    return near + named - 0.001 * place


def _labels(passage: Passage) -> frozenset[str]:
    """The words of the names of a record's fields."""
    return frozenset().union(*(_words(name) for name, _ in passage.fields))


def field_of(piece: str, product: Passage, names: str) -> bool:
    """Whether a sentence of a product's record tells one of the fields that have these ``names``."""
    fields = frozenset(map(facts.stem, names.split()))
    return product.title in piece and _holds(_label(piece, product), fields)


def _label(piece: str, product: Passage) -> str:
    return re.split(r"[:：\d]", piece.replace(product.title, " "), maxsplit=1)[0]


def _holds(text: str, fields: frozenset[str]) -> bool:
    folded = glossary().simplify(text)
    return bool(fields & _words(text)) or any(field in folded for field in fields if not field.isascii())


def _with_text(passage: Passage, text: str) -> Passage:
    return replace(passage, text=text)
