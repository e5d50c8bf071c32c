"""Turns knowledge into grounded dialogues to train on; run as a module to write them to a file.

    python -m generation.training_data --knowledge FILE_OR_FOLDER[=SHARE] [...] --out FILE [-n 2000] [--seed 7]

A line is one reply to learn, in the format of ``frontdesk evaluate generation`` with two keys more:
{"history", "passages", "reference", "language", "tone"}.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from generation import facts, grounding, rewording, templates
from generation.prompt import UNKNOWN
from generation.quoting import narrow, spoken
from generation.request import ReplyRequest, Tone
from generation.sentences import split
from retrieval import documents
from retrieval.evaluation import read_knowledge
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance

_OFFERS = (
    "Is there anything else I can help with?",
    "Anything else I can help you with?",
    "Do you have any other questions?",
    "Can I help with anything else?",
)
_BOOKINGS = ("Would you like me to book it?", "Would you like to make a reservation?")
_TRIES = 12
_HEARSAY = re.compile(
    r"\b(?:website|site) (?:says|does not|doesn't|lists?)|\bnot mention|\blisted\b|\bnot list\b|\bI\b", re.I
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation, the passages that the model reads, and the reply to learn; the customer's turn is last."""

    history: tuple[Utterance, ...]
    passages: tuple[Passage, ...]
    reference: str
    language: Language = "en"
    tone: Tone = "calm"

    def request(self) -> ReplyRequest:
        """The request that serving would make of it."""
        question = self.history[-1].text
        hits = [Hit(passage, 1.0) for passage in self.passages]
        read = [replace(hit, passage=narrow(question, hit)) for hit in hits]
        return ReplyRequest(self.history, read, language=self.language, tone=self.tone)

    def record(self) -> dict[str, Any]:
        """The line of a file."""
        return {
            "history": [{"role": turn.role, "text": turn.text} for turn in self.history],
            "passages": [
                {"id": p.id, "title": p.title, "text": p.text, **({"entity": p.entity} if p.entity else {})}
                for p in self.passages
            ],
            "reference": self.reference,
            "language": self.language,
            "tone": self.tone,
        }


class Maker:
    """Makes dialogues from knowledge: every one is checked, and dropped where a fact of its reply is not stated."""

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        shares: Sequence[float] | None = None,
        seed: int = 7,
        made_up: float = 0.3,
    ) -> None:
        """``shares`` weigh the passages, those with numbers count threefold besides; without them all are alike."""
        self.random = Random(seed)
        self.made_up = made_up
        weights = shares or [1.0] * len(passages)
        self._weight = {
            id(passage): weight * (3.0 if re.search(r"\d", passage.text) and passage.kind != "product" else 1.0)
            for passage, weight in zip(passages, weights, strict=True)
        }
        self.passages = [p for p in passages if p.text.strip() and not _HEARSAY.search(p.text)]
        self._by_entity: dict[str, list[Passage]] = defaultdict(list)
        self._by_title: dict[str, list[Passage]] = defaultdict(list)
        self._wordings: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for passage in self.passages:
            if passage.entity and passage.kind != "product":
                self._by_entity[passage.entity].append(passage)
            self._by_title[_bare(passage.title, passage)].append(passage)
            if passage.entity and len(facts.plain(_bare(passage.text, passage)) - _NOTHING) > 1:
                self._wordings[_bare(passage.text, passage)].append((passage.title, passage.entity))

    def dialogues(self, count: int, *, chinese: float = 0.0) -> Iterator[Dialogue]:
        """``count`` dialogues, a share of them Chinese; fewer where the knowledge gives no more."""
        pools: dict[Language, list[Passage]] = {
            language: [p for p in self.passages if p.language == language] for language in ("en", "zh")
        }
        weights = {
            language: list(accumulate(self._weight[id(passage)] for passage in pool))
            for language, pool in pools.items()
        }
        made = 0
        for _ in range(_TRIES * count):
            if made == count:
                return
            language: Language = "zh" if self.random.random() < chinese else "en"
            pool = pools[language]
            if not pool or self.random.random() < self.made_up:
                dialogue = self._invented(language, pool)
            else:
                dialogue = self._told(self.random.choices(pool, cum_weights=weights[language])[0])
            if dialogue is not None and sound(dialogue):
                made += 1
                yield dialogue

    def _invented(self, language: Language, pool: Sequence[Passage]) -> Dialogue | None:
        """A made-up entry of several values; sometimes a copy with other values stands beside it."""
        random = self.random
        entry = templates.fill(language, random)
        wordings, answer = random.choice(entry.asked)
        question = random.choice(wordings)
        earlier: list[Utterance] = []
        if random.random() < 0.25 and len(entry.asked) > 1:
            before, said = random.choice([pair for pair in entry.asked if pair[1] != answer])
            earlier = [Utterance("customer", random.choice(before)), Utterance("agent", said)]
            if language == "en" and random.random() < 0.5:
                question = "And " + question[0].lower() + question[1:]
        passages = [entry.passage]
        if random.random() < 0.07 and pool:
            return self._unknown(question, self._others(pool, entry.passage, 1), language)
        if random.random() < 0.15:
            passages += [templates.fill(language, random).passage for _ in range(random.choice([1, 2]))]
        return self._finish(question, passages, answer, language, earlier)

    def _told(self, passage: Passage) -> Dialogue | None:
        """A dialogue on an entry of the knowledge, its values often replaced."""
        random = self.random
        chance = random.random()
        if chance < 0.5:
            passage = rewording.altered(passage, random)
        if chance > 0.7 and (opposite := rewording.flipped(passage)):
            passage = opposite
        if passage.kind == "product":
            return self._product(passage)
        if not passage.entity and not passage.title.endswith(("?", "？")):
            return None
        question = self._question(passage)
        if passage.entity and not self._plain(passage):
            return None
        names = bool(passage.entity) and random.random() < 0.45
        earlier = self._talk(passage) if names else []
        named = names or bool(passage.entity and passage.entity.lower() in question.lower())
        if random.random() < 0.06:
            return self._unknown(question, self._others(self._siblings(passage), passage, 1), passage.language, earlier)
        reply = (
            rewording.answer(passage.title, passage, random, named=named) if passage.entity else _first(passage, random)
        )
        if reply is None:
            return None
        beside = random.choices([0, 1, 2, 4], [56, 18, 16, 10])[0]
        return self._finish(
            question, [passage, *self._distractors(passage, beside, named)], reply, passage.language, earlier
        )

    def _product(self, passage: Passage) -> Dialogue | None:
        """A question on one field of a product."""
        random, name, zh = self.random, passage.title, passage.language == "zh"
        stated = [piece.strip() for piece in split(passage.text) if piece.count(name) == 1 and len(piece) < 140]
        if not stated:
            return None
        reply = random.choice(stated)
        question = _field_question(name, reply, zh, random)
        field = re.match(r"(.+) of the (.+): (.+)$", reply) or re.match(r"(.+)的(.+)：(.+)$", reply)
        if field and random.random() < 0.6:
            verb = "are" if field[1].endswith("s") else "is"
            reply = (
                f"{field[1]}的{field[2]}是{field[3]}"
                if zh
                else f"The {field[1].lower()} of the {field[2]} {verb} {field[3]}"
            )
        return None if question is None else self._finish(question, [passage], reply, passage.language, [])

    def _question(self, passage: Passage) -> str:
        """The entry's question, often in another entry's words where both say the same."""
        random, title = self.random, passage.title
        if (
            passage.entity
            and passage.language == "en"
            and random.random() < 0.55
            and (words := templates.own_words(title, random))
        ):
            return rewording.informal(words, random)
        others = self._wordings.get(_bare(passage.text, passage), [])
        if passage.entity and others and random.random() < 0.75:
            wording, entity = random.choice(others)
            title = re.sub(re.escape(entity), passage.entity, wording, flags=re.I)
        if passage.entity and random.random() < 0.4:
            title = re.sub(rf"\b(?:the )?{re.escape(passage.entity)}", random.choice(["it", "they"]), title, flags=re.I)
            title = re.sub(r"^(Does|Is) they", lambda match: f"{'Do' if match[1] == 'Does' else 'Are'} they", title)
            title = re.sub(r" (?:at|in) (?:it|they)\b", " there", title)
        return (
            rewording.informal(title, random)
            if passage.language == "en"
            else title.rstrip("？?") + random.choice(["？", "", "？"])
        )

    def _plain(self, passage: Passage) -> bool:
        """Whether the body is about the title: published FAQs hold some that are not."""
        about = facts.plain(passage.title) - facts.words(passage.entity or "")
        return len(self._by_title[_bare(passage.title, passage)]) > 1 or _touch(about, facts.plain(passage.text))

    def _talk(self, passage: Passage) -> list[Utterance]:
        """Turns before the question that name the entity."""
        random, entity = self.random, passage.entity or ""
        if random.random() < 0.25 and (siblings := self._others(self._siblings(passage), passage, 1)):
            said = rewording.answer(siblings[0].title, siblings[0], random, named=False)
            if said:
                return [Utterance("customer", siblings[0].title), Utterance("agent", said)]
        return [
            Utterance(
                "customer", random.choice(["I need a place for tonight.", "Can you find me something nice?", f"I'd like {entity}"])
            ),
            Utterance("agent", random.choice([f"How about {entity}?", f"{entity} is a good choice.", f"I found {entity}."])),
        ]  # fmt: skip

    def _siblings(self, passage: Passage) -> Sequence[Passage]:
        if passage.entity:
            return self._by_entity[passage.entity]
        return [p for p in self.passages if p.language == passage.language and p.kind != "product"]

    def _distractors(self, passage: Passage, count: int, named: bool) -> list[Passage]:
        """Other questions of the same entity, and the same question of others where the text says of whom it is."""
        found = self._others(self._siblings(passage), passage, count)
        if named and count and passage.entity and passage.entity.lower() in passage.text.lower():
            same = [
                other
                for other in self._by_title[_bare(passage.title, passage)]
                if other.entity and other.entity != passage.entity and other.entity.lower() in other.text.lower()
            ]
            if same:
                found[-1:] = [rewording.altered(self.random.choice(same), self.random)]
        return found

    def _others(self, pool: Sequence[Passage], passage: Passage, count: int) -> list[Passage]:
        """Passages on other matters, which share no content word with this one's question."""
        own = facts.words(passage.entity or "")
        about = facts.plain(passage.title) - own - _NOTHING
        found: list[Passage] = []
        for _ in range(20 * count):
            other = self.random.choice(pool)
            words = facts.plain(f"{other.title} {other.text}") - own
            if other.id != passage.id and other not in found and len(other.text) < 260 and not _touch(about, words):
                found.append(other)
            if len(found) == count:
                break
        return found

    def _unknown(
        self, question: str, passages: Sequence[Passage], language: Language, earlier: Sequence[Utterance] = ()
    ) -> Dialogue | None:
        if not passages:
            return None
        return Dialogue((*earlier, Utterance("customer", question)), tuple(passages), UNKNOWN[language], language)

    def _finish(
        self, question: str, passages: list[Passage], reply: str, language: Language, earlier: Sequence[Utterance]
    ) -> Dialogue:
        random = self.random
        tone: Tone = random.choices(["calm", "hurried", "upset"], [80, 10, 10])[0]  # type: ignore[assignment]
        if tone == "upset" and random.random() < 0.6:
            question = random.choice(_UPSET[language]) + question
        if tone == "hurried":
            reply = "".join(split(reply)[:1]).strip()
            question = random.choice(_HURRIED[language]) + question if random.random() < 0.5 else question
        elif (
            tone == "calm"
            and passages[0].entity
            and passages[0].kind != "product"
            and language == "en"
            and random.random() < 0.33
        ):
            good = not facts.negated(reply) and not re.search(r"reserv|book", f"{question} {reply}", re.I)
            reply = f"{reply} {random.choice(_OFFERS + _BOOKINGS if good else _OFFERS)}"
        random.shuffle(passages)
        return Dialogue((*earlier, Utterance("customer", question)), tuple(passages), reply, language, tone)


_UPSET: dict[Language, tuple[str, ...]] = {
    "en": ("This is ridiculous. ", "I'm really annoyed. ", "Third time I ask! ", "So disappointed... "),
    "zh": ("太离谱了！", "我很生气。", "问了三遍了！", "真失望，"),
}
_HURRIED: dict[Language, tuple[str, ...]] = {
    "en": ("quick: ", "in a rush, ", "Quick question, "),
    "zh": ("快点，", "赶时间，", "急！"),
}
_NOTHING = frozenset(
    facts.stem(word)
    for word in facts.words_of("have offer provide available allow get use there place site property yes good charge")
)


def sound(dialogue: Dialogue) -> bool:
    """Whether every sentence of the reply is courtesy or stated by a passage as the model reads it."""
    if dialogue.reference in UNKNOWN.values():
        return True
    read = [hit.passage for hit in dialogue.request().hits]
    known = [passage.entity for passage in dialogue.passages if passage.entity]
    pieces = [
        piece for piece in split(dialogue.reference) if piece.strip() and piece.strip() not in _OFFERS + _BOOKINGS
    ]
    return bool(pieces) and all(grounding.check(piece, read, known=known).source is not None for piece in pieces)


def write(dialogues: Iterable[Dialogue], out: Path) -> int:
    """Write JSON Lines; how many."""
    lines = [json.dumps(dialogue.record(), ensure_ascii=False) for dialogue in dialogues]
    out.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)


def knowledge(path: Path) -> list[Passage]:
    """Passages of a shop's folder, or of a JSON Lines file. Raises InputError."""
    return list(documents.load(path).passages) if path.is_dir() else read_knowledge(path)


def _bare(text: str, passage: Passage) -> str:
    text = text.lower()
    if passage.entity:
        text = text.replace(passage.entity.lower(), "…")
    return " ".join(re.sub(r"[^\w…]+", " ", text).split())


def _touch(one: frozenset[str], other: frozenset[str]) -> bool:
    begins = {word[:4] for word in other}
    return any(word in other or word[:4] in begins for word in one)


def _first(passage: Passage, random: Random) -> str | None:
    """The first sentences of an entry's body, which answer its title."""
    pieces = [piece.strip() for piece in split(spoken(passage)) if piece.strip()]
    if not pieces or not passage.title.endswith(("?", "？")) or ":" in pieces[0] or "：" in pieces[0]:
        return None
    reply = pieces[0]
    between = "" if passage.language == "zh" else " "
    twofold = " and " in passage.title or "，" in passage.title
    if len(pieces) > 1 and len(reply) + len(pieces[1]) < 190 and (twofold or random.random() < 0.3):
        reply = f"{reply}{between}{pieces[1]}"
    return reply if len(reply) <= 220 else None


_FIELDS = (
    (r"costs|价格", ("How much is the {}?", "what does the {} cost", "price of {}?"), ("{}多少钱？", "{}什么价格", "请问{}的价格？")),
    (r"in stock|out of stock|库存|缺货", ("Is the {} in stock?", "do you have the {}", "can I get the {} now?"), ("{}有货吗？", "{}还有现货吗")),
    (r"warranty|保修", ("How long is the warranty of the {}?", "what guarantee does the {} have"), ("{}保修多久？", "{}的保修期是几个月")),
    (r"not compatible|不兼容", ("What does the {} not work with?", "which ones is the {} not compatible with?"), ("{}和什么不兼容？",)),
    (r"compatible|兼容", ("What does the {} work with?", "which ones fit the {}?"), ("{}和什么兼容？", "{}可以搭配什么")),
)  # fmt: skip


def _field_question(name: str, sentence: str, zh: bool, random: Random) -> str | None:
    for pattern, english, chinese in _FIELDS:
        if re.search(pattern, sentence):
            return random.choice(chinese if zh else english).format(name)
    match = (
        re.match(rf"{re.escape(name)}的(.{{1,12}})：", sentence) if zh else re.match(r"([\w ]{3,30}) of the ", sentence)
    )
    if not match:
        return None
    field = match[1]
    if zh:
        return random.choice([f"{name}的{field}是多少？", f"请问{name}{field}？"])
    return random.choice(
        [f"What is the {field.lower()} of the {name}?", f"{field.lower()} of {name}?", f"{name}: {field.lower()}?"]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m generation.training_data", description="Write dialogues to train on."
    )
    parser.add_argument(
        "--knowledge", action="append", required=True, metavar="PATH[=SHARE]",
        help="a folder or JSON Lines file, and how often it is drawn from beside the others",
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--chinese", type=float, default=0.0, help="share of Chinese dialogues")
    parser.add_argument("--made-up", type=float, default=0.3, help="share on made-up entries of several values")
    parser.add_argument("--without-last", type=int, default=0, help="leave the last N entities of each file out")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    passages: list[Passage] = []
    shares: list[float] = []
    for stated in chosen.knowledge:
        name, _, share = stated.partition("=")
        found = _without_last(knowledge(Path(name)), chosen.without_last)
        passages += found
        shares += [float(share or 1) / len(found)] * len(found)
    maker = Maker(passages, shares=shares, seed=chosen.seed, made_up=chosen.made_up)
    made = write(maker.dialogues(chosen.n, chinese=chosen.chinese), chosen.out)
    sys.stdout.write(f"{made} dialogues\n")


def _without_last(passages: list[Passage], count: int) -> list[Passage]:
    entities = list(dict.fromkeys(_owner(p) for p in passages if p.entity and p.kind != "product"))
    held = set(entities[len(entities) - count :]) if count else set()
    return [p for p in passages if _owner(p) not in held]


def _owner(passage: Passage) -> str:
    return passage.entity or ""


if __name__ == "__main__":
    main()
