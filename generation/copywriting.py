"""Writes marketing copy for a product: the model's and our own frames', of which only what its record states is kept."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from generation import facts, frames, grounding, prompt, safety
from generation.generator import Generator
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed, InputError
from retrieval.passages import Language, Passage
from retrieval.sentences import split

logger = logging.getLogger(__name__)

Kind = Literal["slogan", "intro", "email"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_SPARE = 3  # drafts of the model more than copies asked for
_VAIN = 2  # drafts without a true word: a model that invents so much is asked no more
_ALIKE = 0.85  # of the words: two copies this near are one
_ITEM: dict[Language, str] = {"en": "Item", "zh": "该商品"}
_TOKENS: dict[Kind, int] = {"slogan": 32, "intro": 80, "email": 80}
# What sells and is not in the record may not be said: offers, superlatives, seals. In Chinese, superlatives are
# forbidden by the advertising law (Art. 9) even where they are true.
_CLAIM = re.compile(
    r"\b(?:discounts?|sales?|save|savings?|deals?|offers?|free|bonus|gifts?|coupons?|half|limited|today|now|hurry|last chance|new"
    r"|best|finest|cheap(?:est)?|lowest|greatest|leading|number one|no\. ?1|only|most|ever|never|always|every(?:one|body)?"
    r"|guarantee[ds]?|certified|award|winning|patented|proven|safe|eco|sustainable|organic|natural|handmade|luxur\w+|premium"
    r"|waterproof|unbreakable|lifetime|healthy?|millions?|loved|trusted|popular)\b|%"
    r"|折|优惠|特价|促销|免费|赠|包邮|限时|限量|秒杀|最|第一|唯一|顶级|极致|国家级|首选|保证|认证|专利|环保|天然|有机|手工|防水|永久|畅销|爆款|新款",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?<!\d)[\s:：.。，,]++|[\s:：.。，,]++(?!\d)")


@dataclass(frozen=True, slots=True)
class Copy:
    """One piece of copy, every sentence of which the product's record states. ``subject`` is an e-mail's."""

    text: str
    by: Literal["model", "frame"]
    subject: str = ""


def find(product: str, passages: Sequence[Passage], language: Language) -> Passage:
    """The record of a product, by its id, name or alias. Raises InputError with the nearest names."""
    products = [passage for passage in passages if passage.kind == "product"]
    if not products:
        raise InputError("the shop's files hold no product", "add one, see docs/knowledge.md")
    wanted = " ".join(product.split()).casefold()
    same = [p for p in products if wanted in {name.casefold() for name in (_id(p), p.title, *p.aliases)}]
    if not same:
        known = [passage for passage in products if passage.language == language] or products
        raise InputError(f"there is no product {product!r}", f"near are {', '.join(_near(wanted, known))}")
    spoken = [passage for passage in same if passage.language == language]
    if not spoken:
        field = "name_zh and summary_zh" if language == "zh" else "name and summary"
        raise InputError(f"{_id(same[0])} is not described in that language", f"add {field} to its record")
    return replace(spoken[0], text=safety.without_instructions(spoken[0].text))


def supported(text: str, record: Passage, *, shop: str = "") -> bool:
    """Whether the record states every sentence of a text, courtesy and neutral words of selling apart.

    The product's own name states nothing: "Power Bank 20K" does not say that there are 20 of anything.
    """
    unnamed = _unnamed(record)
    stated = f"{unnamed.title}\n{unnamed.text}".lower()
    rows = {_flat(sentence) for sentence in (*frames.stated(record), *split(unnamed.text))}
    known = frames.WORDS[record.language]
    for line in text.splitlines():
        if line.strip() == shop:
            continue  # the signature: "Oak" in the shop's name makes no lamp of oak
        for sentence in split(_without_name(line.strip().removeprefix("- "), record)):
            if any(claim.group().lower() not in stated for claim in _CLAIM.finditer(sentence)):
                return False
            before, _, after = sentence.replace("：", ":").partition(":")
            if _flat(sentence) in rows or (_flat(after) in rows and _neutral(before, record.language)):
                continue
            if not grounding.check(sentence, [unnamed], known=known).supported:
                return False
    return True


async def write(
    record: Passage,
    kind: Kind,
    count: int,
    *,
    generator: Generator | None = None,
    shop: str = "",
    seed: int = 7,
    seconds: float = 40.0,
) -> list[Copy]:
    """At most ``count`` different copies, the model's first; fewer where the record has too little to say.

    ``generator`` is asked for ``seconds`` at most; without one all copies are frames filled from the record.
    """
    found: list[Copy] = []
    if generator is not None:
        async for text in _drafts(record, kind, count, generator, seed, seconds):
            copy = _framed(record, text, shop) if kind == "email" else Copy(text, "model")
            _take(found, copy, record, shop, count)
    for subject, text in frames.fill(record, kind, shop):
        if len(found) >= count:
            break
        _take(found, Copy(text, "frame", subject), record, shop, count)
    return found


def _take(found: list[Copy], copy: Copy, record: Passage, shop: str, count: int) -> None:
    if len(found) >= count or not copy.text.strip() or any(_alike(copy, other, record) for other in found):
        return
    if supported(copy.text, record, shop=shop) and supported(copy.subject, record, shop=shop):
        found.append(copy)


async def _drafts(
    record: Passage, kind: Kind, count: int, generator: Generator, seed: int, seconds: float
) -> AsyncIterator[str]:
    """What the model wrote, sentences that the record does not state left out."""
    ends = time.monotonic() + seconds
    messages = frames.request(record, kind)
    asked = prompt.Prompt(messages, prompt.render(messages), (), record.language)
    failed = 0
    for attempt in range(count + _SPARE):
        if time.monotonic() > ends or failed == _VAIN:
            return
        controls = SamplingControls(
            temperature=0.0 if attempt == 0 else 0.8, seed=(seed + attempt) % 2**32, max_new_tokens=_TOKENS[kind]
        )
        kept: list[str] = []
        try:
            async for sentence in generator.stream(asked, controls):
                text = " ".join(sentence.split()).strip('"“”* ')
                if text and text[-1] in ".!?。！？" and supported(text, record):
                    kept.append(text)
                if kept and kind == "slogan":
                    break
        except GenerationFailed as error:
            logger.warning("the frames write alone: %s", error)
            return
        text = ("" if record.language == "zh" else " ").join(dict.fromkeys(kept))
        if _says(text, record):
            yield text
        else:
            failed += 1


def _unnamed(record: Passage) -> Passage:
    text = "".join(_without_name(sentence, record) for sentence in split(record.text))
    return replace(record, title=_ITEM[record.language], text=text, aliases=(), entity=None)


def _without_name(text: str, record: Passage) -> str:
    return re.sub(rf"(?:\b(?:the|a|an) )?{re.escape(record.title)}", _ITEM[record.language], text, flags=re.IGNORECASE)


def _neutral(text: str, language: Language) -> bool:
    """Whether a text says nothing but neutral words of selling."""
    rest = facts.plain(text) - frames.stems(language) - facts.words(_ITEM[language])
    return not rest and not facts.numbers(text) and not facts.links(text)


def _flat(text: str) -> str:
    """A text without the marks that stand between its words; those between digits are part of a number."""
    return _BETWEEN.sub("", text).casefold()


def _framed(record: Passage, text: str, shop: str) -> Copy:
    subject, body = frames.letter(record, text, shop)
    return Copy(body, "model", subject)


def _says(text: str, record: Passage) -> bool:
    """Whether a text says something of the product, beyond its name."""
    return bool(facts.plain(text) - facts.words(record.title) - frames.stems(record.language)) and len(text) >= 12


def _alike(one: Copy, other: Copy, record: Passage) -> bool:
    """Whether two copies say the same; e-mails whose subjects differ do not."""
    about = facts.words(record.title)
    ours, theirs = facts.words(one.text) - about, facts.words(other.text) - about
    numbers = facts.values(one.text) ^ facts.values(other.text)
    if numbers or one.subject != other.subject:
        return one.text == other.text
    return len(ours & theirs) >= _ALIKE * max(len(ours), len(theirs), 1)


def _id(passage: Passage) -> str:
    return dict(passage.fields).get("id", passage.id.rpartition(".")[0])


def _near(wanted: str, products: Sequence[Passage]) -> Iterator[str]:
    from rapidfuzz import fuzz, process

    names = {name: p for p in products for name in (_id(p), p.title, *p.aliases)}
    shown: set[str] = set()
    for name, _, _ in process.extract(wanted, list(names), scorer=fuzz.WRatio, processor=str.casefold, limit=30):
        product = names[name]
        if (code := _id(product)) not in shown and len(shown) < 3:
            shown.add(code)
            yield f"{code} ({product.title})"
