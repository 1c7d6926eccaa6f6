"""Power loss, simulated: a process's own system calls, and the states in which a disk may be found
when the power goes between any two of them.

`strace` writes down every change that the process made, and every wait for the disk. What was
synchronized is there. Of what was not, any part may be: of a file's content none, all, or any half
of its 512-byte sectors, cut or not; of a folder's names each or not, which is more than a
journalling file system loses."""

import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
MODES = ("none", "some", "all")
CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,symlink,mkdir,unlink,unlinkat,rmdir"


def recorder(trace: Path) -> list[str]:
    """The words in front of a command that record each thread's calls in `trace.<thread>`."""
    options = ["-ff", "-qq", "-ttt", "-y", "-xx", "-s", "20000000", "--seccomp-bpf"]
    return ["strace", *options, "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]


@dataclass
class Call:
    time: float
    name: str
    path: str  # of its descriptor, or its last one
    first: str = ""  # a rename's old name, a link's target
    offset: int | None = None
    data: bytes = b""
    flags: str = ""


_LINE = re.compile(r"^(?P<time>[\d.]+) (?P<name>\w+)\((?P<rest>.*)\)\s+= (?P<result>-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
_ESCAPED = re.compile(r"((?:\\x[0-9a-f]{2})+)")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def recorded(trace: Path) -> list[Call]:
    """The calls of all threads that succeeded, in order."""
    calls = []
    for file in trace.parent.glob(trace.name + ".*"):
        lines = map(_LINE.match, file.open())
        calls += [_call(line) for line in lines if line and int(line["result"]) >= 0]
    return sorted(calls, key=lambda call: call.time)


def _call(line: re.Match) -> Call:
    name, rest = line["name"], line["rest"]
    texts = [_bytes(text) for text in _TEXT.findall(rest)]
    call = Call(float(line["time"]), name, "")
    if descriptor := _DESCRIPTOR.match(rest):
        call.path = _ESCAPED.sub(lambda found: _bytes(found[1]).decode(), descriptor[1])
        call.data = texts[0][: int(line["result"])] if texts else b""
        if name in ("pwrite64", "ftruncate"):
            call.offset = int(rest.rsplit(",", 1)[1])
    else:
        call.path, call.first = texts[-1].decode(), texts[0].decode()
        call.flags = rest if name == "openat" else ""
    return call


def trace(command: list[str], log: Path) -> list[Call]:
    """Runs it to a good end; its calls."""
    words = [*recorder(log), *command]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return recorded(log)


@dataclass
class Change:
    """Bytes at a place of a file; without any, its end."""

    offset: int
    data: bytes | None

    def apply(self, content: bytearray, chance: random.Random | None = None) -> None:
        """With a chance each sector of it, and an end, arrives or does not."""
        if self.data is None:
            if not chance or chance.random() < 0.5:
                del content[self.offset :]
                content.extend(bytes(self.offset - len(content)))
            return
        size = SECTOR if chance else max(len(self.data), 1)
        for start in range(0, len(self.data), size):
            if not chance or chance.random() < 0.5:
                place, piece = self.offset + start, self.data[start : start + size]
                content.extend(bytes(max(place + len(piece) - len(content), 0)))
                content[place : place + len(piece)] = piece


class File:
    def __init__(self, content: bytes = b""):
        self.synced, self.waiting, self.size = bytearray(content), [], len(content)

    def change(self, offset: int, data: bytes | None) -> None:
        self.waiting.append(Change(offset, data))
        self.size = offset if data is None else max(self.size, offset + len(data))

    def sync(self) -> None:
        for change in self.waiting:
            change.apply(self.synced)
        self.waiting = []

    def found(self, chance: random.Random, mode: str | None) -> bytes:
        mode = mode or chance.choice(MODES)
        content = bytearray(self.synced)
        for change in self.waiting if mode != "none" else []:
            change.apply(content, chance if mode == "some" else None)
        return bytes(content)


@dataclass
class Link:
    target: str

    def found(self, *_) -> "Link":
        return self


@dataclass
class Folder:
    now: dict = field(default_factory=dict)
    durable: dict = field(default_factory=dict)
    # Changes since the last fsync, each {name: node or None}.
    pending: list = field(default_factory=list)

    def change(self, names: dict, keeps_names: bool) -> None:
        _apply(self.now, names)
        if keeps_names:
            _apply(self.durable, names)
        else:
            self.pending.append(names)

    def sync(self) -> None:
        self.durable, self.pending = dict(self.now), []

    def found(self, chance: random.Random, mode: str | None) -> dict:
        names = dict(self.durable)
        for change in self.pending:
            if chance.random() < 0.5:
                _apply(names, change)
        return {name: node.found(chance, mode) for name, node in names.items()}


def _apply(names: dict, change: dict) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """A folder's tree; what is there at first is on the disk."""

    def __init__(self, root: Path, *, tree: Folder | None = None, obeys=True, keeps_names=False):
        """
        obeys: False for a disk, or a setting, that does not sync.
        keeps_names: for a file system that loses no name, only content.
        """
        self.root, self.obeys, self.keeps_names = root, obeys, keeps_names
        self.tree = tree or self._read(root)

    def _read(self, path: Path) -> File | Link | Folder:
        if path.is_symlink():
            return Link(str(path.readlink()))
        if path.is_file():
            return File(path.read_bytes())
        names = {child.name: self._read(child) for child in path.iterdir()}
        return Folder(dict(names), dict(names))

    def _find(self, path: str) -> tuple[Folder | None, str]:
        """The folder of a path, and its name in there."""
        if not path.startswith(f"{self.root}/"):
            return None, ""
        node = self.tree
        *folders, name = path[len(str(self.root)) + 1 :].split("/")
        for part in folders:
            node = node.now.get(part)
            if not isinstance(node, Folder):
                return None, ""
        return node, name

    def take(self, call: Call) -> bool:
        """Whether it changed something that is not on the disk yet, or waited for it."""
        if call.name in ("fsync", "fdatasync"):
            folder, name = self._find(call.path)
            node = folder.now.get(name) if folder else None
            node = self.tree if call.path == str(self.root) else node
            if node and self.obeys:
                node.sync()
            return node is not None
        folder, name = self._find(call.path)
        if folder is None:
            return False
        node = folder.now.get(name)
        match call.name:
            case "openat":
                if "O_CREAT" in call.flags and node is None:
                    folder.change({name: File()}, self.keeps_names)
                    return True
                if "O_TRUNC" in call.flags and isinstance(node, File) and node.size:
                    node.change(0, None)
                    return True
                return False
            case "write" | "pwrite64" | "ftruncate":
                if not isinstance(node, File):
                    return False
                is_end = call.name == "ftruncate"
                offset = node.size if call.offset is None else call.offset
                node.change(offset, None if is_end else call.data)
            case "symlink":
                folder.change({name: Link(call.first)}, self.keeps_names)
            case "mkdir":
                folder.change({name: Folder()}, self.keeps_names)
            case "unlink" | "unlinkat" | "rmdir":
                folder.change({name: None}, self.keeps_names)
            case "rename":
                source, first = self._find(call.first)
                moved = source.now[first]
                if source is folder:
                    folder.change({first: None, name: moved}, self.keeps_names)
                else:
                    source.change({first: None}, self.keeps_names)
                    folder.change({name: moved}, self.keeps_names)
        return True

    def found(self, chance: random.Random, mode: str | None = None) -> dict:
        """What is there after the power came back: dictionaries, bytes, and links. Without a mode
        each file has one of its own."""
        return self.tree.found(chance, mode)


def states_after_each(disk: Disk, calls: list[Call], each: int, chance: random.Random):
    """`each` states after every call that matters."""
    for call in calls:
        if disk.take(call):
            for _ in range(each):
                yield disk.found(chance)


def states(
    disk: Disk, calls: list[Call], count: int, chance: random.Random
) -> Iterator[tuple[float, dict]]:
    """`count` states: the moment of the crash, and what is found."""
    done = 0
    for point in sorted(chance.choices(range(len(calls)), k=-(-count // len(MODES)))):
        for call in calls[done:point]:
            disk.take(call)
        done = max(done, point)
        for mode in MODES:
            yield calls[point].time, disk.found(chance, mode)
