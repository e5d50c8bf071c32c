"""Times what a turn does beside plain peers in the same run; what counts are the ratios."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import app
from bot.conversation import IncomingMessage
from bot.settings import Settings
from generation.prompt import Prompt
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


def bench(settings: Settings, what: str) -> dict[str, Any]:
    """One of retrieval, turn, generation and load, or all of them."""
    parts: dict[str, Callable[[Settings], dict[str, Any]]] = {
        "retrieval": _retrieval,
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


def _retrieval(settings: Settings) -> dict[str, Any]:
    """A query through the whole retriever beside one plain encode of the same text."""
    embed = app.embedder(settings)
    retriever = app.retriever(settings, embed)
    plain = _median_ms(lambda n: embed.passages([_asked(n)]))
    ours = _median_ms(lambda n: retriever.find((Utterance("customer", _asked(n)),)))
    return {
        "passages": len(retriever.passages),
        "encode_ms": plain,
        "retriever_ms": ours,
        "ratio_to_plain_encode": ours / plain,
    }


def _turn(settings: Settings) -> dict[str, Any]:
    """What reading the mood adds beyond the embeddings, beside VADER alone."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    embed = app.embedder(settings)
    reader = app.classifier(embed)
    vader = SentimentIntensityAnalyzer()

    def history(number: int) -> tuple[Utterance, ...]:
        first = Utterance("customer", _asked(number))
        return (first, Utterance("agent", "Within 45 days."), Utterance("customer", f"no, {_asked(number + 1)}"))

    def warm(number: int) -> None:
        embed.queries([turn.text for turn in history(number)])

    for number in range(-1, 40):
        warm(number)  # the embeddings are there already, as retrieval needs them anyway
    ours = _median_ms(lambda n: reader.mood(history(n)))
    plain = _median_ms(lambda n: vader.polarity_scores(history(n)[-1].text))
    return {"mood_ms": ours, "vader_ms": plain, "ratio_to_vader": ours / plain}


def _generation(settings: Settings) -> dict[str, Any]:
    """The served engine beside transformers on the same weights and prompt, greedy."""
    from generation import prompt
    from generation.engines import TransformersEngine
    from generation.local import LocalGenerator
    from generation.request import ReplyRequest
    from generation.sampling import SamplingControls
    from retrieval.passages import Hit, Passage

    folder = settings.model_path(settings.reply_model)
    controls = SamplingControls(temperature=0.0, repetition_penalty=1.0, max_new_tokens=40)
    text = "Lamps and other lighting can be returned within 45 days of delivery, even if you have tried them at home."
    hit = Hit(Passage("lamp", "How long can I return a lamp?", text), 1.0)

    def prompts(count_tokens: Callable[[str], int]) -> Prompt:
        request = ReplyRequest((Utterance("customer", "how long do I have to send the lamp back?"),), (hit,))
        return prompt.build(request, count_tokens=count_tokens)

    async def timed(generator: LocalGenerator) -> tuple[float, float, int]:
        asked = prompts(generator.count_tokens)
        best = (9e9, 9e9, 0)
        for _ in range(3):
            began, first, reply = time.perf_counter(), 0.0, ""
            async for sentence in generator.stream(asked, controls):
                first = first or time.perf_counter() - began
                reply += sentence
            best = min(best, (time.perf_counter() - began, first, generator.count_tokens(reply)))
        return best

    figures: dict[str, Any] = {}
    served = LocalGenerator(Path(folder), threads=settings.threads)
    plain = LocalGenerator(Path(folder), engine=TransformersEngine(Path(folder), threads=settings.threads))
    for name, generator in (("served", served), ("transformers", plain)):
        whole, first, tokens = asyncio.run(timed(generator))
        generator.close()
        figures |= {f"{name}_engine": generator.name, f"{name}_first_sentence_s": first, f"{name}_reply_s": whole}
        figures[f"{name}_tokens_per_second"] = tokens / whole
    figures["ratio_to_transformers"] = figures["served_reply_s"] / figures["transformers_reply_s"]
    return figures


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
    return {
        "one_turn_s": alone,
        "eight_turns_s": whole,
        "slowest_of_eight_s": max(taken),
        "ratio_to_one_after_another": whole / (8 * alone),
        "peak_memory_mb": psutil.Process().memory_info().rss / 1e6,
    }
