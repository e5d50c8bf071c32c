"""The reference engine: transformers, token by token, with the sampling that the controls are defined by."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from generation import model as weights
from generation.engine import Say, Speller, encode, end_tokens
from generation.prompt import Prompt
from generation.sampling import SamplingControls, draw

_SEED_STEP = 0x9E3779B1  # spreads neighbouring seeds apart


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
        speller = Speller(self.tokenizer)
        with closing(self.tokens(prompt, controls)) as tokens:
            for token in tokens:
                if say(speller.spell([token])):
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
