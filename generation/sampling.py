"""The sampling controls of the reply model, with their exact meaning and limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.errors import InputError

if TYPE_CHECKING:
    from torch import Generator, Tensor

_LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_k": (0, 1000),
    "top_p": (0.01, 1.0),
    "min_p": (0.0, 1.0),
    "repetition_penalty": (0.5, 2.0),
    "max_new_tokens": (1, 1024),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True, slots=True)
class SamplingControls:
    """How the next token is drawn.

    temperature         divides the logits; 0 is greedy (argmax)
    top_k               keep the k most probable tokens; 0 keeps all
    top_p               nucleus: the smallest set whose probability reaches p (Holtzman et al., 2020)
    min_p               drop tokens under min_p times the most probable one (Nguyen et al., 2024)
    repetition_penalty  divides positive and multiplies negative logits of tokens already in the reply
                        (Keskar et al., 2019); 1 is off. The prompt's tokens are spared: its numbers and names
                        are what the reply must repeat
    max_new_tokens      hard end of the reply, in tokens
    seed                same seed, same engine, same prompt: same reply
    stop                strings that end the reply and are not part of it

    Raises InputError for a value outside its limits.
    """

    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.05
    repetition_penalty: float = 1.0
    max_new_tokens: int = 96
    seed: int = 7
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
                raise InputError(f"sampling: {name} is {value!r}, not a number", f"give a number from {low} to {high}")
            if not low <= value <= high:
                raise InputError(f"sampling: {name} is {value!r}", f"give a number from {low} to {high}")


def probabilities(logits: Tensor, seen: Sequence[int], controls: SamplingControls) -> Tensor:
    """The distribution that the next token is drawn from: (vocabulary,) logits to (vocabulary,) probabilities.

    ``seen`` are the tokens that the repetition penalty knows. In order: repetition penalty, temperature, top-k,
    top-p, min-p. Temperature 0 puts everything on the most probable token.
    """
    import torch

    scores = logits.detach().to(torch.float32).clone()
    if controls.repetition_penalty != 1.0 and seen:
        at = torch.tensor(sorted(set(seen)), dtype=torch.long)
        known = scores[at]
        scores[at] = torch.where(known > 0, known / controls.repetition_penalty, known * controls.repetition_penalty)
    if controls.temperature == 0.0:
        greedy = torch.zeros_like(scores)
        greedy[int(scores.argmax())] = 1.0
        return greedy
    scores /= controls.temperature
    if 0 < controls.top_k < scores.numel():
        floor = torch.topk(scores, int(controls.top_k)).values[-1]
        scores[scores < floor] = -math.inf
    if controls.top_p < 1.0:
        ordered, order = torch.sort(scores, descending=True)
        share = torch.softmax(ordered, dim=-1)
        outside = share.cumsum(dim=-1) - share >= controls.top_p
        scores[order[outside]] = -math.inf
    result = torch.softmax(scores, dim=-1)
    if controls.min_p > 0.0:
        result[result < controls.min_p * result.max()] = 0.0
        result /= result.sum()
    return result


def draw(logits: Tensor, seen: Sequence[int], controls: SamplingControls, random: Generator) -> int:
    """The next token. Raises nothing; the same random state gives the same token."""
    import torch

    chances = probabilities(logits, seen, controls)
    if controls.temperature == 0.0:
        return int(chances.argmax())
    return int(torch.multinomial(chances, 1, generator=random))
