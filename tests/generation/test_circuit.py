from __future__ import annotations

from generation.circuit import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(threshold=3, cooling=10, longest=35, clock=clock)
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_it_opens_after_the_threshold_and_only_for_failures_in_a_row() -> None:
    breaker = CircuitBreaker(threshold=3, clock=Clock())
    for outcome in (breaker.failed, breaker.failed, breaker.succeeded, breaker.failed, breaker.failed):
        assert breaker.state == "closed"
        outcome()
    assert breaker.state == "closed"
    breaker.failed()
    assert breaker.state == "open"
    assert not breaker.admits()


def test_after_cooling_one_request_may_try_and_its_success_closes() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 9.9
    assert not breaker.admits()
    clock.now = 10
    assert breaker.state == "half-open"
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.succeeded()
    assert breaker.state == "closed"
    assert [breaker.admits(), breaker.admits()] == [True, True]


def test_each_failed_trial_doubles_the_wait_up_to_the_longest() -> None:
    clock = Clock()
    breaker = opened(clock)
    for wait in (10, 20, 35, 35):
        clock.now += wait - 0.1
        assert not breaker.admits()
        clock.now += 0.1
        assert breaker.admits()
        breaker.failed()


def test_an_abandoned_trial_lets_another_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 10
    assert breaker.admits()
    breaker.released()
    assert breaker.admits()


def test_late_failures_of_earlier_requests_do_not_prolong_the_wait() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5
    breaker.failed()
    clock.now = 10
    assert breaker.admits()
