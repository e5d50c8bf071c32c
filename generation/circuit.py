"""Decides whether a server that keeps failing is asked again: closed, open, half-open (Nygard, Release It!, 2007)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class CircuitBreaker:
    """Opens after ``threshold`` failures in a row; after ``cooling`` seconds lets one request try.

    Where that one fails, the wait doubles, up to ``longest`` seconds; where it succeeds, the breaker closes.
    Not for several threads: it belongs to one event loop. ``clock`` gives seconds.
    """

    def __init__(
        self,
        *,
        threshold: int = 5,
        cooling: float = 10.0,
        longest: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold = threshold
        self._cooling = cooling
        self._longest = longest
        self._clock = clock
        self._failures = 0
        self._wait = cooling
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        if self._opened is None:
            return "closed"
        return "half-open" if self._trying or self._clock() - self._opened >= self._wait else "open"

    def admits(self) -> bool:
        """Whether a request may be made now. In the half-open state the first to ask may, and the others not.

        Who was admitted says afterwards how it went: ``succeeded``, ``failed``, or ``released`` where neither is known.
        """
        if self._opened is None:
            return True
        if self._trying or self.state == "open":
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failures, self._wait, self._opened, self._trying = 0, self._cooling, None, False

    def failed(self) -> None:
        self._failures += 1
        if self._opened is not None:
            # A request that began before the breaker opened says nothing new; the trial's failure does.
            if not self._trying:
                return
            self._wait = min(2 * self._wait, self._longest)
        elif self._failures < self._threshold:
            return
        self._opened, self._trying = self._clock(), False

    def released(self) -> None:
        """The customer went away before anything was known: another may try."""
        self._trying = False
