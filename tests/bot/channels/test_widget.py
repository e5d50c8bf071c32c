"""The chat widget in a real Chromium, against the application on a real Redis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.bot.channels.web_parts import Line, Web, application, chromium, served


@asynccontextmanager
async def opened(web: Web, locale: str = "en-US", **more: Any) -> AsyncIterator[Page]:
    """The demo page with the widget open; a script error fails the test."""
    errors: list[str] = []
    async with served(web.app) as url, chromium() as browser:
        page = await (await browser.new_context(locale=locale, **more)).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await page.goto(url)
        await page.locator("frontdesk-chat .launcher").click()
        yield page
        await page.goto("about:blank")
    assert errors == []


async def ask(page: Page, text: str) -> None:
    await page.locator("frontdesk-chat textarea").fill(text)
    await page.keyboard.press("Enter")


async def test_a_question_is_answered_with_its_sources_and_restored_after_a_reload(web: Web) -> None:
    async with opened(web) as page:
        await expect(page.get_by_text("an AI")).to_be_visible()
        await ask(page, "How long can I return the lamp?")
        answer = page.locator(".turn.bot .bubble", has_text="Lamps: 45 days. Anything else?")
        await expect(answer).to_have_count(1)
        await page.get_by_text("Sources (1)").click()
        await expect(page.get_by_text("Returning a lamp")).to_be_visible()
        await page.get_by_role("button", name="Helpful", exact=True).click()
        await page.reload()
        await expect(answer).to_have_count(1)
        await expect(page.locator(".turn.customer")).to_have_count(1)
        await page.get_by_role("button", name="New conversation").click()
        await expect(answer).to_have_count(0)


async def test_markup_is_shown_and_never_run(web: Web) -> None:
    async with opened(web) as page:
        await ask(page, "markup")
        await expect(page.locator(".bubble strong")).to_have_text("Bold")
        await expect(page.locator(".bubble li")).to_have_text(["one", "two"])
        links = page.locator(".bubble a")
        await expect(links).to_have_count(1)
        await expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
        assert await page.locator("frontdesk-chat .bubble img").count() == 0


async def test_a_chinese_visitor_gets_chinese_words_and_an_operator_appears_by_name(web: Web) -> None:
    async with opened(web, "zh-CN") as page:
        await ask(page, "台灯几天内可以退？")
        await expect(page.locator(".turn.bot", has_text="45 天")).to_be_visible()
        await page.get_by_role("button", name="转人工").first.click()
        await expect(page.locator("frontdesk-chat header")).to_contain_text("正在等待人工客服")
        conversation = (await web.store.conversations({"queued"}))[0].id
        await web.store.change_owner(conversation, "human", expected={"queued"}, operator="Sofia")
        await expect(page.locator("frontdesk-chat header")).to_contain_text("Sofia 正在为您服务")


async def test_suggestions_are_buttons(web: Web) -> None:
    async with opened(web) as page:
        await ask(page, "unknown thing")
        await page.get_by_role("button", name="Which lamps can be dimmed?").click()
        await expect(page.locator(".turn.customer").last).to_have_text("YouWhich lamps can be dimmed?")
        await expect(page.locator(".turn.bot").last).to_contain_text("Lamps: 45 days.")


async def test_the_keyboard_and_the_page_can_open_and_close_it(web: Web) -> None:
    async with opened(web) as page:
        assert await page.get_by_role("dialog").is_visible()
        await page.locator("frontdesk-chat textarea").press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        focused = "document.querySelector('frontdesk-chat').shadowRoot.activeElement.className"
        assert "launcher" in await page.evaluate(focused)
        await page.evaluate("frontdesk.open({question: 'How long?', send: true})")
        await expect(page.locator(".turn.bot").last).to_contain_text("Lamps: 45 days.")


async def test_enter_while_an_input_method_composes_sends_nothing(web: Web) -> None:
    async with opened(web) as page:
        box = page.locator("frontdesk-chat textarea")
        await box.fill("tai")
        await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
        await expect(box).to_have_value("tai")
        await expect(page.locator(".turn.customer")).to_have_count(0)


async def test_it_works_where_the_page_may_store_nothing(web: Web) -> None:
    async with served(web.app) as url, chromium() as browser:
        page = await browser.new_page()
        blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked'); }})"
        await page.add_init_script(blocked)
        await page.goto(url)
        await page.locator("frontdesk-chat .launcher").click()
        await ask(page, "How long?")
        await expect(page.locator(".turn.bot").last).to_contain_text("Lamps: 45 days.")
        await page.goto("about:blank")


async def test_on_a_phone_it_fills_the_screen_and_covers_nothing_of_its_own(web: Web) -> None:
    async with opened(web, viewport={"width": 390, "height": 844}) as page:
        assert await page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        await expect(page.locator("frontdesk-chat .launcher")).to_be_hidden()


async def test_a_message_sent_while_the_server_is_gone_is_sent_when_it_returns(tmp_path: Path) -> None:
    async with application(tmp_path) as web, chromium() as browser:
        page = await browser.new_page()
        async with served(web.app) as url:
            await page.goto(url)
            await page.locator("frontdesk-chat .launcher").click()
            await ask(page, "How long?")
            await expect(page.locator(".turn.bot").last).to_contain_text("Lamps: 45 days.")
        await ask(page, "Are you there?")
        await expect(page.locator("frontdesk-chat .status")).to_contain_text("will be sent")
        async with served(web.app, int(url.rpartition(":")[2])):
            await expect(page.locator(".turn.bot")).to_have_count(3, timeout=30_000)
            await expect(page.locator(".turn.customer")).to_have_count(2)
            await page.goto("about:blank")
    assert web.assistant.heard == ["How long?", "Are you there?"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_background(web: Web, scheme: Any) -> None:
    async with opened(web, color_scheme=scheme) as page:
        await ask(page, "How long?")
        await expect(page.locator(".turn.bot").last).to_contain_text("Lamps: 45 days.")
        ratios = await page.evaluate(_CONTRASTS)
        assert len(ratios) > 4
        assert min(ratio for _, ratio in ratios) >= 4.5, ratios


# WCAG 2.2, contrast ratio, of every element of the widget that holds words of its own.
_CONTRASTS = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const read = css => css.match(/[\\d.]+/g).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const css = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(css) && css.startsWith("rgb")) return read(css);
    }
    return [255, 255, 255];
  };
  const root = document.querySelector("frontdesk-chat").shadowRoot;
  return [...root.querySelectorAll(".panel *")]
    .filter(n => n.checkVisibility() && !n.closest(".quiet"))
    .filter(n => [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim()))
    .map(n => {
      const [a, b] = [light(read(getComputedStyle(n).color)), light(behind(n))].sort((x, y) => y - x);
      return [n.textContent.slice(0, 30), (a + 0.05) / (b + 0.05)];
    });
}"""


async def test_who_waits_sees_the_place_leaves_a_contact_and_rates_the_closed_conversation_once(web: Web) -> None:
    other = await web.visitor()
    await web.say(other, "I want a human")
    async with opened(web) as page:
        await ask(page, "I want a human")
        header = page.locator("frontdesk-chat header")
        await expect(header).to_contain_text("number 2 in the queue")
        await page.get_by_text("Can't wait? Leave a contact").click()
        await page.get_by_label("E-mail").fill("mei.lin@example.com")
        await page.get_by_role("button", name="Leave it").click()
        await expect(page.get_by_text("Noted for our colleague: m***@example.com")).to_be_visible()
        await web.desk.take(other["cid"], "Wei")
        await expect(header).to_contain_text("number 1 in the queue", timeout=15_000)
        (mine,) = await web.desk.queue()
        await web.desk.take(mine.conversation.id, "Sofia")
        await expect(page.get_by_text("Can't wait?")).to_be_hidden()
        await web.desk.close(mine.conversation.id, "Sofia", "solved")
        await page.get_by_role("button", name="4 of 5").click()
        thanks = page.get_by_text("You gave 4 of 5.").first
        await expect(thanks).to_be_visible()
        await page.reload()
        await expect(thanks).to_be_visible()
        await expect(page.get_by_role("button", name="4 of 5")).to_have_count(0)
        rated = await web.store.load(mine.conversation.id)
        assert rated is not None
        assert rated.rating == 4


_KEPT = "localStorage.getItem(Object.keys(localStorage).find(key => key.endsWith(':{key}')))"


@pytest.mark.parametrize(
    ("locale", "words", "button"),
    [("en-US", "this is ridiculous", "Talk to a person"), ("zh-CN", "太离谱了", "转人工")],
)
async def test_words_joined_with_the_button_for_a_person_are_shown_once_and_kept_no_longer(
    web: Web, locale: str, words: str, button: str
) -> None:
    web.intake._first_wait, web.intake._longest_wait = 0.8, 2.0
    async with opened(web, locale) as page:
        await ask(page, words)
        await page.get_by_role("button", name=button).first.click()
        await expect(page.locator(".turn.system")).to_have_count(1)
        mine = page.locator(".turn.customer", has_text=words)
        await expect(mine).to_have_count(1)
        assert await page.evaluate(_KEPT.format(key="queue")) == "[]"
        await page.reload()
        await expect(mine).to_have_count(1)
    assert len(web.assistant.heard) == 1


async def test_what_was_read_is_not_new_after_a_reload_and_what_came_since_is(web: Web) -> None:
    async with opened(web, viewport={"width": 390, "height": 844}) as page:
        for number, question in enumerate(("台灯几天内可以退？", "How long?"), 1):
            await ask(page, question)
            await expect(page.locator(".turn.bot")).to_have_count(1 + number)
        for unread in ("", "1"):
            await page.reload()
            await expect(page.locator(".turn.bot")).to_have_count(3)
            if not unread:
                await expect(page.locator("frontdesk-chat .badge")).to_be_hidden()
                (conversation,) = await web.store.conversations({"bot"})
                await web.desk.take(conversation.id, "Sofia")
            await expect(page.locator("frontdesk-chat .badge")).to_have_text("1")
        assert (await page.title()).startswith("(1) ")


async def test_a_dead_connection_is_noticed_and_what_was_missed_is_shown(web: Web) -> None:
    async with served(web.app) as url, chromium() as browser:
        line = Line(url)
        async with line as far:
            page = await browser.new_page()
            await page.clock.install()
            await page.goto(far)
            await page.locator("frontdesk-chat .launcher").click()
            await ask(page, "How long?")
            await expect(page.locator(".turn.bot")).to_have_count(2)
            line.fall_silent()
            (conversation,) = await web.store.conversations({"bot"})
            await web.desk.take(conversation.id, "Sofia")
            await web.desk.reply(conversation.id, "Sofia", "您好，我是 Sofia。")
            await page.clock.fast_forward(41_000)
            await expect(page.locator(".turn.human")).to_contain_text("您好，我是 Sofia。")
            await page.goto("about:blank")


async def test_two_tabs_of_a_new_visitor_are_one_conversation(web: Web) -> None:
    async with opened(web) as one:
        two = await one.context.new_page()
        await two.goto(one.url)
        await expect(two.get_by_role("dialog")).to_be_visible()  # open in one tab, open in the next
        await asyncio.gather(ask(one, "How long?"), ask(two, "台灯几天内可以退？"))
        for page in (one, two):
            await expect(page.locator(".turn.customer", has_text="How long?")).to_have_count(1)
            await expect(page.locator(".turn.customer", has_text="台灯")).to_have_count(1)
        (conversation,) = await web.store.conversations({"bot"})
        await web.desk.take(conversation.id, "Sofia")
        await expect(one.locator("frontdesk-chat header")).to_contain_text("Sofia is answering you")
        await expect(two.locator("frontdesk-chat header")).to_contain_text("Sofia is answering you")
        await two.get_by_role("button", name="New conversation").click()
        await expect(one.locator(".turn.customer")).to_have_count(0)


async def test_tabs_in_the_background_leave_the_browser_its_connections(web: Web) -> None:
    hidden = "Object.defineProperty(document, 'hidden', {get: () => window.name === 'behind'})"
    async with opened(web) as page:
        await ask(page, "How long?")
        await expect(page.locator(".turn.bot")).to_have_count(2)
        for _ in range(6):
            behind = await page.context.new_page()
            await behind.add_init_script(f"window.name = 'behind'; {hidden}")
            await behind.goto(page.url)
        await ask(page, "unknown thing")
        await expect(page.locator(".turn.bot")).to_have_count(3)


async def test_a_tab_keeps_what_another_has_not_sent_yet(tmp_path: Path) -> None:
    async with application(tmp_path) as web, chromium() as browser:
        context = await browser.new_context()
        pages = [await context.new_page() for _ in range(2)]
        async with served(web.app) as url:
            for page in pages:
                await page.goto(url)
            for page in pages:
                await page.locator("frontdesk-chat .launcher").click()
        for page, words in zip(pages, ("How long?", "台灯几天内可以退？"), strict=True):
            await ask(page, words)
        kept = await pages[0].evaluate(_KEPT.format(key="queue"))
        assert [message["text"] for message in json.loads(kept)] == ["How long?", "台灯几天内可以退？"]
