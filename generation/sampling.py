"""The sampling controls of the reply model, with their exact meaning and limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retrieval.errors import InputError

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
    repetition_penalty  divides positive and multiplies negative logits of tokens already there
                        (Keskar et al., 2019); 1 is off
    max_new_tokens      hard end of the reply, in tokens
    seed                same seed, same engine, same prompt: same reply
    stop                strings that end the reply and are not part of it

    Raises InputError for a value outside its limits.
    """

    temperature: float = 0.3
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.05
    repetition_penalty: float = 1.05
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
