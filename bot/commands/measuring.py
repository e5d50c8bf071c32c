"""Runs the evaluations of the packages below on the models of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot import app, settings


def retrieval(knowledge: Path, queries: Path) -> dict[str, Any]:
    from retrieval.evaluation import evaluate_retrieval

    loaded = settings.load()
    return evaluate_retrieval(knowledge, queries, app.embedder(loaded), reranker=app.reranker(loaded))


def answerability(knowledge: Path, queries: Path) -> dict[str, Any]:
    from retrieval.evaluation import evaluate_answerability

    loaded = settings.load()
    return evaluate_answerability(knowledge, queries, app.embedder(loaded), reranker=app.reranker(loaded))


def sentiment(data: Path) -> dict[str, Any]:
    from bot.sentiment.evaluation import evaluate_sentiment

    loaded = settings.load()
    return evaluate_sentiment(data, app.classifier(loaded))


def satisfaction(data: Path) -> dict[str, Any]:
    from bot.sentiment.evaluation import evaluate_satisfaction

    loaded = settings.load()
    policy = app.policy(loaded)
    reader = app.classifier(loaded)
    return evaluate_satisfaction(data, reader, hand_over_at=policy.threshold, price=policy.cost)


def alarms(data: Path) -> dict[str, Any]:
    from bot.alarming import evaluate_alarms

    loaded = settings.load()
    return evaluate_alarms(data, app.classifier(loaded), app.policy(loaded))


def generation(data: Path) -> dict[str, Any]:
    from generation.evaluation import evaluate_generation

    loaded = settings.load()
    return evaluate_generation(
        data,
        app.writer(loaded),
        loaded.sampling.controls(),
        embedder=app.embedder(loaded),
        reranker=app.reranker(loaded),
    )
