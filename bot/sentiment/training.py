"""Remakes every weight of the mood from public data: `python -m bot.sentiment.training --help` names the files.

Each part reports on data that it was not fitted to, and can be made by itself with ``--only``.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bot import wordings
from bot.sentiment import (
    alarms,
    heads,
    training_alarms,
    training_chinese,
    training_dissatisfaction,
    training_english,
    training_requests,
)
from bot.sentiment.encoder import CHINESE, ENGLISH, TunedEncoder
from bot.sentiment.reader import alarm_features, felt_by
from retrieval.errors import InputError
from retrieval.multilingual import multilingual

logger = logging.getLogger(__name__)

PARTS = ("requests", "english", "chinese", "dissatisfaction", "alarms")


def main(argv: Sequence[str] | None = None) -> None:
    """Fit the parts that were asked for and write them into ``--out``."""
    options = _options(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    logger.info("%s", json.dumps(vars(options), default=str))
    if "requests" in options.only:
        try:
            asked = training_requests.asked_of(options.asked)
        except InputError as error:
            sys.exit(f"python -m bot.sentiment.training: {error}")
        questions = training_requests.questions_of(
            options.questions, options.intents, options.dialogue, options.tweets, options.uss
        )
        training_requests.fit([*questions, *asked], options.reviews, options.out / wordings.WEIGHTS.name)
    target = options.out / heads.WEIGHTS.name
    arrays: dict[str, Any] = {}
    if target.is_file():
        with np.load(target, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    if "english" in options.only:
        arrays |= training_english.english(
            options.tweets,
            options.dialogue,
            options.questions,
            tuple(options.validation),
            options.embedder,
            options.out / ENGLISH.weights.name,
        )
    if "chinese" in options.only:
        reviews = training_chinese.reviews_of(options.reviews)
        chat = training_chinese.messages_of(options.messages, options.neutral)
        written, weights = training_chinese.labelled(options.written), options.out / CHINESE.weights.name
        arrays |= training_chinese.chinese(reviews, chat, written, options.chinese_embedder, weights)
    if "chinese-left-out" in options.only:
        reviews = training_chinese.reviews_of(options.reviews)
        chat = training_chinese.messages_of(options.messages, options.neutral)
        written = training_chinese.labelled(options.written)
        training_chinese.leave_out(reviews, chat, written, options.chinese_embedder)
    if "dissatisfaction" in options.only:
        arrays |= _dissatisfaction(options)
    np.savez_compressed(target, **arrays)
    logger.info("%s: %.1f MB", target, target.stat().st_size / 1e6)
    if "alarms" in options.only:
        np.savez_compressed(options.out / alarms.WEIGHTS.name, **_alarms(options))


def _dissatisfaction(options: argparse.Namespace) -> dict[str, Any]:
    felt = partial(felt_by, *_encoders(options))
    try:
        chats = {path.stem: training_dissatisfaction.chats_of(path) for path in options.chats}
        calm = training_dissatisfaction.calm(options.asked)
    except InputError as error:
        sys.exit(f"python -m bot.sentiment.training: {error}")
    tasks = {path.stem: training_dissatisfaction.uss(path) for path in options.uss}
    describe = partial(training_dissatisfaction.described, embed=multilingual().passages, felt=felt)
    return training_dissatisfaction.fit(
        {name: describe(held) for name, held in tasks.items()},
        {name: describe(held) for name, held in chats.items()},
        describe(calm),
    )


def _alarms(options: argparse.Namespace) -> dict[str, Any]:
    encoder, chinese = _encoders(options)
    describe = partial(alarm_features, embed=multilingual().passages, encoder=encoder, chinese=chinese)
    try:
        written = training_alarms.read(options.alarms, describe)
        plain = [*training_requests.asked_of(options.asked), *training_requests.intents_of(options.intents)[::4]]
        plain += [*training_requests.others_of("en"), *training_requests.others_of("zh")]
        plain += training_alarms.calm_turns(options.chats)
        return training_alarms.fit(written, describe(plain))
    except InputError as error:
        sys.exit(f"python -m bot.sentiment.training: {error}")


def _encoders(options: argparse.Namespace) -> tuple[TunedEncoder, TunedEncoder]:
    """As they stand in ``--out``, English and Chinese."""
    return (
        TunedEncoder(ENGLISH, options.embedder, options.out / ENGLISH.weights.name),
        TunedEncoder(CHINESE, options.chinese_embedder, options.out / CHINESE.weights.name),
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sentiment.training", description=__doc__)
    parser.add_argument("--tweets", type=Path, required=True, help="SemEval tweets: text,label,part")
    parser.add_argument("--dialogue", type=Path, required=True, help="MELD train: Utterance,Sentiment")
    parser.add_argument("--questions", type=Path, required=True, help="banking77 train: text,category")
    parser.add_argument("--intents", type=Path, required=True, help="clinc150.json")
    parser.add_argument("--validation", type=Path, nargs=2, required=True, help="TweetEval validation texts and labels")
    parser.add_argument("--reviews", type=Path, required=True, help="online_shopping_10_cats.zip")
    parser.add_argument("--uss", type=Path, nargs="+", required=True, help="USS files")
    parser.add_argument(
        "--chats",
        type=Path,
        nargs="+",
        default=training_dissatisfaction.DIALOGUES,
        help="rated support chats as evaluate satisfaction reads them, a file for each author",
    )
    parser.add_argument(
        "--alarms",
        type=Path,
        nargs="+",
        default=training_alarms.MESSAGES,
        help="messages that a person must see and others: text, class; a file for each author",
    )
    parser.add_argument("--embedder", type=Path, default=Path("models") / ENGLISH.base)
    parser.add_argument("--chinese-embedder", type=Path, default=Path("models") / CHINESE.base)
    parser.add_argument(
        "--messages", type=Path, default=training_chinese.MESSAGES, help="Chinese messages: text, label"
    )
    parser.add_argument(
        "--written", type=Path, default=training_chinese.REVIEWS, help="Chinese reviews of other things: text, label"
    )
    parser.add_argument(
        "--neutral", type=Path, nargs="+", default=training_chinese.QUESTIONS, help="files of plain Chinese questions"
    )
    parser.add_argument(
        "--asked", type=Path, nargs="+", default=training_requests.ASKED, help="files of customers' questions to shops"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(*PARTS, "chinese-left-out"),
        default=list(PARTS),
        help="parts to make; the others stay. chinese-left-out only reports, on categories left out, in half an hour",
    )
    parser.add_argument("--out", type=Path, default=heads.WEIGHTS.parent, help="folder of the weights")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
