"""Boards: one process `edgeagent sync` each, with a folder, a store and a name of its own."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from agent import Agent

MODEL = "fall"
ALERT, RESULT = 4, 1
FIRST_USER = 200_000
"""The kernel counts watched folders by user; boards do not share that allowance, so each is one."""

CONFIGURATION = """\
[agent]
id = "NAME"
models = "models"
state = "."

[control]
socket = "control.sock"

[events]
socket = "events.sock"

[[sensor]]
name = "wrist"
port = "unix:sensor.sock"
fields = [
  { name = "ax", unit = "g" }, { name = "ay", unit = "g" }, { name = "az", unit = "g" },
  { name = "wx", unit = "deg/s" }, { name = "wy", unit = "deg/s" }, { name = "wz", unit = "deg/s" },
]
rate = 50

[[pipeline]]
name = "fall"
sensor = "wrist"
model = "fall"
deadline = "1s"

[store]
path = "outbox.db"
size = "1MiB"

[sync]
registry = "mlflow:SERVER/mlflow"
registry_headers = "headers"
models = [{ name = "fall", alias = "champion" }]
trust = "trust.d"
uplink = "cloudevents:SERVER/events"
uplink_headers = "headers"
interval = "INTERVAL"
"""


class Owner:
    """Who signs the model that comes with the agent, under one version after the other."""

    def __init__(self, folder: Path, executable: Path, bundle: Path):
        self._folder, self._executable, self._bundle = folder, executable, bundle
        self.trust = folder / "trust.d"
        self.trust.mkdir(parents=True)
        self._key = folder / "owner.key"
        self._run("keys", "new", "--private", self._key, "--public", self.trust / "owner.pem")

    def bundle(self, version: str) -> Path:
        made = self._folder / "bundles" / MODEL / version
        shutil.copytree(self._bundle, made)
        manifest = (made / "model.toml").read_text()
        line = next(line for line in manifest.splitlines() if line.startswith("version"))
        (made / "model.toml").write_text(manifest.replace(line, f'version = "{version}"'))
        self._run("models", "sign", made, "--key", self._key)
        return made

    def _run(self, *words: object) -> None:
        subprocess.run([self._executable, *map(str, words)], check=True, capture_output=True)


class Template:
    """A board's folder whose store the real agent made."""

    def __init__(self, folder: Path, executable: Path, owner: Owner, model: Path, text: str):
        self.folder = folder
        shutil.copytree(model, folder / "models" / MODEL / model.name)
        shutil.copytree(owner.trust, folder / "trust.d")
        (folder / "edgeagent.toml").write_text(text)
        agent = Agent([str(executable)], folder / "edgeagent.toml").ready()
        agent.stop()
        agent.close()
        self.store = folder / "outbox.db"
        with closing(sqlite3.connect(self.store)) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.trust = owner.trust


class Device:
    def __init__(self, index: int, fleet: Path, template: Template, text: str, epoch: str):
        self.name = f"dev-{index:04}"
        self.folder, self.epoch = fleet / self.name, epoch
        self.store = self.folder / "outbox.db"
        self.process: subprocess.Popen | None = None
        self._user = FIRST_USER + index if os.geteuid() == 0 else None
        self._active = self.folder / "models" / MODEL / "active"
        self.folder.mkdir()
        (self.folder / "models").mkdir()
        shutil.copytree(template.trust, self.folder / "trust.d")
        (self.folder / "edgeagent.toml").write_text(text.replace("NAME", self.name))
        (self.folder / "headers").write_text(f"X-Agent: {self.name}\n")
        shutil.copyfile(template.store, self.store)
        # Open all the time, as a core has it. What a loss of power does is another test's matter.
        self._core = sqlite3.connect(self.store, timeout=10)
        self._core.execute("PRAGMA synchronous=OFF")
        with self._core:
            self._core.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", [epoch])
        rows = self._core.execute("SELECT sequence, body FROM record").fetchall()
        self.bodies = {f"{epoch}-{sequence}": json.loads(body) for sequence, body in rows}
        """What this board has to say, by the name under which it has to arrive."""
        if self._user is not None:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, self._user, self._user)

    def start(self, executable: Path) -> None:
        with open(self.folder / "stderr", "ab") as stderr:
            self.process = subprocess.Popen(
                [executable, "sync", "--config", "edgeagent.toml"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                env={"PATH": os.environ["PATH"]}, user=self._user, group=self._user,
                extra_groups=[] if self._user is not None else None,
            )  # fmt: skip

    def add(self, bodies: list[tuple[int, dict]], boot: str) -> None:
        """Records as the core would add them, of this boot and without a wall time."""
        with self._core:
            for kind, body in bodies:
                now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
                row = self._core.execute(
                    "INSERT INTO record(kind, at, boot, time, source, body) "
                    "VALUES (?, ?, ?, NULL, 'fall', ?)", (kind, now, boot, json.dumps(body)),
                )  # fmt: skip
                self.bodies[f"{self.epoch}-{row.lastrowid}"] = body

    @property
    def active(self) -> str | None:
        with contextlib.suppress(OSError):
            return os.readlink(self._active).rpartition("/")[2]
        return None

    def memory(self) -> tuple[int, int, int]:
        """KiB: resident now, resident at most since it started, and its part of what is shared."""
        process = Path(f"/proc/{self.process.pid}")
        status = dict(
            line.split(":", 1) for line in (process / "status").read_text().splitlines()
        )
        rollup = (process / "smaps_rollup").read_text().splitlines()
        share = next(line for line in rollup if line.startswith("Pss:"))
        resident, peak = (int(status[name].split()[0]) for name in ("VmRSS", "VmHWM"))
        return resident, peak, int(share.split()[1])

    def close(self) -> None:
        self._core.close()


class Devices(list[Device]):
    def __init__(
        self, count: int, fleet: Path, executable: Path, template: Template, text: str,
        chance: random.Random,
    ):  # fmt: skip
        self.executable, self._chance = executable, chance
        self._boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        self._added = 0
        fleet.mkdir()
        for index in range(count):
            epoch = f"{chance.getrandbits(64):016x}"
            self.append(Device(index, fleet, template, text, epoch))

    def start(self, seconds: float) -> None:
        for device in self.evenly(seconds):
            device.start(self.executable)

    def evenly(self, seconds: float):
        """Each once, in random order, at even distances."""
        begin, order = time.monotonic(), self._chance.sample(self, len(self))
        for index, device in enumerate(order):
            time.sleep(max(0, begin + seconds * index / len(self) - time.monotonic()))
            yield device

    def add(self, device: Device, results: int, alerts: int) -> None:
        kinds = [RESULT] * results + [ALERT] * alerts
        bodies = []
        for kind in kinds:
            self._added += 1
            body = {"type": "score", "pipeline": "fall", "scores": {"fall": 0.5}}
            if kind == ALERT:
                body = {"type": "alert", "alert": "fall", "state": "raised", "score": 0.98}
            bodies.append((kind, body | {"number": self._added}))
        device.add(bodies, self._boot)

    @property
    def bodies(self) -> dict[tuple[str, str], dict]:
        """What has to arrive, by source and id."""
        return {
            (f"/edgeagent/{device.name}", name): body
            for device in self
            for name, body in device.bodies.items()
        }

    def behind(self, version: str) -> list[str]:
        return [device.name for device in self if device.active != version]

    def stop(self, patience: float) -> tuple[float, list[str]]:
        """SIGTERM to each. Returns the seconds until the last one ended, and who did not end
        well."""
        begin = time.monotonic()
        for device in self:
            device.process.send_signal(signal.SIGTERM)
        bad = []
        for device in self:
            left = max(0, begin + patience - time.monotonic())
            try:
                status = device.process.wait(left)
            except subprocess.TimeoutExpired:
                status = "none"
            if status != 0:
                bad.append(f"{device.name}: {status}")
        return time.monotonic() - begin, bad

    def remains(self) -> list[int]:
        """Processes of this fleet's executable, the boards' children too."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and os.readlink(entry / "exe") == str(self.executable):
                    found.append(int(entry.name))
        return found

    def close(self) -> None:
        for device in self:
            if device.process and device.process.poll() is None:
                device.process.kill()
                device.process.wait()
            device.close()
