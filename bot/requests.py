"""Recognises a request for a human, a yes or no to the offer of one, a doubt of an answer and a giving up, in both languages."""

from __future__ import annotations

import re

from bot import wordings

_COMMAND = re.compile(r"^\W*/(?:human|agent|operator)\b", re.IGNORECASE)

_WARM = (
    r"yes|yeah?|yep|yup|ya|sure(?:\s+thing)?|please(?:\s+do)?|pls|plz|go\s+ahead|do\s+(?:it|that)|of\s+course|absolutely|definitely|"
    r"(?:i|that)\s+would(?:\s+be\s+(?:great|good|nice|lovely|perfect))?|i'?d\s+(?:like|love|appreciate)\s+(?:that|it)|"
    r"sounds\s+good|要|需要|麻烦(?:你|您)?了?|那就转|转接?|同意|请转|是的?"
)
_COOL = r"ok(?:ay)?|k|fine|alright|好[的滴呀啊吧嘞]?|可以的?|行|嗯+"
_POLITE = r"thanks?(?:\s+(?:you|u))?|thx|ty|now|then|吧|啊|呀|的|了|谢谢(?:你|您)?"
# Possessive: what a customer repeats ("嗯嗯嗯嗯") is tried in one way only.
_YES = re.compile(rf"\W*+(?>{_WARM}|{_COOL})(?>\W*+(?>{_WARM}|{_COOL}|{_POLITE}))*+\W*+", re.IGNORECASE)
_FINE = re.compile(rf"\W*+(?>{_COOL})(?>\W*+(?>{_COOL}|{_POLITE}))*+\W*+", re.IGNORECASE)
_NO = re.compile(
    r"\W*(?:(?:no|nope|nah|not\s+(?:now|yet|needed|necessary)|no\s+need|i'?m\s+(?:fine|good|ok(?:ay)?))\b"
    r"|(?:谢谢|多谢|哦|嗯|那)?\W*(?:先|暂时|现在)?(?:都)?(?:不用|不需要|不要|不必|不了|算了|没事|没关系)"
    r"(?:人工|转人工|真人|客服|转接?|麻烦|谢谢|多谢|你|您|了|吧|啦|的|哈)*+(?:\W|$))",
    re.IGNORECASE,
)
_PERSON = r"(?:human(?:\s+being)?|person|agent|operator|people|colleague|representative|rep)s?"
_NO_PERSON = re.compile(
    r"(?<!you )\b(?:do(?:\s*n'?t|\s+not)|no|not)\s+(?:really\s+)?(?:need|want|wanna)\s+(?:to\s+(?:talk|speak|chat)\s+(?:to|with)\s+)?"
    rf"(?:an?\s+|any\s+|your\s+)?(?:real\s+|live\s+)?{_PERSON}\b"
    r"|(?<!你们)(?<!是不是)(?<!为什么)(?<!怎么)(?<!干嘛)(?:不用|不需要|不要|不想|无需|别)(?:给我|帮我|再)?(?:转|找|接|叫|联系)?(?:人工|真人)(?!智能)(?:客服|服务)?"
    r"(?:了|吧|啦)?(?!是吧|吗|么)",
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
    if _COMMAND.match(text):
        return True
    rest = _NO_PERSON.sub(" ", _BOT.sub(" ", text.replace("’", "'")))
    return wordings.probability(rest) >= wordings.threshold()


def accepts(text: str, *, asked: bool = True) -> bool:
    """Whether the message says yes to an offer, and nothing else.

    Where nobody ``asked`` ("if this is not what you need, just say so"), "ok thanks" says that all is well.
    """
    text = text.replace("’", "'")
    return len(text) <= 60 and bool(_YES.fullmatch(text)) and (asked or not _FINE.fullmatch(text))


def declines(text: str) -> bool:
    """Whether the message says no to an offer; who gives up does."""
    return bool(_NO.match(text[:200].replace("’", "'"))) or gives_up(text)


def asks_if_bot(text: str) -> bool:
    """Whether the message asks if a machine is answering: it gets a plain yes."""
    return len(text) <= 120 and bool(_BOT.search(text))


_WRONG = (
    r"(?:i\s+(?:do\s*n'?t|do\s+not)\s+(?:think|believe)\s+(?:so|(?:that|this|it)(?:'?s|\s+is)\s+(?:right|true|correct))|"
    r"(?:(?:i\s+think\s+)?(?:(?:that|this|it)(?:'?s|\s+is|\s+was)|(?:you|u)(?:'?re|\s+are|r)|ur)\s+(?:(?:just\s+)?not\s+(?:right|true|correct)|wrong|incorrect|mistaken|lying)|"
    r"(?:that|this|it)\s+is\s*n'?t\s+(?:right|true|correct)|not\s+(?:right|true)|wrong|incorrect|no\s+way|"
    r"(?:you|u)(?:'?ve|\s+have)?\s+(?:got\s+(?:it|that)\s+wrong|made\s+a\s+mistake))(?:\W+(?:is|are|am)\s+(?:it|you|i))?)"
    r"|(?:你|您|你们)?(?:是不是|肯定|好像|应该|可能)?(?:说|搞|弄|讲|答|算|看)错了(?:吧|吗|么)?|(?:好像|应该|这|那|感觉)?(?:不对|不太对)(?:吧|啊|呀|的)?(?!\w)|"
    r"(?:这|那)?(?:怎么|不|哪)可能(?:吧|啊|呢)?|不是(?:这样|吧)(?:的|吧|啊)?|不会吧|错了(?:吧)?"
)
_INSTEAD = r"\W+(?:i\s+thought|i\s+was\s+told|it\s+(?:says|said)|(?:isn'?t|wasn'?t|aren'?t)\s+(?:it|there))\b.{1,40}|\W*(?:我(?:以为|记得).{1,16}|不是.{1,16}[吗嘛么])"
"""What a customer holds against the answer: "that's not right, I thought it was 45 days"."""
_DOUBT = re.compile(
    r"\W*(?:(?:wait|hm+|um+|ok|but|and|so|oh|no)\W+)*(?:"
    r"(?:are\s+)?(?:you|u)\s+(?:really\s+|absolutely\s+|100\s*%\s+)?(?:sure|certain|serious)|really|seriously|for\s+real|"
    r"is\s*(?:n'?t)?\s+(?:that|this|it)\s+(?:really\s+)?(?:right|true|correct|so|wrong)|(?:that|this|it)\s+(?:can'?t|cannot)\s+be\s+(?:right|true)|"
    r"(?:that|this|it)\s+do(?:es)?n'?t\s+sound\s+right|how\s+(?:do|can)\s+(?:you|u)\s+(?:know|be\s+(?:so\s+)?sure)|says\s+who|who\s+says(?:\s+so)?|"
    r"where\s+does\s+it\s+say(?:\s+(?:that|so))?)(?:\s+(?:about|bout|of)?\s*(?:that|this|it))?\W*"
    r"|\W*(?:(?:等等|啊|哦|那)\W*)?(?:真的(?:吗|假的|是这样吗?)?|(?:你|您)?(?:确定|肯定)(?:吗|么|嘛|是这样吗?)|(?:这|那)?(?:是真的|对|没错|准)(?:吗|么)|"
    r"(?:没|不是)骗我吧|有(?:什么)?依据吗|哪里写的|谁说的)(?:\W*不会吧)?\W*"
    rf"|\W*(?:(?:wait|hm+|um+|ok|but|no|well|sorry|等等|啊|哦|那|嗯)\W*)?(?:{_WRONG})(?:{_INSTEAD})?\W*",
    re.IGNORECASE,
)
_GIVES_UP = re.compile(
    r"\W*+(?>(?:ok(?:ay)?|oh|well|ah|fine|no|hm+|sorry|thanks?|just)\W+)*+(?:never\s*mind|nvm|forget\s+(?:it|that|about\s+(?:it|that))|"
    r"do\s*n'?t\s+(?:bother|worry(?:\s+about\s+(?:it|that))?)|(?:i\s+)?give\s+up|drop\s+it|whatever|"
    r"i(?:'?ll|\s+will)\s+(?:(?:just\s+)?(?:look|go|shop|buy)\s+(?:somewhere\s+else|elsewhere)|(?:figure|find|work)\s+(?:it|that)\s+out\s+myself))"
    r"(?:\W+(?:then|thanks?|thank\s+you|thx|anyway|it'?s\s+(?:ok(?:ay)?|fine)|bye))*\W*"
    r"|\W*+(?>(?:那就?|哦|唉|哎|嗯|好吧|行吧?)\W*)*+(?:(?:算了)+|不问了|不说了|懒得(?:问|说)了?|当我没[问说](?:过)?|没事了?|不用管了|放弃了?|随便(?:吧|你)|"
    r"我?(?:还是)?(?:去|到)?(?:别家|别处|别的店)(?:看看|买|问问)?|我?自己(?:再)?看看)[吧了啦\W]*+(?>(?:谢谢|再见|拜拜|打扰)[你您了啦]*\W*)*+",
    re.IGNORECASE,
)


def gives_up(text: str) -> bool:
    """Whether the message lets the matter go ("never mind"), and nothing else."""
    return len(text) <= 60 and bool(_GIVES_UP.fullmatch(text.replace("’", "'")))


def doubts(text: str) -> bool:
    """Whether the message asks if what was said is true, or says that it is not, and nothing else."""
    return len(text) <= 60 and bool(_DOUBT.fullmatch(text.replace("’", "'")))
