"""Power loss, simulated: what a process wrote and synced, taken from its own system calls, and the
states in which a disk may be found when the power goes between any two of them.

The model: what was synced is there. Of what was not, none is there, or all, or any half of its
512-byte sectors, and a file may or may not have been cut.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
MODES = ("none", "some", "all")


def recorder(trace: Path) -> list[str]:
    """The words in front of a command that record each thread's calls in `trace.<thread>`."""
    calls = "pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat"
    options = ["-ff", "-qq", "-ttt", "-y", "-xx", "-s", "1000000", "--seccomp-bpf"]
    return ["strace", *options, "-e", f"trace={calls}", "-e", "signal=none", "-o", str(trace)]


@dataclass
class Event:
    time: float
    call: str  # write, sync, cut, unlink
    file: str
    offset: int = 0
    data: bytes = b""


CALL = re.compile(r"^(?P<time>[\d.]+) (?P<name>\w+)\((?P<rest>.*)\)\s+= (?P<result>-?\d+)")
ESCAPED = re.compile(r"((?:\\x[0-9a-f]{2})+)")


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda m: bytes.fromhex(m[1].replace("\\x", "")).decode(), text)


def events(trace: Path, name: str) -> list[Event]:
    """What happened to the files whose names begin with `name`, in order: one thread does it all."""
    found: list[Event] = []
    for file in trace.parent.glob(trace.name + ".*"):
        for line in file.open():
            match = CALL.match(line)
            if match and int(match["result"]) >= 0:
                found += _event(match, name)
    return sorted(found, key=lambda event: event.time)


def _event(match: re.Match, name: str) -> Iterator[Event]:
    time, call, rest = float(match["time"]), match["name"], match["rest"]
    if call in ("unlink", "unlinkat"):
        path = _plain(rest.split('"')[1])
    else:
        path = _plain(rest[rest.index("<") + 1 : rest.index(">")])
    file = path.rsplit("/", 1)[-1]
    if not file.startswith(name) or file.endswith("-shm"):
        return
    if call == "pwrite64":
        _, data, rest = rest.split('"')
        count, offset = int(match["result"]), int(rest.rsplit(",", 1)[1])
        yield Event(time, "write", file, offset, bytes.fromhex(data.replace("\\x", ""))[:count])
    elif call in ("fsync", "fdatasync"):
        yield Event(time, "sync", file)
    elif call == "ftruncate":
        yield Event(time, "cut", file, int(rest.rsplit(",", 1)[1]))
    else:
        yield Event(time, "unlink", file)


@dataclass
class Disk:
    """What is surely on the disk, and what may be."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    waiting: dict[str, list[Event]] = field(default_factory=dict)
    obeys: bool = True  # False: a disk, or a setting, that does not sync

    def take(self, event: Event) -> None:
        match event.call:
            case "write" | "cut":
                self.waiting.setdefault(event.file, []).append(event)
            case "sync" if self.obeys:
                content = self.synced.setdefault(event.file, bytearray())
                for waiting in self.waiting.pop(event.file, []):
                    _apply(content, waiting)
            case "unlink":
                self.synced.pop(event.file, None)
                self.waiting.pop(event.file, None)

    def found(self, mode: str, chance: random.Random) -> dict[str, bytes]:
        """The files after the power came back."""
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for name, waiting in self.waiting.items():
            content = files.setdefault(name, bytearray())
            for event in waiting if mode != "none" else []:
                if mode == "all":
                    _apply(content, event)
                elif event.call == "cut":
                    if chance.random() < 0.5:
                        _apply(content, event)
                else:
                    for start in range(0, len(event.data), SECTOR):
                        if chance.random() < 0.5:
                            sector = event.data[start : start + SECTOR]
                            _put(content, event.offset + start, sector)
        return {name: bytes(content) for name, content in files.items()}


def _apply(content: bytearray, event: Event) -> None:
    if event.call == "cut":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
    else:
        _put(content, event.offset, event.data)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset + len(data):
        content.extend(bytes(offset + len(data) - len(content)))
    content[offset : offset + len(data)] = data


def crash_states(
    happened: list[Event], count: int, chance: random.Random, obeys: bool = True
) -> Iterator[tuple[float, dict[str, bytes]]]:
    """`count` states: the moment of the crash, and the files that are found."""
    disk, done = Disk(obeys=obeys), 0
    for point in sorted(chance.choices(range(len(happened)), k=-(-count // len(MODES)))):
        for event in happened[done:point]:
            disk.take(event)
        done = max(done, point)
        for mode in MODES:
            yield happened[point].time, disk.found(mode, chance)
