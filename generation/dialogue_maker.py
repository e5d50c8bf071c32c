"""Makes dialogues to learn from out of knowledge: the right passage among others, values altered, questions reworded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random

from generation import facts, rewording, templates
from generation.dialogue import BOOKINGS, OFFERS, Dialogue, sound
from generation.product_questions import about, field_question, pointed
from generation.prompt import UNKNOWN
from generation.quoting import quote, spoken
from generation.request import Tone
from generation.wordings import Question, Wordings
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance
from retrieval.sentences import sentences_of, split

_TRIES = 12
_ASKED = 0.4
_ASKED_UNKNOWN = 0.4
"""The share that is kept of the questions which no entry answers."""
_FAR = 0.75
_FAR_UNKNOWN = 0.04
"""The model says too readily that it does not know, where the question is worded far from the entry."""
_HEARSAY = re.compile(
    r"\b(?:website|site) (?:says|does not|doesn't|lists?)|\bnot mention|\blisted\b|\bnot list\b|\bI\b", re.I
)


class Maker:
    """Makes dialogues from knowledge: every one is checked, and dropped where a fact of its reply is not stated."""

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        shares: Sequence[float] | None = None,
        seed: int = 7,
        made_up: float = 0.3,
        wordings: Wordings | None = None,
        asked: Sequence[Question] = (),
        products: float = 0.0,
    ) -> None:
        """``shares`` weigh the passages, those with numbers count threefold besides; without them all are alike.

        Entries about places are mostly asked for in the ``wordings`` that are known for their kind. Two in five English
        dialogues are questions of ``asked``, where there are such. ``products`` is a share of all that is on products besides.
        """
        self.random = Random(seed)
        self.made_up = made_up
        self.wordings = wordings
        self.asked = asked
        self.products = products
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
        records = {language: [p for p in pool if p.kind == "product"] for language, pool in pools.items()}
        made = 0
        for _ in range(_TRIES * count):
            if made == count:
                return
            language: Language = "zh" if self.random.random() < chinese else "en"
            pool = pools[language]
            if self.products and records[language] and self.random.random() < self.products:
                dialogue = self._told(self.random.choice(records[language]))
            elif self.asked and language == "en" and self.random.random() < _ASKED:
                dialogue = self._asked(self.random.choice(self.asked))
            elif not pool or self.random.random() < self.made_up:
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
        if passage.entity and not self._plain(passage):
            return None
        if self.wordings is not None and random.random() < _FAR and (far := self.wordings.question(passage, random)):
            return self._far(passage, far, self.wordings)
        question = self._question(passage)
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

    def _far(self, passage: Passage, question: str, wordings: Wordings) -> Dialogue | None:
        """A dialogue on an entry about a place that is asked for far from its words, after talk of something else."""
        random = self.random
        earlier = wordings.opening(passage, random) if random.random() < 0.8 else []
        if not earlier or random.random() < 0.2:
            earlier += self._talk(passage)
        if random.random() < _FAR_UNKNOWN:
            return self._unknown(question, self._others(self._siblings(passage), passage, 1), "en", earlier)
        reply = rewording.statement(passage.title, passage, random, named=True)
        if reply is None:
            return None
        beside = random.choices([0, 1, 2, 4], [56, 18, 16, 10])[0]
        return self._finish(question, [passage, *self._distractors(passage, beside, True)], reply, "en", earlier)

    def _asked(self, question: Question) -> Dialogue | None:
        """A stranger's question with all that its entry says: which half answers, a small model mistakes too often."""
        random, *earlier = self.random, *question.history
        last = earlier.pop()
        tone: Tone = random.choices(["calm", "upset"], [85, 15])[0]  # type: ignore[assignment]
        if question.entry is None:
            near = question.beside[:1]
            skipped = not near or random.random() > _ASKED_UNKNOWN
            return None if skipped else Dialogue(question.history, near, UNKNOWN["en"], "en", tone)
        passage = rewording.altered(question.entry, random) if random.random() < 0.5 else question.entry
        reply = rewording.statement(passage.title, passage, random, named=False)
        if reply is None:
            return None
        beside = random.choices([0, 1, 2], [60, 25, 15])[0]
        passages = [passage, *random.sample(question.beside, min(beside, len(question.beside)))]
        random.shuffle(passages)
        if tone == "upset" and random.random() < 0.6:
            last = replace(last, text=random.choice(_UPSET["en"]) + last.text)
        return Dialogue((*earlier, last), tuple(passages), reply, "en", tone)

    def _product(self, passage: Passage) -> Dialogue | None:
        """A question on one field of a product, or on all of it; what is sold and called so is often made up."""
        random, zh = self.random, passage.language == "zh"
        if not zh and random.random() < 0.5:
            named = templates.product_name(random)
            passage = replace(passage, title=named, text=passage.text.replace(passage.title, named), entity=named)
        name = passage.title
        stated = [piece.strip() for piece in split(passage.text) if piece.count(name) == 1 and len(piece) < 140]
        if not stated:
            return None
        if not zh and random.random() < 0.1:
            question: str | None = about(name, random)
            reply = quote(question or "", Hit(passage, 1.0))
        else:
            reply = random.choice(stated)
            question = field_question(name, reply, zh, random)
        if question is None:
            return None
        field = re.match(r"(.+) of the (.+): (.+)$", reply) or re.match(r"(.+)的(.+)：(.+)$", reply)
        if field and random.random() < 0.6:
            verb = "are" if field[1].endswith("s") else "is"
            reply = (
                f"{field[1]}的{field[2]}是{field[3]}"
                if zh
                else f"The {field[1].lower()} of the {field[2]} {verb} {field[3]}"
            )
        earlier: list[Utterance] = []
        if not zh:
            if random.random() < 0.3:
                earlier = [
                    Utterance("customer", f"do you sell the {name.lower()}"),
                    Utterance("agent", f"Yes, we sell the {name}."),
                ]
                question = pointed(question, name)
            elif random.random() < 0.5:
                question = question.replace(name, name.lower())
        return self._finish(question, [passage], reply, passage.language, earlier)

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
            reply = f"{reply} {random.choice(OFFERS + BOOKINGS if good else OFFERS)}"
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
    pieces = sentences_of(spoken(passage))
    if not pieces or not passage.title.endswith(("?", "？")) or ":" in pieces[0] or "：" in pieces[0]:
        return None
    reply = pieces[0]
    between = "" if passage.language == "zh" else " "
    twofold = " and " in passage.title or "，" in passage.title
    if len(pieces) > 1 and len(reply) + len(pieces[1]) < 190 and (twofold or random.random() < 0.3):
        reply = f"{reply}{between}{pieces[1]}"
    return reply if len(reply) <= 220 else None
