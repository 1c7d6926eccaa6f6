"""A process that stops where it opens a file, until a test lets it go on: a slow stick."""

import os
import shutil
import signal
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


def stopped(folder: Path) -> int:
    """Waits for the stopped process that has a path of this folder among its words."""

    def found() -> int | None:
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                words = (process / "cmdline").read_bytes()
                state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue  # it has ended
            if str(folder).encode() in words and state in "tT":
                return int(process.name)
        return None

    return eventually(found, "a process that stopped at the file", 20)


def go_on(process: int) -> None:
    os.kill(process, signal.SIGCONT)
