"""Fills made-up entries of several values, so that training teaches which value a question is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from retrieval.passages import Language, Passage

_FILE = Path(__file__).with_name("training_templates.yaml")
_QUESTIONS = Path(__file__).with_name("training_questions.yaml")
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_FIRST = (
    "Aurora Brook Cedar Delta Ember Fjord Grove Halo Iris Juno Kite Lark Maple Nova Orbit Pebble Quill Ridge Sol Tide"
)
_FIRST_ZH = "晨光 溪流 雪松 极光 海湾 山岚 云朵 星河 青禾 麦穗"
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_SECOND = "Desk Lamp,Kettle,Office Chair,Toaster,Bookshelf,Headphones,Power Bank,Duvet,Sensor,Coffee Maker,Blender,Fan"
_SECOND_ZH = "台灯,电热水壶,办公椅,烤面包机,书架,耳机,充电宝,被子,传感器,咖啡机,搅拌机,风扇"
_CITIES = "Malaysia,Japan,Canada,Norway,Brazil,Kenya,Ireland,Peru,Vietnam,Austria,Lisbon,Oslo,Dublin,Penang,Osaka"
_CITIES_ZH = "马来西亚,日本,加拿大,挪威,巴西,上海,北京,香港,台湾,泰国,越南,成都"


@dataclass(frozen=True, slots=True)
class Entry:
    """A filled entry, and its questions, each with its wordings and its answer."""

    passage: Passage
    asked: tuple[tuple[tuple[str, ...], str], ...]


def fill(language: Language, random: Random) -> Entry:
    """A made-up entry with values drawn anew."""
    template = random.choice(_templates()[language])
    values: dict[str, str] = {}

    def put(match: re.Match[str]) -> str:
        name, kind = match.groups()
        if name not in values:
            values[name] = _draw(kind, random, set(values.values()))
        return values[name]

    text = _SLOT.sub(put, template["title"]), _SLOT.sub(put, template["text"])
    asked = tuple(
        (tuple(_SLOT.sub(put, wording) for wording in wordings), _SLOT.sub(put, answer))
        for wordings, answer in template["ask"]
    )
    return Entry(Passage(f"made-{random.randrange(10**6)}", *text, language=language), asked)


def product_name(random: Random) -> str:
    """An English name of a product that no shop need sell."""
    return _product(_SECOND, random)


def own_words(title: str, random: Random) -> str | None:
    """The question of an entry as people ask it in their own words, None where none are known."""
    lowered = title.lower()
    for title_like, but, wordings in _questions():
        if title_like.search(lowered) and not (but and but.search(lowered)):
            return random.choice(wordings)
    return None


def _draw(kind: str, random: Random, taken: set[str]) -> str:
    for _ in range(50):
        made = _KINDS[kind](random)
        if made not in taken:
            return made
    return made


def _time(random: Random) -> str:
    hour, minute = random.randint(1, 12), random.choice(["", "", ":30", ":15", ":45"])
    if random.random() < 0.4:
        return f"{random.randint(6, 23)}:{random.choice(['00', '30', '15', '45'])}"
    return f"{hour}{minute} {random.choice(['am', 'pm'])}"


def _price(low: int, high: int, random: Random) -> str:
    amount = f"{random.randint(low, high)}{random.choice(['', '.90', '.50', '.00', '.95'])}"
    return f"{random.choice(['$', '$', 'S$', '€', '£'])}{amount}"


def _range(random: Random) -> str:
    low = random.randint(1, 12)
    return f"{low}-{low + random.randint(1, 6)}"


def _product(words: str, random: Random) -> str:
    return f"{random.choice(_FIRST.split())} {random.choice(words.split(','))}"


_KINDS: dict[str, Callable[[Random], str]] = {
    "small": lambda random: str(random.randint(2, 15)),
    "big": lambda random: str(random.randint(16, 400)),
    "people": lambda random: str(random.randint(16, 40)),
    "days": lambda random: str(random.choice([3, 5, 7, 10, 14, 20, 21, 28, 30, 45, 60, 90, 100, random.randint(3, 99)])),
    "minutes": lambda random: str(random.choice([5, 10, 15, 20, 30, 40, 45, 60, 90])),
    "months": lambda random: str(random.choice([3, 6, 9, 12, 18, 24, 30, 36, 48, 60])),
    "temperature": lambda random: str(random.choice([20, 30, 40, 60, 90])),
    "percent": lambda random: str(random.choice([3, 5, 8, 10, 12, 15, 18, 20, 25, 30])),
    "price": lambda random: _price(2, 79, random),
    "bigprice": lambda random: _price(80, 600, random),
    "yuan": lambda random: f"{random.randint(3, 300)}{random.choice(['', '.90', '.50'])}元",
    "bigyuan": lambda random: f"{random.randint(301, 900)}元",
    "time": _time,
    "time_zh": lambda random: f"{random.choice(['上午', '下午', '晚上'])}{random.randint(1, 11)}点{random.choice(['', '半'])}",
    "weekday": lambda random: random.choice(_WEEKDAYS.split()),
    "city": lambda random: random.choice(_CITIES.split(",")),
    "city_zh": lambda random: random.choice(_CITIES_ZH.split(",")),
    "product": lambda random: _product(_SECOND, random),
    "product_zh": lambda random: f"{random.choice(_FIRST_ZH.split())}{random.choice(_SECOND_ZH.split(','))}",
    "range": _range,
    "link": lambda random: f"help@{random.choice(_FIRST.split()).lower()}.example",
}  # fmt: skip


@cache
def _questions() -> list[tuple[re.Pattern[str], re.Pattern[str] | None, list[str]]]:
    loaded = yaml.safe_load(_QUESTIONS.read_text(encoding="utf-8"))
    return [(re.compile(row["title"]), re.compile(row["but"]) if "but" in row else None, row["ask"]) for row in loaded]


@cache
def _templates() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded
