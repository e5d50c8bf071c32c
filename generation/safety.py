"""Flags messages that a person should see, and masks personal data (generation/masking.py) before it is stored."""

from __future__ import annotations

import re

from generation.masking import luhn, mask
from generation.sentences import split

__all__ = ["flags", "luhn", "mask", "person_name", "without_instructions"]

_FLAGS: dict[str, tuple[str, ...]] = {
    "self_harm": (
        r"\b(?:kill|hurt|harm|cut|hang)(?:ing)? myself\b",
        r"\bend(?:ing)? (?:my (?:own )?life|it all)\b",
        r"\b(?:want|wanna|going|ready) to die\b(?! of (?:laugh|embarrass|bored))",
        r"\bsuicid(?:e|al)\b",
        r"\bno (?:reason|point) (?:to|in) (?:live|living)\b",
        r"\bdon'?t want to (?:live|be alive|exist)\b",
        r"\bbetter off (?:dead|without me)\b",
        r"自杀|自残|自尽|轻生|不想活|活不下去|想死|去死的心|结束(?:我的|自己的)?生命|割腕|了结自己",
    ),
    "legal": (
        r"\b(?:my|our|a|an|contact|call|hire|get) (?:\w+ )?(?:lawyer|attorney|solicitor)s?\b",
        r"\b(?:sue|suing|sued) (?:you|your|this|the (?:shop|store|company)|lumen)\b",
        r"\b(?:take|taking|see) (?:you|this|it) (?:all )?(?:to|in) court\b|\bsmall claims\b|\blegal action\b|\blawsuit\b",
        r"\b(?:report|reporting|complain(?:ing)?) .{0,24}\b(?:trading standards|consumer (?:protection|association|council)"
        r"|ombudsman|regulator|case singapore)\b",
        r"(?<!调)律师|起诉|告你们|法院|法庭|诉讼|12315|消费者(?:协会|保护)|消协|工商局|市场监管",
    ),
    "safety": (
        r"\b(?:caught|catch(?:ing|es)?|on) fire\b",
        r"\b(?:is|was|started|starts|starting|began|are|keeps?) (?:\w+ )?(?:smok(?:ing|ed)\b(?!,? (?:\w+ )?(?:allowed|permitted|ok(?:ay)?|possible|banned|prohibited|rooms?|areas?|sections?|floors?|terraces?|polic|anywhere|inside|outside))|spark(?:s|ing|ed)?\b|burn(?:ing|ed)\b|melt|swell|swollen|bulg)",
        r"\b(?:smoke|sparks|flames?) (?:com(?:e|es|ing)|came|from|out of|pour)",
        r"\bsmell(?:s|ed|ing)? (?:of |like )?(?:burn|smoke|gas)",
        r"\b(?:electric(?:al)? shock|electrocuted|got (?:a )?shock(?:ed)?|shocked me|gave me a shock)\b",
        r"\bexplod(?:e|ed|ing)\b|\bexplosion\b",
        r"\b(?:burn(?:ed|t)|injured|cut|hurt|scalded) (?:my|his|her|our|the) "
        r"(?:[\w']+ )?(?:hands?|fingers?|arms?|face|legs?|foot|feet|skin|eyes?|son|daughter|child|children|kids?|baby|wife|husband)\b(?!'s)",
        r"\bcarbon monoxide\b|\bgas leak\b",
        r"冒烟|起火|(?<![不围])着火|冒火花|打火花|烧起来|烧焦|焦味|糊味|触电|漏电|电到我|被电|电了一下|爆炸|炸了|烫伤|受伤|划伤|鼓包|煤气泄漏",
    ),
    "fraud": (
        r"\b(?:fraud(?:ulent)?|scam(?:med|mer|mers)?|phishing|identity theft)\b",
        r"\b(?:stole|stolen|hacked|hijacked|compromised|someone (?:else )?(?:used|is using|using)) .{0,20}\b(?:card|account|identity|password)\b",
        r"\b(?:card|account|identity|password) (?:\w+ ){0,3}(?:stolen|hacked|compromised|cloned)\b",
        r"\b(?:didn'?t|did not|never|not) (?:make|made|authori[sz]ed?|recogni[sz]ed?) (?:\w+ ){0,3}(?:payment|charge|purchase|transaction|order)s?\b",
        r"\bunauthori[sz]ed (?:\w+ )?(?:charge|payment|transaction|purchase|access)",
        r"诈骗|骗子|被骗|欺诈|盗刷|被盗|盗用|盗号|钓鱼(?:网站|邮件|短信)|不是我(?:下单|付款|刷的|买的)",
    ),
    "press": (
        r"\b(?:journalist|reporter|(?<!read )(?<!read a )(?<!read the )(?<!reading )newspaper|the press|news (?:channel|station|outlet)|media enquiry|press enquiry)\b",
        r"\b(?:go|going|went|take (?:this|it)|talk(?:ing)?) (?:public|viral|to the (?:media|press|papers|news))\b",
        r"\b(?:post|share|put) (?:this|it|about (?:this|you)) (?:\w+ ){0,3}(?:all over|on|to) "
        r"(?:\w+ )?(?:twitter|facebook|instagram|tiktok|social media|reddit|youtube|trustpilot)",
        r"记者|媒体曝光|曝光你们|找媒体|上新闻|发(?:微博|小红书|抖音|朋友圈)曝光|挂到网上|投诉到媒体",
    ),
    "abuse": (
        r"\b(?:f+u+c+k+|fuck(?:ing|er|ed)?|motherfucker|cunt|bitch|asshole|arsehole|bastard|wanker|dickhead)s?\b",
        r"\byou(?:'re| are)? (?:all )?(?:a )?(?:(?:bunch of|fucking|bloody|such an?|stupid|useless|worthless|dumb|total) )+"
        r"(?:\w+ )?(?:bot|idiot|moron|people|machine|thie(?:f|ves)|liars?|robot|garbage|trash|scum)s?\b",
        r"\b(?:idiots?|morons?|imbeciles?|scumbags?)\b",
        r"\bgo to hell\b|\bshut (?:the \w+ )?up\b|\bdrop dead\b|\bscrew you\b",
        r"傻[逼比叉屄]|煞笔|(?<![a-z])sb(?![a-z])|操你|草泥马|艹|妈的|他妈|(?<![a-z])tmd(?![a-z])|滚蛋|滚开|王八蛋|混蛋|白痴|蠢货|废物|垃圾客服|去死|脑残|狗屎|畜生",
    ),
    "injection": (
        r"\b(?:ignore|disregard|forget|override|bypass|skip) (?:all |any |every |the |your |of |previous |prior |above |earlier |these |those |my )*"
        r"(?:instruction|prompt|rule|direction|guideline|polic(?:y|ies)|programming|context|restriction)s?\b",
        r"\b(?:reveal|show|print|repeat|output|tell me|give me|what (?:is|are)|leak|display) (?:me )?(?:\w+ ){0,3}"
        r"(?:system prompt|hidden (?:prompt|instruction)s?|initial (?:prompt|instruction)s?|system message)\b",
        r"\byou are (?:now|no longer) (?:a |an |in |the |my )?(?:\w+ ){0,2}(?:dan|mode|bot|assistant|ai|admin|developer|pirate|unrestricted)\b",
        r"\b(?:pretend|act|roleplay|role-play|behave) (?:to be|as|like|as if) (?:you(?:'re| are)|an? (?:\w+ )?(?:ai|admin|developer|hacker|unrestricted|different))",
        r"\b(?:developer|debug|god|jailbreak|dan|admin|sudo|root) mode\b|\bjailbreak\b|\bdo anything now\b",
        r"<\|(?:im_start|im_end|system|endoftext)|\[/?inst\]|<</?sys>>|^\s*#{0,3}\s*system\s*:",
        r"\bnew (?:system )?(?:instruction|directive|prompt)s?\s*:",
        r"\bfrom now on,? you (?:will|must|are|should|only)\b",
        r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|跳过|绕过|覆盖).{0,10}(?:指令|指示|提示词?|规则|设定|要求|限制|政策|命令)",
        r"(?:显示|告诉我|输出|打印|重复|泄露|说出|复述).{0,8}(?:系统提示|提示词|系统指令|初始指令|隐藏指令|系统消息)",
        r"你现在(?:是|变成|扮演)|(?:假装|扮演)(?:你是|成|一个|自己)|(?:开发者|管理员|越狱|调试|上帝)模式|从现在(?:开始|起).{0,4}你(?:要|必须|只|是|将)",
    ),
}
_COMPILED = {
    flag: tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)
    for flag, patterns in _FLAGS.items()
}


def flags(text: str) -> frozenset[str]:
    """What in a message a person should know of, in English and Chinese.

    A subset of self_harm, legal, safety (fire, smoke, shock, injury), fraud, press, abuse and injection (words that
    try to change the program's instructions; they are data all the same).
    """
    text = text.replace("’", "'")
    return frozenset(flag for flag, patterns in _COMPILED.items() if any(pattern.search(text) for pattern in patterns))


# What no sentence of a shop's file says, unless it speaks to the program instead of the customer.
_TO_THE_PROGRAM = re.compile(
    r"\b(?:notes?|instructions?|messages?|important|attention|commands?) (?:to|for) (?:the |any |every )?(?:\w+ )?"
    r"(?:ai|assistant|chatbot|bot|llm|model)\b"
    r"|\b(?:assistant|ai|bot|chatbot|model|system) (?:instruction|prompt|command|directive)s?\b"
    r"|\b(?:ai|assistant|chatbot|bot|llm|model)s?\s*[:,-]\s*(?:please |now |you )?"
    r"(?:ignore|disregard|decode|do(?:n't| not)|say|tell|reply|answer|respond|offer|always|never|send|give|must|should|obey)\b"
    r"|\b(?:when|if) you (?:read|see|process|are reading) this\b|\bas an? (?:ai\b|(?:\w+ )?language model)"
    r"|\bignore (?:the |all |any |every )?(?:\w+ )?(?:price|text|passage|fact|information|above|data|policy)s?\b"
    r"|=\s*(?:HYPERLINK|IMPORTXML|IMPORTDATA|WEBSERVICE|CMD|EXEC)\b"
    r"|给(?:AI|人工智能|智能|机器人|聊天)*(?:助手|助理|机器人|模型|客服)的(?:说明|指令|指示|提示|命令)"
    r"|(?:AI|助手|机器人|模型)\s*[，,：:]\s*(?:请|你|忽略|不要|必须|务必)|(?:系统|system)\s*[：:]\s*你"
    r"|忽略(?:上述|以上|前面|之前)|(?:你|您)必须(?:回答|回复|说)",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"\W*(?:please |then |and |also |instead,? )*(?:tell|say|reply|answer|respond|send|give|ask|write|print|repeat|offer|always"
    r"|never|do not|don't|you (?:must|should|will|are)|pretend|act|output|include|add|end|begin|start)\b"
    r"|\W*(?:并且?|然后|再|请|务必)*(?:告诉|回答|回复|让顾客|让客户|必须|输出|说|不要|永远|总是|发送)",
    re.IGNORECASE,
)


def without_instructions(text: str) -> str:
    """A passage's text without the sentences that try to instruct the program, and the commands that follow them.

    They are data to the model anyway; here they are also kept from being quoted to the customer.
    """
    kept: list[str] = []
    commanding = False
    for sentence in split(re.sub(r"<!--.*?(?:-->|$)", "", text, flags=re.DOTALL)):
        commanding = (
            "injection" in flags(sentence)
            or _TO_THE_PROGRAM.search(sentence) is not None
            or (commanding and _COMMAND.match(sentence) is not None)
        )
        if not commanding:
            kept.append(sentence)
    return "".join(kept).strip()


_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*(?: [^\W\d_]+(?:['’.-][^\W\d_]*)*){0,3}")
_HAN_NAME = re.compile(r"[\u3400-\u9fff·]{1,6}(?:先生|女士|小姐)?")
_NO_NAME = re.compile(
    r"\b(?:free|refund(?:ed)?|discount|approved?|confirmed|yes|no|ok|okay|admin(?:istrator)?|system|assistant|manager|owner|bot"
    r"|ignore|rules?|say|tell|lamp|price|costs?|dollars?|gift|promo|sale|is|are|the|and|you|your|we|all)\b"
    r"|\.(?:com|net|org|cn|sg|io|example)\b|免费|退款|折|优惠|批准|同意|可以|所有|商品|系统|管理|客服|忽略|规则|元$|价",
    re.IGNORECASE,
)


def person_name(name: str | None) -> str | None:
    """A name fit to be said back, None for what is none: a sentence, a link, a price, a word that promises something."""
    name = " ".join((name or "").split())
    if not name or len(name) > 40 or _NO_NAME.search(name):
        return None
    return name if (_HAN_NAME if re.search(r"[\u3400-\u9fff]", name) else _NAME).fullmatch(name) else None
