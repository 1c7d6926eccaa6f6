"""Goal: no sensor and no program can keep the agent from another one, and nobody has to read it.
Method: the shipped executable; a burst, idle connections, programs that ask without pause, a
standard error that nobody reads. `test_abuse` has the floods."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import level
from agent import PATIENCE, SocketLine, eventually
from conftest import say
from signals import RAISE, lines

CLEAR = [0.0] * 6
FLOODED = """
[[sensor]]
name = "flood"
port = "unix:flood.sock"
rate = 50
stale_after = "3s"
fields = [{ name = "level", unit = "g" }]

[[pipeline]]
name = "heavy"
sensor = "flood"
model = "MODEL"
deadline = "20ms"
"""


@pytest.mark.alone
def test_one_burst_for_a_slow_model_delays_no_other_sensor(start, models, folder, capsys):
    """2,048 samples in one write, milliseconds of inference each: the other sensor's alert comes
    as if nothing was, the watchdog gets its sign, and neither sensor is stale."""
    level.write_bundle(models, name="slow", ballast=3)
    agent = start(
        more=FLOODED.replace("MODEL", "slow"),
        sensor='stale_after = "3s"',
        publish='["alerts"]',
        environment={"WATCHDOG_USEC": "1500000"},
    )
    subscriber = agent.subscribe()
    gauge, flood = SocketLine(folder / "sensor.sock"), SocketLine(folder / "flood.sock")
    gauge.send(lines([0.0] * 4))
    subscriber.events("sensor", sensor="gauge", state="connected")
    began, signs = time.monotonic(), agent.supervisor.messages.count("WATCHDOG=1")
    flood.send(b"0\n" * 2048)
    subscriber.events("sensor", sensor="flood", state="connected")
    gauge.send(lines(RAISE))
    (alert,) = subscriber.events("alert", state="raised")
    seconds = time.monotonic() - began
    say(capsys, f"burst to alert of another sensor {seconds * 1000:.0f} ms")
    assert seconds < 2, "15 s when sensors did not take turns"
    eventually(lambda: agent.supervisor.messages.count("WATCHDOG=1") > signs, "a sign of life", 3)
    assert alert["latency_us"] > 0
    agent.says("left out for a newer one")
    assert not subscriber.events("sensor", 0, state="stale")
    gauge.close()
    flood.close()
    agent.stop()


def unread_pipe() -> tuple[int, int]:
    """A pipe that is full, with its writing end as a shell would hand it over."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"full\n" * 100)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x")
    os.set_blocking(writing, True)
    return reading, writing


def test_a_log_that_nobody_reads_stops_nothing(start, folder, socket_line):
    """The siren sounds for every alert, subscribers come in, and SIGTERM ends the agent."""
    siren = folder / "siren"
    siren.write_text(f"#!/bin/sh\necho >>{folder}/heard\nexit 3\n")
    siren.chmod(0o755)
    reading, writing = unread_pipe()
    agent = start(alert=f'outputs = ["exec:{siren}", "socket", "journal"]', stderr=writing)
    first, line = agent.subscribe(), socket_line()
    heard = folder / "heard"
    for count in range(1, 11):
        line.send(b"garbage\n" + lines(RAISE + CLEAR))
        first.events("alert", 2 * count)
        # Only after both programs, since flapping is summarised.
        eventually(
            lambda: heard.exists() and len(heard.read_bytes()) == 2 * count, "the siren, each time"
        )
    assert agent.subscribe().hello
    agent.process.send_signal(signal.SIGTERM)
    assert agent.process.wait(PATIENCE) == 0
    os.close(reading)
    os.close(writing)


def test_what_nobody_read_is_counted(start, folder, socket_line):
    """When somebody reads again, the next line says how many were lost."""
    siren = folder / "siren"
    siren.write_text(f"#!/bin/sh\necho >>{folder}/heard\nexit 3\n")
    siren.chmod(0o755)
    reading, writing = unread_pipe()
    agent = start(alert=f'outputs = ["exec:{siren}", "socket"]', stderr=writing)
    subscriber, line = agent.subscribe(), socket_line()
    line.send(lines(RAISE + CLEAR))
    subscriber.events("alert", 2)
    heard = folder / "heard"
    eventually(lambda: heard.exists() and len(heard.read_bytes()) == 2, "both programs")
    time.sleep(1)  # and then the agent knows of their ends
    os.read(reading, 65536)
    agent.process.send_signal(signal.SIGTERM)
    assert agent.process.wait(PATIENCE) == 0
    os.close(writing)
    with os.fdopen(reading) as log:
        said = log.read()
    assert "lost here: standard error was not read" in said and "stopped: " in said


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(str(path))  # it waits while the agent's queue is full
    connection.settimeout(PATIENCE)
    return connection


@pytest.mark.alone
def test_one_that_asks_without_pause_costs_nothing(start, folder, socket_line, capsys):
    """It is told once a second, and takes no processor; alerts come to others."""
    agent = start(publish='["alerts"]')
    subscriber, line = agent.subscribe(), socket_line()
    spammer = connect(folder / "events.sock")
    spammer.setblocking(False)
    before, began, heard = agent.cpu_seconds(), time.monotonic(), b""
    while time.monotonic() - began < 2:
        with contextlib.suppress(BlockingIOError):
            spammer.send(b"read gauge\n" * 1000)
        with contextlib.suppress(BlockingIOError):
            heard += spammer.recv(1 << 20)
        time.sleep(0.001)
    share = (agent.cpu_seconds() - before) / (time.monotonic() - began)
    say(capsys, f"a subscriber that asks without pause takes {100 * share:.0f} % of a processor")
    assert share < 0.3
    assert 1 <= heard.count(b"too many requests") <= 5
    assert heard.count(b'"type":"sample"') <= 40 + 20 * 4
    line.send(lines(RAISE))
    subscriber.events("alert", state="raised")
    spammer.close()
    agent.stop()


def test_idle_connections_keep_nobody_out(start, folder):
    """One process takes all the seats that it can; a subscriber of another one comes in."""
    agent = start()
    idle = [connect(folder / "events.sock") for _ in range(16)]
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(10); "
        "s.connect(sys.argv[1]); print(s.recv(1000).decode())"
    )
    path = str(folder / "events.sock")
    for _ in range(3):
        said = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
        assert '"hello"' in said.stdout
    assert b"keep to 4 connections" in idle[0].recv(4096)
    for connection in idle:
        connection.close()
    agent.stop()


def test_idle_producers_do_not_keep_the_sensor_out(start, folder, socket_line):
    """Four that never send, then the real one."""
    agent = start()
    subscriber = agent.subscribe()
    idle = [connect(folder / "sensor.sock") for _ in range(4)]
    time.sleep(0.2)
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    for connection in idle:
        connection.close()
    agent.stop()


def test_empty_connections_fill_neither_the_log_nor_the_outbox(start, folder, run):
    """Thousands of them, as fast as they go."""
    agent = start(more="[store]\npath = 'outbox.db'")
    subscriber = agent.subscribe()
    began, count = time.monotonic(), 0
    while time.monotonic() - began < 2:
        connect(folder / "sensor.sock").close()
        count += 1
    assert count > 200
    assert not subscriber.events("sensor", 0)
    log = agent.stop()
    assert len(log.splitlines()) < 60, log


def test_every_request_has_an_answer(start):
    """Whoever asks by hand learns what there is to ask."""
    agent = start()
    subscriber = agent.subscribe()
    subscriber.write("help")
    (answer,) = subscriber.events("help")
    assert "status" in answer["requests"]
    subscriber.write("status")
    (status,) = subscriber.events("status")
    assert (status["sensors"], status["samples"]) == (1, 0)
    subscriber.write("stauts\nacknowledge wrong")
    unknown, alert = subscriber.events("error", 2)
    assert unknown["request"] == "stauts" and "help" in unknown["reason"]
    assert alert["acknowledge"] == "wrong"
    agent.stop()
