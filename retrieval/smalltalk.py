"""Recognises turns that ask nothing of the shop: greetings, thanks, goodbyes and chat, in English and Chinese."""

from __future__ import annotations

import re

from retrieval.glossary import glossary

_EN = {
    "self": r"(?:(?:do you have|what(?:'s| is|s)?|may i (?:know|have|ask)|tell me) (?:a|your|ur) name|who (?:are|r) (?:you|u)|"
    r"what (?:should|can|do) (?:i|we) call (?:you|u)|(?:are|r) (?:you|u) (?:ok(?:ay)?|alright|all right|happy|sad|tired|married|single)|"
    r"how old (?:are|r) (?:you|u)|do (?:you|u) (?:like|love|enjoy) \w+|do (?:you|u) (?:like|love|prefer)(?! cash| card)(?: \w+){1,2} or(?: \w+){1,2}|"
    r"(?:what|which)(?: \w+){0,2} do (?:you|u) (?:like|prefer|enjoy)(?: best| most| to (?:drink|eat|do))?|"
    r"what(?:'s| is|s) (?:your|ur) fav(?:ou?rite)?(?: \w+){1,2})(?= *$)",
    "chat": r"(?:(?:what an? |it(?:'s| is|s) (?:such )?(?:an? )?|the weather(?:'s| is|s) )?(?:so |very |really |too )?"
    r"(?:nice|lovely|beautiful|great|terrible|awful|hot|cold|warm|sunny|rainy)(?: (?:day|weather|outside|out there))?(?: today| outside)|"
    r"(?:what an? |it(?:'s| is|s) an? )?(?:nice|lovely|beautiful|sunny|rainy) (?:day|weather)|how(?:'s| is|s) the weather(?: today| there)?|"
    r"it(?:'s| is|s) (?:raining|snowing)(?: here| today| outside)?|tell me (?:a|another) (?:joke|story)|sing (?:me )?a song|"
    r"i(?:'m| am|m) (?:so )?(?:bored|lonely)|i (?:love|like) (?:you|u)|"
    r"(?:you(?:'re| are|re)|ur|u r) (?:so |very |really )?(?:funny|cute|sweet|nice|kind|smart|clever))(?= *$)",
    "greeting": r"(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|how (?:are|r) (?:you|u)(?: doing)?(?: today)?|how(?:'s| is|s| are)? (?:it going|things|life|your day(?: going)?|(?:you|u) doing|(?:have )?(?:you|u) been)(?: today)?|"
    r"what'?s up|nice to meet you|is (?:anyone|anybody|someone) there|anyone there|are you there)",
    "thanks": r"(?:(?:many |ok |okay |great |perfect |no |alright )?(?:thanks?|thanx|thnx|thx|tks|ty) ?(?:(?:you|u|ya)(?! (?:were|was|have been)\b))?"
    r"(?: so much| very much| a lot| a bunch| again| a million)?"
    r"(?: for (?:all )?(?:your|ur|the) (?:help|time|assistance|info|information|answer|reply|support))?|cheers|"
    r"much appreciated|i (?:really )?appreciate (?:it|that|your help)|(?:that(?:'s| is|s) )?(?:great|perfect|awesome|wonderful|excellent)|"
    r"that (?:helps|helped)(?: a lot)?|(?:that was |(?:you|u)(?:'ve| have)? (?:were|was|been) )(?:very |so |really |super |such |just |most )*"
    r"(?:great|helpful|useful|kind|nice|lovely|brilliant|amazing|awesome|wonderful|fantastic|excellent|perfect|quick|(?:an? )?(?:great|big|huge|real|massive) help|(?:an? )?(?:star|legend|gem|angel|hero|life ?saver))|"
    r"(?:you(?:'re| are|re)|ur|u r|what) (?:such )?(?:an? )?(?:absolute |real |total )?(?:star|legend|gem|angel|hero|life ?saver|the best|best|amazing|awesome|brilliant|wonderful)|got it|ok(?:ay)?|cool|fair enough|good to know|"
    r"that(?:'s| is|s| will be| would be)? all(?: i (?:need|needed|wanted))?(?: for (?:now|today))?|no,? that(?:'s| is|s) (?:all|it)|nothing else)",
    "goodbye": r"(?:bye+(?: bye)?|goodbye|good ?bye|see (?:you|ya)(?: later| soon)?|good ?night|have a (?:nice|good|great|wonderful|lovely) "
    r"(?:day|evening|night|weekend|one|time)|take care|farewell|talk (?:to you )?later|you too|same to you)",
}
_ZH = {
    "self": r"(?:(?:请问)?[你您](?:叫|是)(?:什么名字?|啥名?字?|谁)|[你您]的名字(?:是什么|叫什么)?|(?:请问)?(?:怎么|如何)称呼[你您]?|[你您]贵姓|"
    r"[你您](?:今年)?(?:几岁|多大)了|[你您](?:最|也)?(?:喜欢|爱)(?:喝|吃|听|玩|看)?(?:什么|啥|哪种)[\u3400-\u9fff]{0,3}|"
    r"[你您](?:更|最)?(?:喜欢|爱)(?:喝|吃)?[\u3400-\u9fff]{1,4}还是[\u3400-\u9fff]{1,4}|[你您](?:喜欢|爱)[喝吃][\u3400-\u9fff]{0,3}[吗么]|[你您](?:还)?(?:好|(?:没事|累|忙|开心|吃饭|有[男女]朋友)[吧了啊]?)[吗么]|[你您](?:没事吧|吃了没))"
    r"[呀啊呢]?(?=\s|$)",
    "chat": r"(?:(?:今天|外面)(?:的?天气)?(?:真|好|太|挺|很|这么)+(?:好|热|冷|不错|晒|糟糕|舒服)|天气(?:真|好|太|挺|很|这么)*(?:好|热|冷|不错|糟糕)|"
    r"(?:今天|外面)?又?下[雨雪]|今天天气(?:怎么样|如何|不错)|(?:给我)?[讲说]个?(?:笑话|故事)|(?:给我)?唱[首个]歌|(?:我)?(?:好|真|太)?无聊|我(?:爱|喜欢)你|"
    r"陪我(?:聊聊天?|说说话)|[你您](?:真|好|太|很|挺)+(?:可爱|聪明|有趣|搞笑|逗|幽默|厉害|棒|好))[了啦啊呀哦呢吧吗的]*(?=\s|$)",
    "greeting": r"(?:你好+|您好+|哈[喽啰]|嗨+|嘿|早上好|早安|上午好|中午好|下午好|晚上好|早|在吗|在不在|有人吗|在么|大家好)",
    "thanks": r"(?:(?:好[的滴哒嘞]?|嗯|行)?(?:非常|十分|太|多)?(?:谢谢|感谢|多谢|谢了|谢啦|感激)(?:你们?|您|了|啦|哦)?(?:的帮助|的解答|的回复|帮忙)?|辛苦了|麻烦了|麻烦你了|"
    r"帮(?:了(?:我)?)?大忙了?|[你您]们?(?:的?(?:服务|态度))(?:真|太|很|挺|非常|特别)(?:好|棒|不错|贴心|周到|热情)(?:了|啦)?|好[的滴哒嘞]?|嗯+|知道了|明白了?|了解了?|收到|没(?:有)?(?:别的|其他)?(?:事|问题)了|(?:真|太|很|挺)(?:好|不错|棒)(?:了|啦|呀)?)",
    "goodbye": r"(?:再见|拜拜|拜|回头见|回见|晚安|下次见|下次再聊|祝你?(?:愉快|顺利)|先这样(?:吧)?)",
}
_LAUGH = r"(?:(?:ha|he){2,}h?|lo+l|lmao|rofl)(?![\w'])|哈{2,}|嘻{2,}|嘿{2,}"
_FILLER = r"(?:there|all|everyone|team|folks|guys|sir|madam|again|so|and|then|well|oh|ok|okay|yes|yeah|no|please|now|for now|bot|friend|today|very much|a lot|不用了?|不了|啊|呀|哦|哈|呢|啦|了|吧|哟|客服|亲|小光|老板|朋友)"
_GAP = re.compile(r"[\s,.!;:~\-…?？，。！、；：～()（）*\"'’\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]+")


def small_talk(text: str) -> str | None:
    """ "greeting", "thanks", "goodbye", "chat" or "self" (of the one who answers) where the whole turn is nothing else, else None.

    "Hi, where is my order?" asks something and is none. Of several kinds the last said counts, chat least.
    """
    if len(text) > 160:
        return None
    text = glossary().simplify(text)
    rest = (
        " ".join(_GAP.sub(" ", text.lower().replace("’", "'")).split())
        if "'" not in text and "’" not in text
        else (" ".join(re.sub(r"[^\w'\u3400-\u9fff]+", " ", text.lower().replace("’", "'")).split()))
    )
    found: str | None = None
    while rest:
        for kind, pattern in _PATTERNS:
            if (match := pattern.match(rest)) is not None:
                found = kind if found is None or kind not in (None, "chat") else found
                rest = rest[match.end() :].lstrip()
                break
        else:
            return None
    return found


_PATTERNS = [
    ("chat", re.compile(_LAUGH)),
    *((kind, re.compile(pattern + r"(?![\w'])")) for kind, pattern in _EN.items()),
    *((kind, re.compile(pattern)) for kind, pattern in _ZH.items()),
    (None, re.compile(_FILLER + r"(?![a-z])")),
]
