"""Recognises a request for a human, a yes or no to the offer of one, and a doubt of an answer, in English and Chinese."""

from __future__ import annotations

import re

from bot import wordings

_COMMAND = re.compile(r"^\W*/(?:human|agent|operator)\b", re.IGNORECASE)

_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please(?:\s+do)?|yes\s+please|go\s+ahead|do\s+it|of\s+course|that\s+would\s+be|"
    r"sounds\s+good|fine|alright|absolutely|definitely|好的?|好吧|好啊|可以|行|要|嗯+|是的?|需要|麻烦(?:你|您)?了?|转吧|那就转|同意|请转)"
    r"(?:\W|please|thanks|thank\s+you|do(?:\s+that)?|吧|啊|呀|的|了|谢谢|转接?)*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:no|nope|nah|not\s+(?:now|yet|needed|necessary)|no\s+need|i'?m\s+(?:fine|good|ok(?:ay)?)|不用了?|不需要|不要|不必|算了|没事|不了)\b",
    re.IGNORECASE,
)


_SOMEBODY = (
    r"(?:an?\s+)?(?:real\s+|actual\s+|live\s+)?(?:human(?:\s+being)?|person|robot|bot|chatbot|machine|computer|ai)"
)
_SOMEBODY_ZH = r"(?:真人|机器人?|人工|人类|AI|人)"
_BOT = re.compile(
    r"^\W*(?:(?:hi|hello|hey|wait|so|ok|sorry)\W+)*(?:(?:are|r)\s+(?:you|u)|am\s+i|is\s+this)\s+"
    rf"(?:talking\s+to\s+|speaking\s+(?:to|with)\s+|chatting\s+with\s+)?(?:{_SOMEBODY}|an?\s+(?:real|actual))\b(?:\s+or\s+{_SOMEBODY}\b)?"
    rf"|(?:你|您)(?:到底)?是(?:不是)?(?:一?个)?{_SOMEBODY_ZH}(?:还是{_SOMEBODY_ZH})?",
    re.IGNORECASE,
)


def asks_for_human(text: str) -> bool:
    """Whether the message asks for a person, in any wording; "are you a human?" and "no human needed" do not."""
    return bool(_COMMAND.match(text)) or wordings.probability(_BOT.sub(" ", text)) >= wordings.threshold()


def accepts(text: str) -> bool:
    """Whether the message says yes to an offer, and nothing else."""
    return len(text) <= 60 and bool(_YES.match(text.strip()))


def declines(text: str) -> bool:
    """Whether the message says no to an offer."""
    return bool(_NO.match(text.strip()))


def asks_if_bot(text: str) -> bool:
    """Whether the message asks if a machine is answering: it gets a plain yes."""
    return len(text) <= 120 and bool(_BOT.search(text))


_DOUBT = re.compile(
    r"\W*(?:(?:wait|hm+|um+|ok|but|and|so|oh|no)\W+)*(?:"
    r"(?:are\s+)?(?:you|u)\s+(?:really\s+|absolutely\s+|100\s*%\s+)?(?:sure|certain|serious)|really|seriously|for\s+real|"
    r"is\s+(?:that|this|it)\s+(?:really\s+)?(?:right|true|correct|so)|(?:that|this|it)\s+(?:can'?t|cannot)\s+be\s+(?:right|true)|"
    r"(?:that|this|it)\s+do(?:es)?n'?t\s+sound\s+right|how\s+(?:do|can)\s+(?:you|u)\s+(?:know|be\s+(?:so\s+)?sure)|says\s+who|who\s+says(?:\s+so)?|"
    r"where\s+does\s+it\s+say(?:\s+(?:that|so))?)(?:\s+(?:about|bout|of)?\s*(?:that|this|it))?\W*"
    r"|\W*(?:(?:等等|啊|哦|那)\W*)?(?:真的(?:吗|假的|是这样吗?)?|(?:你|您)?(?:确定|肯定)(?:吗|么|嘛|是这样吗?)|(?:这|那)?(?:是真的|对|没错|准)(?:吗|么)|"
    r"(?:没|不是)骗我吧|有(?:什么)?依据吗|哪里写的|谁说的)(?:\W*不会吧)?\W*",
    re.IGNORECASE,
)


def doubts(text: str) -> bool:
    """Whether the message asks if what was said is true, and nothing else."""
    return len(text) <= 60 and bool(_DOUBT.fullmatch(text))
