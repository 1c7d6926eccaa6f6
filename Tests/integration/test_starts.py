"""Goal: a version that keeps the agent from starting is left for the one before it.
Method: the shipped executable, started with a version that was broken after it was activated, or
killed soon after READY."""

import signal

import pytest

import level
from agent import eventually
from conftest import level_configuration
from signals import RAISE, frames
from test_model_versions import Board
from test_trials import STORE, audits, verdict


@pytest.fixture
def board(run, folder, models):
    """A board with `level/1` and, active, `level/2`."""
    board = Board(run, folder)
    level.write_bundle(board.models, version="2")
    board.does("activate", "level/1")
    board.does("activate", "level/2")
    return board


def broken(bundle):
    """It was well when it was activated; later a card lost a block."""
    (bundle / "model.tflite").write_bytes((bundle / "model.tflite").read_bytes()[:-40])


def test_three_failed_starts_go_back(board, start, socket_line, folder):
    """A version that keeps the agent from starting is left at the fourth start, and known."""
    broken(board.models / "level" / "2")
    for _ in range(3):
        agent = start(ready=False, more=STORE)
        assert agent.ends() == 1, "another try is worth it"
        assert board.active() == "2"
        agent.close()
    agent = start(more=STORE)
    agent.says("three starts with version 2 failed; back to version 1")
    subscriber = agent.subscribe()
    socket_line().send_samples(frames(RAISE), subscriber)
    assert subscriber.events("alert", 1, state="raised")
    assert board.active() == "1" and board.level()["previous"] == "2"
    assert verdict(board)["verdict"] == "failed" and "three starts" in verdict(board)["reason"]
    agent.stop()
    agent.close()
    [audit] = audits(folder, "rollback")
    assert audit["version"] == "2" and audit["against"] == "1"


def test_killed_soon_after_ready_is_a_failed_start_too(board, start):
    """And a clean stop, or ten seconds, are a good one."""
    starts = board.models / "level" / "starts"

    def run_and_kill():
        agent = start()
        count = int(starts.read_text().split()[1])
        agent.process.send_signal(signal.SIGKILL)
        agent.ends()
        agent.close()
        return count

    assert [run_and_kill(), run_and_kill()] == [1, 2]
    agent = start()
    agent.stop()
    agent.close()
    assert not starts.exists(), "a clean stop"
    assert run_and_kill() == 1
    agent = start()
    eventually(lambda: not starts.exists(), "ten seconds after READY")
    agent.stop()
    agent.close()
    assert [run_and_kill() for _ in range(3)] == [1, 2, 3] and board.active() == "2"
    agent = start()
    assert board.active() == "1" and not starts.exists()
    agent.stop()


def test_a_version_that_is_named_is_never_left(board, start):
    """Whoever names a version in the configuration gets that one, and nothing is written."""
    text = level_configuration("PORT").replace('model = "level"', 'model = "level/2"')
    agent = start(configuration=text)
    assert not (board.models / "level" / "starts").exists()
    agent.stop()
    agent.close()
    broken(board.models / "level" / "2")
    agent = start(configuration=text, ready=False)
    assert agent.ends() == 78
