"""Opens the fastest engine for a model's weights; what it cannot write goes to others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation import tuned
from generation.engine import Engine, Say
from generation.gguf_weights import Unsupported
from generation.llamacpp import LlamaEngine
from generation.openvino import OpenVinoEngine
from generation.prompt import Prompt
from generation.reference import TransformersEngine
from generation.sampling import SamplingControls

logger = logging.getLogger(__name__)


def open_engine(
    folder: Path | str,
    *,
    adapter: Path | None = None,
    threads: int = 2,
    usual: SamplingControls = SamplingControls(),  # noqa: B008 (frozen)
) -> Engine:
    """The fastest engine that serves these weights; that for the ``usual`` controls is opened now, others when needed.

    Raises ModelError where they cannot be loaded.
    """
    path = Path(folder)
    choices: list[Choice] = []
    if path.is_dir():
        if adapter is not None:
            tuned.verify(adapter, path)
        choices = [
            Choice(_greedy, lambda: OpenVinoEngine(path, adapter=adapter, threads=threads)),
            Choice(_without_penalty, lambda: LlamaEngine(path, adapter=adapter, threads=threads)),
        ]
    return SplitEngine(
        [*choices, Choice(_any, lambda: TransformersEngine(folder, adapter=adapter, threads=threads))], usual
    )


def _greedy(controls: SamplingControls) -> bool:
    return controls.temperature == 0.0 and _without_penalty(controls)


def _without_penalty(controls: SamplingControls) -> bool:
    """The fast engines' penalty knows the prompt's tokens too: a reply could not repeat the passage's numbers."""
    return controls.repetition_penalty == 1.0


def _any(controls: SamplingControls) -> bool:
    return True


@dataclass(slots=True)
class Choice:
    """An engine, which replies it can write, and how it is opened."""

    serves: Callable[[SamplingControls], bool]
    open: Callable[[], Engine]
    engine: Engine | None = None


class SplitEngine:
    """Each reply by the first engine that serves its controls, opened for the first such reply.

    That for the ``usual`` controls is opened at once, and gives its name and slots. One whose wheel is missing or that
    cannot read these weights is passed over; what the last one raises is raised.
    """

    def __init__(self, choices: Sequence[Choice], usual: SamplingControls) -> None:
        self._choices = list(choices)
        self._opening = threading.Lock()
        first = self._opened(usual)
        self.name = first.name
        self.slots = first.slots
        self.count_tokens = first.count_tokens

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        with self._opening:
            engine = self._opened(controls)
        return engine.write(prompt, controls, say)

    def close(self) -> None:
        for choice in self._choices:
            if choice.engine is not None:
                choice.engine.close()

    def _opened(self, controls: SamplingControls) -> Engine:
        while True:
            choice = next(choice for choice in self._choices if choice.serves(controls))
            try:
                choice.engine = choice.engine or choice.open()
            except (ImportError, Unsupported, OSError) as error:
                if choice is self._choices[-1]:
                    raise
                logger.warning("replies are written more slowly: %s", error)
                self._choices.remove(choice)
            else:
                return choice.engine
