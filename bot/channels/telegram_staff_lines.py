"""What the bot tells operators in the staff group, in the language of their Telegram."""

from __future__ import annotations

from aiogram.types import BotCommand

from retrieval.passages import Language

_WORDS: dict[str, tuple[str, str]] = {
    "taken": ("It is yours. Write here; the customer reads it.", "已由您接待。在此发送的内容客户都能看到。"),
    "handed_back": ("The bot has it again.", "已交还机器人。"),
    "closed": ("Closed.", "已结束。"),
    "noted": ("Noted; the customer does not see it.", "已记录，客户看不到。"),
    "is_human": ("{operator} has this conversation", "{operator} 正在接待这位客户"),
    "is_queued": ("Nobody has taken this conversation yet: Take it first", "还没有人接待：请先点“接待”"),
    "is_bot": ("The bot has this conversation: Take it first", "目前由机器人接待：请先点“接待”"),
    "is_closed": ("This conversation is closed: Take it to open it again", "对话已结束：点“接待”可重新打开"),
    "not_sent": (
        "Not sent to the customer. {why}. A note for colleagues begins with /note.",
        "未发送给客户。{why}。给同事的备注请以 /note 开头。",
    ),
    "members_only": ("Only members of this group serve customers.", "只有本群成员可以接待客户。"),
    "anonymous": (
        "Not sent: an anonymous administrator has no name that a customer could read. Turn off Remain Anonymous.",
        "未发送：匿名管理员没有可显示给客户的名字，请关闭“匿名”。",
    ),
    "no_customer": ("This topic belongs to no customer.", "这个话题没有对应的客户。"),
    "erased": ("Nothing is kept of this customer any more.", "该客户的信息已全部删除。"),
    "empty_note": ("Write the note after the command: /note call the courier", "请把备注写在命令后面：/note 联系快递"),
    "transfer_how": (
        "Name a colleague who has written in this group: /transfer @name. Known: {names}",
        "请写上在本群发过言的同事：/transfer @名字。已知：{names}",
    ),
    "text_only": (
        "Not sent: a customer on the {channel} channel can only be sent text. Describe it, or send a link.",
        "未发送：{channel} 渠道的客户只能收到文字。请用文字描述或发送链接。",
    ),
    "unavailable": (
        "Not done: {why}. Nothing reached the customer; send it again in a minute.",
        "未完成：{why}。客户没有收到，请稍后重新发送。",
    ),
    "unreachable": ("The last message did not reach the customer ({why}).", "最后一条消息未送达客户（{why}）。"),
    "no_canned": ("There are no canned replies.", "没有快捷回复。"),
    "canned_how": ("Name one of them: /canned hello. There are: {names}", "请写上名称：/canned hello。现有：{names}"),
    "canned_gap": (
        "Not sent, {gap} is not known. Fill it in and send it yourself:\n\n{text}",
        "未发送，缺少 {gap}。请补全后自行发送：\n\n{text}",
    ),
    "canned_sent": ("Sent: {text}", "已发送：{text}"),
    "nobody": ("Nobody waits.", "目前没有客户等候。"),
    "minutes": ("{minutes} min", "{minutes} 分钟"),
    "help": (
        "In a customer's topic: /take, /release (back to the bot), /note for colleagues only, /close with a reason, "
        "/canned NAME sends a canned reply, "
        "/transfer @name. Anywhere: /queue shows who waits. What the holder writes goes to the customer.",
        "在客户的话题里：/take 接待，/release 交还机器人，/note 仅同事可见，/close 结束（可写原因），"
        "/canned 发送快捷回复，"
        "/transfer @名字 转给同事。任何地方：/queue 查看等候的客户。接待人发送的内容会转给客户。",
    ),
    "correction": ("Correction: {text}", "更正：{text}"),
}

COMMANDS = {
    "take": ("Take the conversation", "接待"),
    "release": ("Hand back to the bot", "交还机器人"),
    "note": ("A note for colleagues only", "仅同事可见的备注"),
    "canned": ("Send a canned reply: /canned hello", "发送快捷回复：/canned hello"),
    "transfer": ("Give it to a colleague: @name", "转给同事：@名字"),
    "close": ("End the conversation", "结束对话"),
    "queue": ("Who waits", "等候的客户"),
    "help": ("How this desk works", "使用说明"),
}


def say(key: str, language: Language, **facts: object) -> str:
    """A line as plain text."""
    english, chinese = _WORDS[key]
    return (chinese if language == "zh" else english).format(**facts)


def commands(language: Language) -> list[BotCommand]:
    """The group's menu, for setMyCommands."""
    index = 1 if language == "zh" else 0
    return [BotCommand(command=command, description=words[index]) for command, words in COMMANDS.items()]
