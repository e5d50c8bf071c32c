"""Recognises a request for a human, a yes or no to the offer of one or its taking back, a doubt, a giving up and a death told of."""

from __future__ import annotations

import re

from bot import wordings
from retrieval.glossary import glossary
from retrieval.smalltalk import small_talk

_HEADCOUNT = re.compile(
    r"\bhow\s+many\s+(?:people|persons?|staff|men|cleaners|workers)\b[^.!?;,]*"
    r"|(?:要|会|能|需要|一共|总共|大概|一般|你们)*(?:来|派|安排|上门|过来)?(?:几|多少|[两三四五六七八九十]|\d+)(?:个|位|名)?(?:人|师傅|阿姨|工人|员工)(?:(?:一起)?(?:过来|上门|来|去|搬|打扫|保洁|干活|做|吃|住|坐|用|玩|够)|(?:的|多少|呢|吗|要|啊|呀|$|\W))",
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


def _plain(text: str) -> str:
    """In simplified characters, with straight apostrophes."""
    return glossary().simplify(text.replace("’", "'"))


def asks_after_order(text: str) -> bool:
    """Whether the customer asks what has become of an order of theirs, which no file can tell."""
    return len(text) <= 160 and bool(_ORDER_STATE.search(_plain(text)))


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
    return len(text) <= 60 and bool(_MISHEARD.fullmatch(_plain(text)))


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
    text = _plain(text)
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
    return len(text) <= 60 and bool(_SCOLDS.fullmatch(_plain(text)))


_KIN = (
    r"(?:mum|mom|mother|dad|father|nan|nana|gran|grand(?:ma|pa|mother|father|dad)|wife|husband|partner|son|daughter|brother|"
    r"sister|aunt|uncle|friend|baby|child)"
)
_PET = r"(?:dog|puppy|pup|cat|kitten|kitty|rabbit|bunny|hamster|guinea pig|parrot|budgie|tortoise|horse|pony|pet)s?"
_LATELY = r"(?:ha(?:s|ve|d)|is|was|just|sadly|suddenly|recently|unexpectedly|also|yesterday|today|last|this|night|morning|week|(?-i:[A-Z][a-z]+))"
_DIED = r"(?:died|dead|passed(?:\s+(?:away|on))?|(?:were|got|been|be)?\s*put\s+(?:down|to\s+sleep)|killed)"
_KIN_ZH = r"(?:[妈爸]|爷爷?|奶奶?|外公|外婆|姥姥|姥爷|老公|老婆|丈夫|妻子|儿子|女儿|孩子|宝宝|哥|姐|弟弟?|妹妹?)"
_PET_ZH = r"(?:狗狗?|犬|猫咪?|猫猫|[喵汪]|兔子?|仓鼠|豚鼠|鹦鹉|乌龟|龙猫|宠物|毛孩子)"
_LATELY_ZH = r"(?:昨天|今天|前天|昨晚|今早|刚刚?|上周|上个?月|已经|突然|就|还是|也|永远|都)"
# "我妈昨天走了" tells of a death, "我妈走了" may only have left; so does who went somewhere, or comes back.
_WHEN_ZH = r"(?:昨天|前天|昨晚|今早|今晨|凌晨|上周[一二三四五六日天末]?|上个?(?:月|星期|礼拜)|前[几两]天|去年|今年|前年|半年前|突然|永远|[一二三四五六七八九十半两几\d]+(?:天|周|个?月|年)前)"
_ENDS_ZH = (
    r"(?!\s*(?:家|去|到|回|后|以后|之后|才|多|的|出差|上班|坐|飞|旅|[^，。！？,.!?]{0,10}回来))"
    r"(?=[^\w]|$|[想要能我他她它您你这那请帮可怎还葬丧])"
)
_DEATH = re.compile(
    rf"\b(?:my|our|his|her)\s+(?:[\w']+\s+){{0,2}}(?:{_KIN}|{_PET})\s+(?:{_LATELY}\s+){{0,3}}{_DIED}\b"
    r"(?!\s+(?:laughing|of\s+(?:laugh|bore)|over|through|inspection|on\s+arrival|for|tests?|the|an?|it|his|her|my|out)\b)"
    rf"|\blost\s+(?:my|our)\s+(?:\w+\s+)?{_KIN}\b(?!'s)|\brainbow\s+bridge\b|\bpassed\s+away\b"
    rf"|\b(?:death|passing|loss)\s+of\s+(?:my|our)\s+(?:\w+\s+)?(?:{_KIN}|{_PET})\b"
    rf"|\b(?:my|our)\s+(?:[\w']+\s+)?(?:{_KIN})(?:'?s|\s+is)\s+(?:really\s+|now\s+)?gone(?=\W*$|[,.!;]|\s+(?:and|now|forever|for\s+good)\b)"
    r"|\b(?:she|he)(?:'?s|\s+is)\s+(?:really\s+|now\s+|just\s+)?gone(?:\W+(?:and\W+)?(?:now\W+)?(?:i|we)(?:'ve|ve|\s+have)?\s+(?:(?:have|got)\s+)?nothing\b|\s+(?:forever|for\s+good)\b)"
    r"|\bnow\s+that\s+(?:she|he)(?:'?s|\s+is)\s+gone(?=\W*$|[,.!;]|\s+(?:i|we)\b)"
    r"|去世|过世|离世|病逝|逝世|猝死|[去回]了?[喵汪]星|彩虹桥|安乐死了"
    rf"|(?:{_KIN_ZH}(?:的?人)?(?:{_WHEN_ZH})+|(?:{_WHEN_ZH})+(?:我们?家?|咱)?{_KIN_ZH})(?:就|也|突然|已经)*(?:走了|不在了|没了|离开(?:了|我们了?)){_ENDS_ZH}"
    rf"|(?:我们?家?的?|咱){_KIN_ZH}(?:不在(?:人世|世|了)|没了){_ENDS_ZH}|(?:我们?家?的?|咱){_KIN_ZH}走了(?:快|都|已经)*[一二三四五六七八九十半两几\d]+年"
    rf"|(?:{_KIN_ZH}|{_PET_ZH})(?:[^，。,.!！?？]{{0,12}}(?:{_LATELY_ZH}|[里后时完]|时候|期间|回来|那儿|[弄害洗养毒病摔淹噎打咬闷]))?(?:死(?:了|掉|在)|没(?:救活|挺过|抢救)|断气)"
    rf"|(?:{_PET_ZH}|爷爷?|奶奶?|外公|外婆|姥姥|姥爷){_LATELY_ZH}*(?:走了|不在了|没了){_ENDS_ZH}",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\bif\b|\bwhat happens\b|\b(?:could|would|will|can|might)\s+(?:\w+\s+){0,3}(?:die|pass|kill)|如果|要是|万一|假如|的话|会不会|会死|怕|避免|防止",
    re.IGNORECASE,
)


_SHOP = re.compile(
    r"(?:你们|您们|贵店|店[里员家])(?!能|可以|有|卖|收|会)|\b(?:at|by|with|from|because\s+of|after)\s+(?:you|yours?)\b"
    r"|\byour\s+(?:shop|store|staff|place|salon|food|fault|groom\w*|product)s?\b",
    re.IGNORECASE,
)


def mourns(text: str) -> bool:
    """Whether the message tells of a death, of somebody near or of a pet; what is only supposed is none."""
    text = _plain(text)
    return bool(_DEATH.search(text)) and not _SUPPOSED.search(text)


_FUNERAL = (
    r"(?:\b(?:funerals?(?!\s+(?:directors?|homes?|parlou?rs?))|cremation|burial|memorial(?:\s+service)?(?=\W*$|[,.!?;]|\s+(?:tomorrow|today|tonight|is|was|on|this|next|in|and|please|but))"
    r"|(?:the|his|her|my|our|\w+s|\w+'s|a)\s+wake(?=\W*$|[,.!?;]|\s+(?:tomorrow|today|tonight|is|on|this|next|in|and|but)))\b|葬礼|丧礼|追悼会|告别仪式|遗体告别|出殡|头七|丧事|白事|守灵|殡仪馆)"
)
_OF_KIN = re.compile(
    rf"\b(?:my|our|his|her)\s+(?:[\w']+\s+)?{_KIN}(?:'?s|s')?\s+{_FUNERAL}|\b(?:funeral|memorial|burial|wake)\s+(?:of|for)\s+(?:my|our)\b|我们?家?的?{_KIN_ZH}[^，。！？,.!?]{{0,6}}{_FUNERAL}",
    re.IGNORECASE,
)
_MISSED = re.compile(
    r"(?:\b(?:(?:(?:is|was|are|were)n'?t|not)\s+(?:\w+\s+)?(?:ready|here|done|finished|there|arriv\w+|come|deliver\w+|right)|(?:hasn'?t|haven'?t|has\s+not|have\s+not|didn'?t|did\s+not|never)\s+(?:\w+\s+)?(?:arriv|came|come|turn|show|got|been|receiv|deliver)\w*"
    r"|no\s?(?:body|\s?one)\s+(?:\w+\s+)?(?:answer|pick|repl|call|came|come)\w*|still\s+waiting|too\s+late|wrong|broken?|ruined|lost(?!\s+(?:her|his|my|our|their|someone)\b)|damaged|missing|smashed|torn|shrunk|shrank|stain\w*|cancelled|nothing\s+to\s+(?:wear|show)|let\s+(?:me|us)\s+down)\b"
    r"|没好|没做好|没到|没收到|没送|没人(?:接|回|理)|没洗好|没干|坏了|弄坏|丢了|不见了|错了|弄错|来不及|破了|洗坏)",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"(?:\b(?:tomorrow|today|tonight|this\s+(?:morning|afternoon|evening)|in\s+(?:an?|one|two|\d+)\s+hours?|urgent(?:ly)?|asap|please\s+help|pls\s+help|help\s+me|desperate)\b|明天|今天|今晚|后天|明早|马上|急|来不及)",
    re.IGNORECASE,
)
_MY_ORDER = re.compile(
    r"(?:\b(?:i|we)(?:'ve|\s+have)?\s+(?:already\s+)?(?:ordered|bought|paid|booked|dropped|left|gave|brought)\b|\bmy\s+(?:\w+\s+)?(?:order|parcel|package|delivery|booking)\b|\b(?:is|are|isn'?t|aren'?t)\s+(?:my|our|the|it|they)\b[^.!?]{0,20}\bready\b"
    r"|\bplease\s+help\b|\bhelp\s+me\b|我(?:订|定|买|送|存|洗)的|我的(?!妈|爸)|订单|好了[吗没]|做好)",
    re.IGNORECASE,
)
_DESPAIR = re.compile(
    r"\b(?:can'?t|cannot|can\s+not)\s+(?:bear|cope|go\s+on|do\s+this|take|carry\s+on|live|stop\s+crying)|\b(?:be|go|join|follow)\s+(?:with\s+)?(?:him|her)\b|\bno\s+(?:point|reason)\b|\bend\b"
    r"|\b(?:without|after)\s+(?:him|her)\b|\b(?:i|myself)\b[^.!?]{0,20}\b(?:die|dead|dying|gone|alive|live|life)\b|撑不|受不了|活|死了?算|跟(?:着)?(?:他|她)|陪(?:他|她)去|没意思|不想",
    re.IGNORECASE,
)


def buries(text: str) -> bool:
    """Whether the message speaks of the funeral of somebody near."""
    return bool(_OF_KIN.search(_plain(text)))


def late_for_funeral(text: str) -> bool:
    """Whether something went wrong, or an order presses, for a funeral; who only asks what is sold for one is none."""
    text = _plain(text)
    if not re.search(_FUNERAL, text, re.IGNORECASE) or _SUPPOSED.search(text):
        return False
    return bool(_MISSED.search(text) or _SOON.search(text) and _MY_ORDER.search(text))


def despairs(text: str) -> bool:
    """Whether who mourns also sounds as if there were no way on."""
    return bool(_DESPAIR.search(_plain(text)))


def blames(text: str) -> bool:
    """Whether who tells of a death names the shop's part in it."""
    return bool(_SHOP.search(_plain(text)))


_WORKER = (
    r"(?:(?:delivery|removal|courier|cleaning)\s+)?(?:cleaners?|cleaning\s+lady|couriers?|drivers?|(?:delivery|removal)\s+(?:man|men|guys?|people|person)|groomers?|framers?|fitters?|movers?|installers?|plumbers?"
    r"|technicians?|tailors?|dry\s?cleaners?|laundry|stylists?|hairdressers?|staff|sitter|walker|workers?|mechanics?)"
)
_DOER = rf"(?:you(?:\s+(?:guys|lot|people|all))?|u|they|(?:your|ur|the|his)\s+(?:\w+\s+)?{_WORKER}|your\s+(?:shop|team|people|company|guys?|man|men|wash|machine)|someone\s+from\s+your\s+\w+)"
_BROKE = (
    r"(?:broken?|ruin(?:ed)?|lost|damaged|destroyed|wrecked|shr[aiu]nk|shrunk(?:en)?|stained|scratched|smashed|t(?:ore|orn)|ripped|burnt|burned|scorched|cracked|chipped|bleached"
    r"|dented|crushed|flooded|spoil(?:ed|t)|melted|misplaced)"
)
_TOO = r"(?:(?:have|has|had|'ve|ve|just|also|completely|totally|absolutely|only|actually|now|already|really|badly|literally|managed\s+to|went\s+and|all)\s+){0,4}"
_DAMAGE = re.compile(
    rf"\b(?<!if )(?<!have )(?<!did ){_DOER}(?:'ve)?\s+{_TOO}(?:\w+\s+and\s+)?{_BROKE}\s+(?:(?:one|two|some|half|all|both|most|part)\s+of\s+)?(?:my|our|mine|all\s+my|the\s+(?:only|last))\b(?!\s+(?:heart|point|attention|interest)\b)"
    rf"|\b(?<!if )(?<!have )(?<!did )(?:you|your\s+(?:\w+\s+)?{_WORKER}|your\s+(?:team|guys?|men|man|people))(?:'ve)?\s+{_TOO}(?:\w+\s+and\s+)?(?:{_BROKE}|put\s+an?\s+(?:\w+\s+)?(?:hole|scratch|dent|crack|stain)s?\s+[io]n)\s+(?:my|our|the\s+(?:floor|wall|door|ceiling|window|carpet|sofa|table|screen|glass|frame|car|paint(?:work)?|box|furniture|tv))\b(?!\s+(?:heart|point|attention|interest)\b)"
    rf"|\b(?<!if )(?<!have )(?<!did )(?:you|your\s+(?:\w+\s+)?{_WORKER})(?:'ve)?\s+{_TOO}{_BROKE}\s+(?:it|them|this|everything)\b"
    rf"|\b(?:my|our)\s+(?:[\w'-]+\s+){{1,5}}?(?:(?:is|are|was|were|got|has|have|had|been|came|come|comes|all|completely|totally)\s+){{1,3}}{_BROKE}\s+(?:by|at|in|from|with|during)\s+(?:you|your|ur|the\s+{_WORKER}|transit|(?:the\s+)?(?:post|mail|delivery))\b"
    rf"|\b(?:my|our)\s+(?:[\w'-]+\s+){{1,5}}?(?:came|come|has\s+come|have\s+come|arrived|was\s+returned|were\s+returned)\s+back\s+(?:(?:all|completely|totally|so|two\s+sizes|with(?:\s+an?)?)\s+)*"
    rf"(?:{_BROKE}|smaller|(?:\w+\s+)?(?:stains?|holes?|marks?|tears?|burns?|rips?)|dirty|filthy|discolou?red|faded|misshapen|pink|missing)\b",
    re.IGNORECASE,
)
_IN_PIECES = r"(?:broken|smashed|cracked|damaged|crushed|squashed|squished|ruined|shattered|melted|torn|ripped|leaking|spoil(?:ed|t)|mouldy|moldy|rotten|dented|bent|collapsed|wilted|dead|in\s+(?:\w+\s+)?(?:pieces|bits|half))\b"
_CAME_BROKEN = re.compile(
    rf"\b(?:arrived?|came|come|turned\s+up|showed\s+up|got\s+here|(?:was|were|been)\s+delivered|delivered)\s+(?:(?:all|completely|totally|badly|already|half|so|and\s+(?:it|its|it's|they)\s+(?:is|are|was|were)?)\s+)*{_IN_PIECES}"
    rf"|\b(?:the|all\s+the|every|half\s+the|both)\s+(?:\w+\s+){{1,3}}?(?:is|are|was|were|got)\s+(?:all|completely|totally|absolutely|badly|literally)\s+{_IN_PIECES}"
    rf"|\b(?:half|all|some|most|two|three)\s+(?:of\s+)?the\s+\w+\s+(?:is|are|was|were)\s+{_IN_PIECES}|\b(?:my|our)\s+(?:\w+\s+){{1,3}}?(?:is|are)\s+(?:\w+\s+)?(?:ruined|wrecked)\b"
    r"|\b(?:my|our)\s+(?:(?!card|code|receipt|e?mail|confirmation|password|invoice|account|points|voucher|ticket|booking|remote|manual)\w+\s+){1,3}(?:(?:is|are|has\s+gone|have\s+gone|went)\s+missing|(?:is|are)\s+(?:nowhere|not\s+there\s+any\s*more))\b"
    r"|(?:收到|到货|送来|送到|寄来|寄到|拆开|打开|到手)[^，。！？,.!?]{0,10}?(?:坏|碎|破|裂|烂|断|压扁|压坏|变形|漏|化|发霉|塌)[了的掉]|(?:蛋糕|花|杯子?|碗|盘子?|玻璃|箱子|盒子|东西|水果)[^，。！？,.!?]{0,6}?(?:全|都|完全|整个|已经)(?:碎|烂|塌|压扁|摔坏|压坏|摔烂|化|蔫|坏)了"
    r"|我(?:的|们的|家的?)(?!会员|优惠|积分|小票|发票|密码|订单|账号|卡|余额)[^，。！？,.!?]{1,8}?(?<!卡)(?<!券)(?<!票)(?<!单)(?:不见了|找不到了|不翼而飞)|少了(?:我的?)?[一二两三\d]+[件个只条双份套]",
    re.IGNORECASE,
)
_DOER_ZH = r"(?:你们(?:家|店|那)?[里边]?的?|你家|店家|店里|商家|快递(?:员|小哥|公司)?|阿姨|师傅|保洁|骑手|外卖员|配送员?|司机|物流|店员|员工|送货的?|安装(?:工|师傅)|工人|搬家的|干洗店|美容师|托尼)"
_BREAKS_ZH = r"(?:洗|弄|搞|摔|打|碰|压|砸|烫|熨|送|寄|剪|刮|划|染|晒|撞|磕|搬|拆|给|整|烘|漂|装|修)"
_BROKEN_ZH = r"(?:坏|碎|破|丢|没|缩(?:水|小)?|变[形色黄小硬]|[染掉褪串]色|烂|断|裂|花|脏|皱|瘪|扁|毁|报废|出?(?:一?个)?洞|串味|焦)"
_DAMAGE_ZH = re.compile(
    rf"{_DOER_ZH}[^，。！？,.!?]{{0,8}}?[把将给][^，。！？,.!?]{{1,12}}?{_BREAKS_ZH}(?:(?:得|的|到|都|全|严重)*{_BROKEN_ZH}[了掉成]|(?:了|出了?)(?:一?个|几个|[一两几]道)[大小深]?(?:洞|坑|口子|印子?|划痕|裂缝))"
    rf"|{_DOER_ZH}[^，。！？,.!?]{{0,6}}?{_BREAKS_ZH}{_BROKEN_ZH}[了掉]"
    rf"|(?:被|让|给){_DOER_ZH}[^，。！？,.!?]{{0,6}}?{_BREAKS_ZH}(?:得|的|到|都|全)*{_BROKEN_ZH}[了掉成]?"
    rf"|(?:在|送|拿|放)(?:到|去)?(?:你们|店里)[^，。！？,.!?]{{0,8}}?{_BREAKS_ZH}{_BROKEN_ZH}[了掉]",
)
_MINE_ZH = re.compile(r"我|昨天|今天|刚才|刚刚|前天|上周|咱")
_QUESTION = re.compile(
    r"[?？吗么]|怎么|什么|多少|多久|几|哪|能不能|可以|能[退换赔修补]|如何|会不会|\b(?:what|when|where|how|who|which|why)\b|^\W*(?:can|could|do|does|is|are|will|would|should|may)\b|\b(?:can|could|do|may|should|will)\s+(?:i|you|we|u)\b",
    re.IGNORECASE,
)
_IRREPLACEABLE = re.compile(
    r"\bonly\s+(?:\w+\s+)?(?:photo(?:graph)?|picture|pic|copy|one|thing|video|recording|painting|drawing|letter|memory|keepsake|portrait)s?\s+(?:that\s+)?(?:i|we)(?:'ve|'d|\s+(?:have|had|own|got))\b|\bonly\s+(?:photo|picture|copy|memory)\s+of\b"
    r"|\b(?:irreplaceable|one\s+of\s+a\s+kind|sentimental|heirloom|keepsake|ashes|devastated|heartbroken|inconsolable)\b|\bin\s+tears\b|\b(?:can'?t|cannot)\s+stop\s+crying\b|\bi'?m\s+crying\b|\ball\s+(?:that\s+)?i\s+(?:have|had)\s+(?:left\s+)?of\b"
    rf"|\bcan(?:'?t|not)\s+(?:ever\s+)?be\s+replaced\b|\blast\s+(?:thing|photo|gift|present)\b|\b(?:late|dead)\s+{_KIN}(?:'?s)?\b|\bbelonged\s+to\s+my\b|唯一的?|独一无二|遗[物照像]|遗留|留给我|祖传|传家|绝版|孤品|骨灰|再也(?:买不|找不|没有|回不)|我(?:都|一直|在)?哭|崩溃|无可替代|换不回",
    re.IGNORECASE,
)


def reports_damage(text: str) -> bool:
    """Whether the message tells that the shop broke or lost something of the customer's, or that something came broken.

    A question of the rule ("what if it arrives broken?") tells of none, and who has had it and asks gets the rule.
    """
    text = _plain(text)
    if _SUPPOSED.search(text):
        return False
    if _DAMAGE.search(text):
        return True
    asks = bool(_QUESTION.search(text))
    if _DAMAGE_ZH.search(text):
        return not asks or bool(_MINE_ZH.search(text))
    return not asks and bool(_CAME_BROKEN.search(text))


_WHAT_NOW = re.compile(
    r"\bwhat\s+now\b|\bwhat\s+(?:do|should|can)\s+(?:i|we)\s+do\b|\bwhat\s+are\s+you\s+going\s+to\s+do\b|\bwho\s+pays\b|怎么(?:办|处理|赔|解决|说)|咋[办赔整]|如何(?:处理|解决)|赔(?:多少|吗|不赔)",
    re.IGNORECASE,
)
_TELLS_DAMAGE = re.compile(
    r"\b(?:damag\w*|brok\w+|break\w*|lost|lose|missing|scratch\w*|stain\w*|shr[aiu]nk\w*|ruin\w*|fault\w*|defect\w*|wrong|replac\w*|refund\w*|compensat\w*|insur\w*|liab\w*|complain\w*"
    r"|claims?|torn|smash\w*|crack\w*|leak\w*|put\s+(?:it|things?)\s+right)\b|坏|碎|破|丢|赔|损|缩水|退|换|投诉|理赔|保险|漏|瑕疵|质量|不见|责任|变质|发霉|少[件发]",
    re.IGNORECASE,
)


def asks_besides(text: str) -> bool:
    """Whether who tells of damage asks something else than what is done about it."""
    return bool(_QUESTION.search(_WHAT_NOW.sub(" ", _plain(text))))


def tells_of_damage(entry: str) -> bool:
    """Whether an entry says what is done about damage, loss or a fault."""
    return bool(_TELLS_DAMAGE.search(glossary().simplify(entry)))


def irreplaceable(text: str) -> bool:
    """Whether who tells of damage says that nothing makes up for it, or weeps."""
    return bool(_IRREPLACEABLE.search(_plain(text)))


def asks_nothing(text: str) -> bool:
    """Whether the message is a greeting or chat, or asks if a bot answers, and nothing else: repeated, it is no complaint."""
    rest = _BOT.sub(" ", text.replace("’", "'"))
    if not re.search(r"[^\W吗呢啊呀么嘛吧的]", rest):
        return asks_if_bot(text)
    return small_talk(rest) in ("greeting", "self", "chat")
