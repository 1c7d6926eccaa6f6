"""Goal: from READY on, the hot thread makes no call that could wait, whatever the frames are.
Method: the agent as ordinary Swift under RealtimeSanitizer (planted/realtime.c marks the region);
and four violations planted in it, each of which has to be reported."""

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import TextIO

import pytest

import level
from agent import PATIENCE, eventually
from conftest import ROOT, absent, say
from hot_path import LONG
from signals import RAISE, lines

FRAMES = 1_000_000 if LONG else 10_000
CLEAR = [0.0] * 6


@pytest.fixture
def sanitized() -> list[str]:
    executable = ROOT / ".build-realtime" / "edgeagent"
    if (executable.parent / "skipped").exists():
        pytest.skip((executable.parent / "skipped").read_text().strip())
    if not executable.exists():
        absent(f"{executable.relative_to(ROOT)} is not there: make realtime")
    return [str(executable)]


@pytest.fixture
def log_pipe(folder) -> Iterator[int]:
    """A standard error that is a pipe into the agent's log: a write to a file may wait for the
    disk. Where there is no journal, the hot thread says there what its alerts do."""
    reading, writing = os.pipe()
    with (folder / "stderr").open("ab") as log:
        reader = subprocess.Popen(["cat"], stdin=reading, stdout=log)
    os.close(reading)
    yield writing
    os.close(writing)
    reader.kill()
    reader.wait(PATIENCE)


def acknowledge(person: socket.socket, answers: TextIO) -> None:
    """What people may know of an alert follows its event a moment later."""
    for _ in range(20):
        person.sendall(b'{"do":"ack","alert":"full"}\n')
        if '"ok":true' in (answer := answers.readline()):
            return
        time.sleep(0.1)  # 20 requests a second
    raise AssertionError(answer)


@pytest.fixture
def run_sanitized(start, models, sanitized, socket_line, log_pipe):
    """Scores that many frames, with alerts, acknowledgements, bad frames, requests and connections
    in between; then stops it. Returns how it ended and what it said."""

    def run(frames: int, violation: str = "") -> tuple[int, str]:
        # A sensor of 50 Hz may not send so much.
        level.write_bundle(models, version="2", rate=100_000)
        agent = start(
            command=sanitized,
            publish='["alerts"]',
            rate=100_000,
            alert='outputs = ["socket", "journal"]',
            stderr=log_pipe,
            environment={
                "RTSAN_OPTIONS": f"halt_on_error={'true' if violation else 'false'}",
                "EDGEAGENT_PLANTED": violation,
            },
        )
        if violation:
            # It ends in the middle of whatever this side does.
            with contextlib.suppress(OSError):
                line = socket_line()
                for _ in range(200):
                    line.send(lines(RAISE + CLEAR))
            code = agent.ends()
            eventually(lambda: "SUMMARY: RealtimeSanitizer" in agent.log, "a report")
            return code, agent.log
        subscriber, line = agent.subscribe(), socket_line()
        blocks, done = 10, len(RAISE + CLEAR)
        block = lines([0.0] * (frames // blocks - done))
        with socket.socket(socket.AF_UNIX) as person, person.makefile() as answers:
            person.connect(str(agent.folder / "control.sock"))
            for number in range(1, blocks + 1):
                line.send(block + b"garbage\n")
                subscriber.write("status\nread gauge\nnonsense")
                line.send(lines(RAISE))
                subscriber.events("alert", number, state="raised", timeout=300)
                acknowledge(person, answers)
                line.send(lines(CLEAR))
                subscriber.events("alert", number, state="cleared")
                agent.subscribe().close()
        subscriber.waits_for_samples(frames)
        line.close()
        agent.stop()
        agent.says("real-time rounds")
        return agent.process.returncode, agent.log

    return run


@pytest.mark.alone
@pytest.mark.hotpath
@pytest.mark.timeout(900)
def test_the_hot_thread_makes_no_call_that_could_wait(run_sanitized, capsys):
    """No report over all frames, and the region was entered in every round."""
    code, log = run_sanitized(FRAMES)
    reports = log.count("ERROR: RealtimeSanitizer")
    rounds = int(re.search(r"real-time rounds: (\d+)", log)[1])
    say(capsys, f"RealtimeSanitizer: {reports} reports in {FRAMES:,} frames, {rounds:,} rounds")
    assert code == 0 and reports == 0, log[:5000]
    assert f"{FRAMES:,} samples" in log
    assert rounds > FRAMES // 100


@pytest.mark.hotpath
@pytest.mark.parametrize(
    "violation, call",
    [
        ("allocation", "malloc"),
        ("lock", "pthread_mutex_lock"),
        ("sleep", "usleep"),
        ("read", "read"),
    ],
)
def test_a_planted_violation_is_reported(run_sanitized, violation, call):
    """Each ends the agent with the sanitizer's own code and the name of the call."""
    code, log = run_sanitized(100, violation)
    assert code != 0
    assert f"real-time unsafe function `{call}`" in log, log[:3000]
