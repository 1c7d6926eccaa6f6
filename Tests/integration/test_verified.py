"""Goal: the core scores with nothing that its owner has not vouched for.
Method: the shipped executable over a models folder that a test changes as an intruder would."""

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import pytest

import outbox
from agent import PATIENCE, eventually
from conftest import absent, level_configuration
from signals import RAISE, lines
from test_model_versions import Board

RUNS = 2.5  # seconds in which an unsigned version went live before


@pytest.fixture
def board(run, folder, models):
    """Version 1 is signed; what the stick has, a test installs by hand."""
    board = Board(run, folder)
    board.sign(board.models / "level" / "1")
    return board


def put(board, version="2", sign=True, active=True):
    """A version in the models folder, without any of the agent's checks."""
    bundle = board.bundle(version, sign=sign)
    place = board.models / "level" / version
    shutil.copytree(bundle, place)
    if active:
        link(board, "active", version)
    return place


def link(board, name, version):
    path = board.models / "level" / name
    (path.parent / f"{name}.new").symlink_to(version)
    (path.parent / f"{name}.new").rename(path)


def configuration(trust='trust = "trust.d"', more=""):
    text = level_configuration("unix:sensor.sock", more=more)
    return text.replace("[agent]\n", f"[agent]\n{trust}\n", 1) if trust else text


def test_an_unsigned_bundle_in_the_models_folder_is_not_scored_with(start, board, socket_line):
    """It went live in 2.5 s."""
    agent = start(configuration=configuration())
    put(board, sign=False)
    agent.says("not signed")
    agent.says("level/2 is refused, level/1 goes on scoring")
    time.sleep(RUNS)
    assert "level/2 scores" not in agent.log
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    assert subscriber.events("alert", state="raised")
    put(board, "3")
    agent.says("level/3 scores")
    agent.stop()


@pytest.mark.parametrize("name", ["model.tflite", "golden.bin", "model.toml", "README", ".hidden"])
def test_a_bundle_that_was_altered_is_refused_at_the_start(start, board, name):
    place = board.models / "level" / "1"
    with open(place / name, "ab") as file:
        file.write(b"\n# more\n")
    agent = start(configuration=configuration(), ready=False)
    assert agent.ends() == 78 and "level/1" in agent.log, agent.log
    assert "READY=1" not in agent.supervisor.messages


def test_the_version_before_takes_over_where_the_active_one_does_not_verify(start, board, folder):
    """It is told as critical, as a rollback, and stays told: the version is no good here."""
    put(board)
    link(board, "previous", "1")
    (board.models / "level" / "2" / "bundle.sig").unlink()
    environment = {"JOURNAL_STREAM": "1:1"}
    agent = start(
        configuration=configuration(more=outbox.configuration()), environment=environment
    )
    line = agent.says("level/2 does not verify, level/1 scores instead")
    assert line.startswith("<2>"), "critical"
    assert os.readlink(board.models / "level" / "active") == "1"
    verdict = json.loads((board.models / "level" / "trials" / "2").read_text())
    assert verdict["verdict"] == "failed" and "not signed" in verdict["reason"]
    path = folder / "outbox.db"
    eventually(
        lambda: any(b.get("action") == "rollback" for b in outbox.bodies(path, outbox.AUDIT)),
        "an audit record of the rollback",
    )
    agent.stop()


def test_nothing_scores_where_neither_version_verifies(start, board):
    put(board, sign=False)
    link(board, "previous", "1")
    (board.models / "level" / "1" / "bundle.sig").unlink()
    agent = start(configuration=configuration(), ready=False)
    assert agent.ends() == 1 and "not signed" in agent.log, "starts are counted"


def test_what_was_accepted_in_time_stays_accepted(start, board):
    """No alert dies with a date; with an old key no version comes that the board never had."""
    start(configuration=configuration()).stop()
    assert (board.models / "level" / ".accepted" / "1").exists()
    (board.trust / "trust.toml").write_text(
        '[[key]]\nfile = "owner.pem"\nexpires = 2020-01-01T00:00:00Z\n'
    )
    agent = start(configuration=configuration())
    put(board)
    agent.says("expired: owner.pem")
    agent.says("level/2 is refused")
    agent.stop()
    link(board, "active", "1")
    (board.models / "level" / "1" / "bundle.sig").write_text("# none\n")
    agent = start(configuration=configuration(), ready=False)
    assert agent.ends() in (1, 78), "the signature is checked every time"


def test_each_file_is_opened_once(start, board, folder, native):
    """What is verified and what is used are the same bytes: there is no second reading."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    trace = folder / "trace"
    options = ["strace", "-f", "-e", "trace=open,openat", "-e", "signal=none", "-o", str(trace)]
    agent = start(configuration=configuration(), wrapper=options)
    put(board)
    agent.says("level/2 scores")
    strace = agent.process.pid
    [child] = Path(f"/proc/{strace}/task/{strace}/children").read_text().split()
    os.kill(int(child), signal.SIGTERM)
    agent.process.wait(PATIENCE)
    opened = re.findall(r'open(?:at)?\([^"]*"([^"]*)"', trace.read_text())
    for name in ["model.tflite", "model.toml", "golden.bin", "bundle.sig"]:
        # Once for each version.
        assert [p for p in opened if p.rsplit("/", 1)[-1] == name] == [name] * 2, name


# MARK: the setting


def test_nothing_is_verified_where_an_owner_decided_so(start, board, run, folder):
    (board.models / "level" / "1" / "bundle.sig").unlink()
    agent = start(configuration=configuration('trust = "none"'))
    agent.says('trust = "none": no model of this board is verified')
    agent.stop()
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 0 and "to decide" not in checked.stdout, checked.stdout


@pytest.mark.skipif(os.path.exists("/etc/edgeagent/trust.d"), reason="this machine has keys")
def test_every_start_says_so_where_nothing_is_decided(start, run, folder):
    for _ in range(2):
        agent = start(configuration=configuration(""))
        line = agent.says("models are not verified: /etc/edgeagent/trust.d has no key")
        assert ".pem" in line and 'trust = "none"' in line
        agent.stop()
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 0 and "models are not verified" in checked.stdout
    asked = json.loads(run("check", "--json", "--config", folder / "edgeagent.toml").stdout)
    assert len(asked["warnings"]) == 1 and asked["problems"] == []


@pytest.mark.parametrize("fault", ["missing", "empty", "broken"])
def test_a_folder_of_keys_that_is_of_no_use_ends_the_start(start, board, run, folder, fault):
    """An owner who asked for verification must not get none."""
    key = board.trust / "owner.pem"
    if fault == "missing":
        shutil.rmtree(board.trust)
    elif fault == "empty":
        key.unlink()
    else:
        key.write_text("no key")
    agent = start(configuration=configuration(), ready=False)
    assert agent.ends() == 78 and "trust.d" in agent.log, agent.log
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 78 and "trust.d" in checked.stderr


def test_one_setting_in_two_tables_says_one_thing(run, board, folder):
    text = configuration(more='[sync]\nregistry = "dir:stick"\ntrust = "other.d"')
    (folder / "edgeagent.toml").write_text(text)
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 78 and "trust in [sync] is not what it is at" in checked.stderr


# MARK: the first model


def test_a_board_without_a_model_waits_for_it(start, board, run, folder):
    """It ended with 78 and was never started again."""
    shutil.move(board.models / "level", folder / "aside")
    sync = '[sync]\nregistry = "dir:stick"\n'
    strong = '[[alert]]\nname = "strong"\nsource = "sensor:gauge.level"\nabove = 1.5\n'
    agent = start(configuration=configuration(more=sync + strong))
    agent.says("waits for its first model level")
    status = run("status", "--config", folder / "edgeagent.toml")
    assert "pipeline tank waits for its first model level" in status.stdout, status.stderr
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert "waits for its first model level" in checked.stdout
    (folder / "aside").rename(board.models / "level")
    link(board, "active", "1")
    agent.says("its first model level/1 scores")
    agent.stop()


def test_without_sync_no_model_is_an_error(start, board, folder):
    shutil.move(board.models / "level", folder / "aside")
    agent = start(configuration=configuration(), ready=False)
    assert agent.ends() == 78 and "no such model" in agent.log
