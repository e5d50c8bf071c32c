"""Word-list sentiment: VADER for English (Hutto and Gilbert, 2014), and a list of our own for Chinese."""

# ruff: noqa: SIM905

from __future__ import annotations

import functools
import math
import re
from typing import Any

from retrieval.language import detect

_LONGEST = 2000

_ZH: dict[str, float] = {
    **dict.fromkeys(
        "满意 喜欢 很棒 棒 赞 点赞 好用 完美 优秀 感谢 谢谢 多谢 开心 高兴 愉快 惊喜 推荐 贴心 热情 耐心 不错 划算 实惠 漂亮 "
        "好看 精致 舒服 超值 给力 放心 方便 快捷 喜爱 爱了 牛 好评 支持 解决了 太好了 厉害 靠谱 nice good".split(),
        2.0,
    ),
    **dict.fromkeys(
        "差 太差 太差了 很差 极差 失望 生气 气死 气死我了 愤怒 恼火 垃圾 骗子 骗人 欺骗 坑 坑人 坑爹 投诉 差评 糟糕 糟透了 难用 恶心 烦 烦死 烦死了 无语 "
        "受够 受够了 讨厌 后悔 敷衍 推卸 不负责 态度差 忽悠 假货 坏了 坏 破损 碎了 漏 裂 没用 没人管 不管 拖 拖延 太慢 离谱 过分 "
        "可恶 混蛋 滚 废物 傻 傻逼 妈的 他妈 操 靠 退货 难受 崩溃 着急 急死 荒唐 可笑 无耻 黑心 死心 心寒 答非所问 听不懂 浪费 "
        "浪费时间 不爽 鬼 抓狂 难看 劣质 异味 刺鼻 掉色 起球 缩水 粗糙".split(),
        -2.0,
    ),
    **dict.fromkeys("愤怒 垃圾 骗子 气死 气死我了 傻逼 他妈 混蛋 无耻 受够了 恶心 黑心 忍无可忍".split(), -3.4),
    **dict.fromkeys("问题 故障 错误 麻烦 慢 晚 丢 少 缺 错 贵 遗憾 可惜 一般 还没到 没收到 没反应".split(), -0.9),
    **dict.fromkeys("退货 好".split(), 0.0),
}
_ZH_NOT = frozenset("不 没 没有 别 未 毫无 并不 不是 不太 不够 一点也不 一点都不 从不 无".split())
_ZH_VERY = frozenset("很 非常 太 特别 超 超级 真 真的 极其 十分 完全 实在 简直 最 好 相当".split())
_EMOJI_UP = re.compile("[😀-😄😊🙂😍🥰👍👏🎉❤💕😁🤩🙏✨💯]")
_EMOJI_DOWN = re.compile("[😠😡🤬😤😒🙄😞😟😢😭💔👎😫😩😣🤮💩]")


_PRAISE = re.compile(
    r"^\W*(?:oh\W+|well\W+|wow\W+|just\W+|yeah\W+)*(?:great|wonderful|fantastic|awesome|lovely|perfect|brilliant|nice|amazing|"
    r"super|excellent|thanks?(?:\s+you)?(?:\s+(?:a\s+lot|so\s+much|for\s+nothing))?|good\s+job|well\s+done|bravo|congrat\w+|"
    r"(?:i\s+)?love\s+(?:how|it\s+when)|just\s+what\s+i\s+needed)\b"
    r"|^\W*(?:真|太|好)?(?:棒|好|行|厉害|谢谢|感谢|不错|优秀|可以|呵呵)(?:啊|呀|了|哦|你们)*",
    re.IGNORECASE,
)
_GRIEVANCE = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|tenth|\d+(?:nd|rd|th)|umpteenth)\s+time\b|\b(?:breaks|broke|broken)\b|"
    r"\b(?:late|broken|wrong|down|failed|delayed|out|gone|happened|crashed|lost)\s+again\b|\bfor\s+(?:nothing|losing|ruining|wasting|ignoring|breaking|cancell?ing|delaying|sending\s+the\s+wrong)\b|"
    r"\bstill\s+(?:no|not|waiting|haven'?t|hasn'?t|isn'?t|doesn'?t|don'?t|can'?t|broken)\b|\bnever\s+(?:arriv|came|come|work)|"
    r"\b(?:does|do|did|is|has)n'?t\s+(?:even\s+)?(?:work|turn|arriv|answer|fit)|\bstopped\s+working\b|\byet\s+another\b|"
    r"\banother\s+(?:delay|cancel|broken|wrong)|\bno\s+(?:repl|answer|refund|help)|\b(?:lost|ruined|cancell?ed)\s+my\b|"
    r"第\s*[二三四五六七八九十\d]+\s*次|又(?:坏|错|丢|慢|没|不|是这样)|还(?:没|不|是坏)|没(?:用|人|收到)|坏了|不(?:回|理)|白(?:等|花)",
    re.IGNORECASE,
)
_MENDED = re.compile(
    r"\b(?:fixed|resolved|solved|sorted|works?\s+now|working\s+now|no\s+longer|replaced)\b|解决|修好|(?<![太真])好了|收到了",
    re.IGNORECASE,
)
_FURY = re.compile(
    r"\b(?:furious|livid|fuming|outrag\w+|fed\s+up|sick\s+(?:of|and\s+tired)|disgust\w+|unacceptable|appall\w+|disgrace\w*|"
    r"ridiculous|pissed|infuriat\w+|worst\s+(?:\w+\s+){0,3}ever|(?:so|very|really|extremely)\s+(?:angry|mad)|had\s+enough|hate\s+you|"
    r"rip-?off|incompetent)\b|气死|愤怒|受够|忍无可忍|太过分|欺人太甚|骗子|垃圾(?:公司|客服|店|产品|服务)|什么垃圾|恶心|无耻|黑心|火大|气炸|愤慨",
    re.IGNORECASE,
)
_NOT_FURY = re.compile(
    r"\b(?:not|never|isn'?t|wasn'?t|no\s+longer)\s+(?:\w+\s+)?$|(?:不|没有?|别)(?:是|那么|太)?$", re.IGNORECASE
)


def sarcastic(text: str) -> bool:
    """Whether praise opens a message that goes on to complain: "great, third time it breaks"."""
    text = text[:_LONGEST].replace("’", "'")
    praise = _PRAISE.match(text)
    return bool(praise and _GRIEVANCE.search(text)) and not _MENDED.search(text)


def furious(text: str) -> bool:
    """Whether the words are of anger, not merely of discontent."""
    text = text[:_LONGEST].replace("’", "'")
    return any(not _NOT_FURY.search(text[: match.start()]) for match in _FURY.finditer(text))


@functools.lru_cache(maxsize=1)
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@functools.lru_cache(maxsize=1)
def _jieba() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    for word in _ZH:
        tokenizer.add_word(word)
    tokenizer.initialize()
    return tokenizer


def words(text: str) -> list[str]:
    """Chinese words of a text, by jieba."""
    return list(_jieba().lcut(text[:_LONGEST]))


@functools.lru_cache(maxsize=8192)
def score(text: str) -> float:
    """The sentiment in [-1, 1], 0 where no word tells."""
    text = text[:_LONGEST]
    emoji = 1.2 * len(_EMOJI_UP.findall(text)) - 1.6 * len(_EMOJI_DOWN.findall(text))
    if detect(text) == "zh":
        total = _chinese(text) + emoji
        return total / math.sqrt(total * total + 8)
    words_say = float(_vader().polarity_scores(text)["compound"])
    return words_say + emoji / math.sqrt(emoji * emoji + 8) * (1 - abs(words_say))


def _chinese(text: str) -> float:
    total, sign, weight = 0.0, 1.0, 1.0
    for word in words(text):
        if word in _ZH_NOT:
            sign = -sign
        elif word in _ZH_VERY and word not in ("好",):
            weight = 1.4
        elif value := _ZH.get(word, 0.0):
            # "不满意" is worse than "满意" is good; "不差" is hardly praise.
            total += weight * (value * (0.5 if value < 0 else 1.0) * sign if sign < 0 else value)
            sign = weight = 1.0
        elif word in "，。！？!?,.；;":
            sign = weight = 1.0
    shouted = min(text.count("！") + text.count("!"), 4)
    return total * (1 + 0.12 * shouted)
