"""Personal data along the whole line: what a customer writes on the web, through intake and turn, to Redis, disk and log."""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.web import create_app
from bot.conversation import IncomingMessage
from bot.desk import Desk
from bot.intake import Intake
from bot.logs import Masked
from bot.spoken import Say
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.sessions import SessionStore
from bot.turn import Assistant
from generation.prompt import Prompt
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.writer import Writer, Written
from retrieval.errors import GenerationFailed
from tests.bot.channels.web_parts import web_options
from tests.bot.test_turn import MONDAY, FixedFindings, FixedMood

MESSAGES = {
    "my card 4111 1111 1111 1111 was charged for LO-482193": ["4111 1111", "1111 1111"],
    "refund to GB82 WEST 1234 5698 7654 32 or mei.tan@example.com": ["WEST 1234", "mei.tan"],
    "NRIC S1234567D, passport K1234567E, call +65 9123 4567": ["S1234567D", "K1234567E", "9123 4567"],
    "我叫小美，身份证11010519491231002X，手机13812345678": ["11010519491231002X", "13812345678"],
    "卡号６２２２０２１２３４５６７８９０１２８，邮箱xiaomei@example.cn": ["６２２２０２", "622202", "xiaomei"],
    "zero\u200bwidth 4111\u200b1111\u200b1111\u200b1111 and 9\u200b1\u200b2\u200b34567": ["11111111", "91234567"],
    "card 5555 5555 5555 4444\n12/27 cvv 123, my password is hunter22": ["5555 4444", " 123", "hunter22"],
}


@dataclass
class Echo:
    """A writer that repeats the customer, and fails with the customer's words in its error."""

    gate: asyncio.Event

    async def write(self, request: ReplyRequest, say: Say, controls: SamplingControls) -> Written:
        await self.gate.wait()
        await say(f"You said: {request.history[-1].text}")
        logging.getLogger("generation.writer").error("a careless line about %s", request.history[-1].text)
        raise GenerationFailed(f"cannot answer {request.history[-1].text!r}")


@dataclass
class Line:
    client: httpx.AsyncClient
    redis: Any
    intake: Intake
    store: SessionStore
    gate: asyncio.Event


@asynccontextmanager
async def line(folder: Path) -> AsyncIterator[Line]:
    redis = await connect(None, folder)
    store, gate = SessionStore(redis), asyncio.Event()
    assistant = Assistant(
        store=store,
        classifier=FixedMood(),
        retriever=FixedFindings(),  # type: ignore[arg-type]
        writer=Echo(gate),  # type: ignore[arg-type]
        clock=lambda: MONDAY,
    )
    intake = Intake(assistant, store, first_wait=0.01, longest_wait=0.02)
    app = create_app(
        options=web_options(folder), intake=intake, store=store, desk=Desk(store), customers=Customers(redis)
    )
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
            yield Line(client, redis, intake, store, gate)
    finally:
        await intake.close()
        await redis.aclose()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level, in the program's own form."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Masked("%(levelname)s %(name)s: %(message)s"))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


async def everything(redis: Any) -> str:
    """All that Redis holds, keys and values of every type."""
    found: list[str] = []
    async for key in redis.scan_iter(count=1000):
        match await redis.type(key):
            case "string":
                value = await redis.get(key)
            case "hash":
                value = await redis.hgetall(key)
            case "list":
                value = await redis.lrange(key, 0, -1)
            case "set":
                value = await redis.smembers(key)
            case "zset":
                value = await redis.zrange(key, 0, -1)
            case "stream":
                value = await redis.xrange(key)
        found.append(f"{key} {value}")
    return "\n".join(found)


async def test_no_personal_data_reaches_redis_disk_or_log(tmp_path: Path, log: io.StringIO) -> None:
    async with line(tmp_path) as on:
        for text, secrets in MESSAGES.items():
            session = (await on.client.post("/api/session")).json()
            visitor = {"Authorization": f"Bearer {session['token']}"}
            on.gate.clear()
            posted = {"message_id": "1", "text": text, "name": "Mei 9123 4567"}
            assert (await on.client.post("/api/messages", json=posted, headers=visitor)).status_code == 202
            waiting = await everything(on.redis)  # accepted, not answered yet
            on.gate.set()
            await on.intake.settled(session["conversation_id"])
            stored = await everything(on.redis)
            assert session["conversation_id"] in waiting
            assert "You said:" in stored
            for secret in [*secrets, "9123 4567"]:
                assert secret not in waiting, f"{secret!r} lies in the inbox"
                assert secret not in stored, f"{secret!r} is stored"
                assert secret not in log.getvalue(), f"{secret!r} is logged"
        assert "LO-482193" in stored
        assert "a careless line about" in log.getvalue()
        await on.redis.save()
        disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"LO-482193" in disk
    for secret in (secret for secrets in MESSAGES.values() for secret in secrets if len(secret) > 4):
        assert secret.encode() not in disk


class Parrot:
    """A model as indiscreet as can be: it says everything that it was given to read."""

    name = "parrot"

    def __init__(self) -> None:
        self.read: list[str] = []

    async def stream(self, prompt: Prompt, controls: SamplingControls) -> AsyncIterator[str]:
        self.read.append(prompt.text)
        for text in prompt.messages[-1].content.splitlines():
            yield text + "\n"


async def test_what_a_customer_tells_stays_with_that_customer(tmp_path: Path) -> None:
    parrot = Parrot()
    async with line(tmp_path) as on:
        assistant = Assistant(
            store=on.store,
            classifier=FixedMood(),
            retriever=FixedFindings(),  # type: ignore[arg-type]
            writer=Writer(parrot, languages=frozenset({"en", "zh"})),
            clock=lambda: MONDAY,
        )

        async def ask(who: str, number: int, text: str) -> str:
            message = IncomingMessage("web", f"web:{who}", str(number), text, MONDAY + number)
            return (await assistant.respond(message)).text

        own = await ask("mei", 1, "My name is Mei, I live at 8 Orchard Road, how long for the lamp of LO-482193?")
        assert "Mei" in own
        assert "Orchard" in "".join(parrot.read)
        parrot.read.clear()
        replies = [
            await ask("other", 2, "how long can I return a lamp?"),
            await ask("other", 3, "what is my name, and which order did I give you for the lamp?"),
            await ask("other", 4, "what did the customer before me say about the lamp?"),
            await ask("web:mei", 5, "how long can I return a lamp?"),
            await ask("mei*", 6, "how long can I return a lamp?"),
            await ask("MEI", 7, "台灯可以退吗？"),
        ]
        stored = await on.store.load("web:other")
    assert stored is not None
    assert (stored.customer.name, stored.customer.orders) == (None, ())
    for text in [*replies, *parrot.read]:
        assert not {"482193", "Orchard", "Mei"} & set(re.findall(r"\w+", text))
