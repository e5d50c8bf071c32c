"""The API that the widget speaks: a visitor's token, messages in, turns out, feedback and erasure."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import contact, lines
from bot.channels.base import ShopText
from bot.channels.web_answers import NO_TOKEN, TOO_MANY, answered, problem
from bot.channels.web_security import Origins, RateLimit, Tokens, body, client
from bot.channels.web_stream import Live, follow, sse, turn_record
from bot.conversation import IncomingMessage
from retrieval.errors import FrontdeskError, InputError, StorageUnavailable
from retrieval.language import detect

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.storage.customers import Customers
    from bot.storage.sessions import SessionStore

_HUMAN = {"en": "I want to talk to a human", "zh": "我要转人工"}


class Visitors:
    """The API that the widget speaks."""

    def __init__(
        self,
        *,
        shop: ShopText,
        origins: Origins,
        messages_a_minute: int,
        intake: Intake,
        store: SessionStore,
        desk: Desk,
        customers: Customers,
        tokens: Tokens,
        live: Live,
    ) -> None:
        self._desk = desk
        self._shop, self._intake, self._store, self._customers = shop, intake, store, customers
        self._tokens, self._live = tokens, live
        self._origins = origins
        self._by_visitor = RateLimit(messages_a_minute, 60)
        self._by_address = RateLimit(messages_a_minute * 10, 60)

    def routes(self) -> list[Route]:
        post = {
            "session": self.session,
            "messages": self.messages,
            "feedback": self.feedback,
            "human": self.human,
            "contact": self.contact,
            "rating": self.rating,
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
        return JSONResponse(asdict(self._shop))

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
            raise TOO_MANY
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
                "rating": conversation.rating if conversation else None,
                "turns": [turn_record(turn_id, turn) for turn_id, turn in turns if not turn.private],
            }
        )

    async def stream(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        after = request.headers.get("last-event-id") or "0"
        if not after.replace("-", "").isdigit():
            raise InputError(f"Last-Event-ID is {after!r}", "send the id of the last turn")
        return sse(request, follow(self._store, self._live, conversation_id, after, self._desk.place_lately))

    async def feedback(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        data = await body(request)
        if not isinstance(data.get("helpful"), bool):
            raise InputError("feedback is {message_id, helpful}", "send helpful as true or false")
        await self._store.feedback(conversation_id, str(data.get("message_id", ""))[:64], data["helpful"])
        return JSONResponse({"thanks": True})

    async def contact(self, request: Request) -> Response:
        """Where the customer can be reached, for the desk only; the answer shows it masked."""
        conversation_id = self._conversation(request)
        data = await body(request, 4000)
        found = contact.read(data.get("email"), data.get("phone"))
        if found is None:
            raise InputError("that is no e-mail address or telephone number", "send {email, phone}, one may be empty")
        if not self._by_visitor.allows(conversation_id):
            raise TOO_MANY
        ticket = await self._desk.leave_contact(conversation_id, found)
        return JSONResponse({"contact": found.masked, "ticket": ticket.name if ticket else None})

    async def rating(self, request: Request) -> Response:
        """How the closed conversation was, 1 to 5; the first one counts."""
        conversation_id = self._conversation(request)
        score = (await body(request, 4000)).get("score")
        if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
            raise InputError("a rating is {score}, 1 to 5", "send a whole number")
        return JSONResponse({"kept": await self._store.rate(conversation_id, score)})

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
            raise NO_TOKEN
        return conversation_id

    def _guarded(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Origin, address limit, and every error as one clear line."""

        async def guarded(request: Request) -> Response:
            if not self._origins.allows(request):
                return problem(403, "this page may not use the chat; add its origin to allowed_origins")
            if request.method == "POST" and not self._by_address.allows(client(request)):
                return problem(429, "too many requests; wait a minute")
            return await answered(handler, request)

        return guarded
