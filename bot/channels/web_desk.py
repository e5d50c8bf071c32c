"""The operators' desk over HTTP: logging in, the lists, a conversation, and what an operator does with it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot import canned
from bot.channels import web_security as security
from bot.channels.web_faq import FaqPages
from bot.channels.web_stream import Item, sse
from bot.conversation import Owner
from bot.costs import Policy, explain
from bot.desk import DeskEntry, suggested
from retrieval.errors import InputError, OwnershipConflict, StorageUnavailable

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.proposals import Proposals
    from bot.storage.sessions import SessionStore

_DASHBOARD = Path(__file__).parent.parent / "dashboard"
_SEEN_SECONDS = 20.0  # an open desk says so again
_LISTS: tuple[Owner, ...] = ("queued", "human", "bot", "closed")


class DeskPages:
    """Pages and API under /desk; every act needs a session and its CSRF token."""

    def __init__(
        self,
        operators: Path,
        desk: Desk,
        store: SessionStore,
        tokens: security.Tokens,
        *,
        policy: Policy | None = None,
        canned_replies: Path | None = None,
        proposals: Proposals | None = None,
    ) -> None:
        self._operators, self._desk, self._store, self._tokens = operators, desk, store, tokens
        self._policy, self._canned = policy or Policy(), canned_replies
        self._faq = FaqPages(proposals)
        self._logins = security.RateLimit(10, 300)

    def routes(self) -> list[Route]:
        return [
            Route("/desk", self.page),
            Route("/desk/login", self.login, methods=["POST"]),
            Route("/desk/logout", self._guarded(self.logout, acts=True), methods=["POST"]),
            Route("/desk/api/me", self._guarded(self.me)),
            Route("/desk/api/conversations", self._guarded(self.lists)),
            Route("/desk/api/conversation", self._guarded(self.conversation)),
            Route("/desk/api/canned", self._guarded(self.canned)),
            Route("/desk/api/policy", self._guarded(self.policy)),
            Route("/desk/api/faq", self._guarded(self._faq.waiting)),
            Route("/desk/api/faq/act", self._guarded(self._faq.act, acts=True), methods=["POST"]),
            Route("/desk/api/stream", self._guarded(self.stream)),
            Route("/desk/api/act", self._guarded(self.act, acts=True), methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        name = "desk.html" if self._tokens.operator(request) else "login.html"
        return FileResponse(_DASHBOARD / name, headers={"Cache-Control": "no-store"})

    async def login(self, request: Request) -> Response:
        if not self._logins.allows(security.client(request)):
            return JSONResponse({"error": "too many tries; wait five minutes"}, status_code=429)
        try:
            data = await security.body(request, 4000)
        except InputError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        name, password = str(data.get("name", "")).strip(), str(data.get("password", ""))
        if not await run_in_threadpool(security.password_fits, self._operators, name, password):
            return JSONResponse({"error": "the name or the password is wrong"}, status_code=401)
        answer = JSONResponse({"operator": name})
        answer.set_cookie(
            security.SESSION_COOKIE,
            self._tokens.session(name),
            max_age=security.DESK_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/desk",
        )
        return answer

    async def logout(self, request: Request, operator: str) -> Response:
        await self._desk.left(operator)
        answer = RedirectResponse("/desk", status_code=303)
        answer.delete_cookie(security.SESSION_COOKIE, path="/desk")
        return answer

    async def me(self, request: Request, operator: str) -> Response:
        session = self._tokens.operator(request)
        assert session is not None
        names = await run_in_threadpool(security.operators, self._operators)
        return JSONResponse({"operator": operator, "csrf": session["csrf"], "operators": sorted(names)})

    async def lists(self, request: Request, operator: str) -> Response:
        entries = {owner: [_listed(e) for e in (await self._desk.entries(owner))[:100]] for owner in _LISTS}
        return JSONResponse(entries)

    async def conversation(self, request: Request, operator: str) -> Response:
        conversation_id = request.query_params.get("id", "")
        entry = await self._desk.get(conversation_id)
        turns = await self._store.turns_after(conversation_id, "0", private=True)
        held = entry.conversation
        ticket = await self._desk.ticket(conversation_id)
        return JSONResponse(
            {
                **_listed(entry),
                "away": await self._desk.away(held),
                "rating": held.rating,
                "place": await self._desk.place_lately(conversation_id),
                "ticket": None if ticket is None else {**asdict(ticket), "name": ticket.name},
                "summary": entry.summary,
                "sources": [asdict(source) for source in entry.last_sources],
                "customer": asdict(held.customer),
                "turns": [{"id": turn_id, **asdict(turn)} for turn_id, turn in turns],
                "suggested": suggested(entry),
            }
        )

    async def canned(self, request: Request, operator: str) -> Response:
        """The canned replies, filled for a conversation."""
        if self._canned is None:
            return JSONResponse([])
        held = (await self._desk.get(request.query_params.get("id", ""))).conversation
        replies = await run_in_threadpool(canned.for_conversation, self._canned, held, operator)
        return JSONResponse([asdict(reply) for reply in replies])

    async def policy(self, request: Request, operator: str) -> Response:
        """When a person takes over, in words; who is at the desk; and how customers rated."""
        staff, ratings = await self._desk.staffing(), await self._store.ratings()
        count = sum(ratings.values())
        return JSONResponse(
            {
                "policy": explain(self._policy, staff),
                "staff": asdict(staff),
                "rating": {
                    "count": count,
                    "mean": round(sum(score * n for score, n in ratings.items()) / count, 2) if count else None,
                },
            }
        )

    async def stream(self, request: Request, operator: str) -> Response:
        return sse(request, self._changes(operator))

    async def act(self, request: Request, operator: str) -> Response:
        """One act: take, reply, note, transfer, hand_back, close or tag."""
        data = await security.body(request, 40_000)
        act, conversation_id, text = data.get("act"), str(data.get("id", "")), str(data.get("text", ""))
        message_id = str(data.get("message_id", ""))[:64]  # the same again is the same message
        match act:
            case "take":
                await self._desk.take(conversation_id, operator)
            case "reply":
                await self._desk.reply(conversation_id, operator, text, message_id=message_id)
            case "note":
                await self._desk.note(conversation_id, operator, text, message_id=message_id)
            case "transfer":
                to = str(data.get("to", ""))
                if to not in await run_in_threadpool(security.operators, self._operators):
                    raise InputError(f"no operator {to!r}", "choose one of the list")
                await self._desk.transfer(conversation_id, operator, to)
            case "hand_back":
                await self._desk.hand_back(conversation_id, operator)
            case "close":
                await self._desk.close(conversation_id, operator, text)
            case "tag":
                await self._desk.tag(conversation_id, text.split(","))
            case _:
                raise InputError(f"unknown act {act!r}", "use take, reply, note, transfer, hand_back, close or tag")
        return JSONResponse({"done": act})

    async def _changes(self, operator: str) -> AsyncIterator[Item]:
        after, marked = "$", float("-inf")
        yield "ready", None, {}
        while True:
            try:
                if time.monotonic() - marked > _SEEN_SECONDS:
                    marked = time.monotonic()
                    await self._desk.seen(operator)
                changes = await self._store.desk_feed(after, wait=4.0)
            except StorageUnavailable:
                yield "unavailable", None, {}
                await asyncio.sleep(2.0)
                continue
            for change_id, change in changes:
                after = change_id
                yield "change", change_id, dict(change)
            if not changes:
                yield "beat", None, {}

    def _guarded(
        self, handler: Callable[[Request, str], Awaitable[Response]], *, acts: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """The handler behind a login and, where it ``acts``, the session's CSRF token."""

        async def guarded(request: Request) -> Response:
            session = self._tokens.operator(request)
            if session is None:
                return JSONResponse({"error": "log in at /desk"}, status_code=401)
            if acts and not secrets.compare_digest(request.headers.get("x-csrf-token", ""), session["csrf"]):
                return JSONResponse({"error": "the page is out of date; reload it"}, status_code=403)
            return await _answered(handler, request, session["operator"])

        return guarded


async def _answered(
    handler: Callable[[Request, str], Awaitable[Response]], request: Request, operator: str
) -> Response:
    try:
        return await handler(request, operator)
    except OwnershipConflict as error:
        return JSONResponse({"error": str(error)}, status_code=409)
    except InputError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    except StorageUnavailable as error:
        return JSONResponse({"error": str(error)}, status_code=503)


def _listed(entry: DeskEntry) -> dict[str, Any]:
    held = entry.conversation
    said = [turn for turn in held.turns if not turn.private and turn.author != "system"]
    asked = [turn.text for turn in said if turn.author == "customer"]
    return {
        "id": held.id,
        "channel": held.channel,
        "name": held.customer.name or f"Visitor {held.id.partition(':')[2][:5]}",
        "owner": held.owner,
        "operator": held.operator,
        "language": held.language,
        "urgency": round(entry.urgency, 3),
        "waiting_seconds": round(entry.waiting_seconds),
        "mood": list(entry.mood_curve),
        "reasons": list(held.reasons),
        "last": asked[-1][:140] if asked else "",
        "at": said[-1].at if said else held.created_at,
        "tags": list(held.customer.tags),
    }
