"""A process that stops where it opens a file, until a test lets it go on: a slow stick."""

import os
import shutil
import signal
import time
from pathlib import Path

from agent import eventually
from conftest import absent


def holding(path: Path, command: list[str]) -> list[str]:
    """The command, stopped when it opens that path for the first time."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    return [
        "strace", "-qq", "-o", os.devnull, "-P", str(path), "-e", "signal=none",
        "-e", "trace=open,openat", "-e", "inject=open,openat:signal=SIGSTOP:when=1", *command,
    ]  # fmt: skip


def rests(process: Path) -> bool:
    """Whether it has stood still for a while. strace stops it for a moment at every call."""
    seen = set()
    for _ in range(2):
        status = (process / "status").read_text()
        seen.add(status.partition("voluntary_ctxt_switches")[2])
        if "State:\tt" not in status and "State:\tT" not in status:
            return False
        time.sleep(0.2)
    return len(seen) == 1


def stopped(folder: Path) -> int:
    """Waits for the stopped process that has a path of this folder among its words."""

    def found() -> int | None:
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                if str(folder).encode() in (process / "cmdline").read_bytes() and rests(process):
                    return int(process.name)
            except OSError:
                continue  # it has ended
        return None

    return eventually(found, "a process that stopped at the file", 20)


def go_on(process: int) -> None:
    os.kill(process, signal.SIGCONT)
