"""What both fast engines promise, and which of the engines writes what."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generation.engine import CONTEXT, Engine
from generation.engines import Choice, SplitEngine, open_engine
from generation.gguf_weights import Unsupported
from generation.llamacpp import LlamaEngine
from generation.local import LocalGenerator
from generation.openvino import OpenVinoEngine
from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed
from tests.generation.replies import FRUIT, SHORT, asked, written


@pytest.fixture(scope="module", params=[OpenVinoEngine, LlamaEngine])
def engine(request: pytest.FixtureRequest, models: Path) -> Iterator[Engine]:
    made = request.param(models / "SmolLM2-135M-Instruct")
    yield made
    made.close()


def test_a_reply_is_the_same_alone_and_beside_others(engine: Engine) -> None:
    temperatures = (0.0,) if isinstance(engine, OpenVinoEngine) else (0.0, 1.3)
    controls = [
        SamplingControls(temperature=t, top_k=0, top_p=1.0, min_p=0.0, max_new_tokens=16, seed=5) for t in temperatures
    ]
    topics = ("tea", "the sea", "lamps", "Rome", "a bed of 140 by 200 cm", "ten days in May")
    jobs = [(asked(f"Tell me about {what}."), c) for what in topics for c in controls]
    alone = [written(engine, *job) for job in jobs]
    with ThreadPoolExecutor(8) as threads:
        beside = list(threads.map(lambda job: written(engine, *job), jobs))
    assert beside == alone
    assert [written(engine, *job) for job in jobs] == alone  # from the kept prefix
    assert len(set(alone)) == len(alone)


def test_half_a_character_waits_for_its_other_half(engine: Engine) -> None:
    text = written(
        engine, asked("Repeat this exactly: caf\u00e9 \u4f60\u597d \U0001f642"), SamplingControls(max_new_tokens=40)
    )
    assert text
    assert "\ufffd" not in text


def test_a_prompt_that_does_not_fit_is_refused(engine: Engine) -> None:
    with pytest.raises(GenerationFailed, match="fit"):
        written(engine, asked("word " * (CONTEXT + 10)))


async def test_a_cancelled_stream_frees_its_slot(engine: Engine) -> None:
    one = LocalGenerator("", engine=engine, timeout=120)
    story = asked("Tell me a long story about a sailor.")

    async def first(stream: Any) -> None:
        await anext(stream)
        await stream.aclose()

    long = SamplingControls(max_new_tokens=1000)
    await asyncio.gather(*(first(one.stream(story, long)) for _ in range(engine.slots)))
    done = "".join([piece async for piece in one.stream(FRUIT, SHORT)])
    assert done
    await asyncio.to_thread(one.close)
    assert all(not worker.is_alive() for worker in one._workers)


class Fake:
    """An engine that says its name."""

    def __init__(self, name: str, slots: int = 1) -> None:
        self.name, self.slots = name, slots
        self.closed = False

    def count_tokens(self, text: str) -> int:
        return 1

    def write(self, prompt: Prompt, controls: SamplingControls, say: Any) -> None:
        say(self.name)

    def close(self) -> None:
        self.closed = True


async def test_an_engine_that_stalls_fails_in_time() -> None:
    held = threading.Event()

    class Stalled(Fake):
        def write(self, prompt: Prompt, controls: SamplingControls, say: Any) -> None:
            held.wait(60)

    generator = LocalGenerator("", engine=Stalled("stalled"), timeout=0.2)
    with pytest.raises(GenerationFailed, match="gave nothing"):
        async for _ in generator.stream(FRUIT, SHORT):
            pass
    held.set()
    await asyncio.to_thread(generator.close)


def test_each_reply_is_written_by_the_first_engine_that_serves_its_controls() -> None:
    opened: list[Fake] = []

    def choice(name: str, serves: Any, slots: int) -> Choice:
        def open_it() -> Fake:
            opened.append(Fake(name, slots))
            return opened[-1]

        return Choice(serves, open_it)

    split = SplitEngine(
        [choice("fast", lambda c: c.temperature == 0.0, 8), choice("any", lambda c: True, 1)], usual=SHORT
    )
    assert (split.name, split.slots, len(opened)) == ("fast", 8, 1)
    assert written(split, FRUIT) == "fast"
    warm = SamplingControls(temperature=0.7)
    assert [written(split, FRUIT, warm), written(split, FRUIT, warm)] == ["any", "any"]
    split.close()
    assert [(engine.name, engine.closed) for engine in opened] == [("fast", True), ("any", True)]


def test_an_engine_that_cannot_read_the_weights_is_passed_over() -> None:
    def cannot() -> Engine:
        raise Unsupported("it reads other files")

    split = SplitEngine([Choice(lambda c: True, cannot), Choice(lambda c: True, lambda: Fake("other"))], usual=SHORT)
    assert written(split, FRUIT) == "other"
    with pytest.raises(Unsupported):
        SplitEngine([Choice(lambda c: True, cannot)], usual=SHORT)


def test_what_the_fast_engines_cannot_repeat_exactly_goes_to_the_next(models: Path) -> None:
    split: Any = open_engine(models / "SmolLM2-135M-Instruct", usual=SamplingControls(temperature=0.7))
    try:
        assert "llama.cpp" in split.name
        assert written(split, FRUIT, SamplingControls(repetition_penalty=1.1, max_new_tokens=2))
        assert written(split, FRUIT, SamplingControls(max_new_tokens=2))
        names = [choice.engine.name.partition(" (")[2] for choice in split._choices]
        assert names == ["OpenVINO)", "llama.cpp)", "transformers)"]
    finally:
        split.close()
