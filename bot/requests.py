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
    r"\b(?:any|some)\s+(?:real\s+)?(?:humans?|person|people|body|one)\s+(?:there|here|available|around|home)\b",
    rf"\b(?:can|could|may|let)\s+(?:i|me|we|us)\s+(?:please\s+)?(?:talk|speak|chat)\s+(?:to|with)\s+(?:an?\s+|the\s+|your\s+|some\s+)?(?:\w+\s+){{0,2}}?{_PERSON}\b",
    r"\bhuman\s+(?:please|pls|plz|now|help|support|agent|assistance|operator)\b",
    r"\b(?:no|not|without|stop|enough\s+of|sick\s+of|tired\s+of|done\s+with|hate|instead\s+of)\s+(?:more\s+|the\s+|this\s+|these\s+|talking\s+to\s+|your\s+|a\s+|an\s+|any\s+)*(?:stupid\s+|useless\s+|damn\s+)?(?:ro)?bots?\b(?!\s*(?:vacuum|mop|cleaner))",
    r"\b(?:don'?t|do\s+not|dont)\s+want\s+(?:to\s+)?(?:talk|speak|chat|deal)\w*\s*(?:to|with)?\s*(?:an?\s+|this\s+|the\s+|your\s+)?(?:ro)?(?:bots?|machines?|computers?|ai|chatbots?)\b",
    r"\bi(?:'m| am)\s+(?:done|not)\s+talking\s+to\s+(?:an?\s+|this\s+)?(?:ro)?(?:bot|machine|computer|ai)\b",
    r"\b(?:actual|real|live)\s+(?:human|person|people|agent|human\s+being|representative|operator)s?\b",
    r"\b(?:get|fetch|bring|find)\s+(?:me\s+)?(?:your\s+|the\s+|a\s+)(?:manager|supervisor|boss|superior|human|person|colleague|agent|rep)\b",
    r"\bsomeone\s+(?:real|human|else\s+(?:to\s+)?(?:help|talk)|from\s+(?:your|the)\s+(?:team|staff|support|customer\s+service))\b",
    r"\b(?:transfer|connect|escalate|put)\s+me\s+(?:through|now|please|up|to\b(?!\s+(?:the\s+|your\s+|my\s+)?(?:wi-?fi|internet|network|app|bluetooth)))",
    r"^\W*(?:(?:please|pls|ok|okay|hey|hi|hello|just|i\s+said)\W+)*(?:a\s+|an\s+|the\s+)?(?:live\s+|real\s+|human\s+|customer\s+(?:service|support|care)\s+|support\s+)*(?:human|agent|operator|representative|rep|person|manager|supervisor|customer\s+service|customer\s+support|customer\s+care|live\s+chat|live\s+support|human\s+being)s?(?:\W+(?:please|pls|plz|now|thanks|thank\s+you|asap|immediately))*\W*$",
    r"\b(?:call|phone|ring)\s+(?:centre|center)\s+(?:agent|please)\b",
    r"\bhuman\s+(?:to\s+(?:help|talk|answer|look)|who\s+can)\b",
    r"\b(?:let|have)\s+(?:an?\s+|some\s+|your\s+)?(?:human|person|real\s+person|someone\s+real|colleague|manager|staff)\s+(?:answer|help|look|deal|handle|take|reply)",
    r"\b(?:need|want|would\s+like|prefer)\s+(?:to\s+(?:talk|speak|chat)\s+(?:to|with)\s+)(?:\w+\s+){0,3}?"
    + _PERSON
    + r"\b",
    r"^\W*/(?:human|agent|operator)\b",
    r"\b(?:give|gimme|get|bring|send)\s+(?:me\s+)?(?:an?\s+|the\s+)(?:human|person|operator|representative)\b",
    r"\bgimme\s+(?:an?\s+)?" + _PERSON + r"\b",
    r"\bis\s+(?:there\s+)?any(?:body|one)\s+(?:real\s+|human\s+)?(?:there|here|home|alive|i\s+can\s+(?:talk|speak)|to\s+(?:talk|speak))",
    r"\b(?:(?:some(?:body|one)|anyone)\s+real|real\s+some(?:one|body))\b",
    r"\bh(?:uman|umna|uamn|muan|umen|uman)s?\s+(?:pl(?:ea)?s\w*|plz|now)\b",
    r"\bperson\s+(?:please|pls|plz|now)\b",
    r"\bhuman\s+(?:intervention|takeover|contact|interaction)\b",
    r"\b(?:deal(?:ing)?|talking|speaking|chatting|interact(?:ing)?)\s+(?:to|with)\s+(?:an?\s+|real\s+|actual\s+)*(?:humans?|persons?|people)\b",
    r"\b(?:can|could|may|will|would)\s+(?:an?|any|some|your|the)\s+(?:real\s+|actual\s+)?(?:human|person|manager|supervisor|operator|representative|colleague)\s+(?:please\s+)?(?:look|help|check|answer|deal|handle|take|reply|contact|call|assist|get|read|see|step)",
    r"\b(?:can|could|would|will)\s+(?:a\s+member|one|someone|somebody)\s+(?:of|from)\s+(?:your|the)\s+(?:team|staff|people|colleagues|support|customer\s+service)\b",
    r"\b(?:need|want|like|prefer|get|find|have)\s+(?:an?\s+|some\s+)(?:\w+\s+)?(?:person|human|somebody|someone)\s+(?:to|who(?:\s+can)?)\s+(?:help|talk|speak|answer|look|listen|call|assist|take|deal|handle|sort)",
    r"\b(?:some(?:one|body)|any(?:one|body))\s+(?:there\s+|here\s+|else\s+)?(?:i\s+can\s+(?:talk|speak)|to\s+(?:talk|speak)\s+(?:to|with))",
    r"\b(?:give|get|bring|connect|need|want)\s+(?:me\s+)?(?:an?\s+|your\s+|the\s+|to\s+|with\s+)*customer\s+(?:service|support|care)\b(?!\s+(?:number|hours|phone|email))",
    r"\b(?:reach|contact|call|ring|phone|get\s+(?:hold\s+of|through\s+to|to|in\s+touch\s+with)|hear\s+from)\s+(?:an?\s+|your\s+|the\s+|some\s+)*(?:real\s+|actual\s+|live\s+)?(?:humans?|person|operator|representative|agent|supervisor|manager|staff|human\s+being)\b",
    r"(?:^|[.!?,;]\s*)(?:a\s+|real\s+|live\s+)*(?:human|operator|agent|representative)\s*(?:[.!?]|$)",
    r"\b(?:put|get)\s+(?:an?\s+|the\s+|your\s+)(?:human|person|manager|supervisor|operator|agent)\s+(?:on|in|here|over|now)\b",
    r"\b(?:to|with|get|bring)\s+(?:me\s+)?(?:whoever|the\s+one|the\s+person|someone|somebody)(?:\s+(?:is|who\s+is|who'?s|that\s+is))?\s+in\s+charge\b|\bwhoever'?s\s+in\s+charge\b",
    r"\bsome(?:one|body)\s+(?:who\s+(?:is|actually)|with)\s+(?:human|alive|real|authority|a\s+pulse|a\s+brain|understands)\b",
    r"^\W*(?:please\s+)?(?:transfer|escalate|connect)(?:\s+(?:me|this))?(?:\s+please)?\W*$",
    r"^\W*(?:i\s+)?(?:need|want)\s+(?:an?\s+)?(?:live\s+|real\s+|support\s+|service\s+|human\s+|customer\s+\w+\s+)*(?:agent|rep|person|operator)\b",
    r"\bto\s+an?\s+(?:live\s+|human\s+|support\s+|real\s+)+(?:agent|person|rep)\b",
    r"\b(?:an?|the|any|some|your|those|actual|live)\s+(?:real\s+|actual\s+|live\s+|proper\s+|nice\s+)*humans?(?:\s+beings?)?(?=\s*(?:$|[.,!?;:]|to\s+take|please|pls|now|already|available|instead|who|that|to|for|on|at|from|in|here|there|right|so|and|because|today|again|is|not|can))(?!\s+or\b)",
    r"\b(?:in\s+(?:touch|contact)\s+with|hook\s+me\s+up\s+with|discuss\w*\s+(?:this|it|that)?\s*with|(?:complain|explain|appeal)(?:\s+(?:this|it))?\s+to|complaint\s+(?:to|with)|hear\s+from|help\s+from|answers?\s+from|reply\s+from|deal\s+with|line\s+with|call\s+(?:back\s+)?(?:from|with))\s+(?:an?\s+|the\s+|your\s+|some\s+|one\s+of\s+your\s+)?(?:\w+\s+){0,2}?"
    + _PERSON
    + r"\b",
    r"\b(?:won'?t|refuse\s+to|not\s+(?:going|willing)\s+to|hate\s+to|can'?t\s+stand|rather\s+not|never)\s+(?:talk|speak|chat|deal)\w*\s+(?:to|with)\s+(?:an?\s+|this\s+|the\s+|your\s+)?(?:\w+\s+)?(?:(?:ro|chat)?bots?|machines?|computers?|ai)\b",
    r"\b(?:need|want|get\s+me|give\s+me)\s+(?:some(?:one|body))\s+(?:on\s+the\s+(?:phone|line)|(?:right\s+)?now|to\s+(?:talk|speak|call))",
    r"\bhave\s+a\s+(?:word|chat|talk)\s+with\s+(?:your|an?|the)\s+(?:\w+\s+)?" + _PERSON + r"\b",
    r"\b(?:any(?:one|body)|some(?:one|body))\b.{0,30}\b(?:that|who|whom)?\s*i\s+(?:can|could|may)\s+(?:speak|talk|chat)\s+(?:to|with)\b",
    r"\b(?:may|can|could)\s+(?:i|we)\s+(?:please\s+)?(?:have|get)\s+(?:an?\s+|the\s+|your\s+)(?:live\s+|real\s+|support\s+)?(?:agent|rep|manager|supervisor|operator|representative)\b(?!\s+(?:for|number|account|discount|price|login))",
    r"\b(?:agent|operator|representative|supervisor|manager|rep)(?:,?\s+(?:please|pls|plz|now))\W*$",
    r"\b(?:talk|speak)\s+to\s+your\s+(?:team|staff|people|colleagues?|boss)\b|\bsomeone\s+who\s+can\s+actually\s+help\b",
    r"\b(?:from|of)\s+(?:this|the)\s+(?:ro)?bot\s+and\s+(?:to|get|give)\b",
]
_NOT_ENGLISH = re.compile(
    r"\b(?:don'?t|do\s+not|dont|no|not|without)\s+(?:need|want|require)?\s*(?:to\s+(?:talk|speak)\s+(?:to|with)\s+)?(?:an?\s+|any\s+|the\s+)?"
    r"(?:human|person|agent|operator|manager|representative)\b(?!.*\bbot\b)"
    r"|\b(?:are|r)\s+(?:you|u)\b[^.!?\n]*\b(?:human|person|bot|robot|real|ai)\b[^.!?\n]*"
    r"|\b(?:am\s+i|is\s+this|if\s+(?:you|i)|whether\s+(?:you|i))\b[^.!?\n]*\b(?:human|person|people|bot|robot|real|ai|someone)\b[^.!?\n]*"
    r"|\b(?:does|can|how\s+do(?:es)?)\s+(?:the\s+)?(?:delivery|courier|property|estate|travel|real[- ]estate)\s+(?:agent|person|man)"
    r"|\b(?:estate|travel|property|cleaning|insurance|shipping|delivery)\s+agents?\b|\bhuman\s+(?:hair|body|error|size|resources)\b"
    r"|\b(?:(?:do|does|did|will|would|must|should)\s+(?:i|we|one)\s+(?:have|need)\s+to|must\s+i)\s+(?:talk|speak|call)\s+(?:to|with)\b[^.!?\n]*"
    r"|\b(?:as\s+)?an?\s+(?:human|person|computer|bot|machine)\s+or\s+(?:\w+\s+){0,3}?(?:human|person|computer|bot|machine|is)\b"
    r"|(?<!'d )(?<!would )(?<!also )\blike\s+an?\s+(?:\w+\s+)?(?:human(?:\s+being)?|person)\b"
    r"|\b(?:be|become|your|you'?re|awful|terrible|nice|good)\s+an?\s+(?:\w+\s+)?(?:human(?:\s+being)?|person)\b",
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
    r"(?:人工|真人)(?:协助|帮助|支持|介入|在哪|怎么)|(?:请|让|叫|喊)(?:你们的?)?(?:客户)?(?:经理|主管|领导|店长|老板|负责人)",
    r"(?:找|叫|联系|升级给|升级到|上报给?)(?:你们?的?)?(?:上级|领导|主管|经理)|(?:找|叫|换|派|来)(?:一?个|一?位)人(?:问|来|帮|跟|和|处理|说|聊|$|[，。！!])",
    r"(?:安排|派|让|叫|请)(?:个|一个|一位|位)?专人|(?:接通|呼叫|连线|求助)(?:一下|你们?的?)?(?:客服|人工)|客服(?:人员|小姐姐|小哥|妹妹)?(?:在吗|在不在|在哪|呢|人呢|出来|回复|快来)",
    r"(?:不要|别|不想|不用)(?:再)?(?:机器|自动)(?:人)?(?:回复|回答|客服)",
    r"转人|轉人工|真人客服|人工客服|人工服务|人工服務|活人",
]
_NOT_CHINESE = re.compile(
    r"(?:不用|不需要|不必|无需|别|不要)(?:帮我|再|给我)?(?:转|找|接|联系|叫)?(?:人工|真人|客服)|(?:你|您)是(?:真人|人工|机器人|人)"
    r"|(?:人工客服|人工|客服)(?:几点|什么时候|服务时间|工作时间|上班|费|成本|智能|草|皮革|电话是|的?电话(?:是)?多少|工作时间|(?:客服)?(?:几点|什么时候|服务时间|上班|时间))|人工智能|家里?(?:没)?有人(?:在)?(?:吗|么|嘛)?|(?:怎么|如何)联系(?:人工|真人|你们的?)?客服"
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


_PEOPLE = ("human", "agent", "operator", "representative", "person", "manager", "supervisor")


def _misspellings() -> dict[str, str]:
    """Every slip of one key (two letters swapped, one left out) in the words for a person."""
    slips: dict[str, str] = {}
    for word in _PEOPLE:
        for i in range(len(word)):
            slips[word[:i] + word[i + 1 :]] = word
            slips[word[:i] + word[i : i + 2][::-1] + word[i + 2 :]] = word
    return {slip: word for slip, word in slips.items() if slip not in (*_PEOPLE, "gent", "manger")}


_SLIPS = _misspellings()
_WORD = re.compile(r"[a-z]{4,14}", re.IGNORECASE)


def asks_for_human(text: str) -> bool:
    """Whether the message asks for a person, in any wording; "are you a human?" and "no human needed" do not."""
    text = text[:2000].replace("’", "'")
    text = _WORD.sub(lambda match: _SLIPS.get(match.group().lower(), match.group()), text)
    english = _NOT_ENGLISH.sub(" ", text)
    chinese = _NOT_CHINESE.sub(" ", text)
    return bool(_ENGLISH_RE.search(english) or _CHINESE_RE.search(chinese))


def accepts(text: str) -> bool:
    """Whether the message says yes to an offer, and nothing else."""
    return len(text) <= 60 and bool(_YES.match(text.strip()))


def declines(text: str) -> bool:
    """Whether the message says no to an offer."""
    return bool(_NO.match(text.strip()))


_BOT = re.compile(
    r"^\W*(?:(?:hi|hello|hey|wait|so|ok|sorry)\W+)*(?:are|r)\s+(?:you|u)\s+(?:an?\s+)?(?:real|actual|human|robot|bot|chatbot|machine|ai|person|computer)\b"
    r"|^\W*(?:am\s+i|is\s+this)\s+(?:talking\s+to\s+|speaking\s+(?:to|with)\s+|chatting\s+with\s+)?(?:an?\s+)?(?:real|actual|human|robot|bot|chatbot|machine|ai|person|computer)\b"
    r"|(?:你|您)(?:到底)?是(?:不是)?(?:一?个)?(?:真人|机器人|人工|人类|AI|ai|人还是)",
    re.IGNORECASE,
)


def asks_if_bot(text: str) -> bool:
    """Whether the message asks if a machine is answering: it gets a plain yes."""
    return len(text) <= 120 and bool(_BOT.search(text))
