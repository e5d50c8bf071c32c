from __future__ import annotations

import pytest

from generation import besides
from generation.generator import Generator
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.writer import Writer
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance

LITTER = Passage(
    "1",
    "云朵豆腐猫砂",
    "2.5公斤装的猫砂。云朵豆腐猫砂的价格是¥29.90。云朵豆腐猫砂现有库存150件。",
    language="zh",
    kind="product",
    fields=(("price", "¥29.90"), ("stock", "150")),
)
STICKS = Passage(
    "2",
    "嚼嚼洁齿棒",
    "给狗狗清洁牙齿。嚼嚼洁齿棒的价格是¥35.00。嚼嚼洁齿棒目前缺货，预计2026-12-09到货。嚼嚼洁齿棒的数量：28支。",
    language="zh",
    kind="product",
    fields=(("price", "¥35.00"), ("stock", "0"), ("restock", "2026-12-09"), ("数量", "28支")),
)
TEA = Passage(
    "3",
    "Hill Green Tea",
    "A green tea. The Hill Green Tea costs £9.00. The Hill Green Tea is out of stock and expected back on 2026-12-09. "
    "Net weight of the Hill Green Tea: 250 grams. Origin of the Hill Green Tea: Fujian.",
    kind="product",
    fields=(
        ("price", "£9.00"),
        ("stock", "0"),
        ("restock", "2026-12-09"),
        ("net weight", "250 grams"),
        ("origin", "Fujian"),
    ),
)
SOAP = Passage(
    "4",
    "Oat Soap",
    "A mild soap. The Oat Soap costs £4.00. The Oat Soap is in stock (5 available).",
    kind="product",
    fields=(("price", "£4.00"), ("stock", "5")),
)
OPEN = Passage("5", "When are you open?", "We are open from 9:00 to 17:00.")
WHERE = Passage("6", "Where are you?", "We are at 14 Harbour Lane.")
DELIVERY = Passage("7", "What does delivery cost?", "Delivery costs £4.50.")
OPEN_ZH = Passage("8", "营业时间是几点？", "每天10:00到21:00。", language="zh")
PARKING_ZH = Passage("9", "有停车位吗？", "门口有4个车位。", language="zh")
BATH_ZH = Passage("10", "狗狗洗澡多少钱？", "5公斤以下68元，以上98元。", language="zh")
CUT_ZH = Passage("11", "美容造型（剪毛）怎么收费？", "在洗澡价的基础上加收80元。", language="zh")


async def reply(question: str, *passages: Passage, generator: Generator | None = None) -> str:
    async def say(_: str) -> None: ...

    language: Language = passages[0].language
    hits = tuple(Hit(passage, 0.9 / (place + 1) ** 3) for place, passage in enumerate(passages))
    request = ReplyRequest((Utterance("customer", question),), hits, language=language, tone="hurried")
    return (await Writer(generator, tuned=True).write(request, say, SamplingControls())).text


@pytest.mark.parametrize(
    ("question", "passage", "said"),
    [
        ("豆腐猫砂来10包多少钱", LITTER, "云朵豆腐猫砂的价格是¥29.90。标价是一件的价格。"),
        ("豆腐猫砂一公斤多少钱", LITTER, "云朵豆腐猫砂的价格是¥29.90。2.5公斤装的猫砂。标价是一件的价格。"),
        ("豆腐猫砂一袋多少钱", LITTER, "云朵豆腐猫砂的价格是¥29.90。"),
        ("2.5公斤的豆腐猫砂多少钱", LITTER, "2.5公斤装的猫砂。云朵豆腐猫砂的价格是¥29.90。"),
        ("how much are 3 oat soaps", SOAP, "The Oat Soap costs £4.00. The listed price is for one."),
        ("oat soap price for two?", SOAP, "The Oat Soap costs £4.00. The listed price is for one."),
        ("how much is the oat soap", SOAP, "The Oat Soap costs £4.00."),
    ],
)
async def test_a_price_asked_for_an_amount_is_told_as_that_of_one(question: str, passage: Passage, said: str) -> None:
    assert await reply(question, passage) == said


BACK = "The Hill Green Tea is out of stock and expected back on 2026-12-09."


@pytest.mark.parametrize(
    ("question", "passage", "said"),
    [
        ("洁齿棒多少钱", STICKS, "嚼嚼洁齿棒的价格是¥35.00。嚼嚼洁齿棒目前缺货，预计2026-12-09到货。"),
        ("洁齿棒有吗", STICKS, "给狗狗清洁牙齿。嚼嚼洁齿棒的价格是¥35.00。嚼嚼洁齿棒目前缺货，预计2026-12-09到货。"),
        ("洁齿棒一盒几支", STICKS, "嚼嚼洁齿棒的数量：28支。"),
        ("how much is the hill green tea", TEA, f"The Hill Green Tea costs £9.00. {BACK}"),
        ("is the hill green tea in stock", TEA, BACK),
        ("what is the origin of the hill green tea", TEA, "Origin of the Hill Green Tea: Fujian."),
    ],
)
async def test_a_sold_out_product_is_not_offered_with_its_price_alone(
    question: str, passage: Passage, said: str
) -> None:
    assert await reply(question, passage) == said


@pytest.mark.parametrize(
    ("question", "passages", "said"),
    [
        (
            "where are you and are you open on monday",
            (OPEN, DELIVERY, WHERE),
            "We are open from 9:00 to 17:00. Where are you? We are at 14 Harbour Lane.",
        ),
        (
            "when are you open? and how much is delivery",
            (OPEN, WHERE, DELIVERY),
            "We are open from 9:00 to 17:00. What does delivery cost? Delivery costs £4.50.",
        ),
        ("你们几点开门 有停车位吗", (PARKING_ZH, OPEN_ZH), "门口有4个车位。营业时间是几点？每天10:00到21:00。"),
        (
            "泰迪洗澡加剪毛一共多少钱 4公斤",
            (BATH_ZH, CUT_ZH),
            "5公斤以下68元，以上98元。美容造型（剪毛）怎么收费？在洗澡价的基础上加收80元。",
        ),
        (
            "豆腐猫砂和洁齿棒一起买多少钱",
            (LITTER, STICKS),
            "云朵豆腐猫砂的价格是¥29.90。嚼嚼洁齿棒的价格是¥35.00。嚼嚼洁齿棒目前缺货，预计2026-12-09到货。",
        ),
    ],
)
async def test_two_things_asked_in_one_message_are_both_told(
    question: str, passages: tuple[Passage, ...], said: str
) -> None:
    assert await reply(question, *passages) == said


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("are you open on monday and tuesday", (OPEN, WHERE, DELIVERY)),
        (
            "how much is the oat soap and can i return it",
            (SOAP, Passage("12", "Can I return a helmet?", "Within 30 days.")),
        ),
        ("我买了洁齿棒，几点关门", (OPEN_ZH, STICKS)),
        ("狗狗洗澡多少钱", (BATH_ZH, CUT_ZH)),
    ],
)
async def test_what_was_not_asked_is_not_told_besides(question: str, passages: tuple[Passage, ...]) -> None:
    assert await reply(question, *passages) == await reply(question, passages[0])


JACKETS = tuple(
    Passage(
        f"13{size}",
        f"Rain Jacket ({size})",
        f"A light jacket. The Rain Jacket ({size}) costs £{price}.",
        kind="product",
        aliases=(f"J-{size}", "Rain Jacket"),
        fields=(("price", f"£{price}"), ("size", size)),
    )
    for size, price in (("M", 60), ("S", 55), ("L", 65))
)


@pytest.mark.parametrize(("size", "price"), [("small", 55), ("medium", 60), ("large", 65)])
async def test_of_products_of_one_name_that_of_the_size_asked_is_told(size: str, price: int) -> None:
    question = f"how much is the rain jacket in {size}"

    async def say(_: str) -> None: ...

    request = ReplyRequest((Utterance("customer", question),), tuple(Hit(one, 0.9) for one in JACKETS), tone="hurried")
    assert f"£{price}" in (await Writer(None).write(request, say, SamplingControls())).text


CLASS = Passage(
    "14",
    "When is the drawing class?",
    "It is every Thursday and costs £16. Bring your own paper. Participants must be 18 or older.",
)
PARTY = Passage(
    "15",
    "Can I book a party?",
    "Any class can be booked for £60. We take private groups of 6 to 10 people. The kitchen closes at 20:00.",
)
PARCEL = Passage(
    "16", "How much is delivery?", "Delivery costs £4.50. It is free from £45. Parcels longer than 100 cm cost £9.50."
)
RETURN = Passage(
    "17",
    "Can I return paint?",
    "Opened paint cannot be returned. Anything else goes back within 28 days with the receipt.",
)
POOL_ZH = Passage(
    "18", "泳池票多少钱？", "成人票50元。14岁以下要家长陪同。包场最多坐12人。单件行李不超过20公斤。", language="zh"
)


@pytest.mark.parametrize(
    ("question", "passage", "said", "limit"),
    [
        ("can my 16 yr old come to the drawing class", CLASS, "It is every Thursday.", "Participants must be 18 or older."),
        ("how old do i have to be", CLASS, "It is every Thursday.", "Participants must be 18 or older."),
        ("is it for kids", CLASS, "It is every Thursday.", "Participants must be 18 or older."),
        ("a party for 12 people?", PARTY, "Any class can be booked for £60.", "We take private groups of 6 to 10 people."),
        ("can eight of us come", PARTY, "Any class can be booked for £60.", "We take private groups of 6 to 10 people."),
        ("my order is £30, what is delivery", PARCEL, "Delivery costs £4.50.", "It is free from £45."),
        ("the parcel is 120 cm long", PARCEL, "Delivery costs £4.50.", "Parcels longer than 100 cm cost £9.50."),
        ("i bought it 40 days ago", RETURN, "Opened paint cannot be returned.", "Anything else goes back within 28 days with the receipt."),
        ("我儿子10岁能自己去吗", POOL_ZH, "成人票50元。", "14岁以下要家长陪同。"),
        ("15个人坐得下吗", POOL_ZH, "成人票50元。", "包场最多坐12人。"),
        ("行李有25公斤", POOL_ZH, "成人票50元。", "单件行李不超过20公斤。"),
    ],
)  # fmt: skip
def test_a_limit_to_the_figure_that_is_asked_of_is_told(question: str, passage: Passage, said: str, limit: str) -> None:
    assert besides.rest(question, passage, said) == limit


@pytest.mark.parametrize(
    ("question", "passage", "said"),
    [
        ("when is it", CLASS, "It is every Thursday and costs £16."),
        ("can my 16 yr old come", CLASS, "No, you must be 18 or older."),
        ("is there a 3 year warranty", CLASS, "It is every Thursday."),
        ("how much is that", PARTY, "Any class can be booked for £60."),
        ("my order is £30", PARCEL, "Delivery costs £4.50 and is free from £45."),
        ("成人票多少钱", POOL_ZH, "成人票50元。"),
        ("我儿子10岁能自己去吗", POOL_ZH, "不行，14岁以下要家长陪同。"),
    ],
)
def test_a_limit_that_was_said_or_not_asked_of_is_not_told(question: str, passage: Passage, said: str) -> None:
    assert besides.rest(question, passage, said) == ""


PANS = Passage(
    "19",
    "Studio Set",
    "A set of pans. The Studio Set costs £58.00. The Studio Set is in stock (4 available). Weight of the Studio Set: 0.5 kg. "
    "Vegan of the Studio Set: yes.",
    kind="product",
    fields=(("price", "£58.00"), ("stock", "4"), ("weight", "0.5 kg"), ("vegan", "yes")),
)
BOX_ZH = Passage(
    "20",
    "收纳箱",
    "一只箱子。收纳箱的价格是¥49.00。收纳箱现有库存8件。收纳箱的尺寸：60 x 40厘米。",
    language="zh",
    kind="product",
    fields=(("price", "¥49.00"), ("stock", "8"), ("尺寸", "60 x 40厘米")),
)


@pytest.mark.parametrize(
    ("question", "product", "said", "also"),
    [
        ("how much is it and do you have it in stock?", PANS, "The Studio Set costs £58.00.", ["The Studio Set is in stock (4 available)."]),
        ("how much is it and do you have it in stock?", PANS, "Yes, it is in stock.", ["The Studio Set costs £58.00."]),
        ("how much is it and how heavy is it", PANS, "It costs £58.00.", ["Weight of the Studio Set: 0.5 kg."]),
        ("price and weight?", PANS, "It costs £58.00.", ["Weight of the Studio Set: 0.5 kg."]),
        ("多少钱 有货吗", BOX_ZH, "收纳箱的价格是¥49.00。", ["收纳箱现有库存8件。"]),
        ("多少钱有现货吗", BOX_ZH, "收纳箱的价格是¥49.00。", ["收纳箱现有库存8件。"]),
        ("多少钱，多大", BOX_ZH, "收纳箱的价格是¥49.00。", ["收纳箱的尺寸：60 x 40厘米。"]),
        ("how much is it", PANS, "It costs £58.00.", []),
        ("is it vegan", PANS, "Yes.", []),
        ("how much is it and when do you close", PANS, "It costs £58.00.", []),
        ("how much is it, and is it vegan", PANS, "It is vegan and costs £58.00.", []),
        ("多少钱", BOX_ZH, "收纳箱的价格是¥49.00。", []),
        ("多少钱，几天到", BOX_ZH, "收纳箱的价格是¥49.00。", []),
    ],
)  # fmt: skip
def test_each_field_that_is_asked_of_a_product_is_told(
    question: str, product: Passage, said: str, also: list[str]
) -> None:
    assert besides.unsaid(question, product, said) == also


TAKES = Passage("21", "How long does delivery take?", "2 to 3 working days.")
ABROAD = Passage("22", "How long does delivery abroad take?", "9 days.")
FRAMES = Passage("23", "How long does framing take?", "10 working days.")
SEND_ZH = Passage("24", "送货多少钱？", "6元。", language="zh")
SENT_ZH = Passage("25", "送货要多久？", "2天。", language="zh")


@pytest.mark.parametrize(
    ("question", "passages", "second"),
    [
        ("how much is delivery for the studio easel and how long does it take", (PARCEL, ABROAD, TAKES), TAKES),
        ("how long does it take and how much is delivery", (PARCEL, FRAMES, TAKES), TAKES),
        ("delivery price and time?", (PARCEL, FRAMES, TAKES), TAKES),
        ("delivery time and price", (TAKES, PARCEL), PARCEL),
        ("送货多少钱 多久能到", (SEND_ZH, SENT_ZH), SENT_ZH),
        ("送货价格和时间", (SEND_ZH, SENT_ZH), SENT_ZH),
        ("how much is delivery and how long?", (PARCEL, FRAMES), None),
        ("how much is delivery and what time do you open", (PARCEL, TAKES), None),
        ("how much is delivery and the easel", (PARCEL, TAKES), None),
        ("送货多少钱", (SEND_ZH, SENT_ZH), None),
    ],
)
def test_the_price_and_the_time_of_one_thing_are_both_told(
    question: str, passages: tuple[Passage, ...], second: Passage | None
) -> None:
    told, *hits = (Hit(passage, 0.9 / (place + 1)) for place, passage in enumerate(passages))
    found = besides.other(question, told, (told, *hits))
    assert (found[0].passage if found else None) == second
