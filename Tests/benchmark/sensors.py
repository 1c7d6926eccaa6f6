"""What sensors cost the agent: bytes to samples in one process; the processor's share of many
serial lines at their full rate; and what a flood of one sensor does to another one's alerts.

    python3 Tests/benchmark/sensors.py dist/edgeagent-x86_64 [--short]

The lines are pseudo-terminals. A pseudo-terminal has no rate, so the sender keeps it: each line
gets the bytes of 115,200 baud, ten milliseconds at a time.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
import abuse  # noqa: E402
import level  # noqa: E402
from agent import PATIENCE, Agent, SerialLine, eventually  # noqa: E402
from conftest import OWN, level_configuration  # noqa: E402
from hot_path import Steal, real_time  # noqa: E402

LINES = 16
"""As many sensors as a configuration may have."""
BYTES_PER_SECOND = 11_520
"""115,200 baud, eight data bits, no parity, one stop bit."""
STEP = 0.01
FRAME = b"0.01,-0.02,0.99,1.5,-2,0\n"
FLOODERS = 4
HERE = Path(__file__).resolve().parent


def main(agent: str, is_short: bool) -> None:
    print(f"{os.cpu_count()} cores; {'a short form' if is_short else 'the full length'}\n")
    words = ["--frames", "1000"] if is_short else []
    subprocess.run([agent, "bench", "--sensors", *words], check=True)
    print()
    share(agent, 1.0 if is_short else 20.0)
    print()
    flood(agent, 50 if is_short else 2000, 1 if is_short else 7)


def share(agent: str, seconds: float) -> None:
    """Of one core, for all lines together, with no model and no subscriber."""
    lines = [SerialLine() for _ in range(LINES)]
    tables = "".join(
        f'[[sensor]]\nname = "line{n}"\nport = "serial:{line.path}"\n'
        f'rate = {BYTES_PER_SECOND // len(FRAME)}\nfields = ["a", "b", "c", "d", "e", "f"]\n\n'
        for n, line in enumerate(lines)
    )
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        file = Path(name) / "edgeagent.toml"
        file.write_text(f"{OWN}\n{tables}\n[[alert]]\nsource = \"sensor:line0.a\"\nabove = 9\n")
        running = Agent([agent], file).ready()
        try:
            asks = running.subscribe()
            for line in lines:
                line.opened_by(running)
            play(lines, 0.5)
            # Its first seconds are no part of it.
            before, began, steal = running.cpu_seconds(), time.monotonic(), Steal()
            frames = play(lines, seconds)
            wall = time.monotonic() - began
            used = running.cpu_seconds() - before
            taken = eventually(lambda: settled(asks), "the last samples")
            running.stop()
        finally:
            running.close()
            for line in lines:
                line.close()
    rate = frames * len(FRAME) / wall / 1000
    print(
        f"{LINES} lines at {rate / LINES:.2f} of 11.52 kB/s each, {frames / wall:,.0f} frames a "
        f"second, for {wall:.0f} s: {100 * used / wall:.1f} % of one core, "
        f"{used / frames * 1e6:.1f} µs a frame (host's steal {steal.percent():.0f} %); "
        f"20 such lines: {100 * used / wall * 20 / LINES:.1f} %; {taken:,} samples in all"
    )


def play(lines: list[SerialLine], seconds: float) -> int:
    """- Returns: how many whole frames were sent."""
    text = FRAME * (round(BYTES_PER_SECOND * STEP / len(FRAME)) + 2)
    sent = [0] * len(lines)
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        due = round(now * BYTES_PER_SECOND)
        for index, line in enumerate(lines):
            while sent[index] < due:
                at = sent[index] % len(FRAME)
                count = min(due - sent[index], len(text) - at)
                line.send(text[at : at + count])
                sent[index] += count
        time.sleep(max(0.0, began + now + STEP - time.monotonic()))
    # Each line ends with a whole frame.
    for index, line in enumerate(lines):
        if rest := -sent[index] % len(FRAME):
            line.send(FRAME[-rest:])
            sent[index] += rest
    return sum(sent) // len(FRAME)


def settled(asks) -> int | None:
    """The agent's count of samples, once it stands still."""

    def count() -> int:
        seen = len(asks.events("status", 0))
        asks.write("status")
        return asks.events("status", seen + 1)[-1]["samples"]

    before = count()
    time.sleep(0.3)
    return before if before == count() else None


def flood(agent: str, alerts: int, runs: int) -> None:
    """Medians of a probe's p50 and p99 without and with a flood on another sensor, in turns."""
    probe_words = real_time()
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        folder = Path(name)
        level.write_bundle(folder / "models", rate=100_000)
        more = '[[sensor]]\nname = "flood"\nport = "unix:flood.sock"\nrate = 50\nfields = ["v"]\n'
        file = folder / "edgeagent.toml"
        file.write_text(
            level_configuration("unix:sensor.sock", more=more, publish='["alerts"]', rate=100_000)
        )
        running = Agent([agent], file, wrapper=probe_words).ready()
        probe = subprocess.Popen(
            [*probe_words, sys.executable, HERE.parent / "integration" / "probe.py",
             folder / "sensor.sock", folder / "events.sock"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        floods: list[subprocess.Popen] = []

        def measured() -> tuple[float, float]:
            probe.stdin.write(f"{alerts}\n")
            probe.stdin.flush()
            times = sorted(map(float, probe.stdout.readline().split()))
            return times[len(times) // 2], times[int(0.99 * len(times))]

        try:
            assert probe.stdout.readline() == "ready\n"
            measured()
            idle, flooded = [], []
            for _ in range(runs):
                idle.append(measured())
                floods = [
                    subprocess.Popen([sys.executable, abuse.__file__, "flood", "1",
                                      str(folder / "flood.sock")])
                    for _ in range(FLOODERS)
                ]  # fmt: skip
                time.sleep(0.5)
                flooded.append(measured())
                end(floods)
            running.stop()
        finally:
            end(floods)
            probe.stdin.close()
            probe.wait(PATIENCE)
            running.close()
    for index, word in enumerate(("p50", "p99")):
        before = statistics.median(pair[index] for pair in idle)
        under = statistics.median(pair[index] for pair in flooded)
        print(
            f"another sensor's alert, {word}: {before:,.0f} µs; with {FLOODERS} producers that "
            f"flood one sensor {under:,.0f} µs: {100 * (under / before - 1):+.0f} %"
            f"{'' if probe_words else '; without real-time priority'}"
        )


def end(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.kill()
        process.wait(PATIENCE)
    processes.clear()


if __name__ == "__main__":
    main(sys.argv[1], "--short" in sys.argv[2:])
