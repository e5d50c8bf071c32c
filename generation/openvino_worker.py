"""OpenVINO GenAI in a process of its own, which ``generation/openvino.py`` starts and speaks to.

It holds Python's lock for as long as a step takes (half a second for eight new prompts): a chat server cannot live
beside that. One JSON document a line each way. In: ``{"id", "prompt": [token, ...], "max_tokens"}`` begins a reply,
``{"id", "stop": true}`` ends it. Out: ``{"ready": true}`` or ``{"failed": why}`` once, then ``{"id", "tokens":
[token, ...]}`` as they are drawn and ``{"id", "end": null or why}``. It ends where its input does.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, TextIO

_NGRAM, _DRAFT = 3, 8  # tokens that recur, and tokens then guessed from what followed them before
_BLOCK = 32  # tokens of a block of the cache, on processors
_READ = 256  # tokens of prompts read in one step, which bounds both its memory and how long the others wait
_COMPANION = 512  # tokens after which the companion begins anew


def main(weights: str, threads: str, slots: str, context: str, ends: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes; this one ends after the other
    # The library writes to standard output what belongs into a log.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        batch = _Batch(weights, int(threads), int(slots), int(context), json.loads(ends))
    except Exception as error:
        _say(answers, {"failed": str(error).strip().splitlines()[-1] if str(error) else type(error).__name__})
        return
    _say(answers, {"ready": True})
    asked = _Lines(0)
    while True:
        for line in asked.read(wait=not batch.busy):
            _take(batch, json.loads(line), answers)
        if asked.ended:
            os._exit(0)  # the library would complain about replies that are still being written
        for said in batch.step():
            _say(answers, said)


def _take(batch: _Batch, request: dict[str, Any], answers: TextIO) -> None:
    if request.get("stop"):
        batch.stop(request["id"])
        return
    try:
        batch.add(request["id"], request["prompt"], request["max_tokens"])
    except Exception as error:
        _say(answers, {"id": request["id"], "end": str(error) or type(error).__name__})


class _Batch:
    """The replies being written, each a request of the pipeline.

    The processor's kernels for one row of a product are others than those for several, and only the latter give every
    row the same bits whatever stands beside it. So a companion, whose tokens nobody reads, is written beside a lone reply.
    """

    def __init__(self, weights: str, threads: int, slots: int, context: int, ends: list[int]) -> None:
        # The converter of models, which nothing here needs, tells its maker over the network that it was imported.
        sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
        self._genai: Any = import_module("openvino_genai")
        self._tensor: Any = import_module("openvino").Tensor
        self._ends = set(ends)
        self._replies: dict[int, Any] = {}
        self._companion: Any = None
        self._given = 0
        scheduler = self._genai.SchedulerConfig()
        # Half of what the longest prompts would need together, which few are; a full cache makes replies wait.
        scheduler.num_kv_blocks = (context * slots // 2 + 2 * _COMPANION) // _BLOCK
        scheduler.max_num_batched_tokens = _READ
        scheduler.max_num_seqs = slots + 1
        scheduler.enable_prefix_caching = True
        properties = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "KV_CACHE_PRECISION": "f16",
            "ENABLE_CPU_PINNING": False,
            "prompt_lookup": True,
        }
        self._pipeline: Any = self._genai.ContinuousBatchingPipeline(weights, scheduler, "CPU", properties)

    @property
    def busy(self) -> bool:
        return bool(self._replies)

    def add(self, reply: int, prompt: list[int], max_tokens: int) -> None:
        self._replies[reply] = self._request(prompt, max_tokens, self._ends)

    def stop(self, reply: int) -> None:
        if (handle := self._replies.pop(reply, None)) is not None:
            handle.stop()

    def step(self) -> Iterator[dict[str, Any]]:
        """Draw the next token of every reply, or read the next part of a prompt, and tell what is new."""
        if self._companion is None or self._over(self._companion):
            self._companion = self._request([0, 0], _COMPANION, set())
        self._pipeline.step()
        while self._companion.can_read():
            self._companion.read()
        for reply, handle in list(self._replies.items()):
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
