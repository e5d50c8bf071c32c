"""OpenVINO GenAI in a process of its own, which ``generation/openvino.py`` starts and speaks to.

It holds Python's lock for as long as a step takes (half a second for eight new prompts): a chat server cannot live
beside that. One JSON document a line each way. In: ``{"id", "prompt": [token, ...], "max_tokens"}`` begins a reply,
``{"id", "stop": true}`` ends it. Out: ``{"ready": true}`` or ``{"failed": why}`` once, then ``{"id", "tokens":
[token, ...]}`` as they are drawn and ``{"id", "end": null or why}``. It ends where its input does.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import sys
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple, TextIO

_NGRAM, _DRAFT = 3, 8  # tokens that recur, and tokens then guessed from what followed them before
_BLOCK = 32  # tokens of a block of the cache, on processors
_COMPANION = 512  # tokens after which the companion begins anew


def main(weights: str, threads: str, slots: str, context: str, ends: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes; this one ends after the other
    # The library writes to standard output what belongs into a log.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        batch = _open(weights, int(threads), int(slots), int(context), json.loads(ends))
    except Exception as error:
        _say(answers, {"failed": str(error).strip().splitlines()[-1] if str(error) else type(error).__name__})
        return
    _say(answers, {"ready": True})
    asked = _Lines(0)
    while True:
        for line in asked.read(wait=not batch.busy):
            _take(batch, json.loads(line))
        if asked.ended:
            os._exit(0)  # the library would complain about replies that are still being written
        for said in batch.step():
            _say(answers, said)


def _open(weights: str, threads: int, slots: int, context: int, ends: list[int]) -> _Batch:
    """A batch that has written something: some products fail when they are first used, on processors they do not fit."""
    try:
        batch = _Batch(weights, threads, slots, context, ends)
        batch.try_out()
    except Exception as error:
        logging.warning("OpenVINO is opened again without 8-bit products: %s", error)
        batch = _Batch(weights, threads, slots, context, ends, {"DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"})
        batch.try_out()
    return batch


def _take(batch: _Batch, request: dict[str, Any]) -> None:
    if request.get("stop"):
        batch.stop(request["id"])
    else:
        batch.add(_Asked(request["id"], request["prompt"], request["max_tokens"]))


class _Asked(NamedTuple):
    """A reply that is asked for."""

    reply: int
    prompt: list[int]
    max_tokens: int

    @property
    def length(self) -> int:
        """Tokens that it may come to, guessed ones included."""
        return len(self.prompt) + self.max_tokens + _DRAFT


class _Batch:
    """The replies being written, each a request of the pipeline.

    A reply must not depend on what is written beside it. The processor's kernels for one row of a product are others
    than those for several, and only the latter give every row the same bits whatever stands beside it: so a companion,
    whose tokens nobody reads, is written beside a lone reply. A prompt read in parts is attended to in another order
    of sums than one read whole: so each is read in one step, one prompt a step, which also bounds how long the others
    wait. The pipeline's cache of prompts' beginnings stays off: replies to the same prompt share its last block there,
    and the guessed tokens of one were read by the other.
    """

    def __init__(
        self,
        weights: str,
        threads: int,
        slots: int,
        context: int,
        ends: list[int],
        properties: dict[str, str] | None = None,
    ) -> None:
        # The converter of models, which nothing here needs, tells its maker over the network that it was imported.
        sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
        self._genai: Any = import_module("openvino_genai")
        self._tensor: Any = import_module("openvino").Tensor
        self._ends = set(ends)
        self._waiting: deque[_Asked] = deque()
        self._replies: dict[int, tuple[_Asked, Any]] = {}
        # Half of what the longest replies would need together, which few are; beyond it replies wait.
        self._room = context * slots // 2
        self._companion: Any = None
        self._given = 0
        scheduler = self._genai.SchedulerConfig()
        scheduler.num_kv_blocks = (self._room + 2 * context + 2 * _COMPANION) // _BLOCK
        scheduler.max_num_batched_tokens = context + (slots + 1) * (1 + _DRAFT)
        scheduler.max_num_seqs = slots + 1
        scheduler.enable_prefix_caching = False
        given = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "KV_CACHE_PRECISION": "f16",
            "ENABLE_CPU_PINNING": False,
            "prompt_lookup": True,
        } | (properties or {})
        self._pipeline: Any = self._genai.ContinuousBatchingPipeline(weights, scheduler, "CPU", given)

    @property
    def busy(self) -> bool:
        return bool(self._replies or self._waiting)

    def add(self, asked: _Asked) -> None:
        self._waiting.append(asked)

    def stop(self, reply: int) -> None:
        self._waiting = deque(asked for asked in self._waiting if asked.reply != reply)
        if reply in self._replies:
            _, handle = self._replies.pop(reply)
            handle.stop()

    def try_out(self) -> None:
        """Write a short reply. Raises RuntimeError where a step fails."""
        self.add(_Asked(-1, list(range(2 * _BLOCK)), _DRAFT))
        while self.busy:
            for said in self.step():
                if said.get("end") is not None:
                    raise RuntimeError(said["end"])

    def step(self) -> Iterator[dict[str, Any]]:
        """Read the next prompt, draw the next tokens of every other reply, and tell what is new."""
        if self._companion is None or self._over(self._companion):
            self._companion = self._request([0, 0], _COMPANION, set())
        if self._waiting and self._fits(self._waiting[0]):
            asked = self._waiting.popleft()
            try:
                self._replies[asked.reply] = asked, self._request(asked.prompt, asked.max_tokens, self._ends)
            except RuntimeError as error:
                yield {"id": asked.reply, "end": str(error) or type(error).__name__}
        self._pipeline.step()
        while self._companion.can_read():
            self._companion.read()
        for reply, (_, handle) in list(self._replies.items()):
            over = self._over(handle)  # asked first, so that what it drew last is read all the same
            tokens: list[int] = []
            while handle.can_read():
                for part in handle.read().values():
                    tokens += part.generated_ids
            tokens = [token for token in tokens if token not in self._ends]
            if tokens:
                yield {"id": reply, "tokens": tokens}
            if over:
                del self._replies[reply]
                ignored = handle.get_status() == self._genai.GenerationStatus.IGNORED
                yield {"id": reply, "end": "the prompt does not fit" if ignored else None}

    def _fits(self, asked: _Asked) -> bool:
        taken = sum(other.length for other, _ in self._replies.values())
        return not taken or taken + asked.length <= self._room

    def _request(self, prompt: list[int], max_tokens: int, ends: set[int]) -> Any:
        numpy = import_module("numpy")
        config = self._genai.GenerationConfig()
        config.do_sample = False
        config.max_new_tokens = max_tokens
        config.stop_token_ids = ends
        config.ignore_eos = not ends
        config.num_assistant_tokens = _DRAFT if ends else 1
        config.max_ngram_size = _NGRAM
        self._given += 1
        return self._pipeline.add_request(self._given, self._tensor(numpy.array([prompt], dtype="int64")), config)

    def _over(self, handle: Any) -> bool:
        return bool(handle.get_status() != self._genai.GenerationStatus.RUNNING)


class _Lines:
    """Whole lines of a file descriptor, without waiting where nothing is there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self.ended = False

    def read(self, *, wait: bool) -> list[bytes]:
        if not wait and not select.select([self._descriptor], [], [], 0)[0]:
            return []
        chunk = os.read(self._descriptor, 1 << 16)
        self.ended = not chunk
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        return whole


def _say(answers: TextIO, document: dict[str, Any]) -> None:
    answers.write(json.dumps(document) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
