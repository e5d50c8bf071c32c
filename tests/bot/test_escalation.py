"""When a human comes: requests, dangers, anger, failure, offers taken and refused, and the pause after a hand-back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import Conversation, Decision, Mood, Turn
from bot.escalation import Policy, Staffing, decide, standing, unknown
from generation.request import Customer

CALM = Mood("neutral", 0.0, 0.8, 0.1)
POLICY = Policy()
START = Conversation("web:1", "web")


def said(*turns: Turn, **changes: object) -> Conversation:
    return replace(START, turns=turns, **changes)  # type: ignore[arg-type]


def customer(text: str) -> Turn:
    return Turn("customer", text, 0.0)


def bot(text: str, *, offer: bool = False, answered: bool = True) -> Turn:
    return Turn("bot", text, 0.0, offer_human=offer, answered=answered)


def refused(offer: bool = False) -> Turn:
    return bot("I won't guess.", offer=offer, answered=False)


def test_a_plain_question_is_answered() -> None:
    assert decide(START, "how long do I have to send the lamp back?", CALM, POLICY).action == "answer"


@pytest.mark.parametrize(
    ("alarm", "action", "reasons"),
    [
        (0.75, "hand_over", ("reports a danger, or somebody hurt",)),
        (0.6, "offer", ("perhaps reports a danger, or somebody hurt",)),
        (0.49, "answer", ()),
    ],
)
def test_what_is_heard_in_other_words_brings_a_person_or_is_offered_one(
    alarm: float, action: str, reasons: tuple[str, ...]
) -> None:
    mood = replace(CALM, alarm=alarm, topic="safety")
    decision = decide(START, "it went off in his little hand", mood, POLICY)
    assert (decision.action, decision.reasons) == (action, reasons)
    assert decision.topic == ("safety" if action == "hand_over" else None)


def test_an_alarm_is_heard_in_a_cool_down_but_no_second_offer_made_of_a_doubtful_one() -> None:
    declined = said(customer("useless"), bot("Shall I fetch a person?", offer=True), customer("no"), bot("All right."))
    for alarm, action in ((0.75, "hand_over"), (0.6, "answer")):
        mood = replace(CALM, alarm=alarm, topic="safety")
        assert decide(declined, "it went off in his little hand", mood, POLICY).action == action


def test_a_word_that_names_goods_too_counts_unless_nothing_of_an_alarm_is_heard() -> None:
    for text, topic in (("do you sell a lawyer's gown", "legal"), ("记者证挂绳多少钱", "press")):
        assert decide(START, text, CALM, POLICY).topic == topic  # nothing was read
        assert decide(START, text, replace(CALM, alarm=0.05, topic=topic), POLICY).action == "answer"
    burning = replace(CALM, alarm=0.01, topic="press")
    assert decide(START, "the lamp caught fire", burning, POLICY).topic == "safety"


def test_the_owner_sets_from_where_an_alarm_counts() -> None:
    mood = replace(CALM, alarm=0.6, topic="fraud")
    assert decide(START, "three orders I know nothing of", mood, Policy(alarm_at=0.5)).escalate
    assert decide(START, "three orders I know nothing of", mood, Policy(alarm_offer_at=0.65)).action == "answer"


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
    upset = Mood("negative", -0.4, 0.7, POLICY.limits().offer + 0.02, ("corrects or rejects the answer",))
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
    mild = Mood("neutral", -0.1, 0.6, POLICY.limits().offer + 0.01)
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
    assert decide(said(customer("?"), refused()), "and the red one?", CALM, POLICY).action == "offer"
    twice = said(customer("a"), refused(offer=True), customer("b"), refused())
    third = unknown(twice, Decision(), POLICY)
    assert third.escalate
    assert third.reasons == ("3 questions in a row were not answered",)


def test_an_answer_in_between_begins_the_count_of_failures_anew() -> None:
    mixed = said(customer("a"), refused(offer=True), customer("b"), bot("S$49.90."), customer("c"), refused())
    assert standing(mixed, POLICY).failures == 1
    assert unknown(mixed, Decision(), POLICY).action != "hand_over"


def test_what_is_not_known_is_offered_to_a_person_once() -> None:
    assert unknown(START, Decision(), POLICY).action == "offer"
    offered = said(customer("a"), refused(offer=True))
    assert unknown(offered, Decision(), POLICY).action == "answer"
    between = said(*offered.turns, customer("b"), bot("S$49.90."))
    assert unknown(between, Decision(), POLICY).action == "answer"


def test_after_a_no_neither_mood_nor_failure_brings_a_person_for_a_while() -> None:
    lost = Mood("negative", -0.9, 0.9, 0.95)
    no = said(bot("Shall I?", offer=True), customer("no thanks"), bot("All right."))
    assert standing(no, POLICY).state == "declined"
    assert decide(no, "and the red one?", lost, POLICY).action == "answer"
    assert unknown(no, Decision(), POLICY).action == "answer"
    assert decide(no, "I want a human", CALM, POLICY).escalate
    assert decide(no, "it is on fire", CALM, POLICY).escalate
    later = replace(no, turns=(*no.turns, customer("a"), bot("1"), customer("b"), bot("2")))
    assert decide(later, "this is no help", lost, POLICY).escalate


def test_no_about_the_answer_declines_no_offer() -> None:
    upset = Mood("negative", -0.5, 0.8, 0.9, ("corrects or rejects the answer",))
    offered = said(customer("where is it"), bot("Would you like a person?", offer=True))
    assert decide(offered, "no, that is not what I asked, again the wrong answer", upset, POLICY).escalate


def test_a_second_offer_waits_until_the_mood_was_better() -> None:
    policy = Policy(hysteresis=0.1, offer_at=0.4, hand_over_at=0.8)
    near = Mood("neutral", 0.0, 0.5, 0.45)
    still = Mood("neutral", 0.0, 0.5, 0.35)
    calm = Mood("neutral", 0.0, 0.5, 0.1)

    def after(mood: Mood) -> Conversation:
        turns = [bot("Shall I?", offer=True)]
        for _ in range(4):
            turns += [replace(customer("hm"), mood=mood), bot("Yes.")]
        return said(*turns)

    assert decide(after(still), "hm", near, policy).action == "answer"
    assert decide(after(calm), "hm", near, policy).action == "offer"


def test_a_new_visit_forgets_old_offers_and_failures() -> None:
    old = said(customer("a"), refused(offer=True), customer("b"), refused(), customer("c"), refused())
    day = 24 * 3600.0
    assert standing(old, POLICY, now=60.0).failures == 3
    assert standing(old, POLICY, now=day).failures == 0
    assert unknown(old, Decision(), POLICY, now=day).action == "offer"


def test_yes_the_next_morning_still_takes_the_offer() -> None:
    offered = said(customer("hamsters?"), refused(offer=True))
    assert decide(offered, "yes please", CALM, POLICY, now=20 * 3600.0).escalate


def test_a_valued_customer_gets_a_person_sooner_and_the_desk_is_told_why() -> None:
    upset = Mood("negative", -0.4, 0.7, POLICY.limits(valued=True).hand_over + 0.01, ("asked twice",))
    assert decide(START, "hm?", upset, POLICY).action != "hand_over"
    for who, why in (
        (Customer(orders=("LO-1", "LO-2", "LO-3")), "3 orders"),
        (Customer(tags=("VIP",)), "vip"),
        (Customer(segment="loyal"), "loyal"),
        (Customer(lifetime_value=900.0), "spent 900"),
    ):
        decision = decide(replace(START, customer=who), "hm?", upset, POLICY)
        assert decision.escalate
        assert decision.reasons == ("asked twice", f"is a valued customer ({why})")


def test_a_long_queue_and_an_empty_desk_ask_for_better_reasons() -> None:
    usual = POLICY.limits()
    assert POLICY.limits(staff=Staffing(waiting=8)).hand_over > usual.hand_over
    assert POLICY.limits(staff=Staffing(open=False)).hand_over > usual.hand_over
    upset = Mood("negative", -0.4, 0.7, usual.hand_over + 0.01)
    assert decide(START, "hm?", upset, POLICY).escalate
    assert decide(START, "hm?", upset, POLICY, staff=Staffing(present=0)).action == "offer"
    assert decide(START, "I want a human", CALM, POLICY, staff=Staffing(open=False, present=0, waiting=99)).escalate


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
