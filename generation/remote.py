"""Writes with an OpenAI-compatible server (vLLM), and with the local model where the server does not do its part."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import httpx

from generation import completions, facts
from generation.circuit import CircuitBreaker
from generation.completions import ParametersRefused, ServerFault
from generation.generator import Generator
from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed, ModelError
from retrieval.sentences import SentenceStream

logger = logging.getLogger(__name__)

_LONGEST = 64  # characters a token; a server that sends more than was asked for is cut off
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the server, retries and queueing included in ``first``.

    ``connect`` to reach it, ``first`` to the first text, ``between`` one piece and the next, ``whole`` for the reply.
    ``tries`` are requests for one reply; between them pass about ``pause`` seconds, doubled each time, at random.
    """

    connect: float = 3.0
    first: float = 10.0
    between: float = 5.0
    whole: float = 30.0
    tries: int = 3
    pause: float = 0.25


class RemoteGenerator:
    """A Generator on a server, with ``fallback`` for when it is unreachable, overloaded, stalls or talks nonsense.

    A request is sent again only before the first text, so that nothing is said twice. Where the server stops in the
    middle, the sentences said stay as they are and the fallback writes the rest. ``concurrency`` replies are written
    at once and ``waiting`` more may wait; further ones go to the fallback at once, as all do while the circuit
    breaker is open. ``key`` goes to this address only and into no log.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        fallback: Generator | None = None,
        patience: Patience | None = None,
        breaker: CircuitBreaker | None = None,
        concurrency: int = 8,
        waiting: int = 32,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._url = completions.address(url)
        self._model = model
        self._key = key
        self._fallback = fallback
        self._patience = patience or Patience()
        self.breaker = breaker or CircuitBreaker()
        self._concurrency = concurrency
        self._most = concurrency + waiting
        self._jitter = jitter
        self._extras = True
        self._here = 0
        self._parts: tuple[asyncio.AbstractEventLoop, httpx.AsyncClient, asyncio.Semaphore] | None = None
        self._closed = False
        self.name = f"{model} ({self._url})"

    def count_tokens(self, text: str) -> int:
        """Tokens of a text: the fallback's count, or a guess on the safe side."""
        count = getattr(self._fallback, "count_tokens", None)
        if count is not None:
            return int(count(text))
        han = len(_HAN.findall(text))
        return han + (len(text) - han) // 3 + 1

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        """Yield whole sentences, white space included, whose concatenation is the reply.

        Raises GenerationFailed where the server fails and there is no fallback, or that fails as well.
        """
        if self._closed:
            raise GenerationFailed("the reply model is closed")
        said: list[str] = []
        try:
            async with aclosing(self._sentences(prompt, controls)) as sentences:
                async for sentence in sentences:
                    said.append(sentence)
                    yield sentence
            return
        except ServerFault as error:
            problem = str(error)
        if self._fallback is None:
            raise GenerationFailed(problem)
        logger.warning("%s writes %s: %s", self._fallback.name, "the rest" if said else "the reply", problem)
        async with aclosing(_rest(self._fallback.stream(prompt, controls), said)) as sentences:
            async for sentence in sentences:
                yield sentence

    async def close(self) -> None:
        """Close the connections and the fallback."""
        self._closed = True
        if self._parts is not None:
            await self._parts[1].aclose()
        close = getattr(self._fallback, "close", None)
        if close is not None:
            if inspect.iscoroutinefunction(close):
                await close()
            else:
                await asyncio.to_thread(close)

    async def _sentences(self, prompt: Prompt, controls: SamplingControls) -> AsyncGenerator[str]:
        """The server's sentences. Raises ServerFault, with the breaker told."""
        if self._here >= self._most:
            raise ServerFault(f"{self._here} replies wait for the server already")
        if not self.breaker.admits():
            raise ServerFault("the server failed too often and is left alone for a while")
        self._here += 1
        heard, tell = False, self.breaker.released
        try:
            client, slots = await self._open()
            ends = time.monotonic() + self._patience.first
            try:
                async with asyncio.timeout(self._patience.first):
                    await slots.acquire()
            except TimeoutError as error:
                raise ServerFault("no other reply was finished in time", counts=False) from error
            try:
                stream, cut, length = SentenceStream(), False, 0
                async with aclosing(self._pieces(client, prompt, controls, ends)) as pieces:
                    async for piece in pieces:
                        heard, cut, length = True, piece.cut, length + len(piece.text)
                        if length > _LONGEST * controls.max_new_tokens:
                            raise ServerFault("the server sends more than was asked for")
                        for sentence in stream.feed(piece.text):
                            yield sentence
                # Out of tokens in the middle of a sentence: half a sentence may say the contrary of the whole.
                for sentence in () if cut else stream.flush():
                    yield sentence
            finally:
                slots.release()
        except ServerFault as fault:
            heard, tell = False, self.breaker.failed if fault.counts else self.breaker.released
            raise
        finally:
            self._here -= 1
            # Who stops listening in the middle has heard that the server is well.
            (self.breaker.succeeded if heard else tell)()

    async def _pieces(
        self, client: httpx.AsyncClient, prompt: Prompt, controls: SamplingControls, ends: float
    ) -> AsyncGenerator[completions.Piece]:
        """The pieces of the first try that brings any. Raises ServerFault."""
        tries = 0
        while True:
            request = completions.body(self._model, prompt, controls, extras=self._extras)
            try:
                pieces = completions.pieces(
                    client,
                    self._url,
                    request,
                    first=ends - time.monotonic(),
                    between=self._patience.between,
                    whole=self._patience.whole,
                )
                async with aclosing(pieces):
                    async for piece in pieces:
                        yield piece
                return
            except ParametersRefused as fault:
                if not self._extras:
                    raise
                logger.warning("%s: %s; they are left out", self.name, fault)
                self._extras = False
            except ServerFault as fault:
                tries += 1
                pause = max(fault.after, self._patience.pause * 2 ** (tries - 1) * (0.5 + self._jitter()))
                if not fault.again or tries >= self._patience.tries or time.monotonic() + pause >= ends:
                    raise
                await asyncio.sleep(pause)

    async def _open(self) -> tuple[httpx.AsyncClient, asyncio.Semaphore]:
        """The connections and the places of this event loop."""
        loop = asyncio.get_running_loop()
        if self._parts is None or self._parts[0] is not loop:
            # Certificates are read from disk here.
            client = await asyncio.to_thread(_client, self._key, self._patience.connect, self._concurrency)
            if self._parts is None or self._parts[0] is not loop:
                self._parts = (loop, client, asyncio.Semaphore(self._concurrency))
        return self._parts[1:]


async def probe(url: str, model: str | None, *, key: str | None = None) -> str:
    """What stands at the address, in words. Raises ModelError where it does not serve the model, InputError."""
    place = completions.address(url)
    async with await asyncio.to_thread(_client, key, 3.0, 1) as client:
        try:
            names = await completions.served(client, place)
        except ServerFault as fault:
            raise ModelError(
                f"{place}: {fault}", "check FRONTDESK_LLM_URL, FRONTDESK_LLM_KEY and the server"
            ) from fault
    if model not in names:
        known = ", ".join(names[:5]) or "none"
        raise ModelError(f"{place} does not serve {model!r}", f"set FRONTDESK_LLM_MODEL to one of its models: {known}")
    return f"{model} on {place}"


def _client(key: str | None, connect: float, connections: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers={"authorization": f"Bearer {key}"} if key else {},
        timeout=httpx.Timeout(None, connect=connect),
        limits=httpx.Limits(max_connections=connections),
        trust_env=False,
    )


async def _rest(sentences: AsyncIterator[str], said: Sequence[str]) -> AsyncGenerator[str]:
    """The sentences that say what was not said yet."""
    known = [facts.words(sentence) | _figures(sentence) for sentence in said]
    async for sentence in sentences:
        words = facts.words(sentence) | _figures(sentence)
        if any(len(words & other) >= 0.7 * len(words) for other in known):
            continue
        yield f" {sentence}" if said and said[-1][-1:] in ".!?" and not sentence[:1].isspace() else sentence


def _figures(sentence: str) -> frozenset[str]:
    return frozenset(f"{number.value} {number.kind}" for number in facts.numbers(sentence))
