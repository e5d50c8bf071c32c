from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from generation.prompt import Prompt
from generation.request import Customer, ReplyRequest, Tone
from generation.sampling import SamplingControls
from generation.writer import Writer, Written
from retrieval.errors import GenerationFailed
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance

TEXT = "Lamps can be returned within 45 days of delivery. Please send back all the parts."
RETURNS = Passage("1", "How long can I return a lamp?", TEXT)
ZH = Passage("2", "灯具可以在多久内退货？", "灯具可在送达后45天内退货。", language="zh")


class Scripted:
    """Says what it is told to, one script a call; the only part here that is not real."""

    name = "scripted"

    def __init__(self, *scripts: list[str] | Exception) -> None:
        self.scripts = list(scripts)
        self.seeds: list[int] = []

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        self.seeds.append(controls.seed)
        script = self.scripts.pop(0)
        if isinstance(script, Exception):
            raise script
        for sentence in script:
            yield sentence


async def write(
    generator: Scripted, tone: Tone = "hurried", passage: Passage = RETURNS, language: Language = "en"
) -> tuple[Written, list[str]]:
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    question = "how long can I return a lamp?" if language == "en" else "灯具多久内可以退？"
    request = ReplyRequest(
        (Utterance("customer", question),), (Hit(passage, 0.9),), Customer(name="Mei"), language, tone
    )
    written = await Writer(generator).write(request, say, SamplingControls())
    assert written.text == "".join(said)
    return written, said


async def test_a_supported_sentence_is_said_and_its_source_named() -> None:
    written, _ = await write(Scripted(["You can return a lamp within 45 days."]))
    assert written.text == "You can return a lamp within 45 days."
    assert [hit.passage for hit in written.used] == [RETURNS]
    assert written.grounded


async def test_an_unsupported_sentence_is_written_again_with_another_seed() -> None:
    generator = Scripted(["You can return a lamp within 30 days."], ["Lamps can be returned within 45 days."])
    written, _ = await write(generator)
    assert written.text == "Lamps can be returned within 45 days."
    assert len(set(generator.seeds)) == 2


async def test_twice_unsupported_the_passage_is_quoted() -> None:
    written, _ = await write(Scripted(["You have 30 days."], ["I will call you back."]))
    assert written.text == TEXT


@pytest.mark.parametrize("failure", [GenerationFailed("too slow"), []])
async def test_a_model_that_fails_or_says_nothing_does_not_cost_the_answer(failure: Exception | list[str]) -> None:
    written, _ = await write(Scripted(failure, failure))
    assert written.text == TEXT


async def test_after_a_wrong_second_sentence_the_reply_ends() -> None:
    script = ["Lamps can be returned within 45 days.", " The refund takes 3 days."]
    written, _ = await write(Scripted(script), tone="calm")
    assert written.text == "Hi Mei! Lamps can be returned within 45 days."


async def test_an_upset_customer_hears_that_we_are_sorry_first() -> None:
    _, said = await write(Scripted(["You can return a lamp within 45 days."]), tone="upset")
    assert said[0] == "I'm sorry about this, Mei."


async def test_chinese_is_answered_with_the_passage_where_the_model_knows_no_chinese() -> None:
    generator = Scripted()
    written, _ = await write(generator, "calm", ZH, "zh")
    assert written.text == "Mei，您好！灯具可在送达后45天内退货。"
    assert generator.seeds == []


async def test_repetition_is_cut() -> None:
    script = ["Lamps can be returned within 45 days.", " Lamps can be returned within 45 days of delivery."]
    written, _ = await write(Scripted(script), tone="calm")
    assert written.text.count("45") == 1
