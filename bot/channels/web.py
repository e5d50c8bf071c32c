"""The web: the visitors' API, the widget's script, the demo page and the server that runs them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import lines
from bot.channels.base import ShopText
from bot.channels.web_desk import DeskPages
from bot.channels.web_security import Origins, RateLimit, SecurityHeaders, Tokens, body, client
from bot.channels.web_stream import Live, follow, sse, turn_record
from bot.conversation import IncomingMessage
from retrieval.errors import FrontdeskError, InputError, OwnershipConflict, StorageUnavailable
from retrieval.language import detect

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.storage.customers import Customers
    from bot.storage.sessions import SessionStore

_WIDGET = Path(__file__).parent.parent / "widget"
_DASHBOARD = Path(__file__).parent.parent / "dashboard"
_HUMAN = {"en": "I want to talk to a human", "zh": "我要转人工"}

Feed = Callable[[str | None, dict[str, Any]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Where the web listens and what it lets in. ``allowed_origins`` are the shop's own pages ("https://shop.example")."""

    host: str = "127.0.0.1"
    port: int = 8080
    secret: str = ""
    allowed_origins: tuple[str, ...] = ()
    operators: Path = Path("data/operators.yaml")
    shop: ShopText = field(default_factory=ShopText)
    messages_a_minute: int = 30


class Visitors:
    """The API that the widget speaks."""

    def __init__(
        self, options: WebOptions, intake: Intake, store: SessionStore, customers: Customers, tokens: Tokens, live: Live
    ) -> None:
        self._options, self._intake, self._store, self._customers = options, intake, store, customers
        self._tokens, self._live = tokens, live
        self._origins = Origins(options.allowed_origins)
        self._by_visitor = RateLimit(options.messages_a_minute, 60)
        self._by_address = RateLimit(options.messages_a_minute * 10, 60)

    def routes(self) -> list[Route]:
        post = {
            "session": self.session,
            "messages": self.messages,
            "feedback": self.feedback,
            "human": self.human,
            "conversation/new": self.new,
            "forget": self.forget,
        }
        get = {"history": self.history, "stream": self.stream, "shop": self.shop}
        routes = [Route(f"/api/{path}", self._guarded(handler), methods=["POST"]) for path, handler in post.items()]
        routes += [Route(f"/api/{path}", self._guarded(handler), methods=["GET"]) for path, handler in get.items()]
        return [*routes, Route("/api/{path:path}", self.preflight, methods=["OPTIONS"])]

    async def preflight(self, request: Request) -> Response:
        return Response(status_code=204 if self._origins.allows(request) else 403)

    async def shop(self, request: Request) -> Response:
        """What the widget shows before anything is said."""
        return JSONResponse(asdict(self._options.shop))

    async def session(self, request: Request) -> Response:
        token, conversation_id = self._tokens.visitor()
        return JSONResponse({"token": token, "conversation_id": conversation_id})

    async def messages(self, request: Request) -> Response:
        """Accept a message durably; the same ``message_id`` again is not answered again."""
        conversation_id = self._conversation(request)
        data = await body(request)
        text, message_id = data.get("text"), data.get("message_id")
        if not isinstance(text, str) or not isinstance(message_id, str) or not 1 <= len(message_id) <= 64:
            raise InputError("a message is {message_id, text}", "send both as strings")
        if not self._by_visitor.allows(conversation_id):
            raise _TooMany
        accepted = await self._submit(conversation_id, message_id, text, data.get("name"))
        return JSONResponse({"accepted": accepted}, status_code=202)

    async def human(self, request: Request) -> Response:
        """The button "Talk to a person": an explicit request like any other."""
        conversation_id = self._conversation(request)
        language = (await body(request)).get("language")
        text = _HUMAN["zh" if language == "zh" else "en"]
        await self._submit(conversation_id, secrets.token_hex(8), text, None)
        return JSONResponse({"accepted": True}, status_code=202)

    async def history(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        turns = await self._store.turns_after(conversation_id, "0")
        conversation = await self._store.load(conversation_id)
        return JSONResponse(
            {
                "owner": conversation.owner if conversation else "bot",
                "operator": conversation.operator if conversation else None,
                "turns": [turn_record(turn_id, turn) for turn_id, turn in turns if not turn.private],
            }
        )

    async def stream(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        after = request.headers.get("last-event-id") or "0"
        if not after.replace("-", "").isdigit():
            raise InputError(f"Last-Event-ID is {after!r}", "send the id of the last turn")
        return sse(request, follow(self._store, self._live, conversation_id, after))

    async def feedback(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        data = await body(request)
        if not isinstance(data.get("helpful"), bool):
            raise InputError("feedback is {message_id, helpful}", "send helpful as true or false")
        await self._store.feedback(conversation_id, str(data.get("message_id", ""))[:64], data["helpful"])
        return JSONResponse({"thanks": True})

    async def new(self, request: Request) -> Response:
        """A fresh conversation: a new token; the old conversation ends with its retention."""
        self._conversation(request)
        return await self.session(request)

    async def forget(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        return JSONResponse({"erased": await self._customers.erase(conversation_id)})

    async def _submit(self, conversation_id: str, message_id: str, text: str, name: object) -> bool:
        message = IncomingMessage(
            "web", conversation_id, message_id, text, time.time(), name[:40] if isinstance(name, str) else None
        )

        async def failed(error: FrontdeskError) -> None:
            key = "unavailable" if isinstance(error, StorageUnavailable) else "failed"
            self._live.tell(conversation_id, "problem", {"text": lines.say(key, detect(text))})

        accepted = await self._intake.submit(message, lambda _: self._live.say_for(conversation_id), failed=failed)
        if accepted:
            self._live.tell(conversation_id, "typing", {})
        return accepted

    def _conversation(self, request: Request) -> str:
        conversation_id = self._tokens.conversation(request)
        if conversation_id is None:
            raise _NoToken
        return conversation_id

    def _guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Origin, address limit, and every error as one clear line."""

        async def guarded(request: Request) -> Response:
            if not self._origins.allows(request):
                return _problem(403, "this page may not use the chat; add its origin to allowed_origins")
            if request.method == "POST" and not self._by_address.allows(client(request)):
                return _problem(429, "too many requests; wait a minute")
            return await answered(handler, request)

        return guarded


class _Refused(Exception):
    def __init__(self, status: int, line: str) -> None:
        self.status, self.line = status, line
        super().__init__(line)


_TooMany = _Refused(429, "too many messages; wait a moment and send again")
_NoToken = _Refused(401, "the visitor's token is missing or too old; ask for a new one at /api/session")


def _problem(status: int, line: str) -> JSONResponse:
    return JSONResponse({"error": line}, status_code=status)


async def answered(handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    """The handler's answer, or its error as one line with the status that fits."""
    try:
        return await handler(request)
    except _Refused as refused:
        return _problem(refused.status, refused.line)
    except InputError as error:
        return _problem(400, str(error))
    except OwnershipConflict as error:
        return _problem(409, str(error))
    except StorageUnavailable as error:
        language = "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"
        return JSONResponse({"error": str(error), "say": lines.say("unavailable", language)}, status_code=503)


def create_app(
    *,
    options: WebOptions,
    intake: Intake,
    store: SessionStore,
    desk: Desk,
    customers: Customers,
    telegram: Feed | None = None,
) -> Starlette:
    """The whole web application."""
    tokens, live = Tokens(options.secret or secrets.token_urlsafe(32)), Live()
    visitors = Visitors(options, intake, store, customers, tokens, live)
    pages = DeskPages(options.operators, desk, store, tokens)

    async def health(_: Request) -> Response:
        try:
            await store.ping()
        except StorageUnavailable as error:
            return JSONResponse({"redis": False, "problem": str(error)}, status_code=503)
        return JSONResponse({"redis": True})

    async def demo(_: Request) -> Response:
        return FileResponse(_WIDGET / "demo.html")

    async def script(_: Request) -> Response:
        return FileResponse(
            _WIDGET / "widget.js", media_type="text/javascript", headers={"Cache-Control": "public, max-age=300"}
        )

    async def webhook(request: Request) -> Response:
        async def fed(request: Request) -> Response:
            assert telegram is not None
            taken = await telegram(request.headers.get("x-telegram-bot-api-secret-token"), await body(request))
            return JSONResponse({}, status_code=200 if taken else 403)

        return await answered(fed, request)

    routes: list[Any] = [
        Route("/", demo),
        Route("/healthz", health),
        Route("/widget.js", script),
        Route("/widget/v1.js", script),
        *visitors.routes(),
        *pages.routes(),
        Mount("/widget", StaticFiles(directory=_WIDGET)),
        Mount("/dashboard", StaticFiles(directory=_DASHBOARD)),
    ]
    if telegram is not None:
        routes.append(Route("/telegram/webhook", webhook, methods=["POST"]))
    middleware = [Middleware(SecurityHeaders, origins=Origins(options.allowed_origins))]
    return Starlette(routes=routes, middleware=middleware)


class WebChannel:
    """Serves the application until cancelled."""

    name = "web"

    def __init__(
        self,
        *,
        options: WebOptions,
        intake: Intake,
        store: SessionStore,
        desk: Desk,
        customers: Customers,
        telegram: Feed | None = None,
    ) -> None:
        self._options = options
        self.app = create_app(
            options=options, intake=intake, store=store, desk=desk, customers=customers, telegram=telegram
        )

    async def run(self) -> None:
        """Listen. Raises InputError where the port is taken."""
        import socket

        import uvicorn

        try:
            listener = socket.create_server((self._options.host, self._options.port), reuse_port=False)
        except OSError as error:
            raise InputError(
                f"cannot listen on {self._options.host}:{self._options.port} ({error.strerror})",
                "name another port: frontdesk serve --port 8081",
            ) from error
        port = listener.getsockname()[1]
        shown = "127.0.0.1" if self._options.host in ("0.0.0.0", "::") else self._options.host
        print(f"The demo shop and its chat:  http://{shown}:{port}/", flush=True)
        print(f"The operators' desk:         http://{shown}:{port}/desk", flush=True)
        config = uvicorn.Config(
            self.app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, lifespan="off"
        )
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        await server.serve(sockets=[listener])
