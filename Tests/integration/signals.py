"""What the test's sensors say, and how they put it on the line."""

import json
import random
import struct
import threading

from cobs import cobs

LOW, HIGH = 0.0, 1.0
RAISE = [LOW] * 4 + [HIGH] * 6
"""Four low samples, one score of 0; then the mean climbs ¼ a sample: raised at 0.75, sample 7."""


def wandering(count: int, seed: int) -> list[float]:
    """Values that any of the encodings carries exactly: multiples of 1/64 from 0 to 1."""
    source = random.Random(seed)
    return [source.randrange(65) / 64 for _ in range(count)]


# Decodings: samples of a field `level` → payloads, and the keys that describe them.

CSV = 'decode = "csv"\nfields = [{ name = "level", unit = "g" }]'
JSON = 'decode = "json"\nfields = [{ name = "level", unit = "g" }]'
BINARY = (
    'decode = "binary"\n'
    'fields = [{ name = "level", unit = "g", type = "int16", endian = "little", scale = 0.015625 }]'
)


def as_csv(value: float) -> bytes:
    return f"{value:.6f}".encode()


def as_json(value: float) -> bytes:
    return json.dumps({"device": 7, "level": value}).encode()


def as_binary(value: float) -> bytes:
    return struct.pack("<h", round(value * 64))


DECODINGS = {"csv": (CSV, as_csv), "json": (JSON, as_json), "binary": (BINARY, as_binary)}


# Framings: a payload → bytes on the line, and the keys that describe them.


def crc16_modbus(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def crc16_ccitt(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def in_line(payload: bytes) -> bytes:
    return payload + b"\r\n"


def in_length_1(payload: bytes) -> bytes:
    return struct.pack("<B", len(payload)) + payload + struct.pack("<H", crc16_modbus(payload))


def in_length_2(payload: bytes) -> bytes:
    return struct.pack("<H", len(payload)) + payload + struct.pack("<H", crc16_ccitt(payload))


def in_length_bare(payload: bytes) -> bytes:
    return struct.pack("<B", len(payload)) + payload


def in_cobs(payload: bytes) -> bytes:
    return cobs.encode(payload + struct.pack("<H", crc16_ccitt(payload))) + b"\0"


def in_cobs_modbus(payload: bytes) -> bytes:
    return cobs.encode(payload + struct.pack("<H", crc16_modbus(payload))) + b"\0"


def in_cobs_bare(payload: bytes) -> bytes:
    return cobs.encode(payload) + b"\0"


FRAMINGS = {
    "line": ('framing = "line"', in_line),
    "length": ('framing = "length"\nlength_bytes = 1\nchecksum = "crc16-modbus"', in_length_1),
    "length-2": ('framing = "length"\nlength_bytes = 2\nchecksum = "crc16-ccitt"', in_length_2),
    "length-bare": ('framing = "length"\nlength_bytes = 1\nchecksum = "none"', in_length_bare),
    "cobs": ('framing = "cobs"\nchecksum = "crc16-ccitt"', in_cobs),
    "cobs-modbus": ('framing = "cobs"\nchecksum = "crc16-modbus"', in_cobs_modbus),
    "cobs-bare": ('framing = "cobs"\nchecksum = "none"', in_cobs_bare),
}


def frames(values: list[float]) -> list[bytes]:
    """Samples as CSV lines, one by one."""
    return [in_line(as_csv(value)) for value in values]


def lines(values: list[float]) -> bytes:
    """Samples as CSV lines."""
    return b"".join(frames(values))


class Feeding:
    """A sensor that goes on sending while the test looks elsewhere."""

    def __init__(self, line, values, pause=0.01):
        self._stop = threading.Event()

        def run():
            while not self._stop.is_set():
                for frame in frames(values):
                    line.send(frame)
                    if self._stop.wait(pause):
                        return

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join(5)
