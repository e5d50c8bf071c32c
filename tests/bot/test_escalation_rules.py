"""What the escalation must never do, whatever happens: random conversations against the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Action, Conversation, Decision, Mood, Turn
from bot.escalation import Policy, Staffing, decide, unknown

POLICY = Policy()
SAYS = {
    "question": "how much is the desk lamp",
    "wrong": "no, that is not what I asked for, wrong again",
    "request": "I want to talk to a human",
    "request_zh": "转人工",
    "danger": "the lamp caught fire",
    "self_harm": "我不想活了",
    "legal": "my lawyer will contact you",
    "no": "no thanks",
    "yes": "yes please",
}
REQUESTS, DANGERS = {"request", "request_zh"}, {"danger", "self_harm", "legal"}


@dataclass(frozen=True, slots=True)
class Step:
    """What the customer says and feels, whether the knowledge answers it, and what the desk does if handed over."""

    says: str
    dissatisfaction: float
    score: float
    known: bool
    pause: float
    waiting: int
    present: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(sorted(SAYS)),
        st.floats(0, 1),
        st.floats(-1, 1),
        st.booleans(),
        st.sampled_from([5.0, 600.0, 200_000.0]),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=12,
)


@dataclass(frozen=True, slots=True)
class Done:
    """A step, what was done, and the customer turns since the last offer, decline and hand-back of the same visit."""

    step: Step
    action: Action
    since_offer: int | None
    since_decline: int | None
    since_return: int | None


def play(steps: list[Step]) -> list[Done]:
    """Have every step decided like a turn does it; a hand-over is taken, answered and handed back at once."""
    conversation, now = Conversation("web:1", "web"), 0.0
    done: list[Done] = []
    offer = decline = back = None
    for step in steps:
        now += step.pause
        if step.pause > POLICY.visit_hours * 3600:
            offer = decline = back = None
        mood = Mood("negative" if step.score < 0 else "neutral", step.score, 0.8, step.dissatisfaction)
        text, staff = SAYS[step.says], Staffing(present=step.present, waiting=step.waiting)
        decision = decide(conversation, text, mood, POLICY, now=now, staff=staff)
        if not decision.escalate and not step.known:
            decision = unknown(conversation, decision, POLICY, now=now, staff=staff)
        done.append(Done(step, decision.action, offer, decline, back))
        offer, decline, back = (None if count is None else count + 1 for count in (offer, decline, back))
        turns = [Turn("customer", text, now, mood=mood)]
        if decision.escalate:
            turns += [
                Turn("system", "queued", now, fence=True),
                Turn("system", "taken", now, fence=True),
                Turn("human", "Here you are.", now, operator="Sofia"),
                Turn("system", "handed back", now, fence=True),
            ]
            offer, decline, back = None, None, 0
        else:
            offers = decision.action == "offer"
            turns.append(Turn("bot", "Said.", now, answered=step.known, offer_human=offers))
            if step.says == "no" and done[-1].since_offer == 0:
                decline = 0
            offer = 0 if offers else offer
        conversation = replace(conversation, turns=(*conversation.turns, *turns)[-40:])
    return done


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_a_request_and_a_danger_always_bring_a_person(steps: list[Step]) -> None:
    for done in play(steps):
        if done.step.says in REQUESTS | DANGERS:
            assert done.action == "hand_over"


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_no_second_offer_within_a_cool_down(steps: list[Step]) -> None:
    for done in play(steps):
        if done.action == "offer":
            assert done.since_offer is None or done.since_offer >= POLICY.cool_down_turns
            assert done.since_decline is None or done.since_decline >= POLICY.cool_down_turns
            assert done.since_return is None or done.since_return >= POLICY.cool_down_turns


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_after_a_no_and_after_a_hand_back_only_a_request_or_danger_brings_a_person(steps: list[Step]) -> None:
    for done in play(steps):
        cooling = [c for c in (done.since_decline, done.since_return) if c is not None and c < POLICY.cool_down_turns]
        if cooling and done.step.says not in REQUESTS | DANGERS:
            assert done.action == "answer"


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 11))
def test_a_note_between_operators_changes_no_decision(steps: list[Step], at: int) -> None:
    turns = [
        Turn("bot" if i % 2 else "customer", SAYS[s.says], float(i), answered=s.known) for i, s in enumerate(steps)
    ]
    note = Turn("system", "she is a regular", 0.0, operator="Wei", private=True)
    noted = (*turns[:at], note, *turns[at:])
    mood = Mood("negative", -0.4, 0.8, steps[-1].dissatisfaction)
    plain = Conversation("web:1", "web", turns=tuple(turns))
    text = SAYS[steps[-1].says]
    assert decide(plain, text, mood, POLICY) == decide(replace(plain, turns=noted), text, mood, POLICY)
    assert unknown(plain, Decision(), POLICY) == unknown(replace(plain, turns=noted), Decision(), POLICY)
