"""Goal: the first thing somebody tries works, everywhere.
Method: `edgeagent demo` without a terminal and in one, on both architectures."""

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time

import pytest

from conftest import ROOT

SECONDS_MAX = 30

pytestmark = pytest.mark.usefixtures("fall_model")


def test_it_runs_without_a_terminal(run, either):
    """Plain text: the alert, and the latency that was measured."""
    result = run("demo", command=either, timeout=SECONDS_MAX, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    tells_the_story(result.stdout)
    assert "\x1b" not in result.stdout, "no terminal, no escape sequences"


def test_it_runs_in_a_terminal(either):
    """In 80 columns and 24 rows, no line is longer than the terminal is wide."""
    screen, code = in_terminal([*either, "demo"], columns=80, rows=24)
    assert code == 0, screen
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    tells_the_story(plain)
    # A carriage return starts a line over.
    too_long = {line for line in re.split(r"[\r\n]", plain) if len(line) > 80}
    assert not too_long


def tells_the_story(text: str) -> None:
    assert re.search("alert", text, re.IGNORECASE) and "fall" in text, text
    latency = re.search(r"frame-to-alert latency ([\d,.]+) µs", text)
    assert latency, text
    # Less than one period of the sensor, even emulated: the alert belongs to the frame it names.
    assert float(latency[1].replace(",", "")) < 15_000, text


def in_terminal(words: list[str], columns: int, rows: int) -> tuple[str, int]:
    """Runs a program in a terminal of that size; what it wrote, and its exit code."""
    controller, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        words, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, cwd=ROOT
    )
    os.close(terminal)
    written = b""
    deadline = time.monotonic() + SECONDS_MAX
    try:
        while time.monotonic() < deadline:
            if select.select([controller], [], [], 0.1)[0]:
                try:
                    written += os.read(controller, 65536)
                except OSError:  # the program has gone
                    break
        return written.decode(errors="replace"), process.wait(timeout=1)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(controller)
