"""A disk with a volatile write cache, as NBD over a Unix socket: what the guest wrote since its
last flush is in the cache alone. When the power goes, each cached write gets lost, arrives, or
arrives in part (sectors of 512 bytes), as the dice say; order between flushes is not kept. Real
disks and SD cards may do that, and killing an emulator alone does not show it.

    disk = Disk(image, path)      # serves in a thread
    Board(image, drive=disk.drive)
    …                             # the board is killed
    disk.power_cut(seed, chance)  # writes what survived
"""

import os
import random
import socket
import struct
import threading
from pathlib import Path

SECTOR = 512
# Of the protocol (nbd.git, doc/proto.md)
MAGIC, OPTION = 0x4E42444D41474943, 0x49484156454F5054
READ, WRITE, DISC, FLUSH, TRIM, ZEROES = 0, 1, 2, 3, 4, 6
HAS_FLAGS, SEND_FLUSH, SEND_FUA, SEND_ZEROES = 1, 4, 8, 64
FUA = 1


class Disk:
    def __init__(self, image: Path, path: Path):
        self.file = os.open(image, os.O_RDWR)
        self.size = os.fstat(self.file).st_size
        self.cache: dict[int, bytes] = {}  # sector → content, since the last flush
        self.writes: list[range] = []  # the writes that filled it, in order
        self.counts = {"writes": 0, "flushes": 0, "fua": 0}
        path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(1)
        self.drive = f"driver=nbd,server.type=unix,server.path={path},cache.direct=on"
        threading.Thread(target=self.serve, daemon=True).start()

    # The protocol: fixed newstyle handshake, simple replies

    def serve(self):
        self.peer, _ = self.listener.accept()
        self.input = self.peer.makefile("rb")
        self.peer.sendall(struct.pack(">QQH", MAGIC, OPTION, 1))
        self.take(4)
        while not self.negotiate():
            pass
        try:
            while self.request():
                pass
        except (EOFError, OSError, ValueError):
            pass

    def take(self, count: int) -> bytes:
        data = self.input.read(count)
        if data is None or len(data) < count:
            raise EOFError
        return data

    def negotiate(self) -> bool:
        _, option, length = struct.unpack(">QII", self.take(16))
        self.take(length)
        flags = HAS_FLAGS | SEND_FLUSH | SEND_FUA | SEND_ZEROES
        if option == 1:  # export by name: over to requests without a reply
            self.peer.sendall(struct.pack(">QH", self.size, flags) + bytes(124))
            return True
        if option == 7:  # go
            info = struct.pack(">HQH", 0, self.size, flags)
            self.reply(option, 3, info)
            self.reply(option, 1)
            return True
        self.reply(option, 0x80000001)  # not known here
        return False

    def reply(self, option: int, kind: int, body: bytes = b""):
        self.peer.sendall(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(body)) + body)

    def request(self) -> bool:
        _, flags, kind, handle, offset, length = struct.unpack(">IHHQQI", self.take(28))
        body = b""
        if kind == READ:
            body = self.read(offset, length)
        elif kind == WRITE:
            self.write(offset, self.take(length))
        elif kind == ZEROES:
            self.write(offset, bytes(length))
        elif kind == FLUSH:
            self.flush()
        elif kind == DISC:
            return False
        if flags & FUA and kind in [WRITE, ZEROES]:
            self.counts["fua"] += 1
            self.flush()  # more than FUA asks for, which is this write alone
        self.peer.sendall(struct.pack(">IIQ", 0x67446698, 0, handle) + body)
        return True

    # The disk

    def read(self, offset: int, length: int) -> bytes:
        data = bytearray(os.pread(self.file, length, offset))
        first = offset // SECTOR
        if self.cache:
            for sector in range(first, (offset + length + SECTOR - 1) // SECTOR):
                if (content := self.cache.get(sector)) is not None:
                    at = (sector - first) * SECTOR
                    data[at : at + SECTOR] = content
        return bytes(data)

    def write(self, offset: int, data: bytes):
        self.counts["writes"] += 1
        first, count = offset // SECTOR, len(data) // SECTOR
        for index in range(count):
            self.cache[first + index] = data[index * SECTOR : (index + 1) * SECTOR]
        self.writes.append(range(first, first + count))

    def flush(self):
        self.counts["flushes"] += 1
        for sector, content in self.cache.items():
            os.pwrite(self.file, content, sector * SECTOR)
        self.cache, self.writes = {}, []

    def power_cut(self, seed: int, chance: float) -> dict:
        """What was in the cache is lost with that chance, kept or torn; sectors of both."""
        dice, lost = random.Random(seed), 0
        for write in self.writes:
            fate = dice.random()
            for sector in write:
                keep = fate > chance if fate < 0.95 else dice.random() < 0.5
                if keep:
                    os.pwrite(self.file, self.cache[sector], sector * SECTOR)
                else:
                    lost += 1
        cached = sum(map(len, self.writes))
        os.close(self.file)
        self.listener.close()
        return self.counts | {"cached": cached, "lost": lost}
