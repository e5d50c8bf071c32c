"""One turn of a conversation, from the customer's message to the reply that was said."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import contact, escalation, lines, personalisation
from bot.conversation import Conversation, Decision, IncomingMessage, Mood, Reply, Source
from bot.events import Event, MessageReceived, OwnerChanged, ReplyGiven
from bot.hours import Hours
from bot.losses import (
    asks_besides,
    buries,
    late_for_funeral,
    mourns,
    reports_damage,
    tells_of_damage,
)
from bot.queueing import Queue
from bot.remarks import DAMAGE, Remarks, only_mourns, said_before
from bot.requests import (
    asks_after_order,
    asks_nothing,
    doubts,
    tells_of_orders,
)
from bot.spoken import Fresh, Say, Spoken, silence
from bot.told import told_before
from generation import quoting, safety
from generation.request import ReplyRequest, Tone
from generation.sampling import SamplingControls
from retrieval.context import leant_on
from retrieval.errors import FrontdeskError, StorageUnavailable
from retrieval.language import detect
from retrieval.passages import Findings, Hit, Language
from retrieval.query import Utterance
from retrieval.smalltalk import small_talk

if TYPE_CHECKING:
    from bot.sentiment.reader import SentimentClassifier
    from bot.storage.presence import Presence
    from bot.storage.sessions import SessionStore
    from bot.storage.tickets import Tickets
    from generation.writer import Writer
    from retrieval.retriever import Retriever

logger = logging.getLogger(__name__)

LONGEST_TEXT = 4400  # characters that are read of a message: the 4096 of a Telegram message, and what masking may add
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\ud800-\udfff]"
    r"|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"  # after an emoji it makes one family of several people
)
_ASKS_WAITING = re.compile(
    r"[?？吗呢]|怎么|什么|多少|多久|几[点天个岁]|哪[个里儿些]|能不能|可以|有没有|是不是"
    r"|\b(?:what|when|where|how|who|which|whats|wheres|hows|can (?:i|you|u|we)|could (?:i|you|we)|(?:do|does) (?:you|u|it|they|the)|(?:is|are) (?:it|there|you|u))\b"
    r"|(?:^|[,.:;!] *)(?:is|are) (?:the|they)\b",
    re.IGNORECASE,
)
"""A question, wherever it stands in the message."""


def clean(text: str) -> str:
    """The message without control and invisible characters, at most LONGEST_TEXT characters."""
    return _CONTROL.sub("", text).strip()[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When the knowledge is taken to answer a question, and how much of it the model reads.

    ``meanwhile``: the same for who waits for a person, and may have had enough of wrong answers.
    """

    answerable: float = 0.5
    meanwhile: float = 0.7
    passages: int = 5
    suggestions: int = 3
    reply_seconds: float = 60.0


class Assistant:
    """Answers messages; every stage is a small object given to it here.

    Two invariants: nothing is said before its verdict, and ``Reply.text`` is word for word what was said.
    """

    def __init__(
        self,
        *,
        store: SessionStore,
        classifier: SentimentClassifier,
        retriever: Retriever,
        writer: Writer,
        policy: escalation.Policy | None = None,
        controls: SamplingControls | None = None,
        thresholds: Thresholds | None = None,
        hours: Hours | None = None,
        tickets: Tickets | None = None,
        presence: Presence | None = None,
        care: Mapping[Language, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``care`` are the telephone numbers that somebody in distress is told, as a sentence of each language."""
        self._store = store
        self._classifier = classifier
        self._retriever = retriever
        self._writer = writer
        self._policy = policy or escalation.Policy()
        self._controls = controls or SamplingControls()
        self._thresholds = thresholds or Thresholds()
        self._hours = hours or Hours()
        self._clock = clock
        self._queue = Queue(
            store=store,
            policy=self._policy,
            hours=self._hours,
            tickets=tickets,
            presence=presence,
            care=care,
            clock=clock,
        )
        self._remarks = Remarks(self._queue)

    async def respond(self, message: IncomingMessage, say: Say = silence) -> Reply:
        """Answer one message and store the turn. The same message again gets the first reply, not a second one.

        Raises StorageUnavailable where the turn could not be stored; where the decision, the search or the words fail
        in any other way, the customer gets an apology and a human.
        """
        async with self._store.open(message) as conversation:
            earlier = await self._store.seen(message)
            if earlier is not None:
                return earlier
            text = clean(message.text)
            message = replace(message, text=safety.mask(text))
            language = self._language(conversation, message)
            customer = personalisation.learn(conversation.customer, message.text, language, message.name)
            conversation = replace(conversation, customer=customer, language=language)
            spoken = Spoken(say, time.perf_counter(), contact=message.contact or contact.find(text))
            reply = await self._reply(conversation, message.text, language, spoken)
            spoken.seconds["total"] = time.perf_counter() - spoken.started
            reply = replace(reply, text=spoken.text, language=language, seconds=dict(spoken.seconds))
            events = self._events(conversation, message, reply)
            await self._store.commit(conversation, message, reply, events, customer=customer)
            if reply.text:
                self._classifier.said(reply.text)
            return reply

    async def _reply(self, conversation: Conversation, text: str, language: Language, spoken: Spoken) -> Reply:
        """The story of a turn: mood, decision, search, words."""
        mood = await self._mood(conversation, text, spoken)
        if conversation.owner == "human":
            await self._queue.keep_contact(conversation, spoken)
            found = escalation.danger(text, mood, self._policy) or Decision()
            return Reply(text="", mood=mood, decision=replace(found, action="answer"), silent=True, owner="human")
        back = conversation.owner == "queued"
        if back:
            rest = self._queue.taken_back(conversation, text, mood)
            if rest is None:
                heard = replace(mood, alarm=0.0, topic=None) if only_mourns(text, mood.topic) else mood
                return await self._wait(conversation, text, heard, language, spoken)
            await spoken.line(lines.say("left_queue", language))
            if not rest:
                return Reply(text="", mood=mood, decision=Decision("answer", (escalation.TAKEN_BACK,)), owner="bot")
            await spoken.pause()
            text, conversation = rest, _fenced(conversation)
        try:
            async with asyncio.timeout(self._thresholds.reply_seconds):
                reply = await self._serve(conversation, text, mood, language, spoken)
            if back and reply.owner == "bot":
                reasons = (escalation.TAKEN_BACK, *reply.decision.reasons)
                reply = replace(reply, decision=replace(reply.decision, reasons=reasons))
            return reply
        except StorageUnavailable:
            raise
        except Exception as error:
            logger.exception("a stage failed; a human is asked to take over")
            why = str(error) if isinstance(error, FrontdeskError) else type(error).__name__
            failed = Decision("hand_over", (f"the answer failed: {why}",))
            await spoken.line(lines.say("failed", language))
            return await self._queue.enter(conversation, mood, failed, language, spoken)

    async def _wait(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply:
        """While a person is still to come: what the queue says, else a sure answer or a courtesy, else that it is noted."""
        told = await self._queue.wait(conversation, text, mood, language, spoken)
        if told is not None:
            return told
        if (courtesy := small_talk(text)) in ("thanks", "goodbye"):
            await spoken.line(lines.say(f"{courtesy}_waiting", language, name=conversation.customer.name or ""))
            return Reply(text="", mood=mood, owner="queued")
        try:
            async with asyncio.timeout(self._thresholds.reply_seconds):
                answered = await self._answer_meanwhile(conversation, text, mood, language, spoken)
        except Exception:
            logger.exception("a question of who waits could not be answered")
            answered = None
        return answered or await self._queue.note(conversation, text, mood, language, spoken)

    async def _answer_meanwhile(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply | None:
        """The answer to a plain question that the files surely hold; what is told to the human, and the upset, get none."""
        if mood.label == "negative" or conversation.topic or not _ASKS_WAITING.search(text):
            return None
        history = (*conversation.history(), Utterance("customer", text))
        findings = await self._retriever.search(history, k=self._thresholds.passages)
        sure = findings.hits and findings.answerable >= self._thresholds.meanwhile
        if not sure or findings.small_talk is not None or asks_after_order(text):
            return None
        request = ReplyRequest(
            history, findings.hits, conversation.customer, language, _tone(mood, text), findings.listing
        )
        written = await self._writer.write(request, spoken, self._controls)
        if written.unknown:
            return None
        return Reply(text="", mood=mood, sources=_sources(written.used), grounded=written.grounded, owner="queued")

    async def _serve(
        self, conversation: Conversation, text: str, mood: Mood, language: Language, spoken: Spoken
    ) -> Reply:
        """The bot's own part: decide who answers, and say what needs no search, or search and write."""
        now, staff = self._clock(), await self._queue.staff()
        decision = escalation.decide(conversation, text, mood, self._policy, now=now, staff=staff)
        if decision.escalate:
            if mourns(text) or buries(text) or late_for_funeral(text):
                await spoken.line(lines.say("condolence_plain", language))
            if only_mourns(text, decision.topic):  # a person at once, and no word of emergencies
                wished = not escalation.WISHED.isdisjoint(decision.reasons)
                decision = Decision("hand_over", decision.reasons if wished else (escalation.MOURNS,))
            return await self._queue.enter(conversation, mood, decision, language, spoken)
        remark = await self._remarks.answer(conversation, text, mood, decision, language, spoken)
        if remark is not None:
            return remark
        if doubts(text) and (hits := self._answered_from(conversation)):
            asked = leant_on((*conversation.history(), Utterance("customer", text)))
            told = ("" if language == "zh" else " ").join(quoting.quote(asked, hit) for hit in hits)
            await spoken.line(lines.say("stands", language, words=told))
            return Reply(text="", mood=mood, decision=replace(decision, action="answer"), sources=_sources(hits))
        if buries(text) and not said_before(conversation, "condolence_plain"):
            await spoken.line(lines.say("condolence_plain", language))
            await spoken.pause()
        return await self._answer(conversation, text, mood, decision, language, spoken)

    def _answered_from(self, conversation: Conversation) -> list[Hit]:
        """The passages that the last line was said from, where the bot said it and the knowledge still holds them."""
        last = next((turn for turn in reversed(conversation.turns) if not turn.private), None)
        if last is None or last.author != "bot":
            return []
        score = {source.id: source.score for source in last.sources}
        held = {passage.id: passage for passage in self._retriever.passages if passage.id in score}
        cleaned = {name: safety.without_instructions(held[name].text) for name in score if name in held}
        return [Hit(replace(held[name], text=said), score[name]) for name, said in cleaned.items() if said]

    async def _mood(self, conversation: Conversation, text: str, spoken: Spoken) -> Mood:
        began = time.perf_counter()
        try:
            mood = await self._classifier.read((*conversation.transcript(), Utterance("customer", text)))
            # Greetings one after the other, or a question who answers, repeat themselves without being a complaint.
            return replace(mood, dissatisfaction=0.0) if asks_nothing(text) else mood
        except Exception:
            logger.exception("the mood could not be read")
            return Mood()
        finally:
            spoken.seconds["sentiment"] = time.perf_counter() - began

    async def _answer(
        self,
        conversation: Conversation,
        text: str,
        mood: Mood,
        decision: Decision,
        language: Language,
        spoken: Spoken,
    ) -> Reply:
        history = (*conversation.history(), Utterance("customer", text))
        began = time.perf_counter()
        findings = await self._retriever.search(history, k=self._thresholds.passages)
        spoken.seconds["retrieval"] = time.perf_counter() - began
        if findings.small_talk is not None:
            name = conversation.customer.name or ""
            await spoken.line(lines.say(findings.small_talk, language, name=name))
            return Reply(text="", mood=mood, decision=replace(decision, action="answer"))  # no offer was said
        if asks_after_order(text) and not (findings.hits and tells_of_orders(findings.hits[0].passage.title)):
            return await self._remarks.note_order(conversation, None, mood, decision, language, spoken)
        harmed = reports_damage(text)
        if harmed and decision.action == "answer" and (await self._queue.standing(conversation)).state == "open":
            decision = Decision("offer", (*decision.reasons, DAMAGE))
        amiss = harmed and not asks_besides(text) and not (findings.hits and _on_damage(findings.hits[0]))
        if not findings.hits or findings.answerable < self._thresholds.answerable or amiss:
            return await self._admit(conversation, findings, mood, decision, language, spoken, harmed=harmed)
        began = time.perf_counter()
        tone: Tone = "upset" if harmed and not said_before(conversation, "sorry") else _tone(mood, text)
        request = ReplyRequest(history, findings.hits, conversation.customer, language, tone, findings.listing)
        # A choice may come out the same.
        before = "" if findings.listing is not None else told_before(conversation, text)
        fresh = Fresh(spoken, before, request.tone == "upset")
        written = await self._writer.write(request, fresh, self._controls)
        spoken.seconds["generation"] = time.perf_counter() - began
        if written.unknown:  # the passage is near, but does not say it
            return await self._admit(conversation, findings, mood, decision, language, spoken, harmed=harmed)
        if fresh.held:
            decision = await self._tell_all(conversation, "".join(fresh.held).strip(), decision, language, spoken)
        elif decision.action == "offer":
            key = "offer" if (await self._queue.staff()).available else "offer_away"
            await spoken.line(lines.say(key, language, hours=self._hours.text(language)))
        return Reply(
            text="",
            mood=mood,
            decision=decision,
            sources=_sources(written.used),
            grounded=written.grounded,
            offer_human=decision.action == "offer",
        )

    async def _tell_all(
        self, conversation: Conversation, told: str, decision: Decision, language: Language, spoken: Spoken
    ) -> Decision:
        """Say that what was said last is all that the files tell; a person is offered once."""
        here = await self._queue.standing(conversation)
        offers = decision.action == "offer" or here.state == "open"
        await spoken.line(lines.say("all_told" if offers else "all_told_noted", language, words=told))
        if not offers:
            return decision
        return replace(
            decision, action="offer", reasons=(*decision.reasons, "the knowledge says no more than was told")
        )

    async def _admit(
        self,
        conversation: Conversation,
        findings: Findings,
        mood: Mood,
        decision: Decision,
        language: Language,
        spoken: Spoken,
        *,
        harmed: bool = False,
    ) -> Reply:
        """Say that the answer is not known, to the upset with an apology, show the nearest questions, and offer a human.

        Who was ``harmed`` hears that it is regretted, whatever the files hold.
        """
        if escalation.DECLINED in decision.reasons and not harmed:  # "no thanks" asks nothing
            await spoken.line(lines.say("declined", language))
            return Reply(text="", mood=mood, decision=decision)
        if _upset(mood) and not harmed and not spoken.pieces:
            await spoken.line(lines.say("sorry", language))
        suggestions = tuple(
            dict.fromkeys(
                hit.passage.title
                for hit in findings.hits
                if hit.passage.kind == "faq"
                and hit.passage.language == language
                and safety.without_instructions(hit.passage.title)
            )
        )[: self._thresholds.suggestions]
        decision = escalation.unknown(
            conversation, decision, self._policy, now=self._clock(), staff=await self._queue.staff()
        )
        if decision.escalate:
            await spoken.line(lines.say("sorry" if harmed else "unknown_plain", language))
            handed = await self._queue.enter(conversation, mood, decision, language, spoken)
            return replace(handed, answered=False)
        offers = decision.action == "offer"
        if harmed:
            await spoken.line(lines.say("damage" if offers else "damage_noted", language))
            return Reply(text="", mood=mood, decision=decision, answered=False, offer_human=offers)
        key = "unknown_noted" if not offers else "unknown_again" if conversation.unanswered > 0 else "unknown"
        await spoken.line(lines.say(key, language))
        return Reply(text="", mood=mood, decision=decision, answered=False, suggestions=suggestions, offer_human=offers)

    def _language(self, conversation: Conversation, message: IncomingMessage) -> Language:
        """The message's own language; where it has no words, the one spoken before."""
        fallback = conversation.language or conversation.customer.language or message.language or "en"
        return detect(message.text, fallback)

    def _events(self, conversation: Conversation, message: IncomingMessage, reply: Reply) -> Sequence[Event]:
        now = self._clock()
        events: list[Event] = [MessageReceived(conversation.id, now, message.text, reply.language, reply.mood)]
        if not reply.silent:
            events.append(
                ReplyGiven(
                    conversation.id,
                    now,
                    reply.text,
                    reply.answered,
                    reply.grounded,
                    reply.sources,
                    reply.decision,
                    reply.seconds,
                )
            )
        if reply.owner != conversation.owner:
            events.append(OwnerChanged(conversation.id, now, reply.owner, reply.decision.reasons))
        return events


def _fenced(conversation: Conversation) -> Conversation:
    """The conversation without what was written while waiting, which no answer leans on."""
    last = max((place for place, turn in enumerate(conversation.turns) if turn.fence), default=-1)
    return replace(conversation, turns=conversation.turns[: last + 1])


def _on_damage(hit: Hit) -> bool:
    """Whether the passage says what is done about damage; who tells of it is told no price of something else."""
    return tells_of_damage(f"{hit.passage.title} {hit.passage.text}")


def _upset(mood: Mood) -> bool:
    """Whether an apology fits; words that only sound unhappy ("he bites people") ask for none."""
    vexed = mood.score < -0.4 and (mood.reasons or mood.dissatisfaction > 0.3)
    return mood.label == "negative" and bool(vexed or mood.dissatisfaction > 0.5)


def _tone(mood: Mood, text: str) -> Tone:
    if _upset(mood):
        return "upset"
    return (
        "hurried" if re.search(r"\b(asap|urgent|quick(ly)?|hurry)\b|赶紧|急|快点|马上", text, re.IGNORECASE) else "calm"
    )


def _sources(hits: Sequence[Hit]) -> tuple[Source, ...]:
    return tuple(
        Source(hit.passage.id, hit.passage.title, hit.passage.source, hit.passage.line, round(hit.score, 4))
        for hit in hits
    )
