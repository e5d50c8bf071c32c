"""Our own frames for marketing copy, filled from a product's record, and the words that they may add to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from generation import facts
from generation.prompt import Message, data
from retrieval.passages import Language, Passage
from retrieval.sentences import sentences_of

# Words that promise nothing about the product. The check of a copy lets these pass, and no others.
WORDS: dict[Language, tuple[str, ...]] = {
    "en": (
        "meet introducing introduce discover say hello enjoy welcome home room space life day days evening morning ideal perfect"
        " made simply simple that this is called name this here look closer take glance comes with from in short details question"
        " questions write us dear customer team subject one all ready your you for and its it at a the",
    ),
    "zh": (
        "想 想要 更 更多 认识 认识一下 一下 遇见 就 选 这 款 这款 带 回家 带回家 为 您 为您 带来 介绍 给 您好 欢迎 了解 看看 详情 如下 简介 一句话 有 疑问 写信 写信给 给 我们 这就是 就是 就选 选该"
        " 随时 顾客 敬上 来自 尊敬 的 亲爱 主题 就是 它 家 生活 每天 日常 想要 来 一 眼 看懂 更多 本店 一起",
    ),
}

_EXAMPLES: dict[str, tuple[str, str]] = {
    "slogan": ("Write a slogan:", "Fjord Bookcase: five shelves of solid pine."),
    "intro": (
        "Write an introduction of two sentences:",
        "The Fjord Bookcase is a bookcase of solid pine with five shelves. It holds 20 kg on each shelf.",
    ),
}
_EXAMPLE_RECORD = (
    "The Fjord Bookcase is a bookcase of solid pine with five shelves. Load of each shelf: 20 kg. It costs $120.00."
)


@cache
def stems(language: Language) -> frozenset[str]:
    """The stems of WORDS."""
    return frozenset(stem for words in WORDS[language] for stem in (*facts.words(words), *words.split()))


def request(record: Passage, kind: str) -> tuple[Message, ...]:
    """What the model is asked, with one example; the text of an e-mail is asked for as an introduction."""
    if record.language == "zh":
        task = "写一句广告语：" if kind == "slogan" else "写两句产品介绍："
        return (
            Message("system", "你为商店写文案，只使用资料中的内容，数字与名称必须完全一致。"),
            Message("user", f"资料：\n{data(record.title)}：{data(record.text)[:600]}\n\n{task}"),
        )
    asked, answered = _EXAMPLES["slogan" if kind == "slogan" else "intro"]
    return (
        Message("system", "You write for a shop. Use only the facts, and copy numbers and names exactly."),
        Message("user", f"Facts:\n{_EXAMPLE_RECORD}\n\n{asked}"),
        Message("assistant", answered),
        Message("user", f"Facts:\n{_short(record)}\n\n{asked}"),
    )


def _short(record: Passage) -> str:
    """Summary, price and the first rows: more only confuses a small model."""
    parts = _Parts(record)
    rows = [f"{_upper(key)}: {value}." for key, value in parts.details[:3]]
    return data(" ".join(filter(None, [parts.summary and f"{parts.name}: {parts.summary}", parts.price, *rows])))


def fill(record: Passage, kind: str, shop: str) -> Iterator[tuple[str, str]]:
    """Subject (empty but for an e-mail) and text of every frame that the record can fill, the plainest first."""
    parts = _Parts(record)
    if kind == "slogan":
        yield from (("", text) for text in (_slogans_zh if record.language == "zh" else _slogans)(parts))
        return
    for turn, text in enumerate((_intros_zh if record.language == "zh" else _intros)(parts)):
        yield ("", text) if kind == "intro" else letter(record, text, shop, turn)


def letter(record: Passage, text: str, shop: str, turn: int = 0) -> tuple[str, str]:
    """Subject and body of an e-mail around an introduction: its details as a list, price, warranty, stock.

    ``turn`` chooses other details and words, so that several letters differ.
    """
    parts = _Parts(record)
    chinese = record.language == "zh"
    said = facts.values(text)
    rows = [
        f"- {key}：{value}" if chinese else f"- {key.capitalize()}: {value}"
        for key, value in parts.details[turn % max(len(parts.details), 1) :] + parts.details
        if not said & facts.values(value)
    ]
    rows = list(dict.fromkeys(rows))[: 4 - turn % 2]
    rest = [
        sentence
        for sentence in (parts.price, parts.warranty, parts.back)
        if sentence and not said & facts.values(sentence.replace(parts.name, ""))
    ]
    closings = (
        ("有疑问？随时写信给我们。", "想了解更多？写信给我们。")
        if chinese
        else ("Questions? Write to us.", "Write to us with your questions.")
    )
    blocks = [
        (("您好！", "亲爱的顾客：") if chinese else ("Hello,", "Dear customer,"))[turn % 2],
        text,
        "\n".join(rows),
        ("" if chinese else " ").join(rest),
        closings[turn % 2],
        data(shop),
    ]
    subjects = (
        [f"认识一下{parts.name}", f"遇见{parts.name}", f"为您介绍{parts.name}"]
        if chinese
        else [f"Meet {parts.the}", f"Say hello to {parts.the}", f"Introducing {parts.the}"]
    )
    subjects = [f"{parts.name}{'：' if chinese else ': '}{feature}" for feature in parts.features[:3]] + subjects
    subject = subjects[turn % len(subjects)]
    return subject, "\n\n".join(block for block in blocks if block)


def stated(record: Passage) -> tuple[str, ...]:
    """Sentences that say what the record states, apart from its own: its rows, and its price and warranty of "it"."""
    rows = [f"{key}: {value}" for key, value in record.fields]
    return (*rows, *(_spoken_of(_Parts(record)) if record.language == "en" else ()))


class _Parts:
    """A record taken apart: its name, summary, what the summary lists, and its single facts."""

    def __init__(self, record: Passage) -> None:
        fields = dict(record.fields)
        chinese = record.language == "zh"
        self.name = record.title
        self.the = self.name if re.match(r"(?:the|a|an)\b", self.name, re.IGNORECASE) else f"the {self.name}"
        sentences = sentences_of(record.text)
        own = [sentence for sentence in sentences if self.name not in sentence]
        self.summary = own[0] if own and sentences and own[0] == sentences[0] else ""
        price, months = fields.get("price", ""), fields.get("warranty_months", "")
        self.price = self._if_stated(
            record, f"{self.name}的价格是{price}。" if chinese else f"The {self.name} costs {price}."
        )
        self.warranty = self._if_stated(
            record,
            f"{self.name}的保修期为{months}个月。"
            if chinese
            else f"The {self.name} has a warranty of {months} months.",
        )
        back = re.search(rf"{re.escape(self.name)}(?:目前缺货[^。]*。| is out of stock[^.]*\.)", record.text)
        self.back = "" if back is None else back.group() if chinese else f"The {back.group()}"
        skipped = {"id", "name", "price", "stock", "category", "restock", "warranty_months"}
        self.details = [(key, value) for key, value in record.fields if key not in skipped]
        self.head, self.features = (_taken_apart_zh if chinese else _taken_apart)(self.summary)

    @staticmethod
    def _if_stated(record: Passage, sentence: str) -> str:
        return sentence if sentence in record.text else ""


def _taken_apart(summary: str) -> tuple[str, list[str]]:
    """ "A lamp with an arm, five steps and a switch." to "a lamp" and ["an arm", "five steps", "a switch"]."""
    first = summary.rstrip(".").partition(";")[0]
    head, _, rest = first.partition(" with ")
    head = head.partition(", ")[0]
    features = [piece.strip() for piece in re.split(r", (?:and )?| and (?=(?:an?|the|\w+) \w+)", rest) if piece.strip()]
    return _lower(head), [piece for piece in features if 2 <= len(piece.split()) <= 9]


def _taken_apart_zh(summary: str) -> tuple[str, list[str]]:
    pieces = [piece.strip() for piece in re.split(r"[，；。]", summary) if piece.strip()]
    return (pieces[0] if pieces else ""), [piece for piece in pieces[1:] if len(piece) <= 20]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if re.match(r"(?:A|An|The|One|Two|Three|Four|Five|Six)\b", text) else text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slogans(parts: _Parts) -> Iterator[str]:
    if parts.head:
        yield f"Meet {parts.the}, {parts.head}."
    for feature in parts.features:
        yield f"{parts.name}: {feature}."
    for one, other in zip(parts.features, parts.features[1:], strict=False):
        yield f"{_upper(one)}, {other}: {parts.name}."
    if parts.head:
        yield f"{_upper(parts.head)}: that is {parts.the}."
        yield f"Say hello to {parts.the}: {parts.head}."
    for key, value in parts.details:
        yield f"{parts.name}: {key} {value}."
    if parts.summary:
        yield f"{parts.name}. {parts.summary}"
    if parts.price:
        yield f"Discover {parts.the}. {parts.price}"
    if parts.warranty:
        yield f"Say hello. {parts.warranty}"


def _intros(parts: _Parts) -> Iterator[str]:
    pairs = [f"{_upper(key)}: {value}." for key, value in parts.details]
    it = _spoken_of(parts)
    both = it.pop() if len(it) == 3 else ""
    tails = [
        both,
        *(f"{(it or [''])[place % max(len(it), 1)]} {pair}".strip() for place, pair in enumerate(pairs)),
        *it,
    ]
    summary = parts.summary[:1].lower() + parts.summary[1:] if parts.head[:1].islower() else parts.summary
    openings = [
        f"Meet {parts.the}:",
        f"This is {parts.the}:",
        f"Introducing {parts.the}:",
        f"Say hello to {parts.the}:",
    ]
    for place, tail in enumerate(tails):
        opening = openings[place % len(openings)]
        first = f"{opening} {summary}" if summary else f"{opening[:-1]}."
        yield f"{first} {tail}".strip()


def _spoken_of(parts: _Parts) -> list[str]:
    """Price and warranty with "it" for the name, and both in one sentence where there are both."""
    it = [sentence.replace(f"The {parts.name} ", "It ", 1) for sentence in (parts.price, parts.warranty) if sentence]
    return [*it, it[0].removesuffix(".") + " and " + it[1].removeprefix("It ")] if len(it) == 2 else it


def _slogans_zh(parts: _Parts) -> Iterator[str]:
    if parts.head:
        yield f"{parts.name}：{parts.head}。"
    for feature in parts.features:
        yield f"{feature}，就选{parts.name}。"
    for one, other in zip(parts.features, parts.features[1:], strict=False):
        yield f"{one}，{other}：{parts.name}。"
    if parts.head:
        yield f"遇见{parts.name}，{parts.head}。"
    for key, value in parts.details:
        yield f"认识一下{parts.name}：{key}{value}。"
    if parts.price:
        yield f"把{parts.name}带回家。{parts.price}"
    if parts.warranty:
        yield f"认识一下{parts.name}。{parts.warranty}"


def _intros_zh(parts: _Parts) -> Iterator[str]:
    pairs = [f"{key}：{value}。" for key, value in parts.details]
    tails = [tail for tail in (parts.price, parts.warranty, *pairs) if tail] or [""]
    openings = [f"认识一下{parts.name}：", f"这就是{parts.name}：", f"为您介绍{parts.name}：", f"遇见{parts.name}："]
    for place, tail in enumerate(tails):
        more = pairs[(place + 1) % len(pairs)] if pairs and place % 2 else ""
        opening = openings[place % len(openings)]
        first = f"{opening}{parts.summary}" if parts.summary else f"{opening[:-1]}。"
        yield "".join(filter(None, dict.fromkeys([first, tail, more])))
