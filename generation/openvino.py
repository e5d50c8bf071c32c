"""The fastest engine: OpenVINO GenAI in a process beside this one, its replies the same alone and beside others."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import queue
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generation.engine import CONTEXT, SLOTS, Say, Speller, encode, end_tokens
from generation.gguf_weights import Unsupported, prepare
from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed

logger = logging.getLogger(__name__)

_KINDS = ("llama", "qwen2", "qwen3")  # whose GGUF files OpenVINO GenAI reads
_WORKER = Path(__file__).with_name("openvino_worker.py")
_STARTING = 120.0  # seconds for the weights to be read
_SILENCE = 60.0  # seconds without a token after which the process counts as stuck
_CLOSING = 5.0


class OpenVinoEngine:
    """OpenVINO's continuous batching on 8-bit weights made once from the model's own GGUF file; greedy replies only.

    Up to ``slots`` replies share each pass over the weights; the tokens that followed the last three before are guessed
    and checked in one pass (prompt lookup decoding, Saxena 2023).
    Its draws are not repeatable (one generator for all replies), so that others serve what has a temperature.

    Raises ImportError where OpenVINO GenAI is not installed, Unsupported where it cannot read these weights.
    """

    def __init__(self, folder: Path, *, adapter: Path | None = None, threads: int = 2, slots: int = SLOTS) -> None:
        from transformers import AutoTokenizer

        if find_spec("openvino_genai") is None:
            raise ImportError("openvino-genai is not installed")
        self.name = f"{folder.name} (OpenVINO)"
        self.slots = slots
        if (kind := _kind(folder)) not in _KINDS:
            raise Unsupported(f"OpenVINO reads no GGUF files of {kind} models")
        weights = prepare(folder, adapter)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        ends = sorted(end_tokens(self._tokenizer, None))
        arguments = (str(weights), str(threads), str(slots), str(CONTEXT), json.dumps(ends))
        # -P: the folder of the worker holds a module that is called openvino, this one.
        self._command = [sys.executable, "-P", str(_WORKER), *arguments]
        self._numbers = itertools.count()
        self._starting = threading.Lock()
        self._closed = False
        self._worker: _Worker | None = _Worker(self._command)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        """Write one reply; up to ``slots`` threads may call this at once.

        Raises GenerationFailed where the prompt does not fit, or the process dies or is stuck; the next reply starts another.
        """
        ids = encode(self._tokenizer, prompt)
        if len(ids) >= CONTEXT:
            raise GenerationFailed(f"the prompt has {len(ids)} tokens; {CONTEXT - 1} fit")
        worker, number = self._running(), next(self._numbers)
        speller = Speller(self._tokenizer)
        heard = worker.ask(number, ids, controls.max_new_tokens)
        try:
            while True:
                try:
                    answer = heard.get(timeout=_SILENCE)
                except queue.Empty as error:
                    worker.kill()
                    raise GenerationFailed(f"OpenVINO said nothing for {_SILENCE:.0f} seconds") from error
                if "end" in answer:
                    if answer["end"] is not None:
                        raise GenerationFailed(f"OpenVINO failed: {answer['end']}")
                    return
                if (piece := speller.spell(answer["tokens"])) and say(piece):
                    return
        finally:
            worker.forget(number)

    def close(self) -> None:
        """End the process; what is being written fails."""
        self._closed = True
        if self._worker is not None:
            self._worker.close()

    def _running(self) -> _Worker:
        with self._starting:
            if self._closed:
                raise GenerationFailed("the reply model is closed")
            if self._worker is None or self._worker.dead:
                logger.warning("the process of OpenVINO ended; another one is started")
                try:
                    self._worker = _Worker(self._command)
                except Unsupported as error:
                    self._worker = None
                    raise GenerationFailed(str(error)) from error
            return self._worker


def _kind(folder: Path) -> str:
    try:
        return str(json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unsupported(f"{folder / 'config.json'} does not say which kind of model it is") from error


_GONE = {"end": "its process ended"}


class _Worker:
    """The process, and who waits for which reply. Raises Unsupported where it does not start."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._waiting: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self.dead = False
        started: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(started,), name="openvino", daemon=True)
        self._reader.start()
        try:
            answer = started.get(timeout=_STARTING)
        except queue.Empty:
            answer = {"failed": f"it was not ready in {_STARTING:.0f} seconds"}
        if "ready" not in answer:
            self.kill()
            raise Unsupported(f"OpenVINO cannot serve them ({answer.get('failed', answer.get('end'))})")

    def ask(self, number: int, prompt: list[int], max_tokens: int) -> queue.Queue[dict[str, Any]]:
        """Begin reply ``number``; the queue, bounded by ``max_tokens``, gets its answers."""
        heard: queue.Queue[dict[str, Any]] = queue.Queue()
        with self._lock:
            if self.dead:
                heard.put(_GONE)
                return heard
            self._waiting[number] = heard
            self._send({"id": number, "prompt": prompt, "max_tokens": int(max_tokens)})
        return heard

    def forget(self, number: int) -> None:
        """Stop reply ``number`` where it is not over."""
        with self._lock:
            if self._waiting.pop(number, None) is not None and not self.dead:
                self._send({"id": number, "stop": True})

    def kill(self) -> None:
        """End the process at once; whoever waits is told."""
        self._process.kill()
        self._process.wait()
        self._reader.join(timeout=_CLOSING)

    def close(self) -> None:
        """End the process; what it was writing fails."""
        with self._lock:
            self._hang_up()
        try:
            self._process.wait(timeout=_CLOSING)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join(timeout=_CLOSING)

    def _hang_up(self) -> None:
        self.dead = True
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what it did not read any more
            self._process.stdin.close()

    def _send(self, document: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has died: the reader tells everyone
            self._process.stdin.write(json.dumps(document).encode() + b"\n")
            self._process.stdin.flush()

    def _read(self, started: queue.Queue[dict[str, Any]]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                answer = json.loads(line)
                with self._lock:
                    number = answer.get("id")
                    heard = started if number is None else self._waiting.get(number)
                    if "end" in answer:
                        self._waiting.pop(number, None)
                if heard is not None:
                    heard.put(answer)
        with self._lock:
            self._hang_up()
            waiting, self._waiting = list(self._waiting.values()), {}
        for heard in (started, *waiting):
            heard.put(_GONE)
        self._process.wait()
