"""Goal: what a person does about an alert is done, kept over every kind of end, and asked of nobody
who may not.
Method: the shipped executable, its command line, its control socket, kill -9, and real users."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import PATIENCE, eventually
from conftest import level_configuration
from signals import RAISE, lines

CLEAR = [0.0] * 6
STRANGER = 54_321
"""A user id that no file names."""


def configuration(control: str = "", alert: str = 'outputs = ["socket"]', more: str = "") -> str:
    text = level_configuration("unix:sensor.sock", alert=alert, more=more)
    return text.replace('socket = "control.sock"', f'socket = "control.sock"\n{control}')


@pytest.fixture
def alerts(native: list[str], folder: Path) -> Callable:
    """Runs `edgeagent alerts … --json` for the agent of this test."""

    def run(*words: str, code: int = 0) -> dict | list[str]:
        file = str(folder / "edgeagent.toml")
        command = [*native, "alerts", *words, "--json", "--config", file]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr.splitlines()

    return run


def full(alerts: Callable) -> dict:
    return next(alert for alert in alerts("list")["alerts"] if alert["alert"] == "full")


def history(alerts: Callable) -> list[str]:
    return [event["event"] for event in alerts("history", "--since", "1h")["history"]]


def ask(path: Path, line: str, wait: float = PATIENCE) -> dict:
    """One line and its answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(wait)
        peer.connect(str(path))
        peer.sendall(f"{line}\n".encode())
        with peer.makefile("rb") as answers:
            return json.loads(answers.readline())


def ask_as(user: int, group: int, path: Path, line: str) -> dict:
    """The same, from a process of another user."""
    script = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(15); "
        "s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b'\\n'); "
        "print(s.makefile().readline())"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", script, str(path), line],
        capture_output=True, text=True, timeout=30, check=True, user=user, group=group,
        extra_groups=[], cwd="/",
    )  # fmt: skip
    return json.loads(done.stdout)


def test_an_alert_is_listed_and_acknowledged(start, socket_line, alerts):
    """Why it stands, who acknowledged it, and the event that subscribers get."""
    agent = start(configuration=configuration())
    subscriber = agent.subscribe()
    assert full(alerts)["state"] == "normal"
    line = socket_line()
    line.send(lines(RAISE))
    subscriber.events("alert", state="raised")
    alert = eventually(lambda: (a := full(alerts))["state"] == "unacknowledged" and a, "it stands")
    assert alert["episode"] == 1 and alert["level"]["above"] == 0.75 and alert["value"] >= 0.75
    assert alert["source"] == "tank.high" and alert["severity"] == "critical"
    done = alerts("ack", "full", "--by", "Anna", "--note", "on my way", "--episode", "1")
    assert done["ok"] and done["kept"] and done["episode"] == 1
    subscriber.events("alert", state="acknowledged")
    alert = eventually(lambda: (a := full(alerts))["state"] == "acknowledged" and a, "it is seen")
    assert "(Anna)" in alert["acknowledged_by"]
    assert "on my way" in agent.says("ack")
    line.send(lines(CLEAR))
    eventually(lambda: full(alerts)["state"] == "normal", "normal again")
    # What is read from the file comes after it is written.
    eventually(lambda: history(alerts) == ["raised", "acknowledged", "cleared"], "the history")
    eventually(lambda: alerts("stats")["episodes"] == 1, "the statistics")
    agent.stop()


@pytest.mark.parametrize("ends", ["stop", "kill"])
def test_what_stood_stands_after_a_restart(start, socket_line, alerts, ends):
    """An acknowledged alert stays acknowledged, a shelf goes on, and numbers never come again."""
    agent = start(configuration=configuration())
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    alerts("ack", "full", "--note", "seen")
    alerts("shelve", "full", "30m", "--reason", "a new gauge comes")
    before = full(alerts)
    if ends == "stop":
        agent.stop()
    else:
        agent.process.kill()
        agent.ends()
    agent.close()
    agent = start(configuration=configuration())
    alert = full(alerts)
    assert alert["state"] == "acknowledged" and alert["episode"] == before["episode"]
    assert "shelved" in alert["flags"] and 1700 < alert["shelf_seconds"] <= 1800
    alerts("unshelve", "full")
    agent.stop()


def test_no_act_is_lost_to_a_kill(start, socket_line, alerts, folder):
    """Acts, each killed at another moment: what was answered is there, and numbers only rise."""
    shelved = False
    last = 0
    for round_number in range(8):
        agent = start(configuration=configuration())
        path = folder / "control.sock"
        alert = full(alerts)
        assert ("shelved" in alert["flags"]) == shelved
        assert alert["episode"] >= last
        line = socket_line()
        subscriber = agent.subscribe()
        line.send(lines([0.0] * 6 + RAISE))
        raised = subscriber.events("alert", state="raised")[-1]
        assert raised["episode"] > last
        last = raised["episode"]
        act = "unshelve full" if shelved else "shelve full 1h because"
        assert ask(path, act)["ok"]
        shelved = not shelved
        time.sleep(0.002 * round_number)
        agent.process.kill()
        agent.ends()
        line.close()
        agent.close()


def test_who_may_not_is_refused_and_noted(start, folder):
    """The kernel says who the peer is; the list says what it may."""
    if os.geteuid() != 0:
        pytest.skip("other users need root")
    agent = start(configuration=configuration(f'read = ["*"]\noperate = ["{STRANGER}"]'))
    path = folder / "control.sock"
    assert path.stat().st_mode & 0o777 == 0o660
    with pytest.raises(subprocess.CalledProcessError):
        ask_as(STRANGER, STRANGER, path, "list")  # it may not even open the socket
    # Whoever runs the board opens it for a group; here for all.
    folder.chmod(0o755)
    path.chmod(0o666)
    assert ask_as(STRANGER, STRANGER, path, "status")["you"] == {
        "user": str(STRANGER), "uid": STRANGER, "may": "operate"
    }  # fmt: skip
    assert ask_as(STRANGER + 1, 1, path, "status")["you"]["may"] == "read"
    refused = ask_as(STRANGER + 1, 1, path, '{"do":"ack","alert":"full","by":"root"}')
    assert not refused["ok"] and "operate" in refused["remedy"]
    agent.says(f"{STRANGER + 1} (uid {STRANGER + 1}")
    refused = ask_as(STRANGER, STRANGER, path, "set full above 0.5")
    assert not refused["ok"] and "manage" in refused["remedy"]
    assert "it is normal" in ask_as(STRANGER, STRANGER, path, "ack full")["error"]
    agent.stop()


def test_groups_may_act(start, folder):
    """A group by number, as the kernel says it."""
    if os.geteuid() != 0:
        pytest.skip("other users need root")
    agent = start(configuration=configuration(f'manage = ["group:{STRANGER}"]'))
    path = folder / "control.sock"
    folder.chmod(0o755)
    path.chmod(0o666)
    assert ask_as(STRANGER + 1, STRANGER, path, "status")["you"]["may"] == "manage"
    assert ask_as(STRANGER + 1, 1, path, "status")["you"]["may"] == "read"
    agent.stop()


def test_a_level_is_set_kept_and_taken_back(start, socket_line, alerts, run, folder):
    """The alert is judged by it at once, after a kill too, and `check` tells of it."""
    agent = start(configuration=configuration())
    # The greatest score of the model is 255/256.
    for level, why in [("1.5", "not within 0 to 1"), ("1.0", "would ever raise it")]:
        assert why in alerts("set", "full", "above", level, code=1)[0]
    assert "clear_below" in alerts("set", "full", "above", "0.1", code=1)[1]
    assert alerts("set", "full", "above", "0.99")["ok"]
    subscriber = agent.subscribe()
    # The mean climbs to 0.75 and not to 0.99.
    socket_line().send(lines([0.0] * 4 + [1.0] * 3 + [0.0] * 4))
    subscriber.events("score", 8)
    assert full(alerts)["state"] == "normal"
    agent.process.kill()
    agent.ends()
    agent.close()
    agent = start(configuration=configuration())
    alert = full(alerts)
    assert abs(alert["level"]["above"] - 0.99) < 1e-6
    assert alert["override"]["configured"]["above"] == 0.75
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert "levels set by hand" in checked.stdout and "above 0.99" in checked.stdout
    assert alerts("unset", "full")["ok"]
    assert "override" not in full(alerts)
    agent.stop()


def test_a_damaged_state_is_loud_and_kept_aside(start, alerts, folder):
    """The log says so, the file is still there for whoever looks, and what the agent has told since
    the boot it still knows."""
    agent = start(configuration=configuration())
    alerts("service", "full", "off", "--reason", "the gauge is changed")
    agent.stop()
    agent.close()
    state = folder / "state" / "alerts" / "state"
    assert state.stat().st_mode & 0o777 == 0o600
    assert state.parent.stat().st_mode & 0o777 == 0o700
    damaged = bytearray(state.read_bytes())
    damaged[40] ^= 1
    state.write_bytes(damaged)
    agent = start(configuration=configuration())
    agent.says("damaged at byte")
    assert full(alerts)["flags"] == ["out-of-service"]
    assert (state.parent / "state.refused-1").read_bytes() == bytes(damaged)
    agent.stop()


def test_a_peer_that_does_not_read_keeps_nobody_waiting(start, alerts, folder):
    """Three who never read, one that sends half a line, and one that only connects."""
    agent = start(configuration=configuration())
    with contextlib.ExitStack() as stack:
        for line in (b"help\n" * 500, b"help\n" * 500, b'{"do":"li'):
            peer = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            peer.connect(str(folder / "control.sock"))
            peer.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                peer.send(line)
        started = time.monotonic()
        assert full(alerts)["state"] == "normal"
        assert time.monotonic() - started < 5
    agent.stop()


def test_a_person_with_nc_gets_an_answer(start, folder):
    """Plain words; what is unknown is answered with what there is."""
    agent = start(configuration=configuration())
    path = folder / "control.sock"
    assert ask(path, "help")["actions"]
    answer = ask(path, "what now")
    assert not answer["ok"] and "list" in answer["remedy"]
    for wrong in ("{", "[]", '{"do":7}', "\x00", "ack"):
        assert not ask(path, wrong)["ok"]
    agent.stop()


def test_without_an_agent_the_command_says_so(native, folder):
    """Exit code 1, the socket's path, and what to do."""
    for words in (["alerts", "list"], ["alerts", "ack", "full"], ["status"]):
        done = subprocess.run(
            [*native, *words, "--socket", str(folder / "none.sock")],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "no agent listens at" in done.stderr and "--config" in done.stderr
