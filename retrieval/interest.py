"""Reads what somebody does whom a present is for, and whether a product is told to be of it."""

from __future__ import annotations

import re

from retrieval.lexical import STOP, stem, words
from retrieval.passages import Language

FOR_SOMEBODY = re.compile(
    r"\bfor (?:my|our|his|her|their|some(?:one|body)|an?(?= \w+ who\b))\b[^,.;?!]*|(?:送)?给(?:我|我们|咱)?家?的?[^买用吃挑选送的]{1,4}(?=买|用|吃|挑|选|送|的|\W*$)|\b(?:as )?(?:an? )?(?:gifts?|presents?)\b"
    r"|(?:想|要|准备|打算)*送(?:给)?(?:[我他她]的?)?(?:长辈|老人|父母|爸妈|[爸妈]+|[男女]?朋友|男友|女友|老[公婆]|同[事学]|领导|客户|老师"
    r"|孩子|小孩|家人|爷爷|奶奶|亲戚|人|礼物?)*",
    re.IGNORECASE,
)
"""Whom it is for: no word of the product."""
INTERESTED = re.compile(
    r"\b(?:who(?:['’]?s)?|(?:he|she)(?:['’]?s)?(?= (?:(?:really|also|is|very) )*(?:loves?|likes?|enjoys?|adores?|collects?|into|keen|mad|crazy)\b|"
    r" \w+s (?:in|with)\b))\s+(?P<en>[^,.;?!]+)"
    r"|(?:送|给){0,3}(?:我|一个)?(?:不(?:太|怎么|是很)?|没)?(?:喜欢|喜爱|热爱|爱)(?:喝|吃|用|玩|做)?(?P<zh>[\u3400-\u9fff]{1,5}?)的(?:我|他|她)?"
    r"(?:[男女]?朋友|爸爸?|妈妈?|老[公婆人师]|长辈|爷爷|奶奶|同[事学]|人|孩子|领导|客户)"
    r"|[他她](?:很|最|特别|平时|比较|不|太|怎么)*(?:喜欢|喜爱|热爱|爱)(?:喝|吃|用|玩|做)?(?P<his>[\u3400-\u9fff]{1,5})",
    re.IGNORECASE,
)
"""What somebody does whom it is for: "for my dad who paints in oils", 送给爱喝红茶的爸爸."""
_LIKES = re.compile(
    r"^(?:(?:really|absolutely|just|also|always|is|loves?|likes?|enjoys?|adores?|collects?|into|keen|mad|crazy|on|about|using|a|an|the|lot|of|his|her|all|to)\b\s*)+",
    re.IGNORECASE,
)
_WITH_WHAT = re.compile(r"^\w+\s+(?:\w+ly\s+|a lot\s+)?(?:in|with|on)\s+(?:the |an? )?", re.IGNORECASE)
_OF_LIFE = re.compile(
    r"\d|\b(?:turn|turns|turning|turned|lives?|living|mov(?:e|es|ed|ing)|gets?|got|getting|married|marrying|retire[sd]?|retiring|has|had|have|just)\b",
    re.IGNORECASE,
)
"""What somebody does that says nothing of a product: "who turns 60"."""
_REFUSED = re.compile(
    r"n['’]?t\b|\b(?:not|no|never|hates?|without|allerg\w*|intoleran\w*|avoids?|diabet\w*|vegans?|vegetarians?|coeliac|celiac|free)\b|不|没|过敏|忌",
    re.IGNORECASE,
)
"""What somebody does without; of which products that holds is told by no word of theirs."""


def interest(question: str) -> str | None:
    """What is done by somebody whom it is for; "" where that says nothing of a product, None where nothing is said."""
    said = INTERESTED.search(question)
    if said is None or not (said["zh"] or FOR_SOMEBODY.search(question)):
        return None
    if said["en"] is None:
        return said[0] if refused(said[0]) else said["zh"] or said["his"]
    clause = said["en"].strip()
    if refused(clause):
        return clause
    if _OF_LIFE.search(clause):
        return ""
    liked = _LIKES.sub("", clause)
    if liked == clause:
        liked = _WITH_WHAT.sub("", clause)
        if liked == clause and " " in clause:
            liked = clause.partition(" ")[2]
    return re.sub(r"^(?:the|an?|his|her|lots? of)\s+", "", liked.strip(), flags=re.IGNORECASE)


def refused(interest: str) -> bool:
    """Whether it tells what somebody does without: "who has a nut allergy"."""
    return _REFUSED.search(interest) is not None


def tells(said: str, interest: str, language: Language) -> bool:
    """Whether a text tells of what somebody does: "oil painting" of what is for oil, but not of "oiled" beech."""
    if language == "zh":
        return interest in said
    asked = [word for word in interest.lower().split() if word not in STOP]
    if len(asked) > 1 and asked[-1].endswith("ing"):
        asked.pop()
    if len(asked) == 1 and asked[0].endswith("ing"):
        return stem(asked[0]) in words(said)
    return bool(asked) and all(
        re.search(rf"\b{re.escape(word.removesuffix('s'))}(?:e?s)?\b", said, re.IGNORECASE) for word in asked
    )
