"""What the reranker learns from about places: whose entries, asked how, and what is beside the right one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import InputError
from retrieval.samples import LISTED, Places, Sets, Talks

KINDS = [
    {"kind": "wifi", "titles": ["Is there WiFi at {name}?"], "texts": ["can i stream a film in my room"]},
    {"kind": "parking", "titles": ["Is there parking at {name}?"], "texts": ["we come by car, where does it stay"]},
    {"kind": "breakfast", "titles": ["Does {name} serve breakfast?"], "texts": ["will i get my eggs at eight"]},
]
MORE = [{"kind": "wifi", "titles": [], "texts": ["i have to send mails at night, is that possible"]}]
OPENINGS = [{"domain": "hotel", "customer": "a hotel please", "agent": "{name} is central."}]
ENTRIES = [
    ("hotel__1__0", "Is there WiFi at Old Inn?", "WiFi is free at Old Inn.", "Old Inn"),
    ("hotel__1__1", "Is there parking at Old Inn?", "No, Old Inn has no parking.", "Old Inn"),
    ("hotel__1__2", "Can I pay in shells?", "Shells are welcome.", "Old Inn"),
    ("hotel__2__0", "Does Park Lodge serve breakfast?", "Breakfast is at 8 at Park Lodge.", "Park Lodge"),
    ("hotel__2__1", "Is there WiFi at the Park Lodge?", "Park Lodge has no WiFi.", "Park Lodge"),
    ("hotel__3__0", "Is there WiFi at Lone House?", "Yes.", "Lone House"),
]


def write(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path, models: Path) -> tuple[Path, list[Path], Path]:
    entries = [dict(zip(("id", "title", "text", "entity"), entry, strict=True)) for entry in ENTRIES]
    kinds = [write(tmp_path / "kinds.jsonl", KINDS), write(tmp_path / "more.jsonl", MORE)]
    return write(tmp_path / "knowledge.jsonl", entries), kinds, write(tmp_path / "openings.jsonl", OPENINGS)


def test_a_question_is_met_by_entries_of_one_place_and_of_other_kinds(files: tuple[Path, list[Path], Path]) -> None:
    places = Places.read(*files)
    made = places.samples(200, np.random.default_rng(0))
    answered = [sample for sample in made if sample.answered]
    assert 0.75 < len(answered) / len(made) < 0.95
    assert {sample.pairs[0][1] for sample in answered} == {
        f"{t} {b}" for i, t, b, _ in ENTRIES if i[7] in "12" and "shell" not in t
    }
    for sample in answered:
        assert 1 < len(sample.pairs) <= LISTED
        assert len({name for name in ("Old Inn", "Park Lodge") if any(name in text for _, text in sample.pairs)}) == 1
    asked = {sample.pairs[0][0].partition(" <")[0] for sample in answered if "WiFi" in sample.pairs[0][1]}
    assert asked == {"Is there WiFi at the place?", "can i stream a film in my room", MORE[0]["texts"][0]}
    opened = {sample.pairs[0][0].partition(" <")[2] for sample in answered if "Old Inn" in sample.pairs[0][1]}
    assert opened == {"", " a hotel please > Old Inn is central."}
    for sample in made:
        if not sample.answered:
            assert not any("WiFi" in text and "WiFi" in asked for asked, text in sample.pairs)


def test_places_that_are_measured_on_are_left_out(files: tuple[Path, list[Path], Path], tmp_path: Path) -> None:
    rows = [{"history": [{"role": "customer", "text": "wifi?"}], "relevant": ["hotel__2__1"]}]
    places = Places.read(*files, without=[write(tmp_path / "queries.jsonl", rows)])
    assert len(places.entries) == 1 and "Old Inn" in places.entries[0][0][0]


@pytest.mark.parametrize(("number", "names"), [(1, "kinds"), (2, "openings")])
def test_a_file_of_another_form_is_named(files: tuple[Path, list[Path], Path], number: int, names: str) -> None:
    bad = files[1][0] if number == 1 else files[2]
    bad.write_text('{"question": "wifi?"}\n', "utf-8")
    with pytest.raises(InputError, match=names):
        Places.read(*files)


FAQ = """# Questions

## Delivery cost
Delivery costs $4.95. Orders over $60.00 travel free.

## Click and collect
Collect your order at the counter. We keep it for 7 days.

## Opening hours
We are open from 9 to 18.

## Gift wrap
We wrap a gift for $3.00.

## Returns
Return it within 30 days.

## Jobs
We look for no one now.
"""
CAKE = """products:
  - {id: CK-01, name: Black Forest Cake, price: 58.0, currency: USD, summary: A cherry cake., specification: {portions: 8 to 10}}
"""
TALK = [
    {"customer": "hi", "relevant": None, "agent": "Hello!"},
    {"customer": "how much is the black forest cake", "relevant": ["CK-01.en"], "agent": "It costs $58.00."},
    {"customer": "can i fetch it", "relevant": ["faq/shop.md#click-and-collect"], "agent": "Yes, at the counter."},
    {"customer": "how long do you keep it", "relevant": ["faq/shop.md#click-and-collect"], "agent": "7 days."},
    {"customer": "does it have a box", "relevant": []},
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in (("faq/shop.md", FAQ), ("products/cakes.yaml", CAKE)):
        (tmp_path / "knowledge" / name).parent.mkdir(parents=True)
        (tmp_path / "knowledge" / name).write_text(text, "utf-8")
    write(tmp_path / "talks.jsonl", [{"turns": TALK}])
    return tmp_path


def test_a_turn_of_a_talk_is_met_by_records_and_entries_after_what_was_said(
    shop: Path, embedder: SentenceTransformerEmbedder
) -> None:
    talks = Talks.read(shop, embedder)
    made = talks.samples(np.random.default_rng(0))
    assert [sample.answered for sample in made] == [True, True, True, False]
    assert [len(sample.pairs) for sample in made] == [LISTED] * 3 + [LISTED - 1]
    asked, texts = zip(*made[2].pairs, strict=True)
    assert set(asked) == {
        "how long do you keep it < can i fetch it > Yes, at the counter. < how much is the black forest cake = Black Forest Cake"
    }
    assert texts[0].startswith("Click and collect") and not any(t.startswith("Click") for t in texts[1:])
    assert made[0].pairs[0][1].startswith("Black Forest Cake A cherry cake.")
    assert any(text.startswith("Black Forest Cake") for _, text in made[3].pairs + made[2].pairs)


def test_talks_are_a_part_of_what_is_drawn(shop: Path, embedder: SentenceTransformerEmbedder) -> None:
    sets = Sets([], [], np.random.default_rng(0), [Talks.read(shop, embedder)])
    drawn = {sample.pairs[0][0].partition(" =")[0].partition(" <")[0] for sample in sets.draw(4)}
    assert drawn == {turn["customer"] for turn in TALK[1:]}
