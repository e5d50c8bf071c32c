"""A Bot API server on loopback that holds a bot to the Bot API's own rules."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.telegram_forum import STAFF, ForumGroup, Forums, Refused

TOKEN = "4242:loopback-token-of-the-tests"
BOT = {"id": 4242, "is_bot": True, "first_name": "Lumen", "username": "lumen_test_bot"}
_TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}
_TAG = re.compile(r"<(/?)([a-z-]+)([^<>]*)>")


def entities(text: str, parse_mode: str | None) -> str:
    """The words of a message, or the refusal that Telegram gives to bad markup."""
    if not parse_mode:
        return text
    if parse_mode != "HTML":
        raise Refused(400, f"Bad Request: unsupported parse_mode {parse_mode}")
    stack: list[str] = []
    for match in _TAG.finditer(text):
        if match[2] not in _TAGS:
            raise Refused(400, f"Bad Request: can't parse entities: Unsupported start tag {match[2]!r}")
        if not match[1]:
            stack.append(match[2])
        elif not stack or stack.pop() != match[2]:
            raise Refused(400, "Bad Request: can't parse entities: Unmatched end tag")
    rest = _TAG.sub("", text)
    if stack or "<" in rest:
        raise Refused(400, "Bad Request: can't parse entities: Can't find end tag")
    if re.search(r"&(?!(?:lt|gt|amp|quot|#\d+);)", rest):
        raise Refused(400, "Bad Request: can't parse entities: unescaped &")
    return html.unescape(rest)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Sent:
    """A message that the bot sent."""

    chat_id: int
    message_id: int
    text: str
    raw: str
    at: float
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    thread: int | None = None

    @property
    def buttons(self) -> dict[str, str]:
        return {key["text"]: key["callback_data"] for row in self.keyboard for key in row}


class TelegramServer(Forums):
    """Feed it updates with ``message``/``press``/``push``; read what the bot did in ``sent`` and ``calls``."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[Sent] = []
        self.drafts: list[tuple[int, int, str]] = []
        self.webhook: dict[str, Any] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.group_commands: dict[str, list[dict[str, str]]] = {}
        self.answers: dict[str, str] = {}
        self.alerts: dict[str, str] = {}
        self.copied: list[tuple[int, int, int | None]] = []
        self.groups: dict[int, ForumGroup] = {}
        self.private_topics: dict[int, set[int]] = {}
        self.bot_id = BOT["id"]
        self.url = ""
        self.late: dict[str, float] = {}  # seconds between a method's effect and its answer
        self._faults: dict[str, list[Refused]] = defaultdict(list)
        self._updates: list[dict[str, Any]] = []
        self._queries: set[str] = set()
        self._update_id = 700
        self._message_id = 10
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._made: set[tuple[int, int]] = set()

    def next_id(self) -> int:
        self._message_id += 1
        return self._message_id

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # --- the customers' side ---

    def fail(self, method: str, status: int, description: str, times: int = 1, **parameters: Any) -> None:
        """Let the next calls of a method fail."""
        self._faults[method] += [Refused(status, description, **parameters)] * times

    def push(self, **update: Any) -> dict[str, Any]:
        self._update_id += 1
        whole = {"update_id": self._update_id, **update}
        self._updates.append(whole)
        self._tell()
        return whole

    def again(self, update: dict[str, Any]) -> None:
        """Deliver an update that was delivered before under a new number, as a resent message is."""
        self.push(**{name: value for name, value in update.items() if name != "update_id"})

    def message(
        self, text: str | None = None, *, chat: int = 7, kind: str = "message", **fields: Any
    ) -> dict[str, Any]:
        return self.push(**{kind: self.make(text, chat=chat, **fields)})

    def make(self, text: str | None = None, *, chat: int = 7, code: str = "en", **fields: Any) -> dict[str, Any]:
        """A message as Telegram writes it; negative chats are groups."""
        self._message_id += 1
        kind = {"id": chat, "type": "private", "first_name": "Mei"}
        if chat < 0:
            kind = {"id": chat, "type": "supergroup", "title": "Friends of lamps"}
        made: dict[str, Any] = {
            "message_id": self._message_id,
            "date": int(time.time()),
            "chat": kind,
            "from": {"id": abs(chat), "is_bot": False, "first_name": "Mei", "language_code": code},
        }
        if text is not None:
            made["text"] = text
        self._made.add((chat, self._message_id))
        return {**made, **fields}

    def staff(
        self, text: str | None = None, thread: int | None = None, *, user: int = 501, chat: int = STAFF, **fields: Any
    ) -> dict[str, Any]:
        """A member of a group with topics writes there; in its General topic where no thread is named."""
        return self.push(message=self.staff_message(text, thread, user=user, chat=chat, **fields))

    def staff_message(
        self, text: str | None, thread: int | None, *, user: int = 501, chat: int = STAFF, **fields: Any
    ) -> dict[str, Any]:
        name = self.groups[chat].members.get(user, "Somebody")
        made = self.make(text, chat=chat, **{"from": {"id": user, "is_bot": False, "first_name": name}})
        if thread is not None:
            made |= {"message_thread_id": thread, "is_topic_message": True}
        return {**made, **fields}

    def press(
        self, sent: Sent, data: str, *, query: str | None = None, code: str = "en", user: int | None = None
    ) -> str:
        """Press a button under a message of the bot's; the query's id."""
        self._message_id += 1
        query = query or f"9{self._message_id:017d}"
        self._queries.add(query)
        message = {
            **self.make(sent.text, chat=sent.chat_id),
            "message_id": sent.message_id,
            "from": BOT,
            "reply_markup": {"inline_keyboard": sent.keyboard},
        }
        if sent.thread is not None:
            message |= {"message_thread_id": sent.thread, "is_topic_message": True}
        group = self.groups.get(sent.chat_id)
        name = group.members.get(user or 0, "Somebody") if group is not None else "Mei"
        who = {"id": user or abs(sent.chat_id), "is_bot": False, "first_name": name, "language_code": code}
        self.push(callback_query={"id": query, "from": who, "chat_instance": "1", "message": message, "data": data})
        return query

    def texts(self, chat: int = 7) -> list[str]:
        return [sent.text for sent in self.sent if sent.chat_id == chat]

    async def until(self, count: int, *, chat: int = 7, seconds: float = 20.0) -> list[Sent]:
        """Wait until the bot sent so many messages to the chat."""
        async with asyncio.timeout(seconds):
            while len(found := [sent for sent in self.sent if sent.chat_id == chat]) < count:
                await asyncio.sleep(0.02)
        return found

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    # --- the bot's side ---

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fields: dict[str, Any] = dict(await request.post())
        try:
            if request.match_info["token"] != TOKEN:
                raise Refused(401, "Unauthorized")
            self.calls.append((method, fields))
            if self._faults[method]:
                raise self._faults[method].pop(0)
            handler = getattr(self, f"_on_{method.lower()}", None)
            if handler is None:
                raise Refused(404, "Not Found: method not found")
            result = await handler(fields)
            await asyncio.sleep(self.late.get(method, 0.0))
            return web.json_response({"ok": True, "result": result})
        except Refused as error:
            return web.json_response(error.body, status=error.status)

    async def _on_getme(self, _: dict[str, Any]) -> Any:
        return {**BOT, "can_join_groups": True}

    async def _on_getupdates(self, fields: dict[str, Any]) -> Any:
        if self.webhook.get("url"):
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, end = int(fields.get("offset") or 0), time.monotonic() + float(fields.get("timeout") or 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        while not self._updates and (left := end - time.monotonic()) > 0:
            news = self._news
            try:
                await asyncio.wait_for(news.wait(), min(left, 1.0))
            except TimeoutError:
                continue
        return self._updates[:100]

    async def _on_setwebhook(self, fields: dict[str, Any]) -> Any:
        if not fields["url"].startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", fields.get("secret_token", "x")):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = fields
        return True

    async def _on_deletewebhook(self, _: dict[str, Any]) -> Any:
        self.webhook = {}
        return True

    async def _on_setmycommands(self, fields: dict[str, Any]) -> Any:
        commands = json.loads(fields["commands"])
        if len(commands) > 100:
            raise Refused(400, "Bad Request: too many commands")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        scope = json.loads(fields.get("scope") or '{"type": "default"}')
        if scope["type"] == "chat":
            self.group_commands[fields.get("language_code", "")] = commands
        else:
            self.commands[fields.get("language_code", "")] = commands
        return True

    def _keyboard(self, fields: dict[str, Any]) -> list[list[dict[str, Any]]]:
        keyboard = json.loads(fields.get("reply_markup") or "{}").get("inline_keyboard", [])
        for row in keyboard:
            for key in row:
                if not key["text"] or not 1 <= len(key.get("callback_data", "").encode()) <= 64:
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        return keyboard

    def _text(self, fields: dict[str, Any]) -> str:
        text = entities(fields.get("text", ""), fields.get("parse_mode"))
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        return text.strip()

    async def _on_sendmessage(self, fields: dict[str, Any]) -> Any:
        chat_id, text, keyboard = int(fields["chat_id"]), self._text(fields), self._keyboard(fields)
        thread = self.check_thread(fields)
        if thread is not None and chat_id > 0 and thread not in self.private_topics.get(chat_id, ()):
            raise Refused(400, "Bad Request: message thread not found")
        self._message_id += 1
        sent = Sent(chat_id, self._message_id, text, fields["text"], time.monotonic(), keyboard, fields, thread)
        self.sent.append(sent)
        chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}
        return {"message_id": sent.message_id, "date": int(time.time()), "chat": chat, "from": BOT, "text": text}

    async def _on_copymessage(self, fields: dict[str, Any]) -> Any:
        source = (int(fields["from_chat_id"]), int(fields["message_id"]))
        if source not in self._made:
            raise Refused(400, "Bad Request: message to copy not found")
        self.copied.append((int(fields["chat_id"]), source[1], self.check_thread(fields)))
        return {"message_id": self.next_id()}

    async def _on_sendmessagedraft(self, fields: dict[str, Any]) -> Any:
        if int(fields["chat_id"]) < 0 or int(fields["draft_id"]) == 0:
            raise Refused(400, "Bad Request: drafts go to private chats, under a number other than 0")
        text = entities(fields.get("text", ""), fields.get("parse_mode"))
        if units(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        self.drafts.append((int(fields["chat_id"]), int(fields["draft_id"]), text))
        return True

    async def _on_sendchataction(self, fields: dict[str, Any]) -> Any:
        if fields["action"] != "typing":
            raise Refused(400, "Bad Request: wrong parameter action in request")
        return True

    async def _on_answercallbackquery(self, fields: dict[str, Any]) -> Any:
        if fields["callback_query_id"] not in self._queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(fields.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answers[fields["callback_query_id"]] = fields.get("text", "")
        if fields.get("show_alert") == "true":
            self.alerts[fields["callback_query_id"]] = fields.get("text", "")
        return True

    async def _on_editmessagereplymarkup(self, fields: dict[str, Any]) -> Any:
        keyboard = self._keyboard(fields)
        for sent in self.sent:
            if (sent.chat_id, sent.message_id) == (int(fields["chat_id"]), int(fields["message_id"])):
                if sent.keyboard == keyboard:
                    raise Refused(400, "Bad Request: message is not modified")
                sent.keyboard = keyboard
                return True
        raise Refused(400, "Bad Request: message to edit not found")
