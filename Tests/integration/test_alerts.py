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


def becomes(alerts: Callable, state: str, flags: tuple[str, ...] = ()) -> dict:
    """A person who asks at once sees what stood before the first round after READY, or before an
    act that is being done."""

    def found() -> dict | None:
        alert = full(alerts)
        return alert if (alert["state"], alert["flags"]) == (state, [*flags]) else None

    return eventually(found, f"it is {state} {flags}")


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
    alert = becomes(alerts, "unacknowledged")
    assert alert["episode"] == 1 and alert["level"]["above"] == 0.75 and alert["value"] >= 0.75
    assert alert["source"] == "tank.high" and alert["severity"] == "critical"
    done = alerts("ack", "full", "--by", "Anna", "--note", "on my way", "--episode", "1")
    assert done["ok"] and done["kept"] and done["episode"] == 1
    subscriber.events("alert", state="acknowledged")
    alert = becomes(alerts, "acknowledged")
    assert "(Anna)" in alert["acknowledged_by"]
    assert "on my way" in agent.says("ack")
    line.send(lines(CLEAR))
    becomes(alerts, "normal")
    # What is read from the file comes after it is written.
    eventually(lambda: history(alerts) == ["raised", "acknowledged", "cleared"], "the history")
    eventually(lambda: alerts("stats")["episodes"] == 1, "the statistics")
    agent.stop()


def test_an_alert_that_latches_ends_by_a_reset(start, socket_line, alerts):
    """Seen, remedied, over, reset: in that order, and each by a person."""
    keys = 'outputs = ["socket"]\nlatch = true\nconfirm = true'
    agent = start(configuration=configuration(alert=keys))
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(lines(RAISE))
    subscriber.events("alert", state="raised")
    reason, remedy = alerts("confirm", "full", code=1)
    assert reason.endswith("full: no person has acknowledged it")
    assert remedy.endswith("acknowledge it first")
    alerts("ack", "full")
    assert "still holds" in alerts("reset", "full", code=1)[0]
    alerts("confirm", "full", "--by", "Anna", "--note", "the valve is open")
    confirmed = subscriber.events("alert", state="confirmed")[0]
    assert "(Anna)" in confirmed["by"] and confirmed["phase"] == "acknowledged"
    line.send(lines(CLEAR))
    assert subscriber.events("alert", state="cleared")[0]["phase"] == "latched"
    eventually(lambda: full(alerts)["state"] == "latched", "it waits for the reset")
    assert alerts("reset", "full", "--episode", "1")["episode"] == 1
    assert subscriber.events("alert", state="reset")[0]["phase"] == "normal"
    eventually(lambda: full(alerts)["state"] == "normal", "normal again")
    story = ["raised", "acknowledged", "confirmed", "cleared", "reset"]
    eventually(lambda: history(alerts) == story, "the history")
    agent.stop()


def test_a_drill_reaches_the_outputs_and_makes_way_for_what_is_real(start, socket_line, alerts):
    """Every output hears of it, marked as a drill; an alert that stands cannot be drilled."""
    agent = start(configuration=configuration())
    subscriber = agent.subscribe()
    assert alerts("drill", "full", "--by", "Anna")["kept"]
    drill = subscriber.events("alert", state="drill")[0]
    assert drill["drill"] and drill["phase"] == "normal" and "(Anna)" in drill["by"]
    assert "a drill runs already" in alerts("drill", "full", code=1)[0]
    socket_line().send(lines(RAISE))
    assert "drill" not in subscriber.events("alert", state="raised")[0]
    assert "it stands" in alerts("drill", "full", code=1)[0]
    agent.stop()


def test_a_pause_ends_by_itself(start, socket_line, alerts):
    """The sound of what stands is off, and comes back."""
    agent = start(configuration=configuration())
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    assert "at most 15m" in alerts("pause", "16m", code=1)[0]
    assert alerts("pause", "1s")["kept"]
    silenced = subscriber.events("alert", state="silenced")[0]
    assert silenced["silenced"] and silenced["phase"] == "unacknowledged"
    assert "silenced" not in subscriber.events("alert", state="unsilenced")[0]
    agent.stop()


def test_a_shelf_of_one_return_ends_with_it(start, socket_line, alerts):
    """The episode that stands is quiet, and the next one is heard."""
    agent = start(configuration=configuration())
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(lines(RAISE))
    subscriber.events("alert", state="raised")
    alerts("ack", "full")
    alerts("shelve", "full", "10m", "--once", "--reason", "the tank is filled by hand")
    assert subscriber.events("alert", state="shelved")[0]["shelved"]
    assert full(alerts)["flags"] == ["shelved-once"]
    line.send(lines(CLEAR))
    subscriber.events("alert", state="cleared")
    assert "shelved" not in subscriber.events("alert", state="unshelved")[0]
    line.send(lines(RAISE))
    again = subscriber.events("alert", 2, state="raised")[-1]
    assert again["episode"] == 2 and "shelved" not in again
    agent.stop()


def test_what_nobody_acknowledges_escalates(start, socket_line, alerts, folder):
    """The further output hears of it then and not before, and hears that somebody came."""
    page = folder / "page"
    page.write_text(f'#!/bin/sh\necho "$EDGEAGENT_STATE" >>{folder}/heard\n')
    page.chmod(0o755)
    keys = f'outputs = ["socket"]\nescalate_after = "1s"\nescalate_to = ["exec:{page}"]'
    agent = start(configuration=configuration(alert=keys))
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    raised = subscriber.events("alert", state="raised")[0]
    escalated = subscriber.events("alert", state="escalated")[0]
    assert escalated["escalated"] and escalated["at"] - raised["at"] >= 1_000_000_000
    alerts("ack", "full")
    heard = folder / "heard"
    eventually(
        lambda: heard.exists() and heard.read_text().split() == ["escalated", "acknowledged"],
        "the program of escalate_to",
    )
    agent.stop()


def test_a_key_that_an_act_does_not_take_is_refused(start, folder):
    """A level for half an hour would hold for ever; the remedy names the keys."""
    agent = start(configuration=configuration())
    path = folder / "control.sock"
    for line in (
        '{"do":"set","alert":"full","level":"above","to":0.8,"for":"30m"}',
        "set full above 0.8 for 30m",
    ):
        answer = ask(path, line)
        assert answer["error"] == 'set does not take "for"'
        assert answer["remedy"] == "set takes alert, level, to, by, note"
    assert not ask(path, '{"do":"pause","for":"2m","alert":"full"}')["ok"]
    assert "override" not in ask(path, "list")["alerts"][0]
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
    alert = becomes(alerts, "acknowledged", ("shelved",))
    assert alert["episode"] == before["episode"] and 1700 < alert["shelf_seconds"] <= 1800
    alerts("unshelve", "full")
    agent.stop()


def test_no_act_is_lost_to_a_kill(start, socket_line, alerts, folder):
    """Acts, each killed at another moment: what was answered is there, and numbers only rise."""
    shelved = False
    last = 0
    for round_number in range(8):
        agent = start(configuration=configuration())
        path = folder / "control.sock"
        flags = ("shelved",) if shelved else ()
        alert = becomes(alerts, "unacknowledged" if last else "normal", flags)
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
    assert not subscriber.events("alert", 0) and full(alerts)["state"] == "normal"
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
    becomes(alerts, "normal", ("out-of-service",))
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
