"""Writes an answered message: what a turn leaves behind in its conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot import waiting
from bot.conversation import Conversation, IncomingMessage, Owner, Reply, Turn
from bot.events import Event, OwnerChanged
from bot.storage.transaction import Change


def write_turn(
    changes: Change,
    held: Mapping[str, str],
    conversation: Conversation,
    message: IncomingMessage,
    reply: Reply,
    events: Sequence[Event],
) -> None:
    """Add both turns of a message and its reply, the owner, the events and what must be delivered.

    ``held`` is what the conversation holds now, ``conversation`` what the turn began with: an operator who took it
    in between keeps it. A reply at a hand-over or in the queue is the system's, not the bot's, but for an answer from the files.
    """
    now = message.sent_at
    moved = held.get("owner", conversation.owner) != conversation.owner
    changed = not moved and reply.owner != conversation.owner
    owner: Owner = held["owner"] if moved else reply.owner  # type: ignore[assignment]
    since = now if changed else float(held.get("owned_since", conversation.owned_since) or now)
    said = Turn("customer", message.text, now, message.message_id, mood=reply.mood, absorbed=message.absorbed)
    changes.add_turn(said, conversation.channel)
    if not reply.silent and reply.text:
        turn = Turn(
            "system" if reply.owner == "queued" and not reply.sources else "bot",
            reply.text,
            now,
            message.message_id,
            sources=reply.sources,
            answered=reply.answered,
            # The bot's first answer after a closed conversation is no hand-over line: it may feed the next prompt.
            fence=reply.owner != conversation.owner and reply.owner != "bot",
            suggestions=reply.suggestions,
            offer_human=reply.offer_human,
        )
        changes.add_turn(turn, conversation.channel, deliver=True)
    offered = reply.decision.action == "offer" or conversation.offered
    changes.set(
        channel=conversation.channel,
        owner=owner,
        owned_since=since,
        language=reply.language,
        created_at=conversation.created_at or now,
    )
    if not moved:
        changes.set(
            offered=int(offered and not changed),
            unanswered=0 if changed or reply.answered else conversation.unanswered + 1,
        )
    if changed:
        changes.set(operator="", reasons=json.dumps(reply.decision.reasons), topic=reply.decision.topic or "")
    elif reply.decision.topic and owner in ("queued", "human"):  # danger that came up while a person is awaited
        reasons = dict.fromkeys([*reply.decision.reasons, *json.loads(held.get("reasons") or "[]")])
        changes.set(reasons=json.dumps(list(reasons)))
        if waiting.graver(reply.decision.topic, held.get("topic")):
            changes.set(topic=reply.decision.topic)
    changes.own(owner, since, now)
    for event in events:
        if not (moved and isinstance(event, OwnerChanged)):
            changes.note(event)
    changes.tell_desk("owner" if changed else "turn")
