"""The web: the application, its pages, and the server that runs it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.base import ShopText
from bot.channels.web_answers import answered
from bot.channels.web_desk import DeskPages
from bot.channels.web_security import Origins, SecurityHeaders, Tokens, body
from bot.channels.web_stream import Live
from bot.channels.web_visitors import Visitors
from retrieval.errors import InputError, StorageUnavailable

if TYPE_CHECKING:
    from bot.costs import Policy
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.proposals import Proposals
    from bot.storage.customers import Customers
    from bot.storage.sessions import SessionStore

_WIDGET = Path(__file__).parent.parent / "widget"
_DASHBOARD = Path(__file__).parent.parent / "dashboard"

Feed = Callable[[str | None, dict[str, Any]], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where the web listens and what it lets in. ``allowed_origins`` are the shop's own pages ("https://shop.example")."""

    shop: ShopText
    host: str = "127.0.0.1"
    port: int = 8080
    secret: str = ""
    allowed_origins: tuple[str, ...] = ()
    operators: Path = Path("data/operators.yaml")
    canned: Path | None = None
    messages_a_minute: int = 30


def create_app(
    *,
    options: WebOptions,
    intake: Intake,
    store: SessionStore,
    desk: Desk,
    customers: Customers,
    policy: Policy | None = None,
    proposals: Proposals | None = None,
    telegram: Feed | None = None,
    parts: Mapping[str, str] | None = None,
) -> Starlette:
    """The whole web application; ``parts`` (index, model) are what the health check names besides Redis."""
    tokens, live = Tokens(options.secret or secrets.token_urlsafe(32)), Live()
    origins = Origins(options.allowed_origins)
    visitors = Visitors(
        shop=options.shop,
        origins=origins,
        messages_a_minute=options.messages_a_minute,
        intake=intake,
        store=store,
        desk=desk,
        customers=customers,
        tokens=tokens,
        live=live,
    )
    pages = DeskPages(
        options.operators,
        desk,
        store,
        tokens,
        policy=policy,
        canned_replies=options.canned,
        proposals=proposals,
    )

    async def health(_: Request) -> Response:
        try:
            await store.ping()
        except StorageUnavailable as error:
            return JSONResponse({"redis": False, **(parts or {}), "problem": str(error)}, status_code=503)
        return JSONResponse({"redis": True, **(parts or {})})

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
    middleware = [Middleware(SecurityHeaders, origins=origins)]
    return Starlette(routes=routes, middleware=middleware)


class WebChannel:
    """Serves the application until cancelled."""

    name = "web"

    def __init__(self, app: Starlette, options: WebOptions) -> None:
        self._app = app
        self._options = options

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
            self._app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, lifespan="off"
        )
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        await server.serve(sockets=[listener])
