"""The embedded Redis and a named server: started, shared, killed, and back again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.conversation import Reply, Turn
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedServer
from bot.storage.sessions import SessionStore
from retrieval.errors import InputError, StorageUnavailable
from tests.bot.storage.conftest import Server
from tests.bot.storage.turns import answer, message


async def test_what_is_stored_survives_a_restart(tmp_path: Path) -> None:
    for number in range(2):
        client = await connect(None, tmp_path)
        await answer(SessionStore(client), message(str(number), number), Reply("Hello!"))
        await client.aclose()
    client = await connect(None, tmp_path)
    loaded = await SessionStore(client).load("telegram:7")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == ["0", "Hello!", "1", "Hello!"]
    await client.aclose()


async def test_what_is_stored_survives_a_kill_of_the_server_and_the_client_starts_it_again(tmp_path: Path) -> None:
    client = await connect(None, tmp_path)
    store = SessionStore(client)
    await answer(store, message(), Reply("Hello!"))
    os.kill((await client.info("server"))["process_id"], signal.SIGKILL)
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert loaded.turns[-1].text == "Hello!"
    await client.aclose()


async def test_what_was_answered_waits_in_no_memory_of_the_server(tmp_path: Path) -> None:
    """A write that Redis answers while another one is brought to the disk would be lost with it, were it not for "always"."""
    client = await connect(None, tmp_path)
    pending, ends = 0, time.monotonic() + 2.5
    while time.monotonic() < ends and not pending:
        await client.set("k", "x" * 1_000)
        state = await client.info("persistence")
        pending = state["aof_pending_bio_fsync"] + state["aof_buffer_length"]
    assert pending == 0
    await client.aclose()


WRITER = """
import asyncio, pathlib, sys
from bot.storage.connection import connect

async def main():
    redis = await connect(None, pathlib.Path(sys.argv[1]))
    await redis.set("written", "by the other")
    print((await redis.info("server"))["process_id"], flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_two_processes_share_one_server_and_the_last_one_stops_it(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        pid = int(await asyncio.to_thread(other.stdout.readline))
        client = await connect(None, tmp_path)
        assert (await client.info("server"))["process_id"] == pid
        await client.aclose()
        client = await connect(None, tmp_path)
        assert (await client.info("server"))["process_id"] == pid  # the other one still uses it
    finally:
        other.kill()
        other.communicate()
    assert await client.get("written") == "by the other"
    await client.aclose()
    assert not (tmp_path / "redis.sock").exists()


async def test_a_server_that_a_killed_process_left_behind_is_taken_up(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    pid = int(await asyncio.to_thread(other.stdout.readline))
    other.kill()
    other.communicate()
    client = await connect(None, tmp_path)
    assert (await client.info("server"))["process_id"] == pid
    assert await client.get("written") == "by the other"
    await client.aclose()


@contextmanager
def stalled(pid: int) -> Iterator[None]:
    """The process lives and does nothing, as one whose disk does not keep up or whose memory is swapped out."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("lost", [None, "redis.pid", "redis.sock"])
async def test_no_second_server_is_started_beside_a_silent_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str | None
) -> None:
    monkeypatch.setattr("bot.storage.embedded._SILENCE", 0.1)
    client = await connect(None, tmp_path)
    await client.set("a", "1")
    pid = (await client.info("server"))["process_id"]
    if lost is not None:
        (tmp_path / lost).unlink()
    with stalled(pid), pytest.raises(StorageUnavailable, match="runs but does not answer"):
        await asyncio.to_thread(EmbeddedServer(tmp_path).start)
    assert await client.get("a") == "1"
    assert (await client.info("server"))["process_id"] == pid
    if lost != "redis.pid":
        assert int((tmp_path / "redis.pid").read_text()) == pid
    await client.shutdown(nosave=True)
    await client.aclose()


async def test_a_silent_server_is_waited_for(tmp_path: Path) -> None:
    client = await connect(None, tmp_path)
    pid = (await client.info("server"))["process_id"]
    with stalled(pid):
        other = asyncio.create_task(connect(None, tmp_path))
        await asyncio.sleep(2.5)
    second = await other
    assert (await second.info("server"))["process_id"] == pid
    await second.aclose()
    await client.aclose()


async def test_the_number_of_a_dead_server_may_be_anothers(tmp_path: Path) -> None:
    (tmp_path / "redis.pid").write_text(str(os.getpid()))
    client = await connect(None, tmp_path)
    assert await client.ping()
    await client.aclose()


async def test_a_process_that_ends_without_closing_stops_the_server(tmp_path: Path) -> None:
    ends = WRITER.replace("await asyncio.sleep(60)", "sys.exit(3)")
    assert subprocess.run([sys.executable, "-c", ends, str(tmp_path)], capture_output=True, check=False).returncode == 3
    assert not (tmp_path / "redis.sock").exists()
    client = await connect(None, tmp_path)
    assert await client.get("written") == "by the other"
    await client.aclose()


async def test_eight_clients_at_once_start_one_server(tmp_path: Path) -> None:
    clients = await asyncio.gather(*(connect(None, tmp_path) for _ in range(8)))
    pids = {(await client.info("server"))["process_id"] for client in clients}
    assert len(pids) == 1
    await asyncio.gather(*(client.aclose() for client in clients))
    assert not (tmp_path / "redis.sock").exists()


@pytest.mark.parametrize("name", ["with a space and 'quotes'", "数据", "long" * 40])
async def test_the_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    client = await connect(None, tmp_path / name)
    await client.set("a", "1")
    await client.aclose()
    client = await connect(None, tmp_path / name)
    assert await client.get("a") == "1"
    await client.aclose()


async def test_a_damaged_file_is_one_clear_line_with_the_servers_own_words(tmp_path: Path) -> None:
    (tmp_path / "redis.aof").write_bytes(b"*3\r\n$3\r\nSET\r\nthis is no length\r\n" * 20)
    with pytest.raises(StorageUnavailable, match=r"did not start on .*Bad file format") as raised:
        await connect(None, tmp_path)
    assert "redis.log" in str(raised.value)


async def test_a_data_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(InputError, match="cannot keep data here"):
        await connect(None, tmp_path / "data")


def test_a_closed_server_is_not_started_again(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    server.start()
    server.release()
    with pytest.raises(StorageUnavailable, match="was closed"):
        server.start()


async def test_redis_gone_is_one_clear_error_and_work_resumes_when_it_is_back(server: Server, tmp_path: Path) -> None:
    client = await connect(server.url, tmp_path)
    store = SessionStore(client)
    await store.accept(message())
    server.kill()
    for attempt in (store.ping(), store.accept(message("more", 2)), store.load("telegram:7"), store.pending()):
        with pytest.raises(StorageUnavailable, match="check REDIS_URL"):
            await attempt
    with pytest.raises(StorageUnavailable):
        async with store.open(message()):
            pass
    server.start()
    assert [m.text for m in await store.pending()] == ["hello"]
    await answer(store, message(), Reply("Hello!"))
    assert await store.pending() == []
    await client.aclose()


async def test_redis_that_goes_during_a_turn_loses_no_message(server: Server, tmp_path: Path) -> None:
    client = await connect(server.url, tmp_path)
    store = SessionStore(client)
    await store.accept(message())
    with pytest.raises(StorageUnavailable):
        async with store.open(message()) as conversation:
            server.kill()
            await store.commit(conversation, message(), Reply("Hello!"), [])
    server.start()
    assert [m.text for m in await store.pending()] == ["hello"]
    await client.aclose()


async def test_redis_without_memory_is_one_clear_error(server: Server, tmp_path: Path) -> None:
    client = await connect(server.url, tmp_path)
    await client.config_set("maxmemory", "1")
    with pytest.raises(StorageUnavailable, match="refuses to write"):
        await SessionStore(client).append("web:a", Turn("customer", "hi", 1.0), deliver=False)
    await client.aclose()


async def test_a_wrong_address_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="check REDIS_URL"):
        await connect("redis://127.0.0.1:1/0", tmp_path)
    with pytest.raises(InputError, match="write redis://host:6379/0"):
        await connect("nonsense", tmp_path)
    with pytest.raises(InputError, match="write redis://host:6379/0"):
        await connect(server.url.replace("/0", "/4096"), tmp_path)
    with pytest.raises(StorageUnavailable, match="password"):
        await connect(server.url.replace("redis://", "redis://:wrong@"), tmp_path)
