"""Times the served reply engine beside plain transformers and plain llama.cpp, on the same prompts in turn."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import app
from bot.settings import Settings
from generation.prompt import Prompt
from retrieval.errors import InputError, ModelError

_TOKENS = 40
_ROUNDS = 3
_AT_ONCE = 8


@dataclass(slots=True)
class _Taken:
    """What replies took, summed: seconds in all, seconds to the first token, tokens."""

    seconds: float = 0.0
    first: float = 0.0
    tokens: float = 0.0

    def add(self, seconds: float, first: float, tokens: float) -> None:
        self.seconds += seconds
        self.first += first
        self.tokens += tokens

    @property
    def rate(self) -> float:
        return self.tokens / self.seconds


def measure(settings: Settings, *, rounds: int = _ROUNDS) -> dict[str, Any]:
    """First token, whole reply and tokens per second, one chat and eight at once, greedy, of the three.

    Transformers is ``generate`` in fp32, eager; llama.cpp is its wheel's defaults on the file that is served, in a
    process of its own. Each has written one reply before. What counts are the ratios.
    """
    import psutil
    from transformers import AutoTokenizer

    from generation import model
    from generation.engine import encode
    from generation.engines import open_engine
    from generation.tuned import teaches_replies

    folder = Path(settings.model_path(settings.reply_model))
    adapter = app.adapter(settings)
    engine = open_engine(folder, adapter=adapter, threads=settings.threads)
    own = psutil.Process()
    processes = [own, *own.children()]
    plain = _Plain(folder, adapter, settings.threads)
    tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    prompts = _prompts(settings, engine.count_tokens, tuned=teaches_replies(adapter))
    ids = [encode(tokenizer, prompt) for prompt in prompts]
    taken = {name: _Taken() for name in ("served", "transformers", "llamacpp", "served_8", "llamacpp_8")}
    try:
        warm, *others = range(len(prompts))
        _served(engine, [prompts[warm]])
        plain.run([ids[warm]])
        for number in range(rounds):
            one = others[number % len(others)]
            eight = [others[(number * _AT_ONCE + place) % len(others)] for place in range(_AT_ONCE)]
            taken["served"].add(*_served(engine, [prompts[one]]))
            taken["llamacpp"].add(*plain.run([ids[one]]))
            taken["served_8"].add(*_served(engine, [prompts[place] for place in eight]))
            taken["llamacpp_8"].add(*plain.run([ids[place] for place in eight]))
        memory = sum(process.memory_info().rss for process in processes) / 1e6
        # Last, since its threads and memory stay behind in this process.
        reference, _ = model.load(folder, adapter=adapter)
        _eager(reference, ids[warm], settings.threads)
        for number in range(rounds):
            taken["transformers"].add(*_eager(reference, ids[others[number % len(others)]], settings.threads))
    finally:
        plain.close()
        engine.close()
    served, eager = taken["served"], taken["transformers"]
    figures: dict[str, Any] = {"engine": engine.name, "plain_file": plain.path.name}
    for name, each in taken.items():
        figures |= {f"{name}_first_token_s": each.first / rounds, f"{name}_reply_s": each.seconds / rounds}
        figures[f"{name}_tokens_per_second"] = each.rate
    return figures | {
        "first_token_to_transformers": served.first / eager.first,
        "reply_to_transformers": served.seconds / eager.seconds,
        "tokens_per_second_to_llamacpp": served.rate / taken["llamacpp"].rate,
        "tokens_per_second_of_eight_to_llamacpp": taken["served_8"].rate / taken["llamacpp_8"].rate,
        "tokens_per_second_of_eight_to_one_of_llamacpp": taken["served_8"].rate / taken["llamacpp"].rate,
        "engine_memory_mb": memory,
    }


def _prompts(settings: Settings, count_tokens: Any, *, tuned: bool) -> list[Prompt]:
    """A question for each of the shop's own passages that state a figure, with that passage to read."""
    from generation import prompt
    from generation.request import ReplyRequest
    from retrieval.documents import load
    from retrieval.passages import Hit
    from retrieval.query import Utterance

    passages = [
        passage
        for passage in load(settings.knowledge).passages
        if passage.language == "en" and passage.title.endswith("?") and any(map(str.isdigit, passage.text))
    ]
    if len(passages) < _AT_ONCE:
        raise InputError(
            "too few questions with figures in their answers", "name a larger folder", path=settings.knowledge
        )
    step = max(1, len(passages) // (1 + _ROUNDS * _AT_ONCE))
    return [
        prompt.build(
            ReplyRequest((Utterance("customer", passage.title),), (Hit(passage, 1.0),)),
            count_tokens=count_tokens,
            tuned=tuned,
        )
        for passage in passages[::step]
    ]


def _served(engine: Any, prompts: Sequence[Prompt]) -> tuple[float, float, float]:
    from generation.sampling import SamplingControls

    controls = SamplingControls(temperature=0.0, max_new_tokens=_TOKENS)
    began = time.perf_counter()
    firsts: list[float] = []

    def ask(prompt: Prompt) -> int:
        pieces: list[str] = []

        def say(piece: str) -> bool:
            if not pieces:
                firsts.append(time.perf_counter() - began)
            pieces.append(piece)
            return False

        engine.write(prompt, controls, say)
        return int(engine.count_tokens("".join(pieces))) + 1  # the end token is a token too

    with ThreadPoolExecutor(len(prompts)) as threads:
        tokens = sum(threads.map(ask, prompts))
    return time.perf_counter() - began, min(firsts), tokens


def _eager(model: Any, ids: Sequence[int], threads: int) -> tuple[float, float, float]:
    import torch

    times: list[float] = []

    class Clock:
        def put(self, value: Any) -> None:
            times.append(time.perf_counter())

        def end(self) -> None: ...

    torch.set_num_threads(threads)
    given = torch.tensor([list(ids)])
    began = time.perf_counter()
    done = model.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=_TOKENS, do_sample=False, streamer=Clock()
    )
    # The first put is the prompt itself.
    return time.perf_counter() - began, times[1] - began, done.shape[1] - given.shape[1]


class _Plain:
    """A process with llama.cpp on the file that is served. Raises ModelError where it does not start."""

    def __init__(self, folder: Path, adapter: Path | None, threads: int) -> None:
        from generation.gguf_weights import prepare

        self.path = prepare(folder, adapter)
        command = [sys.executable, "-m", "bot.commands.plain_llamacpp", str(self.path), str(threads)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._line()

    def run(self, prompts: Sequence[Sequence[int]]) -> tuple[float, float, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"prompts": list(map(list, prompts)), "max_tokens": _TOKENS}) + "\n")
        self._process.stdin.flush()
        taken = json.loads(self._line())
        return taken["seconds"], taken["first"], taken["tokens"]

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ModelError("plain llama.cpp did not start", "install it: pip install xllamacpp")
        return line
