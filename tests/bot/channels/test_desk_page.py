"""The operators' desk in a real Chromium, against the application on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.bot.channels.web_parts import PASSWORDS, Line, RedisServer, Web, application, auth, chromium, served


@asynccontextmanager
async def logged_in(web: Web, name: str = "Sofia", **more: Any) -> AsyncIterator[Page]:
    """The desk page of an operator; a script error fails the test."""
    errors: list[str] = []
    async with served(web.app) as url, chromium() as browser:
        page = await (await browser.new_context(**more)).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"{url}/desk")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill("a wrong one")
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("alert")).to_have_text("the name or the password is wrong")
        await page.get_by_label("Password").fill(PASSWORDS[name])
        await page.get_by_role("button", name="Log in").click()
        await expect(page.locator("#me")).to_have_text(name)
        yield page
        await page.goto("about:blank")
    assert errors == []


@asynccontextmanager
async def desk_page(url: str) -> AsyncIterator[Page]:
    """Sofia's desk in a browser whose clock can be put forward."""
    async with chromium() as browser:
        page = await browser.new_page()
        await page.clock.install()
        await page.goto(f"{url}/desk")
        await page.get_by_label("Name").fill("Sofia")
        await page.get_by_label("Password").fill(PASSWORDS["Sofia"])
        await page.get_by_role("button", name="Log in").click()
        await expect(page.locator("#me")).to_have_text("Sofia")
        yield page
        await page.goto("about:blank")


async def test_who_waits_appears_without_a_reload_and_an_operator_answers_and_hands_back(web: Web) -> None:
    async with logged_in(web) as page:
        visitor = await web.visitor()
        await web.say(visitor, "How long can I return the lamp?", "m1")
        await web.say(visitor, "I want a human", "m2")
        entry = page.locator("#list button")
        await expect(entry).to_contain_text("I want a human")
        await expect(entry).to_contain_text("asked for a person")
        assert (await page.title()).startswith("(1)")
        await entry.click()
        await expect(page.locator("#side")).to_contain_text("Returning a lamp")
        await expect(page.locator("#side svg")).to_be_visible()
        await page.get_by_role("button", name="Take").click()
        await expect(page.locator(".pill")).to_have_text("yours")
        await page.locator("#text").fill("I am Sofia, let me help.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".turn.human")).to_contain_text("I am Sofia, let me help.")
        await page.locator("#text").fill("a difficult one")
        await page.get_by_role("button", name="Save as note").click()
        await expect(page.locator(".turn.note")).to_contain_text("a difficult one")
        await page.get_by_role("button", name="Hand back to bot").click()
        await expect(page.locator(".pill")).to_have_text("with the bot")
    history = (await web.client.get("/api/history", headers=auth(visitor))).json()
    said = [turn["text"] for turn in history["turns"]]
    assert "I am Sofia, let me help." in said
    assert "a difficult one" not in said


async def test_a_new_message_leaves_the_half_written_answer_alone(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with logged_in(web) as page:
        await page.locator("#list button").click()
        await expect(page.get_by_role("button", name="Take")).to_be_visible()
        await page.keyboard.press("t")
        box = page.locator("#text")
        await expect(box).to_be_focused()
        await page.keyboard.type("Half an ans")
        await web.say(visitor, "hello? anybody?", "m2")
        await expect(page.locator(".turn.customer").last).to_contain_text("hello? anybody?")
        await page.keyboard.type("wer")
        await expect(box).to_have_value("Half an answer")
        await page.get_by_label("Close as…").select_option("solved")
        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(page.locator(".pill")).to_have_text("closed")


async def test_a_conversation_of_another_operator_is_shown_and_cannot_be_answered(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    await web.store.change_owner(visitor["cid"], "human", expected={"queued"}, operator="Wei")
    async with logged_in(web) as page:
        await page.get_by_role("tab", name="Taken").click()
        await page.locator("#list button").click()
        await expect(page.locator(".pill")).to_have_text("with Wei")
        await expect(page.get_by_role("button", name="Send")).to_have_count(0)
        await expect(page.get_by_role("button", name="Take")).to_have_count(0)


async def test_what_customers_write_is_never_markup_at_the_desk(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "<img src=x onerror=alert(1)> human", "m1")
    async with logged_in(web) as page:
        await page.locator("#list button").click()
        await expect(page.locator(".turn.customer")).to_contain_text("<img src=x onerror=alert(1)>")
        assert await page.locator("img").count() == 0


async def test_on_a_phone_the_list_gives_way_to_the_conversation_and_comes_back(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with logged_in(web, viewport={"width": 390, "height": 844}) as page:
        await page.locator("#list button").click()
        await expect(page.locator("#list")).to_be_hidden()
        await page.get_by_role("button", name="Back to the list").click()
        await expect(page.locator("#list")).to_be_visible()
        other = await web.visitor()
        await web.say(other, "我要转人工", "m1")
        await expect(page.locator("#list button")).to_have_count(2)
        await page.wait_for_timeout(500)  # what would open the conversation again comes after the list
        await expect(page.locator("#list")).to_be_visible()


async def test_logging_out_ends_the_session_and_gives_back_who_was_held(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "我要转人工", "m1")
    await web.desk.take(visitor["cid"], "Sofia")
    async with logged_in(web) as page:
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_label("Password")).to_be_visible()
    (entry,) = await web.desk.queue()
    assert entry.conversation.id == visitor["cid"]


async def test_a_conversation_of_an_operator_who_is_away_can_be_taken(tmp_path: Path) -> None:
    async with application(tmp_path, watched=True) as web:
        visitor = await web.visitor()
        await web.say(visitor, "I want a human", "m1")
        await web.desk.take(visitor["cid"], "Wei")
        async with logged_in(web) as page:
            await page.get_by_role("tab", name="Taken").click()
            await page.locator("#list button").click()
            await expect(page.locator(".pill")).to_have_text("with Wei, away")
            await page.get_by_role("button", name="Take", exact=True).click()
            await expect(page.locator(".pill")).to_have_text("yours")


@pytest.mark.parametrize("answer", ["A long careful answer.", "一段很长、很仔细的回答。"])
async def test_an_answer_that_does_not_arrive_is_in_the_box_again(web: Web, answer: str) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    await web.desk.take(visitor["cid"], "Sofia")
    async with logged_in(web) as page:
        await page.get_by_role("tab", name="Taken").click()
        await page.locator("#list button").click()
        box = page.locator("#text")
        await box.fill(answer)
        await page.route("**/desk/api/act", lambda route: route.abort())
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert")).to_have_text("The server does not answer.")
        await expect(box).to_have_value(answer)
        await page.unroute("**/desk/api/act")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".turn.human")).to_contain_text(answer)
        await expect(box).to_have_value("")


async def test_a_list_that_is_being_chosen_from_stays_and_closes_only_on_its_button(web: Web) -> None:
    visitor, other = await web.visitor(), await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with logged_in(web) as page:
        await page.locator("#list button").click()
        choice = page.get_by_label("Close as…")
        await expect(choice).to_be_visible()
        await page.keyboard.press("c")
        await expect(choice).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await web.say(other, "我要转人工", "m1")
        await expect(page.locator("#list button")).to_have_count(2)
        await expect(choice).to_be_focused()
        await expect(choice).to_have_value("solved")
        assert len(await web.desk.queue()) == 2
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".pill")).to_have_text("closed")


async def test_the_wait_goes_on_between_two_changes(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with served(web.app) as url, desk_page(url) as page:
        await expect(page.locator("#list time")).to_have_text("waits now")
        await page.clock.fast_forward(6 * 60_000)
        await expect(page.locator("#list time")).to_have_text("waits 6 min")


async def test_a_desk_opened_while_redis_is_down_fills_when_it_is_back(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as redis:
        async with application(tmp_path, url=redis.url) as web, served(web.app) as url:
            visitor = await web.visitor()
            await web.say(visitor, "我要转人工", "m1")
            await asyncio.to_thread(redis.stop)
            async with desk_page(url) as page:
                await expect(page.get_by_role("alert")).to_contain_text("No connection", timeout=15_000)
                await asyncio.to_thread(redis.start)
                await expect(page.locator("#list button")).to_contain_text("我要转人工", timeout=30_000)


async def test_a_dead_connection_of_the_desk_is_noticed(web: Web) -> None:
    async with served(web.app) as url:
        line = Line(url)
        async with line as far, desk_page(far) as page:
            visitor = await web.visitor()
            await web.say(visitor, "I want a human", "m1")
            await expect(page.locator("#list button")).to_have_count(1)
            line.fall_silent()
            other = await web.visitor()
            await web.say(other, "我要转人工", "m1")
            await page.clock.fast_forward(16_000)
            await expect(page.locator("#list button")).to_have_count(2)
