"""`edgeagent sync` as a process, and a store that has something to send."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from agent import PATIENCE, Supervisor, eventually


class Sync:
    """`edgeagent sync` with a configuration that is there already."""

    def __init__(
        self,
        command: list[str],
        configuration: Path,
        *words: str,
        environment: dict[str, str] | None = None,
        wrapper: list[str] | None = None,
    ):
        self.folder = configuration.parent / "sync"
        self.folder.mkdir(exist_ok=True)
        # A socket of its own: a test may have several, one after the other.
        notify = self.folder / f"notify-{len(list(self.folder.iterdir()))}"
        notify.mkdir()
        self.supervisor = Supervisor(notify)
        self._stderr = open(self.folder / "stderr", "ab")
        self._begin = self._stderr.tell()
        clean = {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(self.supervisor.path)}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*(wrapper or []), *command, "sync", "--config", str(configuration), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
            env=clean | (environment or {}),
        )

    @property
    def log(self) -> str:
        text = (self.folder / "stderr").read_bytes()[self._begin :]
        return text.decode(errors="replace")

    def says(self, words: str, timeout: float = PATIENCE) -> str:
        return eventually(
            lambda: next((line for line in self.log.splitlines() if words in line), None),
            f"a line with “{words}” in {self.log!r}",
            timeout,
        )

    def memory_kib(self, name: str = "VmHWM") -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])

    def switches(self) -> int:
        """How often it has gone to sleep."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])

    def rests(self) -> bool:
        """Whether it has slept through the last tenth of a second."""
        before = self.switches()
        time.sleep(0.1)
        return self.switches() == before

    def ends(self, timeout: float = PATIENCE) -> int:
        return self.process.wait(timeout)

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log
        return self.log

    def close(self) -> None:
        if self._stderr.closed:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        self.supervisor.close()
        self._stderr.close()


def add_records(store: Path, count: int, kind: int = 1, body: str | None = None) -> None:
    """Records as the core would add them, of this boot and without a wall time."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    body = body or json.dumps({"type": "score", "pipeline": "tank", "scores": {"high": 0.5}})
    with closing(sqlite3.connect(store, timeout=10)) as base, base:
        base.executemany(
            "INSERT INTO record(kind, at, boot, time, source, body) "
            "VALUES (?, ?, ?, NULL, 'tank', ?)",
            ((kind, now + index, boot, body) for index in range(count)),
        )
