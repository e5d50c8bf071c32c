"""Turns a prompt's tokens into a reply's tokens: CTranslate2 for serving, transformers as the reference."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from generation import model as weights
from generation.prompt import Prompt, render
from generation.sampling import SamplingControls, draw
from retrieval.errors import ModelError

logger = logging.getLogger(__name__)

_SEED_STEP = 0x9E3779B1  # spreads neighbouring seeds apart
_FAST = "ctranslate2"


class Engine(Protocol):
    """Writes one reply at a time; called from one thread only."""

    name: str
    tokenizer: Any

    def tokens(self, prompt: Prompt, controls: SamplingControls, stopped: Callable[[], bool]) -> Iterator[int]:
        """The reply's tokens as they are drawn, without the end token; ``stopped`` is asked between tokens."""
        ...


def open_engine(folder: Path | str, *, adapter: Path | None = None, threads: int = 2) -> Engine:
    """The fastest engine that serves these weights exactly. Raises ModelError where they cannot be loaded."""

    def reference() -> Engine:
        return TransformersEngine(folder, adapter=adapter, threads=threads)

    if find_spec("ctranslate2") is not None and Path(folder).is_dir():
        try:
            return SplitEngine(CTranslateEngine(Path(folder), adapter=adapter, threads=threads), reference)
        except (ValueError, RuntimeError, OSError) as error:
            logger.warning("%s is served by transformers: %s", folder, error)
    return reference()


class SplitEngine:
    """Greedy replies by the fast engine, drawn ones by the reference, which is loaded when the first is asked for.

    CTranslate2 seeds its threads once and knows no min-p: what it draws cannot be repeated, nor is it exact.
    """

    def __init__(self, fast: Engine, reference: Callable[[], Engine]) -> None:
        self.name = fast.name
        self.tokenizer = fast.tokenizer
        self._fast = fast
        self._open = reference
        self._reference: Engine | None = None

    def tokens(self, prompt: Prompt, controls: SamplingControls, stopped: Callable[[], bool]) -> Iterator[int]:
        if controls.temperature == 0.0 and controls.repetition_penalty == 1.0:
            return self._fast.tokens(prompt, controls, stopped)
        if self._reference is None:
            self._reference = self._open()
        return self._reference.tokens(prompt, controls, stopped)


class TransformersEngine:
    """fp32 on the CPU, token by token: our own sampling from a torch.Generator seeded for each reply.

    The keys and values of the last prompt are kept: where the next one begins with the same tokens (rules and
    examples do), only the rest is read.
    """

    def __init__(self, folder: Path | str, *, adapter: Path | None = None, threads: int = 2) -> None:
        self.name = f"{Path(folder).name} (transformers)"
        self._model, self.tokenizer = weights.load(Path(folder), adapter=adapter)
        self._ends = end_tokens(self.tokenizer, self._model.generation_config.eos_token_id)
        self._threads = threads
        self._cache: Any = None
        self._cached: list[int] = []

    def tokens(self, prompt: Prompt, controls: SamplingControls, stopped: Callable[[], bool]) -> Iterator[int]:
        import torch

        torch.set_num_threads(self._threads)
        random = torch.Generator().manual_seed((int(controls.seed) * _SEED_STEP) % 2**63)
        written: list[int] = []
        try:
            logits = self._read(encode(self.tokenizer, prompt))
            while len(written) < controls.max_new_tokens and not stopped():
                token = draw(logits, written, controls, random)
                if token in self._ends:
                    return
                written.append(token)
                yield token
                logits = self._forward([token])
        except RuntimeError:
            self._cache, self._cached = None, []
            raise

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


class CTranslateEngine:
    """CTranslate2, its weights made from the folder once and kept in it as fp16 (an adapter is merged first).

    Nothing is int8: with int8 activations this model drops digits ("within 3 days" from "within 30 days").

    Greedy only. The state of the rules and examples that prompts begin with is kept by the engine.
    """

    def __init__(self, folder: Path, *, adapter: Path | None = None, threads: int = 2) -> None:
        from transformers import AutoTokenizer

        ctranslate2 = import_module("ctranslate2")
        self.name = f"{folder.name} (ctranslate2)"
        place = fast_folder(folder, adapter)
        if not (place / "model.bin").is_file():
            convert(folder, place, adapter)
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            self._generator = ctranslate2.Generator(
                str(place), device="cpu", compute_type="float32", intra_threads=threads, inter_threads=1
            )
        except (OSError, ValueError, RuntimeError) as error:
            shutil.rmtree(place, ignore_errors=True)
            raise ModelError(f"{folder} cannot be loaded ({error})", "run: frontdesk models fetch") from error
        self._ends = end_tokens(self.tokenizer, None)

    def tokens(self, prompt: Prompt, controls: SamplingControls, stopped: Callable[[], bool]) -> Iterator[int]:
        name = self.tokenizer.convert_ids_to_tokens
        ids = encode(self.tokenizer, prompt)
        opening = list(self.tokenizer(render(prompt.messages[:-1], reply=False), add_special_tokens=False)["input_ids"])
        options: dict[str, Any] = {}
        if opening and ids[: len(opening)] == opening:
            options = {"static_prompt": name(opening), "cache_static_prompt": True}
            ids = ids[len(opening) :]
        steps = self._generator.generate_tokens(
            name(ids),
            max_length=int(controls.max_new_tokens),
            sampling_topk=1,
            end_token=sorted(self._ends),
            **options,
        )
        try:
            for step in steps:
                if step.token_id in self._ends or stopped():
                    return
                yield step.token_id
        finally:
            steps.close()


def fast_folder(folder: Path, adapter: Path | None) -> Path:
    """Where the converted weights of a folder (with an adapter merged) lie."""
    if adapter is None:
        return folder / _FAST
    files = sorted(adapter.glob("adapter_model.*")) or [adapter]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() if path.is_file() else str(path).encode())
    return folder / f"{_FAST}-{digest.hexdigest()[:12]}"


def convert(folder: Path, place: Path, adapter: Path | None = None) -> None:
    """Write the converted weights to ``place``, atomically. Raises ModelError where the weights cannot be loaded."""
    import tempfile

    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".converting-") as work:
        source = folder
        if adapter is not None:
            model, tokenizer = weights.load(folder, adapter=adapter)
            source = Path(work) / "merged"
            model.save_pretrained(str(source))
            tokenizer.save_pretrained(str(source))
        made = Path(work) / "converted"
        import_module("ctranslate2.converters").TransformersConverter(str(source)).convert(
            str(made), quantization="float16"
        )
        shutil.rmtree(place, ignore_errors=True)
        os.replace(made, place)


def encode(tokenizer: Any, prompt: Prompt) -> list[int]:
    """The prompt's tokens, in the model's own chat template or else in ChatML; training uses the same."""
    text = prompt.text
    if getattr(tokenizer, "chat_template", None):
        messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def end_tokens(tokenizer: Any, stated: int | Sequence[int] | None) -> frozenset[int]:
    """Every token that ends a reply."""
    ends = {tokenizer.eos_token_id}
    ends.update([stated] if stated is None or isinstance(stated, int) else stated)
    for mark in ("<|im_end|>", "<end_of_turn>", "<|endoftext|>", "<|eot_id|>"):
        token = tokenizer.convert_tokens_to_ids(mark)
        if token is not None and token != tokenizer.unk_token_id:
            ends.add(token)
    return frozenset(token for token in ends if token is not None)
