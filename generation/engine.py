"""What an engine is, and what all of them share: the prompt's tokens, the tokens that end a reply, tokens into text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from generation.prompt import BUDGET, Prompt
from generation.sampling import SamplingControls

SLOTS = 8
"""Replies that a fast engine writes at once."""

CONTEXT = BUDGET + 512
"""Tokens of prompt and reply together that a slot holds."""

Say = Callable[[str], bool]
"""Takes the next piece of a reply; returns True where no more is wanted."""


class Engine(Protocol):
    """Writes replies, ``slots`` of them at once, each in a thread of its caller's."""

    name: str
    slots: int

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, in this model's vocabulary."""
        ...

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        """Say a reply piece by piece, without its end token; stop strings are the caller's concern.

        Raises GenerationFailed where the engine cannot write it.
        """
        ...

    def close(self) -> None:
        """Let go of the weights."""
        ...


class Speller:
    """Turns tokens into text as they come."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._said = ""

    def spell(self, tokens: Sequence[int]) -> str:
        """What these tokens add to the text. The end may be half a character, which the next token completes."""
        self._tokens += tokens
        text: str = self._tokenizer.decode(self._tokens, skip_special_tokens=True).rstrip("\ufffd")
        piece, self._said = text[len(self._said) :], text
        return piece


def encode(tokenizer: Any, prompt: Prompt) -> list[int]:
    """The prompt's tokens, in the model's own chat template or else in ChatML; training uses the same."""
    text = prompt.text
    if getattr(tokenizer, "chat_template", None):
        messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    ids = list(tokenizer(text, add_special_tokens=False)["input_ids"])
    opening = list(tokenizer("")["input_ids"])  # Gemma's prompts begin with a mark of their own
    return ids if ids[: len(opening)] == opening else opening + ids


def end_tokens(tokenizer: Any, stated: int | Sequence[int] | None) -> frozenset[int]:
    """Every token that ends a reply."""
    ends = {tokenizer.eos_token_id}
    ends.update([stated] if stated is None or isinstance(stated, int) else stated)
    for mark in ("<|im_end|>", "<end_of_turn>", "<|endoftext|>", "<|eot_id|>"):
        token = tokenizer.convert_tokens_to_ids(mark)
        if token is not None and token != tokenizer.unk_token_id:
            ends.add(token)
    return frozenset(token for token in ends if token is not None)
