"""The visitors' API and the desk over HTTP, on a real Redis."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from bot.channels.web import create_app
from bot.channels.web_security import add_operator, ensure_first_operator, password_fits
from bot.conversation import IncomingMessage, Reply
from bot.desk import Desk
from bot.storage.connection import connect
from bot.storage.sessions import SessionStore
from retrieval.errors import InputError
from tests.bot.channels.web_parts import RedisServer, Web, application, auth, login, web_options


async def test_a_message_is_accepted_and_answered(web: Web) -> None:
    visitor = await web.visitor()
    assert (await web.say(visitor, "how long?")).status_code == 202
    history = (await web.client.get("/api/history", headers=auth(visitor))).json()
    assert [(turn["author"], turn["text"]) for turn in history["turns"]] == [
        ("customer", "how long?"),
        ("bot", "Lamps: 45 days. Anything else?"),
    ]


async def test_the_same_message_id_is_answered_once(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "how long?")
    again = await web.say(visitor, "how long?")
    assert again.json() == {"accepted": False}
    assert web.assistant.heard == ["how long?"]


async def test_a_burst_is_one_question(web: Web) -> None:
    visitor = await web.visitor()
    posts = [
        web.client.post("/api/messages", json={"message_id": str(n), "text": text}, headers=auth(visitor))
        for n, text in enumerate(["hi", "how long", "for the lamp?"])
    ]
    await asyncio.gather(*posts)
    await web.intake.settled(visitor["cid"])
    assert len(web.assistant.heard) == 1
    assert sorted(web.assistant.heard[0].split("\n")) == ["for the lamp?", "hi", "how long"]
    asked = (await web.client.get("/api/history", headers=auth(visitor))).json()["turns"][0]
    assert sorted([*asked["absorbed"], asked["message_id"]]) == ["0", "1", "2"]


async def test_a_stranger_sees_nothing(web: Web) -> None:
    await web.say(await web.visitor(), "my secret")
    assert (await web.client.get("/api/history")).status_code == 401
    forged = {"Authorization": "Bearer InZpc2l0b3Ii.forged"}
    assert (await web.client.get("/api/history", headers=forged)).status_code == 401
    other = await web.visitor()
    assert (await web.client.get("/api/history", headers=auth(other))).json()["turns"] == []


async def test_only_known_pages_may_use_the_chat(web: Web) -> None:
    assert (await web.client.post("/api/session", headers={"Origin": "https://evil.example"})).status_code == 403
    fine = await web.client.post("/api/session", headers={"Origin": "https://shop.example"})
    assert fine.headers["access-control-allow-origin"] == "https://shop.example"


@pytest.mark.parametrize("raw", [b"", b"[1]", b"not json", b'{"text": 5}', b"\xff\xfe"])
async def test_malformed_messages_are_one_clear_line(web: Web, raw: bytes) -> None:
    visitor = await web.visitor()
    response = await web.client.post("/api/messages", content=raw, headers=auth(visitor))
    assert response.status_code == 400
    assert response.json()["error"]


async def test_too_many_messages_are_refused_politely(web: Web) -> None:
    visitor = await web.visitor()
    codes = [
        (
            await web.client.post("/api/messages", json={"message_id": str(n), "text": "x"}, headers=auth(visitor))
        ).status_code
        for n in range(32)
    ]
    assert codes[0] == 202
    assert codes[-1] == 429


async def test_forget_erases_the_conversation(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "forget me")
    assert (await web.client.post("/api/forget", headers=auth(visitor))).json()["erased"] > 0
    assert (await web.client.get("/api/history", headers=auth(visitor))).json()["turns"] == []


async def test_an_operator_takes_answers_and_hands_back(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "I want a human")
    csrf = await login(web)
    waiting = (await web.client.get("/desk/api/conversations")).json()["queued"]
    assert [entry["id"] for entry in waiting] == [visitor["cid"]]
    assert waiting[0]["reasons"] == ["asked for a person"]
    for act in ({"act": "take"}, {"act": "reply", "text": "I am Sofia."}):
        response = await web.client.post("/desk/api/act", json={"id": visitor["cid"], **act}, headers=csrf)
        assert response.status_code == 200, response.text
    await web.say(visitor, "thank you Sofia", "m2")
    await web.client.post("/desk/api/act", json={"id": visitor["cid"], "act": "note", "text": "secret"}, headers=csrf)
    await web.client.post("/desk/api/act", json={"id": visitor["cid"], "act": "hand_back"}, headers=csrf)
    history = (await web.client.get("/api/history", headers=auth(visitor))).json()
    said = [(turn["author"], turn["text"]) for turn in history["turns"]]
    assert ("human", "I am Sofia.") in said
    assert ("bot", "Lamps: 45 days. Anything else?") not in said
    assert "secret" not in json.dumps(said)
    assert history["owner"] == "bot"


async def test_the_second_operator_gets_a_conflict(web: Web) -> None:
    visitor = await web.visitor()
    await web.say(visitor, "human please")
    csrf = await login(web)
    await web.client.post("/desk/api/act", json={"id": visitor["cid"], "act": "take"}, headers=csrf)
    csrf = await login(web, "Wei")
    response = await web.client.post("/desk/api/act", json={"id": visitor["cid"], "act": "take"}, headers=csrf)
    assert response.status_code == 409
    assert "Sofia has it" in response.json()["error"]


async def test_the_desk_needs_a_login_and_a_csrf_token(web: Web) -> None:
    assert (await web.client.get("/desk/api/conversations")).status_code == 401
    assert (await web.client.post("/desk/login", json={"name": "Sofia", "password": "wrong"})).status_code == 401
    await login(web)
    response = await web.client.post("/desk/api/act", json={"id": "web:x", "act": "take"})
    assert response.status_code == 403


async def test_the_stream_brings_pieces_and_turns(tmp_path: Path) -> None:
    from bot.channels.web_stream import Live, follow

    redis = await connect(None, tmp_path)
    store, live = SessionStore(redis), Live()
    items = follow(store, live, "web:a", "0", Desk(store).place)
    first = asyncio.ensure_future(anext(items))
    await asyncio.sleep(0.1)
    await live.say_for("web:a")("Lamps: ")
    message = IncomingMessage("web", "web:a", "1", "hi", 1.0)
    got = [await first]
    async with store.open(message) as conversation:
        await store.commit(conversation, message, Reply("Lamps: 45 days."), [])
    while len([event for event, _, _ in got if event == "turn"]) < 2:
        got.append(await asyncio.wait_for(anext(items), 10))
    await items.aclose()
    assert ("sentence", None, {"text": "Lamps: "}) in got
    ids = [event_id for event, event_id, _ in got if event == "turn"]
    again = follow(store, live, "web:a", ids[0] or "", Desk(store).place)
    event, event_id, data = await asyncio.wait_for(anext(again), 10)
    await again.aclose()
    assert (event, event_id, data["text"]) == ("turn", ids[1], "Lamps: 45 days.")
    await redis.aclose()


def test_the_first_operator_gets_a_password_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "operators.yaml"
    made = ensure_first_operator(path)
    assert made is not None
    name, password = made
    assert password_fits(path, name, password)
    assert not password_fits(path, name, password + "x")
    assert not password_fits(path, "nobody", password)
    assert password not in path.read_text(encoding="utf-8")
    assert ensure_first_operator(path) is None
    with pytest.raises(InputError, match="8 characters"):
        add_operator(path, "Wei", "short")


async def test_a_health_check_names_what_is_wrong(web: Web) -> None:
    assert (await web.client.get("/healthz")).json() == {"redis": True}
    for path in ("/", "/widget/v1.js", "/dashboard/desk.css", "/desk"):
        response = await web.client.get(path)
        assert response.status_code == 200
        assert "script-src 'self'" in response.headers["content-security-policy"]


async def test_redis_gone_is_an_apology_and_nothing_is_lost(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as redis:
        async with application(tmp_path, url=redis.url) as web:
            visitor = await web.visitor()
            redis.stop()
            response = await web.say(visitor, "how long?")
            assert response.status_code == 503
            assert "technical problem" in response.json()["say"]
            assert (await web.client.get("/healthz")).status_code == 503
            redis.start()
            assert (await web.say(visitor, "how long?")).status_code == 202
            assert web.assistant.heard == ["how long?"]


async def test_a_very_long_message_is_accepted(web: Web) -> None:
    visitor = await web.visitor()
    assert (await web.say(visitor, "长" * 100_000)).status_code == 202
    response = await web.client.post("/api/messages", content=b"x" * 700_000, headers=auth(visitor))
    assert response.status_code == 400
    assert "larger" in response.json()["error"]


async def test_the_webhook_hands_updates_over_with_their_secret(tmp_path: Path) -> None:
    async with application(tmp_path) as web:
        taken: list[object] = []

        async def feed(secret: str | None, update: dict[str, object]) -> bool:
            taken.append((secret, update))
            return secret == "right"

        app = create_app(
            options=web_options(tmp_path),
            intake=web.intake,
            store=web.store,
            desk=Desk(web.store),
            customers=web.customers,
            telegram=feed,
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.test") as client:
            for secret, status in (("right", 200), ("wrong", 403)):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                response = await client.post("/telegram/webhook", json={"update_id": 1}, headers=headers)
                assert response.status_code == status
        assert taken == [("right", {"update_id": 1}), ("wrong", {"update_id": 1})]
