from __future__ import annotations

import pytest

from bot.conversation import Conversation, Source, Turn
from bot.told import told_before

SHIRTS = "衬衫水洗熨烫15元一件，5件起12元一件。真丝衬衫要干洗，28元一件。"
PICK_UP = "主城区满69元免费上门取送，不满69元收12元。萧山、余杭满129元免费，不满收20元。"
SHOES = "运动鞋、帆布鞋25元一双，真皮鞋和麂皮鞋45元一双，雪地靴40元一双，童鞋18元一双。"
CARD = "充值500元送50元，充值1000元送150元，充值3000元送600元。会员洗衣再打9折。"
CURTAINS = "窗帘按平方米计价，12元一平方米，遮光帘15元一平方米，免费上门拆装。"
CARPETS = "化纤地毯20元一平方米，羊毛地毯35元一平方米，真丝地毯和手工地毯不接。"
CLUB = "The club is for ages 6 to 11, on Saturdays. It costs £14 a session or £120 for 10 sessions."
STRETCHING = "Stretching costs £24 up to 50 x 70 cm and £39 up to 100 x 120 cm. We do not stretch anything larger."
DELIVERY = "Delivery costs £4.50 and is free from £45. We do not ship outside the UK."


def told(asked: str, said: str, text: str) -> str:
    turns = (Turn("customer", asked, 0.0), Turn("bot", said, 1.0, sources=(Source("1", "", "faq.md", 1, 0.9),)))
    return told_before(Conversation("1", "web", turns=turns), text)


@pytest.mark.parametrize(
    ("asked", "said", "text"),
    [
        # So many of what has its price for one.
        ("衬衫洗一件多少钱", SHIRTS, "我有8件呢"),
        ("衬衫洗一件多少钱", SHIRTS, "3件呢"),
        ("地毯洗不洗", CARPETS, "羊毛的 6平方"),
        ("how much is the class", "The class costs £12 per person.", "3 of them"),
        ("how much is it", "Acrylics cost £3 a tube.", "5 tubes please, how much"),
        ("日常保洁多少钱", "日常保洁45元一小时，3小时起约。", "4小时呢"),
        ("how much is parking", "£2.40 an hour.", "3 hours?"),
        # A figure that the bounds decide.
        ("上门取件收费吗", PICK_UP, "我在余杭 洗一件大衣48块 要收取件费吗"),
        ("anything for my son", CLUB, "and for a 9 year old, how much"),
        ("小孩多少钱", "6到12岁半价，30元。", "8岁呢"),
        ("can you stretch canvases", STRETCHING, "mine is 120 x 150"),
        ("how much is delivery", DELIVERY, "i only want to spend 40 so do i pay delivery"),
        ("how much is delivery", DELIVERY, "my order is 50 pounds"),
        ("do you take groups", "Groups pay from £25.", "i have £30"),
        # A word that is part of what was said, or another form of it.
        ("洗鞋子么", SHOES, "麂皮的"),
        ("会员便宜吗", CARD, "充多少最划算"),
        ("窗帘怎么洗", CURTAINS, "要自己拆下来吗"),
        ("do you fix frames", "We repair frames.", "and repairs?"),
        ("do you ship to scotland", "Orders to the Highlands take 4 to 5 working days.", "the highland too?"),
        # The day.
        ("洗衣液有货吗", "洗衣液目前缺货，预计12月10日到货。", "什么时候到"),
        ("is the tea in stock", "It is expected back on 2026-12-09.", "when does it arrive"),
        ("几点关门", "湖滨店每天8:30到21:00，滨江店每天9:00到20:30。", "周末呢"),
    ],
)
def test_what_the_answer_decides_is_asked_for_again(asked: str, said: str, text: str) -> None:
    assert told(asked, said, text) == ""


@pytest.mark.parametrize(
    ("asked", "said", "text"),
    [
        ("衬衫洗一件多少钱", SHIRTS, "皮衣3件呢"),
        ("寄养狗多少钱", "每天80元。", "3只呢"),
        ("怎么收费", "深度保洁480元。", "沙发2个呢"),
        ("how much is the class", "The class costs £12 an hour.", "3 of them"),
        ("how much is the class", "The class costs £12 per person.", "and 3 parrots"),
        ("anything for kids", "The club is for ages 6 to 11.", "my son is 4 years old"),
        ("小孩多少钱", "6到12岁半价。", "15岁呢"),
        ("do you stretch canvases", "It costs £24 up to 50 x 70 cm.", "mine is 120 x 150"),
        ("how much is delivery", "Delivery is free from £45.", "i only spend 30"),
        ("退货要几天", "7天内可以退。", "过了9天"),
        ("can i return it", "Within 28 days.", "35 days ago"),
        ("大衣能洗吗", "羊毛大衣48元。", "大衣破了怎么办"),
        ("衣服丢了怎么办", "3天内没找到的，按70%赔。", "手机丢了"),
        ("窗帘怎么洗", CURTAINS, "沙发呢"),
        ("洗衣液有货吗", "洗衣液目前缺货。", "什么时候到"),
        ("多久能好", "3天。", "几号发工资"),
        ("when do you open", "We open at 9:00.", "when is the parade"),
        ("几点关门", "周一到周五9:00到21:00。", "周六呢"),
        ("几点关门", "每天8:30到21:00。", "春节呢"),
        ("do you have parking", "There are 2 free parking spaces.", "what about bikes"),
    ],
)
def test_another_case_than_the_answer_decides_is_not_met_by_it(asked: str, said: str, text: str) -> None:
    assert told(asked, said, text) == said
