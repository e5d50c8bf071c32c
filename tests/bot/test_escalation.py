"""When a human comes: requests, dangers, anger, failure, offers taken and refused, and the pause after a hand-back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import Conversation, Mood, Turn
from bot.escalation import Policy, decide

CALM = Mood("neutral", 0.0, 0.8, 0.1)
POLICY = Policy()
START = Conversation("web:1", "web")


def said(*turns: Turn, **changes: object) -> Conversation:
    return replace(START, turns=turns, **changes)  # type: ignore[arg-type]


def customer(text: str) -> Turn:
    return Turn("customer", text, 0.0)


def bot(text: str, *, offer: bool = False) -> Turn:
    return Turn("bot", text, 0.0, offer_human=offer)


def test_a_plain_question_is_answered() -> None:
    assert decide(START, "how long do I have to send the lamp back?", CALM, POLICY).action == "answer"


@pytest.mark.parametrize("text", ["I want a human", "转人工"])
def test_a_request_for_a_person_is_always_obeyed(text: str) -> None:
    decision = decide(START, text, Mood("positive", 0.9, 0.9, 0.0), POLICY)
    assert decision.escalate
    assert decision.reasons == ("asked for a person",)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("my lawyer will contact you", "legal"),
        ("the lamp caught fire", "safety"),
        ("台灯冒烟了", "safety"),
        ("someone used my card on your site", "fraud"),
        ("I want to kill myself", "self_harm"),
        ("I am a journalist", "press"),
    ],
)
def test_a_dangerous_topic_goes_to_a_person(text: str, topic: str) -> None:
    decision = decide(START, text, CALM, POLICY)
    assert decision.escalate
    assert decision.topic == topic


def test_great_anger_goes_to_a_person() -> None:
    angry = Mood("negative", -0.9, 0.95, 0.3)
    assert decide(START, "this is the third time, I'm furious", angry, POLICY).escalate


def test_likely_dissatisfaction_offers_once_then_hands_over() -> None:
    upset = Mood("negative", -0.4, 0.7, POLICY.offer_at + 0.02, ("corrects or rejects the answer",))
    first = decide(START, "no, that is not it", upset, POLICY)
    assert first.action == "offer"
    assert first.reasons == upset.reasons
    later = said(bot("Shall I get a person?", offer=True), customer("hm"), bot("The lamp costs S$49.90."), offered=True)
    assert decide(later, "no, that is not it", upset, POLICY).escalate


def test_dissatisfaction_over_the_threshold_hands_over_with_its_reasons() -> None:
    lost = Mood("negative", -0.5, 0.7, POLICY.threshold, ("asked the same thing 3 times",))
    decision = decide(START, "again: where is my order", lost, POLICY)
    assert decision.escalate
    assert decision.reasons == lost.reasons


def test_a_small_change_of_mood_after_the_offer_does_not_offer_again() -> None:
    after = said(bot("Shall I get a person?", offer=True), offered=True)
    mild = Mood("neutral", -0.1, 0.6, POLICY.offer_at + 0.01)
    assert decide(after, "hm what about delivery then", mild, POLICY).action == "answer"


@pytest.mark.parametrize(
    ("text", "action"), [("yes please", "hand_over"), ("好的", "hand_over"), ("no thanks", "answer")]
)
def test_the_answer_to_an_offer_is_obeyed(text: str, action: str) -> None:
    offered = said(customer("where is it"), bot("Would you like a person?", offer=True), offered=True)
    assert decide(offered, text, CALM, POLICY).action == action


def test_a_yes_to_another_question_is_no_request() -> None:
    asked = said(customer("lamp"), bot("Do you mean the Aurora Desk Lamp?"), offered=True)
    assert decide(asked, "yes please", CALM, POLICY).action == "answer"


def test_repeated_failure_offers_and_then_hands_over() -> None:
    failed = replace(START, unanswered=POLICY.unanswered_offer)
    assert decide(failed, "and the red one?", CALM, POLICY).action == "offer"
    failed = replace(START, unanswered=POLICY.unanswered_hand_over, offered=True)
    assert decide(failed, "and the red one?", CALM, POLICY).escalate


def test_mood_alone_does_not_play_a_conversation_back_to_the_human_at_once() -> None:
    back = said(
        customer("I am furious"),
        Turn("system", "A colleague is here.", 0.0, fence=True),
        Turn("human", "Sorry. Your refund is on its way.", 0.0, operator="ann"),
        Turn("system", "The assistant answers again.", 0.0, fence=True),
    )
    lost = Mood("negative", -0.5, 0.7, 0.95)
    assert decide(back, "ok and the delivery?", lost, POLICY).action == "answer"
    assert decide(back, "I want a human", lost, POLICY).escalate
    later = replace(back, turns=(*back.turns, customer("hm"), bot("Yes."), customer("hm"), bot("Yes.")))
    assert decide(later, "this is no help", lost, POLICY).escalate


def test_dearer_hand_overs_raise_the_threshold() -> None:
    assert Policy(needless_cost=12).threshold > Policy(needless_cost=2).threshold
    assert Policy(lost_cost=100).threshold <= Policy(lost_cost=10).threshold
    assert Policy(hand_over_at=0.8).threshold == 0.8
