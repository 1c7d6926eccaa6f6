"""Units on a Modbus, by other code than the agent's, and the wires between them and the agent."""

import errno
import os
import select
import socket
import struct
import threading
import time
import tty
from collections import Counter
from collections.abc import Callable
from pathlib import Path

# What comes, and how long after the request.
Answer = list[tuple[float, bytes]]


def checked(data: bytes) -> bytes:
    rest = 0xFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0xA001 if rest & 1 else 0)
    return data + struct.pack("<H", rest)


class Registers:
    """Units that answer at once: the words of each table, by unit and function. What is not there
    is answered with exception 2, and a unit that is not there does not answer."""

    def __init__(self, tables: dict[tuple[int, int], dict[int, int]], delay: float = 0.01):
        self.tables = tables
        self.delay = delay

    def __call__(self, request: bytes, _: int) -> Answer:
        unit, function, address, count = struct.unpack(">BBHH", request[:6])
        if unit not in {unit for unit, _ in self.tables}:
            return []
        table = self.tables.get((unit, function), {})
        try:
            values = [table[address + step] for step in range(count)]
        except KeyError:
            return [(self.delay, checked(bytes([unit, function | 0x80, 2])))]
        if function <= 2:
            data = bytearray((count + 7) // 8)
            for place, value in enumerate(values):
                data[place // 8] |= value << place % 8
        else:
            data = struct.pack(f">{count}H", *values)
        return [(self.delay, checked(bytes([unit, function, len(data)]) + bytes(data)))]


def floats(values: dict[int, float]) -> dict[int, int]:
    """Two registers for each, the high word first."""
    table = {}
    for address, value in values.items():
        table[address], table[address + 1] = struct.unpack(">HH", struct.pack(">f", value))
    return table


class Slave:
    """The other end of a line: a thread answers each request as `answer` says, which gets it and
    how often it came before."""

    def __init__(self, descriptor: int, answer: Callable[[bytes, int], Answer]):
        self.requests: list[bytes] = []
        self.times: list[float] = []
        self._descriptor = descriptor
        self._answer = answer
        self._stop, self._stopped = os.pipe()
        os.set_blocking(descriptor, False)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        held, counts = b"", Counter()
        waiting: list[tuple[float, bytes]] = []
        while True:
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                self._send(waiting.pop(0)[1])
            pause = min(max(0.0, waiting[0][0] - now), 0.5) if waiting else 0.5
            ready, _, _ = select.select([self._descriptor, self._stop], [], [], pause)
            if self._stop in ready:
                return
            if self._descriptor not in ready:
                continue
            try:
                data = os.read(self._descriptor, 4096)
            except BlockingIOError:
                continue
            except OSError as error:
                # Of a pseudo-terminal that nobody has open.
                if error.errno != errno.EIO:
                    return
                time.sleep(0.01)
                continue
            if not data:
                return
            held += data
            now = time.monotonic()
            while len(held) >= 8:
                request, held = held[:8], held[8:]
                self.requests.append(request)
                self.times.append(now)
                for delay, answer in self._answer(request, counts[request]):
                    waiting.append((now + delay, answer))
                counts[request] += 1
                waiting.sort(key=lambda delivery: delivery[0])

    def _send(self, data: bytes) -> None:
        try:
            os.write(self._descriptor, data)
        except OSError:
            pass  # the agent has gone

    def close(self) -> None:
        """Hangs up."""
        if self._descriptor < 0:
            return
        os.close(self._stopped)
        self._thread.join()
        os.close(self._stop)
        os.close(self._descriptor)
        self._descriptor = -1


def on_socket(path: Path, answer: Callable[[bytes, int], Answer]) -> Slave:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect(str(path))
    return Slave(line.detach(), answer)


def pseudo_terminal() -> tuple[int, str]:
    """The controller, and the path that a program opens as a serial line."""
    controller, device = os.openpty()
    tty.setraw(device)
    path = os.ttyname(device)
    os.close(device)
    os.set_blocking(controller, False)
    return controller, path


class Cable:
    """Two serial lines, joined: `ends` are what the two programs open."""

    def __init__(self):
        pairs = [pseudo_terminal(), pseudo_terminal()]
        self._controllers = [controller for controller, _ in pairs]
        self.ends = [path for _, path in pairs]
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        here, there = self._controllers
        while True:
            ready, _, _ = select.select([here, there, self._stop], [], [])
            if self._stop in ready:
                return
            for source, goal in ((here, there), (there, here)):
                if source not in ready:
                    continue
                try:
                    os.write(goal, os.read(source, 4096))
                except OSError:
                    time.sleep(0.01)  # nobody has it open

    def close(self) -> None:
        os.close(self._stopped)
        self._thread.join()
        for descriptor in (self._stop, *self._controllers):
            os.close(descriptor)
