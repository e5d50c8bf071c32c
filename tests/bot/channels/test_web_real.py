"""The whole line with real models: a question in the widget, an answer from the shop's file, a human, and back."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from bot import app
from bot.channels.web import create_app
from bot.settings import Settings
from tests.bot.channels.web_parts import chromium, served, web_options

_KNOWLEDGE = """---
language: en
topic: returns
---
# Returns

## How long do I have to return a lamp?
You can return a lamp within 45 days of delivery, in its original box.

## How much does shipping cost?
Standard shipping costs S$6.90, and orders over S$80 ship free.
"""


async def test_a_customer_gets_a_right_answer_and_then_a_person(tmp_path: Path, models: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "returns.md").write_text(_KNOWLEDGE, encoding="utf-8")
    settings = Settings(knowledge=tmp_path / "knowledge", models=models, data=tmp_path / "data", redis_url=None)
    async with app.running(settings) as running, chromium() as browser:
        web = create_app(
            options=web_options(tmp_path),
            intake=running.intake,
            store=running.store,
            desk=running.desk,
            customers=running.customers,
        )
        page = await browser.new_page()
        async with served(web) as url:
            await page.goto(url)
            await page.evaluate("frontdesk.open({question: 'How long do I have to return the lamp?', send: true})")
            answer = page.locator(".turn.bot:not([aria-hidden])").last
            await expect(answer).to_contain_text("45 days", timeout=90_000)
            await expect(answer).to_contain_text("Sources", timeout=90_000)
            await page.locator("frontdesk-chat textarea").fill("I want to talk to a human")
            await page.keyboard.press("Enter")
            await expect(page.locator("frontdesk-chat header")).to_contain_text("Waiting", timeout=90_000)
            (entry,) = await running.desk.queue()
            await running.desk.take(entry.conversation.id, "Sofia")
            await running.desk.reply(entry.conversation.id, "Sofia", "Sofia here: 45 days it is.")
            await expect(page.locator(".turn.human")).to_contain_text("Sofia here: 45 days it is.")
            await running.desk.hand_back(entry.conversation.id, "Sofia")
            await expect(page.locator("frontdesk-chat header")).to_contain_text("Virtual assistant")
            await page.goto("about:blank")
