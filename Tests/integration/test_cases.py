"""What sensors send in the field, and what is right: each case of the shared folder, through the
executable. A case says what it judges in `expect.csv` (samples) and `expect.txt` (all else)."""

import csv
import functools
import json
import math
import random
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from agent import Agent, SocketLine, Subscriber, eventually
from conftest import ROOT, SHARED, shared
from modbus import Answer, on_socket
from test_outbox import seeded
from sensor_cases import CASES

FOLDER = SHARED / "cases"
ROW = re.compile(r"row (\d+)$")


def rows_of(folder: Path) -> list[dict[str, str]]:
    path = folder / "expect.csv"
    return list(csv.DictReader(path.open())) if path.exists() else []


def lines_of(folder: Path) -> list[str]:
    return [line for line in (folder / "expect.txt").read_text().splitlines() if line]


def span(text: str) -> tuple[float, float]:
    """`3..5` or `3`."""
    low, _, high = text.partition("..")
    return float(low), float(high or low)


class Deliveries:
    """When which bytes go to which wire."""

    def __init__(self, folder: Path, chance: random.Random):
        self.wires: dict[str, list[tuple[float, bytes]]] = {}
        self.is_timed = False
        for path in sorted(folder.glob("input*")):
            if path.name.endswith(".times.csv"):
                continue
            parts = path.name.split(".")
            name = parts[1] if len(parts) > 2 else "wire"
            times = path.with_name(path.name.removesuffix(path.suffix) + ".times.csv")
            data = path.read_bytes()
            if times.exists():
                self.is_timed = True
                self.wires[name] = [
                    (
                        int(row["offset_ms"]) / 1000,
                        data[int(row["bytes_from"]) : int(row["bytes_to"])],
                    )
                    for row in csv.DictReader(times.open())
                ]  # fmt: skip
            elif path.suffix != ".csv" or name != "wire" or not (folder / "input.bin").exists():
                self.wires[name] = [(0.0, piece) for piece in pieces(data, chance)]

    @property
    def seconds(self) -> float:
        return max(last[-1][0] for last in self.wires.values() if last)


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """A wire without times may be cut anywhere."""
    cuts = sorted({0, len(data), *(chance.randrange(len(data)) for _ in range(len(data) // 64))})
    return [data[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]


class Run:
    """One agent, the wires of a case, and what came of them."""

    def __init__(self, name: str, start, chance: random.Random, ask):
        self.folder = FOLDER / name
        self.ask = ask
        settings = CASES[name]
        sensors, more = settings if isinstance(settings, tuple) else (settings, "")
        self.deliveries = Deliveries(self.folder, chance)
        self.kinds = sensors if isinstance(sensors, dict) else {"wire": sensors}
        tables = ""
        for sensor, keys in self.kinds.items():
            wires = self.deliveries.wires or {"wire": []}
            wire = sensor if sensor in wires else next(iter(wires))
            port = "" if "port" in keys or "join" in keys else f'port = "unix:{wire}.sock"\n'
            is_timed = any(key in keys for key in ("rate", "preset", "interval", "join"))
            rate = "" if is_timed else "rate = 50\n"
            tables += f'[[sensor]]\nname = "{sensor}"\n{port}dead_man = false\n{rate}{keys}\n'
        text = (
            f'[agent]\nid = "bench-1"\nmodels = "{ROOT}/models"\nstate = "state"\n\n'
            '[control]\nsocket = "control.sock"\n\n'
            '[events]\nsocket = "events.sock"\npublish = ["samples", "scores"]\n\n'
        )
        self.agent: Agent = start(configuration=text + tables + more)
        self.subscriber: Subscriber = self.agent.subscribe()

    def send(self) -> None:
        """All wires at once, each in its own time."""
        lines = {name: SocketLine(self.agent.folder / f"{name}.sock") for name in self.wires}
        begin = time.monotonic()
        threads = [
            threading.Thread(target=self._send, args=(lines[name], name, begin)) for name in lines
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.lines = lines

    @property
    def wires(self) -> dict[str, list[tuple[float, bytes]]]:
        return self.deliveries.wires

    def _send(self, line: SocketLine, name: str, begin: float) -> None:
        since = 0
        for offset, data in self.wires[name]:
            wait = begin + offset - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            line.send(data)
            # The agent waits for no subscriber, so the sender does.
            since += len(data)
            if not self.deliveries.is_timed and since > 256:
                since = 0
                time.sleep(0.01)

    def settle(self) -> None:
        """Until the agent has looked at all that it got: its counts stand still."""
        before = None
        while (now := self._counts()) != before:
            before = now
            time.sleep(0.3)

    def _counts(self) -> list:
        seen = len(self.subscriber.events("status", 0))
        self.subscriber.write("status")
        status = self.subscriber.events("status", seen + 1)[-1]
        return [status[key] for key in ("samples", "bad_frames", "windows", "over_rate")]

    def status(self) -> dict[str, dict]:
        """What the agent counted, a sensor by its name. It tells once a second."""
        total = self._counts()[0]

        def is_told() -> dict | None:
            time.sleep(0.3)  # who asks without a pause is hung up on
            told = {sensor["sensor"]: sensor for sensor in self.ask()["sensor_list"]}
            return told if sum(s["samples"] for s in told.values()) == total else None

        return eventually(is_told, "the status of the sensors")

    def samples(self, sensor: str) -> list[dict]:
        return self.subscriber.events("sample", 0, sensor=sensor)


class AskedRun(Run):
    """The agent asks, and a unit answers as `slave.csv` says."""

    def send(self) -> None:
        rows = list(csv.DictReader((self.folder / "slave.csv").open()))
        slave = on_socket(self.agent.folder / "wire.sock", functools.partial(played, rows))
        count = len(rows_of(self.folder))
        self.subscriber.events("sample", count, timeout=10 * count)
        # Before the next cycle, which nothing answers.
        slave.close()
        self.lines = {}


def played(rows: list[dict[str, str]], request: bytes, nth: int) -> Answer:
    """What the request brings that comes for the `nth` time, from 0."""
    return [
        (float(row["delay_ms"]) / 1000, bytes.fromhex(row["answer"]))
        for row in rows
        if row["request"] == request.hex() and int(row["nth"]) == nth + 1 and row["answer"]
    ]


def is_equal(cell: str, value: float | None) -> bool:
    if cell == "":
        return value is None
    if value is None:
        return False
    wanted = float(cell)
    return math.isclose(value, wanted, rel_tol=1e-6, abs_tol=1e-6)


def matches(row: dict[str, str], sample: dict, names: list[str]) -> bool:
    return all(is_equal(row[name], sample["values"].get(name)) for name in names)


def judge_samples(run: Run, rows: list[dict[str, str]], optional: set[int]) -> dict[int, dict]:
    """Each sample is a row, in the rows' order; those alone may be missing that are optional.

    - Returns: the sample of each row."""
    found: dict[int, dict] = {}
    for sensor in run.kinds:
        mine = [
            (number, row)
            for number, row in enumerate(rows, 1)
            if row.get("frame", sensor) == sensor
        ]  # fmt: skip
        if not mine or len(run.wires) > 1 and "join" not in run.kinds[sensor]:
            continue
        samples = run.samples(sensor)
        if "join" in run.kinds[sensor]:
            mine = joined_rows(run, mine, samples)
        names = sorted(samples[0]["values"]) if samples else []
        assert samples, f"{sensor}: no sample; {run.agent.log[-2000:]}"
        assert set(names) <= set(mine[0][1]), f"{sensor}: {names}"
        place = 0
        for sample in samples:
            while place < len(mine) and not matches(mine[place][1], sample, names):
                number = mine[place][0]
                assert number in optional, (
                    f"{sensor}: row {number} is missing: {mine[place][1]}, not {sample}; "
                    f"{run.agent.log[-1500:]}"
                )
                place += 1
            assert place < len(mine), f"{sensor}: a sample that nobody sent: {sample}"
            found[mine[place][0]] = sample
            place += 1
        left = [number for number, _ in mine[place:] if number not in optional]
        assert not left, f"{sensor}: rows {left[:5]} and more ({len(left)}) are missing"
    return found


LATE = 0.04
"""Seconds by which a busy machine may keep samples back before a row's age means another thing."""


def joined_rows(run: Run, rows: list, samples: list[dict]) -> list:
    """The rows of `expect.csv`, where samples arrived at their times. Where the machine was late,
    what the agent's own stamps ask for in the place of the value that may be too old."""
    fast, slow = run.samples("fast"), run.samples("slow")

    def lateness(name: str, events: list[dict]) -> float:
        times = [offset for offset, _ in run.wires[name]]
        begin = fast[0]["at"] / 1e9 - run.wires["fast"][0][0]
        return max(
            abs(event["at"] / 1e9 - begin - time)
            for event, time in zip(events, times, strict=True)
        )

    if max(lateness("fast", fast), lateness("slow", slow)) < LATE:
        return rows
    told = []
    for (number, row), sample in zip(rows, samples, strict=True):
        # Of two that came at once, the fast one was taken first.
        before = [event for event in slow if event["at"] < sample["at"]]
        is_fresh = before and sample["at"] - before[-1]["at"] <= 1_400_000_000
        temp = str(before[-1]["values"]["temp"]) if is_fresh else ""
        told.append((number, row | {"temp": temp}))
    return told


def judge(run: Run) -> None:
    """Every line of `expect.txt`, after everything was sent."""
    lines = lines_of(run.folder)
    optional = {int(ROW.search(line)[1]) for line in lines if line.startswith("optional")}
    rows = rows_of(run.folder)
    samples = judge_samples(run, rows, optional) if rows else {}
    status = run.status()
    for line in lines:
        words = line.split()
        match words:
            case ["samples", count]:
                low, high = span(count)
                total = sum(sensor["samples"] for sensor in counted(run, status, rows))
                assert low <= total <= high, f"{line}: {total}; {run.agent.log[-1500:]}"
            case ["bad_frames", count]:
                low, high = span(count)
                # Sensors of one wire share its framing's faults.
                total = sum(sensor["bad_frames"] for sensor in status.values())
                assert low <= total <= high, f"{line}: {total}; {run.agent.log[-1500:]}"
            case ["frames", count]:
                assert sum(s["frames"] for s in status.values()) == int(count), line
            case ["optional", *_]:
                pass
            case ["fault", "field", field, kind, count]:
                low, high = span(count)
                total = sum(
                    sensor["fields"].get(field, {}).get(kind, 0) for sensor in status.values()
                )
                assert low <= total <= high, f"{line}: {total}; {status}"
            case ["never", field, value]:
                for sensor in run.kinds:
                    for sample in run.samples(sensor):
                        assert sample["values"].get(field) != float(value), f"{line}: {sample}"
            case ["gap", seconds, "s", "after", "row", number]:
                gaps = run.subscriber.events("gap", 0)
                before = samples[int(number)]["sample"]
                assert any(
                    abs(gap["seconds"] - float(seconds)) <= 0.1 * float(seconds)
                    and abs(gap["sample"] - before) <= 1
                    for gap in gaps
                ), f"{line} (sample {before}): {gaps}"
            case ["gaps", count]:
                assert len(run.subscriber.events("gap", 0)) == int(count), line
            case ["rate", measured, "against", declared]:
                told = run.subscriber.events("rate", 1, timeout=5)
                assert told[0]["declared"] == float(declared), told
                assert math.isclose(told[0]["measured"], float(measured), rel_tol=0.05), told
            case ["rate", _, "is", "fine"]:
                assert run.subscriber.events("rate", 0) == [], line
            case ["windows", count]:
                assert len(run.subscriber.events("score", 0)) == int(count), line
            case ["stale", count]:
                assert len(run.subscriber.events("sensor", 0, state="stale")) == int(count), line
            case ["alerts", count]:
                assert len(run.subscriber.events("alert", 0, state="raised")) == int(count), line
            case ["alert", name, "never"]:
                assert run.subscriber.events("alert", 0, alert=name, state="raised") == [], line
            case ["alert", name, state, "rows", count]:
                low, high = span(count)
                (event,) = run.subscriber.events("alert", 1, alert=name, state=state)
                row = next(n for n, s in samples.items() if s["sample"] >= event["sample"])
                assert low <= row <= high, f"{line}: row {row}"
            case ["exceptions" | "crc_errors" | "timeouts" | "retries" as kind, count]:
                low, high = span(count)
                total = sum(sensor["modbus"][kind] for sensor in status.values())
                assert low <= total <= high, f"{line}: {total}; {status}"
            case ["says", *_]:
                words = re.findall(r'"([^"]+)"', line)
                says_one_of(run.agent, words)
            case ["silent", *_]:
                for word in re.findall(r'"([^"]+)"', line):
                    assert word.lower() not in run.agent.log.lower(), line
            case ["accepted", "or", *rest]:
                accepted = all(sensor["samples"] == 100 for sensor in status.values())
                if not accepted:
                    says_one_of(run.agent, re.findall(r'"([^"]+)"', line))
            case _:
                pytest.fail(f"{run.folder}: unknown line: {line}")


def says_one_of(agent: Agent, words: list[str]) -> None:
    def has_said() -> bool:
        return any(word.lower() in agent.log.lower() for word in words)

    eventually(has_said, f"a log line with one of {words}", 5)


def counted(run: Run, status: dict, rows: list) -> list[dict]:
    """The sensors whose samples are the rows: of joined ones, the join."""
    return [status["wire"]] if "wire" in status and len(status) > 1 else list(status.values())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_case(name, start, native, folder, capsys):
    shared("cases")
    chance = seeded(f"pieces of {name}", capsys)

    def ask() -> dict:
        command = [*native, "status", "--json", "--config", str(folder / "edgeagent.toml")]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    is_asked = (FOLDER / name / "slave.csv").exists()
    run = (AskedRun if is_asked else Run)(name, start, chance, ask)
    run.send()
    run.settle()
    judge(run)
    for line in run.lines.values():
        line.close()
    run.agent.stop()
