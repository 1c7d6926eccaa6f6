"""One running agent, and everything that a test needs around it. All of it is real: processes,
sockets, pseudo-terminals, signals."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path

import level

# Long enough for an emulated processor on a busy machine; what works does not come near.
PATIENCE = 15.0


def eventually(condition: Callable[[], object], what: str, timeout: float = PATIENCE):
    """The first true value of `condition`, asked every few milliseconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {timeout:g} s"
        time.sleep(0.005)
    return value


class Inbox:
    """Messages in the order they came, with the time of each, filled by a thread of its own."""

    def __init__(self, what: str):
        self.what = what
        self.messages: list = []
        self.times: list[float] = []
        self._news = threading.Condition()

    def put(self, message: object) -> None:
        with self._news:
            self.messages.append(message)
            self.times.append(time.monotonic())
            self._news.notify_all()

    def wait(self, wanted: Callable, count: int = 1, timeout: float = PATIENCE) -> list:
        """The messages that `wanted` accepts, once there are `count` of them."""

        found: list = []
        seen = 0

        def has_enough() -> bool:
            nonlocal seen
            found.extend(filter(wanted, self.messages[seen:]))
            seen = len(self.messages)
            return len(found) >= count

        with self._news:
            enough = self._news.wait_for(has_enough, timeout)
        assert enough, (
            f"{self.what}: {len(found)} of {count} wanted messages within {timeout:g} s; "
            f"the last ones are {self.messages[-5:]}"
        )
        return found


class Supervisor(Inbox):
    """The datagram socket of `sd_notify`, as systemd holds it."""

    def __init__(self, folder: Path):
        super().__init__("notify socket")
        self.path = folder / "notify"
        self.path.unlink(missing_ok=True)  # of an agent that this test had before
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while datagram := self._socket.recv(4096):
            for line in datagram.decode().splitlines():
                self.put(line)

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", str(self.path))
        self._thread.join(PATIENCE)
        self._socket.close()


class Subscriber(Inbox):
    """A program that reads the events socket, one JSON object a line."""

    def __init__(self, path: Path):
        super().__init__("events socket")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        # The hello says that the agent has taken this subscriber in: no event is missed after it.
        (self.hello,) = self.events("hello", 1)

    def _listen(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile("rb") as lines:
            for line in lines:
                self.put(json.loads(line))

    def events(self, kind: str, count: int = 1, timeout: float = PATIENCE, **values) -> list[dict]:
        """The events of that type with those members, once there are `count`."""
        wanted = {"type": kind, **values}
        return self.wait(lambda event: wanted.items() <= event.items(), count, timeout)

    def scores(self, count: int, label: str = "high") -> list[float]:
        """The first scores, as the model gave them: it counts in 256ths, the event in decimals."""
        scores = [event["scores"][label] for event in self.events("score", count)]
        exact = [round(score * 256) / 256 for score in scores]
        assert all(abs(a - b) < 1e-6 for a, b in zip(scores, exact, strict=True)), scores
        return exact

    def has_scored(self, values: list[float], label: str = "high") -> None:
        """Every window of these samples, and exactly that. A machine that stands still for a third
        of a second makes a gap; the agent tells it, and no window spans it."""

        def expected() -> list[float]:
            gaps = [event["sample"] for event in self.events("gap", 0)]
            return [score[label] for score in level.scores(values, gaps)]

        eventually(lambda: len(self.events("score", 0)) >= len(expected()), "every score")
        assert self.scores(0, label) == expected()

    def waits_for_samples(self, count: int, timeout: float = PATIENCE) -> None:
        """Asks the agent for its status, a few times a second, until it has taken so many."""
        deadline, said = time.monotonic() + timeout, -1
        while said < count:
            assert time.monotonic() < deadline, f"{said} of {count} samples in {timeout:g} s"
            seen = len(self.events("status", 0))
            self.write("status")
            said = self.events("status", seen + 1)[-1]["samples"]
            time.sleep(0.1)

    def write(self, text: str) -> None:
        """Lines that it writes to the agent."""
        self._socket.sendall(f"{text}\n".encode())

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._socket.close()


class Agent:
    """`edgeagent run` with a configuration of its own."""

    def __init__(
        self,
        command: list[str],
        configuration: Path,
        *,
        environment: dict[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        wrapper: list[str] | None = None,
        stderr: int | None = None,
        inherits: Sequence[int] = (),
    ):
        text = configuration.read_text()
        assert "state = " in text and "control.sock" in text, "those of the machine's agent"
        self.folder = configuration.parent
        self.supervisor = Supervisor(self.folder)
        self._subscribers: list[Subscriber] = []
        self._stderr = open(self.folder / "stderr", "wb")
        clean = {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(self.supervisor.path)}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*(wrapper or []), *command, "run", "--config", str(configuration)],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=self._stderr if stderr is None else stderr,
            env=clean | (environment or {}),
            pass_fds=inherits,
        )

    @property
    def log(self) -> str:
        return (self.folder / "stderr").read_text(errors="replace")

    def says(self, words: str, timeout: float = PATIENCE) -> str:
        """The first line of its log with those words."""
        return eventually(
            lambda: next((line for line in self.log.splitlines() if words in line), None),
            f"a log line with “{words}”",
            timeout,
        )

    def ready(self, timeout: float = PATIENCE) -> "Agent":
        def has_said_so() -> bool:
            assert self.process.poll() is None, f"the agent ended: {self.log}"
            return "READY=1" in self.supervisor.messages

        eventually(has_said_so, "READY=1", timeout)
        return self

    def subscribe(self) -> Subscriber:
        subscriber = Subscriber(self.folder / "events.sock")
        self._subscribers.append(subscriber)
        return subscriber

    def stop(self) -> str:
        """Ends it as systemd does, and returns its log. It has to end cleanly."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log
        return self.log

    def ends(self, timeout: float = PATIENCE) -> int:
        return self.process.wait(timeout)

    def cpu_seconds(self) -> float:
        """The time that all its threads have taken so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kib(self, name: str = "VmRSS") -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def has_open(self, path: str) -> bool:
        folder = Path(f"/proc/{self.process.pid}/fd")
        with contextlib.suppress(OSError):
            return any(os.readlink(entry) == path for entry in folder.iterdir())
        return False

    def waits_for(self, path: str) -> bool:
        """Whether its poller knows an open file of that name."""
        process = Path(f"/proc/{self.process.pid}")
        with contextlib.suppress(OSError):
            files = {entry.name: os.readlink(entry) for entry in (process / "fd").iterdir()}
            for name in [name for name, target in files.items() if "[eventpoll]" in target]:
                lines = (process / "fdinfo" / name).read_text().splitlines()
                watched = [line.split()[1] for line in lines if line.startswith("tfd:")]
                if any(files.get(number) == path for number in watched):
                    return True
        return False

    def close(self) -> None:
        """Whatever became of the test: nothing is left running. A second call does nothing."""
        if self._stderr.closed:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        for subscriber in self._subscribers:
            subscriber.close()
        self.supervisor.close()
        self._stderr.close()


class Line:
    """A sensor's end of a line."""

    def send(self, data: bytes) -> None:
        raise NotImplementedError

    def send_samples(self, frames: list[bytes], subscriber: Subscriber) -> None:
        """Sends some at a time and waits for their events. The agent waits for nobody: to a
        subscriber that falls behind a flood of samples it drops lines, as it should."""
        before = len(subscriber.events("sample", 0))
        for start in range(0, len(frames), 50):
            block = frames[start : start + 50]
            self.send(b"".join(block))
            subscriber.events("sample", before + start + len(block))


class SerialLine(Line):
    """A pseudo-terminal: the agent opens `path` as a serial device, the test is the sensor."""

    def __init__(self):
        self.controller, device = os.openpty()
        tty.setraw(device)
        self.path = os.ttyname(device)
        os.close(device)
        os.set_blocking(self.controller, False)

    def opened_by(self, agent: Agent, boundary: bytes = b"\n") -> "SerialLine":
        """Waits until the agent listens. What a line carries first may be half a frame, so the
        agent drops it up to a boundary: here is one."""
        # The agent empties the line after opening it, and before it waits for it.
        eventually(lambda: agent.waits_for(self.path), f"{self.path} open")
        self.send(boundary)
        return self

    def send(self, data: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while data:
            _, writable, _ = select.select([], [self.controller], [], 0.1)
            assert time.monotonic() < deadline, "nobody reads the line"
            if writable:
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(self.controller, data) :]

    def close(self) -> None:
        """Unplugs it."""
        if self.controller >= 0:
            os.close(self.controller)
            self.controller = -1


class SocketLine(Line):
    """A program that connects to a `unix:` port."""

    def __init__(self, path: Path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()
