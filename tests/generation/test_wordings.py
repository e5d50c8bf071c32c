"""Questions worded far from the entries: which entry is asked so, after what, and that the reply says neither yes nor no."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation import rewording, training_data
from generation.dialogue_maker import Maker
from generation.prompt import UNKNOWN
from generation.wordings import Wordings, questions
from retrieval.passages import Passage
from retrieval.query import Utterance

KINDS = [
    {"kind": "wifi", "titles": ["Is there WiFi at {name}?"], "texts": ["can i stream a film in my room"]},
    {"kind": "lift", "titles": ["Is there an elevator at {name}?"], "texts": ["must my mother climb all those stairs"]},
]
OPENINGS = [{"domain": "hotel", "customer": "a hotel please", "agent": "{name} is central and has four stars."}]
ENTRIES = [
    ("hotel__1__0", "Is there WiFi at Old Inn?", "Yes, WiFi is free at Old Inn.", "Old Inn"),
    ("hotel__1__1", "Is there an elevator at Old Inn?", "No, they do not.", "Old Inn"),
    ("hotel__1__2", "Can I pay in shells?", "Shells are welcome at Old Inn.", "Old Inn"),
    ("hotel__2__0", "Does Park Lodge have an elevator?", "Park Lodge has an elevator.", "Park Lodge"),
]
PASSAGES = [Passage(id_, title, text, entity=entity) for id_, title, text, entity in ENTRIES]


def write(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path, models: Path) -> tuple[Path, Path]:
    return write(tmp_path / "kinds.jsonl", KINDS), write(tmp_path / "openings.jsonl", OPENINGS)


@pytest.fixture
def wordings(files: tuple[Path, Path]) -> Wordings:
    return Wordings.read(PASSAGES, [files[0]], files[1])


def test_an_entry_is_asked_for_as_its_kind_is(wordings: Wordings) -> None:
    random = Random(0)
    assert wordings.question(PASSAGES[0], random) == "can i stream a film in my room"
    assert wordings.question(PASSAGES[3], random) == "must my mother climb all those stairs"
    assert wordings.question(PASSAGES[2], random) is None


def test_what_is_said_before_names_the_place(wordings: Wordings) -> None:
    said = [Utterance("customer", "a hotel please"), Utterance("agent", "Old Inn is central and has four stars.")]
    assert wordings.opening(PASSAGES[0], Random(0)) == said
    assert wordings.opening(Passage("museum__1__0", "Is it open?", "It is open.", entity="Museum"), Random(0)) == []


def test_dialogues_ask_far_from_the_entries_and_answer_without_yes_or_no(wordings: Wordings) -> None:
    made = list(Maker(PASSAGES, seed=2, made_up=0.0, wordings=wordings).dialogues(80))
    far = [d for d in made if any(text in d.history[-1].text for kind in KINDS for text in kind["texts"])]
    assert len(far) > 30
    assert any("Old Inn is central" in turn.text for d in far for turn in d.history)
    for dialogue in far:
        assert not re.match(r"(?:yes|no)\b", dialogue.reference, re.I)
        assert "four stars" not in dialogue.reference


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Is there WiFi at Old Inn?", "Yes, WiFi is free at Old Inn.", "WiFi is free at Old Inn."),
        ("Do they offer delivery?", "No, they do not.", "Old Inn does not offer delivery."),
        ("Is there an elevator at Old Inn?", "No, there is not.", "There is no elevator at Old Inn."),
        ("Is smoking allowed there?", "No, it is a smoke-free house.", "Smoking is not allowed there."),
        ("What is it like?", "Yes, it is what it is.", None),
        ("Can we pay in shells?", "shells", None),
    ],
)
def test_a_statement_stands_without_its_yes_or_no(title: str, text: str, said: str | None) -> None:
    passage = Passage("hotel__1__0", title, text, entity="Old Inn")
    made = {rewording.statement(title, passage, Random(seed), named=False) for seed in range(8)}
    assert made == {said}


SHOP = [
    {"id": "shop/1", "title": "What does delivery cost?", "text": "Delivery costs £4. It is free from £60.", "entity": None},
    {"id": "shop/2", "title": "Can I sleep in the lenses?", "text": "No, none of ours are meant for the night.", "entity": None},
    {"id": "gym/1", "title": "What does delivery of a gift card cost?", "text": "Gift cards are sent for free.", "entity": None},
    {"id": "shop/3", "title": "How do I skip a box?", "text": "Press Skip in the app up to 3 days ahead.", "entity": None},
]  # fmt: skip
ASKED = [
    ("how much must i buy so that the postage is for nothing", ["shop/1"]),
    ("woke up with them still in, is that bad", ["shop/2"]),
    ("still got loads, dont send the next one", ["shop/3"]),
    ("does delivery to norway cost more", []),
    ("gone", ["shop/9"]),
]


@pytest.fixture
def faq(tmp_path: Path) -> tuple[Path, Path]:
    rows = [{"history": [{"role": "customer", "text": text}], "relevant": relevant} for text, relevant in ASKED]
    return write(tmp_path / "knowledge.jsonl", SHOP), write(tmp_path / "queries.jsonl", rows)


def test_a_strangers_question_stands_beside_entries_of_the_same_business(faq: tuple[Path, Path]) -> None:
    made = questions(*faq)
    assert [question.entry and question.entry.id for question in made] == ["shop/1", "shop/2", "shop/3", None]
    assert {passage.id for passage in made[0].beside} == {"shop/2", "shop/3"}
    assert made[3].beside[0].title == "What does delivery of a gift card cost?" or made[3].beside[0].id == "shop/1"


def test_a_strangers_question_is_answered_with_all_that_its_entry_says(faq: tuple[Path, Path]) -> None:
    made = list(Maker([], seed=1, made_up=1.0, asked=questions(*faq)).dialogues(200))
    told = {text: [d for d in made if text in d.history[-1].text] for text, _ in ASKED}
    assert all(re.fullmatch(r"Delivery costs £\d+\. It is free from £\d+\.", d.reference) for d in told[ASKED[0][0]])
    assert len({d.reference for d in told[ASKED[0][0]]}) > 3  # with other amounts too
    assert {d.reference for d in told[ASKED[1][0]]} == {"None of ours are meant for the night."}
    assert all(d.reference.startswith("Press Skip in the app") for d in told[ASKED[2][0]])
    assert {d.reference for d in told[ASKED[3][0]]} == {UNKNOWN["en"]}
    assert all(len(d.passages) == 1 for d in told[ASKED[3][0]])
    assert 40 < sum(map(len, told.values())) < 120


def test_kinds_want_openings(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [dict(zip(("id", "title", "text", "entity"), entry, strict=True)) for entry in ENTRIES]
    knowledge, out = write(tmp_path / "knowledge.jsonl", rows), tmp_path / "out.jsonl"
    told = ["--knowledge", str(knowledge), "--out", str(out), "-n", "20", "--made-up", "0"]
    with pytest.raises(SystemExit) as error:
        training_data.main([*told, "--kinds", str(files[0])])
    assert error.value.code == 2 and "--kinds and --openings" in capsys.readouterr().err
    training_data.main([*told, "--kinds", str(files[0]), "--openings", str(files[1])])
    assert len(out.read_text("utf-8").splitlines()) == 20


def test_strangers_questions_are_given_as_two_files(faq: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = ["--knowledge", str(faq[0]), "--out", str(out), "-n", "30", "--made-up", "1"]
    training_data.main([*told, "--asked", f"{faq[0]}={faq[1]}"])
    assert "postage is for nothing" in out.read_text("utf-8")
    with pytest.raises(SystemExit) as error:
        training_data.main([*told, "--asked", str(faq[0])])
    assert error.value.code == 2


def test_a_missing_file_is_named_in_one_line(
    faq: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--out", str(tmp_path / "out.jsonl"), "--knowledge"]
    for bad in ([str(tmp_path / "none.jsonl")], [str(faq[0]), "--asked", f"{faq[0]}={tmp_path / 'none.jsonl'}"]):
        with pytest.raises(SystemExit) as error:
            training_data.main([*told, *bad])
        assert error.value.code == 2 and "none.jsonl" in capsys.readouterr().err
