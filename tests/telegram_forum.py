"""The forum half of the loopback Bot API server: a group with topics, its members and their rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STAFF = -1001234567890
_COLOURS = {0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F}  # the six that the Bot API allows


class Refused(Exception):
    """An error answer of the Bot API."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass
class ForumTopic:
    """A topic as Telegram keeps it; ``log`` is what was done to it, in order."""

    thread: int
    name: str
    open: bool = True
    log: list[str] = field(default_factory=lambda: ["created"])


@dataclass
class ForumGroup:
    """A supergroup; the bot's rights in it and its members can be changed while it runs."""

    title: str = "Lumen & Oak staff"
    kind: str = "supergroup"
    is_forum: bool = True
    admin: bool = True
    can_manage_topics: bool = True
    can_delete_messages: bool = True
    members: dict[int, str] = field(default_factory=lambda: {501: "Ana", 502: "Ben"})
    topics: dict[int, ForumTopic] = field(default_factory=dict)
    deleted: list[int] = field(default_factory=list)


class Forums:
    """Groups by their id, and what the Bot API does in them; mixed into the server."""

    bot_id: int
    groups: dict[int, ForumGroup]
    next_id: Any

    def topic_named(self, part: str, chat: int = STAFF) -> ForumTopic:
        (found,) = [topic for topic in self.groups[chat].topics.values() if part in topic.name]
        return found

    def check_thread(self, fields: dict[str, Any]) -> int | None:
        """The topic a message is sent to, as Telegram checks it."""
        thread = int(fields["message_thread_id"]) if fields.get("message_thread_id") else None
        group = self.groups.get(int(fields["chat_id"]))
        if group is not None and not (group.admin or group.members.get(self.bot_id)):
            raise Refused(403, "Forbidden: bot was kicked from the supergroup chat")
        if group is not None and thread is not None:
            if thread not in group.topics:
                raise Refused(400, "Bad Request: message thread not found")
            if not group.topics[thread].open and not (group.admin and group.can_manage_topics):
                raise Refused(400, "Bad Request: TOPIC_CLOSED")
        return thread

    async def _on_getchat(self, fields: dict[str, Any]) -> Any:
        group = self._group(fields)
        info = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}
        return {
            "id": int(fields["chat_id"]),
            "type": group.kind,
            "title": group.title,
            "is_forum": group.is_forum,
        } | info

    async def _on_getchatmember(self, fields: dict[str, Any]) -> Any:
        group, user_id = self._group(fields), int(fields["user_id"])
        user = {"id": user_id, "is_bot": user_id == self.bot_id, "first_name": group.members.get(user_id, "Somebody")}
        if user_id == self.bot_id and group.admin:
            rights = dict.fromkeys(_RIGHTS, False)
            rights |= {"can_manage_topics": group.can_manage_topics, "can_delete_messages": group.can_delete_messages}
            return {"status": "administrator", "user": user, **rights}
        inside = user_id == self.bot_id or user_id in group.members
        return {"status": "member" if inside else "left", "user": user}

    async def _on_createforumtopic(self, fields: dict[str, Any]) -> Any:
        group = self._forum(fields, "create a topic")
        name = _name(fields.get("name", ""))
        colour = int(fields.get("icon_color") or 0x6FB9F0)
        if colour not in _COLOURS:
            raise Refused(400, "Bad Request: wrong icon_color")
        thread = self.next_id()
        group.topics[thread] = ForumTopic(thread, name)
        return {"message_thread_id": thread, "name": name, "icon_color": colour}

    async def _on_editforumtopic(self, fields: dict[str, Any]) -> Any:
        topic = self._topic(fields, "edit the topic")
        name = _name(fields["name"])
        if name == topic.name:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.name = name
        topic.log.append("renamed")
        return True

    async def _on_closeforumtopic(self, fields: dict[str, Any]) -> Any:
        return self._turn(fields, False, "closed")

    async def _on_reopenforumtopic(self, fields: dict[str, Any]) -> Any:
        return self._turn(fields, True, "reopened")

    async def _on_deleteforumtopic(self, fields: dict[str, Any]) -> Any:
        topic = self._topic(fields, "delete the topic")
        group = self._group(fields)
        if not group.can_delete_messages:
            raise Refused(400, "Bad Request: not enough rights to delete the topic")
        del group.topics[topic.thread]
        group.deleted.append(topic.thread)
        return True

    def _turn(self, fields: dict[str, Any], opened: bool, what: str) -> bool:
        topic = self._topic(fields, "change the topic")
        if topic.open == opened:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.open = opened
        topic.log.append(what)
        return True

    def _topic(self, fields: dict[str, Any], what: str) -> ForumTopic:
        group = self._forum(fields, what)
        thread = int(fields["message_thread_id"])
        if thread not in group.topics:
            raise Refused(400, "Bad Request: TOPIC_ID_INVALID")
        return group.topics[thread]

    def _forum(self, fields: dict[str, Any], what: str) -> ForumGroup:
        group = self._group(fields)
        if not group.is_forum:
            raise Refused(400, "Bad Request: the chat is not a forum")
        if not group.admin or not group.can_manage_topics:
            raise Refused(400, f"Bad Request: not enough rights to {what}")
        return group

    def _group(self, fields: dict[str, Any]) -> ForumGroup:
        group = self.groups.get(int(fields["chat_id"]))
        if group is None:
            raise Refused(400, "Bad Request: chat not found")
        return group


def _name(name: str) -> str:
    if not 1 <= len(name) <= 128 or "\n" in name:
        raise Refused(400, "Bad Request: TOPIC_TITLE_INVALID")
    return name


_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
