"""Goal: no fault of a link or a server ever installs a wrong file, and what was received is not
fetched again.
Method: a server that for each request, by a printed seed, cuts, lies about lengths and versions,
shows a login page, sends a byte a second, or far too much; `edgeagent fetch` tries until it
has the file. 300 downloads; EDGEAGENT_LONG=1 makes it 10,000."""

import hashlib
import json
import os
import random
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import say
from web import Peer, read_head

LONG = bool(os.environ.get("EDGEAGENT_LONG"))
DOWNLOADS = 10_000 if LONG else 300
SEED = int(os.environ.get("EDGEAGENT_SEED", random.SystemRandom().randrange(1 << 32)))
FAULTS = {
    "cut": 40, "wrong length": 10, "stale tag": 10, "stale file": 10, "portal": 10,
    "portal by redirect": 5, "portal in disguise": 5, "a byte a second": 2, "oversize": 4,
    "endless": 4, "busy": 5, "reset": 5, "wrong bytes": 2,
}  # fmt: skip
PAGE = b"<html><body>Please log in</body></html>"


class File:
    """What one download asks for, and how the server treats it."""

    def __init__(self, number: int):
        self.random = random.Random(f"{SEED}-{number}")
        size = self.random.choice([0, 1, 4096, 65536]) + self.random.randrange(200_000)
        self.content = self.random.randbytes(size)
        self.old = self.random.randbytes(size)
        self.digest = hashlib.sha256(self.content).hexdigest()
        faults = self.random.choices(list(FAULTS), FAULTS.values(), k=self.random.randrange(6))
        self.faults = faults
        self.planned = list(faults)
        self.sent = 0  # bytes of the right content
        self.start = 0
        self.requests: list[tuple[str, int, int]] = []  # fault, first byte, bytes of right content
        self.has_length = self.random.random() < 0.7
        self.lock = threading.Lock()


class FaultyServer:
    def __init__(self, files: list[File]):
        self.files = files
        self.peer = Peer(self._serve)

    def _serve(self, connection) -> None:
        first, fields = read_head(connection)
        if not first:
            return
        path = first.split()[1]
        if path == "/login":
            return self._say(connection, "200 OK", PAGE, **{"Content-Type": "text/html"})
        file = self.files[int(path[1:])]
        with file.lock:
            fault = file.planned.pop(0) if file.planned else None
            sent, file.start = file.sent, 0
            try:
                self._answer(connection, file, fields, fault)
            finally:  # the client may have gone away
                file.requests.append((fault or "none", file.start, file.sent - sent))

    def _answer(self, connection, file: File, fields: dict, fault: str | None) -> None:
        size, tag = len(file.content), '"new"'
        if fault == "portal":
            return self._say(connection, "200 OK", PAGE, **{"Content-Type": "text/html"})
        if fault == "portal in disguise" and file.has_length:
            return self._say(connection, "200 OK", PAGE)
        if fault == "portal by redirect":
            return self._say(connection, "302 Found", b"", Location="/login")
        if fault == "busy":
            return self._say(connection, "503 Busy", b"later", **{"Retry-After": "1"})
        if fault == "stale file":  # a cache that has not heard of the new version
            return self._say(connection, "200 OK", file.old, ETag='"old"')
        if fault == "oversize":
            return self._say(connection, "200 OK", file.old + bytes(100_000), ETag='"big"')
        if fault == "endless":
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"end\"\r\n\r\n"
            connection.sendall(head + (b"4000\r\n" + bytes(0x4000) + b"\r\n") * 30)
            return
        if fault == "reset":
            connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER of 0 s
            return
        start = 0
        if "range" in fields and fields.get("if-range", tag) == tag:
            start = int(fields["range"].removeprefix("bytes=").removesuffix("-"))
        if start >= size > 0:
            return self._say(connection, "416 Range", b"")
        content = file.content
        if fault == "stale tag":  # goes on in the old file, with its tag
            content, tag = file.old, '"old"'
            start = int(fields["range"][6:-1]) if "range" in fields else 0
        body, file.start = content[start:], start
        if fault == "wrong bytes":
            body = bytes(byte ^ 1 for byte in body)
        right = fault not in ("stale tag", "wrong bytes")
        announced = len(body) + (100 if fault == "wrong length" else 0)
        total = size + (100 if fault == "wrong length" else 0)
        lines = [f"Content-Length: {announced}", f"ETag: {tag}"]
        lines.append("Content-Type: application/octet-stream")
        if start:
            lines.append(f"Content-Range: bytes {start}-{total - 1}/{total}")
        status = "206 Partial" if start else "200 OK"
        connection.sendall("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode())
        if fault == "a byte a second" and len(body) > 20:
            for index in range(20):
                connection.sendall(body[index : index + 1])
                file.sent += 1
                threading.Event().wait(1)
            return
        if fault == "cut":
            body = body[: file.random.randrange(len(body) + 1)]
        for place in range(0, len(body), 4096):
            connection.sendall(body[place : place + 4096])
            file.sent += len(body[place : place + 4096]) if right else 0

    @staticmethod
    def _say(connection, status: str, body: bytes, **fields: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def download(command: list[str], folder, server: FaultyServer, number: int) -> int:
    """Tries until the file is there. Returns the tries."""
    file = server.files[number]
    output = folder / f"file-{number}"
    words = [*command, "fetch", f"http://127.0.0.1:{server.peer.port}/{number}", "--json"]
    words += ["--output", str(output), "--sha256", file.digest, "--idle", "1", "--min-rate", "9"]
    if file.has_length:
        words += ["--bytes", str(len(file.content))]
    for tries in range(1, 30):
        result = subprocess.run(words, capture_output=True, text=True, timeout=60)
        assert result.returncode in (0, 1), (number, file.faults, result)
        if result.returncode == 0:
            assert output.read_bytes() == file.content, (number, file.faults)
            assert json.loads(result.stdout)["bytes"] == len(file.content)
            assert not list(folder.glob(f"file-{number}.*")), (number, file.faults)
            output.unlink()
            return tries
        assert not output.exists(), (number, file.faults, result)
    raise AssertionError((number, file.faults, result))


@pytest.mark.durability
@pytest.mark.timeout(3600 if LONG else 300)
def test_faulty_downloads(native, folder, capsys):
    """0 wrong files, and at most 10 % fetched again; files of which somebody changed bytes under
    way have to come again as a whole, and are not counted there."""
    files = [File(number) for number in range(DOWNLOADS)]
    server = FaultyServer(files)
    with ThreadPoolExecutor(8) as pool:
        tries = sum(pool.map(lambda n: download(native, folder, server, n), range(DOWNLOADS)))
    server.peer.close()
    counted = [file for file in files if "wrong bytes" not in file.faults]
    size = sum(len(file.content) for file in counted)
    again = sum(file.sent - len(file.content) for file in counted) / size
    say(capsys, f"{DOWNLOADS} downloads, seed {SEED}: {tries} tries, "
        f"{sum(len(file.faults) for file in files)} faults, 0 wrong files, {again:.1%} again ("
        + ", ".join(f"{fault} {bytes / size:.2%}" for fault, bytes in costs(counted)) + ")")
    assert again <= 0.10, f"{again:.1%} fetched again; EDGEAGENT_SEED={SEED}"


def costs(files: list[File]) -> list[tuple[str, int]]:
    """The bytes that had to be sent again, under the fault whose answer they were in."""
    cost = Counter()
    for file in files:
        unseen = len(file.content)
        # From the end: a byte's last sending is the one that counted.
        for fault, start, sent in reversed(file.requests):
            useful = max(min(start + sent, unseen) - start, 0) if sent else 0
            unseen = min(unseen, start) if useful else unseen
            cost[fault] += sent - useful
    return [(fault, bytes) for fault, bytes in cost.most_common() if bytes]


def test_one_download_at_a_time(native, folder):
    """A second process for the same place is refused and harms nothing."""
    went_on = threading.Event()
    content = bytes(range(256)) * 100

    def serve(connection):
        if read_head(connection)[0]:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
            connection.sendall(content[:1000])
            went_on.wait(20)
            connection.sendall(content[1000:])

    peer = Peer(serve)
    words = [*native, "fetch", f"http://127.0.0.1:{peer.port}/a", "--output", str(folder / "out")]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as first:
        while not (folder / "out.part").exists() or (folder / "out.part").stat().st_size < 1000:
            assert first.poll() is None
        second = subprocess.run(words, capture_output=True, text=True, timeout=20)
        assert second.returncode == 1 and "another process" in second.stderr
        went_on.set()
    assert first.returncode == 0 and (folder / "out").read_bytes() == content
    peer.close()


@pytest.mark.parametrize("damage", ["changed", "longer", "state", "other file"])
def test_a_part_that_is_not_a_beginning(native, folder, damage):
    """Whatever lies about in a .part file: the right file or none."""
    file = File(1)
    file.planned.clear()
    server = FaultyServer([None, file])
    url = f"http://127.0.0.1:{server.peer.port}/1"
    part, state = folder / "out.part", folder / "out.part.state"
    content = {"changed": b"\0" * 500, "longer": bytes(10**6)}.get(damage, file.content[:500])
    part.write_bytes(content)
    state.write_text(
        {"state": "\n\n\n", "other file": f'{url}x\nb\n{len(file.content)}\n"new"\n'}.get(
            damage, f'{url}\nb\n{len(file.content)}\n"new"\n'
        )
    )
    words = [*native, "fetch", url, "--output", str(folder / "out"), "--sha256", file.digest]
    result = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert result.returncode == 0, result.stderr
    assert (folder / "out").read_bytes() == file.content
    assert not part.exists() and not state.exists()
    server.peer.close()


@pytest.mark.parametrize("words", [["--sha256"], []], ids=["digest", "no digest"])
@pytest.mark.parametrize("tag", ['"new"', '"other replica"'])
def test_a_server_that_ignores_ranges(native, folder, tag, words):
    """The whole file again: what is there is compared, and never given up for the same bytes."""
    content = random.Random(1).randbytes(100_000)
    answers = [('"new"', content[:60_000]), (tag, content[:30_000]), (tag, content)]
    kept = []

    def serve(connection):
        if not read_head(connection)[0]:
            return
        part = folder / "out.part"
        kept.append(part.stat().st_size if part.exists() else 0)
        version, body = answers[len(kept) - 1]
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\nETag: {version}\r\n\r\n"
        connection.sendall(head.encode() + body)

    peer = Peer(serve)
    command = [*native, "fetch", f"http://127.0.0.1:{peer.port}/a", "--output", str(folder / "out")]
    command += [*words, *([hashlib.sha256(content).hexdigest()] if words else [])]
    codes = [subprocess.run(command, capture_output=True, timeout=20).returncode for _ in answers]
    assert codes == [1, 1, 0] and (folder / "out").read_bytes() == content
    assert kept == [0, 60_000, 60_000]
    peer.close()
