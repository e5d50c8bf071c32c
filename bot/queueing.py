"""The way to a person: who is handed over enters the queue, is told the place, waits, and may take it back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import escalation, handover, lines, waiting
from bot.conversation import Conversation, Decision, Mood, Reply
from bot.costs import Staffing
from bot.hours import Hours
from bot.requests import asks_for_human, asks_if_bot, taken_back
from bot.spoken import Spoken
from retrieval.glossary import glossary
from retrieval.passages import Language
from retrieval.smalltalk import small_talk

if TYPE_CHECKING:
    from bot.storage.presence import Presence
    from bot.storage.sessions import SessionStore
    from bot.storage.tickets import Tickets

_WAITS = re.compile(
    r"\b(?:are|r) (?:you|u) (?:still )?there\b|\bstill (?:there|waiting)\b|\bin the queue\b"
    r"|\bhow much longer\b|\bhow long(?:\W*$|.*\bwait)|\bwhen (?:will|does|is) (?:some|any)(?:one|body)\b"
    r"|^(?:\W*(?:(?:你们?|您)?还?在(?:不在|[吗嘛么])|有人(?:在|来)?[吗嘛么]|人呢|人工))+\W*$|[等排](?:到|了|队)?.{0,3}(?:多久|多长时间|几位|什么时候)|第几[位个]"
    r"|(?:什么时候|多久).{0,3}(?:有人|轮到)",
    re.IGNORECASE,
)
"""Asks a queue whether somebody comes, and when."""


class Queue:
    """The conversations that wait for a person, as one of them sees it."""

    def __init__(
        self,
        *,
        store: SessionStore,
        policy: escalation.Policy,
        hours: Hours,
        tickets: Tickets | None = None,
        presence: Presence | None = None,
        care: Mapping[Language, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``care`` are the telephone numbers that somebody in distress is told, as a sentence of each language."""
        self._store = store
        self._policy = policy
        self._hours = hours
        self._tickets = tickets
        self._presence = presence
        self._care = care or {}
        self._clock = clock

    async def enter(
        self, conversation: Conversation, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply:
        """Pass the customer on: the place is told, and honestly whether anybody is there."""
        now, staff = self._clock(), await self.staff()
        place = await self._place(conversation, mood, decision)
        ticket = None
        if not staff.available and self._tickets is not None:
            ticket = (await self._tickets.open(conversation.id, now)).name
        await self.keep_contact(conversation, spoken)
        care = self._care.get(language, "") if decision.topic == "self_harm" else None
        await spoken.line(
            handover.words(
                language,
                place=place,
                staff=staff,
                hours=self._hours,
                ticket=ticket,
                care=care,
                danger=decision.topic == "safety",
            )
        )
        return Reply(text="", mood=mood, decision=decision, owner="queued")

    async def wait(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply | None:
        """What the queue itself says to who writes while waiting: of a danger, a contact, the place to who asks; else None."""
        kept = await self.keep_contact(conversation, spoken)
        found = escalation.danger(text, mood, self._policy)
        if found is not None and found.topic == "self_harm":  # the care line is said as often as it is needed
            return await self.enter(conversation, mood, found, language, spoken)
        if found is not None and waiting.graver(found.topic, conversation.topic):
            place = await self._place(conversation, mood, found)
            if found.topic == "safety":
                await spoken.line(lines.say("danger", language))
            await spoken.line(lines.say("urgent", language, place=place))
            return Reply(text="", mood=mood, decision=found, owner="queued")
        if kept:
            place = await self._place(conversation, mood)
            await spoken.line(lines.say("contact_kept", language, place=place, contact=spoken.contact.masked))
            return self._noted(text, mood)
        if asks_if_bot(text) or _asks_for_somebody(text) or _distressed(conversation):
            return await self._told_place(conversation, text, mood, language, spoken)
        return None

    async def note(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply:
        """Say that the message is kept for the human: with the place now and then, and not twice in a row."""
        system = [turn.at for turn in conversation.turns if turn.author == "system"]
        if not system or self._clock() - system[-1] >= self._hours.remind_seconds:
            return await self._told_place(conversation, text, mood, language, spoken)
        line = lines.say("noted", language)
        last = next((turn for turn in reversed(conversation.turns) if turn.author in ("bot", "system")), None)
        if last is not None and last.text.endswith(line):
            return replace(self._noted(text, mood), silent=True)
        await spoken.line(line)
        return self._noted(text, mood)

    async def _told_place(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply:
        place = await self._place(conversation, mood)
        if conversation.topic == "safety":
            await spoken.line(lines.say("danger", language))
        key = "is_bot_waiting" if asks_if_bot(text) else "waiting"
        await spoken.line(lines.say(key, language, place=place, hours=self._hours.text(language)))
        return self._noted(text, mood)

    def _noted(self, text: str, mood: Mood) -> Reply:
        found = escalation.danger(text, mood, self._policy) or Decision()
        return Reply(text="", mood=mood, decision=replace(found, action="answer"), owner="queued")

    async def keep_contact(self, conversation: Conversation, spoken: Spoken) -> bool:
        """Keep the address or number that the message held, for the desk only."""
        if self._tickets is None or not spoken.contact:
            return False
        found = spoken.contact
        await self._tickets.leave(conversation.id, self._clock(), email=found.email, phone=found.phone)
        return True

    async def _place(self, conversation: Conversation, mood: Mood, decision: Decision | None = None) -> int:
        queue = await self._store.conversations({"queued"})
        topic = decision.topic if decision is not None else None
        return waiting.place(queue, conversation, self._clock(), mood=mood, topic=topic)

    async def standing(self, conversation: Conversation) -> escalation.Standing:
        """Where the conversation stands before its next message."""
        return escalation.standing(conversation, self._policy, now=self._clock(), staff=await self.staff())

    async def staff(self) -> Staffing:
        """Who could come now."""
        now = self._clock()
        present = None if self._presence is None else len(await self._presence.names(now))
        return Staffing(self._hours.open_at(now), present, await self._store.count("queued"))

    def taken_back(self, conversation: Conversation, text: str, mood: Mood) -> str | None:
        """What who waits asks instead of the person, "" where nothing; None where a person is still to come.

        Danger and the unhappy keep their place; who was not passed on by their own wish leaves it with a question only.
        """
        rest = taken_back(text)
        kept = conversation.topic or mood.label == "negative" or escalation.danger(text, mood, self._policy)
        if rest is None or kept or asks_for_human(text):
            return None
        return rest if rest or not escalation.WISHED.isdisjoint(conversation.reasons) else None


def _distressed(conversation: Conversation) -> bool:
    """Whether who waits is in danger or mourns: they hear a line for each message, and no answer from the files."""
    return conversation.topic in ("self_harm", "safety") or escalation.MOURNS in conversation.reasons


def _asks_for_somebody(text: str) -> bool:
    """Whether who waits asks if anybody comes, or when."""
    return asks_for_human(text) or small_talk(text) == "greeting" or bool(_WAITS.search(glossary().simplify(text)))
