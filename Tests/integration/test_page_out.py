"""Goal: the hot thread misses no page, even when the Linux kernel takes back all that it can.
Method: process_madvise(MADV_PAGEOUT) over the whole address space of the shipped executable between
frames, and the Linux kernel's count of faults of that thread; with locked memory and, as a control,
without."""

import ctypes
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import level
from agent import Agent, SocketLine
from conftest import say
from hot_path import LONG, may_lock_memory
from signals import RAISE, lines

PAGE_OUTS = 50 if LONG else 5
FRAMES = 20_000 if LONG else 1_000
CLEAR = [0.0] * 6
EPISODE = lines(RAISE + CLEAR)

PROCESS_MADVISE, MADV_PAGEOUT = 440, 21
LIBC = ctypes.CDLL(None, use_errno=True)
UNLOCKED = ["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"]
UNLOCKED += ["prlimit", "--memlock=0:0"]


class Range(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def page_out(agent: Agent) -> None:
    """Takes every page from the process that the Linux kernel lets go; locked ones it refuses."""
    process = os.pidfd_open(agent.process.pid)
    try:
        for line in Path(f"/proc/{agent.process.pid}/maps").read_text().splitlines():
            first, last = (int(end, 16) for end in line.split()[0].split("-"))
            if first >= 1 << 63:
                continue  # [vsyscall]
            ctypes.set_errno(0)
            LIBC.syscall(
                PROCESS_MADVISE, process, ctypes.byref(Range(first, last - first)),
                ctypes.c_size_t(1), MADV_PAGEOUT, 0,
            )  # fmt: skip
            code = ctypes.get_errno()
            if code in (1, 38):  # EPERM, ENOSYS
                pytest.skip(f"process_madvise: {os.strerror(code)}")
    finally:
        os.close(process)


def faults(agent: Agent) -> int:
    """Of the main thread, which is the hot one: minor and major."""
    identifier = agent.process.pid
    text = Path(f"/proc/{identifier}/task/{identifier}/stat").read_text()
    fields = text.rsplit(")", 1)[1].split()
    return int(fields[7]) + int(fields[9])


def faults_after_page_outs(agent: Agent, folder: Path) -> tuple[int, int]:
    """Faults while all frames were taken, and KiB that the page-outs took from the process."""
    subscriber, line = agent.subscribe(), SocketLine(folder / "sensor.sock")
    block, alerts, taken = lines([0.0] * FRAMES), 0, 0

    def episode() -> None:
        nonlocal alerts
        alerts += 2
        line.send(block + EPISODE)
        subscriber.events("alert", alerts, timeout=60)

    for _ in range(3):
        episode()
    time.sleep(1.2)  # the work of each second, once
    before = faults(agent)
    for _ in range(PAGE_OUTS):
        resident = agent.memory_kib()
        page_out(agent)
        taken += resident - agent.memory_kib()
        episode()
    line.close()
    return faults(agent) - before, taken


@pytest.fixture
def started(start, native, models, folder):
    """An agent of an executable that no other process has mapped: shared pages stay."""
    own = folder / "edgeagent"
    shutil.copy(native[0], own)
    # A sensor of 50 Hz may not send so much.
    level.write_bundle(models, version="2", rate=100_000)
    return lambda **options: start(
        command=[str(own)], publish='["alerts"]', rate=100_000, **options
    )


@pytest.mark.alone
@pytest.mark.hotpath
@pytest.mark.timeout(300)
def test_the_hot_thread_misses_no_page(started, folder, capsys):
    if not may_lock_memory():
        pytest.skip("this user may not lock memory")
    agent = started()
    assert agent.memory_kib("VmLck") > 0
    count, taken = faults_after_page_outs(agent, folder)
    say(capsys, f"locked: {count} faults of the hot thread in {PAGE_OUTS * FRAMES:,} frames and "
                f"{PAGE_OUTS} page-outs, which took {taken:,} KiB")  # fmt: skip
    assert count == 0
    agent.stop()


@pytest.mark.alone
@pytest.mark.hotpath
@pytest.mark.timeout(300)
def test_without_locked_memory_it_misses_pages(started, folder, capsys):
    """The control: the same measurement sees faults where there are some."""
    if os.geteuid() != 0 or subprocess.run([*UNLOCKED, "true"]).returncode:
        pytest.skip("only root may page out another process and drop the right to lock")
    agent = started(wrapper=UNLOCKED)
    assert agent.memory_kib("VmLck") == 0
    count, taken = faults_after_page_outs(agent, folder)
    say(capsys, f"not locked: {count} faults, and the page-outs took {taken:,} KiB")
    assert count > 0 and taken > 0
    agent.stop()
