"""Crash states of a folder: what a disk may hold after the power went, from a process's own calls.

`strace` writes down every change that the process made and every `fsync` it waited for. A disk keeps
what was synchronized; of the rest it may keep any part: a name or not, a file's whole content, half
of it, or none. More than a journalling file system would lose, and so a test for all of them."""

import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,write,fsync,close,rename,symlink,mkdir,unlink,rmdir"
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass
class File:
    data: bytes = b""
    synced: bytes = b""


@dataclass
class Link:
    target: str


@dataclass
class Folder:
    now: dict = field(default_factory=dict)
    durable: dict = field(default_factory=dict)
    # Changes since the last fsync, each {name: node or None}.
    pending: list = field(default_factory=list)

    def change(self, names: dict) -> None:
        self.pending.append(names)
        _apply(self.now, names)

    def sync(self) -> None:
        self.durable, self.pending = dict(self.now), []


def _apply(names: dict, change: dict) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """A folder's tree; everything that is there at first is on the disk."""

    def __init__(self, root: Path, obeys_fsync: bool = True):
        self.root, self.obeys_fsync = root, obeys_fsync
        self.tree = self._read(root)
        self._open: dict[int, object] = {}

    def _read(self, path: Path) -> object:
        if path.is_symlink():
            return Link(str(path.readlink()))
        if path.is_file():
            return File(path.read_bytes(), path.read_bytes())
        names = {child.name: self._read(child) for child in path.iterdir()}
        return Folder(dict(names), dict(names))

    def _find(self, path: str) -> tuple[Folder | None, str]:
        """The folder of a path, and its name in there."""
        if not path.startswith(f"{self.root}/"):
            return None, ""
        node = self.tree
        *folders, name = path[len(str(self.root)) + 1 :].split("/")
        for part in folders:
            node = node.now[part]
        return node, name

    def call(self, name: str, arguments: str, result: int) -> bool:
        """Whether it changed something that is not on the disk yet, or waited for it."""
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
        if name == "openat":
            self._open.pop(result, None)
            return self._opened(texts[0].decode(), arguments, result)
        if name == "close":
            self._open.pop(int(arguments), None)
            return False
        if name in ("write", "fsync"):
            node = self._open.get(int(arguments.split(",")[0]))
            if node is None:
                return False
            if name == "write":
                node.data += texts[0][:result]
            elif self.obeys_fsync:
                self._synced(node)
            return True
        paths = [text.decode() for text in texts]
        folder, last = self._find(paths[-1])
        if folder is None:
            return False
        if name == "symlink":
            folder.change({last: Link(paths[0])})
        elif name == "mkdir":
            folder.change({last: Folder()})
        elif name in ("unlink", "rmdir"):
            folder.change({last: None})
        elif name == "rename":
            source, first = self._find(paths[0])
            node = source.now[first]
            if source is folder:
                folder.change({first: None, last: node})
            else:
                source.change({first: None})
                folder.change({last: node})
        return True

    def _opened(self, path: str, arguments: str, descriptor: int) -> bool:
        if path == str(self.root):
            self._open[descriptor] = self.tree
            return False
        folder, name = self._find(path)
        if folder is None:
            return False
        is_new = "O_CREAT" in arguments and name not in folder.now
        if is_new:
            folder.change({name: File()})
        elif "O_TRUNC" in arguments:
            folder.now[name].data = b""
        self._open[descriptor] = folder.now[name]
        return is_new

    @staticmethod
    def _synced(node: object) -> None:
        if isinstance(node, Folder):
            node.sync()
        else:
            node.synced = node.data

    def crash(self, source: random.Random, node: object = None) -> object:
        """A state that the disk may be in: nested dictionaries, bytes, and links."""
        node = node or self.tree
        if isinstance(node, Link):
            return node
        if isinstance(node, File):
            rest = node.data[: source.choice([0, len(node.data) // 2, len(node.data)])]
            return source.choice([node.synced, rest]) if node.data != node.synced else node.data
        names = dict(node.durable)
        for change in node.pending:
            if source.random() < 0.5:
                _apply(names, change)
        return {name: self.crash(source, child) for name, child in names.items()}


def trace(command: list[str], log: Path) -> list[tuple[str, str, int]]:
    """Runs it to a good end; its calls that succeeded."""
    words = ["strace", "-f", "-xx", "-s", "20000000", "-e", f"trace={CALLS}", "-o", str(log)]
    result = subprocess.run([*words, *command], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    calls = [_LINE.match(line) for line in log.read_text().splitlines()]
    return [(call[1], call[2], int(call[3])) for call in calls if call and int(call[3]) >= 0]


def states(disk: Disk, calls: list, each: int, seed: int):
    """`each` crash states after every call that matters."""
    source = random.Random(seed)
    for call in calls:
        if disk.call(*call):
            for _ in range(each):
                yield disk.crash(source)
