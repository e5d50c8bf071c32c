"""Recognises turns that ask nothing: greetings, thanks and goodbyes, in English and Chinese."""

from __future__ import annotations

import re

_EN = {
    "greeting": r"(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|how are you(?: doing)?(?: today)?|"
    r"what'?s up|nice to meet you|is (?:anyone|anybody|someone) there|anyone there|are you there)",
    "thanks": r"(?:(?:many |ok |okay |great |perfect |no |alright )?(?:thanks?|thanx|thnx|thx|tks|ty) ?(?:you|u|ya)?"
    r"(?: so much| very much| a lot| a bunch| again| a million)?"
    r"(?: for (?:all )?(?:your|ur|the) (?:help|time|assistance|info|information|answer|reply|support))?|cheers|"
    r"much appreciated|i (?:really )?appreciate (?:it|that|your help)|(?:that(?:'s| is|s) )?(?:great|perfect|awesome|wonderful|excellent)|"
    r"that (?:helps|helped)(?: a lot)?|you(?:'ve| have) been (?:very |so |really )?helpful|got it|ok(?:ay)?|cool|good to know|"
    r"that(?:'s| is|s| will be| would be)? all(?: i (?:need|needed|wanted))?(?: for (?:now|today))?|no,? that(?:'s| is|s) (?:all|it)|nothing else)",
    "goodbye": r"(?:bye+(?: bye)?|goodbye|good ?bye|see (?:you|ya)(?: later| soon)?|good ?night|have a (?:nice|good|great|wonderful|lovely) "
    r"(?:day|evening|night|weekend|one|time)|take care|farewell|talk (?:to you )?later|you too|same to you)",
}
_ZH = {
    "greeting": r"(?:你好+|您好+|哈[喽啰]|嗨+|嘿|早上好|早安|上午好|中午好|下午好|晚上好|早|在吗|在不在|有人吗|在么|大家好)",
    "thanks": r"(?:(?:好[的滴哒嘞]?|嗯|行)?(?:非常|十分|太|多)?(?:谢谢|感谢|多谢|谢了|谢啦|感激)(?:你们?|您|了|啦|哦)?(?:的帮助|的解答|的回复|帮忙)?|辛苦了|麻烦了|麻烦你了|"
    r"好[的滴哒嘞]?|嗯+|知道了|明白了?|了解了?|收到|没(?:有)?(?:别的|其他)?(?:事|问题)了)",
    "goodbye": r"(?:再见|拜拜|拜|回头见|回见|晚安|下次见|下次再聊|祝你?(?:愉快|顺利)|先这样(?:吧)?)",
}
_FILLER = r"(?:there|all|everyone|team|folks|guys|sir|madam|again|so|and|then|well|oh|ok|okay|yes|yeah|no|please|now|for now|bot|friend|today|very much|a lot|不用了?|不了|啊|呀|哦|哈|呢|啦|了|吧|哟|客服|亲|小光|老板|朋友)"
_GAP = re.compile(r"[\s,.!;:~\-…?？，。！、；：～()（）*\"'’\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]+")


def small_talk(text: str) -> str | None:
    """ "greeting", "thanks" or "goodbye" where the whole turn is nothing else, else None.

    "Hi, where is my order?" asks something and is none. Of several kinds the last said counts.
    """
    if len(text) > 160:
        return None
    rest = (
        " ".join(_GAP.sub(" ", text.lower().replace("’", "'")).split())
        if "'" not in text and "’" not in text
        else (" ".join(re.sub(r"[^\w'\u3400-\u9fff]+", " ", text.lower().replace("’", "'")).split()))
    )
    found: str | None = None
    while rest:
        for kind, pattern in _PATTERNS:
            if (match := pattern.match(rest)) is not None:
                found = kind or found
                rest = rest[match.end() :].lstrip()
                break
        else:
            return None
    return found


_PATTERNS = [
    *((kind, re.compile(pattern + r"(?![\w'])")) for kind, pattern in _EN.items()),
    *((kind, re.compile(pattern)) for kind, pattern in _ZH.items()),
    (None, re.compile(_FILLER + r"(?![a-z])")),
]
