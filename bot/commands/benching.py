"""Times what a turn does beside plain peers in the same run; what counts are the ratios."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import app
from bot.conversation import IncomingMessage
from bot.settings import Settings
from retrieval.multilingual import multilingual
from retrieval.query import Utterance

_QUESTIONS = (
    "how long do I have to send the lamp back",
    "do you ship to Thailand and what does it cost",
    "my parcel says delivered but it is not here",
    "can I pay in instalments",
    "how long is the warranty on furniture",
    "is there a discount for students",
    "how do I reset the smart plug",
    "when is my refund on my card",
)

_CHINESE = (
    "台灯多少天内可以退",
    "寄到泰国要多少运费",
    "显示签收了但是我没收到包裹",
    "可以分期付款吗",
    "家具保修多久",
    "学生有没有优惠",
    "智能插座怎么重置",
    "退款什么时候到我卡上",
)


def bench(settings: Settings, what: str, passages: Sequence[int] = (12_000,)) -> dict[str, Any]:
    """One of retrieval (on collections of so many ``passages``), turn, generation and load, or all of them."""
    parts: dict[str, Callable[[Settings], dict[str, Any]]] = {
        "retrieval": lambda s: _retrieval(s, passages),
        "turn": _turn,
        "generation": _generation,
        "load": lambda s: asyncio.run(_load(s)),
    }
    return {name: part(settings) for name, part in parts.items() if what in ("all", name)}


def _median_ms(act: Callable[[int], object], times: int = 40) -> float:
    act(-1)  # warm
    taken = []
    for number in range(times):
        began = time.perf_counter()
        act(number)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def _asked(number: int) -> str:
    return f"{_QUESTIONS[number % len(_QUESTIONS)]} {number}"  # the number keeps the cache from answering


def _retrieval(settings: Settings, sizes: Sequence[int]) -> dict[str, Any]:
    """A query through the whole retriever beside one plain SentenceTransformer.encode of the same text.

    On the shop's own index, and on collections of ``sizes`` passages made from it.
    """
    from retrieval.benchmark import collection, measure
    from retrieval.embedding import SentenceTransformerEmbedder

    embed = app.embedder(settings)
    retriever = app.retriever(settings, embed)
    plain = SentenceTransformerEmbedder(app.model_folder(settings, settings.embedding_model), plain=True)
    own = retriever.library.passages, retriever.library.vectors
    document = {"shop": measure(*own, _questions(0), embed, plain, reranker=retriever.reranker)}
    for number, size in enumerate(sizes, 1):
        made = collection(*own, size)
        document[f"{size} passages"] = measure(
            *made,
            _questions(number),
            embed,
            plain,
            reranker=retriever.reranker,
            say=lambda text: print(text, file=sys.stderr),
        )
    return document


def _questions(run: int) -> list[str]:
    """Questions of a run of their own, so that no cache answers."""
    return [_asked(1000 * run + number) for number in range(64)]


def _turn(settings: Settings) -> dict[str, Any]:
    """What reading the mood of a turn adds, English and Chinese, beside VADER on the English one.

    What came before was read when it came, the answer when it was said; a Chinese question's vector is the search's too.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    reader = app.classifier(settings)
    vader = SentimentIntensityAnalyzer()

    def english(number: int) -> tuple[Utterance, ...]:
        first = Utterance("customer", _asked(number))
        answer = Utterance("agent", f"You can return it within {number + 45} days. Refunds reach your card in 5 days.")
        return (first, answer, Utterance("customer", f"no, {_asked(number + 1)}"))

    def chinese(number: int) -> tuple[Utterance, ...]:
        first = Utterance("customer", f"{_CHINESE[number % len(_CHINESE)]}{number}")
        answer = Utterance("agent", f"{number + 45}天内可以退货，退款5天到账。")
        return (first, answer, Utterance("customer", f"不是，{_CHINESE[(number + 1) % len(_CHINESE)]}{number}"))

    def added(history: Callable[[int], tuple[Utterance, ...]]) -> float:
        for number in range(-1, 40):
            reader.mood(history(number)[:1])
            reader.said(history(number)[1].text)
        return _median_ms(lambda n: reader.mood(history(n)))

    ours = added(english)
    multilingual().queries([chinese(number)[-1].text for number in range(-1, 40)])
    in_chinese = added(chinese)
    plain = _median_ms(lambda n: vader.polarity_scores(english(n)[-1].text))
    return {"mood_ms": ours, "chinese_mood_ms": in_chinese, "vader_ms": plain, "ratio_to_vader": ours / plain}


def _generation(settings: Settings) -> dict[str, Any]:
    """The served engine beside transformers and plain llama.cpp, greedy, one chat and eight at once."""
    from bot.commands.generation_bench import measure

    return measure(settings)


async def _load(settings: Settings) -> dict[str, Any]:
    """Eight conversations at once beside one, whole turns with the real models."""
    import psutil

    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        async with app.running(settings, data=Path(folder)) as running:

            async def ask(number: int) -> float:
                began = time.perf_counter()
                message = IncomingMessage("terminal", f"terminal:{number}", "1", _QUESTIONS[number % 8], time.time())
                await running.assistant.respond(message)
                return time.perf_counter() - began

            await ask(100)
            alone = await ask(0)
            began = time.perf_counter()
            taken = await asyncio.gather(*(ask(number) for number in range(1, 9)))
            whole = time.perf_counter() - began
            own = psutil.Process()
            memory = sum(process.memory_info().rss for process in (own, *own.children(recursive=True))) / 1e6
    return {
        "one_turn_s": alone,
        "eight_turns_s": whole,
        "slowest_of_eight_s": max(taken),
        "ratio_to_one_after_another": whole / (8 * alone),
        "peak_memory_mb": memory,
    }
