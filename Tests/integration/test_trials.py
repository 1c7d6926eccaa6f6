"""Goal: a new version is tried beside the current one on live windows, and takes over, or not, for
good reasons; whatever happens, one of the two scores.
Method: the shipped executable with models of known scores: one that agrees, one that says the
opposite, one that is slow; for the loss of power one that kills itself before its nth change to the
disk."""

import contextlib
import json
import re
import shutil
import signal
import sqlite3
import time

import pytest

import level
from agent import eventually
from conftest import level_configuration, say
from signals import HIGH, LOW, RAISE, frames, lines, wandering
from test_limits import allocations
from test_model_versions import Board

STORE = '[store]\npath = "outbox.db"\n'


@pytest.fixture
def board(run, folder, models):
    """A board with `level/1`, a stick for it, and an owner."""
    return Board(run, folder)


@pytest.fixture
def start_trial(start):
    """Starts an agent that scores `level`, with these keys of its trial."""

    def start_trial(trial="windows = 50", deadline="1s", more="", **options):
        text = level_configuration("PORT", more=more)
        old = 'deadline = "1s"\n'
        assert old in text
        text = text.replace(old, f'deadline = "{deadline}"\ntrial = {{ {trial} }}\n')
        return start(configuration=text, **options)

    return start_trial


def propose(board, version="2", **bundle):
    """Puts a version onto the stick and pulls it for a trial."""
    level.write_bundle(board.stick, version=version, **bundle)
    board.sign(board.stick / "level" / version)
    return board.does("pull", f"dir:{board.stick}", f"level/{version}", "--trial")


def verdict(board, version="2"):
    return next((t for t in board.level()["trials"] if t["version"] == version), None)


def audits(folder, action):
    with sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True) as store:
        bodies = [json.loads(row[0]) for row in store.execute("SELECT body FROM record")]
    return [body for body in bodies if body.get("action") == action]


def feed(line, subscriber, values):
    line.send_samples(frames(values), subscriber)


def test_a_version_that_agrees_takes_over(board, start_trial, socket_line, either, capsys):
    """No sample is lost, alerts are the current version's until then, nothing is allocated."""
    agent = start_trial(more=STORE, command=either)
    subscriber = agent.subscribe()
    line = socket_line()
    feed(line, subscriber, [LOW] * 10)
    said = propose(board)
    assert "level/2 is installed; a running agent tries it beside level/1" in said
    assert board.level()["candidate"] == "2" and board.active() == "1"
    agent.says("level/2 is on trial beside level/1, for 50 windows")
    values = wandering(60, seed=11)
    feed(line, subscriber, values)
    [trial] = subscriber.events("trial", 1)
    assert trial["verdict"] == "passed" and trial["windows"] == 50 and trial["agreement"] == 1
    assert trial["pipeline"] == "tank" and trial["model"] == "level" and trial["reason"] == ""
    [model] = subscriber.events("model", 1, version="2", previous="1")
    feed(line, subscriber, RAISE)
    assert subscriber.events("alert", 1, state="raised")
    count = len(subscriber.events("sample", 0))
    scored = [event["sample"] for event in subscriber.events("score", 0)]
    # The test pauses after the 10th and the 70th sample: no window of four spans a gap.
    over_a_pause = {11, 12, 13, 71, 72, 73}
    assert scored == sorted(set(scored))
    assert set(range(4, count + 1)) - over_a_pause <= set(scored) <= set(range(4, count + 1))
    assert board.active() == "2" and board.level()["previous"] == "1"
    known = verdict(board)
    assert known["verdict"] == "passed" and known["against"] == "1" and known["faults"] == 0
    assert 0 < known["mean_us"] <= known["max_us"] and known["probation"] == "running"
    assert re.search(r"level/2 +active, passed its trial, watched", board.does("list"))
    feed(line, subscriber, [LOW] * 60)
    agent.says("level/2 has proved itself")
    assert verdict(board)["probation"] == "passed"
    assert allocations(agent.stop()) == 0
    [audit] = audits(board.folder, "trial")
    assert audit["verdict"] == "passed" and audit["model"] == "level"
    first = model["sample"]
    say(capsys, f"trial: inference p99 {known['p99_us']} us, taken over at sample {first}")


def test_a_version_that_disagrees_goes(board, start_trial, socket_line):
    """It says the opposite: the current one raises its alert all the while, and goes on."""
    agent = start_trial(more=STORE)
    subscriber = agent.subscribe()
    line = socket_line()
    propose(board, labels=["high", "low"])
    agent.says("is on trial")
    feed(line, subscriber, RAISE + [LOW] * 8)
    [trial] = subscriber.events("trial", 1)
    assert trial["verdict"] == "failed" and "another verdict in" in trial["reason"]
    assert [a["state"] for a in subscriber.events("alert", 2)] == ["raised", "cleared"]
    agent.says("level/2 failed its trial beside level/1: another verdict in")
    feed(line, subscriber, [LOW] * 60)
    level_now = board.level()
    assert level_now["active"] == "1" and level_now["candidate"] is None
    assert not subscriber.events("model", 0)
    refused = board.run("pull", f"dir:{board.stick}", "--trial")
    assert refused.returncode == 1 and "models activate level/2" in refused.stderr
    assert board.pull().returncode == 1, "not without a trial either"
    assert allocations(agent.stop()) == 0
    assert audits(board.folder, "trial")[0]["verdict"] == "failed"
    board.does("activate", "level/2")
    assert board.active() == "2" and verdict(board) is None
    board.does("rollback", "level")
    board.does("remove", "level/2")
    assert "a running agent tries it" in board.does(
        "pull", f"dir:{board.stick}", "level/2", "--trial"
    )


def test_a_version_that_is_slow_goes(board, start_trial, socket_line):
    """Every inference is above the limit of this trial."""
    agent = start_trial('windows = 50, latency = "1us"')
    subscriber = agent.subscribe()
    propose(board, ballast=1)
    agent.says("is on trial")
    feed(socket_line(), subscriber, wandering(20, seed=3))
    [trial] = subscriber.events("trial", 1)
    assert trial["verdict"] == "failed" and "slower than its limit" in trial["reason"]
    assert board.active() == "1"
    assert allocations(agent.stop()) == 0


@pytest.mark.alone
def test_a_version_that_makes_the_current_one_late_goes(board, start_trial, socket_line):
    """Two frames at once: the second waits for what the first one's shadow took."""
    agent = start_trial('windows = 50, latency = "10s"', deadline="2ms")
    subscriber = agent.subscribe()
    line = socket_line()
    propose(board, ballast=3)
    agent.says("is on trial")
    for _ in range(100):
        line.send(lines([0.5, 0.25]))
        time.sleep(0.05)
        if subscriber.events("trial", 0):
            break
    [trial] = subscriber.events("trial", 1)
    assert trial["verdict"] == "failed" and trial["reason"] == "it made the current version late"
    assert trial["max_us"] > 2000
    feed(line, subscriber, RAISE)
    assert subscriber.events("alert", 1, state="raised")
    assert board.active() == "1"
    assert allocations(agent.stop()) == 0


def test_a_trial_begins_anew_after_a_restart(board, start_trial, socket_line):
    """Half of it before the agent was killed does not count."""
    agent = start_trial()
    subscriber = agent.subscribe()
    propose(board)
    agent.says("is on trial")
    feed(socket_line(), subscriber, wandering(40, seed=5))
    agent.process.send_signal(signal.SIGKILL)
    agent.ends()
    agent.close()
    agent = start_trial()
    subscriber = agent.subscribe()
    agent.says("is on trial")
    line = socket_line()
    feed(line, subscriber, wandering(40, seed=5))
    assert board.active() == "1" and verdict(board) is None
    feed(line, subscriber, wandering(20, seed=6))
    assert subscriber.events("trial", 1, windows=50, verdict="passed")
    eventually(lambda: board.active() == "2", "the new version active")


def test_too_few_windows_are_undecided(board, start_trial, socket_line):
    """In its time; it may be tried again."""
    agent = start_trial('windows = 50, time = "1s"')
    subscriber = agent.subscribe()
    propose(board)
    agent.says("is on trial")
    feed(socket_line(), subscriber, [LOW] * 10)
    [trial] = subscriber.events("trial", 1)
    assert trial["verdict"] == "undecided" and trial["reason"].endswith("of 50 windows within 1s")
    assert board.level()["candidate"] is None and board.active() == "1"
    assert "a running agent tries it" in board.does(
        "pull", f"dir:{board.stick}", "level/2", "--trial"
    )


def test_people_decide_during_a_trial(board, start_trial, socket_line):
    """Pin, activate, undeploy and deploy again, while an agent scores."""
    agent = start_trial("windows = 100000")
    subscriber = agent.subscribe()
    line = socket_line()
    propose(board)
    agent.says("is on trial")
    feed(line, subscriber, wandering(20, seed=8))
    assert "pinned at version 1" in board.does("pin", "level")
    agent.says("the trial of level/2 ends without a verdict")
    refused = board.run("remove", "level")
    assert refused.returncode == 1 and "models unpin level" in refused.stderr
    board.does("unpin", "level")
    said = board.does("remove", "level")
    assert "level is removed, with 2 versions: 1, 2" in said
    assert not (board.models / "level").exists() and not board.staged()
    agent.says("level/1 is no longer installed; it goes on scoring")
    feed(line, subscriber, RAISE)
    assert subscriber.events("alert", 1, state="raised")
    time.sleep(1.5)
    assert agent.log.count("no longer installed") == 1
    assert "is installed and active" in board.pull("level/2").stdout
    agent.says("level/2 scores from sample")
    assert allocations(agent.stop()) == 0
    assert board.run("remove", "nothing").returncode == 1


@pytest.mark.timeout(600)
def test_killed_at_any_point_of_a_trial_it_leaves_the_old_or_the_new(
    board, start_trial, socket_line, planted, capsys
):
    """The agent's own changes to the disk, from the verdict to the links: afterwards one version is
    active and whole, and an agent that starts on it scores, ends the trial, and agrees with it."""
    board.sign(board.models / "level" / "1")
    board.does("activate", "level/1")
    propose(board)
    saved = board.folder / "saved"
    shutil.copytree(board.models, saved, symlinks=True)
    values = [LOW] * 3 + wandering(12, seed=9)
    outcomes = []
    for point in range(1, 80):
        shutil.rmtree(board.models)
        shutil.copytree(saved, board.models, symlinks=True)
        agent = start_trial(
            "windows = 5",
            command=planted,
            environment={"EDGEAGENT_FAULT_POINT": str(point)},
            ready=False,
        )

        def is_dead(agent=agent) -> bool:
            return agent.process.poll() is not None

        # The first points are in its start: the alerts' file is written before READY.
        eventually(lambda: is_dead() or "is on trial" in agent.log, "on trial, or killed")
        with contextlib.suppress(OSError, AssertionError, ValueError):
            subscriber = agent.subscribe()
            line = socket_line()
            line.send(lines(values))
            eventually(
                lambda: is_dead() or subscriber.events("model", 0, version="2"), "killed, or done"
            )
        was_killed = is_dead()
        if not was_killed:
            # The link that is removed last may still be on its way.
            agent.says("scores from sample")
            agent.close()
        assert not was_killed or agent.process.returncode == -signal.SIGKILL
        active = board.active()
        assert active in ("1", "2") and board.verify(active).returncode == 0
        outcomes.append(active)
        agent.close()
        again = start_trial("windows = 5", command=planted)
        subscriber = again.subscribe()
        line = socket_line()
        if active == "1":
            again.says("is on trial")
            line.send(lines(values))
            subscriber.events("trial", 1, verdict="passed")
        else:
            line.send(lines(values))
        assert subscriber.events("score", 5)
        eventually(lambda: board.level()["candidate"] is None, "the trial over")
        assert board.active() == "2" and board.level()["previous"] == "1"
        again.close()
        if not was_killed:
            break
    else:
        pytest.fail("it never came to its end")
    assert point > 8 and outcomes == sorted(outcomes), outcomes
    say(capsys, f"killed at {point - 1} points, {outcomes.count('1')} left the old version")


def test_killed_while_it_is_undeployed_a_model_is_whole_or_gone(board, planted):
    """Then the same command goes through, and staging is empty."""
    board.bundle("2")
    assert board.pull("--trial").returncode == 0
    board.sign(board.models / "level" / "1")
    saved = board.folder / "saved"
    shutil.copytree(board.models, saved, symlinks=True)
    remains = []
    for point in range(1, 60):
        shutil.rmtree(board.models)
        shutil.copytree(saved, board.models, symlinks=True)
        environment = {"EDGEAGENT_FAULT_POINT": str(point)}
        result = board.run("remove", "level", command=planted, env=environment)
        models = json.loads(board.does("list", "--json"))["models"]
        remains.append(len(models))
        for model in models:
            assert model["active"] == "1" and model["versions"] == ["1", "2"]
            assert board.verify("1").returncode == board.verify("2").returncode == 0
        if result.returncode == 0:
            break
        again = board.run("remove", "level")
        assert again.returncode == (0 if models else 1), again.stderr
        assert not board.staged()
    assert remains[0] == 1 and remains[-1] == 0 and sorted(remains, reverse=True) == remains
