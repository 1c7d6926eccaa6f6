"""Goal: the first thing somebody tries works, everywhere.
Method: `edgeagent demo` without a terminal and in one, on both architectures; all four at once,
because each takes its 21 seconds."""

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from conftest import ARCHITECTURES, ROOT, command_for

SECONDS_MAX = 30


@pytest.fixture(scope="module")
def demos() -> Iterator[dict[tuple[str, str], Future]]:
    """The four runs: (architecture, place) → what it wrote and its exit code."""
    places = {"pipe": in_pipe, "terminal": in_terminal}
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield {
            (architecture, name): pool.submit(place, [*command_for(architecture), "demo"])
            for architecture in ARCHITECTURES
            for name, place in places.items()
        }


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_runs_without_a_terminal(fall_model, demos, architecture):
    """Plain text: the alert, and the latency that was measured."""
    text, code = demos[architecture, "pipe"].result()
    assert code == 0, text
    tells_the_story(text)
    assert "\x1b" not in text, "no terminal, no escape sequences"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_runs_in_a_terminal(fall_model, demos, architecture):
    """In 80 columns and 24 rows, no line is longer than the terminal is wide."""
    screen, code = demos[architecture, "terminal"].result()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    assert code == 0, plain[-2000:]
    tells_the_story(plain[-2000:])
    # A carriage return starts a line over.
    too_long = {line for line in re.split(r"[\r\n]", plain) if len(line) > 80}
    assert not too_long


def tells_the_story(text: str) -> None:
    assert re.search("alert", text, re.IGNORECASE) and "fall" in text, text
    latency = re.search(r"frame-to-alert latency ([\d,.]+) µs", text)
    assert latency, text
    assert float(latency[1].replace(",", "")) > 0, text


def in_pipe(words: list[str]) -> tuple[str, int]:
    """Runs a program without any terminal; what it wrote, and its exit code."""
    result = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_MAX,
        cwd=ROOT,
    )
    return result.stdout, result.returncode


def in_terminal(words: list[str], columns: int = 80, rows: int = 24) -> tuple[str, int]:
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
