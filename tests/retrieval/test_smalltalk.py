"""Greetings, thanks, goodbyes and chat are recognised; a question after one is not taken for small talk."""

from __future__ import annotations

import pytest

from retrieval.smalltalk import small_talk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi", "greeting"),
        ("hello there!", "greeting"),
        ("Good morning :)", "greeting"),
        ("你好", "greeting"),
        ("在吗？", "greeting"),
        ("Thanks a lot!", "thanks"),
        ("Thank you so much for your help.", "thanks"),
        ("谢谢！", "thanks"),
        ("好的，谢谢", "thanks"),
        ("bye", "goodbye"),
        ("Have a nice day!", "goodbye"),
        ("Thanks, bye!", "goodbye"),
        ("thank u", "thanks"),
        ("thanx!", "thanks"),
        ("thx u", "thanks"),
        ("tks", "thanks"),
        ("thankyou", "thanks"),
        ("ty so much", "thanks"),
        ("thank you for ur help", "thanks"),
        ("ok thx bye", "goodbye"),
        ("不用了，谢谢", "thanks"),
        ("不用了谢谢", "thanks"),
        ("好滴", "thanks"),
        ("好滴，谢啦", "thanks"),
        ("多谢", "thanks"),
        ("再见", "goodbye"),
        ("謝謝", "thanks"),
        ("真不错", "thanks"),
        ("what's your name?", "self"),
        ("hi, who are you", "self"),
        ("are you ok", "self"),
        ("What tea do you like best?", "self"),
        ("你叫什么名字？", "self"),
        ("您贵姓", "self"),
        ("你喜歡喝什麼茶", "self"),
        ("你吃饭了吗", "self"),
        ("haha", "chat"),
        ("haha thanks", "thanks"),
        ("谢谢哈哈", "thanks"),
        ("哈哈哈", "chat"),
        ("nice weather today", "chat"),
        ("it's raining here", "chat"),
        ("tell me a joke", "chat"),
        ("今天天气真好", "chat"),
        ("今天好热啊", "chat"),
        ("你真可爱", "chat"),
        ("你喜欢猫还是狗", "self"),
        ("你喜歡狗還是貓？", "self"),
        ("do you prefer cats or dogs?", "self"),
        ("thanks ur a star", "thanks"),
        ("lol fair enough. nice weather today", "thanks"),
        ("you're the best!", "thanks"),
    ],
)
def test_a_turn_that_asks_nothing_is_small_talk(text: str, kind: str) -> None:
    assert small_talk(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "hi, where is my order?",
        "Hello, do you ship to Malaysia",
        "thanks but that is not what I asked",
        "你好，请问灯具可以退货吗",
        "谢谢，那运费多少",
        "ty for the lamp, is it dimmable",
        "不用谢谢我，台灯能退吗",
        "不用了",
        "不用电池的台灯",
        "a human please",
        "what's your name for the small lamp",
        "who are you shipping with",
        "are you open today",
        "do you like to ship abroad",
        "what payment do you take",
        "it is too hot",
        "nice lamp",
        "真热",
        "太贵了",
        "今天发货吗",
        "下雨天能用吗",
        "你们喜欢用什么快递",
        "你们叫什么快递",
        "你们喜欢用顺丰还是中通",
        "is this the best you have",
        "hide my order",
        "",
        "12",
        "😀",
    ],
)
def test_a_turn_that_asks_something_is_not(text: str) -> None:
    assert small_talk(text) is None
