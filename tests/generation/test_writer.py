from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from generation.prompt import UNKNOWN, Prompt
from generation.request import Customer, ReplyRequest, Tone
from generation.sampling import SamplingControls
from generation.writer import Writer, Written
from retrieval.errors import GenerationFailed
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance

TEXT = "Lamps can be returned within 45 days of delivery. Please send back all the parts."
RETURNS = Passage("1", "How long can I return a lamp?", TEXT)
ZH = Passage("2", "灯具可以在多久内退货？", "灯具可在送达后45天内退货。", language="zh")


class Scripted:
    """Says what it is told to, one script a call; the only part here that is not real."""

    name = "scripted"

    def __init__(self, *scripts: list[str] | Exception) -> None:
        self.scripts = list(scripts)
        self.seeds: list[int] = []

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        self.seeds.append(controls.seed)
        script = self.scripts.pop(0)
        if isinstance(script, Exception):
            raise script
        for sentence in script:
            yield sentence


async def write(
    generator: Scripted, tone: Tone = "hurried", passage: Passage = RETURNS, language: Language = "en"
) -> tuple[Written, list[str]]:
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    question = "how long can I return a lamp?" if language == "en" else "灯具多久内可以退？"
    request = ReplyRequest(
        (Utterance("customer", question),), (Hit(passage, 0.9),), Customer(name="Mei"), language, tone
    )
    written = await Writer(generator).write(request, say, SamplingControls())
    assert written.text == "".join(said)
    return written, said


async def test_a_supported_sentence_is_said_and_its_source_named() -> None:
    written, _ = await write(Scripted(["You can return a lamp within 45 days."]))
    assert written.text == "You can return a lamp within 45 days."
    assert [hit.passage for hit in written.used] == [RETURNS]
    assert written.grounded


async def test_an_unsupported_sentence_is_written_again_with_another_seed() -> None:
    generator = Scripted(["You can return a lamp within 30 days."], ["Lamps can be returned within 45 days."])
    written, _ = await write(generator)
    assert written.text == "Lamps can be returned within 45 days."
    assert len(set(generator.seeds)) == 2


async def test_twice_unsupported_the_passage_is_quoted() -> None:
    written, _ = await write(Scripted(["You have 30 days."], ["I will call you back."]))
    assert written.text == TEXT


@pytest.mark.parametrize("failure", [GenerationFailed("too slow"), []])
async def test_a_model_that_fails_or_says_nothing_does_not_cost_the_answer(failure: Exception | list[str]) -> None:
    written, _ = await write(Scripted(failure, failure))
    assert written.text == TEXT


async def test_after_a_wrong_second_sentence_the_reply_ends() -> None:
    script = ["Lamps can be returned within 45 days.", " The refund takes 3 days."]
    written, _ = await write(Scripted(script), tone="calm")
    assert written.text == "Hi Mei! Lamps can be returned within 45 days."


async def test_an_upset_customer_hears_that_we_are_sorry_first() -> None:
    _, said = await write(Scripted(["You can return a lamp within 45 days."]), tone="upset")
    assert said[0] == "I'm sorry about this, Mei."


async def test_chinese_is_answered_with_the_passage_where_the_model_knows_no_chinese() -> None:
    generator = Scripted()
    written, _ = await write(generator, "calm", ZH, "zh")
    assert written.text == "Mei，您好！灯具可在送达后45天内退货。"
    assert generator.seeds == []


@pytest.mark.parametrize(
    ("passage", "language", "opening"),
    [(RETURNS, "zh", "我只找到英文的说明："), (ZH, "en", "I only found this in Chinese:")],
)
async def test_words_in_another_language_are_announced(passage: Passage, language: Language, opening: str) -> None:
    written, said = await write(Scripted(), passage=passage, language=language)
    assert said[0] == opening
    assert passage.text.split(".")[0] in written.text
    assert written.grounded


async def test_repetition_is_cut() -> None:
    script = ["Lamps can be returned within 45 days.", " Lamps can be returned within 45 days of delivery."]
    written, _ = await write(Scripted(script), tone="calm")
    assert written.text.count("45") == 1


async def ask(generator: Scripted, question: str, *passages: Passage, tuned: bool = True) -> Written:
    async def say(_: str) -> None: ...

    hits = [Hit(passage, 0.9 - 0.01 * place) for place, passage in enumerate(passages)]
    language = passages[0].language
    request = ReplyRequest((Utterance("customer", question),), hits, language=language, tone="hurried")
    writer = Writer(generator, tuned=tuned, languages=frozenset({"en", "zh"}))
    return await writer.write(request, say, SamplingControls())


SOCKETS = Passage("3", "Which socket do lamps have?", "Lamps have an E27 socket.")


async def test_what_a_tuned_model_does_not_find_is_admitted() -> None:
    admits = ["I'm sorry, I don't have that information.", " A person can help."]
    written = await ask(Scripted(admits), "do lamps come in red?", RETURNS)
    assert (written.unknown, written.text, written.used) == (True, "", ())
    plain = await ask(Scripted(admits, admits), "do lamps come in red?", RETURNS, tuned=False)
    assert not plain.unknown
    assert plain.text == TEXT


async def test_where_the_first_passage_does_not_say_it_the_next_is_read() -> None:
    generator = Scripted(["I'm sorry, I don't have that information."], ["Lamps have an E27 socket."])
    written = await ask(generator, "which bulb fits?", RETURNS, SOCKETS)
    assert (written.text, written.unknown) == ("Lamps have an E27 socket.", False)
    assert [hit.passage for hit in written.used] == [SOCKETS]


LAMP = Passage(
    "6",
    "Aurora Desk Lamp",
    "The Aurora Desk Lamp costs S$49.90. Weight of the Aurora Desk Lamp: 2.5 kg.",
    entity="Aurora Desk Lamp",
    kind="product",
)
LAMP_ZH = Passage(
    "7",
    "极光台灯",
    "极光台灯的价格是49.90新元。极光台灯的重量：2.5公斤。",
    entity="极光台灯",
    kind="product",
    language="zh",
)
ASSEMBLY = Passage("8", "How long does assembly take?", "Assembly takes 1.5 hours.")


@pytest.mark.parametrize(
    ("passage", "question", "sentence", "said"),
    [
        (LAMP, "how heavy is the aurora desk lamp?", "2.5 kg.", "2.5 kg."),
        (LAMP_ZH, "极光台灯多重？", "2.5公斤。", "2.5公斤。"),
        (ASSEMBLY, "how long does assembly take?", "1.5 hours.", "1.5 hours."),
        (LAMP, "how heavy is the aurora desk lamp?", "1. It weighs 2.5 kg.", "It weighs 2.5 kg."),
        (LAMP_ZH, "极光台灯多重？", "1) 重量是2.5公斤。", "重量是2.5公斤。"),
    ],
)
async def test_a_list_number_is_left_out_and_a_decimal_is_none(
    passage: Passage, question: str, sentence: str, said: str
) -> None:
    written = await ask(Scripted([sentence], [sentence]), question, passage)
    assert written.text == said


SHIPPING = Passage("9", "What does shipping to Malaysia cost?", "Shipping to Malaysia costs S$19.90.")
OFFERED = Passage("10", "Is assembly offered?", "Assembly is offered in Singapore for S$30.00.")
SHIPPING_ZH = Passage("11", "寄到马来西亚要多少钱？", "寄到马来西亚的运费是19.90新元。", language="zh")
OFFERED_ZH = Passage("12", "提供安装吗？", "新加坡境内提供安装，费用为30.00新元。", language="zh")
INVENTED: dict[Language, list[str]] = {"en": ["Assembly in Johor costs S$99.00."], "zh": ["新山的安装费是99新元。"]}
JOHOR: dict[Language, tuple[str, Passage, Passage]] = {
    "en": ("do you assemble in johor?", SHIPPING, OFFERED),
    "zh": ("新山可以安装吗？", SHIPPING_ZH, OFFERED_ZH),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_passage_in_which_the_model_found_no_answer_is_not_quoted(language: Language) -> None:
    question, first, second = JOHOR[language]
    generator = Scripted([UNKNOWN[language]], INVENTED[language], INVENTED[language])
    written = await ask(generator, question, first, second)
    assert (written.text, written.unknown) == (second.text, False)
    assert [hit.passage for hit in written.used] == [second]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "second", [GenerationFailed("too slow"), TimeoutError(), []], ids=["failed", "late", "nothing"]
)
async def test_where_no_second_passage_is_read_it_stays_unknown(
    language: Language, second: Exception | list[str]
) -> None:
    question, *passages = JOHOR[language]
    written = await ask(Scripted([UNKNOWN[language]], second, second), question, *passages)
    assert (written.text, written.unknown, written.used) == ("", True, ())


async def test_a_yes_to_something_else_is_not_said() -> None:
    blender = Passage("4", "Whirl Blender", "The Whirl Blender costs S$89.00.", kind="product", entity="Whirl Blender")
    yes = ["Yes, the Whirl Blender costs S$89.00."]
    written = await ask(Scripted(yes, yes), "can the whirl blender make hot soup", blender)
    assert not written.text.startswith("Yes")
    assert (await ask(Scripted(yes), "does the whirl blender cost S$89?", blender)).text == yes[0]


async def test_a_yes_to_a_charge_that_is_none_is_not_said() -> None:
    wifi = Passage("5", "Is there wifi?", "The showroom has free wifi.")
    yes = ["Yes, the showroom has free wifi."]
    assert (await ask(Scripted(yes, yes), "do they charge for wifi?", wifi)).text == "The showroom has free wifi."
    assert (await ask(Scripted(yes), "is the wifi free of charge?", wifi)).text == yes[0]


async def test_a_sentence_that_holds_what_the_model_left_of_the_question_is_said_too() -> None:
    discounts = Passage(
        "12", "Do you have discounts?", "Over-60s get 10% off. There is no student discount. Ask at the till."
    )

    async def say(_: str) -> None: ...

    request = ReplyRequest(
        (Utterance("customer", "is there a student discount?"),), (Hit(discounts, 0.9),), tone="calm"
    )
    written = await Writer(Scripted(["Over-60s get 10% off."]), tuned=True).write(request, say, SamplingControls())
    assert written.text == "Over-60s get 10% off. There is no student discount."


async def test_a_sibling_that_is_pointed_at_is_asked_for_by_its_name() -> None:
    def book(size: str, price: str) -> Hit:
        title = f"Tern Sketchbook {size}"
        text = f"A sketchbook. The {title} costs {price}. Size of the {title}: {size}."
        fields = (("id", size), ("price", price), ("size", size))
        return Hit(Passage(f"{size}.en", title, text, entity=title, kind="product", fields=fields), 0.9)

    async def reply(question: str, *hits: Hit) -> str:
        turns = (Utterance("customer", "price?"), Utterance("agent", "The Tern Sketchbook A4 costs £12.60."))
        request = ReplyRequest((*turns, Utterance("customer", question)), hits)
        return (await Writer(None).write(request, _unheard, SamplingControls())).text

    small, large = book("A5", "£8.40"), book("A4", "£12.60")
    assert await reply("how much is the small one", small, large) == "The Tern Sketchbook A5 costs £8.40."
    # The search found another to be meant.
    assert "Size of the Tern Sketchbook A4: A4." in await reply("how much is the small one", large, small)
    assert "Size of the Tern Sketchbook A4: A4." in await reply("is it small", large, small)


async def _unheard(_: str) -> None:
    pass
