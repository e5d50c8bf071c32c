"""Loads a folder: finds its files, reads each while it holds still, and keeps what is right where one is not."""

from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from retrieval.documents.decoding import decode
from retrieval.documents.html import read_html
from retrieval.documents.markdown import read_markdown
from retrieval.documents.naming import unique
from retrieval.documents.pdf import read_pdf
from retrieval.documents.records import read_csv, read_json, read_yaml
from retrieval.documents.word import read_docx
from retrieval.errors import InputError
from retrieval.passages import Passage

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read."""
_TRIES = 4
_PAUSE = 0.1  # seconds until a file that changed while it was read is read again

_TEXT: dict[str, Callable[[Path, str, str], list[Passage]]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_markdown,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
    ".csv": read_csv,
    ".html": read_html,
    ".htm": read_html,
}
_BYTES: dict[str, Callable[[Path, str, bytes], list[Passage]]] = {".pdf": read_pdf, ".docx": read_docx}
_UNREAD = {
    ".doc": "DOCX or PDF",
    ".docm": "DOCX or PDF",
    ".odt": "DOCX or PDF",
    ".rtf": "DOCX or PDF",
    ".pages": "DOCX or PDF",
    ".wps": "DOCX or PDF",
    ".ppt": "PDF",
    ".pptx": "PDF",
    ".xls": "CSV",
    ".xlsx": "CSV",
    ".ods": "CSV",
    ".numbers": "CSV",
    ".et": "CSV",
}
_COMPATIBLE = {
    "en": (r"(?P<opening>The {} is (?:not )?compatible with: )(?P<listed>.+?)(?=\.(?!\S))", ", "),
    "zh": (r"(?P<opening>{}不?兼容：)(?P<listed>.+?)(?=。)", "、"),
}
"""How a product's text lists others, and what parts them."""
_HALF = re.compile("[\ud800-\udfff]")
SUFFIXES = frozenset(_TEXT) | frozenset(_BYTES)
"""The files that are read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The passages of a folder, the sha256 of every file read, and the files that had to be skipped."""

    passages: tuple[Passage, ...]
    hashes: dict[str, str]
    problems: tuple[InputError, ...]

    def keeping(self, folder: Path, earlier: Iterable[Passage]) -> Loaded:
        """With the ``earlier`` passages of those files under ``folder`` that could not be read this time."""
        broken = {_source(p.path, folder) for p in self.problems if p.path and p.path.is_relative_to(folder)}
        taken = {passage.id for passage in self.passages}
        kept = tuple(p for p in earlier if p.source in broken and p.id not in taken)
        return replace(self, passages=self.passages + kept)


def load(folder: Path) -> Loaded:
    """Read every known file under ``folder``. A malformed one is named with its line and skipped; the rest is kept.

    Raises InputError where the folder does not exist.
    """
    if not folder.is_dir():
        raise InputError("no such folder", "name the folder of the shop's files", path=folder)
    passages: list[Passage] = []
    hashes: dict[str, str] = {}
    problems: list[InputError] = []
    for path in _all_files(folder):
        source = _source(path, folder)
        try:
            if (wanted := _UNREAD.get(path.suffix.lower())) is not None:
                raise InputError(f"{path.suffix.lower()} files are not read", f"save it as {wanted}", path=path)
            raw = _settled(path)
            digest = hashlib.sha256(raw).hexdigest()
            found = _read_once(path, source, raw, digest)
        except InputError as error:
            problems.append(error)
        except OSError as error:
            problems.append(InputError(f"cannot be read ({error.strerror})", "check its permissions", path=path))
        else:
            passages += found
            hashes[source] = digest
    return Loaded(tuple(unique(_named(passages))), hashes, tuple(problems))


def _source(path: Path, folder: Path) -> str:
    return str(_whole(path.relative_to(folder).as_posix()))


def files(folder: Path) -> list[Path]:
    """The files that can be read, in a stable order; hidden ones are left out."""
    return [path for path in _all_files(folder) if path.suffix.lower() in SUFFIXES]


def _all_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES or path.suffix.lower() in _UNREAD
        if not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if path.is_file()
    )


def read(path: Path, source: str, raw: bytes) -> list[Passage]:
    """The passages of one file's bytes. Raises InputError with the line."""
    suffix = path.suffix.lower()
    try:
        found = (
            _BYTES[suffix](path, source, raw) if suffix in _BYTES else _TEXT[suffix](path, source, decode(path, raw))
        )
        return [_sound(passage) for passage in found]
    except RecursionError as error:
        raise InputError("is nested too deeply", "write it flatter", path=path) from error


def _settled(path: Path) -> bytes:
    """The bytes of a file that did not change while it was read. Raises InputError where it goes on changing."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        before = path.stat()
        if before.st_size > LARGEST:
            raise InputError(
                f"has {before.st_size / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are read", "split it", path=path
            )
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(raw) == after.st_size:
            return raw
    raise InputError("changes while it is read", "run `frontdesk index` again once it is written", path=path)


_kept: OrderedDict[tuple[str, str], list[Passage]] = OrderedDict()


def _read_once(path: Path, source: str, raw: bytes, digest: str) -> list[Passage]:
    """``read``; a long PDF or DOCX that is still the same is not taken apart again while the program runs."""
    if path.suffix.lower() not in _BYTES:
        return read(path, source, raw)
    key = (source, digest)
    if key not in _kept:
        _kept[key] = read(path, source, raw)
        while len(_kept) > 256:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _named(passages: list[Passage]) -> list[Passage]:
    """Products name what they are compatible with by id; a customer reads names, which may stand in another file."""
    names = {(dict(p.fields).get("id", ""), p.language): p.title for p in passages if p.kind == "product"}

    def named(product: Passage) -> str:
        sentence, comma = _COMPATIBLE[product.language]

        def listed(match: re.Match[str]) -> str:
            ids = match["listed"].split(comma)
            found = (names.get((i, product.language)) or names.get((i, "en")) or i for i in ids)
            return match["opening"] + comma.join(found)

        return re.sub(sentence.format(re.escape(product.title)), listed, product.text)

    return [replace(p, text=named(p)) if p.kind == "product" else p for p in passages]


def _sound(passage: Passage) -> Passage:
    """The passage without halves of characters, such as an export's cut emoji leaves: no file can hold them."""
    return replace(passage, **{field.name: _whole(getattr(passage, field.name)) for field in fields(passage)})


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("", value)
    return tuple(map(_whole, value)) if isinstance(value, tuple) else value
