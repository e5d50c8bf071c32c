"""Asks for a field of a product as customers do, from the sentence that states it."""

from __future__ import annotations

import re
from random import Random

_FIELDS = (
    (
        r"costs|价格",
        ("How much is the {}?", "what does the {} cost", "price of {}?", "whats the price of the {}", "{} price", "is the {} expensive?",
         "how much for the {}", "what do you charge for the {}"),
        ("{}多少钱？", "{}什么价格", "请问{}的价格？", "{}贵吗", "{}怎么卖"),
    ),
    (
        r"in stock|out of stock|库存|缺货",
        ("Is the {} in stock?", "do you have the {}", "can I get the {} now?", "do you have any {} left", "is the {} available",
         "any {} left?", "are you out of the {}?", "do you still sell the {}", "how many of the {} are there"),
        ("{}有货吗？", "{}还有现货吗", "{}还有吗", "{}卖完了吗"),
    ),
    (
        r"warranty|保修",
        ("How long is the warranty of the {}?", "what guarantee does the {} have", "whats the warranty on the {}",
         "how long am i covered with the {}", "does the {} come with a guarantee"),
        ("{}保修多久？", "{}的保修期是几个月", "{}坏了保多久"),
    ),
    (r"not compatible|不兼容", ("What does the {} not work with?", "which ones is the {} not compatible with?"), ("{}和什么不兼容？",)),
    (
        r"compatible|兼容",
        ("What does the {} work with?", "which ones fit the {}?", "what can i use the {} with", "what goes with the {}"),
        ("{}和什么兼容？", "{}可以搭配什么"),
    ),
    (r"^Weight of", ("how heavy is the {}", "what does the {} weigh", "is the {} heavy?", "how much does the {} weigh?"), ()),
    (
        r"^(?:Dimensions|Size|Height|Width) of",
        ("how big is the {}", "what size is the {}", "what are the measurements of the {}?", "how large is the {}", "how much room does the {} take"),
        (),
    ),
    (r"^(?:Power|Output|Input) of", ("how many watts is the {}", "how much power does the {} use", "how strong is the {}"), ()),
    (r"^Battery life of", ("how long does the battery of the {} last", "how often do i charge the {}", "battery of the {}?"), ()),
    (r"^Brightness of", ("how bright is the {}", "how many lumens does the {} have"), ()),
    (r"^Capacity of", ("how much does the {} hold", "how much fits in the {}"), ()),
    (r"^Noise", ("how loud is the {}", "is the {} quiet?"), ()),
    (r"^(?:Material|Cover) of", ("what is the {} made of", "is the {} real wood?"), ()),
)  # fmt: skip
_ABOUT = ("tell me about the {}", "what is the {}?", "what can you tell me about the {}", "more info on the {} pls")


def field_question(name: str, sentence: str, zh: bool, random: Random) -> str | None:
    """A question that the sentence answers; None where it states no field that is known."""
    for pattern, english, chinese in _FIELDS:
        wordings = chinese if zh else english
        if wordings and re.search(pattern, sentence):
            return random.choice(wordings).format(name)
    match = (
        re.match(rf"{re.escape(name)}的(.{{1,12}})：", sentence) if zh else re.match(r"([\w ]{3,30}) of the ", sentence)
    )
    if not match:
        return None
    field = match[1]
    if zh:
        return random.choice([f"{name}的{field}是多少？", f"请问{name}{field}？"])
    field = field.lower()
    wordings = ("What is the {f} of the {n}?", "{f} of {n}?", "{n}: {f}?", "whats the {f} of the {n}")
    return random.choice(wordings).format(f=field, n=name)


def about(name: str, random: Random) -> str:
    """An English question for all there is to know of a product."""
    return random.choice(_ABOUT).format(name)


def pointed(question: str, name: str) -> str:
    """The English question with "it" for the name."""
    return re.sub(rf"\b(?:the )?{re.escape(name)}", "it", question)
