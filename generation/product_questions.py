"""Asks for a field of a product as customers do, from the sentence that states it."""

from __future__ import annotations

import re
from random import Random

_FIELDS = (
    (r"costs|价格", ("How much is the {}?", "what does the {} cost", "price of {}?"), ("{}多少钱？", "{}什么价格", "请问{}的价格？")),
    (r"in stock|out of stock|库存|缺货", ("Is the {} in stock?", "do you have the {}", "can I get the {} now?"), ("{}有货吗？", "{}还有现货吗")),
    (r"warranty|保修", ("How long is the warranty of the {}?", "what guarantee does the {} have"), ("{}保修多久？", "{}的保修期是几个月")),
    (r"not compatible|不兼容", ("What does the {} not work with?", "which ones is the {} not compatible with?"), ("{}和什么不兼容？",)),
    (r"compatible|兼容", ("What does the {} work with?", "which ones fit the {}?"), ("{}和什么兼容？", "{}可以搭配什么")),
)  # fmt: skip


def field_question(name: str, sentence: str, zh: bool, random: Random) -> str | None:
    """A question that the sentence answers; None where it states no field that is known."""
    for pattern, english, chinese in _FIELDS:
        if re.search(pattern, sentence):
            return random.choice(chinese if zh else english).format(name)
    match = (
        re.match(rf"{re.escape(name)}的(.{{1,12}})：", sentence) if zh else re.match(r"([\w ]{3,30}) of the ", sentence)
    )
    if not match:
        return None
    field = match[1]
    if zh:
        return random.choice([f"{name}的{field}是多少？", f"请问{name}{field}？"])
    return random.choice(
        [f"What is the {field.lower()} of the {name}?", f"{field.lower()} of {name}?", f"{name}: {field.lower()}?"]
    )
