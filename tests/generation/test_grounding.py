from __future__ import annotations

import pytest

from generation.grounding import check
from retrieval.passages import Passage

RETURNS = Passage(
    "1", "Returns and refunds", "Returns are accepted within 30 days; refunds reach the card in 5 working days."
)
LAMP = Passage(
    "2",
    "Aurora Desk Lamp",
    "The Aurora Desk Lamp costs S$49.90. The Aurora Desk Lamp has a warranty of 36 months. It is not waterproof.",
    entity="Aurora Desk Lamp",
    kind="product",
)
SHIPPING = Passage(
    "3",
    "Malaysia",
    "Express shipping to Malaysia takes 2-3 working days and costs S$19.90. Write to help@shop.example.",
)
ZH = Passage("4", "退货", "商品可在送达后30天内退货；退款在5个工作日内到账。定制商品不能退货。", language="zh")
ALL = (RETURNS, LAMP, SHIPPING, ZH)


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return it within 30 days.",
        "You can return it within thirty days.",
        "Refunds reach your card in 5 working days.",
        "The Aurora Desk Lamp costs $49.90.",
        "The warranty of the Aurora Desk Lamp is 36 months.",
        "No, the Aurora Desk Lamp is not waterproof.",
        "Express shipping to Malaysia takes 2-3 working days.",
        "Express shipping to Malaysia takes 2 to 3 working days.",
        "您可以在30天内退货。",
        "退款五个工作日内到账。",
        "Thank you for asking!",
        "很高兴为您服务！",
    ],
)
def test_what_a_passage_states_is_supported(sentence: str) -> None:
    verdict = check(sentence, ALL)
    assert verdict.supported, verdict.wrong


@pytest.mark.parametrize(
    "sentence",
    [
        "A refund takes 30 days.",
        "You can return it within 31 days.",
        "You can return it within 5 working days.",
        "Returns are not accepted within 30 days.",
        "The Aurora Desk Lamp costs S$49.00.",
        "The Borealis Desk Lamp costs S$49.90.",
        "The Aurora Desk Lamp has a warranty of 30 months.",
        "Yes, the Aurora Desk Lamp is waterproof.",
        "Express shipping to Malaysia takes 2 working days.",
        "Write to info@shop.example.",
        "Returns are accepted until Friday.",
        "The lamp comes with a golden retriever.",
        "退款需要30天。",
        "商品可在31天内退货。",
        "定制商品可以退货。",
    ],
)
def test_one_wrong_fact_is_caught(sentence: str) -> None:
    verdict = check(sentence, ALL)
    assert not verdict.supported
    assert verdict.wrong


@pytest.mark.parametrize(
    "sentence",
    [
        "I will call you back.",
        "We'll refund you tomorrow.",
        "I'm checking that for you.",
        "我会给您回电。",
        "Do you want me to book it?",
    ],
)
def test_promises_are_never_supported(sentence: str) -> None:
    assert check(sentence, ALL).wrong == ("promise",)


def test_the_source_is_the_passage_that_states_it() -> None:
    assert check("The Aurora Desk Lamp costs S$49.90.", ALL).source is LAMP
    assert check("Thank you!", ALL).source is None


RECORD = Passage(
    "clock",
    "Dawn Clock",
    "Input of the Dawn Clock: USB-C 5 V / 2 A. Weight of the Dawn Clock: 0.5 kg. Dimensions of the Dawn Clock: 18 x 9 x 12 cm.",
    kind="product",
    entity="Dawn Clock",
)


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The dimensions of the Dawn Clock are 18 x 9 x 12 cm.", True),
        ("The input of the Dawn Clock is USB-C 5 V / 2 A.", True),
        ("The weight of the Dawn Clock is 0.5 kg.", True),
        ("The weight of the Dawn Clock is 18 kg.", False),
        ("The dimensions of the Dawn Clock are 18 x 9 x 13 cm.", False),
        ("The input of the Dawn Clock is USB-C 9 V / 2 A.", False),
        ("The dimensions of the Dawn Clock are 5 x 2 cm.", False),
    ],
)
def test_figures_after_a_label_are_of_what_it_names(sentence: str, supported: bool) -> None:
    assert check(sentence, [RECORD]).supported is supported


HIRE = Passage(
    "hire",
    "What do I need to hire a tool?",
    "Show a proof of address not older than 3 months. You must be 18. Hire costs $9.",
)


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("You must be 18.", True),
        ("Show a proof of address not older than 3 months.", True),
        ("You must be 3.", False),  # the entry's other number, be it of a thing and this of none
        ("Show a proof of address not older than 18 months.", False),
        ("You must be 9.", False),
    ],
)
def test_another_number_of_the_entry_is_caught_whatever_either_counts(sentence: str, supported: bool) -> None:
    assert check(sentence, [HIRE]).supported is supported


def stated(text: str, title: str = "Facts") -> Passage:
    return Passage("s", title, text)


SHOWROOM = stated("The showroom is open Tuesday to Sunday, 11:00-20:00. It is closed on Mondays.", "When do you open?")
DELIVERY = stated("Parcels are delivered Monday to Saturday. There are no deliveries on Sundays or public holidays.")
CARDS = stated(
    "Up to 4 gift cards can be used in one order. Gift cards cannot be returned and cannot be swapped for cash."
)
POSTAGE = stated("Standard shipping costs RM8.90, express RM25.50.")
FREE = stated("Shipping costs S$4.90 and is free from S$80.00.")
POINTS = stated("Any points left are lost at once and cannot be paid out.")
LAMPS = stated("Standard lamps can be returned, bedding cannot.")
FIGURES = stated(
    "The lamp costs S$49.90 and weighs 2.5 kg. Refunds reach the card in 5 working days. Protection: IP44."
)
CARD_ZH = stated("礼品卡不能退货，也不能兑换现金。")
OPEN_ZH = stated(
    "营业时间为上午九点至晚上八点，周二至周日营业。会员享受九五折，灯泡寿命为2万小时，保修两年，售价49.90新元。"
)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The showroom is open Tuesday to Sunday.", SHOWROOM),
        ("The showroom is closed on Mondays.", SHOWROOM),
        ("Parcels are not delivered on Sundays.", stated("There are no deliveries on Sundays. Parcels are not delivered on Sundays.")),
        ("Gift cards cannot be returned.", CARDS),
        ("Standard shipping costs RM8.90.", POSTAGE),
        ("Shipping costs S$4.90 and is free from S$80.00.", FREE),
        ("Standard lamps can be returned.", LAMPS),
        ("The lamp costs $49.90.", FIGURES),
        ("礼品卡不能兑换现金。", CARD_ZH),
        ("营业时间为上午九点至晚上八点。", OPEN_ZH),
        ("保修2年。", OPEN_ZH),
        ("售价49.9新元。", OPEN_ZH),
    ],
)  # fmt: skip
def test_days_clauses_and_figures_that_agree_are_supported(sentence: str, passage: Passage) -> None:
    verdict = check(sentence, [passage])
    assert verdict.supported, verdict.wrong


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The showroom is open every day from 11:00 to 20:00.", SHOWROOM),
        ("The showroom is open on Mondays.", SHOWROOM),
        ("The showroom is open daily.", SHOWROOM),
        ("Yes, parcels are delivered on Sundays.", DELIVERY),
        ("Parcels are delivered Monday to Sunday.", DELIVERY),
        ("Gift cards can be returned.", CARDS),
        ("Gift cards can be swapped for cash.", CARDS),
        ("Only one gift card can be used in an order.", CARDS),
        ("Any points left are lost at once and can be paid out.", POINTS),
        ("Lamps cannot be returned.", LAMPS),
        ("Bedding can be returned.", LAMPS),
        ("Standard shipping costs RM25.50.", POSTAGE),
        ("Express shipping costs RM2.", POSTAGE),
        ("Shipping is free.", FREE),
        ("The lamp costs €49.90.", FIGURES),
        ("The lamp costs US$49.90.", FIGURES),
        ("5 kg.", FIGURES),
        ("90.", FIGURES),
        ("Refunds reach the card in 5 days.", FIGURES),
        ("IP65.", FIGURES),
        ("The warranty is a year.", stated("The warranty is 2 years.")),
        ("礼品卡可以退货，也可以兑换现金。", CARD_ZH),
        ("礼品卡可以兑换现金。", CARD_ZH),
        ("营业时间为上午八点至晚上九点。", OPEN_ZH),
        ("展厅每天营业。", OPEN_ZH),
        ("会员享受五折。", OPEN_ZH),
        ("会员享受八五折。", OPEN_ZH),
        ("灯泡寿命为2小时。", OPEN_ZH),
        ("灯泡寿命为2千小时。", OPEN_ZH),
        ("保修两年半。", OPEN_ZH),
        ("售价49.90元。", OPEN_ZH),
    ],
)
def test_days_clauses_and_figures_that_differ_are_caught(sentence: str, passage: Passage) -> None:
    assert not check(sentence, [passage]).supported


CLAUSES = [
    ("No, Lumen & Oak does not sell personal data.", True, "Lumen & Oak does not sell personal data."),
    ("No, Lumen & Oak does not sell personal data.", False, "Lumen & Oak sells personal data."),
    ("No, assembly is not included, but a guide is in the box.", False, "Assembly is included."),
    ("No, lamps do not come with bulbs.", False, "Lamps come with bulbs."),
    ("Gift cards are valid for 3 years and cannot be exchanged for cash.", True, "Gift cards cannot be exchanged for cash."),
    ("Gift cards are valid for 3 years and cannot be exchanged for cash.", False, "Gift cards can be exchanged for cash."),
    ("Sale items can be returned within 14 days but cannot be exchanged.", True, "Sale items cannot be exchanged."),
    ("Sale items can be returned within 14 days but cannot be exchanged.", False, "Sale items can be exchanged."),
    ("Sale items can be returned within 14 days but cannot be exchanged.", False, "Sale items cannot be returned."),
    ("The lamp is dimmable and is not waterproof.", True, "The lamp is not waterproof."),
    ("The lamp is dimmable and is not waterproof.", False, "The lamp is waterproof."),
    ("The lamp is dimmable and is not waterproof.", False, "The lamp is not dimmable."),
    ("台灯可调光，但不防水。", True, "台灯不防水。"),
    ("台灯可调光，但不防水。", False, "台灯防水。"),
    ("台灯可调光，但不防水。", False, "台灯不可调光。"),
    ("礼品卡三年有效，且不能兑换现金。", False, "礼品卡可以兑换现金。"),
    ("促销商品可以换货，但不能退款。", True, "促销商品不能退款。"),
    ("促销商品可以换货，但不能退款。", False, "促销商品可以退款。"),
    ("Monday to Saturday: 10 am to 7 pm. Sunday: closed.", True, "We are closed on Sunday."),
    ("Monday to Saturday: 10 am to 7 pm. Sunday: closed.", False, "We are open on Sunday."),
    ("除周日外每天营业。", False, "周日营业。"),
    ("The blue lamp has 12 W and the red lamp has 8 W.", True, "The blue one has 12 W."),
    ("会员前3个月半价。", True, "会员前3个月享受半价。"),
    ("两三天送到。", True, "2-3天送到。"),
    ("两三天送到。", False, "23天送到。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "supported", "sentence"), CLAUSES)
def test_each_clause_says_yes_or_no_of_its_own(text: str, supported: bool, sentence: str) -> None:
    assert check(sentence, [stated(text)]).supported is supported


LUGGAGE_ZH = (
    "每位乘客可免费托运一件23公斤以内的行李,超重部分每公斤收10元。随身行李不超过5公斤。"
    "活禽和电动滑板车不能带上车,折叠自行车装袋后可以托运。"
)
RENTED = (
    "You can rent a violin for €22 a month. If you buy it within the first year, 80% of the rent paid is taken off its "
    "price. Cellos cannot be bought after renting."
)
ALTERED = [
    # The passage denies it, in a clause of its own.
    ("羽绒服干洗45元,5天可取;衬衫水洗12元,2天可取。加急费为原价的50%,次日可取。皮衣不能加急。", "加急次日可取,皮衣也能加急。"),
    ("微单机身每天120元,镜头每天60元。取机当天不计租金,还机超时2小时以上按一天计。", "微单机身每天120元,取机当天也计租金。"),
    ("五仁月饼含花生、核桃和芝麻。莲蓉月饼和豆沙月饼不含花生,但莲蓉月饼含蛋黄。", "莲蓉月饼含花生,豆沙月饼不含花生。"),
    (LUGGAGE_ZH, "可免费托运一件23公斤以内的行李,电动滑板车装袋后也可以托运。"),
    ("龟背竹避免阳光直射。多肉要放在有阳光的地方。", "龟背竹要放在阳光直射的地方。"),
    ("普通商品7天内可退，活动商品不退不换。", "活动商品也可以换。"),
    ("Dogs are welcome on the terrace, but not inside.", "Dogs are not welcome on the terrace."),
    # At least and at most, within and after, before and after.
    ("Dogs need a vaccination that is at least 14 days and at most 12 months old. Rabies vaccination is not required.", "Dogs need a vaccination that is at most 14 days old."),
    (RENTED, "If you buy it after the first year, 80% of the rent paid is taken off its price."),
    ("生鲜收货后24小时内可退款,普通商品7天内可退。", "生鲜收货后24小时后可退款。"),
    ("The vaccination must be at least 14 days and at most 12 months old.", "The vaccination must be at most 14 days old."),
    # How often, and of which number.
    ("At Bubblecroft a 7 kg wash costs $4.50 and a 14 kg wash costs $8.", "At Bubblecroft a 7 kg wash costs $4.50 and a 14 kg wash costs $4.50."),
    ("龟背竹夏季每周浇水2次,冬季每两周1次。多肉每月浇水2次。", "龟背竹夏季每月浇水2次。"),
    ("Filters should be washed every month and replaced every 6 months.", "Filters should be replaced every month."),
    # The days and the names of other clauses.
    ("Haircuts are by appointment on weekdays and walk-in on Saturdays.", "Haircuts are walk-in on weekdays."),
    ("Tests are done in Market Row from Monday to Friday and in Cobden Lane on Saturday.", "Tests are done in Market Row on Saturday."),
    ("The Veltra 40 fits the printers P5 and P6. The P7 takes the Veltra 44 only.", "The Veltra 40 fits the P7."),
    ("Our Elm Street shop repairs phones; the shop in Kings Lane repairs laptops.", "The shop in Kings Lane repairs phones."),
    # Included and extra, all of it and a part, everything and something, one way and the other.
    ("超声波洗牙198元,含一次抛光,涂氟另收80元。", "超声波洗牙198元,含一次抛光和涂氟。"),
    ("A wash costs $8. Drying is $1 for 10 minutes.", "A wash costs $8, with drying included."),
    ("The spa is included in the price; massages are charged extra.", "The spa is charged extra."),
    ("In the first year 80% of the rent paid is taken off.", "In the first year the full rent paid is taken off."),
    ("Orders over €40 ship free within Austria.", "All orders ship free within Austria."),
    ("The account costs nothing for the first year and then $3 a month.", "The account costs nothing."),
    ("先断电,逆时针旋下旧滤芯,再顺时针装上新滤芯。", "先断电,顺时针旋下旧滤芯。"),
    ("三环以内免费配送,三环以外收配送费25元。", "三环以外也免费配送。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), ALTERED)
def test_what_the_passage_says_of_another_thing_or_denies_is_caught(text: str, sentence: str) -> None:
    assert not check(sentence, [stated(text)]).supported


ASKED_ZH = [
    ("你们周末营业到几点?", "周一至周四营业到晚上10点,周五至周日营业到凌晨1点。最后点单时间为打烊前45分钟。", "我们周末营业到晚上10点。"),
    ("会员买咖啡有什么优惠?", "会员每买满8杯送1杯中杯美式,积分当年有效。会员优惠不能与外卖满减同时使用。", "会员每买满8杯送1杯中杯美式,还可以与外卖满减同时使用。"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "sentence"), ASKED_ZH)
def test_what_the_title_asks_of_is_not_stated_by_it(question: str, text: str, sentence: str) -> None:
    assert not check(sentence, [stated(text, question)]).supported


CLOSE = [
    ("65周岁以上老人凭身份证免票,60至64周岁半价。索道票每人50元,不享受任何优惠。", "60至64周岁半价,索道票不享受优惠。"),
    ("无电梯的从二楼起每层加30元,有电梯的不加楼层费。", "无电梯的从二楼起每层加30元。"),
    ("抽血须空腹至少8小时,可以少量喝水。胸片不要求空腹。报告5个工作日内发到手机,纸质报告不邮寄。", "抽血须空腹至少8小时,可以少量喝水;报告5个工作日内发到手机。"),
    ("可免费托运一件23公斤以内的行李。随身行李不超过5公斤。", "可免费托运一件23公斤以内的行李,随身行李不超过5公斤。"),
    ("橡屿衣柜宽120厘米、深55厘米、高210厘米。", "橡屿衣柜深55厘米,宽120厘米,高210厘米。"),
    ("下午4点前下单的鲜花当天送达。", "下午4点前下单的话当天送达。"),
    ("充电宝可吸附星澜10手机。星澜9没有磁吸,需要另配带磁圈的手机壳。", "不过星澜9没有磁吸,需要另配带磁圈的手机壳才能吸附。"),
    ("客服热线400-555-0137:按1查询订单物流,按2申请退换货。", "拨打400-555-0137后按1,就可以查询订单物流。"),
    ("Tell us when you order; the drivers cannot decide it at the door.", "Please tell us when you order."),
    ("We rent small units of 25 square feet at $39 a month, medium units of 75 square feet at $89 and large units at $149.", "The medium unit has 75 square feet and costs $89 a month."),
    ("A ticket costs £11. Students with a valid card and visitors over 65 pay £7. On Thursdays everyone pays £5.", "Yes, students with a valid card pay £7 instead of £11."),
    ("The discount does not apply to limited editions.", "Limited editions are excluded."),
    ("The P7 takes the Veltra 44 only.", "No, the P7 takes the Veltra 44 only."),
    ("We tattoo nobody under 18, not even with a parent's consent.", "No, we tattoo nobody under 18, not even with a parent's consent."),
    ("Limescale damage is not covered.", "Please bear in mind that limescale damage isn't covered."),
    ("Tests are done on Saturday mornings.", "It's on Saturday morning that tests are done."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), CLOSE)
def test_what_is_said_in_nearly_the_passages_words_is_supported(text: str, sentence: str) -> None:
    verdict = check(sentence, [stated(text)])
    assert verdict.supported, verdict.wrong


def record(name: str, text: str, **fields: str) -> Passage:
    return Passage("r", name, text, kind="product", entity=name, fields=tuple(fields.items()))


TUBES = record("Acrylic Set", "Tubes of the Acrylic Set: 24 x 22 ml.")
EASEL = record(
    "Studio Easel",
    "The Studio Easel costs £129.00. The Studio Easel is in stock (3 available). Folds of the Studio Easel: no. "
    "Height of the Studio Easel: 235 cm.",
)
FOLDS = record("Studio Easel", "Folds of the Studio Easel: no.")
GONE = record("Oil Set", "The Oil Set is out of stock and expected back in May.")
GONE_PRICE = record("Oil Set", "The Oil Set costs £26.00.", stock="0")
PARCELS = stated("Delivery takes 3 days and costs £4.50. We do not ship outside the UK.", "How is delivery?")
WRAPPING = stated("Gift wrapping is not included in the price.", "Is gift wrapping included?")
VOUCHERS = stated("Vouchers are not refundable.", "Can I return a voucher?")
HELMETS = stated("Helmets are 5 CHF a day.", "What are helmets?")
BOX_ZH = record("收纳箱", "收纳箱的承重：15公斤。收纳箱的可折叠：否。")
GONE_ZH = record("洗衣液", "洗衣液目前缺货，预计12月10日到货。")
FEES_ZH = stated("送货需要3天，运费6元。2公斤以内免运费。租金按天算，3天起租。", "送货多久？")
CARD_2_ZH = stated("会员卡不能转让。", "会员卡可以转让吗？")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The set costs 24 x 22 ml.", TUBES),
        ("The price of the Acrylic Set is 24 x 22 ml.", TUBES),
        ("You pay 24 for the set.", TUBES),
        ("The Studio Easel costs 235 cm.", EASEL),
        ("The Studio Easel costs 3.", EASEL),
        ("Delivery costs 3 days.", PARCELS),
        ("收纳箱的价格是15公斤。", BOX_ZH),
        ("收纳箱售价15。", BOX_ZH),
        ("送货费用是3天。", FEES_ZH),
    ],
)
def test_a_price_that_is_no_sum_of_money_is_caught(sentence: str, passage: Passage) -> None:
    assert not check(sentence, [passage]).supported


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The Studio Easel costs £129.00.", EASEL),
        ("The set has 24 x 22 ml tubes.", TUBES),
        ("Delivery takes 3 days and costs £4.50.", PARCELS),
        ("A wash costs 10 points.", stated("A wash costs 10 points.")),
        ("Helmets cost 5 CHF a day.", HELMETS),
        ("Express costs 40% more.", stated("Express framing takes 3 days and costs 40% more.")),
        ("The price is valid for 14 days.", stated("Offers and their price are valid for 14 days.")),
        ("运费6元。", FEES_ZH),
        ("租金按天算，3天起租。", FEES_ZH),
        ("收纳箱承重15公斤。", BOX_ZH),
        ("价格是2件15元。", stated("衬衫的价格是2件15元。")),
    ],
)
def test_a_price_in_money_and_what_is_no_price_are_supported(sentence: str, passage: Passage) -> None:
    verdict = check(sentence, [passage])
    assert verdict.supported, verdict.wrong


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The Studio Easel is not available.", EASEL),
        ("The Studio Easel is not available.", FOLDS),
        ("No, the folds of the Studio Easel are not available.", FOLDS),
        ("The Studio Easel isn't offered.", FOLDS),
        ("We do not have the Studio Easel.", FOLDS),
        ("The Studio Easel is no longer available.", FOLDS),
        ("The Studio Easel cannot be ordered.", FOLDS),
        ("No, the Studio Easel is out of stock.", EASEL),
        ("The Oil Set is available.", GONE),
        ("Yes, the Oil Set is in stock.", GONE),
        ("The Oil Set is available.", GONE_PRICE),
        ("Gift wrapping is not available.", WRAPPING),
        ("Vouchers are no longer available.", VOUCHERS),
        ("Vouchers cannot be bought.", VOUCHERS),
        ("收纳箱不可购买。", BOX_ZH),
        ("收纳箱不能下单。", BOX_ZH),
        ("收纳箱目前没有货。", BOX_ZH),
        ("会员卡不能购买。", CARD_2_ZH),
        ("洗衣液有货。", GONE_ZH),
        ("洗衣液可以购买。", GONE_ZH),
    ],
)
def test_what_is_to_be_had_or_not_must_be_stated(sentence: str, passage: Passage) -> None:
    assert not check(sentence, [passage]).supported


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("The Studio Easel is in stock.", EASEL),
        ("Yes, there are 3 available.", EASEL),
        ("No, the Studio Easel does not fold.", FOLDS),
        ("The Oil Set is not available.", GONE),
        ("No, it is currently out of stock.", GONE),
        ("The Oil Set is not in stock.", GONE),
        ("No, delivery outside the UK is not available.", PARCELS),
        ("Refunds are not available on gift cards.", stated("Gift cards are non-refundable.")),
        ("The blue one is available, the red one is sold out.", stated("The blue one is available, the red one is sold out.")),
        ("You do not have to book.", stated("You do not have to book.")),
        ("洗衣液目前缺货。", GONE_ZH),
        ("洗衣液预计12月10日到货。", GONE_ZH),
        ("不提供月嫂。", stated("没有。我们只做保洁，不提供月嫂。")),
        ("会员卡不能转让。", CARD_2_ZH),
    ],
)  # fmt: skip
def test_what_is_to_be_had_or_not_as_stated_is_supported(sentence: str, passage: Passage) -> None:
    verdict = check(sentence, [passage])
    assert verdict.supported, verdict.wrong


def test_a_greeting_states_nothing_and_a_bare_denial_does() -> None:
    assert check("Good morning!", [RETURNS]).supported
    assert not check("It isn't.", [RETURNS]).supported


@pytest.mark.parametrize(
    "bait", ["included and ", "every ", "at least 1 ", "Our branch in ", "每", "不超过", "free for "]
)
def test_a_long_bait_is_read_at_once(bait: str) -> None:
    assert not check((bait * 4000)[:4000], [RETURNS]).supported  # a pattern that goes back and forth would not end
