"""A person who asks for a person is heard, in any wording; others are not passed on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import wordings
from bot.losses import (
    asks_besides,
    blames,
    buries,
    despairs,
    irreplaceable,
    late_for_funeral,
    mourns,
    reports_damage,
    tells_of_damage,
)
from bot.requests import (
    accepts,
    asks_after_order,
    asks_for_human,
    asks_if_bot,
    declines,
    doubts,
    gives_up,
    misheard,
    scolds,
    taken_back,
    tells_of_orders,
)
from retrieval.errors import ModelError

WORDINGS = [
    line
    for name in ("human_requests.txt",)
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    if line
]


def test_hundreds_of_wordings_in_both_languages_are_heard() -> None:
    assert len(WORDINGS) >= 800
    missed = [line for line in WORDINGS if not asks_for_human(line)]
    assert len(missed) <= len(WORDINGS) // 100, missed


def test_wordings_that_nothing_was_fitted_to_are_heard() -> None:
    unseen = Path(__file__).with_name("unseen_human_requests.txt").read_text("utf-8").splitlines()
    missed = [line for line in unseen if not asks_for_human(line)]
    assert len(unseen) == 200
    assert len(missed) <= 2, missed
    others = Path(__file__).with_name("unseen_no_human_requests.txt").read_text("utf-8").splitlines()
    assert sum(map(asks_for_human, others)) <= 0.2 * len(others)  # written to be mistaken


def test_a_word_or_two_are_no_request() -> None:
    """A "thx" once fetched a person. Some of these insult the bot, who may as well be fetched."""
    short = Path(__file__).with_name("unseen_short_messages.txt").read_text("utf-8").splitlines()
    assert len(short) >= 290
    mistaken = [text for text in short if asks_for_human(text)]
    assert len(mistaken) <= 0.04 * len(short), mistaken
    for text in ("thx", "desk", "plz", "k thx", "2", "没事", "老板", "blue one"):
        assert not asks_for_human(text), text


def test_questions_to_shops_are_no_requests() -> None:
    """One in seventeen once fetched a person, "where is your shop" in Chinese among them. About a dozen of these do ask for one."""
    root = Path(__file__).parents[2]
    files = [*root.glob("benchmarks/*.jsonl"), *root.glob("retrieval/weights/apart/*_questions.jsonl")]
    lines = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    asked = [line["history"][-1]["text"] for line in lines if "history" in line]
    assert len(asked) >= 3400
    heard = [text for text in asked if asks_for_human(text)]
    assert len(heard) <= 0.013 * len(asked), heard
    for text in ("你们店在哪", "你们今天上班吗", "盒子都没拆 退得了吗", "我的靴底掉了 你们能粘吗"):
        assert not asks_for_human(text), text


@pytest.mark.parametrize("text", Path(__file__).with_name("no_human_requests.txt").read_text("utf-8").splitlines())
def test_talk_of_people_is_no_request_for_one(text: str) -> None:
    assert not asks_for_human(text)


def test_a_slip_of_the_finger_is_understood() -> None:
    assert asks_for_human("speak to an agnet")
    assert asks_for_human("I want a humna")


def test_a_request_inside_a_long_angry_message_is_heard() -> None:
    story = "I ordered the lamp three weeks ago and it never came. " * 10
    assert asks_for_human(story + "Let me talk to a real person.")
    assert asks_for_human("订单三个星期都没到。" * 10 + "我要找人工客服。")


def test_capitals_missing_spaces_and_shorthand_are_understood() -> None:
    assert asks_for_human("GET ME A HUMAN")
    assert asks_for_human("need 2 tlk 2 some1")
    assert asks_for_human("zhuan ren gong")


@pytest.mark.parametrize(
    "text",
    ["i dont need a human, just tell me the price", "i dont need a human", "I don’t want a human", "no i dont want a person",
     "i do not want to talk to an agent", "不要人工", "不需要人工", "别转人工了", "不用转人工客服，直接告诉我价格"],
)  # fmt: skip
def test_who_wants_nobody_is_not_passed_on(text: str) -> None:
    assert not asks_for_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "不要机器人",
        "不要人工智能，要真人",
        "i dont want a bot i want a human",
        "别让机器人回我，转人工",
        "why dont you get me a human",
    ],
)
def test_who_wants_no_machine_is_passed_on(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize("text", ["", " ", "?", "😡", "a" * 100_000, "人" * 100_000])
def test_any_text_gets_an_answer(text: str) -> None:
    assert asks_for_human(text) in (True, False)


def test_a_missing_model_says_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordings, "WEIGHTS", tmp_path / "requests.npz")
    wordings._weights.cache_clear()
    with pytest.raises(ModelError, match=r"bot\.sentiment\.training"):
        wordings.load()
    monkeypatch.undo()
    wordings._weights.cache_clear()


@pytest.mark.parametrize("text", ["yes please", "Yes", "ok", "sure, thanks", "yes pls", "sure go ahead", "ok sure", "yea", "yes yes", "yes i would",
     "that would be great", "I’d like that", "好的", "好的谢谢", "可以", "转吧", "好的麻烦了", "好的，麻烦您了", "嗯好", "好滴", "可以的"],
)  # fmt: skip
def test_a_yes_to_the_offer_is_understood(text: str) -> None:
    assert accepts(text)
    assert not declines(text)


@pytest.mark.parametrize("text", ["好，转吧", "ok, do that", "yes pls thanks"])
def test_a_plain_yes_takes_what_was_not_asked(text: str) -> None:
    assert accepts(text, asked=False)


@pytest.mark.parametrize("text", ["嗯" * 55 + "什么", "好的" * 28 + "x", "不用" + "转人工" * 18 + "x"])
def test_what_is_repeated_is_tried_in_one_way_only(text: str) -> None:
    """Each doubled the time of the last; the run's time limit would end a test that lasts."""
    assert not accepts(text) and not declines(text)


@pytest.mark.parametrize("text", ["ok thanks", "fine", "ok", "好的谢谢", "嗯", "好吧"])
def test_that_all_is_well_is_no_yes_to_what_was_not_asked(text: str) -> None:
    assert accepts(text) and not accepts(text, asked=False)
    assert accepts("yes please", asked=False) and accepts("好的，麻烦转吧", asked=False)


@pytest.mark.parametrize("text", ["no", "No thanks", "not now", "I’m good", "不用了", "不需要", "算了", "不用了谢谢", "不用谢谢", "不用转人工", "不需要人工",
     "算了吧", "没事了", "暂时不用", "谢谢，先不用了", "不用了 我自己看看"],
)  # fmt: skip
def test_a_no_to_the_offer_is_understood(text: str) -> None:
    assert declines(text)
    assert not accepts(text)


@pytest.mark.parametrize("text", ["", "?", "how long do I have to send the lamp back?", "灯可以退吗？"])
def test_a_new_question_is_neither_yes_nor_no(text: str) -> None:
    assert not accepts(text)
    assert not declines(text)


@pytest.mark.parametrize(
    "text",
    ["are you sure?", "are u sure about that", "really??", "Is that right?", "that can't be right", "who says so", "wait, seriously?",
     "where does it say that", "how do you know", "真的吗", "你确定吗？", "真的假的", "那是真的吗", "谁说的", "等等，没骗我吧",
     "that's not right, is it?", "I don’t think that's right", "you're wrong", "no, that is incorrect", "that's not right, i thought it was 45 days",
     "不对吧", "你说错了吧", "不对吧，不是有89的吗", "怎么可能", "是不是算错了", "不对，我记得是包邮的"],
)  # fmt: skip
def test_a_doubt_is_heard(text: str) -> None:
    assert doubts(text)


@pytest.mark.parametrize(
    "text",
    ["are you sure it fits a 60 cm desk", "is that the right size?", "really nice lamp", "not sure which one", "make sure it is the blue one",
     "is it true that you ship to japan", "确定下单", "真的很差", "这是真皮的吗", "", "yes", "?",
     "wrong size, can i return it", "wrong item", "尺寸不对", "地址写错了", "你们发错了吧", "不对，我问的是运费", "确定", "有问题", "不是说包邮吗"],
)  # fmt: skip
def test_a_question_of_its_own_is_no_doubt(text: str) -> None:
    assert not doubts(text)


@pytest.mark.parametrize(
    "text",
    ["never mind", "nvm", "ok forget it thanks", "i give up", "I’ll look elsewhere", "don't bother", "算了", "那算了吧", "唉，不问了", "算了谢谢",
     "我还是去别家看看吧", "我自己看看"],
)  # fmt: skip
def test_who_gives_up_is_heard_and_takes_no_offer(text: str) -> None:
    assert gives_up(text) and declines(text)
    assert not accepts(text)


@pytest.mark.parametrize(
    "text",
    ["never mind the lamp, is the desk in stock", "算了，我要退货", "算了 转人工", "forget it, give me a human", "别家有这个吗", "没事的话能退吗",
     "i forgot my password", "", "?", "嗯" * 60, "那就" * 30, "算了" * 29 + "x"],
)  # fmt: skip
def test_who_asks_for_something_else_does_not_give_up(text: str) -> None:
    assert not gives_up(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("are you a robot or a human", False),
        ("haha are you a robot", False),
        ("lol are you a bot", False),
        ("btw am i talking to a person", False),
        ("你是机器人还是真人", False),
        ("are u a bot? get me a human", True),
        ("你是机器人吗 给我转人工", True),
    ],
)
def test_who_asks_if_a_bot_answers_asks_for_a_person_only_where_more_is_said(text: str, asks: bool) -> None:
    assert asks_if_bot(text)
    assert asks_for_human(text) is asks


@pytest.mark.parametrize(
    "text",
    ["is this rubbish bin steel", "the spade is useless", "尺寸差多少", "垃圾袋", "this is crap, where is my order"],
)
def test_who_finds_fault_with_goods_or_asks_does_not_only_scold(text: str) -> None:
    assert not scolds(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("算了", ""),
        ("算了 问下你们几点关门", "你们几点关门"),
        ("不用人工了，你们几点关门", "你们几点关门"),
        ("不等了 地址在哪", "地址在哪"),
        ("never mind, what time do you close?", "what time do you close?"),
        ("I don't need a human any more, when do you open", "when do you open"),
        ("算了我等着吧", None),
        ("算了一下价格", None),
        ("nvm I'll wait", None),
        ("不要了", None),
        ("cancel my order", None),
        ("我不要红色的", None),
    ],
)
def test_the_taking_back_of_a_request_is_heard_with_what_follows_it(text: str, rest: str | None) -> None:
    assert taken_back(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "我家狗昨天走了...",
        "我妈去世了",
        "我家貓死了",
        "猫寄养的时候死了",
        "my dog died yesterday",
        "my old cat Luna passed away last week",
        "we lost my mum",
        "please i need it, shes gone and i have nothing to show",
        "my dad is gone",
        "my mum's gone and i need to cancel her order",
        "now that he's gone i don't need the membership",
        "she's gone forever",
        "我妈昨天走了 想退掉她的会员卡",
        "我外婆上周末走了",
        "我老婆去年走了 留下这件旗袍",
        "我老公上周走了",
        "我爸不在了",
        "上个月我爸走了",
        "我奶奶前天走了，她的衣服还没取",
        "我爸走了三年了",
        "我妈昨天突然没了",
        "昨晚我外公走了 他订的蛋糕能取消吗",
        "老公三个月前走了",
        "我家猫走了想退寄养的钱",
        "my dad passed in March",
        "my nan passed on Friday",
        "my mum passed on the 5th",
        "my husband passed two years ago",
        "lost our baby last week",
        "i lost my dad to cancer",
        "i lost my friend Tom last month",
        "i lost my husband of 40 years",
        "兔子养死了",
        "仓鼠死了一只",
    ],
)
def test_a_death_is_heard(text: str) -> None:
    assert mourns(text) and not blames(text)


@pytest.mark.parametrize(
    "text",
    [
        "我快急死了",
        "猫爱死了这个罐头",
        "我的多肉死了",
        "鱼死了包赔吗",
        "狗狗走了多久",
        "如果狗在寄养时死了怎么办",
        "my plant died",
        "the dog bed died after a week",
        "my cat food was dead on arrival",
        "my daughter passed the exam",
        "my daughter passed grade 5 piano, which class is next",
        "my son passed theory, can he book the practical",
        "my sister passed on her bike to me, can you service it",
        "my friend passed on your details, do you do curtains",
        "my dog is put down as allergic to chicken",
        "my brother is dead set on the blue one",
        "my cat is dead keen on this food",
        "lost my child seat",
        "lost my baby blanket at the weekend",
        "猫把花弄死了",
        "我妈养死了三盆绿萝",
        "绿萝被我妈养死了",
        "我儿子打死了一只蟑螂",
        "what happens if my cat died",
        "老公走了, 帮我取消",
        "快递走了",
        "狗不在了家?",
        "我妈走了以后再送",
        "我妈昨天走了去北京了",
        "我老公昨天走了才发现东西忘拿",
        "老公上周出差走了",
        "老公不在家，晚点送",
        "老公没了工作",
        "我妈昨天回来了",
        "师傅昨天走了 忘了拿工具",
        "阿姨昨天走了",
        "我儿子昨天走了回学校了",
        "狗狗走了多久",
        "我妈的卡没了",
        "my husband is gone all week",
        "she's gone to the shop",
        "hes gone and bought the wrong one",
        "my daughter is gone until friday",
        "my mum's gone out",
        "the driver is gone",
        "our friend is gone home",
        "is the red one gone",
        "my dads gone mad over this",
        "昨天我妈去了你们店",
        "我女儿昨天没了兴趣",
        "女儿昨天走了一万步 鞋子磨脚",
        "老婆今年没了胃口",
        "I lost my card",
    ],
)
def test_what_only_sounds_like_a_death_is_none(text: str) -> None:
    assert not mourns(text)


@pytest.mark.parametrize(
    "text",
    ["wheres my order", "Where is my parcel?", "can you track my order", "when will my delivery arrive", "my order hasn't arrived yet",
     "my parcel still has not come", "it was meant to come yesterday", "whats my order status", "我的快递到哪了", "我的订单怎么还没发货",
     "帮我查一下我的订单", "都一周了还没收到", "我買的東西到現在還沒到", "我上周订的货什么时候到"],
)  # fmt: skip
def test_who_asks_after_an_order_is_told_from_who_asks_for_a_rule(text: str) -> None:
    assert asks_after_order(text)


@pytest.mark.parametrize(
    "text",
    ["how do I track a parcel", "how long does delivery take", "where is your shop", "can I cancel my order", "do you deliver on sundays",
     "多久能到", "什么时候发货", "订单可以取消吗", "where can I order", "when is it back in stock", "还没有会员怎么办", "保温壶什么时候到"],
)  # fmt: skip
def test_questions_of_rules_ask_after_no_order(text: str) -> None:
    assert not asks_after_order(text)


def test_an_entry_on_lost_or_late_parcels_tells_of_orders_and_one_on_collecting_them_does_not() -> None:
    assert all(
        map(
            tells_of_orders, ["How do I track my parcel?", "My order has not arrived", "物流怎么查？", "包裹丢了怎么办"]
        )
    )
    assert not any(
        map(tells_of_orders, ["Can I collect my order myself?", "Can I change my order?", "订单可以取消吗？"])
    )


@pytest.mark.parametrize("text", ["are you a robot vacuum shop", "is this a robot vacuum"])
def test_who_asks_for_a_machine_that_is_sold_does_not_ask_who_answers(text: str) -> None:
    assert not asks_if_bot(text)


@pytest.mark.parametrize(
    "text",
    [
        "i ordered a frame for my dads funeral and its not ready",
        "i ordered a frame for my mums funeral tomorrow and nobody answers the phone",
        "the funeral is tomorrow, is my frame ready",
        "my frame isnt ready and its my brothers memorial tomorrow, please help",
        "the flowers for my nans funeral haven't arrived",
        "the wake is tonight and our platters are missing",
        "you sent the wrong flowers to the funeral",
        "明天是我爸的葬礼 我的西装好了吗",
        "葬礼要穿的西装你们洗坏了",
        "追悼会的花没到",
        "my suit for the funeral was lost by your courier",
        "its my dad's wake tomorrow and the cake never came",
        "the flowers did not come for the funeral",
        "please help my funeral order is not here",
    ],
)
def test_what_goes_wrong_for_a_funeral_is_heard(text: str) -> None:
    assert late_for_funeral(text)


@pytest.mark.parametrize(
    "text",
    [
        "flowers for a funeral, how much",
        "do you do funeral flowers",
        "can you deliver flowers to a funeral tomorrow",
        "how much is a wreath for my mums funeral",
        "what do i wear to a funeral",
        "do you sell memorial candles",
        "memorial day opening hours",
        "wake up light",
        "can i wake the lamp by voice",
        "what if the funeral flowers arrive broken",
        "葬礼用的花圈多少钱",
        "追悼会的花能当天送吗",
        "黑色西装葬礼能穿吗",
        "is my frame ready tomorrow",
        "do you open on memorial day tomorrow, my order is not ready",
        "you are late, wake me when its here",
        "i need a black suit for a funeral today, do you have any",
        "does the lamp wake me tomorrow",
        "the driver left it at the funeral directors, wrong house",
        "a hamper for a colleague who lost her husband, to arrive before the funeral",
        "can you help me pick flowers for a funeral",
        "is it too late to order flowers for a funeral on friday",
        "is it wrong to wear white to a funeral?",
        "i will not be there for the funeral, can you send flowers",
        "i'm missing my uncle's funeral, can i send flowers",
        "i am torn between lilies and roses for a funeral",
        "we lost nan last week, do you do funeral wreaths",
        "can you do funeral flowers by tomorrow? i have left it late",
        "追悼会明天，现在订花来不及吗",
    ],
)
def test_who_only_asks_what_there_is_for_a_funeral_is_answered(text: str) -> None:
    assert not late_for_funeral(text)


def test_a_long_message_of_digits_and_days_is_read_in_no_time() -> None:
    for words in ("昨天", "1", "两", "我妈昨天"):
        assert not mourns((words * 4400)[:4400])


def test_the_funeral_of_somebody_near_is_told_from_others() -> None:
    for text in (
        "flowers for my mums funeral",
        "a cake for the wake of my dad",
        "我妈的葬礼要订花",
        "for our gran's funeral",
    ):
        assert buries(text), text
    for text in ("do you do funeral flowers", "葬礼用的花圈", "my mum makes funeral wreaths", "memorial day hours"):
        assert not buries(text), text


def test_who_mourns_and_sees_no_way_on_is_told_from_who_only_mourns() -> None:
    for text in ("i can't bear it", "i just want to be with him", "no point without her", "他走了我也不想活了"):
        assert despairs(text), text
    assert not despairs("i ordered a frame for my mums funeral tomorrow and nobody answers the phone")


@pytest.mark.parametrize(
    "text",
    [
        "you ruined the only photo i have of my dad",
        "my daughters portrait got damaged at your shop im in tears",
        "the cleaner broke my vase yesterday",
        "the cleaner broke my vase yesterday, what now",
        "you've shrunk my jumper",
        "your courier smashed my guitar",
        "you lost two of my shirts",
        "they ripped my dress",
        "my coat came back with a stain",
        "my jumper came back two sizes smaller",
        "the cake is completely smashed, my mums 80th",
        "my mug arrived broken",
        "all the plates came smashed",
        "the delivery guys scratched our floor",
        "my shirt is missing",
        "your groomer cut and damaged my dogs ear",
        "the box turned up crushed and the glass is in pieces",
        "你们把我大衣洗缩水了",
        "你们把我大衣洗缩水了！！",
        "你们把我羊毛衫洗缩水了",
        "我的衣服不见了",
        "阿姨打碎了我的花瓶怎么办",
        "阿姨昨天打碎了我的花瓶",
        "快递把我的箱子摔坏了",
        "师傅把我家地板划花了怎么赔",
        "收到的时候已经碎了",
        "蛋糕都塌了 今天我妈八十大寿",
        "我的外套被你们洗坏了",
        "衣服在你们店里洗破了",
        "你們把我的大衣洗縮水了",
        "少了一件衬衫",
        "you ruined it",
        "Your guy put a hole in our wall and scratched the floor",
        "my jumper is ruined, you washed it too hot",
        "half the eggs are broken",
        "my rug came back with bleach marks",
        "师傅安装时把我家墙砸了个洞",
        "搬家的把我冰箱磕了一个坑",
        "my parcel was damaged in transit",
        "the vase came in half",
        "师傅把我家柜子装花了",
    ],
)
def test_damage_that_was_done_is_heard(text: str) -> None:
    assert reports_damage(text)


@pytest.mark.parametrize(
    "text",
    [
        "what if it arrives broken",
        "do you repair broken cups",
        "you broke my heart lol love this shop",
        "i think you lost my point, i want delivery",
        "did you guys lose power",
        "你们把门关了吗",
        "师傅能把旧灯拆了吗",
        "坏了能退吗",
        "my mug arrived broken, can i return it",
        "what happens if the courier breaks it",
        "if you lost my shirt what do you pay",
        "洗坏了怎么赔",
        "你们把衣服洗坏了怎么赔",
        "快递摔坏了怎么办",
        "如果你们把我的衣服洗坏了怎么赔",
        "万一阿姨打碎东西",
        "我的羊毛衫洗缩水了还能救吗",
        "my phone screen is broken",
        "i broke my vase, do you fix it",
        "my son lost my card",
        "my bike is broken",
        "i lost my receipt",
        "my code is missing",
        "我的会员卡不见了",
        "我的优惠券找不到了",
        "i dropped and broke the mug",
        "do you replace plates that came smashed",
        "can you repair a cracked frame",
        "how long does it take to fix a torn coat",
        "they broke up",
        "you lost me there",
        "the lamp is damaged, can i swap",
        "do you have torn jeans",
        "师傅把旧的搬走吗",
        "你们把衣服洗好了吗",
        "会洗缩水吗",
        "蛋糕化了怎么办",
        "这个花瓶会碎吗",
        "衣服洗完会掉色吗",
        "have you lost my order",
        "your team are great",
        "i want broken rice",
        "my dog lost his collar at the park",
        "the price dropped, my order was before",
        "你们的快递很快",
        "阿姨打扫得很干净",
        "快递给我放门口了",
        "我少了一个袖扣的衬衫能洗吗",
        "my hair was damaged by the sun, which mask",
        "the film was ruined by the ads",
        "came in half an hour early thanks",
        "you've cracked it thanks",
        "师傅装花了两个小时",
    ],
)
def test_a_question_of_damage_or_of_what_the_customer_broke_reports_none(text: str) -> None:
    assert not reports_damage(text)


def test_what_nothing_makes_up_for_is_told_from_what_can_be_replaced() -> None:
    for text in ("you ruined the only photo i have of my dad", "got damaged at your shop im in tears", "it belonged to my gran",
                 "it is irreplaceable", "you lost my late grandmothers painting", "这是我爸留给我的", "唯一的照片"):  # fmt: skip
        assert irreplaceable(text), text
    for text in (
        "the cleaner broke my vase yesterday",
        "it's the only one in blue",
        "is this the last one",
        "阿姨打碎了我的花瓶",
    ):
        assert not irreplaceable(text), text


@pytest.mark.parametrize(
    "text",
    [
        "that isnt what i asked",
        "that's not what i asked",
        "no thats not what i meant",
        "not what i asked for",
        "you didnt answer my question",
        "you didn't understand me",
        "i didnt ask about that",
        "that doesnt answer my question",
        "this is not what i was looking for",
        "我问的不是这个",
        "答非所问",
        "你没回答我的问题",
        "不是问这个",
        "我不是这个意思",
        "你理解错了",
        "牛头不对马嘴",
    ],
)
def test_who_was_answered_another_question_is_heard(text: str) -> None:
    assert misheard(text)


@pytest.mark.parametrize(
    "text",
    [
        "this isnt what i ordered",
        "not what i ordered",
        "that is not what i asked for, i ordered the blue lamp",
        "what i asked was the price",
        "我要的不是这个颜色",
        "你没有蓝色的吗",
        "is that what i asked for",
        "不是这个尺码",
        "没明白",
        "没有",
        "那不是",
        "没答复",
        "you didn't send my order",
        "i never asked for a refund",
        "我没要这个颜色",
    ],
)
def test_who_got_another_thing_or_asks_was_not_misheard(text: str) -> None:
    assert not misheard(text)


@pytest.mark.parametrize(
    "text",
    [
        "几个人来",
        "来几个人",
        "开荒120平 几个人来",
        "要来几个阿姨",
        "派几个师傅来",
        "how many people come",
        "两个人来打扫多少钱",
        "3个人够吗",
        "四个人的餐多少钱",
    ],
)
def test_how_many_come_is_no_request_for_a_person(text: str) -> None:
    assert not asks_for_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "来个人",
        "有人吗",
        "来人啊",
        "找个人来",
        "叫个人来",
        "转人工",
        "给我来个真人",
        "I need a person, how many people are there",
    ],
)
def test_who_calls_for_somebody_is_heard(text: str) -> None:
    assert asks_for_human(text)


def test_what_is_asked_besides_the_damage_is_told_from_what_is_done_about_it() -> None:
    for text in ("your cleaner broke my vase, do you have another", "阿姨打碎了我的花瓶，新的多少钱"):
        assert asks_besides(text), text
    for text in (
        "the cleaner broke my vase, what now",
        "you ruined my coat",
        "阿姨打碎了我的花瓶怎么办",
        "你们把我大衣洗缩水了",
    ):
        assert not asks_besides(text), text


def test_an_entry_on_damage_is_told_from_a_price() -> None:
    for entry in ("洗坏了怎么赔", "衣服丢了怎么办", "My parcel arrived damaged", "Are your cleaners insured?"):
        assert tells_of_damage(entry), entry
    for entry in ("衬衫洗一件多少钱？水洗15元一件。", "What are your opening hours? 9 to 5."):
        assert not tells_of_damage(entry), entry
