"""Goal: everybody who asked hears of an alert, and nobody can keep it from the others.
Method: real subscribers, a real command, a socket in the place of the journal's."""

import json
import os
import shutil
import socket
import struct
import subprocess
from datetime import UTC, datetime

import pytest

from agent import eventually
from signals import RAISE, frames, lines
from test_limits import allocations

CLEAR = [0.0] * 6


def test_a_subscriber_gets_the_whole_story(start, socket_line):
    """Hello first; then raised and cleared, each with its score, sample, time and latency."""
    agent = start()
    subscriber = agent.subscribe()
    assert subscriber.messages[0]["type"] == "hello"
    assert subscriber.hello["agent"] == "bench-1" and subscriber.hello["version"]
    socket_line().send(lines(RAISE + CLEAR))
    raised, cleared = subscriber.events("alert", 2)
    assert (raised["state"], cleared["state"]) == ("raised", "cleared")
    assert raised["alert"] == "full" and raised["source"] == "tank.high"
    assert raised["severity"] == "critical"
    # The mean falls again by ¼ a sample, from 1 at sample 10: at 13 it is 0.25, at 14 below.
    assert (raised["sample"], cleared["sample"]) == (7, 14)
    assert raised["at"] <= cleared["at"]
    boot = open("/proc/sys/kernel/random/boot_id").read().strip().replace("-", "")
    assert raised["boot"].replace("-", "") == boot
    age = datetime.now(UTC) - datetime.fromisoformat(raised["time"])
    assert -1 < age.total_seconds() < 60
    assert 0 < raised["latency_us"] < 1_000_000
    agent.stop()


def test_two_subscribers_get_the_same(start, socket_line):
    """Line for line."""
    agent = start()
    one, other = agent.subscribe(), agent.subscribe()
    socket_line().send(lines(RAISE))
    for subscriber in (one, other):
        subscriber.events("score", len(RAISE) - 3)
        subscriber.events("alert")
    eventually(lambda: one.messages == other.messages, "the same")
    agent.stop()


def test_a_subscriber_that_never_reads_hurts_nobody(start, folder, socket_line):
    """Its lines are dropped for it alone; the other one gets every score."""
    agent = start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.connect(str(folder / "events.sock"))
        subscriber = agent.subscribe()
        line = socket_line()
        # Far more than the kernel and the agent keep for one who does not read.
        line.send_samples(frames([0.25] * 3000), subscriber)
        assert len(subscriber.events("score", 2997)) == 2997
        line.send(lines(RAISE))
        subscriber.events("alert", state="raised")
    agent.stop()


def test_a_subscriber_that_leaves_is_forgotten(start, socket_line):
    """A hundred come and go; the agent keeps no descriptor of theirs."""
    agent = start()
    subscriber = agent.subscribe()
    before = agent.descriptors()
    for _ in range(100):
        agent.subscribe().close()
    eventually(lambda: agent.descriptors() == before, "descriptors closed")
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    agent.stop()


def test_a_subscriber_asks_for_the_latest_sample(start, socket_line, either):
    """It gets it, and nobody else does; nothing is allocated; a stale one is told by its age."""
    agent = start(
        command=either, sensor='stale_after = "400ms"', publish='["alerts"]', alert="outputs = []"
    )
    asks, listens = agent.subscribe(), agent.subscribe()
    asks.write("read gauge")
    [none] = asks.events("sample", 1)
    assert none == {"type": "sample", "sensor": "gauge", "sample": None, "age_ms": None}
    line = socket_line()
    line.send(lines([0.25, 0.5]))
    eventually(lambda: asks.write("read gauge") or asks.events("sample", 0, sample=2), "a sample")
    latest = asks.events("sample", 0, sample=2)[0]
    assert latest["values"] == {"level": 0.5} and 0 <= latest["age_ms"] < 1000 and latest["at"] > 0
    asks.events("sensor", 1, state="stale")
    asks.write("read gauge\nread nobody")
    [error] = asks.events("error", 1)
    assert error == {"type": "error", "read": "nobody", "reason": "no sensor has that name"}
    stale = asks.events("sample", 0)[-1]
    assert stale["sample"] is None and stale["age_ms"] >= 400 and "values" not in stale
    assert not listens.events("sample", 0) and not listens.events("error", 0)
    assert allocations(agent.stop()) == 0


def test_a_command_gets_the_alert(start, folder, socket_line, either):
    """`exec:` starts a program with the alert in its environment and on its standard input."""
    command = folder / "siren"
    command.write_text(
        f"#!/bin/sh\ncat >>{folder}/heard\nenv | grep ^EDGEAGENT_ | sort >>{folder}/environment\n"
        f"echo >>{folder}/environment\n"
    )
    command.chmod(0o755)
    agent = start(command=either, alert=f'outputs = ["exec:{command}", "socket"]')
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE + CLEAR))
    alerts = subscriber.events("alert", 2)

    def stories() -> list[str]:
        path = folder / "environment"
        return path.read_text().strip().split("\n\n") if path.exists() else []

    eventually(lambda: len(stories()) == 2, "two runs of the command")
    heard = [json.loads(line) for line in (folder / "heard").read_text().splitlines()]
    assert [event["state"] for event in heard] == ["raised", "cleared"]
    for event, alert, story in zip(heard, alerts, stories()):
        assert all(event[key] == alert[key] for key in ("alert", "sample", "score", "at"))
        variables = dict(line.split("=", 1) for line in story.splitlines())
        assert variables["EDGEAGENT_ALERT"] == "full"
        assert variables["EDGEAGENT_STATE"] == alert["state"]
        assert variables["EDGEAGENT_SEVERITY"] == "critical"
        assert variables["EDGEAGENT_SOURCE"] == "tank.high"
        assert float(variables["EDGEAGENT_SCORE"]) == pytest.approx(alert["score"], abs=1e-3)
        assert int(variables["EDGEAGENT_SAMPLE"]) == alert["sample"]
        assert int(variables["EDGEAGENT_AT"]) == alert["at"]
        assert variables["EDGEAGENT_AGENT"] == "bench-1"
    agent.stop()


@pytest.mark.parametrize(
    ("script", "complaint"),
    [("#!/bin/sh\nexit 3\n", "3"), (None, "siren"), ("#!/bin/sh\nsleep 60\n", None)],
    ids=["fails", "missing", "never ends"],
)
def test_a_command_that_goes_wrong_stops_nothing(start, folder, socket_line, script, complaint):
    """It is complained about in the log, by name; the other outputs have the alert at once."""
    command = folder / "siren"
    if script:
        command.write_text(script)
        command.chmod(0o755)
    agent = start(alert=f'outputs = ["exec:{command}", "socket"]')
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(lines(RAISE + CLEAR + RAISE))
    assert len(subscriber.events("alert", 3, timeout=5)) == 3
    if complaint:
        assert complaint in agent.says("siren")
        agent.stop()


def test_the_last_frame_s_command_ends_before_the_agent_does(start, folder):
    """An alert at the end of the input is as good as any other; then the sockets are gone."""
    command = folder / "slow"
    command.write_text(f"#!/bin/sh\nsleep 0.5\ncat >{folder}/heard\n")
    command.chmod(0o755)
    agent = start("stdin:", stdin=subprocess.PIPE, alert=f'outputs = ["exec:{command}"]')
    assert (folder / "events.sock").exists()
    agent.process.stdin.write(lines(RAISE))
    agent.process.stdin.close()
    assert agent.process.wait(timeout=10) == 0
    assert json.loads((folder / "heard").read_text())["state"] == "raised"
    assert not (folder / "events.sock").exists()


def test_the_journal_gets_an_alert_in_fields(start, folder, socket_line):
    """In its native protocol: MESSAGE, PRIORITY and the alert's own fields."""
    place = folder / "journal"
    place.mkdir()
    # The agent gets a mount namespace in which this folder is the journal's.
    namespace = [
        *("unshare", "--mount", "sh", "-euc"),
        "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal && "
        f'mount --bind {place} /run/systemd/journal && exec "$@"',
        "sh",  # $0
    ]
    probe = [*namespace, "true"]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("no mount namespace of its own here: that needs root")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.settimeout(15)
        journal.bind(str(place / "socket"))
        agent = start(alert='outputs = ["journal"]', wrapper=namespace)
        socket_line().send(lines(RAISE))
        fields = journal_fields(journal.recv(65536))
    assert "full" in fields["MESSAGE"] and "raised" in fields["MESSAGE"]
    assert fields["PRIORITY"] == "2", "critical"
    assert fields["SYSLOG_IDENTIFIER"] == "edgeagent"
    assert fields["EDGEAGENT_ALERT"] == "full" and fields["EDGEAGENT_STATE"] == "raised"
    assert fields["EDGEAGENT_SAMPLE"] == "7"
    agent.stop()


def journal_fields(datagram: bytes) -> dict[str, str]:
    """`FIELD=value` lines; or `FIELD`, a 64-bit length and that many bytes."""
    fields = {}
    while datagram:
        head, _, datagram = datagram.partition(b"\n")
        name, equals, value = head.partition(b"=")
        if not equals:
            (length,) = struct.unpack_from("<Q", datagram)
            value, datagram = datagram[8 : 8 + length], datagram[9 + length :]
        fields[name.decode()] = value.decode()
    return fields


def test_without_a_journal_an_alert_goes_to_standard_error(start, socket_line):
    """One line that names the alert, its state and its score."""
    if os.path.exists("/run/systemd/journal/socket"):
        pytest.skip("this machine has a journal")
    agent = start(alert='outputs = ["journal"]')
    socket_line().send(lines(RAISE))
    line = agent.says("raised")
    assert "full" in line and "0.75" in line
    agent.stop()


def test_a_latched_alert_stays_and_repeats(start, socket_line):
    """It stands after its condition; a second episode is raised again, with the next number."""
    agent = start(alert='latch = true\noutputs = ["socket"]')
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE + CLEAR + RAISE))
    alerts = subscriber.events("alert", 3)
    assert [alert["state"] for alert in alerts] == ["raised", "cleared", "raised"]
    assert [alert["phase"] for alert in alerts[:2]] == ["unacknowledged", "returned"]
    assert [alert["episode"] for alert in alerts] == [1, 1, 2]
    agent.stop()


def test_votes_and_hold_delay_an_alert(start, socket_line):
    """Two of three scores, so the eighth sample; and nothing before the hold is over."""
    agent = start(
        alert='votes = "2 of 3"\noutputs = ["socket"]',
        more="""
[[alert]]
name = "full-for-long"
source = "tank.high"
above = 0.75
hold = "1h"
outputs = ["socket"]
""",
    )
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("score", len(RAISE) - 3)
    (alert,) = subscriber.events("alert")
    assert (alert["alert"], alert["sample"]) == ("full", 8)
    agent.stop()
