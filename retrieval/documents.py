"""Reads the shop's files into passages: Markdown, YAML, JSON, CSV and HTML, each with its source and line."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language, Passage, PassageKind
from retrieval.products import product_passages

_LONGEST = 1500  # characters of a passage; longer sections are split at paragraphs
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The passages of a folder, the sha256 of every file read, and the files that had to be skipped."""

    passages: tuple[Passage, ...]
    hashes: dict[str, str]
    problems: tuple[InputError, ...]


def load(folder: Path) -> Loaded:
    """Read every known file under ``folder``. A malformed one is named with its line and skipped; the rest is kept.

    Raises InputError where the folder does not exist.
    """
    if not folder.is_dir():
        raise InputError("no such folder", "name the folder of the shop's files", path=folder)
    passages: list[Passage] = []
    hashes: dict[str, str] = {}
    problems: list[InputError] = []
    for path in files(folder):
        source = path.relative_to(folder).as_posix()
        try:
            raw = path.read_bytes()
            found = read(path, source, raw)
        except InputError as error:
            problems.append(error)
        except OSError as error:
            problems.append(InputError(f"cannot be read ({error.strerror})", "check its permissions", path=path))
        else:
            passages += found
            hashes[source] = hashlib.sha256(raw).hexdigest()
    return Loaded(tuple(_unique(_named(passages))), hashes, tuple(problems))


def files(folder: Path) -> list[Path]:
    """The files that can be read, in a stable order; hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _READERS and path.is_file()
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def read(path: Path, source: str, raw: bytes) -> list[Passage]:
    """The passages of one file's bytes. Raises InputError with the line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError("not UTF-8 text", "save it as UTF-8", path=path, line=line) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise InputError("holds binary data", "save it as text", path=path, line=line)
    return _READERS[path.suffix.lower()](path, source, text)


def _named(passages: list[Passage]) -> list[Passage]:
    """Products name each other by id; a customer reads names, which may stand in another file."""
    names = {(dict(p.fields).get("id", ""), p.language): p.title for p in passages if p.kind == "product"}
    ids = sorted({product_id for product_id, _ in names if product_id}, key=len, reverse=True)
    if not ids:
        return passages
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ids))})(?![\w-])")

    def name(match: re.Match[str], passage: Passage) -> str:
        return names.get((match[0], passage.language)) or names.get((match[0], "en")) or match[0]

    return [
        replace(p, text=pattern.sub(functools.partial(name, passage=p), p.text)) if p.kind == "product" else p
        for p in passages
    ]


def _unique(passages: list[Passage]) -> Iterator[Passage]:
    """The same id twice (the same question twice in a file) gets a number."""
    seen: dict[str, int] = {}
    for passage in passages:
        count = seen[passage.id] = seen.get(passage.id, 0) + 1
        yield passage if count == 1 else replace(passage, id=f"{passage.id}-{count}")


def _kind(source: str) -> PassageKind:
    top = source.partition("/")[0]
    return "faq" if top.startswith("faq") else "policy" if top.startswith("polic") else "document"


def _id(source: str, title: str) -> str:
    slug = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")[:60]
    return f"{source}#{slug}"


# --- Markdown ---


def _markdown(path: Path, source: str, text: str) -> list[Passage]:
    lines = text.splitlines()
    front, start = _front_matter(path, lines)
    language = _language(front.get("language"), path, text)
    kind = _kind(source)
    trail: list[str] = []
    found: list[Passage] = []
    body: list[str] = []
    at = start + 1

    def flush() -> None:
        for offset, part in _split("\n".join(body)):
            # A question stands alone; a section is named with the page it belongs to.
            title = trail[-1] if kind == "faq" and trail else ": ".join(trail[-2:]) or path.stem
            aliases = tuple(str(alias) for alias in front.get("glossary", ()))
            found.append(Passage(_id(source, title), title, part, source, at + offset, None, language, kind, aliases))

    fenced = False
    for number, line in enumerate(lines[start:], start + 1):
        fenced ^= line.lstrip().startswith("```")
        match = None if fenced else _HEADING.match(line)
        if match is None:
            body.append(line)
            continue
        flush()
        body, at = [], number
        level = len(match[1])
        del trail[level - 1 :]
        trail.append(match[2].strip())
    flush()
    return found


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, Any], int]:
    """The YAML block between two --- lines at the top, and the number of lines it takes."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise InputError("the front matter is not closed", "end it with a line ---", path=path, line=1)
    data = _yaml(path, "\n".join(lines[1:end]), 1)
    if data is not None and not isinstance(data, dict):
        raise InputError("the front matter is not 'name: value' lines", "mend it", path=path, line=2)
    return data or {}, end + 1


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Parts of at most _LONGEST characters, broken at blank lines, with the line each begins at."""
    text = text.strip("\n")
    if not text.strip():
        return
    if len(text) <= _LONGEST:
        yield 0, text.strip()
        return
    part: list[str] = []
    size, offset, line = 0, 0, 0
    for block in re.split(r"\n\s*\n", text):
        if part and size + len(block) > _LONGEST:
            yield offset, "\n\n".join(part).strip()
            part, size, offset = [], 0, line
        for piece in [block[i : i + _LONGEST] for i in range(0, len(block), _LONGEST)] or [block]:
            part.append(piece)
            size += len(piece)
        line += block.count("\n") + 2
    if part:
        yield offset, "\n\n".join(part).strip()


def _language(named: Any, path: Path, text: str) -> Language:
    if named in ("en", "zh"):
        return named  # type: ignore[no-any-return]
    if named is not None:
        raise InputError(f"language is {named!r}", "write language: en or language: zh", path=path, line=2)
    return "zh" if path.stem.endswith(".zh") else detect(text)


# --- records ---


def _yaml(path: Path, text: str, offset: int = 0) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise InputError(f"not valid YAML: {problem}", "check indents and quotes", path=path, line=line) from error


def _yaml_file(path: Path, source: str, text: str) -> list[Passage]:
    return _records(path, source, text, _yaml(path, text))


def _json_file(path: Path, source: str, text: str) -> list[Passage]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not valid JSON: {error.msg}", "mend it", path=path, line=error.lineno) from error
    return _records(path, source, text, data)


def _records(path: Path, source: str, text: str, data: Any) -> list[Passage]:
    """A catalogue ({products: [...]}), or a list of {question, answer} or {id, title, text, entity}."""
    if data is None:
        return []
    lines = text.splitlines()
    if isinstance(data, dict) and isinstance(data.get("products"), list):
        return product_passages(path, source, lines, data)
    items = data.get("entries", data.get("faq")) if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise InputError(
            "neither a list of entries nor a catalogue with 'products'", "see docs/knowledge.md", path=path, line=1
        )
    found = []
    at = 0
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            at = _line_of(lines, str(item.get("question") or item.get("title") or ""), at)
        found.append(_entry(path, source, at + 1, item, number))
    return found


def _entry(path: Path, source: str, line: int, item: Any, number: int) -> Passage:
    if not isinstance(item, dict):
        raise InputError(f"entry {number} is not a mapping", "write question: and answer:", path=path, line=line)
    title = item.get("question") or item.get("title")
    text = item.get("answer") or item.get("text")
    if not title or not text:
        raise InputError(
            f"entry {number} needs a question and an answer", "write question: and answer:", path=path, line=line
        )
    title, text = str(title).strip(), str(text).strip()
    language = _language(item.get("language"), path, title + text)
    entity = item.get("entity")
    return Passage(
        str(item.get("id") or _id(source, title)),
        title,
        text,
        source,
        line,
        str(entity) if entity else None,
        language,
        _kind(source) if _kind(source) != "document" else "faq",
        tuple(map(str, item.get("aliases") or ())),
    )


def _line_of(lines: list[str], needle: str, start: int) -> int:
    """The index of the first line from ``start`` that holds the needle's beginning; ``start`` where none does."""
    needle = needle.strip()[:40]
    return next((i for i, line in enumerate(lines[start:], start) if needle and needle in line), start)


def _csv_file(path: Path, source: str, text: str) -> list[Passage]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    header = {name.strip().casefold() for name in reader.fieldnames or () if name}
    if not ({"question", "answer"} <= header or {"title", "text"} <= header or {"id", "name", "price"} <= header):
        raise InputError(
            "the first row names no known columns", "name them question,answer or id,name,price,...", path=path, line=1
        )
    found: list[Passage] = []
    rows: list[dict[str, Any]] = []
    try:
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                raise InputError(
                    "the row has not as many cells as the first row", "check commas and quotes", path=path, line=line
                )
            item = {str(key).strip().casefold(): value.strip() for key, value in row.items()}
            if "name" in header and "price" in header:
                rows.append({key: value for key, value in item.items() if value})
            elif any(item.values()):
                found.append(_entry(path, source, line, item, line))
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", "check quotes", path=path, line=reader.line_num) from error
    return found or product_passages(path, source, text.splitlines(), {"products": rows})


def _html_file(path: Path, source: str, text: str) -> list[Passage]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for tag in soup(["script", "style", "nav", "template", "noscript"]):
        tag.decompose()
    page = soup.title.get_text(" ", strip=True) if soup.title else path.stem
    named = soup.html.get("lang") if soup.html else None
    language: Language = "zh" if str(named or "").startswith("zh") else "en" if named else detect(soup.get_text())
    found: list[Passage] = []
    title, at = page, 1
    body: list[str] = []

    def flush() -> None:
        for _, part in _split("\n\n".join(body)):
            found.append(Passage(_id(source, title), title, part, source, at, None, language, _kind(source)))

    for tag in soup.find_all(["h1", "h2", "h3", "h4", "p", "li", "tr", "dt", "dd", "blockquote"]):
        words = tag.get_text(" ", strip=True)
        if tag.name in ("h1", "h2", "h3", "h4"):
            flush()
            title, at, body = words or page, tag.sourceline or 1, []
        elif words and tag.find_parent(["li", "tr", "blockquote"]) is None:
            if tag.name == "tr":
                words = " | ".join(cell.get_text(" ", strip=True) for cell in tag.find_all(["td", "th"]))
            body.append(f"- {words}" if tag.name == "li" else words)
    flush()
    return found


_READERS: dict[str, Callable[[Path, str, str], list[Passage]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".yaml": _yaml_file,
    ".yml": _yaml_file,
    ".json": _json_file,
    ".csv": _csv_file,
    ".html": _html_file,
    ".htm": _html_file,
}
