"""A Telegram channel as it is served, on a real Redis, with an assistant whose answers are known beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.channels.base import ShopText
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_staff import StaffGroup
from bot.conversation import Decision, IncomingMessage, Mood, Reply, Source
from bot.desk import Desk
from bot.intake import Intake
from bot.spoken import Say, silence
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.outbox import Outbox
from bot.storage.sessions import SessionStore
from bot.storage.tickets import Tickets
from bot.storage.topics import Topics
from tests.telegram_forum import STAFF, ForumGroup
from tests.telegram_server import TOKEN, TelegramServer

SHOP = ShopText(
    name="Lumen & Oak",
    name_zh="光橡家居",
    suggestions_en=("How long can I return a lamp?", "Where is my order?"),
    suggestions_zh=("台灯可以退货吗？", "我的订单到哪里了？"),
    hours_en="Monday to Saturday",
    hours_zh="周一至周六",
    privacy_en="We keep it for 30 days.",
    privacy_zh="我们保留 30 天。",
)
SOURCE = Source("p1", "Return & refund", "policies/returns.md", 12, 0.9)


@dataclass
class Scripted:
    """Answers "answer to <text>", says it in two pieces and commits it like the real assistant."""

    store: SessionStore
    heard: list[IncomingMessage] = field(default_factory=list)
    answers: dict[str, Reply] = field(default_factory=dict)
    pause: float = 0.0

    async def respond(self, message: IncomingMessage, say: Say = silence) -> Reply:
        async with self.store.open(message) as conversation:
            if (earlier := await self.store.seen(message)) is not None:
                return earlier
            self.heard.append(message)
            reply = self.answers.get(message.text) or Reply(f"answer to {message.text}", sources=(SOURCE,))
            if "human" in message.text or "人工" in message.text:
                reply = Reply("You are number 1.", decision=Decision("hand_over", ("asked",)), owner="queued")
            if conversation.owner in ("human", "queued"):
                reply = Reply("", silent=True, owner=conversation.owner)
            for piece in (reply.text[:6], reply.text[6:]):
                await say(piece)
                await asyncio.sleep(self.pause)
            reply = replace(reply, mood=Mood())
            customer = replace(conversation.customer, name=message.name)
            await self.store.commit(conversation, message, reply, [], customer=customer)
            return reply

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.heard]


@dataclass
class Parts:
    server: TelegramServer
    channel: TelegramChannel
    store: SessionStore
    customers: Customers
    desk: Desk
    assistant: Scripted
    intake: Intake
    redis: Redis
    topics: Topics
    tickets: Tickets


class Cable:
    """The way to the real Redis, which can be cut and mended."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._port = 0

    async def mend(self) -> str:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return f"redis://127.0.0.1:{self._port}/0"

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.close()
        await asyncio.sleep(0.05)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(str(self._socket))
        self._open |= {writer, forth}
        await asyncio.gather(self._carry(reader, forth), self._carry(back, writer))
        self._open -= {writer, forth}

    @staticmethod
    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serving(
    tmp_path: Path,
    *,
    redis_url: str | None = None,
    server: TelegramServer | None = None,
    staff: ForumGroup | None = None,
    reserved: tuple[str, ...] = (),
    **options: Any,
) -> AsyncIterator[Parts]:
    """Everything runs until the block ends; a ``server`` that is given outlives it. ``staff`` is the desk's group."""
    own = server is None
    if server is None:
        server = TelegramServer()
        await server.start()
    redis = await connect(redis_url, tmp_path)
    store = SessionStore(redis, lease=1.0)
    assistant = Scripted(store)
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.5, retry_after=0.2)  # type: ignore[arg-type]
    customers, topics, tickets = Customers(redis), Topics(redis), Tickets(redis)
    desk = Desk(store, tickets=tickets)
    if staff is not None:
        server.groups[STAFF] = staff
        options["staff"] = StaffGroup(
            STAFF, topics, reserved=lambda: reserved, every=0.3, believed=0.3, canned=tmp_path
        )
    channel = TelegramChannel(
        TOKEN,
        intake,
        store,
        Outbox(redis),
        desk,
        customers=customers,
        api_url=server.url,
        shop=SHOP,
        first_pause=0.05,
        draft_step=0.1,
        **options,
    )
    running = asyncio.create_task(channel.run())
    try:
        yield Parts(server, channel, store, customers, desk, assistant, intake, redis, topics, tickets)
        assert not running.done(), running.exception()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await intake.close()
        await redis.aclose()
        if own:
            await server.stop()


async def eventually(check: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.02)
