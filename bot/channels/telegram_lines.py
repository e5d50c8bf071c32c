"""What the Telegram channel says by itself, and its buttons, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.base import ShopText
from bot.channels.telegram_text import escape
from bot.conversation import Turn
from retrieval.passages import Language

HUMAN: dict[Language, str] = {"en": "I want to talk to a human", "zh": "我要转人工"}

_WORDS: dict[str, tuple[str, str]] = {
    "start": (
        "Hello{comma_name}! I'm the virtual assistant of <b>{shop}</b>: a computer program, not a person. "
        "I answer from the shop's own information and can make mistakes; a person is one /human away. "
        "Ask me anything.",
        "您好{comma_name}！我是<b>{shop}</b>的智能助手，是 AI 程序，不是真人。我根据本店资料回答，也可能出错；"
        "发送 /human 即可转接人工客服。请直接提问。",
    ),
    "help": (
        "Write your question in your own words; a few messages in a row are read as one.\n\n"
        "/human – talk to a person ({hours})\n/new – begin a new conversation\n/language – English or 中文\n"
        "/privacy – what we keep of you\n/forget – erase everything we keep of you",
        "直接用您自己的话提问即可，连续发送的几条消息会一起阅读。\n\n"
        "/human – 转接人工客服（{hours}）\n/new – 开始新的对话\n/language – English 或 中文\n"
        "/privacy – 隐私说明\n/forget – 删除我们保存的您的全部信息",
    ),
    "group": (
        "Hello, I'm the virtual assistant of <b>{shop}</b>. In this group I answer when you mention @{bot} "
        "or reply to one of my messages. Please don't post order numbers here; write to me in private for that.",
        "大家好，我是<b>{shop}</b>的智能助手。在群里请 @{bot} 或回复我的消息来提问。请勿在群里发订单号，可私聊我。",
    ),
    "new": ("We begin anew. What would you like to know?", "我们重新开始。请问您想了解什么？"),
    "new_human": (
        "A colleague is with you in this conversation, so I'll leave it as it is.",
        "目前由人工客服为您服务，对话保持不变。",
    ),
    "with_human": (
        "A colleague has this conversation already; just write here.",
        "同事已在为您服务，直接在这里留言即可。",
    ),
    "language": ("Which language do you prefer?", "请选择语言："),
    "language_kept": ("I'll write to you in English.", "好的，我会用中文与您交流。"),
    "forget": (
        "Shall I erase this conversation and everything we keep of you? This cannot be undone.",
        "要删除本次对话和我们保存的您的全部信息吗？删除后无法恢复。",
    ),
    "forget_yes": ("Erase everything", "全部删除"),
    "forget_no": ("Keep it", "保留"),
    "forgotten": (
        "Everything we kept of you is erased. What stands in this chat stays on Telegram until you delete it there.",
        "我们保存的您的信息已全部删除。聊天窗口里的内容保存在 Telegram，需要您自己在 Telegram 中删除。",
    ),
    "kept": ("Nothing was erased.", "未删除任何内容。"),
    "thanks_up": ("Thank you, glad it helped.", "谢谢，很高兴帮到您。"),
    "thanks_down": (
        "Thank you for telling us. A person can help: use the button.",
        "感谢反馈。需要的话请点按钮转接人工客服。",
    ),
    "not_yours": ("Only the one who asked may press this.", "只有发起的人可以操作。"),
    "expired": ("This button is too old; please write your question.", "按钮已过期，请直接输入您的问题。"),
    "too_many": (
        "That is more than I can read at once, so I did not read what came last. "
        "Please wait a minute, then send what is missing in one message.",
        "您发送得太快，最后的消息我没有读到。请等一分钟，再把遗漏的内容合成一条发给我。",
    ),
    "person": ("Talk to a person", "转人工客服"),
    "sources": ("Sources", "来源"),
}

COMMANDS = {
    "start": ("Begin", "开始"),
    "help": ("What I can do", "使用帮助"),
    "human": ("Talk to a person", "转人工客服"),
    "new": ("New conversation", "开始新的对话"),
    "language": ("English or Chinese", "选择语言"),
    "privacy": ("What we keep of you", "隐私说明"),
    "forget": ("Erase what you keep of me", "删除我的信息"),
}


def say(key: str, language: Language, **facts: object) -> str:
    """A line as Telegram HTML; the facts are escaped here."""
    english, chinese = _WORDS[key]
    safe = {name: escape(str(value)) for name, value in facts.items()}
    return (chinese if language == "zh" else english).format(**safe)


def start(shop: ShopText, language: Language, name: str | None) -> str:
    comma_name = (f"，{name}" if language == "zh" else f", {name}") if name else ""
    return say("start", language, shop=shop.title(language), comma_name=comma_name)


def commands(language: Language) -> list[BotCommand]:
    """The menu, for setMyCommands."""
    index = 1 if language == "zh" else 0
    return [BotCommand(command=command, description=words[index]) for command, words in COMMANDS.items()]


def button(text: str, data: str) -> InlineKeyboardButton:
    """A button whose data is a short id; Telegram allows 64 bytes of it and we keep to that."""
    assert len(data.encode()) <= 64, data
    return InlineKeyboardButton(text=text if len(text) <= 60 else text[:59] + "…", callback_data=data)


def rows(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])


def person(language: Language) -> InlineKeyboardButton:
    return button(say("person", language), "h")


def beginning(shop: ShopText, language: Language) -> InlineKeyboardMarkup:
    """The shop's suggested questions as buttons."""
    questions = shop.suggestions(language)
    return rows(*[[button(question, f"s:{language}:{i}")] for i, question in enumerate(questions)])


def under_answer(turn: Turn, language: Language) -> InlineKeyboardMarkup:
    """Further questions, thumbs and a person, under an answer of the bot's."""
    reference = turn.message_id
    if not reference or len(reference.encode()) > 56:
        return rows([person(language)])
    return rows(
        *[[button(question, f"q:{reference}:{i}")] for i, question in enumerate(turn.suggestions)],
        [button("👍", f"v:{reference}:1"), button("👎", f"v:{reference}:0")],
        [person(language)],
    )


def after_vote(markup: InlineKeyboardMarkup | None, helpful: bool) -> InlineKeyboardMarkup:
    """The same keyboard with the vote shown and no thumb left to press."""
    voted = InlineKeyboardButton(text="👍 ✓" if helpful else "👎 ✓", callback_data="n")
    kept: list[list[InlineKeyboardButton]] = []
    for row in markup.inline_keyboard if markup else []:
        thumbs = any((key.callback_data or "").startswith("v:") for key in row)
        kept.append([voted] if thumbs else row)
    return InlineKeyboardMarkup(inline_keyboard=kept)


def rating() -> InlineKeyboardMarkup:
    """One tap from 1 to 5, under the line that closed a conversation."""
    return rows([button(f"{score} ★", f"r:{score}") for score in range(1, 6)])


def after_rating(score: int) -> InlineKeyboardMarkup:
    """What was given, and nothing left to press."""
    return rows([InlineKeyboardButton(text="★" * score + "☆" * (5 - score), callback_data="n")])


def sources(turn: Turn, language: Language) -> str:
    """One short line that opens at a touch; empty where the turn has no source."""
    titles = list(dict.fromkeys(" ".join(source.title.split()) for source in turn.sources if source.title.strip()))[:3]
    if not titles:
        return ""
    line = " · ".join(title if len(title) <= 80 else title[:79] + "…" for title in titles)
    return f"<blockquote expandable>{say('sources', language)}: {escape(line)}</blockquote>"
