"""Fits the head that hears a request for a person: wordings made from requests.json, against what else people write."""

from __future__ import annotations

import csv
import functools
import json
import logging
import random
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot import wordings
from retrieval import ranking
from retrieval.evaluation import read_queries
from retrieval.precision import quantise

logger = logging.getLogger(__name__)

_FOLDER = ranking.CHINESE.parent
ASKED = tuple(
    sorted(_FOLDER.glob("chinese_faq/*_questions*.jsonl")) + sorted(_FOLDER.glob("english_faq/*_questions*.jsonl"))
)
_GRAMMAR = Path(__file__).with_name("requests.json")
# Real requests stand in the public sets of other questions: they would teach the head not to listen.
_DOUBTFUL = re.compile(
    r"\b(?:speak|talk|chat)\w* (?:to|with) (?:a|an|some|any|your|the|customer)|\b(?:humans?|agent|representative|operator|supervisor|"
    r"live chat|customer (?:service|support|care)|help from someone|someone (?:to|who)|contact (?:you|some))\b"
    r"|客服|人工|真人|经理|店长|老板|投诉|有人吗|人呢",
    re.IGNORECASE,
)


_THRESHOLD = 0.25  # a customer left with a bot costs more than a needless hand-over
_SHORT = 40
"""How often each of the short messages, a word or a few, stands among what asks for nobody."""
_SLOT = re.compile(r"\{(\w+)\}")
_HURRIED = {
    "to": "2",
    "you": "u",
    "your": "ur",
    "please": "plz",
    "someone": "some1",
    "somebody": "sum1",
    "people": "ppl",
}
_HURRIED |= {"for": "4", "are": "r", "want to": "wanna", "talk": "tlk", "speak": "spk", "because": "cuz", "with": "w"}


def wordings_of(language: str, count: int, rng: random.Random) -> list[str]:
    """``count`` ways to ask for a person, slips of the finger among them."""
    part = _grammar()[language]
    made = []
    for _ in range(count):
        kind = rng.choices(("alone", "composed", "frames"), (0.2, 0.25, 0.55))[0]
        text = rng.choice(part.get(kind) or part["frames"])
        while slot := _SLOT.search(text):
            # The plainest names of a person stand first in their list, and come more often.
            fillers = part[slot.group(1)]
            fillers = fillers[:5] if rng.random() < 0.2 else fillers
            text = text[: slot.start()] + rng.choice(fillers) + text[slot.end() :]
        if rng.random() < 0.24:
            text = rng.choice(part["before"]) + rng.choice(["，", "", " "] if language == "zh" else [" ", ", "]) + text
        if rng.random() < 0.24:
            text += (rng.choice(["", "，"]) if language == "zh" else " ") + rng.choice(part["after"])
        if language == "en":
            text = _slip(_slip(text, rng, 0.25), rng, 0.07)
            text = text.replace("'", "") if rng.random() < 0.3 else text
            text = _hurried(text, rng) if rng.random() < 0.12 else text
        made.append(text.lower())
    return made


def others_of(language: str) -> list[str]:
    """Messages that speak of people, machines or calls and yet ask for nobody."""
    part = _grammar()[language]
    return [
        text.replace("{delivery}", who)
        for text in part["other"]
        for who in (part["delivery"] if "{delivery}" in text else [""])
    ]


def questions_of(questions: Path, intents: Path, dialogue: Path, tweets: Path, uss: Sequence[Path]) -> list[str]:
    """What people write who do not ask for a person: questions, orders, talk, tweets and turns of task dialogues."""
    found = [row["text"] for row in _rows(questions)]
    found += intents_of(intents)
    found += [row["Utterance"] for row in _rows(dialogue)] + [row["text"] for row in _rows(tweets)[::6]]
    for path in uss[:1]:
        cells = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("USER"))
        found += [row[1] for row in cells if row[1] != "OVERALL"]
    return found


def intents_of(path: Path) -> list[str]:
    """What people ask an assistant for, in CLINC150's training parts."""
    asked = json.loads(path.read_text(encoding="utf-8"))
    return [text for part in ("train", "oos_train") for text, _ in asked[part]]


def asked_of(files: Sequence[Path]) -> list[str]:
    """What customers ask in files of queries, as ``frontdesk evaluate`` reads them. Raises InputError where one has another form."""
    return [query.history[-1].text for path in files for query in read_queries(path)]


def fit(questions: Sequence[str], reviews: Path, out: Path) -> None:
    """Writes both heads to ``out``; ``questions`` are messages in both languages that do not ask for a person."""
    from sklearn.linear_model import LogisticRegression

    rng = random.Random(1)
    asked = wordings_of("en", 30000, rng)
    hard = others_of("en")
    hard = hard * 10 + [_slip(text, rng, 1.0) for text in hard * 3]
    hard += [f"{rng.choice(_grammar()['en']['before'][:20])} {text}" for text in others_of("en") * 2]
    hard += _grammar()["en"]["short"] * _SHORT
    found = [c for text in questions if not _DOUBTFUL.search(text) for c in wordings.clauses(text)]
    plain = [clause for clause in dict.fromkeys(found) if not wordings.is_chinese(clause)]
    english = _model(LogisticRegression, wordings.english_features, asked, [*plain, *hard])

    asked = wordings_of("zh", 20000, rng)
    hard = others_of("zh")
    tails = ["啊", "呢", "？", "谢谢", "吧"]
    hard = hard * 20 + [text + rng.choice(tails) for text in hard * 6]
    hard += [rng.choice(_grammar()["zh"]["before"][:20]) + "，" + text for text in others_of("zh") * 4]
    hard += _grammar()["zh"]["short"] * _SHORT
    plain = [clause for clause in dict.fromkeys(found) if wordings.is_chinese(clause)]
    others = [*_clauses_of(reviews, rng), *plain, *hard]
    chinese = _model(LogisticRegression, wordings.chinese_features, asked, others)

    arrays: dict[str, Any] = {"threshold": np.float32(_THRESHOLD)}
    for name, model in (("english", english), ("chinese", chinese)):
        steps, scale = quantise(model.coef_.T.astype(np.float32))
        arrays |= {name: steps[:, 0], f"{name}_scale": scale[0], f"{name}_bias": np.float32(model.intercept_[0])}
    np.savez_compressed(out, **arrays)
    logger.info("%s: %.2f MB", out, out.stat().st_size / 1e6)


def _model(kind: Any, features: Any, asked: Sequence[str], others: Sequence[str]) -> Any:
    logger.info("requests: %d wordings against %d others", len(asked), len(others))
    y = np.array([1] * len(asked) + [0] * len(others))
    return kind(C=20.0, max_iter=60, solver="liblinear").fit(features([*asked, *others]), y)


def _clauses_of(reviews: Path, rng: random.Random) -> list[str]:
    with zipfile.ZipFile(reviews) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".csv"))
        rows = [row["review"] or "" for row in csv.DictReader(archive.read(name).decode("utf-8-sig").splitlines())]
    found: dict[str, None] = {}
    for review in rng.sample(rows, min(len(rows), 25000)):
        parts = [part for part in re.split(r"[，,。！!？?；;\s]+", review) if 2 <= len(part) <= 30]
        parts = [part for part in parts if wordings.is_chinese(part) and not _DOUBTFUL.search(part)]
        found |= dict.fromkeys(rng.sample(parts, min(2, len(parts))))
    return list(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.lru_cache(maxsize=1)
def _grammar() -> dict[str, dict[str, list[str]]]:
    grammar: dict[str, dict[str, list[str]]] = json.loads(_GRAMMAR.read_text(encoding="utf-8"))
    return grammar


def _hurried(text: str, rng: random.Random) -> str:
    """As people type on a telephone: "need 2 tlk 2 some1"."""
    for word, short in _HURRIED.items():
        if rng.random() < 0.6:
            text = re.sub(rf"\b{word}\b", short, text)
    return text


def _slip(text: str, rng: random.Random, share: float) -> str:
    """One slip of a key in ``share`` of the texts: swapped, left out, doubled or wrong."""
    places = [i for i in range(len(text) - 1) if text[i : i + 2].isalpha()]
    if not places or rng.random() >= share:
        return text
    i, kind = rng.choice(places), rng.random()
    if kind < 0.35:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if kind < 0.65:
        return text[:i] + text[i + 1 :]
    return text[:i] + (text[i] * 2 if kind < 0.85 else rng.choice("aeiouytrsnl")) + text[i + 1 :]
