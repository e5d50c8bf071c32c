"""Writes a reply and says it sentence by sentence, each one checked against the passages first."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from generation import answering, besides, facts, grounding, prompt, safety
from generation.generator import Generator
from generation.listing import SHOWN, listed
from generation.prompt import UNKNOWN
from generation.quoting import narrow, quote
from generation.request import ReplyRequest
from generation.respelling import respelt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed
from retrieval.passages import Hit, Language, Listing, Passage
from retrieval.query import Utterance
from retrieval.siblings import pointed

logger = logging.getLogger(__name__)

Say = Callable[[str], Awaitable[None]]

_LONGEST = 3  # sentences; people read no more in a chat
_READ = 1  # passages at once: of two, a small model answers from the wrong one too often
_TRIED = 2  # passages, one after the other, where a tuned model finds no answer in the first
_CLOSE = 0.8  # of the best score: a passage this near may answer as well
_SIZES = tuple(
    (re.compile(asked, re.IGNORECASE), size)
    for asked, size in (
        (r"(?<!extra )(?<!extra-)\bsmall\b|小[号码號碼]|(?<![a-z])s[号码號碼]", "s"),
        (r"\bmedium\b|中[号码號碼]|(?<![a-z])m[号码號碼]", "m"),
        (r"(?<!extra )(?<!extra-)\blarge\b|(?<!加)大[号码號碼]|(?<![a-z])l[号码號碼]", "l"),
        (r"\b(?:extra[ -]large|xl)\b|加大[号码號碼]|xl[号码號碼]", "xl"),
    )
)
"""What a size is called, and its letter."""
_NEW_SEED = 7919
_WARMER = 0.5  # the temperature of a tuned model's second try
_FOREIGN: dict[Language, str] = {"en": "I only found this in Chinese:", "zh": "我只找到英文的说明："}
"""What is said to a customer of this language before words in the other."""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply as it was said. ``text`` is the said pieces, joined; ``used`` are the passages its facts come from.

    ``grounded`` is whether every sentence is stated by a passage; ``seconds`` by stage. ``unknown`` is set where a tuned
    model read the passages and found no answer in them: nothing but a greeting was said then.
    """

    text: str
    grounded: bool
    used: tuple[Hit, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    unknown: bool = False


@dataclass(slots=True)
class _Reply:
    """What has been said so far."""

    say: Say
    language: Language
    started: float
    pieces: list[str] = field(default_factory=list)
    used: list[Hit] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    sentences: int = 0
    unknown: bool = False

    async def add(self, text: str) -> None:
        text = text.strip()
        gap = "" if not self.pieces or self.language == "zh" else " "
        self.seconds.setdefault("first_sentence", time.perf_counter() - self.started)
        self.pieces.append(gap + text)
        await self.say(gap + text)

    def use(self, hit: Hit) -> None:
        if hit not in self.used:
            self.used.append(hit)


class Writer:
    """Turns a request into said sentences, none of which was said before its verdict.

    ``languages`` are those the model writes well; in any other the reply is the passage's own words in a short
    frame. An unsupported sentence is written once more with another seed, then replaced by the passage's words; so
    is a reply of a model that fails or takes over ``seconds``, and the customer still gets an answer. A ``tuned`` model
    reads the short prompts that it was tuned on; a passage in which it found no answer is not quoted.
    """

    def __init__(
        self,
        generator: Generator | None,
        *,
        languages: frozenset[str] = frozenset({"en"}),
        budget: int = prompt.BUDGET,
        seconds: float = 20.0,
        tuned: bool = False,
    ) -> None:
        self._generator = generator
        self._tuned = tuned
        self._languages = languages
        self._budget = budget
        self._seconds = seconds

    async def write(self, request: ReplyRequest, say: Say, controls: SamplingControls) -> Written:
        """Say the reply through ``say`` and return it. Raises GenerationFailed only where there is no passage."""
        request = replace(request, customer=replace(request.customer, name=safety.person_name(request.customer.name)))
        request = await asyncio.to_thread(_naming, request)
        reply = _Reply(say, request.language, time.perf_counter())
        question = request.history[-1].text if request.history else ""
        found = await asyncio.to_thread(_cleaned, request)
        hits = _order(question, found, request.language)
        if not hits:
            raise GenerationFailed("there is no passage to answer from")
        opening = _opening(request)
        if opening:
            await reply.add(opening)
        if request.listing is not None:
            await self._list(request.listing, hits, request.language, reply)
        read = hits[0]
        readable = read.passage.language in self._languages and request.language in self._languages
        if self._generator is not None and readable and not reply.sentences:
            for start in range(min(_TRIED, len(hits))):
                read = hits[start]
                await self._compose(request, question, hits[start:], controls, reply)
                if not reply.unknown:
                    break
        if reply.unknown and (priced := await asyncio.to_thread(besides.price, question, hits[0].passage)):
            # A model finds the price of two nowhere; that of one is told as such.
            await reply.add(priced)
            reply.use(hits[0])
            reply.unknown = False
        elif not reply.sentences and not reply.unknown:
            if read.passage.language != request.language:
                await reply.add(_FOREIGN[request.language])
            await reply.add(await asyncio.to_thread(quote, question, read))
            reply.use(read)
        if reply.used and not reply.unknown:
            whole = not reply.sentences or request.listing is not None or request.tone == "hurried"
            if not whole and (left := besides.rest(question, reply.used[0].passage, "".join(reply.pieces))):
                await reply.add(left)
            await self._complete(question, found, request.listing, reply)
        reply.seconds["total"] = time.perf_counter() - reply.started
        return Written("".join(reply.pieces), True, tuple(reply.used), reply.seconds, reply.unknown)

    async def close(self) -> None:
        """Close the generator."""
        close = getattr(self._generator, "close", None)
        if close is not None:
            if inspect.iscoroutinefunction(close):
                await close()
            else:
                await asyncio.to_thread(close)

    async def _list(self, listing: Listing, hits: Sequence[Hit], language: Language, reply: _Reply) -> None:
        products = {product.id for product in listing.products}
        shown = [hit for hit in hits if hit.passage.id in products][
            : 1 if listing.order in ("cheapest", "dearest") else SHOWN
        ]
        if shown:
            await reply.add(listed(listing, [hit.passage for hit in shown], language))
            reply.sentences += 1
        for hit in shown:
            reply.use(hit)

    async def _complete(self, question: str, found: Sequence[Hit], listing: Listing | None, reply: _Reply) -> None:
        """Say what must stand beside what was said, and the words of the passage that answers what else was asked."""
        if listing is not None:  # it says by itself which are sold out, and has its products chosen
            found = [hit for hit in found if hit.passage.kind != "product"]
        if second := await asyncio.to_thread(besides.other, question, reply.used[0], found):
            hit, words = second
            await reply.add(words)
            reply.use(hit)
        for hit in reply.used:
            if hit.passage.kind == "product" and listing is None:
                for piece in besides.unsaid(question, hit.passage, "".join(reply.pieces)):
                    await reply.add(piece)

    async def _compose(
        self, request: ReplyRequest, question: str, hits: Sequence[Hit], controls: SamplingControls, reply: _Reply
    ) -> None:
        """Let the model write; leaves ``reply.sentences`` at 0 where nothing it wrote could be said.

        Where it wrote nothing at all, ``reply.unknown`` stays as it was.
        """
        assert self._generator is not None
        read = [replace(hit, passage=narrow(question, hit)) for hit in hits[:_READ]]
        passages = [hit.passage for hit in read]
        *earlier, last = request.history or (Utterance("customer", ""),)
        turns = (*earlier, replace(last, text=respelt(last.text, passages[0])))
        for attempt in range(2):
            # The second try reads no examples and draws with another seed; a tuned model never reads any, and draws.
            asked = await asyncio.to_thread(
                prompt.build,
                replace(request, history=turns, hits=read),
                count_tokens=self.count_tokens,
                budget=self._budget,
                examples=not attempt,
                tuned=self._tuned,
            )
            seeded = replace(controls, seed=(int(controls.seed) + attempt * _NEW_SEED) % 2**32)
            if attempt and self._tuned:
                seeded = replace(seeded, temperature=max(controls.temperature, _WARMER))
            try:
                async with asyncio.timeout(self._seconds):
                    if await self._say_supported(asked, seeded, question, hits, passages, request, reply):
                        return
            except (GenerationFailed, TimeoutError) as error:
                logger.warning("the passage is quoted instead: %s", error or "the model was late")
                return
            if reply.sentences or reply.unknown:
                return

    async def _say_supported(
        self,
        asked: prompt.Prompt,
        controls: SamplingControls,
        question: str,
        hits: Sequence[Hit],
        passages: Sequence[Passage],
        request: ReplyRequest,
        reply: _Reply,
    ) -> bool:
        """Say sentences until one is not supported; whether the model came to its own end."""
        assert self._generator is not None
        known = [request.customer.name or "", *request.customer.orders]
        longest = 1 if request.tone == "hurried" else _LONGEST
        stream = self._generator.stream(asked, controls)
        try:
            async for sentence in stream:
                text = _tidy(sentence)
                if not text:
                    continue
                reply.unknown = self._tuned and not reply.sentences and _admits(text, request.language)
                if reply.unknown:
                    return False
                if _repeats(text, reply.pieces):
                    return bool(reply.sentences)
                verdict = await asyncio.to_thread(grounding.check, text, passages, known=known)
                if not verdict.supported:
                    logger.info("not said, unsupported %s: %r", ", ".join(verdict.wrong), text)
                    return False
                if verdict.source is None or not answering.answers(text, question):
                    continue
                if answering.turned(text, question, verdict.source):
                    logger.info("not said, its yes or no is to what no passage states: %r", text)
                    return False
                await reply.add(text)
                reply.sentences += 1
                reply.use(hits[passages.index(verdict.source)])
                if reply.sentences >= longest:
                    return True
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        return True

    def count_tokens(self, text: str) -> int:
        """Tokens of a text as the model counts them; a guess where it has no counter."""
        count = getattr(self._generator, "count_tokens", None)
        return int(count(text)) if count is not None else len(text) // 3 + 1


def _naming(request: ReplyRequest) -> ReplyRequest:
    """The request with the name of the product found first where the last turn points at it ("the small one")."""
    products = [hit.passage for hit in request.hits if hit.passage.kind == "product"]
    meant = pointed(request.history, [product for product in products if product.language == request.language])
    if meant.product is None or meant.product.id != request.hits[0].passage.id:
        return request
    return replace(request, history=(*request.history[:-1], meant.history[-1]))


def _cleaned(request: ReplyRequest) -> list[Hit]:
    """The hits without what a file says to the program instead of the customer, which is neither read nor quoted."""
    cleaned = [replace(hit.passage, text=safety.without_instructions(hit.passage.text)) for hit in request.hits]
    return [
        replace(hit, passage=passage)
        for hit, passage in zip(request.hits, cleaned, strict=True)
        if passage.text and (not passage.title.strip() or safety.without_instructions(passage.title))
    ]


def _order(question: str, hits: list[Hit], language: Language) -> list[Hit]:
    """The hits worth reading: in the customer's language where there are such, near in score, best words first.

    Of products of one name that come in several sizes, the one of the size that was asked for is first.
    """
    if not hits:
        return []
    spoken = [hit for hit in hits if hit.passage.language == language]
    if spoken and spoken[0].score >= 0.6 * hits[0].score:
        hits = spoken
    top = hits[0]
    near = [hit for hit in hits[1:] if hit.score >= _CLOSE * top.score]
    if sizes := {size for asked, size in _SIZES if asked.search(question)}:
        namesakes = [hit for hit in (top, *near) if _namesakes(hit.passage, top.passage)]
        sized = [hit for hit in namesakes if sizes & {value.lower() for _, value in hit.passage.fields}]
        if len(namesakes) > 1 and len(sized) == 1:
            top, near = sized[0], [hit for hit in (top, *near) if hit is not sized[0]]
    return [top, *near]


def _namesakes(one: Passage, other: Passage) -> bool:
    return one.kind == other.kind == "product" and not set(one.aliases).isdisjoint(other.aliases)


def _opening(request: ReplyRequest) -> str:
    """A system-made opening: sorry for the upset, a greeting by name the first time, nothing for the hurried."""
    name = prompt.data(request.customer.name or "")[:40]
    chinese = request.language == "zh"
    first = not any(turn.role == "agent" for turn in request.history)
    if request.tone == "upset":
        if chinese:
            return f"{name}，很抱歉给您带来不便。" if name else "很抱歉给您带来不便。"
        return f"I'm sorry about this, {name}." if name else "I'm sorry about this."
    if request.tone == "calm" and first and name:
        return f"{name}，您好！" if chinese else f"Hi {name}!"
    return ""


def _admits(text: str, language: Language) -> bool:
    """Whether a tuned model says that it found no answer, with the first of the words that it was taught."""
    taught = UNKNOWN[language]
    return len(text) >= len(taught) // 3 and taught.startswith(text.rstrip("。. "))


def _tidy(sentence: str) -> str:
    text = re.sub(
        r"^\s*(?:\[\d+\]|[-*•]|\d+[.)](?=\s+\S)|(?:answer|reply|assistant|customer|agent)\s*:)\s*",
        "",
        sentence,
        flags=re.I,
    )
    text = re.sub(r"\s*\[\d+\]", "", text)
    return " ".join(text.split())


def _repeats(text: str, pieces: Sequence[str]) -> bool:
    words = facts.words(text)
    return any(
        words and len(words & facts.words(piece)) >= 0.8 * len(words) and len(facts.words(piece)) >= 0.6 * len(words)
        for piece in pieces
    )
