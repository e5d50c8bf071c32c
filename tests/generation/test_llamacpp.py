from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from generation.engine import encode
from generation.llamacpp import LlamaEngine, request
from generation.sampling import SamplingControls, probabilities
from tests.generation.replies import FRUIT, written

OPEN = SamplingControls(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, max_new_tokens=1)


@pytest.fixture(scope="module")
def engine(models: Path) -> Iterator[LlamaEngine]:
    made = LlamaEngine(models / "SmolLM2-135M-Instruct")
    yield made
    made.close()


@pytest.fixture(scope="module")
def logits(engine: LlamaEngine) -> torch.Tensor:
    """The next token's log-probabilities, nothing cut: as good as logits."""
    found = next_token(engine, OPEN, n_probs=49152)["top_logprobs"]
    made = torch.full((49152,), -math.inf)
    for token in found:
        made[token["id"]] = token["logprob"]
    return made


def next_token(engine: LlamaEngine, controls: SamplingControls, **more: Any) -> Any:
    ids = encode(engine._tokenizer, FRUIT)
    done = engine._server.handle_completions({**request(ids, controls), "stream": False, **more})
    return done["choices"][0]["logprobs"]["content"][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0.6, "top_k": 12},
        {"temperature": 1.4, "top_k": 30, "top_p": 0.7},
        {"temperature": 1.3, "min_p": 0.1},
        {"temperature": 0.9, "top_p": 0.8},
        {"temperature": 1.0, "top_k": 50, "top_p": 0.95, "min_p": 0.05},
    ],
)
def test_the_controls_leave_the_distribution_that_they_are_defined_by(
    engine: LlamaEngine, logits: torch.Tensor, changes: dict[str, Any]
) -> None:
    controls = SamplingControls(**({"top_k": 0, "top_p": 1.0, "min_p": 0.0, "max_new_tokens": 1} | changes))
    expected = probabilities(logits, [], controls)
    left = next_token(engine, controls, n_probs=1000, post_sampling_probs=True)["top_probs"]
    theirs = {token["id"]: token["prob"] for token in left if token["prob"] > 0}
    kept = set(expected.nonzero().flatten().tolist())
    assert sum(expected[token].item() for token in kept ^ set(theirs)) < 1e-4
    for token in kept & set(theirs):
        assert theirs[token] == pytest.approx(expected[token].item(), abs=2e-4)


def test_the_draws_of_many_seeds_follow_that_distribution(engine: LlamaEngine, logits: torch.Tensor) -> None:
    controls = {"temperature": 1.2, "top_k": 6, "top_p": 1.0, "min_p": 0.0, "max_new_tokens": 1}
    expected = probabilities(logits, [], SamplingControls(**controls))
    draws = 240

    def draw(seed: int) -> int:
        return int(next_token(engine, SamplingControls(**controls, seed=seed), n_probs=1)["id"])

    with ThreadPoolExecutor(8) as threads:
        counts = Counter(threads.map(draw, range(draws)))
    kept = expected.nonzero().flatten().tolist()
    assert set(counts) <= set(kept)
    square = sum((counts[t] - draws * p) ** 2 / (draws * p) for t in kept if (p := expected[t].item()))
    assert square < 20.5  # chi square, five degrees of freedom: one in a thousand


def test_the_largest_seed_is_a_seed_as_any_other(engine: LlamaEngine) -> None:
    controls = SamplingControls(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, max_new_tokens=8, seed=2**32 - 1)
    assert written(engine, FRUIT, controls) == written(engine, FRUIT, controls)
