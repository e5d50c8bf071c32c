"""Opens the fastest engine for a model's weights; what it cannot write goes to others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from generation import tuned
from generation.engine import Engine, Say
from generation.gguf_weights import Unsupported
from generation.llamacpp import LlamaEngine
from generation.prompt import Prompt
from generation.reference import TransformersEngine
from generation.sampling import SamplingControls

logger = logging.getLogger(__name__)


def open_engine(folder: Path | str, *, adapter: Path | None = None, threads: int = 2) -> Engine:
    """The fastest engine that serves these weights. Raises ModelError where they cannot be loaded."""

    def reference() -> Engine:
        return TransformersEngine(folder, adapter=adapter, threads=threads)

    if Path(folder).is_dir():
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
