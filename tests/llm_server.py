"""An OpenAI-compatible server on loopback that does what each test tells it to, on real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Act = Callable[["Exchange"], Any]


@dataclass
class Exchange:
    """One request and the socket to answer it on."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    writer: asyncio.StreamWriter

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int, text: str, kind: str = "application/json", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(text.encode())}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n" + text).encode())

    async def begin(self) -> None:
        await self.raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

    async def chunk(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def say(self, *texts: str) -> None:
        for text in texts:
            await self.chunk(f"data: {json.dumps(delta(text), ensure_ascii=False)}\n\n")

    async def finish(self, reason: str = "stop") -> None:
        await self.chunk(f"data: {json.dumps(delta('', reason))}\n\ndata: [DONE]\n\n")
        await self.chunk("")


def delta(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


@dataclass
class Server:
    """The server: ``acts`` are played one a request, the last one for ever."""

    acts: list[Act]
    url: str = ""
    requests: list[Exchange] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [exchange.body for exchange in self.requests]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readline():
                method, path, _ = request.decode().split(" ", 2)
                headers: dict[str, str] = {}
                while (line := (await reader.readline()).decode().strip()) != "":
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
                exchange = Exchange(method, path, headers, body, writer)
                self.requests.append(exchange)
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
                try:
                    await act(exchange)
                finally:
                    self.open_now -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*acts: Act) -> AsyncIterator[Server]:
    """The server on a free port of loopback."""
    played = Server(list(acts))
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(played(reader, writer))
        tasks.add(task)
        await asyncio.wait({task})

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    played.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield played
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def says(*texts: str, finish: str = "stop") -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.say(*texts)
        await exchange.finish(finish)

    return act


def answers(status: int, text: str = "", kind: str = "application/json", **headers: str) -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.answer(status, text or json.dumps({"error": {"message": f"status {status}"}}), kind, **headers)

    return act


def stalls(*texts: str, comments: bool = False) -> Act:
    """Says the texts, then nothing more; with ``comments`` it keeps the connection busy."""

    async def act(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.say(*texts)
        while True:
            await asyncio.sleep(0.02)
            if comments:
                await exchange.chunk(": still here\n\n")

    return act


def cuts(*texts: str, politely: bool = False) -> Act:
    """Says the texts, then breaks off: in the middle of the response, or ``politely`` at its end."""

    async def act(exchange: Exchange) -> None:
        await exchange.begin()
        await exchange.say(*texts)
        if politely:
            await exchange.chunk("")
        exchange.writer.close()

    return act


def streams(*chunks: bytes | str) -> Act:
    """Sends the bytes as they are, and ends the response."""

    async def act(exchange: Exchange) -> None:
        await exchange.begin()
        for chunk in chunks:
            await exchange.chunk(chunk)
            await asyncio.sleep(0)
        await exchange.chunk("")

    return act
