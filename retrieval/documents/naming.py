"""Names passages: the id, kind and language that follow from a file's name, its headings and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language, Passage, PassageKind

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LONGEST_TITLE = 200


def kind_of(source: str) -> PassageKind:
    """faq/ and policies/ hold what their names say; everything else is a document."""
    top = source.partition("/")[0]
    return "faq" if top.startswith("faq") else "policy" if top.startswith("polic") else "document"


def id_of(source: str, title: str) -> str:
    slug = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")[:60]
    return f"{source}#{slug}"


def title_of(trail: Sequence[str], kind: PassageKind, fallback: str) -> str:
    """A question stands alone; a section is named with the headings above it."""
    if not trail:
        return fallback
    if kind == "faq":
        return trail[-1]
    if kind == "policy":
        return ": ".join(trail[-2:])
    first, *rest = trail
    while rest[1:] and len(": ".join([first, *rest])) > _LONGEST_TITLE:
        rest = rest[1:]
    return ": ".join([first, *rest])


def language_of(named: Any, path: Path, text: str) -> Language:
    """The language that the file names (front matter, field or .zh in its name), or else that of its words.

    Raises InputError where it names another than en or zh.
    """
    if named in ("en", "zh"):
        return named  # type: ignore[no-any-return]
    if named is not None:
        raise InputError(f"language is {named!r}", "write language: en or language: zh", path=path, line=2)
    return "zh" if path.stem.endswith(".zh") else detect(text)


def section_language(text: str, page: Language) -> Language:
    """A section may be in another language than its page, as in a bilingual manual.

    Names and units are often Latin in Chinese text, so only a section without Chinese is taken for English.
    """
    if page == "en":
        return detect(text, page)
    return "zh" if _HAN.search(text) else detect(text, page)


def unique(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The same id twice (the same question twice in a file, the parts of a long section) gets a number."""
    seen: dict[str, int] = {}
    for passage in passages:
        count = seen[passage.id] = seen.get(passage.id, 0) + 1
        yield passage if count == 1 else replace(passage, id=f"{passage.id}-{count}")
