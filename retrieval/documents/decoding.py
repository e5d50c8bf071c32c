"""Turns a file's bytes into text: UTF-8, what a byte order mark says, or the Chinese and Western encodings of old."""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

from retrieval.errors import InputError

logger = logging.getLogger(__name__)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first bytes of the signs and of the characters that each encoding put first, for they are used most; a text in
# another encoding has many that are not.
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
_FREQUENT = {
    "gb18030": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|[\xa1-\xa3][\x40-\xfe]"),
}
_FEWEST_FREQUENT = 0.3
"""The least share of frequent characters in Chinese. Simplified text in GB18030 and traditional text in Big5 have over
0.9 of them, traditional text in GB18030 about a half; Western text, taken for either, has next to none."""
_SIDE_BY_SIDE = re.compile(rb"[\x80-\xff]{2}|(?:[\xa4-\xc6][\x40-\x7e]){2}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u2010-\u2027\u2030-\u206f]")
_WESTERN = re.compile(r"[\u00a0-\u00ff\u2010-\u203a\u20ac\u2122\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_RUBBISH = re.compile(r"\b[\u00c0-\u00ff]{2,}\b|[\u00c0-\u00ff]{3}")


def decode(path: Path, raw: bytes) -> str:
    """The text of a file. Raises InputError with the line where it is binary or of no encoding that is known."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strictly(path, raw[len(mark) :], encoding)
    if found := _CONTROL.search(raw):
        line = raw[: found.start()].count(b"\n") + 1
        raise InputError("holds binary data", "save it as text", path=path, line=line)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        if error.end >= len(raw) and error.reason == "unexpected end of data":
            raise InputError(
                "ends in the middle of a character",
                "let it be written to its end, or save it again",
                path=path,
                line=line,
            ) from error
        guessed = _guess(raw)
        if guessed is None:
            raise InputError("not UTF-8 text", "save it as UTF-8", path=path, line=line) from error
        encoding, text = guessed
        logger.info("%s is read as %s, for it is not UTF-8", path, encoding.upper())
        return text


def _strictly(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise InputError(f"not {encoding.upper()} text", "save it as UTF-8", path=path, line=line) from error


def _guess(raw: bytes) -> tuple[str, str] | None:
    """The likeliest of the old encodings and the text in it; None where none gives text that anybody would write.

    Detectors made for long texts of any language take a heading of two characters in GBK for Big5; here it is known
    that a shop writes Chinese or a Western language, and how often the characters are used decides.
    """
    shares = {encoding: _frequent(raw, encoding) for encoding in _FREQUENT}
    chinese = [encoding for encoding, share in shares.items() if share >= _FEWEST_FREQUENT]
    for encoding in [*sorted(chinese, key=lambda encoding: -shares[encoding]), "cp1252"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _plausible(text, encoding):
            return encoding, text
    return None


def _frequent(raw: bytes, encoding: str) -> float:
    """The share of frequent characters among all that take two bytes; none where each stands alone among plain letters."""
    if not _SIDE_BY_SIDE.search(raw):
        return 0.0
    pairs = _PAIR.findall(raw)
    return sum(1 for pair in pairs if _FREQUENT[encoding].match(pair)) / max(1, len(pairs))


def _plausible(text: str, encoding: str) -> bool:
    beyond = [character for character in text if ord(character) > 127]
    if encoding == "cp1252":  # accents stand among plain letters: rubbish does not
        return all(map(_WESTERN.match, beyond)) and not _RUBBISH.search(text)
    return sum(1 for character in beyond if _CHINESE.match(character)) >= 0.9 * len(beyond)
