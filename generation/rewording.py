"""Rewords FAQ entries for training: questions as customers type them, bodies as spoken answers, values altered."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from generation import facts
from retrieval.passages import Passage
from retrieval.sentences import sentences_of, split

_GREETING = re.compile(
    r"^(?:(?:hi|hey|hello|howdy|yes|ok|good (?:morning|day|afternoon|evening))(?: there)?\b[ ,.!]*)+", re.I
)
_YES_NO_QUESTION = re.compile(
    r"^(?:do|does|is|are|can|could|may|will|would|am|has|have|if|i was wondering if|i wonder if)\b", re.I
)
# "No free WiFi" denies a noun; "No, ..." and "No they do not" deny the question.
_SAID = re.compile(
    r"^\s*(?:(yes)\b[ ,.;:!-]*|(no)\b(?:\s*[,.;:!-]\s*|\s+(?=(?:they|it|we|you|there|the|guests)\b)))", re.I
)
_VERB = re.compile(
    r"\b(?:is|are|was|do|does|don'?t|doesn'?t|has|have|can|cannot|can't|may|must|will|offers?|accepts?|allows?|serves?"
    r"|provides?|takes?|costs?|charges?|supports?|welcomes?|includes?|opens?|closes?|starts?|begins?|speaks?|requires?"
    r"|delivers?|features?|needs?)\b",
    re.I,
)
_OWN = (
    (r"\bwe are\b", "they are"),
    (r"\bwe're\b", "they're"),
    (r"\bwe\b", "they"),
    (r"\bour\b", "their"),
    (r"\bours\b", "theirs"),
    (r"\b(?-i:us)\b", "them"),
)
_PLURAL = {"is": "are", "does": "do", "has": "have", "doesn't": "don't", "isn't": "aren't", "was": "were"}
_BASE = {
    "offers": "offer", "accepts": "accept", "allows": "allow", "serves": "serve", "provides": "provide",
    "takes": "take", "charges": "charge", "supports": "support", "welcomes": "welcome", "includes": "include",
    "opens": "open", "closes": "close", "requires": "require", "delivers": "deliver", "features": "feature",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.:/-])(S\$|US\$|\$|€|£|¥)?(\d{1,4}(?:,\d{3})*)(\.\d{1,2})?(?![\d:/]|[A-Za-z]{2,}\d|\.\d)")
_KEPT = re.compile(r"24/7|24[ -]?hours?|\d+[- ]hour|\b(?:19|20)\d\d\b|[A-Z]{1,5}-?\d+|\d+[A-Z]\w*|https?\S+|\S+@\S+")


_SHORTEST, _LONGEST = 12, 260
"""Characters of a body that is said as it is."""


def tidy(text: str) -> str:
    """One line with a capital, single spaces and a final stop."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([.,;:!?])", r"\1", text)
    if said := _SAID.match(text):
        text = ("Yes, " if said[1] else "No, ") + text[said.end() :]
    text = re.sub(r"\.{2,}", ".", text)
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?。！？" else "。" if not text.isascii() else ".")


def whole(text: str) -> bool:
    """Whether a body is a clean English statement: a verb, no question, balanced marks, not too long."""
    return (
        bool(_VERB.search(text))
        and "?" not in text
        and not text.isupper()
        and text.count("(") == text.count(")")
        and _SHORTEST <= len(text) <= _LONGEST
        and not re.search(
            r"\b(?:there|it) (?:is|was) no mention\b|\bn/a\b|\bsorry\b|\bplease (?:call|see|visit)\b", text, re.I
        )
    )


def informal(question: str, random: Random) -> str:
    """The question as it may be typed: lower case, no mark, a slip of the finger, a word before."""
    question = _GREETING.sub("", question).strip() or question
    chance = random.random()
    if chance < 0.35:
        question = question[0].lower() + question[1:] if not question.startswith(("I ", "I'")) else question
        question = question.rstrip("?？.").strip() + random.choice(["?", "", "??" if random.random() < 0.2 else "?"])
    if random.random() < 0.25:
        for pattern, words in _CASUAL:
            if random.random() < 0.7:
                question = re.sub(pattern, words, question, count=1)
    if random.random() < 0.08 and len(question) > 15:
        place = random.randrange(3, len(question) - 3)
        if question[place : place + 2].isalpha():
            question = question[:place] + question[place + 1] + question[place] + question[place + 2 :]
    if random.random() < 0.15:
        question = random.choice(["ok, ", "thanks. ", "One more thing: ", "and ", "hi, ", "Great. "]) + question
    return question


_CASUAL = (
    (r"\b[Dd]o(?:es)? (?:you|they|it|the (?:hotel|restaurant)) (?:have|offer|provide)\b", "is there"),
    (r"\b[Ii]s there\b", "do they have"),
    (r"\b[Cc]an I\b", "am I able to"),
    (r"\bDo you accept\b", "do they take"),
    (r"\bHow long does (.{3,40}) take\b", r"how many days for \1"),
    (r"\bHow much (?:is|does)\b", "what's the price:"),
    (r"\bWhat is\b", "what's"),
    (r"\bI would like to\b", "I wanna"),
    (r"\bplease\b", "pls"),
    (r"\b(?:free )?[Ww]i-?[Ff]i\b", "internet"),
    (r"\b[Pp]ets\b", "dogs"),
    (r"\bcredit cards?\b", "Visa"),
    (r"\b(?:fitness center|fitness centre)\b", "gym"),
    (r"\bgood for (?:kids|children)\b", "ok with small children"),
    (r"\b(?:an?|the)? ?(?:elevator|lift)\b", "a lift"),
    (r"\b[Oo]utdoor seat(?:s|ing)\b", "tables outside"),
    (r"\btake-?out ordering\b", "takeaway"),
    (r"\bCryptocurrency\b", "bitcoin"),
    (r"\bcheck-?[ ]?in time\b", "time for check in"),
    (r"\bambi[ae]nce\b", "atmosphere"),
    (r"\bavailable\b", "possible"),
)


def third_person(text: str) -> str:
    """ "We offer" as said by somebody else: "They offer"."""
    for pattern, words in _OWN:

        def put(match: re.Match[str], words: str = words) -> str:
            return words.capitalize() if match[0][0].isupper() else words

        text = re.sub(pattern, put, text, flags=re.I)
    return re.sub(r"^(Yes|No), They\b", r"\1, they", text)


def pronouns(text: str, entity: str) -> str:
    """The statement with its subject's name as "they" and "at NAME" as "there", where the grammar is plain."""
    name = re.escape(entity)
    subject = re.match(rf"^(Yes, |No, )?(?:the )?{name} (\w+(?:'t)?)\b", text, re.I)
    if subject:
        verb = subject[2].lower()
        plural = _PLURAL.get(verb) or _BASE.get(verb) or (verb if verb in {"can", "cannot", "will", "may"} else None)
        if plural:
            they = f"{subject[1]}they" if subject[1] else "They"
            return f"{they} {plural}{text[subject.end() :]}"
    return re.sub(rf" (?:at|in) (?:the )?{name}(?=[.,;]|$)", " there", text, count=1, flags=re.I)


def polarity(question: str, statement: str, entity: str | None) -> bool | None:
    """Whether a statement without a yes or no answers yes; None where that is not plain."""
    if not _YES_NO_QUESTION.match(question) or re.search(
        r"\bor\b|n't\b|\bnot\b|\bonly\b|\bhow\b|\bwhat\b", question, re.I
    ):
        return None
    own = facts.words(entity or "")
    asked = facts.plain(question) - own - _EMPTY
    stated = facts.plain(statement) - own
    if (
        not asked
        or len(split(statement)) != 1
        or re.search(r"\b(?:but|only|however|except|if|unless)\b", statement, re.I)
    ):
        return None
    near = {word[:5] for word in stated}
    if not all(word in stated or (len(word) >= 5 and word[:5] in near) for word in asked):
        return None
    return not facts.negated(statement)


_EMPTY = frozenset(
    facts.stem(word)
    for word in facts.words_of(
        "have offer provide available allow get use there place property site hotel restaurant location any possible"
        " accept good guests guest wondering wonder onsite take bring"
    )
)


def answer(question: str, passage: Passage, random: Random, *, named: bool) -> str | None:
    """The passage's body as a spoken answer to the question, None where the rules cannot make a clean one.

    ``named`` says that the conversation names the entity already, so that "they" and "there" are clear.
    """
    if passage.language == "zh":
        return _chinese(passage, random)
    body = tidy(passage.text)
    if not whole(body):
        return None
    entity = passage.entity
    said = _SAID.match(body)
    if entity:
        body = third_person(body)
    if not said:
        yes = polarity(question, body, entity)
        if yes is not None and not re.match(r"no\b", body, re.I) and random.random() < 0.85:
            turned = (
                turn(question, entity, yes, named=named) if random.random() < 0.45 and not facts.numbers(body) else None
            )
            body = turned or ("Yes, " if yes else "No, ") + _lower_first(body, entity)
    elif random.random() < 0.3:
        rest = tidy(_SAID.sub("", body))
        turned = turn(question, entity, bool(said[1]), named=named)
        if (
            turned
            and not facts.numbers(rest)
            and not facts.plain(rest) - facts.plain(question) - facts.words(entity or "")
        ):
            body = turned
    if entity and named and random.random() < 0.45 and not re.search(r"\bits?\b", body):
        body = pronouns(body, entity)
    return body


def statement(question: str, passage: Passage, random: Random, *, named: bool) -> str | None:
    """The English body as an answer that says neither yes nor no: the question may be worded the other way round.

    ``question`` is the entry's own, which says what a bare yes or no is about. None where the rules cannot make a clean one.
    """
    body = tidy(passage.text)
    told = whole(body) or not passage.entity and "?" not in body and _SHORTEST <= len(body) <= _LONGEST  # "Press Skip."
    if passage.language != "en" or not told:
        return None
    own = facts.words(passage.entity or "")
    if said := _SAID.match(body):
        body = tidy(body[said.end() :])
        if not facts.plain(body) - own - _EMPTY - _POINTERS or re.match(r"(?:it|this|that)\b", body, re.I):
            turned = turn(question, passage.entity, bool(said[1]), named=named)
            if turned is None or facts.numbers(body):
                return None
            body = tidy(_SAID.sub("", turned))
    if passage.entity:
        body = third_person(body)
        if named and random.random() < 0.45 and not re.search(r"\bits?\b", body):
            body = pronouns(body, passage.entity)
    return body


_POINTERS = frozenset(facts.stem(word) for word in facts.words_of("one ones same such able possible too"))


def turn(question: str, entity: str | None, yes: bool, *, named: bool) -> str | None:
    """The question turned into its answer: "Does X offer delivery?" and no to "No, they don't offer delivery."."""
    question = _GREETING.sub("", question).strip().rstrip("?. ")
    begin, who = ("Yes, " if yes else "No, "), "they" if named or not entity else entity
    match = re.match(r"(?:Do|Does) (?:you guys|you|they|it|the \w+|this \w+|[A-Z].{1,60}?) (have|offer|accept|allow|serve"
                     r"|provide|take|support|deliver|charge|require)\b(.*)$", question)  # fmt: skip
    if match:
        rest = _about_you(re.sub(r"^ any\b", "", match[2]) if yes else match[2])
        if who == "they":
            return f"{begin}they {'' if yes else 'do not '}{match[1]}{rest}."
        return f"{begin}{who} {match[1] + 's' if yes and match[1] != 'have' else 'has' if yes else 'does not ' + match[1]}{rest}."
    match = re.match(r"(Is|Are) there (.*)$", question)
    if match:
        verb = match[1].lower()
        rest = re.sub(r"^any\b ?" if yes else r"^(?:any|an?)\b ?", "", match[2])
        return f"{begin}there {verb}{'' if yes else ' no'} {_about_you(rest)}."
    match = re.match(r"Can (?:I|we|you) (.*)$", question)
    if match:
        return f"{begin}you {'can' if yes else 'cannot'} {_about_you(match[1])}."
    match = re.match(
        r"(Is|Are) (.{3,40}?) (available|allowed|accepted|served|offered|provided|permitted)\b(.*)$", question
    )
    if match and not re.match(r"(?:it|they|there)\b", match[2]):
        thing = _about_you(
            match[2][0].lower() + match[2][1:] if match[2].split()[0].lower() in {"the", "a", "an", "any"} else match[2]
        )
        return f"{begin}{thing} {match[1].lower()}{'' if yes else ' not'} {match[3]}{_about_you(match[4])}."
    return None


def _about_you(text: str) -> str:
    text = re.sub(r"\b(?:my|our)\b", "your", text)
    return re.sub(r"\b(?:I|we)\b", "you", re.sub(r"\bI'm\b", "you're", re.sub(r"\b(?:me|us)\b", "you", text)))


def _lower_first(text: str, entity: str | None) -> str:
    first = text.split()[0]
    kept = entity and first.lower() in {word.lower() for word in entity.split()}
    proper = first != first.capitalize() or first in {"I", "Apple", "Google", "WiFi", "Wi-Fi", "Bitcoin"}
    return text if kept and first.lower() != "the" or proper else text[0].lower() + text[1:]


def _chinese(passage: Passage, random: Random) -> str | None:
    pieces = sentences_of(passage.text)
    if not pieces or re.search(r"[|*#]|^-", passage.text, re.M):
        return None
    reply = pieces[0]
    if len(pieces) > 1 and len(reply) < 14 and random.random() < 0.6:
        reply += pieces[1]
    return reply if len(reply) <= 120 else None


def altered(passage: Passage, random: Random) -> Passage:
    """The passage with every amount, time and duration replaced by another of its kind; the same where it has none."""
    changed: dict[str, str] = {}
    kept = [match.span() for match in _KEPT.finditer(passage.text)]
    if passage.entity:
        kept += [match.span() for match in re.finditer(re.escape(passage.entity), passage.text, re.I)]
    text = passage.text

    def other(match: re.Match[str]) -> str:
        after = text[match.end() : match.end() + 12]
        dotted_time = match[3] and re.match(r"\s*[ap]\.?m", after, re.I)
        if dotted_time or any(low <= match.start(2) < high for low, high in kept):
            return match[0]
        whole_number, cents = match[2].replace(",", ""), match[3] or ""
        key = whole_number + cents
        if key not in changed:
            changed[key] = _other(int(whole_number), cents, after, random, set(changed.values()))
        return (match[1] or "") + changed[key]

    made = _NUMBER.sub(other, text)
    made = re.sub(
        r"(\d{1,3})( ?[-–] ?)(\d{1,3})(?= ?(?:working |business )?(?:days?|weeks?|hours?|minutes?|months?|个?工作日|天|小时))",
        lambda match: match[0] if int(match[1]) < int(match[3]) else f"{match[3]}{match[2]}{int(match[1]) + 1}",
        made,
    )
    return replace(passage, text=made)


def _other(value: int, cents: str, after: str, random: Random, taken: set[str]) -> str:
    for _ in range(20):
        if re.match(r"\s*(?:[ap]\.?m|点|時|时)", after, re.I):
            new = random.randint(1, 12)
        elif re.match(r"\s*(?:%|percent)", after):
            new = random.choice([5, 8, 12, 15, 20, 25, 30, 40, 60, 75])
        elif value <= 12:
            new = random.randint(2, 14)
        else:
            new = max(2, round(value * random.uniform(0.4, 2.2)))
            new = new if value % 5 or cents else max(5, 5 * round(new / 5))
        made = f"{new}{random.choice(['.00', '.50', '.90', '.95', cents]) if cents else ''}"
        if new != value and made not in taken:
            return made
    return f"{value + 1}{cents}"


_FLIPS = (
    (r"\bdoes not (offer|accept|allow|serve|provide|take|support|require)\b", lambda m: m[1] + "s"),
    (r"\bdoesn't (offer|accept|allow|serve|provide|take|support|require)\b", lambda m: m[1] + "s"),
    (r"\bdoes not have\b|\bdoesn't have\b", lambda m: "has"),
    (r"\b(is|are) not (allowed|available|accepted|good|offered|provided|permitted|wheelchair)\b", lambda m: f"{m[1]} {m[2]}"),
    (r"\b(is|are) (allowed|available|accepted|good|offered|provided|permitted|wheelchair)\b", lambda m: f"{m[1]} not {m[2]}"),
    (r"(?<!to )\b(offer|accept|allow|serve|provide|take|support|require)s\b", lambda m: f"does not {m[1]}"),
    (r"(?<=\w )has (?!been|not)", lambda m: "does not have "),
)  # fmt: skip


def flipped(passage: Passage) -> Passage | None:
    """The passage saying the opposite; None where it is not one plain sentence."""
    text = passage.text.strip()
    bare = re.sub(r"^(?:yes|no)\b[ ,.]*", "", text, flags=re.I)
    if passage.language != "en" or len(split(bare)) != 1 or len(facts._NEGATION.findall(bare)) > 1 or re.search(
        r"\b(?:but|only|free|any|some|however|if)\b|\d", bare, re.I
    ):  # fmt: skip
        return None
    for pattern, words in _FLIPS:
        made, count = re.subn(pattern, words, bare, count=1)
        if count:
            if text != bare:
                made = ("No, " if text[:3].lower() == "yes" else "Yes, ") + made
            return replace(passage, text=made[0].upper() + made[1:])
    return None
