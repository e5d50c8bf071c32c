"""When somebody is at the desk: past midnight, round the clock, and where clocks change."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from pydantic import ValidationError

from bot.hours import Hours
from bot.settings import DeskHours


def opened(hours: Hours, at: str) -> bool:
    """``at`` in ISO 8601, with its offset from UTC."""
    return hours.open_at(datetime.fromisoformat(at).timestamp())


def test_a_desk_that_closes_past_midnight_is_open_on_both_days() -> None:
    bar = Hours(time(18), time(2), days=(4, 5), utc_offset=8)  # Friday and Saturday nights
    assert [opened(bar, f"2026-11-27T{at}+08:00") for at in ("01:00", "17:59", "18:00", "23:59")] == [
        False,
        False,
        True,
        True,
    ]
    assert opened(bar, "2026-11-28T01:59+08:00") and not opened(bar, "2026-11-28T02:00+08:00")
    assert opened(bar, "2026-11-29T01:59+08:00")  # Saturday's night
    assert not opened(bar, "2026-11-29T19:00+08:00")


@pytest.mark.parametrize("closes", ["24:00", "00:00"])
def test_midnight_is_the_end_of_the_day(closes: str) -> None:
    hours = DeskHours(opens=time(9), closes=closes, days=[0]).hours()  # type: ignore[arg-type]
    assert opened(hours, "2026-11-30T23:59+08:00")
    assert not opened(hours, "2026-12-01T00:00+08:00") and not opened(hours, "2026-11-30T08:59+08:00")


def test_a_desk_may_be_open_round_the_clock() -> None:
    hours = DeskHours(opens=time(0), closes=time(0), days=[5]).hours()
    assert opened(hours, "2026-11-28T00:00+08:00") and opened(hours, "2026-11-28T23:59:59+08:00")
    assert not opened(hours, "2026-11-29T00:00+08:00")


def test_a_named_place_keeps_its_summer_time() -> None:
    berlin = DeskHours(opens=time(9), closes=time(17), timezone="Europe/Berlin").hours()
    assert opened(berlin, "2026-07-01T07:00+00:00") and not opened(berlin, "2026-07-01T15:00+00:00")
    assert not opened(berlin, "2026-12-01T07:59+00:00") and opened(berlin, "2026-12-01T15:59+00:00")


@pytest.mark.parametrize(("field", "value"), [("days", [7]), ("timezone", "Berlin"), ("utc_offset", 25)])
def test_what_no_desk_can_have_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        DeskHours.model_validate({field: value})
