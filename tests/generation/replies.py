"""Prompts and what an engine writes to them, for the tests of engines."""

from __future__ import annotations

from generation.engine import Engine
from generation.prompt import Message, Prompt, render
from generation.sampling import SamplingControls


def asked(text: str) -> Prompt:
    messages = (Message("user", text),)
    return Prompt(messages, render(messages), (), "en")


FRUIT = asked("Name a fruit.")
SHORT = SamplingControls(max_new_tokens=12)


def written(engine: Engine, prompt: Prompt, controls: SamplingControls = SHORT) -> str:
    pieces: list[str] = []
    engine.write(prompt, controls, lambda piece: bool(pieces.append(piece)))
    return "".join(pieces)
