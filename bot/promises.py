"""Recognises a promise ("I will call you back"): the bot makes none, and one of an operator's is not yet an answer."""

from __future__ import annotations

import re

_ENGLISH = re.compile(
    r"\b(?:(?:i|we)(?:'ll|\s+(?:will|shall|am\s+going\s+to|are\s+going\s+to))|(?:i|we)(?:'m|'re)\s+going\s+to|"
    r"(?:a\s+colleague|someone|somebody|my\s+manager|our\s+\w+|the\s+(?:team|manager|warehouse|courier|department))"
    r"\s+(?:will|is\s+going\s+to))\s+"
    r"(?:(?:also|then|now|soon|just|gladly|personally|definitely|try\s+to|be\s+able\s+to)\s+)*"
    r"(?:call|ring|phone|e-?mail|write|text|contact|message|reach|get\s+back|come\s+back|follow\s+up|check|look\s+into|"
    r"find\s+out|ask|let\s+you\s+know|notify|inform|update\s+you|be\s+in\s+touch|investigate|send\s+you|refund\s+you|"
    r"arrange|sort|fix|process|forward|pass|escalate|replace)"
    r"|\byou(?:'ll|\s+will)\s+(?:hear|get\s+(?:a\s+)?(?:call|reply|answer|e-?mail))\b"
    r"|\b(?:call|get|come)(?:ing)?\s+(?:you\s+)?back\s+to\s+you\b|\blet\s+me\s+(?:check|look|find\s+out|ask|see|get\s+back)\b"
    r"|\b(?:one|a|just\s+a)\s+(?:moment|minute|second|sec)\b(?=\W*(?:please|$))|\bbear\s+with\s+me\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:我们?|同事|客服|经理|主管|专员|仓库|技术)(?:这边|这就|马上|立即|稍后|尽快|随后|待会儿?|一会儿?|明天|今天|会|将|去|来|先|再|帮您|给您|为您|跟您){1,5}"
    r"(?:联系|回电|回复|打电话|打给|致电|核实|核查|查(?:一下|询|看|明)?|确认|跟进|处理|安排|通知|问|反馈|退款|补发|寄)"
    r"|(?:稍等|稍候|请等|等一下|等我)|(?:尽快|稍后|随后|晚点|明天)(?:给|跟|与|为)?您?(?:回电|回复|联系|答复|处理)",
)


def promises(text: str) -> bool:
    """Whether the text says that something will be done later, by whomever."""
    text = text.replace("’", "'")
    return bool(_ENGLISH.search(text) or _CHINESE.search(text))
