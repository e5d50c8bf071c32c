from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from generation import openvino
from generation.gguf_weights import Unsupported, prepare
from generation.openvino import OpenVinoEngine
from generation.prompt import Prompt, build
from generation.reference import TransformersEngine
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.tuned import SHIPPED
from retrieval.errors import GenerationFailed
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance
from tests.generation.replies import FRUIT, asked, written


@pytest.fixture(scope="module")
def folder(models: Path) -> Path:
    return models / "SmolLM2-135M-Instruct"


@pytest.fixture
def engine(folder: Path) -> Iterator[OpenVinoEngine]:
    made = OpenVinoEngine(folder)
    yield made
    made.close()


def process(engine: OpenVinoEngine) -> psutil.Process:
    assert engine._worker is not None
    return psutil.Process(engine._worker._process.pid)


def started(folder: Path, **variables: str) -> str:
    """What the process says that is started with these variables and asked for nothing."""
    done = subprocess.run(
        [sys.executable, "-P", str(openvino._WORKER), str(prepare(folder)), "2", "1", "64", "[2]"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        check=True,
    )
    return done.stdout


def test_it_writes_what_the_reference_writes(folder: Path) -> None:
    """Both with the shipped adapter; in 8 bits a near tie may turn out otherwise, a fact does not."""
    adapter = SHIPPED[folder.name]
    facts = {
        "Lamps can be returned within 45 days of delivery.": "How long can I return a lamp?",
        "Delivery to Japan costs S$18.50 and takes 6 working days.": "what is delivery to japan",
        "The shop in Bugis is open from 11:00 to 20:30, closed on Mondays.": "When is the Bugis shop open?",
    }
    prompts = [
        build(
            ReplyRequest((Utterance("customer", question),), (Hit(Passage("1", question, fact), 1.0),)),
            count_tokens=len,
            budget=10_000,
            tuned=True,
        )
        for fact, question in facts.items()
    ]
    engine = OpenVinoEngine(folder, adapter=adapter)
    reference = TransformersEngine(folder, adapter=adapter)
    controls = SamplingControls(max_new_tokens=40)
    ours = [written(engine, prompt, controls) for prompt in prompts]
    engine.close()
    assert ours == [written(reference, prompt, controls) for prompt in prompts]
    assert ["45 days" in ours[0], "18.50" in ours[1], "20:30" in ours[2]] == [True] * 3


def test_more_prompts_than_the_cache_holds_wait_for_one_another(engine: OpenVinoEngine) -> None:
    def price(lamp: int) -> Prompt:
        prices = " ".join(f"Lamp {number} costs {7 * number + lamp} dollars." for number in range(100))
        return asked(f"{prices}\nWhat does lamp {lamp} cost?")

    with ThreadPoolExecutor(engine.slots) as threads:
        replies = list(threads.map(lambda lamp: written(engine, price(lamp)), range(engine.slots)))
    assert all("lamp" in reply.lower() for reply in replies)
    assert written(engine, price(0)) == replies[0]


def test_a_reply_is_the_same_alone_and_where_others_begin_and_end_beside_it(engine: OpenVinoEngine) -> None:
    """Also beside replies to the same prompt, and where a prompt is read while others are being written."""
    stock = " ".join(f"Lamp {number} costs {7 * number} dollars." for number in range(1, 9))
    prompts = [asked(f"{stock}\nWhat does lamp {number} cost?") for number in (2, 5, 7)]
    controls = SamplingControls(max_new_tokens=24)
    alone = [written(engine, prompt, controls) for prompt in prompts]
    late = random.Random(5)

    def later(turn: int) -> str:
        time.sleep(late.uniform(0, 0.2))
        return written(engine, prompts[turn % 3], controls)

    with ThreadPoolExecutor(engine.slots) as threads:
        assert list(threads.map(later, range(60))) == alone * 20


def test_a_processor_without_its_8_bit_products_is_served_all_the_same(folder: Path) -> None:
    """Its own choice of products fails at the first reply where a processor has AVX2 and nothing wider (2026.4)."""
    assert started(folder, ONEDNN_MAX_CPU_ISA="AVX2") == '{"ready": true}\n'


def test_a_reply_ends_where_no_more_of_it_is_wanted(engine: OpenVinoEngine) -> None:
    pieces: list[str] = []

    def say(piece: str) -> bool:
        pieces.append(piece)
        return len(pieces) == 3

    engine.write(asked("Count from one to a hundred."), SamplingControls(max_new_tokens=500), say)
    assert len(pieces) == 3
    assert written(engine, FRUIT)


def test_a_process_that_dies_fails_its_replies_and_the_next_reply_has_another(engine: OpenVinoEngine) -> None:
    first = written(engine, FRUIT)
    died = process(engine)

    def say(piece: str) -> bool:
        died.kill()
        return False

    with pytest.raises(GenerationFailed, match="process ended"):
        engine.write(asked("Count from one to a thousand."), SamplingControls(max_new_tokens=900), say)
    assert written(engine, FRUIT) == first
    assert process(engine).pid != died.pid


def test_a_process_that_says_nothing_is_ended(engine: OpenVinoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = process(engine)
    stuck.suspend()
    monkeypatch.setattr(openvino, "_SILENCE", 0.2)
    with pytest.raises(GenerationFailed, match="said nothing"):
        written(engine, FRUIT)
    assert not stuck.is_running()
    monkeypatch.undo()
    assert written(engine, FRUIT)


def test_an_interrupt_from_the_terminal_leaves_it_to_finish(engine: OpenVinoEngine) -> None:
    process(engine).send_signal(signal.SIGINT)
    assert written(engine, FRUIT)
    assert engine._worker is not None
    assert not engine._worker.dead


def test_a_closed_engine_refuses(folder: Path) -> None:
    engine = OpenVinoEngine(folder)
    left = process(engine)
    engine.close()
    assert not left.is_running()
    with pytest.raises(GenerationFailed, match="closed"):
        written(engine, FRUIT)


def test_the_process_ends_with_the_one_that_started_it(folder: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from generation.openvino import OpenVinoEngine\n"
        "print(OpenVinoEngine(Path(sys.argv[1]))._worker._process.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 9
    orphan = int(done.stdout)
    ends = time.monotonic() + 20
    while psutil.pid_exists(orphan) and psutil.Process(orphan).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_nobody_is_told_that_it_was_started(folder: Path, tmp_path: Path) -> None:
    """OpenVINO's converter of models reports its import, and leaves a folder ``intel`` at home when it does."""
    assert started(folder, HOME=str(tmp_path)) == '{"ready": true}\n'
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [1_000_000, 100_000_000])
def test_weights_that_it_cannot_read_are_left_to_others(
    folder: Path, tmp_path: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "served.gguf"
    damaged.write_bytes(prepare(folder).read_bytes()[:kept])
    monkeypatch.setattr(openvino, "prepare", lambda folder, adapter: damaged)
    with pytest.raises(Unsupported, match="cannot serve them"):
        OpenVinoEngine(folder)


def test_models_of_another_kind_are_left_to_others(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gemma3_text"}')
    (tmp_path / "model.gguf").symlink_to(next(folder.glob("*Q4_1.gguf")))
    with pytest.raises(Unsupported, match="gemma3_text"):
        OpenVinoEngine(tmp_path)
    assert not list(tmp_path.glob("served-*"))  # nothing was made that it cannot read
