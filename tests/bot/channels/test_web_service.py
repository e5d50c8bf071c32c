"""Contacts, ratings, canned replies, the policy and the FAQ review over HTTP, on a real Redis."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.channels.web_desk import DeskPages
from bot.channels.web_security import Tokens
from bot.channels.web_stream import Live, follow
from retrieval.embedding import SentenceTransformerEmbedder
from tests.bot.channels.web_parts import Web, application, auth, login


async def act(web: Web, csrf: dict[str, str], act: str, cid: str, **more: str) -> int:
    response = await web.client.post("/desk/api/act", json={"act": act, "id": cid, **more}, headers=csrf)
    return response.status_code


async def test_a_contact_is_kept_for_the_desk_and_shown_masked_to_everybody_else(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    form = {"email": "mei.lin@example.com", "phone": "+65 9123 4567"}
    kept = await web.client.post("/api/contact", json=form, headers=auth(visitor))
    assert kept.json() == {"contact": "m***@example.com, *** 567", "ticket": "T-1001"}
    history = (await web.client.get("/api/history", headers=auth(visitor))).text
    assert "mei.lin" not in history
    await login(web)
    shown = (await web.client.get("/desk/api/conversation", params={"id": visitor["cid"]})).json()
    assert (shown["ticket"]["name"], shown["ticket"]["email"]) == ("T-1001", "mei.lin@example.com")
    assert shown["place"] == 1
    assert "mei.lin" not in caplog.text
    events = [event async for event in web.store.events()]
    assert "mei.lin" not in json.dumps(events)


@pytest.mark.parametrize("form", [{}, {"email": "nobody"}, {"phone": "12"}, {"email": 5}])
async def test_something_else_than_a_contact_is_one_clear_line(web: Web, form: dict[str, object]) -> None:
    visitor = await web.visitor()
    response = await web.client.post("/api/contact", json=form, headers=auth(visitor))
    assert response.status_code == 400
    assert "no e-mail address or telephone number" in response.json()["error"]
    assert (await web.client.post("/api/contact", json=form)).status_code == 401


async def test_a_closed_conversation_is_rated_once_and_the_desk_sees_it(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    csrf = await login(web)
    early = await web.client.post("/api/rating", json={"score": 5}, headers=auth(visitor))
    assert early.json() == {"kept": False}
    assert await act(web, csrf, "take", visitor["cid"]) == 200
    assert await act(web, csrf, "close", visitor["cid"], text="solved") == 200
    turns = (await web.client.get("/api/history", headers=auth(visitor))).json()["turns"]
    assert turns[-1]["ask_rating"] is True
    for score in (0, 6, "5", True, None):
        bad = await web.client.post("/api/rating", json={"score": score}, headers=auth(visitor))
        assert bad.status_code == 400
    first = await web.client.post("/api/rating", json={"score": 4}, headers=auth(visitor))
    again = await web.client.post("/api/rating", json={"score": 1}, headers=auth(visitor))
    assert (first.json(), again.json()) == ({"kept": True}, {"kept": False})
    shown = (await web.client.get("/desk/api/conversation", params={"id": visitor["cid"]})).json()
    assert shown["rating"] == 4
    policy = (await web.client.get("/desk/api/policy")).json()
    assert policy["rating"] == {"count": 1, "mean": 4.0}


async def test_an_open_promise_cannot_be_closed_as_solved(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    csrf = await login(web)
    await act(web, csrf, "take", visitor["cid"])
    await act(web, csrf, "reply", visitor["cid"], text="I will call you back tomorrow.")
    assert await act(web, csrf, "close", visitor["cid"], text="solved") == 400
    assert await act(web, csrf, "close", visitor["cid"], text="promised, still to do") == 200


async def test_the_policy_is_told_in_words_and_an_open_desk_counts_as_somebody_there(tmp_path: Path) -> None:
    async with application(tmp_path, watched=True) as web:
        await login(web)
        policy = (await web.client.get("/desk/api/policy")).json()
        assert policy["policy"][0].startswith("A person takes over when the risk of losing the customer is over 20 %")
        assert policy["staff"]["present"] == 0
        await web.desk.seen("Sofia")
        assert (await web.client.get("/desk/api/policy")).json()["staff"]["present"] == 1
        csrf = await login(web)
        await web.client.post("/desk/logout", headers=csrf)
        assert (await web.desk.staffing()).present == 0


async def test_canned_replies_come_filled_for_the_conversation(web: Web, tmp_path: Path) -> None:
    (tmp_path / "canned").mkdir()
    (tmp_path / "canned" / "hello.txt").write_text("Hello {name}, this is {operator}.")
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    await login(web)
    replies = (await web.client.get("/desk/api/canned", params={"id": visitor["cid"]})).json()
    assert replies == [{"shortcut": "hello", "language": "en", "text": "Hello [name], this is Sofia."}]


async def test_a_tag_is_set_at_the_desk(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    csrf = await login(web)
    assert await act(web, csrf, "tag", visitor["cid"], text="VIP, trade") == 200
    queued = (await web.client.get("/desk/api/conversations")).json()["queued"]
    assert queued[0]["tags"] == ["vip", "trade"]


async def test_the_review_needs_a_login_and_its_token_and_writes_what_was_accepted(
    tmp_path: Path, models: Path
) -> None:
    embedder = SentenceTransformerEmbedder(models / "all-MiniLM-L6-v2")
    async with application(tmp_path, embedder=embedder) as web:
        assert (await web.client.get("/desk/api/faq")).status_code == 401
        visitor = await web.visitor()
        await web.say(visitor, "unknown: do you gift wrap?", "m1")
        await web.say(visitor, "I want a human", "m2")
        csrf = await login(web)
        await act(web, csrf, "take", visitor["cid"])
        await act(web, csrf, "reply", visitor["cid"], text="Yes, gift wrapping costs S$3.00 an item.")
        await act(web, csrf, "close", visitor["cid"], text="solved")
        (proposal,) = (await web.client.get("/desk/api/faq")).json()
        assert proposal["answer"] == "Yes, gift wrapping costs S$3.00 an item."
        edited = {"act": "accept", "id": proposal["id"], "question": "Do you gift wrap?", "answer": proposal["answer"]}
        assert (await web.client.post("/desk/api/faq/act", json=edited)).status_code == 403
        done = (await web.client.post("/desk/api/faq/act", json=edited, headers=csrf)).json()
        assert done == {"done": "accept", "file": "learned.md", "passages": 1}
        assert "## Do you gift wrap?\nYes, gift" in (tmp_path / "kb" / "faq" / "learned.md").read_text("utf-8")
        assert (await web.client.get("/desk/api/faq")).json() == []
        wrong = await web.client.post("/desk/api/faq/act", json={"act": "reject", "id": "x"}, headers=csrf)
        assert wrong.status_code == 400


async def test_the_place_in_the_queue_is_told_as_it_changes(web: Web) -> None:
    first, second = await web.visitor(), await web.visitor()
    await web.say(first, "I want a human")
    await web.say(second, "I want a human")
    items = follow(web.store, Live(), second["cid"], "$", web.desk.place_lately)
    places: list[int] = []
    async for event, _, data in items:
        if event != "status":
            continue
        places.append(data["place"])
        if len(places) == 1:
            await web.desk.take(first["cid"], "Sofia")
        elif data["place"] != places[0]:
            break
    await items.aclose()
    assert places == [2, 1]


async def test_a_desk_that_is_open_counts_as_somebody_there(tmp_path: Path) -> None:
    async with application(tmp_path, watched=True) as web:
        pages = DeskPages(tmp_path / "operators.yaml", web.desk, web.store, Tokens("s"))
        changes = pages._changes("Sofia")
        assert (await anext(changes))[0] == "ready"
        waiting = asyncio.ensure_future(anext(changes))
        while not (await web.desk.staffing()).available:
            await asyncio.sleep(0.02)
        await waiting
        await changes.aclose()  # type: ignore[attr-defined]
