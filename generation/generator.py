"""The seam behind which a language model writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from generation.prompt import Prompt
from generation.sampling import SamplingControls


class Generator(Protocol):
    """Writes a reply to a prompt, whole sentence by whole sentence."""

    name: str

    def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        """Yield whole sentences whose concatenation is the reply.

        Raises GenerationFailed when the model gives nothing in time.
        """
        ...
