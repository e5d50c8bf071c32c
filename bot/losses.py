"""Hears that somebody died or is buried, and that the customer's things were broken or lost."""

from __future__ import annotations

import re

from bot.requests import plain
from retrieval.glossary import glossary

_KIN = (
    r"(?:mum|mom|mother|dad|father|nan|nana|gran|grand(?:ma|pa|mother|father|dad)|wife|husband|partner|son|daughter|brother|"
    r"sister|aunt|uncle|friend|baby|child)"
)
_PET = r"(?:dog|puppy|pup|cat|kitten|kitty|rabbit|bunny|hamster|guinea pig|parrot|budgie|tortoise|horse|pony|pet)s?"
_LATELY = r"(?:ha(?:s|ve|d)|is|was|just|sadly|suddenly|recently|unexpectedly|also|yesterday|today|last|this|night|morning|week|(?-i:[A-Z][a-z]+))"
# "Passed grade 3" and "passed on your number" tell of no death; "passed on Friday" does.
_THEN = (
    r"(?=\W*$|[,.;!?]|\s+(?:and|so|but|last|this|yesterday|today|tonight|on|in|at|suddenly|recently|peacefully|unexpectedly|just|when|before|after"
    r"|from|of|(?:an?|one|two|three|four|six|\d+|a\s+few)\s+(?:days?|weeks?|months?|years?|hours?))\b)"
)
_LOST_THEN = r"(?=\W*$|[,.;:!?]|\s+(?!in\s+(?:the|your|this)\b|at\s+(?:the|your)\b)(?:and|so|but|to|in|on|at|last|this|yesterday|today|suddenly|recently|just|when|after|before|over|an?|two|three|\d+|i|we|he|she|who|very|earlier|of|(?-i:[A-Z][a-z]+))\b)"
_DIED = (
    rf"(?:died|dead(?!\s+(?:set|keen|tired|against|certain|sure|serious|good|easy|excited|pleased|proud|chuffed|fussy)\b)|passed\s+away"
    rf"|passed\s+on(?!\s+(?:to|your|his|her|my|our|their|an?|it|this|that|some|the\s+(?:details?|number|message|word|news|link|name|voucher|recommendation)s?)\b)"
    rf"|passed(?!\s+on\b){_THEN}|(?:were|got|been|be)?\s*put\s+(?:down|to\s+sleep)|killed)"
)
_KIN_ZH = r"(?:[妈爸]|爷爷?|奶奶?|外公|外婆|姥姥|姥爷|老公|老婆|丈夫|妻子|儿子|女儿|孩子|宝宝|哥|姐|弟弟?|妹妹?)"
_PET_ZH = r"(?:狗狗?|犬|猫咪?|猫猫|[喵汪]|兔子?|仓鼠|豚鼠|鹦鹉|乌龟|龙猫|宠物|毛孩子)"
_LATELY_ZH = r"(?:昨天|今天|前天|昨晚|今早|刚刚?|上周|上个?月|已经|突然|就|还是|也|永远|都)"
# "我妈昨天走了" tells of a death, "我妈走了" may only have left; so does who went somewhere, or comes back.
_WHEN_ZH = r"(?:昨天|前天|昨晚|今早|今晨|凌晨|上周[一二三四五六日天末]?|上个?(?:月|星期|礼拜)|前[几两]天|去年|今年|前年|半年前|突然|永远|[一二三四五六七八九十半两几\d]{1,4}(?:天|周|个?月|年)前)"
_ENDS_ZH = (
    r"(?!\s*(?:家|去|到|回|后|以后|之后|才|多|的|出差|上班|坐|飞|旅|[^，。！？,.!?]{0,10}回来))"
    r"(?=[^\w]|$|[想要能我他她它您你这那请帮可怎还葬丧])"
)
# "我妈养死了三盆花" tells what died of hers.
_NOT_OTHERS_ZH = r"(?!\s*(?:[一二三四五两几好多\d]+[条盆棵株颗]|好几[个只]|[^，。,.!！?？]{0,6}(?:花|草|树|绿萝|多肉|虫|蟑螂|蚊子|苍蝇|老鼠)))"
_DEATH = re.compile(
    rf"\b(?:my|our|his|her)\s+(?:[\w']+\s+){{0,2}}(?:{_KIN}|{_PET})\s+(?:{_LATELY}\s+){{0,3}}{_DIED}\b"
    r"(?!\s+(?:laughing|of\s+(?:laugh|bore)|over|through|inspection|on\s+arrival|for|as|tests?|the(?!\s+\d)|an?|it|his|her|my|out)\b)"
    rf"|\blost\s+(?:my|our)\s+(?:\w+\s+)?{_KIN}\b(?!'s){_LOST_THEN}|\brainbow\s+bridge\b|\bpassed\s+away\b"
    rf"|\b(?:death|passing|loss)\s+of\s+(?:my|our)\s+(?:\w+\s+)?(?:{_KIN}|{_PET})\b"
    rf"|\b(?:my|our)\s+(?:[\w']+\s+)?(?:{_KIN})(?:'?s|\s+is)\s+(?:really\s+|now\s+)?gone(?=\W*$|[,.!;]|\s+(?:and|now|forever|for\s+good)\b)"
    r"|\b(?:she|he)(?:'?s|\s+is)\s+(?:really\s+|now\s+|just\s+)?gone(?:\W+(?:and\W+)?(?:now\W+)?(?:i|we)(?:'ve|ve|\s+have)?\s+(?:(?:have|got)\s+)?nothing\b|\s+(?:forever|for\s+good)\b)"
    r"|\bnow\s+that\s+(?:she|he)(?:'?s|\s+is)\s+gone(?=\W*$|[,.!;]|\s+(?:i|we)\b)"
    r"|去世|过世|离世|病逝|逝世|猝死|[去回]了?[喵汪]星|彩虹桥|安乐死了"
    rf"|(?:{_KIN_ZH}(?:的?人)?(?:{_WHEN_ZH}){{1,3}}|(?:{_WHEN_ZH}){{1,3}}(?:我们?家?|咱)?{_KIN_ZH})(?:就|也|突然|已经){{0,3}}(?:走了|不在了|没了|离开(?:了|我们了?)){_ENDS_ZH}"
    rf"|(?:我们?家?的?|咱){_KIN_ZH}(?:不在(?:人世|世|了)|没了){_ENDS_ZH}|(?:我们?家?的?|咱){_KIN_ZH}走了(?:快|都|已经){{0,3}}[一二三四五六七八九十半两几\d]{{1,4}}年"
    rf"|(?:(?<!被)(?<!被我){_KIN_ZH}|{_PET_ZH})(?:[^，。,.!！?？把将]{{0,12}}(?:{_LATELY_ZH}|[里后时完]|时候|期间|回来|那儿|[弄害洗养毒病摔淹噎打咬闷]))?(?:死(?:了|掉|在){_NOT_OTHERS_ZH}|没(?:救活|挺过|抢救)|断气)"
    rf"|(?:{_PET_ZH}|爷爷?|奶奶?|外公|外婆|姥姥|姥爷){_LATELY_ZH}{{0,3}}(?:走了|不在了|没了){_ENDS_ZH}",
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
    text = plain(text)
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
    rf"|no\s?(?:body|\s?one)\s+(?:\w+\s+)?(?:answer|pick|repl|call|came|come)\w*|still\s+waiting|(?<!is it )(?<!its )(?<!it's )(?<!not )too\s+late(?!\s+(?:to|for)\b)|(?<!be )(?<!is it )(?<!it )wrong(?!\s+(?:to|for)\b)|broken?|ruined|lost(?!\s+(?:her|his|my|our|their|someone|an?|{_KIN})\b)|damaged|missing|smashed|torn(?!\s+between)|shrunk|shrank|stain\w*|cancelled|nothing\s+to\s+(?:wear|show)|let\s+(?:me|us)\s+down)\b"
    r"|没好|没做好|没到|没收到|没送|没人(?:接|回|理)|没洗好|没干|坏了|弄坏|丢了|不见了|错了|弄错|来不及(?!了?[吗么])|破了|洗坏)",
    re.IGNORECASE,
)
# "We will not be there", "i'm missing the funeral": that somebody stays away went wrong for nobody.
_AWAY = re.compile(
    r"\b(?:i|we|he|she|they|who)(?:'?(?:m|re|ll|ve)|\s+(?:am|are|is|was|were|will|wo|can|could|would|may|might|do|did|does|have|has))?\s*(?:n'?t|not)\s+(?:\w+\s+)??(?:there|here|com\w+)\b"
    r"|\b(?:i|we)(?:'?(?:m|re|ll\s+be)|\s+(?:am|are|will\s+be))\s+(?:\w+\s+)?missing\b|\bhelp\s+me\s+(?:to\s+)?(?:choose|pick|find|decide|order|with|work|get|understand|plan|write)\b|\bleft\s+it\s+(?:\w+\s+)?late\b",
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
    return bool(_OF_KIN.search(plain(text)))


def late_for_funeral(text: str) -> bool:
    """Whether something went wrong, or an order presses, for a funeral; who only asks what is sold for one is none."""
    text = plain(text)
    if not re.search(_FUNERAL, text, re.IGNORECASE) or _SUPPOSED.search(text):
        return False
    text = _AWAY.sub(" ", text)
    return bool(_MISSED.search(text) or _SOON.search(text) and _MY_ORDER.search(text))


def despairs(text: str) -> bool:
    """Whether who mourns also sounds as if there were no way on."""
    return bool(_DESPAIR.search(plain(text)))


def blames(text: str) -> bool:
    """Whether who tells of a death names the shop's part in it."""
    return bool(_SHOP.search(plain(text)))


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
    rf"|\b(?<!if )(?<!have )(?<!did )(?:you|your\s+(?:\w+\s+)?{_WORKER})(?:'ve)?\s+{_TOO}{_BROKE}\s+(?:it|them|this|everything)\b(?!\W+(?:\w+\s+){{0,2}}(?:thank\w*|thx|cheers|well\s+done)\b)"
    rf"|\b(?:my|our)\s+(?:[\w'-]+\s+){{1,5}}?(?:(?:is|are|was|were|got|has|have|had|been|came|come|comes|all|completely|totally)\s+){{1,3}}{_BROKE}\s+(?:by|at|in|from|with|during)\s+(?:you|your|ur|the\s+{_WORKER}|transit|(?:the\s+)?(?:post|mail|delivery))\b"
    rf"|\b(?:my|our)\s+(?:[\w'-]+\s+){{1,5}}?(?:came|come|has\s+come|have\s+come|arrived|was\s+returned|were\s+returned)\s+back\s+(?:(?:all|completely|totally|so|two\s+sizes|with(?:\s+an?)?)\s+)*"
    rf"(?:{_BROKE}|smaller|(?:\w+\s+)?(?:stains?|holes?|marks?|tears?|burns?|rips?)|dirty|filthy|discolou?red|faded|misshapen|pink|missing)\b",
    re.IGNORECASE,
)
_IN_PIECES = r"(?:broken|smashed|cracked|damaged|crushed|squashed|squished|ruined|shattered|melted|torn|ripped|leaking|spoil(?:ed|t)|mouldy|moldy|rotten|dented|bent|collapsed|wilted|dead|in\s+(?:\w+\s+)?(?:pieces|bits)|in\s+half(?!\s+(?:an?|the|hour|day|of|time)))\b"
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
_BROKEN_ZH = r"(?:坏|碎|破|丢|没|缩(?:水|小)?|变[形色黄小硬]|[染掉褪串]色|烂|断|裂|花(?!了?[一二两三几半多\d])|脏|皱|瘪|扁|毁|报废|出?(?:一?个)?洞|串味|焦)"
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
    text = plain(text)
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
    return bool(_QUESTION.search(_WHAT_NOW.sub(" ", plain(text))))


def tells_of_damage(entry: str) -> bool:
    """Whether an entry says what is done about damage, loss or a fault."""
    return bool(_TELLS_DAMAGE.search(glossary().simplify(entry)))


def irreplaceable(text: str) -> bool:
    """Whether who tells of damage says that nothing makes up for it, or weeps."""
    return bool(_IRREPLACEABLE.search(plain(text)))
