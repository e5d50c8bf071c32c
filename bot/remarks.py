"""What is said to a message that asks nothing of the files: a death, an order, a scolding, a giving up."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import escalation, lines, personalisation
from bot.conversation import Action, Conversation, Decision, Mood, Reply
from bot.losses import blames, buries, despairs, irreplaceable, late_for_funeral, mourns, reports_damage
from bot.queueing import Queue
from bot.requests import asks_if_bot, gives_up, misheard, scolds
from bot.spoken import Spoken
from generation import safety
from retrieval.passages import Language
from retrieval.smalltalk import small_talk

DAMAGE = "tells of damage or loss"
_MISHEARD = "was answered another question"
_WORD = re.compile(r"\w")
_ASKS = re.compile(
    r"[?？吗]|怎么|什么|多少|多久|几|哪|能不能|可以"
    r"|^\W*(?:(?:and|but|so|also|then|ok(?:ay)?|well|please|thanks?|thank you|sorry|hi|hello)\W+)*(?:what|when|where|how|who|which|can|could|do|does|is|are)\b"
    r"|\bhow (?:much|many|long)\b|\b(?:can|could) (?:i|we|you|u)\b|\bdo (?:you|u)\b",
    re.IGNORECASE,
)


class Remarks:
    """Answers what needs no search; a person is offered, or fetched through the queue."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def answer(
        self, conversation: Conversation, text: str, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply | None:
        """What was said, after ``decision`` was to answer or to offer; None where the files must be searched."""
        if not _WORD.search(text):
            await spoken.line(lines.say("no_words" if text else "empty", language))
            return Reply(text="", mood=mood, decision=replace(decision, action="answer"), owner="bot")
        if asks_if_bot(text):
            await spoken.line(lines.say("is_bot", language))
            return Reply(text="", mood=mood, decision=replace(decision, action="answer"))
        if mourns(text) or late_for_funeral(text) or _mourned_last(conversation) and _tells(text):
            return await self._condole(conversation, text, mood, decision, language, spoken)
        if order := personalisation.order_alone(text):
            return await self.note_order(conversation, order, mood, decision, language, spoken)
        lost = reports_damage(text) and irreplaceable(text) and escalation.DECLINED not in decision.reasons
        if lost and not (await self._queue.standing(conversation)).cooling:
            await spoken.line(lines.say("sorry", language))
            fetched = Decision("hand_over", (DAMAGE, *decision.reasons))
            return await self._queue.enter(conversation, mood, fetched, language, spoken)
        if misheard(text):
            return await self._hear_again(conversation, mood, decision, language, spoken)
        if scolds(text):
            return await self._regret(conversation, mood, decision, language, spoken)
        if gives_up(text):
            return await self._let_go(conversation, mood, decision, language, spoken)
        return None

    async def _condole(
        self, conversation: Conversation, text: str, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply:
        """A death is met with sympathy and a person, never with a rule; at once where the shop has a part in it, or a funeral cannot wait."""
        here = await self._queue.standing(conversation)
        cooling = here.cooling or escalation.DECLINED in decision.reasons
        if (blames(text) or late_for_funeral(text)) and not cooling:
            await spoken.line(lines.say("condolence_plain", language))
            blamed = Decision("hand_over", (escalation.MOURNS, *decision.reasons))
            return await self._queue.enter(conversation, mood, blamed, language, spoken)
        offers = decision.action == "offer" or here.state == "open" or mourns(text) and not cooling
        await spoken.line(lines.say("condolence" if offers else "condolence_noted", language))
        return _offering(mood, decision, escalation.MOURNS, offers)

    async def _hear_again(
        self, conversation: Conversation, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply:
        """Who was answered another question is asked to put it another way, and offered a person."""
        here = await self._queue.standing(conversation)
        offers = decision.action == "offer" or here.state == "open"
        await spoken.line(lines.say("misheard" if offers else "misheard_noted", language))
        return _offering(mood, decision, _MISHEARD, offers)

    async def note_order(
        self,
        conversation: Conversation,
        order: str | None,
        mood: Mood,
        decision: Decision,
        language: Language,
        spoken: Spoken,
    ) -> Reply:
        """An order by itself, or what became of one, is nothing that the knowledge holds: a person, who can look, is offered once."""
        here = await self._queue.standing(conversation)
        offers = decision.action == "offer" or here.state == "open"
        if order is None:
            key = "order_asked" if offers else "order_asked_noted"
        else:
            key = "order_alone" if offers else "order_noted"
        await spoken.line(lines.say(key, language, order=order))
        return _offering(mood, decision, escalation.ORDER, offers)

    async def _regret(
        self, conversation: Conversation, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply:
        """Who scolds asks nothing that the files hold: a person is offered, and fetched where the offer was passed over."""
        here = await self._queue.standing(conversation)
        reasons = (*decision.reasons, escalation.SCOLDS)
        if not here.cooling and here.state != "open":
            await spoken.line(lines.say("sorry", language))
            return await self._queue.enter(conversation, mood, Decision("hand_over", reasons), language, spoken)
        offers = not here.cooling
        await spoken.line(lines.say("let_go_offer" if offers else "let_go", language))
        action: Action = "offer" if offers else "answer"
        return Reply(text="", mood=mood, decision=replace(decision, action=action, reasons=reasons), offer_human=offers)

    async def _let_go(
        self, conversation: Conversation, mood: Mood, decision: Decision, language: Language, spoken: Spoken
    ) -> Reply:
        """Who gives up asks nothing: it is acknowledged, and a person is offered to who leaves without an answer or unhappy."""
        here = await self._queue.standing(conversation)
        unserved = decision.action == "offer" or conversation.unanswered > 0
        offers = unserved and not here.cooling and escalation.DECLINED not in decision.reasons
        key = "let_go_offer" if offers else "let_go" if unserved else "declined"
        await spoken.line(lines.say(key, language))
        return _offering(mood, decision, escalation.GAVE_UP, offers)


def _offering(mood: Mood, decision: Decision, why: str, offers: bool) -> Reply:
    """What was said without a search, with the offer of a person where it made one."""
    if offers:
        decision = replace(decision, action="offer", reasons=(*decision.reasons, why))
    return Reply(text="", mood=mood, decision=decision, offer_human=offers)


def only_mourns(text: str, topic: str | None) -> bool:
    """Whether what sounds like despair is mourning, without a word of self-harm or of no way on."""
    if topic != "self_harm" or "self_harm" in safety.flags(text) or despairs(text):
        return False
    return mourns(text) or buries(text) or late_for_funeral(text)


def said_before(conversation: Conversation, key: str) -> bool:
    """Whether the bot has said this line before, by name or not."""
    said = [turn.text for turn in conversation.turns if turn.author == "bot"]
    return any(lines.say(key, language).rstrip(".。") in text for language in ("en", "zh") for text in said)


def _mourned_last(conversation: Conversation) -> bool:
    """Whether the customer's last message told of a death, and the bot was there to hear it."""
    said = [turn for turn in conversation.turns if not turn.private][-2:]
    return [turn.author for turn in said] == ["customer", "bot"] and mourns(said[0].text)


def _tells(text: str) -> bool:
    """Whether who told of a death goes on about it, and neither asks something nor takes leave."""
    return not (_ASKS.search(text) or small_talk(text) or gives_up(text) or personalisation.order_alone(text))
