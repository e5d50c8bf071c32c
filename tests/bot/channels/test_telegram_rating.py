"""How a closed conversation is rated on Telegram: one tap, once."""

from __future__ import annotations

from pathlib import Path

from tests.bot.channels.telegram_parts import eventually, serving


async def test_a_closed_conversation_is_rated_with_one_tap_and_a_second_tap_changes_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as parts:
        parts.server.message("I want a human")
        await parts.server.until(1)
        await parts.desk.take("telegram:7", "Sofia")
        await parts.desk.close("telegram:7", "Sofia", "solved")
        closed = (await parts.server.until(3))[2]
        assert list(closed.buttons) == ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"]
        four, one = (
            parts.server.press(closed, closed.buttons["4 ★"]),
            parts.server.press(closed, closed.buttons["1 ★"]),
        )
        await eventually(lambda: {four, one} <= set(parts.server.answers))
        assert parts.server.answers[four] == "Thank you for rating us 4 of 5."
        assert parts.server.answers[one].startswith("You have rated this conversation already")
        assert list(closed.buttons) == ["★★★★☆"]
        rated = await parts.store.load("telegram:7")
        assert rated is not None
        assert rated.rating == 4


async def test_a_forged_rating_is_answered_with_a_notice(tmp_path: Path) -> None:
    async with serving(tmp_path) as parts:
        parts.server.message("/start")
        (hello,) = await parts.server.until(1)
        queries = [parts.server.press(hello, data) for data in ("r:5", "r:9", "r:")]
        await eventually(lambda: set(queries) <= set(parts.server.answers))
        assert {parts.server.answers[query] for query in queries} == {
            "This button is too old; please write your question."
        }
