"""Goal: small, quick to start, and no allocation once it is ready.
Method: the shipped executable, measured from outside; and one with a planted fault, to show that
the measurement would see it."""

import os
import re
import time
from pathlib import Path

import pytest

import everything
import level
from conftest import OWN, ROOT, say
from hot_path import LONG, may_lock_memory
from signals import RAISE, frames, lines, wandering

START_MILLISECONDS_MAX = 50
SENSOR = """
[[sensor]]
name = "gauge"
port = "unix:sensor.sock"
rate = 50
fields = [{ name = "level", unit = "g" }]
"""
MEMORY_KIB_MAX = 4096
# SQLite and OpenSSL, linked whole, are 4.7 MB of it; TLS alone is 3.
EXECUTABLE_BYTES_MAX = {"aarch64": 10 << 20, "x86_64": 11 << 20}


@pytest.mark.alone
def test_it_is_ready_at_once(start, capsys):
    """Best of seven: the others met somebody else's work."""
    milliseconds = []
    for _ in range(7):
        agent = start()
        ready = agent.supervisor.times[agent.supervisor.messages.index("READY=1")]
        milliseconds.append((ready - agent.started) * 1000)
        agent.stop()
        agent.close()
    say(capsys, f"start to READY {min(milliseconds):.1f} ms (at most {START_MILLISECONDS_MAX})")
    assert min(milliseconds) <= START_MILLISECONDS_MAX, milliseconds


@pytest.mark.alone
def test_its_memory_is_small(start, socket_line, capsys):
    """Resident memory of the running core after ten thousand frames."""
    agent = start()
    subscriber = agent.subscribe()
    socket_line().send_samples(frames(wandering(10_000, seed=5)), subscriber)
    say(capsys, f"resident memory {agent.memory_kib()} KiB (at most {MEMORY_KIB_MAX})")
    assert agent.memory_kib() <= MEMORY_KIB_MAX
    agent.stop()


@pytest.mark.alone
@pytest.mark.hotpath
def test_its_memory_is_small_with_everything_that_it_may_have(start, folder, models, capsys):
    """16 sensors, 32 pipelines and 64 alerts, after a thousand samples of each sensor."""
    agent = start(configuration=everything.configuration())
    with everything.at_work(agent, folder):
        memory = agent.memory_kib()
        log = agent.stop()
    say(capsys, f"with 16 sensors and 64 alerts {memory} KiB (at most {MEMORY_KIB_MAX})")
    assert memory <= MEMORY_KIB_MAX
    assert f"{everything.SAMPLES_IN_ALL:,} samples" in log
    assert allocations(log) == 0


def test_its_memory_is_locked_and_its_thread_stays(start, models, folder):
    """What it has touched stays in memory; `cpu` keeps the hot thread alone on that processor."""
    if not may_lock_memory():
        pytest.skip("this user may not lock memory")
    processor = min(os.sched_getaffinity(0))
    agent = start(configuration=with_processor(processor))
    process = agent.process.pid
    locked, resident = agent.memory_kib("VmLck"), agent.memory_kib()
    assert locked > 1024 and resident <= MEMORY_KIB_MAX
    assert os.sched_getaffinity(process) == {processor}
    others = {int(name) for name in os.listdir(f"/proc/{process}/task")} - {process}
    assert others and all(
        os.sched_getaffinity(other) == os.sched_getaffinity(0) for other in others
    )
    assert int(Path(f"/proc/{process}/timerslack_ns").read_text()) == 1
    agent.stop()


def test_a_processor_that_is_not_there_is_told(start):
    """And the agent works without it."""
    agent = start(configuration=with_processor(1000))
    assert "edgeagent.toml:6:7" in agent.says("cannot stay on processor 1000")
    agent.stop()


@pytest.mark.parametrize("architecture", EXECUTABLE_BYTES_MAX)
def test_the_executable_is_small_static_and_stripped(architecture, capsys):
    """It needs no library of the board, and fits where flash is short."""
    executable = ROOT / "dist" / f"edgeagent-{architecture}"
    data, limit = executable.read_bytes(), EXECUTABLE_BYTES_MAX[architecture]
    say(capsys, f"{executable.name} {len(data):,} bytes (at most {limit:,})")
    assert len(data) <= limit
    names = sections(data)
    assert ".interp" not in names and ".dynamic" not in names, "static"
    assert ".symtab" not in names, "stripped"


def test_its_hot_thread_allocates_nothing(start, socket_line, either):
    """Counted by the executable itself, every call of the allocator, from READY to the end."""
    agent = start(command=either)
    subscriber = agent.subscribe()
    values = wandering(2000, seed=6)
    line = socket_line()
    line.send_samples(frames(values), subscriber)
    line.send(b"warm\n" * 3)
    agent.says("bad frame")
    subscriber.has_scored(values)
    assert allocations(agent.stop()) == 0


def test_a_planted_allocation_is_seen(start, socket_line, planted):
    """The same count on an executable that allocates in its hot thread on purpose."""
    agent = start(command=planted)
    subscriber = agent.subscribe()
    socket_line().send_samples(frames(wandering(100, seed=7)), subscriber)
    assert allocations(agent.stop()) > 0


@pytest.mark.soak
@pytest.mark.hotpath
@pytest.mark.timeout(1800)
def test_a_million_frames_change_nothing(start, models, socket_line, capsys):
    """No allocation; memory within 64 KiB; the same descriptors. The sensor keeps to the greatest
    rate that there is: of faster ones the agent drops what is too much."""
    blocks, rate = 1000 if LONG else 100, 100_000
    level.write_bundle(models, version="2", rate=rate)
    agent = start(publish='["alerts"]', rate=rate)
    subscriber = agent.subscribe()
    line, block = socket_line(), lines([0.0] * 10_000)

    def send(blocks: int, alerts: int) -> tuple[int, int]:
        begin = time.monotonic()
        for number in range(blocks):
            line.send(block)
            time.sleep(max(0, begin + (number + 1) * 10_000 / rate - time.monotonic()))
        line.send(lines(RAISE))
        subscriber.events("alert", alerts, state="raised", timeout=300)
        return agent.memory_kib(), agent.descriptors()

    # Ten seconds after READY the agent notes that it has started well. That code's pages come from
    # the file then, and are no growth.
    send(blocks=5, alerts=1)
    time.sleep(max(0, agent.started + 12 - time.monotonic()))
    memory, descriptors = send(blocks=5, alerts=2)
    memory_after, descriptors_after = send(blocks=blocks, alerts=3)
    sent = f"{blocks * 10_000:,} frames"
    say(capsys, f"resident memory {memory} KiB, {sent} later {memory_after} KiB")
    assert abs(memory_after - memory) <= 64
    assert descriptors_after == descriptors
    count = (10 + blocks) * 10_000 + 3 * len(RAISE)
    subscriber.waits_for_samples(count, timeout=300)
    log = agent.stop()
    assert f"{count:,} samples" in log
    say(capsys, f"heap allocations of the hot thread meanwhile: {allocations(log)}")
    assert allocations(log) == 0


def with_processor(number: int) -> str:
    return OWN.replace("[control]", f"cpu = {number}\n\n[control]") + SENSOR


def allocations(log: str) -> int:
    found = re.search(r"heap allocations after ready: (\d+)", log)
    assert found, log
    return int(found[1])


def sections(elf: bytes) -> set[str]:
    """The names of an ELF file's sections."""
    table = int.from_bytes(elf[0x28:0x30], "little")
    size, count, names_index = (
        int.from_bytes(elf[at : at + 2], "little") for at in (0x3A, 0x3C, 0x3E)
    )

    def section(index: int) -> tuple[int, int]:
        at = table + index * size
        return int.from_bytes(elf[at : at + 4], "little"), int.from_bytes(
            elf[at + 0x18 : at + 0x20], "little"
        )

    strings = section(names_index)[1]
    starts = (strings + section(index)[0] for index in range(count))
    return {elf[start : elf.index(0, start)].decode() for start in starts}
