"""Turns a prompt into a reply's text as it is drawn: llama.cpp for serving, transformers as the reference."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from generation import model as weights
from generation.prompt import Prompt
from generation.sampling import SamplingControls, draw

logger = logging.getLogger(__name__)

Say = Callable[[str], bool]
"""Takes the next piece of a reply; returns True where no more is wanted."""

_SEED_STEP = 0x9E3779B1  # spreads neighbouring seeds apart


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


def open_engine(folder: Path | str, *, adapter: Path | None = None, threads: int = 2) -> Engine:
    """The fastest engine that serves these weights. Raises ModelError where they cannot be loaded."""

    def reference() -> Engine:
        return TransformersEngine(folder, adapter=adapter, threads=threads)

    if Path(folder).is_dir():
        from generation import tuned
        from generation.gguf_weights import Unsupported
        from generation.llamacpp import LlamaEngine

        if adapter is not None:
            tuned.verify(adapter, Path(folder))
        try:
            return SplitEngine(LlamaEngine(Path(folder), adapter=adapter, threads=threads), reference)
        except (ImportError, Unsupported, OSError) as error:
            logger.warning("%s is served by transformers, more slowly: %s", folder, error)
    return reference()


class SplitEngine:
    """Every reply by the fast engine, but those with a repetition penalty by the reference, loaded for the first one.

    llama.cpp's penalty knows the prompt's tokens too, and would keep a reply from repeating the passage's numbers.
    """

    def __init__(self, fast: Engine, reference: Callable[[], Engine]) -> None:
        self.name = fast.name
        self.slots = fast.slots
        self.count_tokens = fast.count_tokens
        self._fast = fast
        self._open = reference
        self._reference: Engine | None = None
        self._opening = threading.Lock()

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        if controls.repetition_penalty == 1.0:
            return self._fast.write(prompt, controls, say)
        with self._opening:
            if self._reference is None:
                self._reference = self._open()
        return self._reference.write(prompt, controls, say)

    def close(self) -> None:
        self._fast.close()
        if self._reference is not None:
            self._reference.close()


class TransformersEngine:
    """fp32 on the CPU, token by token: our own sampling from a torch.Generator seeded for each reply.

    The keys and values of the last prompt are kept: where the next one begins with the same tokens (rules and
    examples do), only the rest is read. One reply at a time; the next waits for it.
    """

    slots = 1

    def __init__(self, folder: Path | str, *, adapter: Path | None = None, threads: int = 2) -> None:
        self.name = f"{Path(folder).name} (transformers)"
        self._model, self.tokenizer = weights.load(Path(folder), adapter=adapter)
        self._ends = end_tokens(self.tokenizer, self._model.generation_config.eos_token_id)
        self._threads = threads
        self._cache: Any = None
        self._cached: list[int] = []
        self._turn = threading.Lock()

    def count_tokens(self, text: str) -> int:
        return len(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        written: list[int] = []
        said = ""
        with closing(self.tokens(prompt, controls)) as tokens:
            for token in tokens:
                written.append(token)
                # The end may be half a character, which the next token completes.
                text = self.tokenizer.decode(written, skip_special_tokens=True).rstrip("\ufffd")
                piece, said = text[len(said) :], text
                if say(piece):
                    return

    def tokens(self, prompt: Prompt, controls: SamplingControls) -> Generator[int]:
        """The reply's tokens as they are drawn, without the end token."""
        import torch

        with self._turn:
            torch.set_num_threads(self._threads)
            random = torch.Generator().manual_seed((int(controls.seed) * _SEED_STEP) % 2**63)
            written: list[int] = []
            try:
                logits = self._read(encode(self.tokenizer, prompt))
                while len(written) < controls.max_new_tokens:
                    token = draw(logits, written, controls, random)
                    if token in self._ends:
                        return
                    written.append(token)
                    yield token
                    logits = self._forward([token])
            except RuntimeError:
                self._cache, self._cached = None, []
                raise

    def close(self) -> None:
        self._cache, self._cached = None, []

    def _read(self, ids: Sequence[int]) -> Any:
        """Logits after the prompt; what it shares with the tokens in the cache is not read again."""
        from transformers import DynamicCache

        shared = 0
        if self._cache is not None:
            for ours, theirs in zip(self._cached, ids[:-1], strict=False):
                if ours != theirs:
                    break
                shared += 1
            if shared < len(self._cached):
                self._cache.crop(shared - len(self._cached))
        if not shared:
            self._cache = DynamicCache(config=self._model.config)
        self._cached = list(ids[:shared])
        return self._forward(ids[shared:])

    def _forward(self, ids: Sequence[int]) -> Any:
        import torch

        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([list(ids)]), cache=self._cache, use_cache=True, logits_to_keep=1
            )
        self._cached.extend(ids)
        return output.logits[0, -1]


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
