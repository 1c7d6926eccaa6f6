"""Goal: boards that lose their servers together come back one by one, and each record arrives once.
Method: the simulator of `make fleet` with few boards and short times."""

import sys

import pytest

from conftest import HOST, ROOT, say

sys.path.insert(0, str(ROOT / "Tests" / "fleet"))

import herd
from fleet import Plan, Run, limits
from front import Request


@pytest.mark.alone
@pytest.mark.timeout(240)
def test_a_small_fleet(mlflow, folder, capsys):
    plan = Plan(devices=60, outage=10, interval="8s", start=3, retry_after=3)
    assert not limits(plan.devices)
    # All at once would show.
    assert plan.returning_a_second < plan.devices and plan.released_a_second < plan.devices / 3
    assert plan.polling_a_second < plan.devices
    said: list[str] = []
    run = Run(plan, mlflow, ROOT / "dist" / f"edgeagent-{HOST}", folder, said.append)
    run.everything()
    assert run.failed == 0 and run.passed == 14, "\n".join(said)
    say(capsys, next(line for line in said if "begin a round" in line).removeprefix("ok: "))


def asked(begin: float, device: str = "a", after: float | None = None, path: str = "/events"):
    return Request(begin, begin, device, 503 if after else 200, True, 0, after, "POST", path)


def test_what_counts_as_too_early():
    """The same server alone, from its last such answer on."""
    waits = [asked(0, after=30), asked(1, path="/mlflow/x"), asked(30), asked(31)]
    assert herd.early(waits) == (1, 0, 0)
    waits = [asked(0, after=30), asked(1, device="b", after=30), asked(29, after=30), asked(40)]
    assert herd.early(waits) == (2, 2, -19)


def test_what_counts_as_a_herd():
    requests = [asked(5.1), asked(5.9), asked(5.5, "b"), asked(6.0)]
    assert herd.a_second(requests, 5) == {0: 2, 1: 1}
    assert [request.begin for request in herd.firsts(requests)] == [5.1, 5.5]


def test_what_chance_may_do():
    """Against the distribution itself: of 10 with 1/2 each, more than 7 come in 56 of 1024
    cases."""
    assert herd.largest_by_chance(10, 0.5, 1, doubt=56.01 / 1024) == 7
    assert herd.largest_by_chance(10, 0.5, 1, doubt=55.99 / 1024) == 8
    assert herd.largest_by_chance(10, 0.5, 2, doubt=112.01 / 1024) == 7
    assert 40 <= herd.largest_by_chance(1000, 0.03, 1) <= 50
