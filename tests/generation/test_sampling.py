from __future__ import annotations

import pytest
import torch

from generation.sampling import SamplingControls, draw, probabilities
from retrieval.errors import InputError

LOGITS = torch.tensor([2.0, 1.0, 0.5, -1.0, -3.0])


def controls(**changes: float) -> SamplingControls:
    neutral = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repetition_penalty": 1.0}
    return SamplingControls(**(neutral | changes))  # type: ignore[arg-type]


def test_neutral_controls_leave_the_softmax() -> None:
    assert torch.allclose(probabilities(LOGITS, [], controls()), torch.softmax(LOGITS, -1))


def test_temperature_divides_the_logits_and_zero_is_greedy() -> None:
    assert torch.allclose(probabilities(LOGITS, [], controls(temperature=0.5)), torch.softmax(LOGITS / 0.5, -1))
    assert probabilities(LOGITS, [], controls(temperature=0.0)).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_top_k_keeps_k_tokens() -> None:
    kept = probabilities(LOGITS, [], controls(top_k=2))
    assert (kept > 0).tolist() == [True, True, False, False, False]
    assert kept.sum().item() == pytest.approx(1.0)


def test_top_p_keeps_the_smallest_set_that_reaches_p() -> None:
    full = torch.softmax(LOGITS, -1)
    p = (full[0] + full[1] / 2).item()
    assert (probabilities(LOGITS, [], controls(top_p=p)) > 0).tolist() == [True, True, False, False, False]


def test_min_p_is_relative_to_the_most_probable_token() -> None:
    full = torch.softmax(LOGITS, -1)
    share = (full[2] / full[0]).item()
    assert (probabilities(LOGITS, [], controls(min_p=share * 1.01)) > 0).tolist() == [True, True, False, False, False]


def test_the_repetition_penalty_divides_positive_and_multiplies_negative_logits() -> None:
    expected = LOGITS.clone()
    expected[0] /= 2
    expected[3] *= 2
    assert torch.allclose(
        probabilities(LOGITS, [0, 3, 3], controls(repetition_penalty=2.0)), torch.softmax(expected, -1)
    )


def test_draws_follow_the_distribution_and_the_seed() -> None:
    chances = probabilities(LOGITS, [], controls(top_k=3))
    random = torch.Generator().manual_seed(3)
    drawn = [draw(LOGITS, [], controls(top_k=3), random) for _ in range(4000)]
    for token in range(3):
        assert drawn.count(token) / 4000 == pytest.approx(chances[token].item(), abs=0.03)
    again = torch.Generator().manual_seed(3)
    assert drawn[:50] == [draw(LOGITS, [], controls(top_k=3), again) for _ in range(50)]


def test_a_value_outside_its_limits_is_named() -> None:
    with pytest.raises(InputError, match="temperature is 3"):
        SamplingControls(temperature=3)
