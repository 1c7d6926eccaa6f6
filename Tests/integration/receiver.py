"""A server that takes CloudEvents in batches or one by one, and recordings of alerts. It keeps each
event once, by (source, id); over a link that loses requests and answers as often as a test
wants."""

import contextlib
import json
import random
import socket
import ssl
import threading
import urllib.parse
from collections.abc import Callable
from hashlib import blake2b

from agent import PATIENCE

TYPE = "application/cloudevents-batch+json; charset=UTF-8"


def digest(event: dict) -> bytes:
    """Of everything in it, in the order that it came in."""
    return blake2b(json.dumps(event).encode(), digest_size=12).digest()


class Receiver:
    """`events` has the digest of each event that arrived, by its key."""

    def __init__(
        self,
        *,
        lost: float = 0,
        chance: random.Random | None = None,
        answer: Callable[[list[dict]], bytes | None] = lambda _: None,
        tls: ssl.SSLContext | None = None,
        keeps: bool = False,
        takes_body: Callable[[bytes], None] = lambda _: None,
        recording: Callable[[dict[str, str]], bytes | None] = lambda _: None,
        single: bool = False,
    ):
        """
        lost: the part of requests that are cut, and again of the answers to the others.
        answer: a whole answer for a batch that is not taken.
        keeps: also keep the events themselves, in `bodies`.
        takes_body: is given each whole request.
        recording: a whole answer for one that is not taken, by its fields.
        single: serves one connection at a time.
        """
        self._lost, self._chance = lost, chance or random.Random(1)
        self._answer, self._tls, self._keeps = answer, tls, keeps
        self._takes_body, self._recording = takes_body, recording
        self._single = single
        self.events: dict[tuple[str, str], bytes] = {}
        self.bodies: list[dict] = []
        self.heads: list[bytes] = []
        self.requests = self.arrivals = self.cut_requests = self.cut_answers = 0
        self.largest = 0
        self.conflicts: list[tuple[str, str]] = []
        """Keys that came a second time with something else in the event."""
        self.recordings: dict[tuple[str, str], tuple[dict[str, str], bytes]] = {}
        """Fields, by lower-case name, and bytes."""
        self.recording_requests = 0
        self.kinds: list[str] = []
        """Of all events in the order in which they came, with repetitions."""
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uplink(self) -> str:
        return f"cloudevents:http{'s' * bool(self._tls)}://localhost:{self.port}/events"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def hung_up(self) -> bool:
        """Whether the client of the connection that was accepted last has gone."""
        try:
            return self._latest.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._latest = connection
                server = threading.Thread(target=self._serve, args=[connection], daemon=True)
                server.start()
                if self._single:
                    server.join()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Senders of these tests are killed in the middle of things.
        with contextlib.suppress(OSError, ValueError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb", buffering=1 << 16) as lines:
                while self._exchange(connection, lines):
                    pass

    def _loses(self) -> bool:
        with self._lock:
            return self._chance.random() < self._lost

    def _exchange(self, connection: socket.socket, lines) -> bool:
        """Whether the connection is good for another."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = lines.readline(1 << 16)
            if not line:
                return False
            head += line
        fields = parsed(head)
        is_batch = not fields.get("ce-type", "").endswith(".recording")
        if is_batch:
            self.requests += 1
        else:
            self.recording_requests += 1
        if self._loses():
            self.cut_requests += 1
            return False
        length = int(fields["content-length"])
        body = lines.read(length)
        if len(body) < length:
            return False
        self.heads = [*self.heads[-9:], head]
        self.largest = max(self.largest, length)
        self._takes_body(body)
        if is_batch:
            batch = events(fields, body)
            refusal = self._answer(batch)
            if refusal is None:
                self._take(batch)
        else:
            refusal = self._recording(fields)
            if refusal is None:
                self._take_recording(fields, body)
        if self._loses():
            self.cut_answers += 1
            return False
        connection.sendall(refusal or b"HTTP/1.1 204 No Content\r\n\r\n")
        return True

    def _take(self, batch: list[dict]) -> None:
        with self._lock:
            for event in batch:
                key, value = (event["source"], event["id"]), digest(event)
                if self.events.setdefault(key, value) != value:
                    self.conflicts.append(key)
                self.kinds.append(event["type"].split(".")[-1])
            self.arrivals += len(batch)
            if self._keeps:
                self.bodies += batch

    def _take_recording(self, fields: dict[str, str], body: bytes) -> None:
        with self._lock:
            key = (fields["ce-source"], fields["ce-id"])
            if self.recordings.setdefault(key, (fields, body))[1] != body:
                self.conflicts.append(key)
            self.kinds.append(fields["ce-type"].split(".")[-1])


def events(fields: dict[str, str], body: bytes) -> list[dict]:
    """Those of a request in any of the standard's modes of content."""
    if "ce-id" in fields:
        names = (name for name in fields if name.startswith("ce-"))
        event = {name[3:]: urllib.parse.unquote(fields[name]) for name in names}
        return [event | {"data": json.loads(body)}]
    value = json.loads(body)
    is_batch = fields["content-type"].startswith("application/cloudevents-batch+json")
    assert isinstance(value, list) == is_batch, fields["content-type"]
    return value if is_batch else [value]


def parsed(head: bytes) -> dict[str, str]:
    """The fields, by lower-case name."""
    lines = (line.split(":", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line)
    return {name.lower(): value.strip() for name, value in lines}
