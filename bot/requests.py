"""Recognises a request for a human, a yes or no to the offer of one or its taking back, a doubt, a giving up and a scolding."""

from __future__ import annotations

import re

from bot import wordings
from retrieval.glossary import glossary
from retrieval.smalltalk import small_talk

_HEADCOUNT = re.compile(
    r"\bhow\s+many\s+(?:people|persons?|staff|men|cleaners|workers)\b[^.!?;,]*"
    r"|(?:要|会|能|需要|一共|总共|大概|一般|你们){0,5}(?:来|派|安排|上门|过来)?(?:几|多少|[两三四五六七八九十]|\d{1,4})(?:个|位|名)?(?:人|师傅|阿姨|工人|员工)(?:(?:一起)?(?:过来|上门|来|去|搬|打扫|保洁|干活|做|吃|住|坐|用|玩|够)|(?:的|多少|呢|吗|要|啊|呀|$|\W))",
    re.IGNORECASE,
)
"""How many come, or how many it is for: "几个人来"."""
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
    r"^\W*(?:(?:hi+|hello|hey|hiya|yo|wait|so|ok(?:ay)?|oh|um+|hm+|well|no|and|but|sorry|btw|by\s+the\s+way|(?:ha|he){2,}h?|lo+l|lmao|omg|wow|honestly|seriously|be\s+honest|quick\s+question|just\s+(?:wondering|curious|checking))\W+)*(?:(?:are|r)\s+(?:you|u)|am\s+i|is\s+this)\s+"
    rf"(?:talking\s+to\s+|speaking\s+(?:to|with)\s+|chatting\s+with\s+)?(?:{_SOMEBODY}|an?\s+(?:real|actual))\b(?!\s+(?:vacuum|mop|lawn|mower|cleaner|hoover|shop|store|kit)s?\b)(?:\s+or\s+{_SOMEBODY}\b)?"
    rf"|(?:你|您)(?:到底)?是(?:不是)?(?:一?个)?{_SOMEBODY_ZH}(?:还是{_SOMEBODY_ZH})?",
    re.IGNORECASE,
)


def asks_for_human(text: str) -> bool:
    """Whether the message asks for a person, in any wording; "are you a human?" and "no human needed" do not."""
    if _COMMAND.match(text):
        return True
    rest = _HEADCOUNT.sub(" ", _NO_PERSON.sub(" ", _BOT.sub(" ", text.replace("’", "'"))))
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


_MINE = r"(?:my|our|the)\s+(?:\w+\s+)?(?:orders?|parcels?|packages?|deliver(?:y|ies)|shipments?|stuff|things|items?)"
_ORDER_STATE = re.compile(
    rf"\bwhere(?:\s+(?:is|are)|'?s|s)?\s+{_MINE}\b|\b(?:track|trace|check(?:\s+on)?|status\s+of|news\s+(?:of|about|on)|update\s+on)\s+{_MINE}\b"
    rf"|\b(?:when|what\s+time)\s+(?:will|does|is|should)\s+{_MINE}\s+(?:\w+\s+)?(?:arriv|com|be\s+(?:here|delivered)|get|turn\s+up|ship)"
    rf"|\b{_MINE}\s+(?:\w+\s+){{0,2}}(?:hasn'?t|has\s+not|hasnt|haven'?t|havent|didn'?t|didnt|never|not|still\s+not)\s+(?:\w+\s+)?(?:arriv|com|turn|shipp|been\s+(?:deliver|sent|shipp)|show)"
    r"|\border\s+status\b|\b(?:it|order|parcel|package|delivery)\s+(?:was|were)\s+(?:meant|supposed|due)\s+to\s+(?:come|arrive|be\s+here|be\s+delivered)"
    r"|(?:查(?:一下|下|询|查)?|看看?(?:一下|下)?)我的(?:\w{0,4})(?:订单|单子|快递|包裹|物流)|我(?:的|买的|订的|下的)?(?:\w{0,6})(?:订单|单子?|快递|包裹|货|东西|商品)(?:现在|都|怎么|还|到底|已经)*(?:在哪|到哪|到了哪|什么状态|什么时候(?:能)?(?:到|发)|没(?:有)?(?:到|发货|收到|动静|更新))"
    r"|(?:怎么|都\w{1,4}了|到现在|现在)?(?:还|仍然?)(?:没有?|未)(?:收到|到货|发货|送到|送来|到(?!\w))",
    re.IGNORECASE,
)
_TELLS_STATE = re.compile(
    r"\btrack|\bwhere|\bstatus|\barriv|\blate\b|\bdelay|\blost\b|\bmissing|n[o']t (?:\w+ )?(?:come|arrived|received|moved)|\bwhen will"
    r"|物流|查询|查|到哪|在哪|没收到|未收到|没到|未到|延误|延迟|丢|进度|状态|什么时候(?:能)?[到发]|多久(?:能)?[到发送]",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """In simplified characters, with straight apostrophes."""
    return glossary().simplify(text.replace("’", "'"))


def asks_after_order(text: str) -> bool:
    """Whether the customer asks what has become of an order of theirs, which no file can tell."""
    return len(text) <= 160 and bool(_ORDER_STATE.search(plain(text)))


def tells_of_orders(title: str) -> bool:
    """Whether an entry headed so says how an order is followed, or what is done about one that is late."""
    return bool(_TELLS_STATE.search(glossary().simplify(title)))


def gives_up(text: str) -> bool:
    """Whether the message lets the matter go ("never mind"), and nothing else."""
    return len(text) <= 60 and bool(_GIVES_UP.fullmatch(text.replace("’", "'")))


def doubts(text: str) -> bool:
    """Whether the message asks if what was said is true, or says that it is not, and nothing else."""
    return len(text) <= 60 and bool(_DOUBT.fullmatch(text.replace("’", "'")))


_MISHEARD = re.compile(
    r"\W*(?:(?:no|nope|but|ok(?:ay)?|um+|hm+|sorry|wait|hey|well|er|still|again|thanks?)\W+)*(?:"
    r"(?:(?:that|this|it)(?:'?s|\s+is|\s+was)?\s*)?(?:is\s*n'?t|was\s*n'?t|not)\s+(?:really\s+|at\s+all\s+)?what\s+i\s*(?:'?m|am|was|'?ve|have)?\s*(?:asked|asking|meant|mean|said|wanted|looking)"
    r"(?:\s+(?:for|about|you|u)){0,2}(?:\s+at\s+all)?"
    r"|(?:you|u)\s*(?:'?re\s+not|did\s*n'?t|did\s+not|have\s*n'?t|have\s+not|are\s*n'?t|are\s+not|never|still\s+have\s*n'?t)\s+(?:really\s+)?(?:answer|understand|understood|get|reply|listen)(?:ed|ing)?(?:\s+to)?\s+(?:me|my\s+questions?|the\s+questions?|what\s+i\s+(?:asked|said|meant))"
    r"|(?:you|u)(?:'ve|\s+have)?\s+(?:misunderst\w+|misread)(?:\s+(?:me|my\s+question))?|i\s+(?:did\s*n'?t|did\s+not|never|was\s*n'?t)\s+ask(?:ed|ing)?\s+(?:you\s+)?(?:for\s+|about\s+)?(?:that|this)"
    r"|(?:that|this|it)\s+(?:do(?:es)?\s*n'?t|does\s+not|did\s*n'?t)\s+answer\s+(?:my|the)\s+question|(?:read|answer)\s+my\s+question(?:\s+(?:again|properly))?|wrong\s+question)\W*"
    r"|\W*(?:(?:不是|不对|哎|啊|唉|额|呃|嗯|等等|可是|但是)\W*)*(?:我?(?:问|说|要|指)的?(?:根本|并|又)?(?:不是|可不是)这(?:个|些|样)?|我?(?:又|也|并)?(?:不是|没)(?:在)?[问要说](?:你)?这个|(?:你|您|这)?(?:完全|根本|真是|这是|就是)?答非所问"
    r"|(?:你|您)(?:还是|又|根本|都)?(?:没有?|未)(?:回答|听懂|看懂|理解|明白|答)(?:到)?(?:我|我的问题|我的意思|我问的|问题)?|(?:没有?|未)(?:回答|听懂|看懂|理解|答)(?:到)?(?:我的问题|我的意思|我问的|我)|(?:你|您)(?:答|说|讲|回)的(?:根本|并|又)?不是我[问要说]的|我?不是这个意思|(?:你|您)?(?:理解|领会|听)错(?:我的意思|我的问题)?了|(?:牛头|驴唇)不对马嘴|文不对题)[了啊呀吧的吗啦]*\W*",
    re.IGNORECASE,
)


def misheard(text: str) -> bool:
    """Whether the message says that the answer was to another question, and nothing else."""
    return len(text) <= 60 and bool(_MISHEARD.fullmatch(plain(text)))


_STAFF = r"(?:\w+\s+)?(?:person|human|agent|colleague|operator)"
_TAKES_BACK = re.compile(
    r"\W*+(?>(?:ok(?:ay)?|oh|well|actually|sorry|hm+|thanks?|(?:that'?s|it'?s)\s+(?:ok(?:ay)?|fine)|嗯|哦|唉|哎|好吧|那就?|还是|不好意思)\W*)*+"
    r"(?:never\s*mind|nvm\b|forget\s+(?:it|that|about\s+(?:it|that))\b|do\s*n'?t\s+(?:bother|worry(?:\s+about\s+(?:it|that))?)\b|"
    rf"cancel\s+(?:that|(?:the|my)\s+request)\b|no\s+need\s+(?:for|of)\s+(?:an?\s+)?{_STAFF}\b(?:\s+any\s*more)?|"
    r"i\s+(?:no\s+longer|do\s*n'?t|do\s+not)\s+(?:need|want)\s+(?:to\s+(?:talk|speak)\s+to\s+)?(?:an?\s+|the\s+|any\s+)?"
    rf"{_STAFF}\b(?:\s+any\s*more)?|算了(?!一?下|算)|不用了(?=\W*\w)|"
    r"(?:不用|不需要|不要|不想|不|别|先不|取消)(?:再|帮我|给我)?(?:(?:转|找|等|接|叫)(?:人工|真人|客服|人)?|人工|真人|排队)(?:客服)?(?:了|啦|吧)+)"
    r"(?:\W|[吧了啦那]|谢谢|多谢|请问|我?想?问一?下|then\b|thanks?\b|thank\s+you\b)*",
    re.IGNORECASE,
)
_WAITS_ON = re.compile(r"\bwait|\bhold\b|\btake your time|等(?!于|级)|慢慢|排队", re.IGNORECASE)


def taken_back(text: str) -> str | None:
    """What follows the taking back of a request for a person, "" where nothing does; None where nothing is taken back."""
    text = plain(text)
    if (found := _TAKES_BACK.match(text)) is None:
        return None
    rest = text[found.end() :].strip()
    if _WAITS_ON.search(rest):  # "never mind, I'll wait"
        return None
    return rest if re.search(r"\w", rest) else ""


_SCOLDS = re.compile(
    r"\W*(?:(?:omg|well|wow|god|ok|so|no)\W+)*(?:(?:you|u|this|it|that)(?:'?(?:re|s)|\s+(?:are|r|is|bot\s+is))?\s+|ur\s+|what\s+an?\s+)?"
    r"(?:(?:so|really|very|just|absolutely|totally|completely|fucking|bloody|such|an?|pretty)\s+)*"
    r"(?:useless|rubbish|stupid|crap|garbage|terrible|awful|hopeless|pathetic|no\s+help(?:\s+at\s+all)?|not\s+help(?:ful|ing)|unhelpful|dumb|idiot)"
    r"(?:\s+(?:bot|thing|service|shop|chatbot))?\W*"
    r"|\W*(?:你们?|您|这|这个|机器人|客服|真是|简直|服务){0,3}(?:太|真|好|很|什么|一点都?|都|完全|也)*"
    r"(?:没用|垃圾|废物|差劲|差|烂|蠢|坑人?|笨|智障|敷衍|帮不上忙)(?:东西|机器人|玩意儿?|服务|客服)?[了啊呀吧透的]*\W*",
    re.IGNORECASE,
)


def scolds(text: str) -> bool:
    """Whether the message finds fault with the service, and says nothing else."""
    return len(text) <= 60 and bool(_SCOLDS.fullmatch(plain(text)))


def asks_nothing(text: str) -> bool:
    """Whether the message is a greeting or chat, or asks if a bot answers, and nothing else: repeated, it is no complaint."""
    rest = _BOT.sub(" ", text.replace("’", "'"))
    if not re.search(r"[^\W吗呢啊呀么嘛吧的]", rest):
        return asks_if_bot(text)
    return small_talk(rest) in ("greeting", "self", "chat")
