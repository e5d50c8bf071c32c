"""What stands in a customer's topic: its name, the card with its buttons, the turns, and what changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram_lines import button
from bot.channels.telegram_text import escape
from bot.conversation import Conversation, Turn
from bot.desk import DeskEntry, suggested
from retrieval.passages import Language

_ICONS = {"queued": "🔴", "human": "🟢", "bot": "🤖", "closed": "✅"}
_STAFF_ID = re.compile(r"s\d")
_SHOWN_TURNS, _SHOWN_SIGNS = 6, 140  # of what was said before, on the card

_WORDS: dict[str, tuple[str, str]] = {
    "waits": ("waits for a person since {time} · urgency {urgency}", "等候人工，自 {time} 起 · 紧急度 {urgency}"),
    "held": ("with {operator}", "由 {operator} 接待"),
    "why": ("Why", "转接原因"),
    "mood": ("Mood", "情绪"),
    "found": ("Passages found", "找到的资料"),
    "suggested": ("Suggested reply (tap to copy)", "建议回复（点按复制）"),
    "before": ("Before", "此前对话"),
    "how": (
        "<b>Take</b> it, then write here: the customer reads it. /note is for colleagues only; "
        "/release, /close and /transfer @name work too.",
        "先点<b>接待</b>，之后在此发送的内容会转给客户。/note 仅同事可见；也可用 /release、/close、/transfer @名字。",
    ),
    "take": ("Take", "接待"),
    "back": ("Hand back", "交还机器人"),
    "close": ("Close", "结束"),
    "now_human": ("{operator} has taken the conversation.", "{operator} 已接待。"),
    "now_bot": ("The bot has the conversation again.", "对话已交还机器人。"),
    "now_queued": ("The customer waits for a person.", "客户正在等候人工。"),
    "now_closed": ("The conversation is closed ({reason}).", "对话已结束（{reason}）。"),
    "rated": ("The customer rated it {score} of 5.", "客户评分：{score}/5。"),
    "contact": ("Ticket {ticket}: can be reached at {ways}", "工单 {ticket}：联系方式 {ways}"),
    "missing": (
        "⚠️ Telegram refuses to show what stands here; read it at the web desk.",
        "⚠️ Telegram 无法显示此处内容，请在网页工作台查看。",
    ),
    "desk": ("web desk", "网页工作台"),
    "bot": ("Bot", "机器人"),
}


def say(key: str, language: Language, **facts: object) -> str:
    """A line as Telegram HTML; the facts are escaped here."""
    english, chinese = _WORDS[key]
    safe = {name: escape(str(value)) for name, value in facts.items()}
    return (chinese if language == "zh" else english).format(**safe)


def language(conversation: Conversation) -> Language:
    """The customer's: whoever answers reads it."""
    return conversation.language or conversation.customer.language or "en"


def who(conversation: Conversation) -> str:
    """The customer's name on one line, or a short sign of who it is."""
    return _line(conversation.customer.name or "")[:60] or f"Visitor {conversation.id.partition(':')[2][:5]}"


def topic_name(conversation: Conversation) -> str:
    """The topic's name, 1 to 128 characters: where it stands, who, and from where."""
    holder = f" · {_line(conversation.operator)}" if conversation.owner == "human" and conversation.operator else ""
    return f"{_ICONS[conversation.owner]} {who(conversation)} · {conversation.channel}{holder}"[:128]


def state(conversation: Conversation) -> str:
    """What a topic shows of its conversation, to compare."""
    return f"{conversation.owner}:{conversation.operator or ''}"


def card(entry: DeskEntry, turns: Iterable[Turn], clock: str) -> str:
    """Who, where from, why, how they feel, what is asked, what was found, what to say; as Telegram HTML.

    ``clock`` is since when the customer waits, as text.
    """
    held = entry.conversation
    tongue = language(held)
    where = (
        say("held", tongue, operator=held.operator or "")
        if held.owner == "human"
        else say("waits", tongue, time=clock, urgency=f"{entry.urgency:.1f}")
    )
    lines = [f"<b>{escape(who(held))}</b> · {escape(held.channel)} · {where}"]
    if entry.reasons:
        lines.append(f"<b>{say('why', tongue)}:</b> {escape(_short('; '.join(entry.reasons), 300))}")
    if entry.mood_curve:
        lines.append(f"<b>{say('mood', tongue)}:</b> {_curve(entry)}")
    lines += ["", *(escape(_short(line, 220)) for line in entry.summary.splitlines()[:3])]
    if entry.last_sources:
        found = (
            f"{_short(source.title, 60)} ({_short(source.source, 60)}:{source.line})"
            for source in entry.last_sources[:5]
        )
        lines += ["", f"<b>{say('found', tongue)}:</b>", *(f"• {escape(line)}" for line in found)]
    lines += ["", f"<b>{say('suggested', tongue)}:</b>", f"<code>{escape(_short(suggested(entry), 600))}</code>"]
    if spoken := _spoken(turns):
        said = "\n".join(f"{_speaker(turn, held)}: {_short(turn.text, _SHOWN_SIGNS)}" for turn in spoken)
        lines += ["", f"<b>{say('before', tongue)}:</b>", f"<blockquote expandable>{escape(said)}</blockquote>"]
    return "\n".join([*lines, "", say("how", tongue)])


def left_out(turns: Sequence[tuple[str, Turn]], conversation: Conversation) -> list[tuple[str, str]]:
    """The turns from the first one that the card cuts or leaves out, with their ids: the customer's in full.

    What the bot answered before the conversation was fenced is settled and stays out.
    """
    answered = max((place for place, (_, said) in enumerate(turns) if said.author == "bot"), default=0)
    start = max((place + 1 for place, (_, said) in enumerate(turns[:answered]) if said.fence), default=0)
    whole = [said for said in _spoken(conversation.turns) if len(" ".join(said.text.split())) <= _SHOWN_SIGNS]
    parts = [
        (turn_id, turn(said, conversation) if said.author == "customer" and said not in whole else "")
        for turn_id, said in turns[start:]
    ]
    first = next((place for place, (_, markup) in enumerate(parts) if markup), len(parts))
    return parts[first:]


def keyboard(conversation: Conversation, thread: int) -> InlineKeyboardMarkup:
    """Take, Hand back and Close; after the end only Take."""
    tongue = language(conversation)
    holder = conversation.operator if conversation.owner == "human" else None
    row = [button(f"✓ {holder}" if holder else say("take", tongue), f"take:{thread}")]
    if conversation.owner in ("queued", "human"):
        row.append(button(say("back", tongue), f"back:{thread}"))
    if conversation.owner != "closed":
        row.append(button(say("close", tongue), f"close:{thread}"))
    rows: list[list[InlineKeyboardButton]] = [row]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def turn(said: Turn, conversation: Conversation) -> str:
    """A turn as the topic shows it; empty for what stands there already or is told otherwise."""
    tongue = language(conversation)
    from_topic = said.author in ("human", "system") and _STAFF_ID.match(said.message_id) is not None
    if from_topic or not said.text.strip():
        return ""
    if said.private:
        return f"📝 <b>{escape(said.operator or '')}</b> ({say('desk', tongue)}): {escape(said.text)}"
    if said.author == "customer":
        unhappy = said.mood is not None and said.mood.dissatisfaction >= 0.5
        edited = conversation.channel == "telegram" and "." in said.message_id
        marks = f"{' 😠' if unhappy else ''}{' ✏️' if edited else ''}"
        return f"<b>{escape(who(conversation))}</b>{marks}: {escape(said.text)}"
    if said.author == "human":
        return f"➡️ <b>{escape(said.operator or '')}</b> ({say('desk', tongue)}): {escape(said.text)}"
    if said.author == "bot":
        return f"➡️ <b>{say('bot', tongue)}</b>: {escape(said.text)}"
    return ""  # the system's lines: the topic says what changed in its own words


def change(conversation: Conversation) -> str:
    """The line that says who has the conversation now."""
    reason = "; ".join(conversation.reasons)
    facts = {"operator": conversation.operator or "?", "reason": _short(reason, 300)}
    return f"<i>{say(f'now_{conversation.owner}', language(conversation), **facts)}</i>"


def contact(conversation: Conversation, ticket: str, ways: Iterable[str]) -> str:
    """The line that says where the customer can be reached."""
    return f"✉️ {say('contact', language(conversation), ticket=ticket, ways=', '.join(ways))}"


def rating(conversation: Conversation, score: int) -> str:
    """The line that says how the customer found it, from 1 to 5 stars."""
    return f"{'★' * score}{'☆' * (5 - score)} {say('rated', language(conversation), score=score)}"


def _spoken(turns: Iterable[Turn]) -> list[Turn]:
    """The last turns, as the card shows them."""
    return [said for said in turns if said.text.strip() and said.author != "system"][-_SHOWN_TURNS:]


def _speaker(said: Turn, conversation: Conversation) -> str:
    if said.author == "customer":
        return who(conversation)
    name = said.operator or say("bot", language(conversation))
    return f"📝 {name}" if said.private else name


def _curve(entry: DeskEntry) -> str:
    """The last moods as faces, then the last one in figures."""
    moods = entry.mood_curve[-8:]
    faces = "".join("🙂" if mood > 0.25 else "😐" if mood > -0.25 else "🙁" if mood > -0.6 else "😠" for mood in moods)
    last = next(turn.mood for turn in reversed(entry.conversation.turns) if turn.mood is not None)
    return f"{faces} {last.label} ({last.score:+.2f}), dissatisfaction {last.dissatisfaction:.2f}"


def _line(text: str) -> str:
    """On one line and without signs that control how others are shown."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
