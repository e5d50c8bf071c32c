"""Text in UTF-8, with byte order marks, and in the encodings of old; what is no text is said to be none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.decoding import decode
from retrieval.errors import InputError

_RETURNS = "# 退货\n\n## 灯具多久之内可以退货？\n灯具可在送达后45天内退货，运费6.00新元。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (_RETURNS, "utf-8"),
        (_RETURNS, "utf-8-sig"),
        (_RETURNS, "utf-16"),
        (_RETURNS, "gbk"),
        (_RETURNS, "gb18030"),
        ("价格\n", "gbk"),
        ("question,answer\n多久？,三天\n", "gbk"),
        ("## Hours\nWe open at 9.\n\n## 几点开门？\n九点。\n", "gbk"),
        ("## 退貨\n燈具可在送達後45天內退貨，運費由我們負責。\n", "big5"),
        ("## 燈\n5元\n", "big5"),
        ("## 退貨\n燈具可在送達後45天內退貨，運費由我們負責。如有問題，請與我們聯絡。\n", "gb18030"),
        ("Our café is open: £5, “only” today. Naïve façade, crème brûlée.\n", "cp1252"),
        ("If you don’t like it you’ll get your money back. It’s free.", "cp1252"),
        ("“I’m glad we’ve found it” – that’s what customers say…\n", "cp1252"),
        ("id,name,price\n1,Björk Lamp,49.90\n2,Crème Mug,9.90\n", "cp1252"),
        ("# Pflege\nWaschbar bei 40°C. Größe: 30×40 cm.\n", "cp1252"),
        ("Wash at 40°C.\n", "cp1252"),
        ("Événement à l’île: créée à Zürich, façon Ångström, señor Ñandú.\n", "cp1252"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_saved_in(text: str, encoding: str) -> None:
    assert decode(Path("a.md"), text.encode(encoding)) == text


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=80))
def test_utf8_is_never_taken_for_another(text: str) -> None:
    assert decode(Path("a.md"), text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("raw", "problem", "line"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary", 2),
        (b"good\nbad \x00\n", "binary", 2),
        (b"# ok\n\xff\xfe\n", "not UTF-8", 2),
        (bytes(range(128, 256)) * 3, "not UTF-8", 1),
        ("Лампа стоит 49 долларов.\n".encode("cp1251"), "not UTF-8", 1),
        ("第一行\n第二行".encode()[:-1], "middle of a character", 2),
        (b"\xff\xfea", "UTF-16", 1),
    ],
)
def test_what_is_no_text_is_named_with_its_line(raw: bytes, problem: str, line: int) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        decode(Path("a.md"), raw)
    assert caught.value.line == line and caught.value.mend
