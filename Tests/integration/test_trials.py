"""Goal: a new version is tried beside the current one on live windows, and takes over, or not, for
good reasons; whatever happens, one of the two scores.
Method: the shipped executable with models of known scores: one that agrees, one that says the
opposite, one that is slow; for the loss of power one that kills itself before its nth change to the
disk."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import time

import pytest

import level
from agent import eventually
from conftest import level_configuration, say
from signals import HIGH, LOW, RAISE, Feeding, frames, lines, wandering
from syncing import Sync
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


def test_the_way_back_is_no_trial(board, start_trial, socket_line):
    """The bad version is active, and the good one would fail beside it and be barred for good."""
    board.sign(board.models / "level" / "1")
    shutil.copytree(board.models / "level" / "1", board.stick / "level" / "1")
    agent = start_trial()
    subscriber = agent.subscribe()
    line = socket_line()
    level.write_bundle(board.stick, version="2", labels=["high", "low"])
    board.sign(board.stick / "level" / "2")
    assert "is installed and active" in board.pull("level/2").stdout
    agent.says("level/2 scores from sample")
    back = board.pull("level/1", "--trial")
    assert "level/1 was here, and is active, instead of level/2" in back.stdout, back.stderr
    agent.says("level/1 scores from sample")
    feed(line, subscriber, RAISE)
    assert subscriber.events("alert", 1, state="raised")
    assert board.level()["candidate"] is None and not subscriber.events("trial", 0)
    assert (board.models / "level" / "proven").read_text() == "1\n2\n"
    # A person who rolls back says that the newer one is no good: then it is tried.
    board.does("remove", "level/2")
    board.pull("level/2")
    board.does("rollback", "level")
    assert "a running agent tries it" in board.pull("level/2", "--trial").stdout
    assert allocations(agent.stop()) == 0


def test_a_difference_is_about_two_versions(board, start_trial, socket_line):
    """What fails beside one version is tried beside another; `models list` says beside which."""
    agent = start_trial()
    subscriber = agent.subscribe()
    line = socket_line()
    propose(board, labels=["high", "low"])
    agent.says("is on trial")
    feed(line, subscriber, RAISE + [LOW] * 8)
    assert subscriber.events("trial", 1, verdict="failed", scope="pair", against="1")
    agent.says("level/2 failed its trial")
    assert re.search(r"level/2 +failed against 1: another verdict in", board.does("list"))
    refused = board.pull("level/2", "--trial")
    assert refused.returncode == 1
    assert "level/2 failed its trial against level/1, which is current" in refused.stderr
    level.write_bundle(board.models, version="3", labels=["high", "low"])
    board.does("activate", "level/3")
    agent.says("level/3 scores from sample")
    assert "tries it beside level/3" in board.pull("level/2", "--trial").stdout
    agent.says("level/2 is on trial beside level/3")
    feed(line, subscriber, wandering(60, seed=4))
    assert subscriber.events("trial", 2)[1]["verdict"] == "passed"
    agent.says("level/2 scores from sample")
    assert allocations(agent.stop()) == 0


def test_a_version_that_is_at_fault_itself_is_tried_beside_no_other(
    board, start_trial, socket_line
):
    """It is slow; the way of a person is open. No registry waives that."""
    agent = start_trial('windows = 50, latency = "1us"')
    subscriber = agent.subscribe()
    propose(board, ballast=1)
    agent.says("is on trial")
    feed(socket_line(), subscriber, wandering(20, seed=3))
    assert subscriber.events("trial", 1, verdict="failed", scope="version")
    level.write_bundle(board.models, version="3")
    board.does("activate", "level/3")
    (board.stick / "level" / "without-trial").write_text("2\n")
    for words in (["--trial"], []):
        refused = board.pull("level/2", *words)
        assert refused.returncode == 1 and "was no good on this board" in refused.stderr
    board.does("activate", "level/2")
    assert board.active() == "2"
    agent.stop()


@pytest.mark.parametrize("always", [False, True])
def test_an_owner_waives_a_trial_on_a_stick(board, start_trial, socket_line, native, always):
    """By a line of a file there; the version that says the opposite takes over at once. With
    `always` it is tried all the same."""
    more = f'[sync]\nregistry = "dir:{board.stick}"\ntrust = "{board.trust}"\n'
    trial = "windows = 50" + (", always = true" if always else "")
    agent = start_trial(trial, more=more)
    subscriber = agent.subscribe()
    level.write_bundle(board.stick, version="2", labels=["high", "low"])
    board.sign(board.stick / "level" / "2")

    def sync():
        once = Sync(native, board.folder / "edgeagent.toml", "--once")
        try:
            assert once.ends(30) == 0, once.log
            return once.log
        finally:
            once.close()

    assert "level/2 is installed and on trial" in sync()
    agent.says("is on trial")
    (board.stick / "level" / "without-trial").write_text("1.9\n2\n")
    if always:
        assert sync() == "" and board.level()["candidate"] == "2" and board.active() == "1"
        agent.stop()
        return
    assert "level/2 is installed and active" in sync()
    agent.says("level/2 scores from sample")
    feed(socket_line(), subscriber, [HIGH] * 4 + [LOW] * 8)
    assert subscriber.events("alert", 1, state="raised")
    assert board.active() == "2" and board.level()["candidate"] is None
    assert not subscriber.events("trial", 0)
    assert allocations(agent.stop()) == 0


def test_changes_of_version_do_not_keep_an_alert_back(board, start, socket_line, capsys):
    """The versions change every second or so while the condition holds, and the alert is raised
    after its hold."""
    level.write_bundle(board.models, version="2")
    board.does("activate", "level/1")
    agent = start(alert='outputs = ["socket"]\nhold = "4s"')
    subscriber = agent.subscribe()
    feeding = Feeding(socket_line(), [HIGH])
    for change in range(8):
        board.does("activate", f"level/{2 - change % 2}")
        subscriber.events("model", change + 1, timeout=10)
    feeding.close()
    [raised] = subscriber.events("alert", 1, state="raised")
    first = subscriber.events("score", 1)[0]
    seconds = (raised["at"] - first["at"]) / 1e9
    before = sum(event["at"] < raised["at"] for event in subscriber.events("model", 8))
    say(capsys, f"raised {seconds:.2f} s after the first score, through {before} versions")
    assert 4 <= seconds < 4.5 and before >= 2
    assert allocations(agent.stop()) == 0


@pytest.mark.timeout(400)
def test_too_many_changes_wait(board, start, socket_line):
    """As a registry makes them that moves its alias to and fro. A person's change does not wait.
    EDGEAGENT_LONG=1 waits five minutes for the change that comes by itself."""
    board.sign(board.models / "level" / "1")
    board.bundle("2")
    shutil.copytree(board.models / "level" / "1", board.stick / "level" / "1")
    agent = start(more=STORE)
    subscriber = agent.subscribe()
    feeding = Feeding(socket_line(), [LOW, HIGH])
    for change, version in enumerate(["2", "1", "2"]):
        assert board.pull(f"level/{version}").returncode == 0
        [*_, adopted] = subscriber.events("model", change + 1, timeout=10)
        assert adopted["version"] == version
    assert board.pull("level/1").returncode == 0
    [waiting] = subscriber.events("waiting", 1)
    assert waiting["version"] == "1" and waiting["current"] == "2"
    assert waiting["pipeline"] == "tank" and 250 < waiting["seconds"] <= 301
    agent.says("the change to level/1 waits for")
    time.sleep(3)
    assert len(subscriber.events("model", 0)) == 3 and agent.log.count("waits for") == 1
    if os.environ.get("EDGEAGENT_LONG"):
        assert subscriber.events("model", 4, timeout=310)[3]["version"] == "1"
        board.does("activate", "level/2")
    else:
        board.does("activate", "level/1")
        assert subscriber.events("model", 4, timeout=10)[3]["version"] == "1"
        board.does("rollback", "level")
    assert subscriber.events("model", 5, timeout=10)[4]["version"] == "2"
    assert len(subscriber.events("waiting", 0)) == 1
    feeding.close()
    assert allocations(agent.stop()) == 0
    [audit] = audits(board.folder, "waiting")
    assert audit["version"] == "1" and audit["current"] == "2" and audit["model"] == "level"


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
