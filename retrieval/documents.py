"""Reads the files of a knowledge folder into passages; a bad file is named with its line and left out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from retrieval import language as languages
from retrieval import products
from retrieval.errors import InputError
from retrieval.markup import Section, chunks, html_sections, markdown_sections, plain
from retrieval.passages import Language, Passage, PassageKind

LONGEST = 1200
"""Characters of a passage of prose; about 300 tokens, which the embedder reads whole."""
_KINDS: dict[str, PassageKind] = {
    "faq": "faq",
    "faqs": "faq",
    "policies": "policy",
    "policy": "policy",
    "products": "product",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Passages in the order of their files, and one error for each file or entry that was left out."""

    passages: tuple[Passage, ...]
    problems: tuple[InputError, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """A product's record before the names of compatible products are known."""

    record: Mapping[str, Any]
    line: int


@dataclass(slots=True)
class _Page:
    """One file being read. ``name`` is its path relative to the folder."""

    path: Path
    name: str
    content: bytes
    problems: list[InputError] = field(default_factory=list)

    @property
    def kind(self) -> PassageKind:
        parts = self.name.split("/")
        found = next((_KINDS[part.lower()] for part in parts[:-1] if part.lower() in _KINDS), None)
        return found or ("faq" if re.search(r"(?i)\bfaqs?\b", parts[-1]) else "document")

    def error(self, problem: str, mend: str, line: int | None = None) -> InputError:
        return InputError(problem, mend, path=self.name, line=line)

    def text(self) -> str:
        try:
            text = self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise self.error("is not UTF-8 text", "save the file as UTF-8", line) from error
        if "\x00" in text:
            raise self.error("holds NUL bytes", "save the file as plain text", text.count("\n", 0, text.index("\x00")) + 1)
        return text.replace("\r\n", "\n").replace("\r", "\n")


def files(folder: Path) -> list[Path]:
    """The files that can be read, sorted; hidden ones and READMEs of the folder itself are left out."""
    if not folder.is_dir():
        raise InputError("is not a folder", "name the folder that holds the knowledge files", path=folder)
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _READERS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.relative_to(folder).as_posix().lower() != "readme.md"
    ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def load(folder: Path) -> Loaded:
    """Every passage of the folder's files. Raises InputError only where the folder itself is missing."""
    pages: list[tuple[str, list[Passage | Product]]] = []
    problems: list[InputError] = []
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            page = _Page(path, name, path.read_bytes())
            pages.append((name, list(_READERS[path.suffix.lower()](page))))
            problems += page.problems
        except InputError as error:
            problems.append(error)
        except OSError as error:
            reason = error.strerror or str(error)
            problems.append(InputError(f"cannot be read ({reason})", "check the file and its permissions", path=name))
    names = {
        str(item.record["id"]): (str(item.record["name"]), str(item.record.get("name_zh") or item.record["name"]))
        for _, items in pages
        for item in items
        if isinstance(item, Product)
    }
    passages: list[Passage] = []
    taken: dict[str, Passage] = {}
    for name, items in pages:
        for item in items:
            made = [item] if isinstance(item, Passage) else products.passages_of(item.record, names, name, item.line)
            for passage in made:
                if passage.id in taken:
                    first = taken[passage.id]
                    problems.append(
                        InputError(
                            f"the id {passage.id!r} is used twice (first in {first.source}:{first.line})",
                            "give the entry an id of its own; the first is kept",
                            path=name,
                            line=passage.line,
                        )
                    )
                    continue
                taken[passage.id] = passage
                passages.append(passage)
    return Loaded(tuple(passages), tuple(problems))


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")[:60] or "entry"


def _identity(page: _Page, title: str, taken: set[str]) -> str:
    base = f"{page.name.rsplit('.', 1)[0]}#{_slug(title)}"
    identity, number = base, 2
    while identity in taken:
        identity, number = f"{base}-{number}", number + 1
    taken.add(identity)
    return identity


def _language(page: _Page, stated: object, text: str) -> Language:
    if isinstance(stated, str) and stated[:2].lower() in ("en", "zh"):
        return "zh" if stated[:2].lower() == "zh" else "en"
    if re.search(r"\.(zh|en)\.\w+$", page.name):
        return "zh" if page.name.rsplit(".", 2)[1] == "zh" else "en"
    return languages.detect(text)


def _markdown(page: _Page) -> Iterator[Passage]:
    lines = page.text().split("\n")
    matter: Mapping[str, Any] = {}
    first = 0
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), None)
        if end is None:
            raise page.error("front matter never ends", 'close it with a line "---"', 1)
        loaded, _ = _yaml(page, "\n".join(lines[1:end]), 1)
        if loaded is not None and not isinstance(loaded, Mapping):
            raise page.error("front matter is no list of `key: value` lines", "write e.g. `language: en`", 2)
        matter, first = loaded or {}, end + 1
    kind = _KINDS.get(str(matter.get("kind", "")), page.kind)
    deepest = 2 if kind == "faq" else 6
    sections = list(markdown_sections(lines[first:], first + 1, deepest))
    yield from _sections(page, sections, kind, matter)


def _html(page: _Page) -> Iterator[Passage]:
    language, sections = html_sections(page.text())
    yield from _sections(page, sections, page.kind, {"language": language})


def _sections(
    page: _Page, sections: list[Section], kind: PassageKind, matter: Mapping[str, Any]
) -> Iterator[Passage]:
    whole = "\n".join(section.text for section in sections)
    language = _language(page, matter.get("language"), whole)
    entity = matter.get("entity")
    aliases = matter.get("aliases") or ()
    taken: set[str] = set()
    for section in sections:
        if kind == "faq" and section.level >= 2:
            title = section.path[-1]
        elif kind == "faq" and section.level == 1 and any(other.level >= 2 for other in sections):
            continue  # the introduction of a FAQ page answers no question
        else:
            title = " > ".join(section.path) or page.path.stem.replace("-", " ").replace("_", " ")
        pieces = [(0, section.text)] if kind == "faq" else list(chunks(section.text, LONGEST))
        for index, text in pieces:
            yield Passage(
                id=_identity(page, section.path[-1] if section.path else title, taken),
                title=title,
                text="\n".join(plain(line) for line in text.split("\n")),
                source=page.name,
                line=section.line + (index if index else 0),
                entity=str(entity) if entity else None,
                language=language,
                kind=kind,
                aliases=tuple(map(str, [aliases] if isinstance(aliases, str) else aliases)),
            )


def _yaml(page: _Page, text: str, offset: int = 0) -> tuple[Any, yaml.Node | None]:
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        return yaml.load(text, Loader=yaml.CSafeLoader), node  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line + 1 if mark else 1) + offset
        raise page.error(f"is not valid YAML ({error.problem or error})", "mend that line", line) from error
    except (yaml.YAMLError, ValueError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1 + offset
        raise page.error("is not valid YAML", "mend or remove the characters on that line", line) from error


def _yaml_file(page: _Page) -> Iterator[Passage | Product]:
    data, node = _yaml(page, page.text())
    lines: list[int] = []
    if isinstance(node, yaml.MappingNode):
        lists = [value for key, value in node.value if key.value in _LISTS]
        node = lists[0] if lists else None
    if isinstance(node, yaml.SequenceNode):
        lines = [item.start_mark.line + 1 for item in node.value]
    yield from _records(page, data, lines)


def _json_file(page: _Page) -> Iterator[Passage | Product]:
    text = page.text()
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise page.error(f"is not valid JSON ({error.msg})", "mend that line", error.lineno) from error
    except RecursionError as error:
        raise page.error("is nested too deeply", "write a plain list of entries", 1) from error
    opening = re.search(r'"(?:%s)"\s*:\s*\[' % "|".join(_LISTS), text) if isinstance(data, dict) else re.search(r"\[", text)
    yield from _records(page, data, _json_lines(text, opening.end()) if opening else [])


def _json_lines(text: str, position: int) -> list[int]:
    decoder, lines = json.JSONDecoder(), list[int]()
    line, seen = 1, 0
    while True:
        while position < len(text) and text[position] in " \t\n,":
            position += 1
        if position >= len(text) or text[position] == "]":
            return lines
        line += text.count("\n", seen, position)
        seen = position
        lines.append(line)
        _, position = decoder.raw_decode(text, position)


_LISTS = ("products", "faq", "faqs", "entries", "questions", "passages")


def _records(page: _Page, data: Any, lines: list[int]) -> Iterator[Passage | Product]:
    common: dict[str, Any] = {}
    if isinstance(data, Mapping):
        key = next((key for key in _LISTS if isinstance(data.get(key), list)), None)
        if key is None:
            raise page.error("holds no list of entries", "put them under `products:` or `entries:`", 1)
        common = {str(k): v for k, v in data.items() if k != key}
        data = data[key]
    if not isinstance(data, list):
        raise page.error("is no list of entries", "write a list of {question, answer} or of products", 1)
    for number, item in enumerate(data):
        line = lines[number] if number < len(lines) else 1
        if not isinstance(item, Mapping):
            page.problems.append(page.error(f"entry {number + 1} is no `key: value` record", "mend the entry", line))
            continue
        made = _record(page, {**common, **item}, line, number)
        if made is not None:
            yield made


def _record(page: _Page, item: Mapping[str, Any], line: int, number: int) -> Passage | Product | None:
    """One entry as a passage or a product, or None after its problem has been noted."""
    title = item.get("question") or item.get("title")
    text = item.get("answer") or item.get("text") or item.get("body")
    if title and text:
        entity = item.get("entity")
        aliases = item.get("aliases") or ()
        both = f"{title}\n{text}"
        return Passage(
            id=str(item.get("id") or f"{page.name.rsplit('.', 1)[0]}#{_slug(str(title))}-{number + 1}"),
            title=str(title).strip(),
            text=str(text).strip(),
            source=page.name,
            line=line,
            entity=str(entity) if entity else None,
            language=_language(page, item.get("language"), both),
            kind=page.kind if page.kind != "product" else "faq",
            aliases=tuple(map(str, [aliases] if isinstance(aliases, str) else aliases)),
        )
    missing = [key for key in ("id", "name") if not item.get(key)]
    if not missing and ("price" in item or "specification" in item or "summary" in item):
        broken = _bad_product(item)
        if broken is None:
            return Product(item, line)
        page.problems.append(page.error(*broken, line))
    elif item.get("name") or item.get("price"):
        wanted = missing or ["price"]
        page.problems.append(page.error(f"product lacks {' and '.join(wanted)}", "add it to the record", line))
    else:
        wanted = ["question"] if not title else ["answer"]
        page.problems.append(page.error(f"entry lacks {wanted[0]}", "give it a question and an answer", line))
    return None


def _bad_product(item: Mapping[str, Any]) -> tuple[str, str] | None:
    value = item.get("price")
    if value is not None and not isinstance(value, int | float):
        return f"price {value!r} of {item['id']} is no number", "write it as 49.90"
    if not isinstance(item.get("specification") or {}, Mapping):
        return f"specification of {item['id']} is no `key: value` list", "write e.g. `power: 12 W`"
    return None


def _csv(page: _Page) -> Iterator[Passage | Product]:
    text = page.text()
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        known = [{"question", "answer"}, {"title", "text"}, {"id", "name"}]
        if not any(wanted <= set(columns) for wanted in known):
            raise page.error(
                "has no columns that can be read", "name them question,answer or title,text or id,name,price,...", 1
            )
        line = reader.line_num + 1
        for number, row in enumerate(reader):
            if None in row:
                page.problems.append(page.error("row has more cells than the header", "quote cells with commas", line))
            else:
                made = _record(page, _cells(row), line, number)
                if made is not None:
                    yield made
            line = reader.line_num + 1
    except csv.Error as error:
        raise page.error(f"is not valid CSV ({error})", "mend that line", reader.line_num) from error


def _cells(row: Mapping[str, str | None]) -> dict[str, Any]:
    """A row's cells; a product's price and stock as numbers, columns not of ours as specification."""
    record: dict[str, Any] = {key: value.strip() for key, value in row.items() if value and value.strip()}
    if "name" not in record or "question" in record or "title" in record:
        return record
    own = {"id", "name", "name_zh", "aliases", "price", "currency", "stock", "restock", "warranty_months", "summary"}
    own |= {"summary_zh", "compatible_with", "not_compatible_with", "note", "category", "category_zh", "language"}
    for key in ("aliases", "compatible_with", "not_compatible_with"):
        if key in record:
            record[key] = [part.strip() for part in re.split(r"[;|]", record[key]) if part.strip()]
    for key in ("price", "stock", "warranty_months"):
        try:
            record[key] = float(record[key]) if key == "price" else int(record[key])
        except (KeyError, ValueError):
            continue
    return {k: v for k, v in record.items() if k in own} | {
        "specification": {k.replace("_", " "): v for k, v in record.items() if k not in own}
    }


_READERS: dict[str, Callable[[_Page], Iterator[Passage | Product]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _markdown,
    ".html": _html,
    ".htm": _html,
    ".yaml": _yaml_file,
    ".yml": _yaml_file,
    ".json": _json_file,
    ".csv": _csv,
}
