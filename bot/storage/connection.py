"""Connects to Redis: the server that is named, or an embedded one on a file in the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,
)

from bot.storage.embedded import EmbeddedServer
from retrieval.errors import InputError, StorageUnavailable

TIMEOUT = 5.0  # seconds that a command may take; blocking reads must ask for less
_CONNECTIONS = 2000  # each waiting reader holds one


@contextmanager
def reachable() -> Iterator[None]:
    """Turn Redis being gone, or refusing to write, into one clear error."""
    try:
        yield
    except AuthenticationError as error:
        raise StorageUnavailable(f"Redis refuses us ({error})", "check the password in REDIS_URL") from error
    except (ConnectionError, TimeoutError) as error:  # a server that still loads its file is a ConnectionError too
        raise StorageUnavailable(f"Redis does not answer ({error})", "start it, or check REDIS_URL") from error
    except (OutOfMemoryError, ReadOnlyError) as error:
        raise StorageUnavailable(f"Redis refuses to write ({error})", "give it memory, or name the primary") from error
    except ResponseError as error:
        if not str(error).startswith("MISCONF"):
            raise
        raise StorageUnavailable(f"Redis refuses to write ({error})", "free its disk") from error


async def connect(url: str | None, data: Path) -> Redis:
    """A client of the server at ``url``, or of the embedded one whose file lies in ``data``.

    Raises StorageUnavailable where no server answers, InputError for a malformed address or an unwritable folder. A
    server that goes and comes back is found again by the same client; an embedded one that died is started again.
    Close it with ``aclose``: the last client stops the embedded server.
    """
    options: dict[str, Any] = {
        "decode_responses": True,
        "encoding_errors": "replace",  # half a surrogate pair in an id must not stop a turn
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "health_check_interval": 30,
        "max_connections": _CONNECTIONS,
        "protocol": 2,
        "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 2),
    }
    client: Redis
    if url is None:
        server = EmbeddedServer(data)
        await asyncio.to_thread(server.start)
        client = EmbeddedRedis(server, options)
    else:
        try:
            client = Redis.from_url(url, **options)
        except ValueError as error:
            raise InputError(f"REDIS_URL is no address: {error}", "write redis://host:6379/0") from error
    try:
        with reachable():
            await client.ping()
    except ResponseError as error:
        await client.aclose()
        raise InputError(f"REDIS_URL: {error}", "write redis://host:6379/0") from error
    except StorageUnavailable:
        await client.aclose()
        raise
    return client


class EmbeddedConnection(UnixDomainSocketConnection):
    """A connection that starts the embedded server again where it is gone."""

    def __init__(self, *, server: EmbeddedServer, **options: Any) -> None:
        super().__init__(path=str(server.socket), **options)
        self._server = server

    async def connect_check_health(self, check_health: bool = True, retry_socket_connect: bool = True) -> None:
        try:
            await super().connect_check_health(check_health, retry_socket_connect)
        except ConnectionError:
            await asyncio.to_thread(self._server.start)
            await super().connect_check_health(check_health, retry_socket_connect)


class EmbeddedRedis(Redis):
    """A client that leaves the embedded server when it is closed."""

    def __init__(self, server: EmbeddedServer, options: dict[str, Any]) -> None:
        super().__init__(connection_pool=ConnectionPool(connection_class=EmbeddedConnection, server=server, **options))
        self.auto_close_connection_pool = True
        self._server = server

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        await asyncio.to_thread(self._server.release)
