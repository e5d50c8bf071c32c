"""Telegram's HTML subset and its limit."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_text import LIMIT, plain, split, to_html, units, with_links

ALLOWED = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}


class Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def well_formed(markup: str) -> None:
    checker = Checker()
    checker.feed(markup)
    checker.close()
    assert not checker.stack
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#\d+;)", markup)


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("**30 days** and *more*", "<b>30 days</b> and <i>more</i>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("# Returns\ntext", "<b>Returns</b>\ntext"),
        ("- one\n- two", "• one\n• two"),
        ("run `a < b`", "run <code>a &lt; b</code>"),
        ("```py\nx = 1\n```", "<pre>x = 1</pre>"),
        ("> quoted\n> twice\nafter", "<blockquote>quoted\ntwice</blockquote>\nafter"),
        ("[shop](https://x.sg/a?b=1&c=2)", '<a href="https://x.sg/a?b=1&amp;c=2">shop</a>'),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("**open and `code", "**open and `code"),
        ("**退货期 30 天**，请保留包装。", "<b>退货期 30 天</b>，请保留包装。"),
        ("see https://shop.example/_a_/b, *now*", "see https://shop.example/_a_/b, <i>now</i>"),
        ("https://t.co/x?id=_q_&b=*c*", "https://t.co/x?id=_q_&amp;b=*c*"),
        ("**请看 https://x.cn/~~a~~/b**，*谢谢*", "<b>请看 https://x.cn/~~a~~/b</b>，<i>谢谢</i>"),
    ],
)
def test_markdown_becomes_the_subset(text: str, markup: str) -> None:
    assert to_html(text) == markup


@pytest.mark.parametrize(
    ("text", "label", "written"),
    [
        ("Return form here, please", "here", "Return form here (https://x.sg/rma), please"),
        ("😀 退货表在这里", "这里", "😀 退货表在这里 (https://x.sg/rma)"),
    ],
)
def test_a_link_under_a_label_is_written_out(text: str, label: str, written: str) -> None:
    offset = units(text[: text.index(label)])
    link = MessageEntity(type="text_link", offset=offset, length=units(label), url="https://x.sg/rma")
    bold = MessageEntity(type="bold", offset=0, length=2)
    assert with_links(text, [bold, link]) == written
    assert with_links(text, None) == text


@given(st.text(alphabet="*_~`[]()<>&#-> \nab退😀https://", max_size=80))
def test_any_text_becomes_well_formed_markup(text: str) -> None:
    well_formed(to_html(text))


@given(
    st.text(alphabet="*_`<>& \n.a退😀👍🏽\u200d", max_size=300),
    st.integers(min_value=8, max_value=60),
)
def test_pieces_are_well_formed_fit_and_lose_no_word(text: str, limit: int) -> None:
    markup = to_html(text)
    pieces = split(markup, limit)
    for piece in pieces:
        well_formed(piece)
        assert 0 < units(plain(piece)) <= limit
    assert "".join("".join(plain(p) for p in pieces).split()) == "".join(plain(markup).split())


def test_a_long_message_breaks_at_its_paragraphs() -> None:
    pieces = split("\n\n".join(["word " * 300] * 5))
    assert len(pieces) == 3
    assert all(units(piece) <= LIMIT for piece in pieces)
    assert pieces[0].endswith("word") and pieces[1].startswith("word")


def test_bold_goes_on_in_the_next_piece_and_emoji_stay_whole() -> None:
    pieces = split(f"<b>{'😀' * 3000}</b>")
    assert len(pieces) == 2
    assert all(piece.startswith("<b>") and piece.endswith("</b>") for piece in pieces)
    assert sum(piece.count("😀") for piece in pieces) == 3000
    assert units(plain(pieces[0])) == LIMIT
