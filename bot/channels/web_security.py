"""Who may do what on the web: visitors' tokens, operators' passwords, origins, limits and headers."""

from __future__ import annotations

import os
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import InputError

VISITOR_SECONDS = 30 * 24 * 3600
DESK_SECONDS = 12 * 3600
SESSION_COOKIE = "frontdesk_desk"

_HASHER = PasswordHasher()
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class Tokens:
    """Signs visitors' tokens and operators' sessions with one secret."""

    def __init__(self, secret: str) -> None:
        self._visitors = URLSafeTimedSerializer(secret, salt="visitor")
        self._sessions = URLSafeTimedSerializer(secret, salt="desk")

    def visitor(self) -> tuple[str, str]:
        """A new visitor: (token, conversation id)."""
        visitor_id = secrets.token_urlsafe(12)
        return self._visitors.dumps(visitor_id), f"web:{visitor_id}"

    def conversation(self, request: Request) -> str | None:
        """The conversation of the request's bearer token, or None where it is missing, forged or too old."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return f"web:{self._visitors.loads(token, max_age=VISITOR_SECONDS)}"
        except BadSignature:
            return None

    def session(self, operator: str) -> str:
        return str(self._sessions.dumps({"operator": operator, "csrf": secrets.token_urlsafe(16)}))

    def operator(self, request: Request) -> dict[str, str] | None:
        """{"operator", "csrf"} of the request's desk session, or None."""
        try:
            data = self._sessions.loads(request.cookies.get(SESSION_COOKIE, ""), max_age=DESK_SECONDS)
        except BadSignature:
            return None
        return data if isinstance(data, dict) else None


# --- operators ---


def operators(path: Path) -> dict[str, str]:
    """Name to password hash. Raises InputError for a malformed file."""
    if not path.exists():
        return {}
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(data, dict):
        raise InputError("operators are 'name: hash' lines", "run: frontdesk operator add NAME", path=path, line=1)
    return {str(name): str(hashed) for name, hashed in data.items()}


def add_operator(path: Path, name: str, password: str) -> None:
    """Let an operator in, or change the password; kept as an argon2id hash. Raises InputError."""
    if not name.strip() or len(name) > 40:
        raise InputError(f"the operator's name {name!r} does not fit", "use 1 to 40 characters")
    if len(password) < 8:
        raise InputError("the password is too short", "use 8 characters or more")
    known = operators(path) | {name.strip(): _HASHER.hash(password)}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        yaml.safe_dump(known, file, allow_unicode=True)
    os.replace(partial, path)


def ensure_first_operator(path: Path) -> tuple[str, str] | None:
    """Make an operator with a random password where there is none yet: (name, password) to show once."""
    if operators(path):
        return None
    password = secrets.token_urlsafe(9)
    add_operator(path, "owner", password)
    return "owner", password


def password_fits(path: Path, name: str, password: str) -> bool:
    """Whether the operator may log in; takes as long for an unknown name as for a known one."""
    hashed = operators(path).get(name)
    try:
        fits = _HASHER.verify(hashed or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(fits and hashed is not None)


_NOBODY = _HASHER.hash("nobody")


# --- limits and origins ---


class RateLimit:
    """At most ``most`` acts in ``seconds`` by one key; the last 10,000 keys are remembered."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._acts: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        now = time.monotonic()
        acts = self._acts.setdefault(key, deque(maxlen=self._most))
        self._acts.move_to_end(key)
        while len(self._acts) > 10_000:
            self._acts.popitem(last=False)
        if len(acts) == self._most and now - acts[0] < self._seconds:
            return False
        acts.append(now)
        return True


@dataclass(frozen=True, slots=True)
class Origins:
    """The pages that may speak to the API: our own, and those in the settings."""

    allowed: Sequence[str] = ()

    def allows(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        if origin is None:
            return True  # not a browser's cross-site request
        own = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return origin in (own, own.replace("http://", "https://", 1)) or origin in self.allowed


class SecurityHeaders:
    """Adds the headers that every answer carries, and the CORS ones for allowed origins."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin")
        shared = origin is not None and self._origins.allows(request)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", _CSP)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
                if shared and origin is not None:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Allow-Headers"] = "authorization, content-type, last-event-id"
                    headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
                    headers["Vary"] = "Origin"
                if request.url.path.startswith("/widget"):
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self._app(scope, receive, add)


def client(request: Request) -> str:
    """The address a limit counts by."""
    return request.client.host if request.client else "unknown"


async def body(request: Request, most: int = 600_000) -> dict[str, Any]:
    """The request's JSON object. Raises InputError for too much, or for anything else."""
    import json

    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise InputError(f"the request is larger than {most} bytes", "send less")
    try:
        data = json.loads(raw or b"{}")
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("the request is not JSON", "send a JSON object") from error
    if not isinstance(data, dict):
        raise InputError("the request is not a JSON object", "send a JSON object")
    return data
