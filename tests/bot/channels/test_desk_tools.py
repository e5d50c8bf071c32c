"""The desk's canned replies, FAQ review, contact and rating in a real Chromium."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from retrieval.embedding import SentenceTransformerEmbedder
from tests.bot.channels.test_desk_page import logged_in
from tests.bot.channels.web_parts import Web, application, auth


async def test_a_canned_reply_is_put_in_by_keyboard_and_what_is_missing_is_selected(web: Web, tmp_path: Path) -> None:
    (tmp_path / "canned").mkdir()
    (tmp_path / "canned" / "photo.txt").write_text("Please send a photo for {order}, says {operator}.")
    (tmp_path / "canned" / "bye.txt").write_text("Goodbye.")
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with logged_in(web) as page:
        await expect(page.locator("#list button")).to_have_count(1)
        await page.keyboard.press("j")
        await expect(page.locator(".turn.customer")).to_be_visible()
        await page.keyboard.press("t")
        box = page.locator("#text")
        await expect(box).to_be_focused()
        await page.keyboard.type("Hi. /")
        await expect(page.locator(".canned li")).to_have_count(2)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(box).to_have_value("Hi. Please send a photo for [order], says Sofia.")
        await page.keyboard.type("LO-482193")
        await expect(box).to_have_value("Hi. Please send a photo for LO-482193, says Sofia.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".turn.human")).to_contain_text("LO-482193")


async def test_the_desk_shows_contact_rating_policy_and_who_is_valued(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human", "m1")
    async with logged_in(web) as page:
        await page.locator("#list button").click()
        form = {"email": "mei.lin@example.com"}
        await web.client.post("/api/contact", json=form, headers=auth(visitor))
        await expect(page.locator("#side")).to_contain_text("e-mail: mei.lin@example.com")
        await page.get_by_label("Tags, with commas").fill("vip")
        await page.keyboard.press("Enter")
        await expect(page.locator("#list button")).to_contain_text("vip")
        await page.get_by_text("Policy", exact=True).click()
        await expect(page.locator("#policy")).to_contain_text("a needless hand-over costs 4")
        await page.locator("h1").click()
        await page.get_by_label("Close as…").select_option("solved")
        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(page.locator(".pill")).to_have_text("closed")
        await web.client.post("/api/rating", json={"score": 4}, headers=auth(visitor))
        await expect(page.get_by_label("4 of 5")).to_be_visible()
        await expect(page.locator("#policy")).to_contain_text("4 of 5 on average (1)")


async def test_a_proposed_entry_is_edited_and_accepted_at_the_desk(tmp_path: Path, models: Path) -> None:
    embedder = SentenceTransformerEmbedder(models / "all-MiniLM-L6-v2")
    embedder.load()
    async with application(tmp_path, embedder=embedder) as web:
        visitor = await web.visitor()
        await web.say(visitor, "unknown: do you gift wrap?", "m1")
        await web.say(visitor, "I want a human", "m2")
        await web.desk.take(visitor["cid"], "Wei")
        async with logged_in(web) as page:
            await web.desk.reply(visitor["cid"], "Wei", "Yes, gift wrapping costs S$3.00 an item.")
            await web.desk.hand_back(visitor["cid"], "Wei")
            tab = page.get_by_role("tab", name="FAQ")
            await expect(tab).to_contain_text("1", timeout=15_000)
            await tab.click()
            await page.locator("#list button").click()
            await expect(page.get_by_label("Answer, as an operator gave it")).to_have_value(
                "Yes, gift wrapping costs S$3.00 an item."
            )
            await page.get_by_label("Question, in the customer's words").fill("Do you gift wrap?")
            await page.get_by_role("button", name="Accept").click()
            await expect(page.get_by_role("alert")).to_contain_text("In learned.md")
            await expect(page.locator("#list button")).to_have_count(0)
        written = (tmp_path / "kb" / "faq" / "learned.md").read_text(encoding="utf-8")
        assert "## Do you gift wrap?\nYes, gift wrapping costs S$3.00 an item.\n" in written
