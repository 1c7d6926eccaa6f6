"""What the tests of the hot path share: their length, real-time priority, and what the machine
itself was like meanwhile."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conftest import absent

LONG = bool(os.environ.get("EDGEAGENT_LONG"))
"""`make hot-path`; otherwise each part is short, and its bounds are wide."""

PRIORITY = 20
"""Of the unit in systemd/."""


def real_time(*, threads_too: bool = False) -> list[str]:
    """The words before a command that give it the unit's priority: its first thread alone, as under
    CPUSchedulingResetOnFork=yes, or all that comes of it. None where the system refuses."""
    words = ["chrt", *([] if threads_too else ["-R"]), "-f", str(PRIORITY)]
    if not shutil.which("chrt") or subprocess.run([*words, "true"], capture_output=True).returncode:
        return []
    return words


def may_lock_memory() -> bool:
    """Whether this system lets a program lock its memory, asked by one that is not the agent: an
    agent that forgot to would look like a system that refuses."""
    current_on_fault = 1 | 4
    code = f"import ctypes, sys; sys.exit(-ctypes.CDLL(None).mlockall({current_on_fault}))"
    return subprocess.run([sys.executable, "-c", code]).returncode == 0


def needs(*commands: str) -> None:
    """Skips a test aloud for want of a command."""
    for command in commands:
        if not shutil.which(command):
            absent(f"{command} is not on the PATH: Tests/integration/install-tools")


@contextmanager
def stressed() -> Iterator[None]:
    """The machine is busy: processors, disk and memory, more of it than there are processors."""
    words = ["stress-ng", "--quiet", "--cpu", "2", "--io", "1", "--hdd", "1", "--vm", "1"]
    words += ["--hdd-bytes", "64M", "--vm-bytes", "64M", "--temp-path", "/tmp"]
    stress = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)  # until all of them work
        assert stress.poll() is None, "stress-ng ended at once"
        yield
    finally:
        stress.terminate()
        stress.wait(30)


@dataclass
class Times:
    """Percentiles, in microseconds."""

    p99: float
    p999: float
    worst: float

    def __str__(self) -> str:
        return f"p99 {self.p99:,.0f} µs, p99.9 {self.p999:,.0f} µs, max {self.worst:,.0f} µs"


class CyclicTest:
    """How late the Linux kernel wakes a thread of the same priority that only sleeps: the machine's
    own lateness, with no agent in it."""

    OVERFLOW_MICROSECONDS = 50_000

    def __init__(self, seconds: float):
        words = ["cyclictest", "--mlockall", "--quiet", f"--priority={PRIORITY}"]
        words += ["--interval=1000", f"--loops={round(seconds * 1000)}"]
        words += [f"--histogram={self.OVERFLOW_MICROSECONDS}"]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    def times(self) -> Times:
        said, _ = self._process.communicate(timeout=120)
        counts = {int(at): int(n) for at, n in re.findall(r"^(\d{6}) (\d+)$", said, re.MULTILINE)}
        worst = int(re.search(r"Max Latencies: (\d+)", said)[1])
        over = int(re.search(r"Histogram Overflows: (\d+)", said)[1])
        total = sum(counts.values()) + over

        def percentile(fraction: float) -> float:
            rest = fraction * total
            for at in sorted(counts):
                rest -= counts[at]
                if rest <= 0:
                    return at
            return worst

        return Times(percentile(0.99), percentile(0.999), worst)


class Steal:
    """The share of the processors that the host of this virtual machine gave to others."""

    def __init__(self):
        self._before = self._read()

    @staticmethod
    def _read() -> tuple[int, int]:
        words = Path("/proc/stat").read_text().splitlines()[0].split()
        fields = [int(word) for word in words[1:9]]
        return fields[7], sum(fields)

    def percent(self) -> float:
        stolen, total = self._read()
        return 100 * (stolen - self._before[0]) / max(1, total - self._before[1])


def bench(command: list[str], model: Path, *words: str) -> dict:
    """What `edgeagent bench` measured."""
    result = subprocess.run(
        [*command, "bench", str(model), *words, "--json"], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
