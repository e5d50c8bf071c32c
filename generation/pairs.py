"""Tells whether a clause says of one named thing what a passage says of another: a day's hours, a branch's days."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generation import facts, weekdays
from generation.facts import Number
from retrieval.passages import Passage

_END = re.compile(r"[;；。！？!?\n，]+|,(?!\d)|\.(?=\s|$)|\b(?:and|but|while|whereas)\s+(?=(?:in|on|at|from|to|for)\b)")
_NUMBERED = re.compile(r"\b[A-Z][A-Za-z]+ \d+\b")
_CAPITAL = re.compile(r"\b[A-ZÀ-Þ][\w'’-]*")
_ON_DAYS = re.compile(r"\b(?:on|from|at)\b", re.I)
_PLACED = re.compile(r"\b(?:our|the|your|a)\s+\w+\s+(?:in|at|on|of)\s+(?=[A-Z])", re.I)  # "our branch in"
_ELLIPTICAL = re.compile(r"\s*(?:in|on|at|from|to|for)\b")
_SENTENCE = re.compile(r"[。！？!?\n]+|\.(?=\s|$)")
_INCLUDED = re.compile(
    r"(?P<what>[^,.;，。；]{0,60}?)\b(?:is |are )?(?:included|free|at no (?:extra )?(?:cost|charge))\b(?! from| for| over| of\b)"
    r"|\b(?:includes?|including)\s(?P<whats>[^,.;]{1,60})|(?<!不)(?:包含|包括|含|赠送|附送)(?P<han>[^，。；]{1,20})",
    re.I,
)
_INCLUDES = re.compile(
    r"\b(?:includ\w*|free|complimentary|with|comes?|contains?|has|have|cover\w*|no (?:extra )?(?:cost|charge))\b"
    r"|含|包|赠|送|附|免|有|带",
    re.I,
)
_EXTRA = re.compile(r"另(?:收|付|购|计|需|加|外)|自费|自理|加收|\b(?:extra|additional|surcharge|supplement)\b", re.I)
_APART = re.compile(
    r"(?P<what>[^,.;，。；]{0,60}?)\b(?:charged extra|extra|sold separately|charged separately)\b"
    r"|(?P<han>[^，。；]{1,20}?)(?:需|要)?(?:另收|另付|另购|另计|另外收|另外购|自费|自理)",
    re.I,
)
_PAID = re.compile(r"\bseparate|\b(?:not|n['’]t) (?:be )?included|不含|不包", re.I)
_EVERY_ONE = re.compile(
    r"\ball\b(?! (?:year|day|week|night|of|the|in))|\b(?:every|always)\b(?! ?(?:day|night|week|month|year|hour|other|\d))"
    r"|所有|全部|任何|一律",
    re.I,
)
_ANY = re.compile(r"\b(?:all|every|each|any|always|both)\b|所有|全部|全|任何|一律|均|都|每", re.I)
# "Washed every month": what is done so often.
_DONE = re.compile(r"\b([a-z]+)\s+(?:once\s+)?every\s+((?:\w+\s)?(?:hour|day|night|week|month|year)s?)\b", re.I)
_WHOLE = re.compile(r"\b(?:full|whole|entire|in full|100 ?%)(?!\s*(?:time|day))|全额|全款|全数|百分之百", re.I)
_ALL = re.compile(r"\b(?:full|fully|whole|entire|entirely|complete|completely|all|every\w*|100 ?%)|全|所有|100%", re.I)


def crossed(text: str, passage: Passage) -> list[str]:
    """What a clause of the sentence says that the passage says of another day, branch, model or thing."""
    stated = passage.text
    wrong = [*_days(text, passage), *_names(text, passage), *_codes(text, passage), *_about(text, passage)]
    for read in (_on_days, _included, _apart, _done, _hours, _together):
        wrong += read(text, stated)
    for claimed, said in ((_WHOLE, _ALL), (_EVERY_ONE, _ANY)):
        if (whole := claimed.search(text)) and not said.search(stated):
            wrong.append(whole.group())
    return wrong


def _days(text: str, passage: Passage) -> list[str]:
    """Numbers that the sentence gives for a day, and the passage only for others."""
    wrong: list[str] = []
    parts = _parts(passage.text)
    for clause in _parts(text):
        days = weekdays.stated(clause)[0]
        for number in facts.numbers(clause) if days else ():
            given = [
                weekdays.stated(part)[0]
                for part in parts
                if any(other.value == number.value and number.agrees(other) for other in facts.numbers(part))
            ]
            if given and all(given) and not any(days <= of for of in given):
                wrong.append(f"{number.value} ({', '.join(sorted(days))})")
    return wrong


def _names(text: str, passage: Passage) -> list[str]:
    """Days on which the sentence says that something is or is not so for a name, and the passage for others alone."""
    known = _known(passage)
    parts = [(weekdays.stated(part), _named(part, known)) for part in _parts(passage.text)]
    wrong: list[str] = []
    for clause in _parts(text):
        named = _named(clause, known)
        for side, days in enumerate(weekdays.stated(clause)):
            for day in sorted(days) if named else ():
                of = [names for stated, names in parts if day in stated[side]]
                spoken = any(any(stated) and named & names for stated, names in parts)
                if of and all(of) and spoken and not any(named & names for names in of):
                    wrong.append(day)
    return wrong


def _on_days(text: str, stated: str) -> list[str]:
    """What the sentence says of some days, and the passage of the other days of its clause ("walk-in on Saturdays")."""
    wrong: list[str] = []
    for part in _parts(stated):
        pieces = part.split(" and ")
        if len(pieces) < 2 or not all(_ON_DAYS.search(piece) and weekdays.named(piece) for piece in pieces):
            continue
        verb = facts.VERB.search(pieces[0])
        pieces[0] = pieces[0][verb.end() :] if verb else pieces[0]
        said = [(weekdays.named(piece), facts.plain(_day_less(piece)) - {"pm"}) for piece in pieces]
        if not all(words for _, words in said):
            continue
        for clause in _parts(text):
            days = weekdays.named(clause)
            for word in sorted(facts.plain(clause)) if days else ():
                of = [on for on, words in said if word in words]
                if of and not any(days & on for on in of):
                    wrong.append(word)
    return wrong


def _day_less(text: str) -> str:
    return " ".join(word for word in text.split() if not weekdays.named(word))


def _codes(text: str, passage: Passage) -> list[str]:
    """Codes of a clause with a number or another code that the passage gives in sentences of other codes alone."""
    sentences = _SENTENCE.split(passage.text)
    wrong: list[str] = []
    for clause in _parts(text):
        codes = facts.links(clause)
        bare = {number.value for number in facts.numbers(clause) if not number.kind}
        others = {number.value for number in facts.numbers(clause)} | codes
        for code in sorted(codes):
            for other in sorted(others - {code}):
                having = [facts.links(s) for s in sentences if other in facts.values(s) | facts.links(s)]
                elsewhere = any(having) if other in bare else having and all(having)  # "the Veltra 40" is a name
                if elsewhere and not any(code in codes_of for codes_of in having):
                    wrong.append(code)
    return wrong


def _included(text: str, stated: str) -> list[str]:
    """Things that the sentence calls included, of which the passage says it in no clause."""
    parts = _parts(stated)
    wrong: list[str] = []
    for match in _INCLUDED.finditer(text):
        if facts.negated(match.group()):
            continue
        what = _alone(match["what"] or match["whats"] or match["han"] or "")
        for word in sorted(facts.plain(what)):
            saying = [part for part in parts if facts.held(word, facts.words(part), "" if word.isascii() else part)]
            if saying and all(_EXTRA.search(part) or not _INCLUDES.search(part) for part in saying):
                wrong.append(word)
    return wrong


def _alone(what: str) -> str:
    """What is said to be so, without a clause before it that has a verb of its own."""
    before, _, after = what.rpartition(" and ")
    return after if facts.VERB.search(before) else what


def _apart(text: str, stated: str) -> list[str]:
    """Things that the sentence says are paid for besides, of which the passage says it in no clause."""
    parts = _parts(stated)
    wrong: list[str] = []
    for match in _APART.finditer(text):
        for word in sorted(facts.plain(_alone(match["what"] or match["han"] or ""))):
            saying = [part for part in parts if facts.held(word, facts.words(part), "" if word.isascii() else part)]
            if saying and not any(_EXTRA.search(part) or _PAID.search(part) or facts.values(part) for part in saying):
                wrong.append(word)
    return wrong


def _done(text: str, stated: str) -> list[str]:
    """How often the sentence says that something is done, where the passage says so of something else alone."""
    theirs = {(facts.stem(match[1]), facts.stem(match[2])) for match in _DONE.finditer(stated)}
    ours = {(facts.stem(match[1]), facts.stem(match[2])) for match in _DONE.finditer(text)}
    return sorted(often for done, often in ours - theirs if any(done == other for other, _ in theirs))


def _hours(text: str, stated: str) -> list[str]:
    """Ends of a stretch of time that begins when one of the passage does, and ends otherwise."""
    ours, theirs = _stretches(text), _stretches(stated)
    begins = {begin for begin, _ in theirs}
    return [f"{begin}-{end}" for begin, end in sorted(ours - theirs) if begin in begins]


def _stretches(text: str) -> set[tuple[str, str]]:
    clocks = [number for number in facts.numbers(text) if number.kind == "clock"]
    return {
        (one.value, other.value)
        for one, other in zip(clocks, clocks[1:], strict=False)
        if text[one.end : other.start].strip() in {"-", "–", "—", "~", "to", "until", "till", "至", "到"}
    }


def _together(text: str, stated: str) -> list[str]:
    """Numbers of a clause that the passage gives with another number of the kind each time ("a 7 kg wash costs $8")."""
    theirs = [facts.numbers(stated[start:end]) for start, end in facts.clauses(stated)]
    wrong: list[str] = []
    for start, end in facts.clauses(text):
        ours = [number for number in facts.numbers(text[start:end]) if number.kind]
        for one in ours:
            for other in ours:
                beside = [found for found in theirs if any(n.value == one.value and n.kind == one.kind for n in found)]
                if one.kind != other.kind and beside and all(_instead(other, found) for found in beside):
                    wrong.append(f"{other.value} ({other.kind})")
    return wrong


def _instead(number: Number, found: Sequence[Number]) -> bool:
    """Whether another number of its kind is found in its place."""
    alike = [other.value for other in found if other.kind == number.kind]
    return bool(alike) and number.value not in alike


def _about(text: str, passage: Passage) -> list[str]:
    """Words of a clause about one named thing that the passage says of other named things alone."""
    known = _known(passage)
    parts: list[tuple[frozenset[str], frozenset[str]]] = []
    for part in _parts(passage.text):
        said = facts.words(part) | _counts(part)
        parts.append((_named(part, known), said | parts[-1][1] if parts and _ELLIPTICAL.match(part) else said))
    wrong: list[str] = []
    for clause in _parts(text):
        named = _named(clause, known)
        for word in sorted(facts.plain(_PLACED.sub(" ", clause)) | _counts(clause)) if named else ():
            of = [names for names, words in parts if word in words]
            if word not in named and of and all(of) and not any(named & names for names in of):
                wrong.append(word)
    return wrong


def _counts(text: str) -> frozenset[str]:
    """The numbers of a text that are not of a name."""
    return facts.values(_NUMBERED.sub(" ", text))


def _known(passage: Passage) -> frozenset[str]:
    """The names of which a passage speaks, but its own: capitalised inside a sentence, or with a number."""
    found = {name for part in _SENTENCE.split(passage.text) for name in facts.names(part) if not weekdays.named(name)}
    found |= {match.group().lower() for match in _NUMBERED.finditer(passage.text)}
    own = f"{passage.entity or ''} {passage.title if passage.kind == 'product' else ''}".lower()
    return frozenset(name for name in found if len(name) > 2 and name not in own)


def _named(text: str, known: frozenset[str]) -> frozenset[str]:
    """Those of the known names that stand in a text; of "Nara 20", not the "Nara" of a "Nara 35" as well."""
    numbered = {match.group().lower() for match in _NUMBERED.finditer(text)}
    single = {re.sub(r"['’]s?$", "", word.lower()) for word in _CAPITAL.findall(_NUMBERED.sub(" ", text))}
    return frozenset((numbered | single) & known)


def _parts(text: str) -> list[str]:
    return [part for part in _END.split(text) if part.strip()]
