"""Tells the numbers that must stay readable (orders, parcels, parts, dates, measures) by what stands around them."""

from __future__ import annotations

import re

A = re.ASCII | re.IGNORECASE

# "order 87654321" is no telephone number, and the order can be looked up only by it.
_SERIAL_WORDS = (
    r"\b(?:orders?|tracking|serial|imei|ean|upc|isbn|waybill|awb|consignment|shipment|part|batch|lot|barcode"
    r"|usps|ups|dhl|fedex|tnt|dpd|gls|evri|ems|aramex|singpost|ninja ?van|royal mail)\b"
    r"|订单|单号|编号|运单|序列号|货号|条码|条形码|批号|批次|款号|编码|零件|配件号|料号"
    r"|顺丰|圆通|中通|申通|韵达|极兔|京东|邮政|菜鸟"
)
_REFERENCE_WORDS = (
    r"\b(?:parcel|invoice|receipt|ref|reference|sku|model|item|ticket|(?<!\bin )case|po|requests?|booking|claim"
    r"|rma|quote|voucher|coupon|gift card|transaction|txn|customer|member(?:ship)?|policy|firmware|version|postal|zip)\b"
    r"|快递|发票|型号|工单|会员|流水号|交易号|保单|邮编|取件码|提货码|券码|优惠码|兑换码|积分|版本"
)
_LINK = r"(?:[ .,?=:#№()'’\"“”「/-]|\b(?:numbers?|nos?|num|nr|id|code|status|is|are|was|s)\b|尾号|号码?|查询|[是为的呢系]){0,8}$"
_SERIAL = re.compile(rf"(?:{_SERIAL_WORDS}){_LINK}", A)
_REFERENCE = re.compile(rf"(?:{_SERIAL_WORDS}|{_REFERENCE_WORDS}){_LINK}|[$¥￥€£#]\s?$", A)
_LISTED = re.compile(
    r"(\d(?:[ -]?\d){4,18})[ )]{0,2}(?:[/,、;&+]|\band\b|\bor\b|和|或|跟|与|及|还有){1,2}[ (]{0,2}$", A
)
_MANY = re.compile(r"\b(?:orders|parcels|invoices|numbers|nos|parts|items|tickets)\b", A)
_DATE = re.compile(
    r"(?:19|20)\d\d(?:([-/.])\d\d?\1\d\d?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
    r"|\d\d?([-/.])\d\d?\2(?:19|20)\d\d(?!\d)",
    re.ASCII,
)
_UNIT_AFTER = re.compile(
    r"\s?(?:(?:units?|pieces|pcs|dollars?|sgd|usd|rmb|k|lm|lumens?|mah|hz|rpm|mm|cm|kg|ml|hours?|times)\b|[元块件个台%]|新元|流明|小时)",
    A,
)


def before(words: re.Pattern[str], text: str, place: int) -> bool:
    """Whether the words stand right before the place."""
    return words.search(text, max(0, place - 48), place) is not None


def serial(text: str, place: int) -> bool:
    """Whether an order, a parcel or a part is named right before the place."""
    return before(_SERIAL, text, place)


def reference(text: str, start: int, end: int) -> bool:
    """Whether a number is an order's or the like, or the next of a list of such: "orders 88120034 / 88120571"."""
    number = re.sub(r"\D", "", text[start:end])
    for _ in range(8):
        if before(_REFERENCE, text, start):
            return True
        if not (listed := _LISTED.search(text, max(0, start - 32), start)):
            return False
        digits = re.sub(r"\D", "", listed[1])
        alike = len(digits) == len(number) and digits[:2] == number[:2]
        if not alike and not _MANY.search(text, max(0, listed.start() - 32), listed.start()):
            return False
        start = listed.start()
    return False


def date(text: str, start: int, end: int) -> bool:
    return _DATE.match(text, start, end) is not None


def measure(text: str, end: int) -> bool:
    """Whether a unit stands after the place: "88888888 pcs"."""
    return _UNIT_AFTER.match(text, end) is not None
