"""Recognises a request for a human, and a yes or no to the offer of one, in English and Chinese."""

from __future__ import annotations

import re

_PERSON = (
    r"(?:(?:real|actual|live|human|another|proper|different|physical|genuine|breathing|flesh[- ]and[- ]blood)\s+)*"
    r"(?:human(?:\s+being)?s?|persons?|people|agents?|representatives?|reps?|operators?|advis[oe]rs?|associates?|"
    r"managers?|supervisors?|somebody|someone|colleagues?|specialists?|staff(?:\s+members?)?|employees?|assistants?|"
    r"customer\s+(?:service|support|care)(?:\s+\w+)?|customer\s+rep\w*|support\s+(?:team|agents?|staff|person)|"
    r"team\s+members?|human\s+(?:agent|help|support|assistance)|man|woman|guy|support|receptionist|boss)"
)
_FIRM_PERSON = (
    r"(?:(?:real|actual|live|human|proper)\s+(?:human|person|people|agent|rep(?:resentative)?|operator|advis[oe]r|"
    r"someone|support|help|man|woman|assistance|being|chat|customer\s+service)s?|human(?:\s+being)?s?|operator|"
    r"representative|supervisor|manager|live\s+chat|customer\s+(?:service|support)\s+(?:agent|rep\w*))"
)
_SPEAK = (
    r"(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|connect(?:ed)?|transfer(?:red)?|escalat\w+|hand(?:ed)?|pass(?:ed)?|"
    r"put|forward(?:ed)?|redirect(?:ed)?|switch(?:ed)?|move[d]?|route[d]?|direct(?:ed)?|refer(?:red)?)"
)
_ENGLISH = [
    rf"\b{_SPEAK}\s+(?:me\s+|this\s+|us\s+|it\s+)?(?:over\s+|through\s+|on\s+)?(?:to|with|onto)\s+(?:\w+\s+){{0,3}}?{_PERSON}\b",
    rf"\b(?:want|need|like|prefer|require|demand|request|get|give|have|find|fetch|bring|send|call)\s+(?:me\s+|us\s+)?"
    rf"(?:to\s+(?:get|have|see|reach)\s+)?(?:an?\s+|the\s+|some\s+|your\s+)?{_FIRM_PERSON}\b",
    rf"\b(?:is|are)\s+there\s+(?:an?\s+|any\s+)?(?:\w+\s+)?{_PERSON}\s+(?:there|here|available|around|i\s+can|who\s+can|to\s+(?:talk|speak|help))",
    rf"\b(?:any|some)\s+(?:real\s+)?(?:humans?|person|people|body|one)\s+(?:there|here|available|around|home)\b",
    rf"\b(?:can|could|may|let)\s+(?:i|me|we|us)\s+(?:please\s+)?(?:talk|speak|chat)\s+(?:to|with)\s+(?:an?\s+|the\s+|your\s+|some\s+)?(?:\w+\s+){{0,2}}?{_PERSON}\b",
    r"\bhuman\s+(?:please|pls|plz|now|help|support|agent|assistance|being|operator)\b",
    r"\b(?:no|not|without|stop|enough\s+of|sick\s+of|tired\s+of|done\s+with|hate|instead\s+of)\s+(?:more\s+|the\s+|this\s+|these\s+|talking\s+to\s+|your\s+|a\s+|an\s+|any\s+)*(?:stupid\s+|useless\s+|damn\s+)?(?:ro)?bots?\b(?!\s*(?:vacuum|mop|cleaner))",
    r"\b(?:don'?t|do\s+not|dont)\s+want\s+(?:to\s+)?(?:talk|speak|chat|deal)\w*\s*(?:to|with)?\s*(?:an?\s+|this\s+|the\s+|your\s+)?(?:ro)?(?:bots?|machines?|computers?|ai|chatbots?)\b",
    r"\bi(?:'m| am)\s+(?:done|not)\s+talking\s+to\s+(?:an?\s+|this\s+)?(?:ro)?(?:bot|machine|computer|ai)\b",
    r"\b(?:actual|real|live)\s+(?:human|person|people|agent|human\s+being|representative|operator)s?\b",
    r"\b(?:get|fetch|bring|find)\s+(?:me\s+)?(?:your\s+|the\s+|a\s+)(?:manager|supervisor|boss|superior|human|person|colleague|agent|rep)\b",
    r"\bsomeone\s+(?:real|human|else\s+(?:to\s+)?(?:help|talk)|from\s+(?:your|the)\s+(?:team|staff|support|customer\s+service))\b",
    r"\b(?:transfer|connect|escalate|put)\s+me\s+(?:through|now|please|up|to\b)",
    r"^\W*(?:(?:please|pls|ok|okay|hey|hi|hello|just|i\s+said)\W+)*(?:a\s+|an\s+|the\s+)?(?:live\s+|real\s+|human\s+|customer\s+service\s+|support\s+)*(?:human|agent|operator|representative|rep|person|manager|supervisor|customer\s+service|customer\s+support|customer\s+care|live\s+chat|live\s+support|human\s+being)s?(?:\W+(?:please|pls|plz|now|thanks|thank\s+you|asap|immediately))*\W*$",
    r"\b(?:call|phone|ring)\s+(?:centre|center)\s+(?:agent|please)\b",
    r"\bhuman\s+(?:to\s+(?:help|talk|answer|look)|who\s+can)\b",
    r"\b(?:let|have)\s+(?:an?\s+|some\s+|your\s+)?(?:human|person|real\s+person|someone\s+real|colleague|manager|staff)\s+(?:answer|help|look|deal|handle|take|reply)",
    r"\b(?:need|want|would\s+like|prefer)\s+(?:to\s+(?:talk|speak|chat)\s+(?:to|with)\s+)(?:\w+\s+){0,3}?"
    + _PERSON
    + r"\b",
    r"^\W*/(?:human|agent|operator)\b",
    r"\b(?:give|gimme|get|bring|send)\s+(?:me\s+)?(?:an?\s+|the\s+)(?:human|person|operator|representative|real\s+\w+)\b",
    r"\bgimme\s+(?:an?\s+)?" + _PERSON + r"\b",
    r"\bis\s+(?:there\s+)?any(?:body|one)\s+(?:real\s+|human\s+)?(?:there|here|home|alive|i\s+can\s+(?:talk|speak)|to\s+(?:talk|speak))",
    r"\b(?:some(?:body|one)|anyone)\s+real\b",
    r"\bh(?:uman|umna|uamn|muan|umen|uman)s?\s+(?:pl(?:ea)?s\w*|plz|now)\b",
    r"\bperson\s+(?:please|pls|plz|now)\b",
    r"\bhuman\s+(?:intervention|takeover|contact|interaction)\b",
]
_NOT_ENGLISH = re.compile(
    r"\b(?:don'?t|do\s+not|dont|no|not|without)\s+(?:need|want|require)?\s*(?:to\s+(?:talk|speak)\s+(?:to|with)\s+)?(?:an?\s+|any\s+|the\s+)?"
    r"(?:human|person|agent|operator|manager|representative)\b(?!.*\bbot\b)"
    r"|\b(?:are|r)\s+(?:you|u)\b[^.!?\n]*\b(?:human|person|bot|robot|real|ai)\b[^.!?\n]*"
    r"|\b(?:am\s+i|is\s+this|if\s+(?:you|i)|whether\s+(?:you|i))\b[^.!?\n]*\b(?:human|person|people|bot|robot|real|ai|someone)\b[^.!?\n]*"
    r"|\b(?:does|can|how\s+do(?:es)?)\s+(?:the\s+)?(?:delivery|courier|property|estate|travel|real[- ]estate)\s+(?:agent|person|man)"
    r"|\b(?:estate|travel|property|cleaning|insurance|shipping|delivery)\s+agents?\b|\bhuman\s+(?:hair|body|error|size|resources)\b",
    re.IGNORECASE,
)
_CHINESE = [
    r"转(?:接|到|给)?(?:一下)?(?:到)?(?:人工|真人|客服|专员|经理|主管|工作人员)",
    r"(?:人工|真人)(?:客服|服务|坐席|接待|在线|在吗|呢|来|回复|处理|解决|帮)?(?:[吧吗呢啊呀]|$|[，。！？!?,. ])",
    r"(?:找|要|叫|请|换|喊|让|给我|联系|接|跟|和|与|想|有没有|有)(?:一下|个|一个|一位|位|你们?的?|你们|您们的?|我|找|到|跟|和|真正的|真的)*"
    r"(?:人工|真人|活人|客服|经理|主管|领导|负责人|店长|老板|工作人员|专员|员工|同事|真实的人|人类|大活人|坐席|管事的)",
    r"(?:不要|不想|别|不和|不跟|讨厌|受够了|烦死)(?:再)?(?:跟|和|与|用|给我)?(?:这个|个|你这个)?(?:机器人|机器|AI|ai|人工智能|智能客服|自动回复)",
    r"(?:人工|真人)(?:客服)?$",
    r"(?:有|是)(?:没有)?(?:真)?人(?:在)?(?:吗|么|嘛|没)",
    r"(?:跟|和|与|找)(?:一个|个|真|活)?人(?:说|谈|聊|讲|沟通|交流|对话)",
    r"(?:换|来|叫|找|派)(?:个|一个|真)人(?:来|吧|跟|和|处理|说|$|[，。！!])",
    r"(?:想|要|能|可以|让我)(?:直接)?(?:跟|和|与)(?:真人|人|客服|你们的人|工作人员|人工)",
    r"(?:别|不要)(?:让|叫|用)(?:你这个|这个|个)?(?:机器人|机器|AI)",
    r"转人|轉人工|真人客服|人工客服|人工服务|人工服務|活人",
]
_NOT_CHINESE = re.compile(
    r"(?:不用|不需要|不必|无需|别|不要)(?:帮我|再|给我)?(?:转|找|接|联系|叫)?(?:人工|真人|客服)|(?:你|您)是(?:真人|人工|机器人|人)"
    r"|(?:人工客服|人工|客服)(?:几点|什么时候|服务时间|工作时间|上班|费|成本|智能|草|皮革|电话是|的?电话(?:是)?多少|工作时间|(?:客服)?(?:几点|什么时候|服务时间|上班|时间))|人工智能|(?:怎么|如何)联系(?:人工|真人|你们的?)?客服"
)
_ENGLISH_RE = re.compile("|".join(f"(?:{pattern})" for pattern in _ENGLISH), re.IGNORECASE)
_CHINESE_RE = re.compile("|".join(f"(?:{pattern})" for pattern in _CHINESE), re.IGNORECASE)

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


def asks_for_human(text: str) -> bool:
    """Whether the message asks for a person, in any wording; "are you a human?" and "no human needed" do not."""
    text = text[:2000].replace("’", "'")
    english = _NOT_ENGLISH.sub(" ", text)
    chinese = _NOT_CHINESE.sub(" ", text)
    return bool(_ENGLISH_RE.search(english) or _CHINESE_RE.search(chinese))


def accepts(text: str) -> bool:
    """Whether the message says yes to an offer, and nothing else."""
    return len(text) <= 60 and bool(_YES.match(text.strip()))


def declines(text: str) -> bool:
    """Whether the message says no to an offer."""
    return bool(_NO.match(text.strip()))
