"""Writes with local weights: a bounded queue, a thread for each reply the engine writes at once, whole sentences out."""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generation.engine import Engine
from generation.engines import open_engine
from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed
from retrieval.sentences import SentenceStream

logger = logging.getLogger(__name__)

_WAITING = 32
_MARKS = ("<|im_end|>", "<|im_start|>", "<end_of_turn>")  # in text where a model has no token for them
_CLOSING = 10.0  # seconds for the workers to end
_UNSPELT = 3  # tokens that a text may lack of those that were drawn: half a character's
_WHOLE = re.compile(r"(?:[。！？!?…]|(?<!\d)\.)[\"')\]”’」』》）]*\s*$")  # after a digit a stop may be a decimal point


@dataclass(slots=True)
class _Job:
    """A reply to write, and where its text goes: str pieces, then None at the end or an exception."""

    prompt: Prompt
    controls: SamplingControls
    put: Callable[[str | BaseException | None], None]
    ends: float
    cancelled: threading.Event = field(default_factory=threading.Event)

    def stopped(self) -> bool:
        return self.cancelled.is_set() or time.monotonic() > self.ends


class LocalGenerator:
    """A Generator on a local folder (or hub name) of weights, served by the fastest engine that is installed.

    The engine for the ``usual`` controls is opened at once. ``engine`` takes a ready one, which stays open. Raises ModelError where the weights or the adapter cannot be loaded.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        adapter: Path | None = None,
        threads: int = 2,
        timeout: float = 45.0,
        usual: SamplingControls = SamplingControls(),  # noqa: B008 (frozen)
        engine: Engine | None = None,
    ) -> None:
        self._engine = engine or open_engine(folder, adapter=adapter, threads=threads, usual=usual)
        self._lent = engine is not None
        self.name = self._engine.name
        self.timeout = timeout
        self._jobs: queue.Queue[_Job | None] = queue.Queue(maxsize=_WAITING)
        self._closed = False
        self._workers = [
            threading.Thread(target=self._work, name=f"reply-model-{number}", daemon=True)
            for number in range(self._engine.slots)
        ]
        for worker in self._workers:
            worker.start()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, in this model's vocabulary."""
        return self._engine.count_tokens(text)

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        """Yield whole sentences, white space included, whose concatenation is the reply.

        What is left of a reply that ran out of tokens is no sentence: half of one may say the contrary of the whole.
        Raises GenerationFailed where too many replies wait already, or the reply is not finished in time.
        """
        if self._closed:
            raise GenerationFailed("the reply model is closed")
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[str | BaseException | None] = asyncio.Queue()  # bounded by max_new_tokens

        def put(piece: str | BaseException | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        job = _Job(prompt, controls, put, time.monotonic() + self.timeout)
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise GenerationFailed(f"{_WAITING} replies wait for the model already") from error
        try:
            while True:
                left = job.ends - time.monotonic()
                try:
                    piece = await asyncio.wait_for(pieces.get(), max(left, 0.01))
                except TimeoutError as error:
                    raise GenerationFailed(f"the reply model gave nothing in {self.timeout:.0f} seconds") from error
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise GenerationFailed(f"the reply model failed: {piece}") from piece
                yield piece
        finally:
            job.cancelled.set()

    def close(self) -> None:
        """Stop the workers; replies that wait fail, and what is being written is given up."""
        if self._closed:
            return
        self._closed = True
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                job.put(GenerationFailed("the program is shutting down"))
        for _ in self._workers:
            self._jobs.put(None)
        ends = time.monotonic() + _CLOSING
        for worker in self._workers:
            worker.join(timeout=max(0.0, ends - time.monotonic()))
        if not self._lent:
            self._engine.close()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.cancelled.is_set():
                continue
            try:
                self._write(job)
                job.put(None)
            except Exception as error:
                if not self._closed:
                    logger.exception("the reply model failed")
                job.put(error)

    def _write(self, job: _Job) -> None:
        stream, said, text = SentenceStream(), "", ""
        cut: str | None = None
        stops = (*job.controls.stop, *_MARKS)

        def say(piece: str) -> bool:
            nonlocal said, text, cut
            text += piece
            cut = _stop_at(text, stops)
            safe = _without_partial(text, stops) if cut is None else cut
            if len(safe) > len(said):
                for sentence in stream.feed(safe[len(said) :]):
                    job.put(sentence)
                said = safe
            return cut is not None or self._closed or job.stopped()

        self._engine.write(job.prompt, job.controls, say)
        if time.monotonic() > job.ends:
            raise GenerationFailed(f"the reply was not finished in {self.timeout:.0f} seconds")
        if self._closed:
            raise GenerationFailed("the program is shutting down")
        rest = "" if cut is not None else text[len(said) :]
        whole = stream.feed(rest)
        if cut is not None or not self._ran_out(text, job.controls):
            whole += stream.flush()
        for sentence in whole:
            job.put(sentence)

    def _ran_out(self, text: str, controls: SamplingControls) -> bool:
        """Whether a reply ends without an end mark where its tokens did."""
        return not _WHOLE.search(text) and self.count_tokens(text) >= controls.max_new_tokens - _UNSPELT


def _stop_at(text: str, stops: Sequence[str]) -> str | None:
    """The text before the first stop string, or None where there is none."""
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else None


def _without_partial(text: str, stops: Sequence[str]) -> str:
    """The text without an end that may grow into a stop string."""
    held = max((length for stop in stops for length in range(1, len(stop)) if text.endswith(stop[:length])), default=0)
    return text[: len(text) - held] if held else text
