"""Goal: an alert that cannot go off says so, within its declared time and in the right words.
Method: real pseudo-terminals that are pulled, silent, stuck or noisy; alerts without a model."""

import json
import math
import random
import threading
import time
from collections.abc import Callable

import pytest

from agent import PATIENCE, SerialLine
from conftest import say

RATE = 20
STALE = 1.0
"""`stale_after` of the tests, in seconds."""
LOOK = 0.4
"""The agent looks at ages every 0.2 s; twice that for a busy machine's first look."""
STUCK, REFUSED = 2.0, 10.0
"""The times of the conditions, in seconds."""

CONFIGURATION = """\
agent = {{ id = "boiler-room", state = "state" }}
events = {{ socket = "events.sock", publish = ["alerts"] }}
control = {{ socket = "control.sock" }}

[[sensor]]
name = "boiler"
port = "{port}"
rate = {rate}
stale_after = "1s"
fields = [{{ name = "temperature" }}]

[[alert]]
name = "hot"
source = "sensor:boiler.temperature"
above = 95
severity = "critical"
outputs = ["socket"]

[[alert]]
name = "probe"
source = "stuck:boiler.temperature 2s"
dead_band = 0.01
outputs = ["socket"]

[[alert]]
name = "noisy"
source = "refused:boiler 10s"
above = 0.5
clear_below = 0.1
outputs = ["socket"]
"""


class Player:
    """A sensor that says the same again and again, until it is told to say something else."""

    def __init__(self, line: SerialLine, text: Callable[[int], str | None]):
        self.line, self.text = line, text
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def _play(self) -> None:
        count = 0
        while not self._ends.wait(1 / RATE):
            count += 1
            if text := self.text(count):
                self.line.send(f"{text}\n".encode())

    def close(self) -> None:
        self._ends.set()
        self._thread.join(PATIENCE)


@pytest.fixture
def boiler(start, serial_line):
    """An agent whose boiler is well: its temperature moves a little."""
    line = serial_line()
    agent = start(configuration=CONFIGURATION.format(port=f"serial:{line.path}", rate=RATE))
    line.opened_by(agent)
    player = Player(line, lambda count: f"{60 + count % 7 / 10:.1f}")
    subscriber = agent.subscribe()
    yield agent, line, player, subscriber
    player.close()
    agent.close()


def raised(subscriber, name: str, timeout: float = PATIENCE) -> dict:
    return subscriber.events("alert", 1, timeout, alert=name, state="raised")[0]


def raised_in_time(subscriber, name: str, declared: float, since: float, capsys) -> dict:
    event = raised(subscriber, name)
    took = time.monotonic() - since
    say(capsys, f"{name} raised {took:.2f} s after the last good value (declared: {declared:g} s)")
    assert took < declared + LOOK + 1
    return event


def test_a_sensor_that_is_well_raises_nothing(boiler):
    """For longer than any of the conditions needs."""
    _, _, _, subscriber = boiler
    time.sleep(4)
    assert subscriber.events("alert", 0) == []


def test_silence(boiler, capsys):
    """The line is open and says nothing more."""
    agent, _, player, subscriber = boiler
    player.close()
    event = raised_in_time(subscriber, "boiler-stale", STALE, time.monotonic(), capsys)
    assert event["source"] == "stale:boiler" and event["severity"] == "critical"
    assert "sensor boiler: no sample for" in agent.says("no sample")


def test_a_pulled_cable(boiler, capsys):
    """The pseudo-terminal is closed; the same words, beside those of the loss."""
    agent, line, player, subscriber = boiler
    player.close()
    line.close()
    raised_in_time(subscriber, "boiler-stale", STALE, time.monotonic(), capsys)
    assert "disconnected" in agent.says("sensor boiler: disconnected")


def test_garbage(boiler, capsys):
    """Bytes come, and none of them is a sample: connected is no life."""
    agent, _, player, subscriber = boiler
    player.text = lambda count: f"E{count:03}~#"
    since = time.monotonic()
    raised_in_time(subscriber, "boiler-stale", STALE, since, capsys)
    noisy = raised_in_time(subscriber, "noisy", REFUSED, since, capsys)
    assert noisy["value"] > 0.5 and noisy["level"] == 0.5
    assert "not a number" in agent.says("bad frame")


def test_values_that_are_none(boiler, capsys):
    """Samples come, and the one field that alerts need says `nan`: that is no life either."""
    agent, _, player, subscriber = boiler
    player.text = lambda count: "nan"
    raised_in_time(subscriber, "boiler-stale", STALE, time.monotonic(), capsys)
    assert "no value" in agent.says("a field that alerts need has had no value")
    player.text = lambda count: f"{60 + count % 7 / 10:.1f}"
    subscriber.events("alert", 1, alert="boiler-stale", state="cleared")


def test_constant_values(boiler, capsys):
    """Samples come at the full rate, and their value does not change."""
    _, _, player, subscriber = boiler
    player.text = lambda count: "61.0"
    event = raised_in_time(subscriber, "probe", STUCK, time.monotonic(), capsys)
    assert event["source"] == "stuck:boiler.temperature 2s"
    assert subscriber.events("alert", 0, alert="boiler-stale") == []
    player.text = lambda count: f"{60 + count % 7 / 10:.1f}"
    subscriber.events("alert", 1, alert="probe", state="cleared")


def test_it_comes_back(boiler):
    """The agent's own alert ends by itself, and the alert on the value works as before."""
    _, _, player, subscriber = boiler
    player.text = lambda count: None
    raised(subscriber, "boiler-stale")
    player.text = lambda count: "97.0"
    subscriber.events("alert", 1, alert="boiler-stale", state="cleared")
    assert raised(subscriber, "hot")["value"] == 97


def test_a_late_subscriber_knows_what_stands(boiler):
    """The alert was raised before it came."""
    agent, _, player, subscriber = boiler
    player.text = lambda count: "97.0"
    raised(subscriber, "hot")
    late = agent.subscribe()
    (standing,) = late.events("alert", 1, alert="hot")
    assert (standing["state"], standing["phase"]) == ("standing", "unacknowledged")
    assert late.events("standing")[0]["alerts"] >= 1


def test_the_same_transitions_on_both_architectures(either, native, run, folder):
    """A recording through conditions of every kind, in virtual time: byte for byte."""
    noise = random.Random(7)
    values = [75 + 30 * math.sin(count / 200) + noise.uniform(-3, 3) for count in range(3000)]
    lines = "".join(f"{value:.3f}\n" for value in values)
    (folder / "day.csv").write_text(f"temperature\n{lines}")
    text = CONFIGURATION.format(port="stdin", rate=RATE) + "".join(
        f"""
[[alert]]
name = "{kind}"
source = "sensor:boiler.temperature {kind} 5s"
above = {level}
clear_below = {level / 2}
votes = "2 of 3"
clear_hold = "1s"
"""
        for kind, level in [("rate", 1.5), ("mean", 80), ("deviation", 4), ("span", 16)]
    )
    (folder / "edgeagent.toml").write_text(text)
    (folder / "test.toml").write_text(
        '[[test]]\nname = "day"\nexpect = []\nuntil = "200s"\n'
        '[[test.input]]\nsensor = "boiler"\nrecording = "day.csv"\n'
    )

    def transitions(command) -> bytes:
        words = ["check", "--config", folder / "edgeagent.toml", "--test", folder / "test.toml"]
        done = run(*words, "--json", command=command, timeout=120)
        return done.stdout

    here, there = transitions(native), transitions(either)
    assert here == there
    found = json.loads(here)["tests"][0]["transitions"]
    assert {"rate", "mean", "deviation", "span", "hot"} <= {each["alert"] for each in found}
