"""Flags messages that a person should see, and masks personal data (generation/masking.py) before it is stored."""

from __future__ import annotations

import re

from generation.masking import luhn, mask
from retrieval.glossary import glossary
from retrieval.sentences import split

__all__ = ["flags", "luhn", "mask", "person_name", "without_instructions"]

_MYSELF = r"my ?s(?:el|le|e)f\b(?!-)"
_INTENT = (
    r"(?:(?<!n't )(?<!dont )(?<!not )(?:want(?:ed)?|wan|need|like) to|wan+a|(?:going|about|plan(?:ning)?|try(?:ing)?|tried|urges?|ready) to"
    r"|gon+a|i will|i'?ll|i should|i could|i might|i may|i'?d rather)"
)
_PERSON = (
    r"(?:hands?|palms?|fingers?|thumbs?|arms?|wrists?|face|forehead|legs?|knees?|foot|feet|toes?|skin|eyes?|mouth|lips?"
    r"|son|daughter|child|children|kids?|baby|toddler|wife|husband|mum|mom|mother|dad|father|nan|grandma)\b(?!'s)"
)
_WIRED = (
    r"(?:plug|socket|outlet|adapt[eo]r|charger|cable|cord|wire|wiring|lamp|light|bulb|switch|batter(?:y|ies)|power ?bank"
    r"|phone|laptop|kettle|heater)s?"
)
_BODY_ZH = r"(?:我(?![的家们])|手(?![机工把柄电表套])|脚|腿|脸|头|胳膊|眼睛|皮肤|孩子|小孩|宝宝|儿子|女儿|老人|老婆|老公|我妈|我爸|人)"
_UNLESS_PREVENTED = r"(?<!防)(?<!防止)(?<!避免)(?<!会不会)(?<!不会)(?<!不易)(?<!怕)(?!.{2,5}[吗么]|.{2,5}[?？])"

_CREATURE = (
    r"(?:kid(?:do|die)?|child(?:ren)?|son|daughter|bab(?:y|ies)|toddler|infant|newborn|twins?|grand(?:son|daughter|child|kid)s?|nephew|niece"
    r"|(?:little|youngest|eldest|oldest) (?:one|boy|girl|brother|sister)|boy|girl|wife|husband|mum|mom|mother|dad|father|gran|nan|grandma|grandpa"
    r"|brother|sister|friend|\d+[ -]?(?:y(?:ea)?rs?|mo(?:nth)?s?)[ -]?olds?|\d+ ?yo|dog|doggo|pup(?:py)?|cat|kitten|kitty|rabbit|bunny|hamster|pet|parrot|horse|(?-i:[A-Z][a-z]+) (?:dog|cat))s?"
)
_PET = r"(?:dog|doggo|pup(?:py)?|cat|kitten|kitty|rabbit|bunny|parrot|horse|guinea pig)s?"
_ATE = (
    r"(?:ate|eaten|drank|drunk|dr[iu]nken|swallowed|licked|ingested|gulped|chugged|munched|chewed(?: (?:up|on|open|through))?|bit(?:ten)? into"
    r"|sucked(?: on)?|gobbled|downed|sipped|nibbled)\b"
)
_LATELY = r"(?:(?:got|climbed|broke|came|jumped|opened|found|tipped|knocked|thought|mistook|has|was|went) [^.!?\n]{1,40}? and )?(?:(?:has|have|had|just|only|also|accidentally|may|might|ve|must|somehow|actually|apparently|already|now) ){0,4}"
_POISON = (
    r"(?:(?:laundry|washing|detergent|dishwasher|dish|cleaning|tide|ariel|persil) (?:pod|capsule|tablet|tab|pac|powder|liquid|gel|soda)s?"
    r"|pods?(?= (?:of detergent|thing))|detergents?|(?:fabric |water )?softener|bleach|disinfectant|(?:drain|oven|toilet|floor|glass|window|surface|brush|carpet|leather)[ -]?cleaner"
    r"|cleaning (?:product|fluid|spray|stuff)s?|washing[- ]up liquid|dish ?soap|soap|shampoo|conditioner|shower gel|hand ?wash|sanitis?z?er|(?:super ?)?glue|glue stick"
    r"|paint(?:[ -]?thinner)?|varnish|lacquer|turps|turpentine|white spirits?|solvent|thinners?|gesso|resin|pigment|ink|dye|wax|candles?|batter(?:y|ies)|button cells?"
    r"|magnets?|magnetic (?:ball|bead)s?|screws?|coins?|marbles?|beads?|water beads?|silica gel|desiccants?|mothballs?|(?:plant|flower|lawn) (?:food|feed)"
    r"|fertili[sz]er|weed ?killer|slug pellets?|(?:rat|mouse|ant) (?:poison|bait)|poison|insecticide|pesticide|bug spray|antifreeze|petrol|lamp oil|paraffin|lighter fluid"
    r"|(?:my|some|a|the|adult|blood pressure|sleeping) (?:pills?|medication|tablets?)|nail (?:polish|varnish)|(?:polish|varnish) remover|perfume|aftershave|(?:essential|diffuser) oils?|reed diffuser"
    r"|rubbing alcohol|acetone|hydrogen peroxide|potting (?:soil|mix)|mercury|descaler|limescale remover|stain remover)\b"
    r"(?![ -]?(?:brush|pot|set|box|case|cover|holder|stand|shop|mug|cup|bowl|tin|themed|shaped|stick holder|lit|free|cake)(?:e?s)?\b)"
)
_PET_POISON = (
    r"(?:chocolates?|raisins?|sultanas?|grapes?|onions?|garlic|xylitol|chewing gum|macadamias?|avocado|lil(?:y|ies)|poinsettia|foxgloves?|oleander|azalea"
    r"|yew|daffodils?|(?:tulip|daffodil|hyacinth) bulbs?|ivy|philodendron|monstera|dieffenbachia|aloe vera|laburnum|rhododendron)\b"
    r"(?! (?:flavou?r|treat|chew|toy|biscuit|bed|pad|supplement|leaf print|shaped)(?:e?d|s)?\b)"
)
# Who tells what happened; "what if a child swallows one" supposes it. Tried once for a sentence.
_TELLS = r"(?:^|[.!?,;:])(?:(?!\bif\b|\bin case\b|\bsuppos|\bso (?:that )?(?:my|the|a|no)\b|\b(?:could|would|never|not|n't) (?:have )?)[^.!?,;:\n]){0,90}?\b"
# "And bought the candle" is something else that was done, "and the candle" is not.
_THERE = (
    r"(?:(?!(?:at|in|out|near|beside|by|next|while|when|because|but|then|so|than|without|not|under|before|can|could|do|does|is|are|i|we|you|how|what|which|to)\b"
    rf"|and (?!(?:an?|the|some|all|half|part|two|my|his|her|our|their|then (?:ate|drank))\b|{_POISON}))[\w'%-]+ ){{0,6}}"
)
_ILL = (
    r"(?:throwing up|threw up|thrown up|vomit\w*|being sick|been sick|was sick|is sick|puk(?:ed|ing)|foam\w*|drool\w*|shaking|trembling|convuls\w*|seizure|fitting(?! room)|limp"
    r"|unconscious|passed out|collaps\w*|lethargic|not breathing|can'?t breathe|swelling|swollen|(?:stomach|tummy|belly) (?:ache|pain|hurts)"
    r"|(?:(?:turn|go)(?:s|es|ing|ne|ed)?|went|lips(?: are)?|face(?: is)?|(?:he|she)(?:'s| is)) (?:\w+ )?blue|(?:mouth|throat|lips?|tongue|tummy|stomach)(?:'s| is| are)? burning)\b"
)
_HELP = (
    r"(?:what (?:do|should|shall|can|must) (?:i|we) do|(?:is|are|was) (?:it|that|they|this|he|she) (?:toxic|poison\w*|dangerous|harmful|going to|gon+a|(?:ok(?:ay)?|safe|alright)(?! (?:to|if|for|with|that)\b))"
    r"|should i (?:call|worry|ring|go to|take (?:him|her|it|them|my))|poison(?:ed|ing)|emergency|hospital|ambulance|doctor|the vet|please help|pls help|help!|help me|urgent)"
)
_CREATURE_ZH = (
    r"(?:宝宝|宝贝|孩子|小孩子?|小朋友|娃娃?|婴儿|幼儿|儿子|女儿|闺女|孙子|孙女|外孙女?|侄子|侄女|外甥|弟弟|妹妹|老人|老人家|爷爷|奶奶|外公|外婆|姥姥|姥爷|老公|老婆|我妈|我爸|妈妈|爸爸|狗狗|[狗犬猫]咪?"
    r"|猫猫|毛孩子|兔子|仓鼠|鹦鹉|宠物|金毛|泰迪|柯基|我(?![家们的])|[他她它](?![们的]))(?!的|粮|零食|碗|窝|衣|房|用)"
)
_PET_ZH = r"(?:狗狗|[狗犬猫]咪?|猫猫|毛孩子|兔子|宠物|金毛|泰迪|柯基)(?!的|粮|零食|碗|窝)"
_ATE_ZH = r"(?:误|偷|乱|刚|刚刚|不小心|已经|都|给|就)*(?:吃|喝|舔|吞|咽|嚼|啃|咬[破碎开]|嗦|吸食|服)(?:食|服|咽)?"
_POISON_ZH = (
    r"(?:凝珠|洗衣[液粉球珠皂片]|洗洁精|洗涤[剂灵]|清洁[剂液膏]|清洗剂|去污[剂粉膏]|柔[顺软]剂|护理剂|漂白[剂水粉液]|漂粉|消毒[液水片剂]|八四|(?<!\d)84(?=消毒|液)|(?<=喝[了到过完])84(?![\d元块.号])|洁厕[灵剂液宝]|疏通剂|除[垢锈霉胶]剂|洗碗[块粉液机]"
    r"|洗手液|洗发[水露膏]|沐浴[露液]|香皂|肥皂|衣领净|爆炸盐|小苏打清洁|(?<!\d)502(?![\d元块.号房室的套])|(?<!阿)(?<!明)胶(?:水|棒|(?![囊原糖布卷]))|油漆|涂料|(?<!食用)颜料|墨水|墨汁|染料|清漆|松节油|稀释剂|香蕉水|(?<!含)酒精(?![度含饮])|双氧水|丙酮|汽油|煤油|防冻液"
    r"|(?:纽扣|干|锂|充电)?电池(?![盒盖仓壳])|磁铁|磁力[球珠棒片]|巴克球|螺丝(?!粉)|螺母|硬币|弹珠|水[宝晶]宝宝|玻璃[珠球渣片]|珠子|干燥剂|防潮剂|樟脑|卫生球|蚊香|驱蚊|杀虫[剂水]|花露水"
    r"|(?:老|灭)鼠药|毒药|蟑螂药|农药|除草剂|杀菌剂|(?:肥料|花肥|化肥|植物营养液)|香薰|(?:香薰|植物)?精油|香水|指甲油|卸[妆甲]|洗甲水|蜡烛|香蜡|水银|体温计|降压药|安眠药|大人的药|暖宝宝|发热贴|除湿[剂盒袋])"
)
_PET_POISON_ZH = r"(?:巧克力|葡萄|洋葱|木糖醇|口香糖|百合|万年青|滴水观音|绿萝|水仙|夹竹桃|杜鹃|夏威夷果|鸡骨头?)(?!味|色|形|造型|图案)"
_ILL_ZH = r"(?:一直|开始|不停地?|老|就|在|又|直|都|还|现在)*(?<![没不])(?:吐(?![毛司槽露真]|血(?:推荐|安利))|呕(?!心)|抽搐|口吐(?![槽露真])|白沫|昏(?![暗黄])|(?:[叫喊推][^，。]{0,3}|人)没反应|没反应了|发抖|喘不|呼吸困难|拉肚子|肚子[疼痛]|嘴.{0,3}[肿麻紫]|起疹|中毒(?![吗么]))"
_TELLS_ZH = (
    r"(?:^|[。！？!?])(?![^。！？!?\n]*的话)(?:(?!如果|要是|万一|假如|假设|会不会|能不能|可不可以|防止|避免|以免|免得|谨防|(?:担心|怕)[^，。！？,.!?\s]{0,6}[吃喝舔吞误])"
    r"[^。！？!?\n]){0,160}?"
)

_FLAGS: dict[str, tuple[str, ...]] = {
    "self_harm": (
        rf"\b(?:kil+(?:ing)?|hang(?:ing)?|drown(?:ing)?|unaliv(?:e|ing)|shoot(?:ing)?|harm(?:ing)?|have killed) {_MYSELF}"
        r"(?! (?:laughing|trying|in the foot))",
        rf"\b{_INTENT} (?:\w+ )?(?:hurt|cut) {_MYSELF}(?! (?:on (?!purpose)|against|trying|an?|some|off))",
        rf"\b(?:hurting|cutting) {_MYSELF}(?! (?:on (?!purpose)|against|trying|with|when|while))",
        rf"\b(?:hurt|cut) {_MYSELF} (?:again|on purpose|deliberately|every|to (?:feel|cope)|(?:when(?:ever)?|because) i(?:'?m| am| feel| get| hate))",
        rf"^\W*i(?:'ve| have)? (?:just )?(?:hurt|cut) {_MYSELF}(?: (?:again|now|today|tonight|yesterday|last night|this morning))*\W*$",
        r"\bself[- ]harm|\b(?:slit|slitting|cut|cutting) my wrists\b|\bslit my (?:wrist|throat)",
        rf"\b{_INTENT} (?:\w+ )?(?:kms\b|jump (?:off|from|out of|in front of|under) (?:\w+ )?(?:bridge|roof|building|balcony|window|cliff|train)"
        r"|throw myself|overdose\b|be dead\b|disappear (?:forever|for good)|(?:never|not) wake up)",
        r"\b(?:wants|threaten(?:s|ed|ing)?|tried|trying|plans|planning|going) to (?:kill|hang|harm) (?:him|her|them)sel(?:f|ves)\b",
        r"\bend(?:ing)? (?:my (?:own )?(?:life|existence)|it all)\b|\b(?:take|taking) my (?:own )?life\b(?! (?:back|out|in)\b)",
        r"\b(?:(?<!n't )(?<!dont )(?<!not )(?:want(?:ed)?|wan|ready|like|deserve|s?he wants) to|want|wan+a|rather|let me|(?:hope|wish) i(?: could)?"
        r"|i(?:'?m| am) (?:\w+ )?(?:going to|gon+a)) (?:just |really |fucking )?die\b"
        r"(?!-| ?(?:cast|cut)\b| (?:than|without|laughing|waiting)\b| of (?:laugh|embarrass|bored|heat|hunger))",
        r"\b(?:wish|better|rather) (?:i |if i |off )?(?:(?:was|were|be|had) )?(?:dead|never (?:been )?born|without me)\b",
        r"\bwish i (?:wasn'?t|weren'?t|was not|had not been|hadn'?t been) (?:alive|born)\b|\b(?:sleep|asleep) and (?:never|not) wake\b",
        r"\b(?:thinking|think|thoughts) (?:of|about) (?:dying|death|ending (?:it|things|everything))\b|\bfeel like dying\b",
        r"\bsui?[cs]i?d(?:e|al|le)\b(?! (?:squad|doors?))",
        r"\b(?:(?:no|any|the|my|all) (?:reason|point|will)|nothing(?: left)?) (?:to|in|for) (?:live|living|going on living|being alive|stay(?:ing)? alive)\b"
        r"(?! (?:in|near|on|at|rooms?)\b)",
        r"\b(?:don'?t|do not|dnt|doesn'?t|didn'?t|no longer) (?:\w+ )?(?:want|wan+a|wish|care|feel like)(?: to)? (?:\w+ )?"
        r"(?:live|living|be alive|exist|be (?:here|around) any ?more)\b(?! (?:chat|stream|near|next|on|at|in (?!this world|pain))\b)",
        r"\bi can'?t (?:keep (?:on )?living|live (?:like this )?any ?(?:more|longer)|go on (?:any ?(?:more|longer)|living))\b|\bi can'?t go on\W*$",
        r"\blife (?:is|isn'?t|has|feels|seems) (?:\w+ )?(?:worth living|pointless|meaningless|no (?:meaning|point))\b",
        r"\b(?:tired|sick) of (?:living|life|being alive)\b(?! (?:with|without|in|room|near|out)\b)|\bhate (?:being alive|living|my life)\b(?! (?:with|without|in|room|near)\b)",
        r"\b(?:no ?one|nobody) (?:will|would|'d|'ll) (?:even )?(?:miss me|care if i (?:die|died|was|were|disappeared))\b",
        r"\b(?:painless|easiest|quickest|best) way to die\b|\bhow (?:to|can i|do i) die\b(?! ?-?cut)",
        r"\b(?:took|take|taking|swallow|swallowed) (?:all (?:of )?my|too many|a (?:whole )?bottle of) (?:\w+ )?(?:pills|tablets|meds)\b"
        r"|\b(?:take|took|taken|taking) an overdose\b",
        r"自杀|自残|自尽|自我了[断结]|寻死|寻短|求死|(?<!年)轻生(?!活|态|酮)|割[脉腕]|割手腕|(?:割|杀死?|杀了|弄死|伤害)我?自己",
        r"不想(?:要|再|继续)*(?:活(?![动跃络泼力])|醒来(?![太得]))|活不下去(?<![花草树鱼苗物店]活不下去)|活下去的?(?:意义|勇气|理由|动力|希望|必要)",
        r"(?<!不)想死(?![你您他她它我咱机心皮角])|想(?:要)?去死(?![皮角])|我(?:要|就|真的?|现在)?去死(?![皮角])|去死的心|让我(?:去)?死(?!心)|死给你们?看",
        r"不如去?死(?:了|掉|$)|一死了之|一了百了|(?<![累气急烦热冷饿渴笑困])死(?:了|掉)(?:算了|就好了)|死了也?没人(?:会)?(?:知道|在乎|关心)",
        r"活[着著得](?:也|真|好|太|都|还|一点)*(?:没|毫无|有|不知)(?:有|什么|啥|多大)*(?:意思|意义|劲|希望|盼头|必要|用)(?<!有意思)(?<!有意义)(?<!有希望)(?<!有劲)(?<!有用)"
        r"|活[着著得](?:好|太|真|很)累|活[够腻]了|我(?:真的|实在|快)*撑不下去|(?<!得)(?<!得我)生无可恋",
        r"(?:想|要|去|就|准备|打算)(?:从.{0,6})?去?跳(?:楼|河|江|桥|轨)(?![价机大甩吐清促])|(?:想|要|我)从.{0,8}跳下[去来]|想不开(?![发票灯通机盖关具空])",
        r"(?:想|要|去|我)上吊(?![灯扇顶柜篮环椅床坠牌着装挂杆轨])|服毒|喝农药|吃.{0,4}药.{0,3}(?:会|能|才)死|吞了?(?:一瓶|整瓶|一把|大量|很多)?安眠药|写(?:好|了|完)?遗书",
        r"(?:结束|了结|了断)(?:我|自己|我自己|这|的)*(?:生命|一生|自己|余生)|想(?:要)?(?:永远)?(?:离开(?:这个)?(?:人世|世界)|解脱)|想(?:从这个世界上?)?(?:彻底|永远)?消失(?!的)"
        r"|(?:怎么|怎样)(?:才能|可以)?(?:去)?死(?:才|最|不痛|不疼|比较)",
    ),
    "legal": (
        r"\b(?:my|our|a|an|contact|call|hire|get) (?:\w+ )?(?:lawyer|attorney|solicitor)s?\b",
        r"\b(?:sue|suing|sued) (?:you|your|this|the (?:shop|store|company)|lumen)\b",
        r"\b(?:take|taking|see) (?:you|this|it) (?:all )?(?:to|in) court\b|\bsmall claims\b|\blegal action\b|\blawsuit\b",
        r"\b(?:report|reporting|complain(?:ing)?) .{0,24}\b(?:trading standards|consumer (?:protection|association|council)"
        r"|ombudsman|regulator|case singapore)\b",
        r"(?<!调)律师|起诉|告你们|法院|法庭|诉讼|12315|消费者(?:协会|保护)|消协|消委会|消保官|消基会|提告|工商局|市场监管",
    ),
    "safety": (
        r"\b(?:c(?:au|ua|ou|o)gh?t|cathc(?:es|ing)?|catch(?:ed|ing|es)?|on|set|took) (?:on )?fir?er?\b"
        r"(?! (?:tv|stick|tablets?|hd|os|safety|rating|resistance|extinguishers?|pits?|places?|doors?|alarms?)\b)",
        r"\b(?:burst into|up in|in) flames\b|\b(?:house|kitchen|room|flat) fire\b(?! (?:alarm|extinguisher|rated|safety|door|blanket|place))",
        r"\b(?:is|was|started|starts|starting|began|are|keeps?) (?:\w+ )?(?:smok(?:ing|ed)\b(?! (?:gr[ae]y|glass|oak|wood|bamboo|effect))(?!,? (?:\w+ )?(?:allowed|permitted|ok(?:ay)?|possible|banned|prohibited|rooms?|areas?|sections?|floors?|terraces?|polic|anywhere|inside|outside))|spark(?:s|ing|ed)?\b|burn(?:ing|ed)\b(?![ -]out)|melt|swell|swollen|bulg)",
        r"\b(?:start(?:s|ed)|began|begins) to (?:smoke|spark|burn|melt|swell|bulge)\b|\b(?:smokes?|sparks?|smoked|sparked) when(?:ever)? ",
        rf"\b{_WIRED} (?:\w+ ){{0,3}}(?:burn(?:ed|t)\b(?![ -](?:out|orange|sienna|umber|red|brown))|melt(?:ed|ing)\b|smok(?:ed|es|ing)\b(?! (?:gr[ae]y|glass|oak|wood|bamboo|effect))"
        r"|spark(?:ed|s|ing)\b|swoll?en|swell(?:ed|ing|s)\b|bulg(?:ed|es|ing)|bloated|puffed)",
        r"\b(?:swollen|swelling|bulging|bloated|leaking) batter(?:y|ies)\b|\bbatter(?:y|ies) (?:\w+ ){0,2}(?:expanded(?! in)|expanding|leak(?:ed|ing|s))\b",
        r"\b(?:smoke|sparks?|flames?|fumes) (?:(?:is|was|are|were|started|starts|keeps?|kept|just) )*(?:com(?:e|es|ing)|came|from|out of|pour|billow|r[io]s(?:e|ing)|fl(?:ew|ying)|shot|shooting)",
        r"\b(?:saw|seeing|giv(?:es|ing) off|gave off|emit(?:s|ted|ting)|full of|there(?:'s| is| was| are| were)) (?!no )(?:\w+ )?(?:smoke|sparks|flames)\b"
        r"(?! (?:gr[ae]y|alarms?|detectors?|colou?r|glass|free))",
        r"\bsmel+(?:s|ed|t|ing)? (?:of |like |a |some |something |strange )*(?:burn|smoke|gas\b)|\bburn(?:ing|t|ed) (?:plastic |rubber |electrical )?(?:smel+|odou?r|stink)",
        r"\b(?:electric(?:al)? shock|electr[aeiou]cut(?:ed|es|ion)|shock(?:ed|s) (?:me|him|her|us|my (?:[\w']+ )?\w+)|zap(?:ped|s) (?:me|him|her|us|my)|exposed wir(?:es?|ing))\b"
        r"|\b(?:got|felt|gave (?:me|him|her|us|my \w+)) (?:an? )?(?:\w+ )?(?:shock(?:ed)?|zapped|jolt)\b(?! (?:when|at|by|to) .{0,16}\b(?:bill|price|cost|total|invoice|fee|saw|see)\b)",
        r"\bexplod(?:e|es|ed|ing)\b|\bexplosion\b|\bblew up\b(?! (?:the|a|my|your|this|with)\b)|\b(?:burst|shattered|broke) in (?:my|his|her|our) (?:hands?|face)\b",
        rf"\b(?:burn(?:ed|t)|injured|cut|hurt|scalded|bruised|crushed|trapped|fell on|hit) (?:(?:my|his|her|our) (?:[\w']+ )?{_PERSON}|the (?:child|children|kids?|baby|toddler)\b(?!'s))",
        rf"\b(?<!to )(?:burn(?:ed|t)|injured|cut|hurt|scalded|shocked|electrocuted) (?:me|us|him|(?:him|her|them)sel(?:f|ves)|{_MYSELF})\b"
        r"(?! (?:an?|some|off|out|down|short|in|to|from)\b| (?:\d+|half|two|three|five|ten) ?(?:cm|mm|m|in|inch(?:es)?|met(?:er|re)s?|yards?|pieces?|slices?)\b)",
        r"\bmy (?:\w+ ){1,3}bleeding\b|\bi'?m bleeding\b|\b(?:rushed|taken|ended up|had to go) (?:\w+ )?(?:to|in) (?:the )?(?:hospital|a ?& ?e|emergency)\b|\bneed(?:ed|s)? (?:\w+ )?stitches\b",
        r"\b(?:swallowed|chok(?:ed|ing) on) (?:an?|the|one|some|part|it|this)\b",
        rf"{_TELLS}(?:{_CREATURE}|he|she|i|we|they|someone|somebody)(?:'s|'ve)? {_LATELY}{_ATE} {_THERE}{_POISON}",
        rf"^[^\w\n]{{0,20}}(?:help\W{{1,9}})?(?:just |accidentally ){{0,2}}(?:drank|drunk|swallowed|ingested|licked) {_THERE}{_POISON}",
        rf"{_TELLS}{_PET}(?:'s)? {_LATELY}{_ATE} {_THERE}{_PET_POISON}",
        rf"{_TELLS}(?:{_POISON}|pods?) (?:(?:has|have|had|was|were|got|been|just) ){{1,3}}{_ATE} by (?:my|our|the) (?:[\w-]+ )?{_CREATURE}\b",
        rf"{_TELLS}(?:{_CREATURE}|he|she)(?:'s)? {_LATELY}(?:put|got|had|has|stuck|popped) {_THERE}{_POISON} (?:\w+ ){{0,2}}in (?:his|her|their|its|the) mouth",
        rf"{_TELLS}{_CREATURE}(?:'s)? {_LATELY}{_ATE} [^.\n]{{1,60}}?\b(?:he|she|they|it)?(?:'s|'re)? ?(?:(?:is|has|keeps?|started|now|are|been|and|just) ){{0,4}}{_ILL}",
        rf"{_TELLS}{_CREATURE} (?:(?:has|have|just|somehow|must have) ){{0,3}}(?:accidentally {_ATE}|{_ATE} (?:[\w'-]+ ){{1,5}}?by (?:accident|mistake))\b",
        rf"{_TELLS}{_CREATURE}(?:'s)? {_LATELY}{_ATE} (?:it|one|some|(?:a|the|some|one|two|part|half|most|bits?|piece) (?:of )?[^.\n]{{0,40}}?)\W+(?:[\w']+ ){{0,3}}{_HELP}",
        r"\bcarbon monoxide\b|\bgas (?:is )?leak(?:s|ing)?\b|\bleak(?:s|ing)? gas\b",
        rf"{_UNLESS_PREVENTED}(?:漏电(?!保护|开关|断路|检测|报警|测试|保)|触电(?!保护)|(?:烫|烧|灼|割|刺|砸|夹|扎|炸|撞|电|弄)伤(?![膏药贴霜])|摔伤了|误[食吞服饮]|误[喝舔吃](?:[了到下]|.{{0,6}}(?:怎么办|中毒)))",
        rf"{_TELLS_ZH}{_CREATURE_ZH}[^，。！？,.!?]{{0,10}}?把[^，。！？,.!?]{{0,8}}{_POISON_ZH}[^，。！？,.!?]{{0,6}}?{_ATE_ZH}(?:[了掉下进光完个]|一[口颗个点下些])",
        rf"{_TELLS_ZH}{_CREATURE_ZH}[^，。！？,.!?]{{0,12}}?{_ATE_ZH}(?:[了到过下进]|一[口颗个点下些瓶])(?:(?!饭|再|用|去|后|完)[^，。！？,.!?]){{0,10}}?{_POISON_ZH}",
        rf"{_TELLS_ZH}{_POISON_ZH}[^，。！？,.!?]{{0,6}}?(?:被|让|给)[^，。！？,.!?]{{0,6}}?{_CREATURE_ZH}[^，。！？,.!?]{{0,8}}?{_ATE_ZH}(?:[了掉下进光完]|一[口颗个点下些])",
        rf"{_TELLS_ZH}{_CREATURE_ZH}[^，。！？,.!?]{{0,10}}?把[^，。！？,.!?]{{0,8}}{_POISON_ZH}[^，。！？,.!?]{{0,4}}(?:放|塞|含|送|弄)(?:进|到|在)?了?(?:嘴|口)",
        rf"{_TELLS_ZH}{_CREATURE_ZH}(?:嘴|口)[里中巴][^，。！？,.!?]{{0,4}}{_POISON_ZH}",
        rf"{_TELLS_ZH}{_PET_ZH}[^，。！？,.!?]{{0,12}}?{_ATE_ZH}(?:[了到过下进]|一[口颗个点下些])[^，。！？,.!?]{{0,8}}?{_PET_POISON_ZH}",
        rf"{_TELLS_ZH}{_PET_ZH}[^，。！？,.!?]{{0,6}}?把[^，。！？,.!?]{{0,8}}{_PET_POISON_ZH}[^，。！？,.!?]{{0,4}}?{_ATE_ZH}[了掉下进光完]",
        rf"{_TELLS_ZH}(?!我){_CREATURE_ZH}[^，。！？,.!?]{{0,10}}?(?:误|不小心){_ATE_ZH}[了到下](?![^。！？!?]*(?:多少钱|付|买单|结账))",
        rf"{_TELLS_ZH}{_CREATURE_ZH}.{{0,14}}?(?:吃|喝|舔|吞)(?:[了完过到下进]|一[口颗个点下些]).{{0,20}}?{_ILL_ZH}",
        rf"{_TELLS_ZH}{_CREATURE_ZH}[^，。！？,.!?]{{0,8}}?(?<![不没别])(?:吃|喝|舔|吞)(?:[了进下]|一[口颗个点下些])(?:了?一?[口颗个点下些])?[，。！？,.!? ]*(?:怎么办|咋办|要紧吗|有没有事|要不要去医院|要去医院)",
        rf"{_UNLESS_PREVENTED}(?<![很好太心])受伤|{_UNLESS_PREVENTED}(?:鼓包|(?<!信息)爆炸(?![头好性盐])|自爆|起火|失火|(?<![不围打点])[着著]火(?![锅炉车腿龙鸡烧箭]))|(?:发生|引起|引发|造成)了?火灾",
        r"(?<!嗓子)(?<!不)冒.{0,3}烟|烟.{0,2}冒|烟从|(?:冒|打|有|溅|喷|闪|迸).{0,2}(?:火花(?![塞机])|火星)|冒[着著]?火(?:光|苗)|烧起来|烧[焦化穿]|烧[着著]了|焦味|焦[糊煳臭]|[糊煳]味"
        r"|烧(?:的|了的)?(?:塑料|胶|橡胶|电线)的?味",
        r"(?:插头|插座|插排|插线板|排插|充电[器宝头线]|适配器|电线|线路|电源线?|电池|开关|灯座|灯头)(?:都|也|被|又|直接|已经|给|全)*(?:[烧熔融](?:了|坏|化|黑|糊|断)|化了|发黑(?!色))"
        r"|(?:电池|充电宝|手机).{0,4}(?:膨胀|鼓(?!励)|发胀|胀[起开大了]|漏液|爆[了开])",
        r"被电了|被.{0,8}(?<![充断停])电(?:到|击|麻|晕|倒|死)|电击|(?<![充断停来家水发])电到(?:我|他|她|人|手|孩子|小孩|宝宝|儿子|女儿|老人|家人)"
        r"|(?<![充通断停来闪放没用])电了一下|(?:外壳|灯杆|灯体|机身|金属)(?:上|会|居然)?[有带]电(?![池量源线镀路机器压灯扇])|(?<![气态油肺])炸了",
        rf"{_UNLESS_PREVENTED}(?:割|划|刮|扎|砸|夹|烫|刺|戳)(?:到|破|伤|[着著]|了)+{_BODY_ZH}|(?<![插灯镜龙接桌椅把扶])(?:手指?|脚|腿|脸|头|胳膊|皮肤)(?:都|也|就|又|给)?(?:被.{{0,8}})?(?:割|划|刮|扎|砸|夹|烫|刺|戳)(?:到|破|伤|开|出血)"
        rf"|(?<![插灯镜龙接桌椅把扶]){_BODY_ZH}被.{{0,8}}(?:割|划|刮|扎|砸|夹|烫|刺|戳)(?:到|破|伤)|流了?(?:好多|很多|不少|点)?血(?![价甩大压型])|缝了.{{0,2}}针",
        r"(?:煤气|燃气|天然气|瓦斯)(?:.{0,3}(?:泄[漏露]|漏)|味|中毒)|闻到.{0,3}(?:煤气|燃气|天然气|瓦斯)|一氧化碳中毒|食物中毒",
    ),
    "fraud": (
        r"\b(?:fraud(?:ulent)?|scam(?:med|mer|mers)?|phishing|identity theft)\b",
        r"\b(?:stole|stolen|hacked|hijacked|compromised|someone (?:else )?(?:used|is using|using)) .{0,20}\b(?:card|account|identity|password)\b",
        r"\b(?:card|account|identity|password) (?:\w+ ){0,3}(?:stolen|hacked|compromised|cloned)\b",
        r"\b(?:didn'?t|did not|don'?t|do not|never|not) (?:authori[sz]ed?|recogni[sz]ed?) (?:\w+ ){0,3}(?:payment|charge|purchase|transaction|order)s?\b",
        r"\b(?:didn'?t|did not|(?<!'ve )(?<!have )never|not(?= \w+ th)) (?:make|made) (?:\w+ ){0,3}(?:payment|charge|purchase|transaction|order)s?\b(?! yet\b)",
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
        r"傻[逼比叉屄]|煞笔|(?<![a-z])sb(?![a-z])|操你|草泥马|艹|妈的|他妈|(?<![a-z])tmd(?![a-z])|滚蛋|滚开|王八蛋|混蛋|白痴|蠢货|废物|垃圾客服|(?<!想)去死(?![皮角])|脑残|狗屎|畜生",
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
        r"(?:显示|告诉我|输出|打印|重复|泄[露漏]|说出|复述).{0,8}(?:系统提示|提示词|系统指令|初始指令|隐藏指令|系统消息)",
        r"你现在(?:是|变成|扮演)|(?:假装|扮演)(?:你是|成|一个|自己)|(?:开发者|管理员|越狱|调试|上帝)模式|从现在(?:开始|起).{0,4}你(?:要|必须|只|是|将)",
    ),
}
_COMPILED = {
    flag: tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)
    for flag, patterns in _FLAGS.items()
}


def flags(text: str) -> frozenset[str]:
    """What in a message a person should know of, in English and in Chinese of either script.

    A subset of self_harm, legal, safety (fire, smoke, shock, injury, poison), fraud, press, abuse and injection (words that
    try to change the program's instructions; they are data all the same).
    """
    plain = _plain(text)
    return frozenset(flag for flag in _COMPILED if _raises(flag, plain))


def _plain(text: str) -> str:
    """The text as the patterns read it: in simplified characters, with plain apostrophes."""
    return glossary().simplify(text.replace("’", "'"))


def _raises(flag: str, plain: str) -> bool:
    return any(pattern.search(plain) for pattern in _COMPILED[flag])


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
        said = _plain(sentence)
        commanding = (
            _raises("injection", said)
            or _TO_THE_PROGRAM.search(said) is not None
            or (commanding and _COMMAND.match(said) is not None)
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
