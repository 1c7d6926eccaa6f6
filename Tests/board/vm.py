"""One emulated board: starts it, talks to it, pulls its power, and sees the level of every pin of
its GPIO chip from outside. Standard library only.

    with Board(image) as board:
        print(board.sh("systemctl is-system-running --wait").out)

Commands run in the guest through qemu-guest-agent, so the board needs no network. Its USB serial
adapter is a Unix socket here.
"""

import base64
import json
import os
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HOME = Path(os.environ.get("BOARD", "/var/tmp/edgeagent-board"))
# The adapter that systemd/70-edgeagent.rules has as its example: /dev/edgeagent/wrist.
ADAPTER = "usb-serial", {"id": "adapter", "bus": "xhci.0", "chardev": "usb", "serial": "A50285BI"}
# Where `-M virt` has its PL061: the data register with all eight lines unmasked; behind it the
# register of directions.
PINS = 0x0903_03FC


@dataclass
class Result:
    code: int
    out: str
    err: str

    def check(self) -> str:
        if self.code:
            raise RuntimeError(f"exit code {self.code}\n{self.out}{self.err}")
        return self.out


class Json:
    """A line-wise JSON peer: QMP, or qemu-guest-agent."""

    def __init__(self, path: Path):
        self.lock = threading.Lock()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rb")

    def say(self, command: str, timeout: float = 60, **arguments):
        words = {"execute": command} | ({"arguments": arguments} if arguments else {})
        with self.lock:
            self.socket.settimeout(timeout)
            self.socket.sendall(json.dumps(words).encode() + b"\n")
            while True:
                line = self.file.readline()
                if not line:
                    raise EOFError(command)
                answer = json.loads(line.lstrip(b"\xff"))
                if "error" in answer:
                    raise RuntimeError(f"{command}: {answer['error']['desc']}")
                if "return" in answer:
                    return answer["return"]


class Board:
    """`state`: memory and devices of a board that `save` wrote, beside a copy of its disk. `drive`
    takes the place of the whole -drive option (an NBD server, say)."""

    def __init__(self, disk: Path, drive: str | None = None, state: Path | None = None):
        self.disk, self.drive, self.state = disk, drive, state
        self.folder = HOME / "run"
        self.process: subprocess.Popen | None = None
        self.qga: Json | None = None
        self.adapter: Line | None = None

    # Power

    def start(self) -> "Board":
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ["qmp", "qga", "usb"]:
            (self.folder / name).unlink(missing_ok=True)
        drive = self.drive or f"file={self.disk},format=raw,cache=none,discard=unmap"
        at = self.folder
        words = [
            "qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a72",
            "-smp", "2", "-m", "512", "-accel", "tcg,thread=multi",
            "-nodefaults", "-no-user-config", "-display", "none",
            "-kernel", str(HOME / "vmlinuz"), "-initrd", str(HOME / "initrd"),
            "-append", "console=hvc0 quiet",
            "-drive", drive + ",if=none,id=disk", "-device", "virtio-blk-pci,drive=disk",
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
            "-chardev", f"file,id=console,path={at}/console.log,append=on",
            "-device", "virtconsole,chardev=console",
            "-chardev", f"socket,id=qga,path={at}/qga,server=on,wait=off",
            "-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0",
            "-qmp", f"unix:{at}/qmp,server=on,wait=off",
            "-device", "qemu-xhci,id=xhci",
            "-chardev", f"socket,id=usb,path={at}/usb,server=on,wait=off",
        ]  # fmt: skip
        if self.state:
            words += ["-incoming", f"exec:cat '{self.state}'"]
        self.started = time.monotonic()
        with open(at / "qemu.log", "ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.qmp = self.peer("qmp")
        self.qmp.file.readline()
        self.qmp.say("qmp_capabilities")
        while self.state and self.qmp.say("query-status")["status"] != "running":
            time.sleep(0.05)
        return self

    def peer(self, name: str, patience: float = 30) -> Json:
        end = time.monotonic() + patience
        while True:
            try:
                return Json(self.folder / name)
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.folder / "qemu.log").read_text()[-2000:]) from None
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def ready(self, patience: float = 900) -> float:
        """Waits until the guest runs commands; seconds since the power came on."""
        end = time.monotonic() + patience
        self.qga = self.qga or self.peer("qga")
        while True:
            try:
                self.qga.say("guest-ping", timeout=2)
                break
            except TimeoutError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError("the guest is silent: " + self.console()[-1500:]) from None
                # The answer to a late ping would be taken for that to the next command.
                self.qga.socket.close()
                self.qga = self.peer("qga")
        self.synchronize()
        return time.monotonic() - self.started

    def synchronize(self):
        """Throws away late answers: the peer repeats a number that nobody said before."""
        number = time.monotonic_ns() % 2**31
        words = {"execute": "guest-sync", "arguments": {"id": number}}
        self.qga.socket.settimeout(30)
        self.qga.socket.sendall(json.dumps(words).encode() + b"\n")
        while json.loads(self.qga.file.readline().lstrip(b"\xff")).get("return") != number:
            pass

    def save(self, state: Path):
        """Memory and devices to a file; then the board is off. The adapter must not be in."""
        self.sh("sync").check()
        self.qmp.say("migrate", uri=f"exec:cat >'{state}.new'")
        while (status := self.qmp.say("query-migrate")["status"]) != "completed":
            if status in ["failed", "cancelled"]:
                raise RuntimeError("the board's state was not saved")
            time.sleep(0.1)
        self.cut()
        Path(f"{state}.new").rename(state)

    def cut(self):
        """The power goes: now, whatever the board was doing."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> "Board":
        return self if self.process else self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.cut()

    def console(self) -> str:
        path = self.folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # Commands and files

    def sh(self, command: str, timeout: float = 300) -> Result:
        pid = self.qga.say(
            "guest-exec", path="/bin/bash", arg=["-c", command], **{"capture-output": True}
        )["pid"]
        end, pause = time.monotonic() + timeout, 0.02
        while not (status := self.qga.say("guest-exec-status", pid=pid))["exited"]:
            if time.monotonic() > end:
                raise TimeoutError(command)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.3)
        out, err = (
            base64.b64decode(status.get(key, "")).decode(errors="replace")
            for key in ["out-data", "err-data"]
        )
        return Result(status.get("exitcode", 128 + status.get("signal", 0)), out, err)

    def put(self, content: str, path: str):
        handle = self.qga.say("guest-file-open", path=path, mode="w")
        text = base64.b64encode(content.encode()).decode()
        self.qga.say("guest-file-write", handle=handle, **{"buf-b64": text})
        self.qga.say("guest-file-close", handle=handle)

    def wait(self, command: str, patience: float = 60) -> str:
        """Until the command says yes; what it wrote."""
        end = time.monotonic() + patience
        while True:
            result = self.sh(command)
            if result.code == 0:
                return result.out
            if time.monotonic() > end:
                raise TimeoutError(f"{command}: {result.out}{result.err}")
            time.sleep(0.2)

    # Cables and pins

    def plug(self) -> "Line":
        driver, words = ADAPTER
        self.qmp.say("device_add", driver=driver, **words, **{"always-plugged": True})
        self.adapter = self.adapter or Line(self.folder / "usb")
        return self.adapter

    def pins(self) -> str:
        """The eight lines of the chip, line 0 first: `1` and `0` are driven by the board, `z` is an
        input. The emulator reads the chip's registers; the guest does not notice."""
        text = self.qmp.say(
            "human-monitor-command", **{"command-line": f"xp /2xw {PINS:#x}"}
        )
        data, direction = (int(word, 16) for word in text.split(":")[1].split())
        return "".join(
            "01"[data >> line & 1] if direction >> line & 1 else "z" for line in range(8)
        )


class Line:
    """A sensor's end of the serial line. What the board says is read at once: QEMU stands still,
    all of it, when nobody takes what its USB adapter has to say."""

    def __init__(self, path: Path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        try:
            while self.socket.recv(1 << 16):
                pass
        except OSError:
            pass

    def send(self, text: str):
        self.socket.sendall(text.encode())


class Probe:
    """Watches the pins, some hundred times a second, and keeps every change with its time."""

    def __init__(self, board: Board):
        self.board, self.begin = board, time.monotonic()
        self.changes: list[tuple[float, str]] = [(0.0, board.pins())]
        self.stopped = threading.Event()
        self.gap = 0.0
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> "Probe":
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def now(self) -> float:
        return time.monotonic() - self.begin

    def watch(self):
        last = self.now()
        while not self.stopped.wait(0.003):
            try:
                pins = self.board.pins()
            except (EOFError, OSError):
                return
            now = self.now()
            self.gap, last = max(self.gap, now - last), now
            if pins != self.changes[-1][1]:
                self.changes.append((now, pins))

    def line(self, number: int, since: float = 0) -> list[tuple[float, str]]:
        """The changes of one line; the first one is its level at `since`."""
        found: list[tuple[float, str]] = []
        for at, pins in list(self.changes):
            level = pins[number]
            if at <= since:
                found = [(since, level)]
            elif not found or found[-1][1] != level:
                found.append((at, level))
        return found

    def levels(self, number: int, since: float = 0) -> str:
        return "".join(level for _, level in self.line(number, since))

    def wait(self, number: int, level: str, since: float = 0, patience: float = 30) -> float:
        """The first moment after `since` at which the line has that level, from `since` on."""
        end = self.now() + patience
        while True:
            for at, found in self.line(number, since):
                if found == level:
                    return at - since
            if self.now() > end:
                raise AssertionError(f"line {number} is never {level}: {self.line(number, since)}")
            time.sleep(0.005)
