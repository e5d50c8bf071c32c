"""The price of each decision, and the thresholds that follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from bot import app, settings
from bot.costs import Policy, Staffing, explain
from retrieval.errors import InputError

COSTS = st.floats(0.1, 50.0)
SHARES = st.floats(0.05, 1.0)


@tuned(deadline=None)
@given(p=st.floats(0.0, 1.0), minutes=COSTS, needless=COSTS, lost=COSTS, share=SHARES)
def test_the_threshold_is_where_handing_over_becomes_the_cheaper(
    p: float, minutes: float, needless: float, lost: float, share: float
) -> None:
    policy = Policy(operator_minutes=minutes, needless_cost=needless, lost_cost=lost, saved_share=share)
    limit = policy.threshold
    hand_over = p * policy.needed + (1 - p) * policy.needless()
    answer = p * policy.missed()
    if 0.02 < limit < 0.95 and abs(p - limit) > 1e-6:
        assert (p > limit) == (hand_over < answer)


@tuned(deadline=None)
@given(lost=COSTS, more=COSTS, waiting=st.integers(0, 50), share=SHARES)
def test_a_dearer_customer_lowers_and_a_longer_queue_raises_the_threshold(
    lost: float, more: float, waiting: int, share: float
) -> None:
    policy, dearer = Policy(lost_cost=lost, saved_share=share), Policy(lost_cost=lost + more, saved_share=share)
    assert dearer.threshold <= policy.threshold
    busy = policy.limits(staff=Staffing(waiting=waiting))
    assert busy.hand_over >= policy.threshold
    assert busy.offer <= busy.hand_over
    assert policy.limits(valued=True).hand_over <= policy.threshold


def test_set_thresholds_replace_those_of_the_costs() -> None:
    policy = Policy(hand_over_at=0.8, offer_at=0.3)
    assert (policy.limits().offer, policy.threshold) == (0.3, 0.8)
    assert "escalation.hand_over_at" in explain(policy)[0]


def test_the_desk_reads_the_policy_in_words() -> None:
    policy = Policy(operator_minutes=8, minute_cost=0.5, needless_cost=0, lost_cost=17, saved_share=0.4)
    first, second, *rest = explain(policy, Staffing(waiting=3))
    assert first.startswith(
        "A person takes over when the risk of losing the customer is over 24 %: a needless hand-over costs 4 "
    )
    assert "a lost customer 17" in first
    assert "keeps 40" in second
    assert any("3 wait already" in line for line in rest)
    assert any("nobody is at the desk" in line for line in explain(policy, Staffing(present=0)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"lost_cost": -1}, "escalation.lost_cost is -1"),
        ({"saved_share": 3}, "from 0 to 1"),
        ({"minute_cost": "dear"}, "escalation.minute_cost is 'dear'"),
        ({"hand_over_at": 40}, "escalation.hand_over_at"),
        ({"valued_tags": "vip"}, "write a list"),
    ],
)
def test_a_number_that_means_nothing_is_one_clear_line(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Policy(**wrong)  # type: ignore[arg-type]


def test_the_price_of_what_happened_counts_each_kind() -> None:
    policy = Policy(operator_minutes=4, minute_cost=0.5, needless_cost=1, lost_cost=10, saved_share=0.5)
    assert policy.cost(1, 0, 0) == 3
    assert policy.cost(0, 1, 0) == 2
    assert policy.cost(0, 0, 1) == 5


def test_the_settings_file_and_variables_set_the_costs_and_a_wrong_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "frontdesk.yaml"
    file.write_text("escalation: {lost_cost: 40, valued_tags: [gold], hand_over_at: null}\n", encoding="utf-8")
    monkeypatch.setenv("FRONTDESK_SETTINGS", str(file))
    monkeypatch.setenv("FRONTDESK_ESCALATION__MINUTE_COST", "0.25")
    policy = app.policy(settings.load())
    assert (policy.lost_cost, policy.valued_tags, policy.minute_cost) == (40, ["gold"], 0.25)
    monkeypatch.setenv("FRONTDESK_ESCALATION__MINUTE_COST", "-1")
    with pytest.raises(InputError, match="escalation.minute_cost is -1.0; use a number, 0 or more"):
        app.policy(settings.load())
    file.write_text("escalation: {lost_costs: 40}\n", encoding="utf-8")
    with pytest.raises(InputError, match="lost_costs"):
        app.policy(settings.load())


def test_the_shipped_settings_file_says_the_same_as_the_program() -> None:
    shipped = yaml.safe_load((Path(__file__).resolve().parents[2] / "frontdesk.yaml").read_text(encoding="utf-8"))
    for name, value in shipped["escalation"].items():
        default = getattr(Policy(), name)
        assert (list(default) if name == "valued_tags" else default) == value, name
