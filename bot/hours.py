"""When people are at the desk, as the shop's settings state it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from retrieval.passages import Language


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of the desk; ``days`` are 0 (Monday) to 6, on which it opens.

    A desk that closes no later than it opens does so on the next day: 18:00 to 02:00, or round the clock at 00:00 to 00:00.
    The hours are those of ``zone`` ("Europe/Berlin", with its summer time) where one is named, else ``utc_offset`` hours
    from UTC. ``remind_seconds`` is how often a waiting customer who writes is told the place in the queue.
    """

    opens: time = time(9, 0)
    closes: time = time(19, 0)
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    utc_offset: float = 8.0
    english: str = "Monday to Saturday, 09:00 to 19:00 (Singapore time)"
    chinese: str = "周一至周六 09:00–19:00（新加坡时间）"
    remind_seconds: float = 120.0
    zone: str = ""

    def open_at(self, seconds: float) -> bool:
        """Whether somebody is at the desk at this time (seconds since the epoch)."""
        there: tzinfo = ZoneInfo(self.zone) if self.zone else timezone(timedelta(hours=self.utc_offset))
        local = datetime.fromtimestamp(seconds, there)
        opened = local.weekday() in self.days and self.opens <= local.time()
        if self.opens < self.closes:
            return opened and local.time() < self.closes
        return opened or ((local.weekday() - 1) % 7 in self.days and local.time() < self.closes)

    def text(self, language: Language) -> str:
        return self.chinese if language == "zh" else self.english
