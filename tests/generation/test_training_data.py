"""Training data: every reply true to its passages, values altered, entities kept apart, prompts as served."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from generation import evaluation, facts, grounding, rewording, templates, training_data
from generation.dialogue import Dialogue, sound, write
from generation.dialogue_maker import Maker
from generation.prompt import UNKNOWN, Prompt, build
from generation.sampling import SamplingControls
from generation.writer import Writer
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.sentences import split

ROOT = Path(__file__).resolve().parent.parent.parent
INN = "Harbour Inn"


def inn(title: str, text: str) -> Passage:
    return Passage(title, title, text, entity=INN)


@pytest.fixture(scope="module")
def shop() -> list[Passage]:
    return training_data.knowledge(ROOT / "knowledge_base")


@pytest.fixture(scope="module")
def made(shop: list[Passage]) -> list[Dialogue]:
    return list(Maker(shop, seed=3).dialogues(150, chinese=0.4))


def test_every_reply_is_stated_by_a_passage_that_the_model_reads(made: list[Dialogue]) -> None:
    assert len(made) == 150
    for dialogue in made:
        if dialogue.reference in UNKNOWN.values():
            continue
        read = [hit.passage for hit in dialogue.request().hits]
        values = {number.value for p in read for number in facts.numbers(f"{p.title} {p.text}")}
        assert {number.value for number in facts.numbers(dialogue.reference)} <= values
        assert sound(dialogue)


def test_a_reply_with_another_value_would_be_dropped(made: list[Dialogue]) -> None:
    from dataclasses import replace

    altered = [
        replace(dialogue, reference=re.sub(r"\d+", lambda match: str(int(match[0]) + 31), dialogue.reference))
        for dialogue in made
        if facts.numbers(dialogue.reference) and dialogue.language == "en"
    ]
    assert len(altered) > 20
    assert sum(sound(dialogue) for dialogue in altered) <= 0.02 * len(altered)


def test_both_languages_tones_follow_ups_distractors_and_unknowns_are_there(made: list[Dialogue]) -> None:
    assert {dialogue.language for dialogue in made} == {"en", "zh"}
    assert {dialogue.tone for dialogue in made} == {"calm", "hurried", "upset"}
    assert any(len(dialogue.history) > 1 for dialogue in made)
    assert any(len(dialogue.passages) > 2 for dialogue in made)
    assert 2 <= sum(dialogue.reference in UNKNOWN.values() for dialogue in made) <= 30


def test_values_are_made_counter_to_the_knowledge(made: list[Dialogue], shop: list[Passage]) -> None:
    real = {passage.text for passage in shop}
    told = [d for d in made if not any(p.id.startswith("made-") for p in d.passages)]
    assert any(not {passage.text for passage in dialogue.passages} <= real for dialogue in told)


def test_the_same_seed_makes_the_same_data(shop: list[Passage], tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(Maker(shop, seed=11).dialogues(30, chinese=0.5), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_lines_are_those_that_evaluation_reads(made: list[Dialogue], tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    assert write(made, path) == len(made)
    read = evaluation.read(path)
    assert [example.reference for example in read] == [dialogue.reference for dialogue in made]


def test_the_last_entities_can_be_kept_for_measuring(tmp_path: Path) -> None:
    knowledge, out = tmp_path / "k.jsonl", tmp_path / "d.jsonl"
    rows = [
        {"id": f"{n}-{k}", "title": title, "text": text.format(f"Hotel Number{n}x"), "entity": f"Hotel Number{n}x"}
        for n in range(30)
        for k, (title, text) in enumerate(
            [
                ("Is there parking?", "{} has parking for $12 a day."),
                ("Do you allow pets?", "Pets are not allowed at {}."),
            ]
        )
    ]
    knowledge.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ["--knowledge", str(knowledge), "--out", str(out), "-n", "60", "--without-last", "10", "--made-up", "0"]
    training_data.main(arguments)
    text = out.read_text(encoding="utf-8")
    assert "Number19x" in text and not any(f"Number{n}x" in text for n in range(20, 30))


@pytest.mark.parametrize(
    ("question", "body", "replies"),
    [
        ("Do you allow pets?", "Pets are not allowed at Harbour Inn", {"No, pets are not allowed at Harbour Inn."}),
        ("Is there a gym?", "Yes there is a gym .", {"Yes, there is a gym."}),
        ("When is check-in?", "Check-in is from 3 pm", {"Check-in is from 3 pm."}),
        (
            "Do you have free WiFi?",
            "No free wifi is provided at Harbour Inn.",
            {"No free wifi is provided at Harbour Inn."},
        ),
        ("Do you charge for parking?", "We charge $12 a day for parking.", {"They charge $12 a day for parking."}),
    ],
)
def test_a_body_becomes_an_answer(question: str, body: str, replies: set[str]) -> None:
    passage = inn(question, body)
    said = {rewording.answer(question, passage, Random(seed), named=False) for seed in range(40)}
    assert replies <= said
    for reply in said:
        assert reply is not None and grounding.check(reply, [passage]).supported


def test_the_name_becomes_they_and_there_only_where_it_was_said() -> None:
    passage = inn("Do you accept Visa?", f"{INN} accepts Visa.")
    named = {rewording.answer(passage.title, passage, Random(seed), named=True) for seed in range(60)}
    unnamed = {rewording.answer(passage.title, passage, Random(seed), named=False) for seed in range(60)}
    assert "Yes, they accept Visa." in named
    assert not any(reply and "they" in reply for reply in unnamed)
    assert rewording.pronouns(f"Bikes can be parked at {INN}.", INN) == "Bikes can be parked there."


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("Harbour Inn does not offer delivery.", "Harbour Inn offers delivery."),
        ("Harbour Inn offers delivery.", "Harbour Inn does not offer delivery."),
        ("No, pets are not allowed.", "Yes, pets are allowed."),
        ("Dogs are allowed at Harbour Inn.", "Dogs are not allowed at Harbour Inn."),
    ],
)
def test_a_plain_statement_is_turned_into_its_opposite(text: str, opposite: str) -> None:
    found = rewording.flipped(inn("?", text))
    assert found is not None and found.text == opposite


def test_a_statement_with_a_condition_is_not_turned() -> None:
    assert rewording.flipped(inn("?", "Harbour Inn offers delivery, but only on Mondays.")) is None
    assert rewording.flipped(inn("?", "Harbour Inn offers parking for $5.")) is None


def test_altered_values_keep_their_kind_and_differ() -> None:
    for seed in range(50):
        text = rewording.altered(
            inn("?", "It costs $12.50 for 2-3 days, from 3 pm, 24 hours, in 2025."), Random(seed)
        ).text
        match = re.fullmatch(r"It costs \$(\d+\.\d\d) for (\d+)-(\d+) days, from (\d+) pm, 24 hours, in 2025\.", text)
        assert match is not None, text
        assert match[1] != "12.50" and int(match[2]) < int(match[3]) and 1 <= int(match[4]) <= 12


def test_a_made_up_entry_holds_every_answer_it_asks_for() -> None:
    for language in ("en", "zh"):
        for seed in range(120):
            entry = templates.fill(language, Random(seed))  # type: ignore[arg-type]
            assert "{" not in entry.passage.text
            stated = {n.value for n in facts.numbers(f"{entry.passage.title} {entry.passage.text}")}
            for wordings, answer in entry.asked:
                assert wordings and "{" not in answer + "".join(wordings)
                for piece in split(answer):
                    assert {number.value for number in facts.numbers(piece)} <= stated, (entry.passage.text, piece)


class Recorder:
    """A generator that keeps the prompt it is given."""

    name = "recorder"

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        self.prompts.append(prompt)
        yield "Refunds take 5 working days."


def test_the_prompt_of_training_is_the_prompt_of_serving() -> None:
    from dataclasses import replace

    passage = Passage("1", "Refunds", "You can return items within 30 days. **Refunds** take 5 working days.")
    dialogue = Dialogue((Utterance("customer", "how long is a refund"),), (passage,), "Refunds take 5 working days.")
    recorder = Recorder()

    async def say(_: str) -> None:
        """Nobody listens."""

    request = replace(dialogue.request(), hits=[replace(dialogue.request().hits[0], passage=passage)])
    asyncio.run(Writer(recorder, tuned=True).write(request, say, SamplingControls()))
    trained = build(dialogue.request(), count_tokens=len, budget=10**6, tuned=True)
    assert recorder.prompts[0].text == trained.text
