"""Programs that do a board no good, in processes of their own: producers that write as fast as
they can, and clients of a socket that connect, ask, sit there or stop in the middle of a line.

    python3 abuse.py KIND COUNT SOCKET …
"""

import contextlib
import itertools
import random
import socket
import sys
import time

KINDS = ("connect", "ask", "idle", "half")
GARBAGE = b"\x00\xff{\"" * 64


def connected(path: str, blocks: bool = False) -> socket.socket | None:
    """None while nobody takes it in."""
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    one.setblocking(blocks)
    try:
        one.connect(path)
    except OSError:
        one.close()
        return None
    return one


def flood(path: str) -> None:
    """A producer; the Linux kernel stops it where the agent does not read. Thrown out, it comes
    again."""
    while True:
        if line := connected(path, blocks=True):
            with line, contextlib.suppress(OSError):
                while True:
                    line.sendall(b"0.5\n" * 8192)


def connect(one: socket.socket, _: random.Random) -> bool:
    return False


def ask(one: socket.socket, _: random.Random) -> bool:
    """Without a pause; it reads now and then."""
    one.send(b'status\nread gauge\nstauts\n{"do":"ack","alert":"full"}\n' * 50)
    with contextlib.suppress(BlockingIOError):
        return bool(one.recv(65536))
    return True


def idle(one: socket.socket, _: random.Random) -> bool:
    """Until it is hung up on, which only a reader learns; it reads a byte a turn."""
    with contextlib.suppress(BlockingIOError):
        return bool(one.recv(1))
    return True


def half(one: socket.socket, seeded: random.Random) -> bool:
    one.send(seeded.choice([b"read ga", b"acknowle", b"x" * 100, GARBAGE]))
    with contextlib.suppress(BlockingIOError):
        return bool(one.recv(4096))
    return True


def keep_on(kind: str, count: int, paths: list[str]) -> None:
    """So many clients, each of one socket; who is hung up on comes again."""
    act = {"connect": connect, "ask": ask, "idle": idle, "half": half}[kind]
    seeded, targets = random.Random(count), itertools.cycle(paths)
    clients = [(path, None) for path, _ in zip(targets, range(count))]
    while True:
        for index, (path, one) in enumerate(clients):
            if one is None:
                one = connected(path)
            if one is not None:
                stays = False
                with contextlib.suppress(OSError):
                    try:
                        stays = act(one, seeded)
                    except BlockingIOError:
                        stays = True
                if not stays:
                    one.close()
                    one = None
            clients[index] = (path, one)
        time.sleep(0 if kind in ("connect", "ask") else 0.01)


if __name__ == "__main__":
    kind, count, *sockets = sys.argv[1:]
    if kind == "flood":
        flood(sockets[0])
    keep_on(kind, int(count), sockets)
