"""Goal: one sensor's flood and a thousand clients that misbehave do not make another sensor's
alerts late.
Method: the shipped executable and one probe, both with the unit's real-time priority; idle runs,
runs with the abuse, and runs with the same abuse of a twin take turns; medians of their p99."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

import abuse
import level
from agent import PATIENCE, Agent
from conftest import say
from hot_path import LONG, real_time

HERE = Path(__file__).resolve().parent
RUNS = 7 if LONG else 2
ALERTS = 2_000 if LONG else 300
CLIENTS = 1_000
PROCESSES = 20
FLOODERS = 4
RATIO_MAX = 1.2
ATTEMPTS = 3
"""A median of runs still meets somebody else's work; a fault of the agent stays."""
# Without real-time priority, and where others use the machine: only what would be a fault.
WIDE_RATIO, WIDE_MICROSECONDS = 40, 20_000
MORE = """
[[sensor]]
name = "flood"
port = "unix:flood.sock"
rate = 50
fields = [{ name = "level", unit = "g" }]

[[pipeline]]
name = "flooded"
sensor = "flood"
model = "other"
"""


class Probe:
    def __init__(self, folder: Path, words: list[str]):
        sockets = [folder / "sensor.sock", folder / "events.sock"]
        self.process = subprocess.Popen(
            [*words, sys.executable, HERE / "probe.py", *sockets],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def p99(self, count: int) -> float:
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        times = sorted(map(float, self.process.stdout.readline().split()))
        assert len(times) == count, "the probe ended"
        return times[int(0.99 * count)]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@contextmanager
def abused(agent: Agent) -> Iterator[None]:
    """Four producers of the other sensor, and a thousand clients of the two sockets of requests."""
    folder = agent.folder
    sockets = [folder / name for name in ("events.sock", "control.sock")]
    assert all(path.is_socket() for path in sockets), sockets
    words = [["flood", 1, folder / "flood.sock"]] * FLOODERS
    share = CLIENTS // PROCESSES
    words += [[kind, share, *sockets] for kind in abuse.KINDS * (PROCESSES // len(abuse.KINDS))]
    programs = [
        subprocess.Popen(
            [sys.executable, HERE / "abuse.py", *map(str, each)], stderr=subprocess.DEVNULL
        )
        for each in words
    ]
    try:
        time.sleep(1)  # until all of them work
        yield
        assert all(program.poll() is None for program in programs), "a program gave up"
    finally:
        for program in programs:
            program.kill()
            program.wait(PATIENCE)


@pytest.fixture
def twin(native, folder) -> Iterator[Agent]:
    """A second agent of the same configuration. Abuse of it costs the machine as much and the first
    one nothing."""
    other = folder / "twin"
    other.mkdir()
    (other / "models").symlink_to(folder / "models")
    (other / "edgeagent.toml").write_text((folder / "edgeagent.toml").read_text())
    agent = Agent(native, other / "edgeagent.toml", wrapper=real_time())
    yield agent.ready()
    agent.close()


@pytest.fixture
def agent(start, models) -> Agent:
    # A sensor of 50 Hz may not send so much.
    level.write_bundle(models, version="2", rate=100_000)
    level.write_bundle(models, name="other")
    return start(publish='["alerts"]', rate=100_000, more=MORE, wrapper=real_time())


@pytest.mark.alone
@pytest.mark.hotpath
@pytest.mark.timeout(900)
def test_abuse_makes_no_other_alert_late(agent, twin, folder, capsys):
    """Where the same abuse of a twin makes them later, that is the machine: its processors and the
    Linux kernel's share. Then the twin is what is compared with."""
    priority = real_time()
    probe = Probe(folder, priority)
    probe.p99(100)
    for _ in range(ATTEMPTS):
        idle, beside, abuse_of_it = measured(probe, agent, twin)
        base = max(idle, beside)
        say(capsys, f"another sensor's p99: idle {idle:,.0f} µs; with {FLOODERS} floods and "
                    f"{CLIENTS:,} abusive clients {abuse_of_it:,.0f} µs; with the same abuse of a "
                    f"twin {beside:,.0f} µs: {abuse_of_it / idle:.2f} times idle, "
                    f"{abuse_of_it / beside:.2f} times the machine's own"
                    f"{'' if priority else '; without real-time priority'}")  # fmt: skip
        if is_strict := LONG and bool(priority):
            is_well = abuse_of_it <= RATIO_MAX * base
        else:
            is_well = abuse_of_it <= max(WIDE_RATIO * base, WIDE_MICROSECONDS)
        if is_well:
            break
    probe.close()
    assert is_well, f"{abuse_of_it} µs, {'strict' if is_strict else 'wide'} bound over {base} µs"
    log = agent.stop()
    assert "sensor flood: sends" in log, "nothing flooded"
    for clients in ("events.sock: process", "control.sock: user"):
        assert re.search(rf"{clients} \d+ connects too often", log), "nobody connected"


def measured(probe: Probe, agent: Agent, twin: Agent) -> list[float]:
    """Medians of p99: idle, with abuse of the twin, with abuse of the agent, which take turns."""
    runs = [[], [], []]
    for _ in range(RUNS):
        for times, victim in zip(runs, (None, twin, agent)):
            with abused(victim) if victim else nullcontext():
                times.append(probe.p99(ALERTS))
    return [statistics.median(times) for times in runs]
