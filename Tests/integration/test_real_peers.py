"""Goal: what other people's programs put on a line becomes the samples that they meant.
Method: thousands of seeded frames from each encoder, through pseudo-terminals and sockets; what the
encoder itself reads back is what has to arrive."""

import json
import os
import random
import shutil
import struct
import subprocess
import termios
import threading
import time
import wave
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path

import cantools
import pynmea2
import pytest
import serial
from cobs import cobs
from pyubx2 import GET, UBXMessage, UBXReader

from agent import PATIENCE, Line, SerialLine, SocketLine, Subscriber, eventually
from conftest import OWN, absent
from signals import crc16_modbus
from test_outbox import seeded

FRAMES = 3000
BLOCK = 100
"""Samples at once: the agent waits for no subscriber, so the sender does."""

Samples = list[dict[str, float | None]]


def sensor(name: str, port: str, keys: str, rate: int = 10_000) -> str:
    return f'[[sensor]]\nname = "{name}"\nport = "{port}"\nrate = {rate}\n{keys}\n'


def started(start, tables: str):
    agent = start(configuration=f'{OWN}publish = ["samples"]\n\n{tables}')
    return agent, agent.subscribe()


def send(line: Line, pieces: list[bytes], counts: list[int], subscriber: Subscriber) -> None:
    """Blocks of frames, of which each makes so many samples, as fast as the subscriber reads."""
    messages = subscriber.messages
    taken = due = len(messages)
    waiting = b""

    def flush() -> None:
        line.send(waiting)
        eventually(lambda: len(messages) >= due, "the samples of a block")

    for piece, count in zip(pieces, counts, strict=True):
        if due + count - taken > BLOCK:
            flush()
            waiting, taken = b"", due
        waiting += piece
        due += count
    flush()


def judge(subscriber: Subscriber, name: str, expected: Samples, tolerance: float = 2e-7) -> None:
    """Every sample, in order; values are single precision."""
    found = [event["values"] for event in subscriber.events("sample", 0, sensor=name)]
    assert len(found) == len(expected)
    for index, (sample, wanted) in enumerate(zip(found, expected, strict=True)):
        assert sample.keys() == wanted.keys()
        for field, value in wanted.items():
            if value is None or sample[field] is None:
                assert sample[field] is value, (name, index, field, value, sample[field])
                continue
            error = abs(sample[field] - value)
            assert error <= tolerance * max(1, abs(value)), (name, index, field, value, sample)


@pytest.fixture
def chance(request, capsys) -> random.Random:
    return seeded(request.node.name, capsys)


# COBS: PyPI cobs


def test_cobs_packets(start, serial_line, chance):
    """Three numbers in each, with many zeros, as firmware sends them."""
    line = serial_line()
    keys = 'framing = "cobs"\ntype = "int16"\nfields = ["x", "y", "z"]'
    agent, subscriber = started(start, sensor("packets", f"serial:{line.path}", keys))
    line.opened_by(agent, boundary=b"\0")
    samples, frames = [], []
    for _ in range(FRAMES):
        values = [chance.choice([0, 256, 1, -1, chance.randint(-32768, 32767)]) for _ in "xyz"]
        payload = struct.pack("<3h", *values)
        payload += struct.pack("<H", crc16_modbus(payload))
        frames.append(cobs.encode(payload) + b"\0")
        samples.append(dict(zip("xyz", values, strict=True)))
    send(line, frames, [1] * FRAMES, subscriber)
    judge(subscriber, "packets", samples)
    agent.stop()


@pytest.mark.parametrize(
    ("kind", "width", "lengths"),
    [
        ("uint8", 1, [*range(1, 8), *range(250, 260)]),
        ("uint32", 4, [252, 256, 508, 512, 760, 1020]),
    ],
)
def test_cobs_frames_of_every_length(start, socket_line, chance, kind, width, lengths):
    """Around 254 bytes without a zero the library writes one byte less than a textbook does."""
    keys = f'framing = "cobs"\nchecksum = "none"\ntype = "{kind}"\nsamples = "all"\nfields = ["v"]'
    agent, subscriber = started(start, sensor("bytes", "unix:sensor.sock", keys, rate=100_000))
    line = socket_line()
    payloads = []
    for length in lengths:
        payloads.append(bytes([chance.randint(1, 255)]) * length)
        payloads.append(bytes(chance.choice([0, 1, 255]) for _ in range(length)))
    frames = [cobs.encode(payload) + b"\0" for payload in payloads]
    send(line, frames, [len(payload) // width for payload in payloads], subscriber)
    numbers = [
        int.from_bytes(payload[at : at + width], "little")
        for payload in payloads
        for at in range(0, len(payload), width)
    ]
    judge(subscriber, "bytes", [{"v": number} for number in numbers])
    agent.stop()


# NMEA 0183: PyPI pynmea2


def degrees(chance: random.Random, most: int, letters: str) -> tuple[str, str]:
    width = 2 if most == 90 else 3
    text = f"{chance.randrange(most):0{width}}{chance.uniform(0, 59.9999):07.4f}"
    return text, chance.choice(letters)


def gga(chance: random.Random) -> pynmea2.GGA:
    data = (
        f"{chance.randrange(24):02}{chance.randrange(60):02}{chance.randrange(60):02}.00",
        *degrees(chance, 90, "NS"), *degrees(chance, 180, "EW"), str(chance.randint(0, 5)),
        f"{chance.randint(0, 24):02}", f"{chance.uniform(0.5, 20):.1f}",
        f"{chance.uniform(-400, 9000):.1f}", "M", "46.9", "M", "", "",
    )  # fmt: skip
    return pynmea2.GGA(chance.choice(["GP", "GN", "GL"]), "GGA", data)


def rmc(chance: random.Random) -> pynmea2.RMC:
    data = (
        "120000.00", chance.choice("AAAV"), *degrees(chance, 90, "NS"),
        *degrees(chance, 180, "EW"), f"{chance.uniform(0, 60):.2f}",
        f"{chance.uniform(0, 360):.2f}",
        "290126", "", "",
    )  # fmt: skip
    return pynmea2.RMC(chance.choice(["GP", "GN"]), "RMC", data)


def test_sentences_of_pynmea2(start, serial_line, chance):
    """Two kinds on one line, and kinds between them that nobody asked for."""
    line = serial_line()
    tables = "".join(
        sensor(
            name, f"serial:{line.path}",
            f'framing = "nmea"\nsentence = "{name}"\nfields = {fields}',
        )
        for name, fields in [
            ("GGA", '["lat", "lon", "alt", "sats", "hdop"]'),
            ("RMC", '["lat", "lon", "speed", "course"]'),
        ]
    )  # fmt: skip
    agent, subscriber = started(start, tables)
    line.opened_by(agent, boundary=b"\r\n")
    sentences, counts = [], []
    expected: dict[str, Samples] = {"GGA": [], "RMC": []}
    for _ in range(FRAMES):
        kind = chance.choice([gga, gga, rmc, None])
        sentence = kind(chance) if kind else pynmea2.ZDA("GP", "ZDA", ("1",) * 6)
        sentences.append(f"{sentence}\r\n".encode())
        counts.append(1 if kind else 0)
        read = pynmea2.parse(str(sentence), check=True)
        place = {"lat": read.latitude, "lon": read.longitude} if kind else {}
        if kind is gga:
            more = {
                "alt": float(read.altitude),
                "sats": float(read.num_sats),
                "hdop": float(read.horizontal_dil),
            }
            # Without a fix there is no position, whatever stands there.
            values = place | more
            if int(read.gps_qual) == 0:
                values |= {"lat": None, "lon": None, "alt": None}
            expected["GGA"].append(values)
        elif kind is rmc:
            values = place | {"speed": read.spd_over_grnd, "course": read.true_course}
            if read.status == "V":
                values = dict.fromkeys(values)
            expected["RMC"].append(values)
    send(line, sentences, counts, subscriber)
    for name, samples in expected.items():
        judge(subscriber, name, samples)
    assert "0 bad frames" in agent.stop()


# UBX: PyPI pyubx2


def test_messages_of_pyubx2(start, serial_line, chance):
    line = serial_line()
    names = "lat lon hmsl hacc sats fix speed heading".split()
    keys = f'preset = "ubx-nav-pvt"\nfields = {json.dumps(names)}'
    agent, subscriber = started(start, sensor("pvt", f"serial:{line.path}", keys))
    line.opened_by(agent, boundary=b"")
    # A line that was quiet at first begins with a whole frame.
    time.sleep(0.05)
    frames, samples = [], []
    for _ in range(FRAMES):
        message = UBXMessage(
            "NAV", "NAV-PVT", GET,
            iTOW=chance.randrange(604_800_000), fixType=chance.randint(0, 5),
            numSV=chance.randint(0, 40), lat=round(chance.uniform(-90, 90), 7),
            lon=round(chance.uniform(-180, 180), 7), hMSL=chance.randint(-400_000, 9_000_000),
            hAcc=chance.randint(0, 1_000_000), gSpeed=chance.randint(0, 500_000),
            headMot=round(chance.uniform(0, 360), 5),
        )  # fmt: skip
        frames.append(message.serialize())
        read = UBXReader.parse(frames[-1])
        samples.append(
            {
                "lat": read.lat, "lon": read.lon, "hmsl": read.hMSL / 1000,
                "hacc": read.hAcc / 1000, "sats": read.numSV, "fix": read.fixType,
                "speed": read.gSpeed / 1000, "heading": read.headMot,
            }
        )  # fmt: skip
    send(line, frames, [1] * FRAMES, subscriber)
    judge(subscriber, "pvt", samples)
    assert "0 bad frames" in agent.stop()


# CAN: PyPI cantools

DBC = """\
VERSION ""
BU_: ECU
BO_ 201 ENGINE: 8 ECU
 SG_ rpm : 0|16@1+ (0.25,0) [0|16383] "rpm" ECU
 SG_ coolant : 16|8@1+ (1,-40) [-40|215] "C" ECU
 SG_ torque : 24|12@1- (0.5,0) [-1024|1023] "Nm" ECU
 SG_ gear : 36|4@1+ (1,0) [0|15] "" ECU
 SG_ oil : 47|16@0- (0.1,-100) [-3376|3176] "kPa" ECU
BO_ 2566844672 WHEELS: 8 ECU
 SG_ left : 7|13@0+ (0.05,0) [0|409] "km/h" ECU
 SG_ right : 10|13@0- (0.05,0) [-204|204] "km/h" ECU
 SG_ yaw : 40|24@1- (0.001,5) [-8383|8393] "deg/s" ECU
"""


def can_table(message) -> str:
    """The agent's fields as the DBC file has them."""
    fields = ", ".join(
        f'{{ name = "{signal.name}", bit = {signal.start}, bits = {signal.length}, '
        f'signed = {str(signal.is_signed).lower()}, scale = {float(signal.scale)}, '
        f"offset = {float(signal.offset)}"
        + (', endian = "big"' if signal.byte_order == "big_endian" else "")
        + " }"
        for signal in message.signals
    )
    identifier = f"{message.frame_id:X}" + ("x" if message.is_extended_frame else "")
    keys = f'framing = "can"\nid = "{identifier}"\nfields = [{fields}]'
    return sensor(message.name, "unix:sensor.sock", keys)


def test_signals_of_cantools(start, socket_line, chance):
    """Frames as a SocketCAN interface hands them on (linux/can.h), through a socket: few kernels
    have a virtual bus."""
    database = cantools.database.load_string(DBC, "dbc")
    agent, subscriber = started(start, "".join(map(can_table, database.messages)))
    line = socket_line()
    frames = []
    expected: dict[str, Samples] = {message.name: [] for message in database.messages}
    for _ in range(FRAMES):
        message = chance.choice(database.messages)
        values = {}
        for signal in message.signals:
            least = -(1 << signal.length - 1) if signal.is_signed else 0
            raw = chance.randrange(least, least + (1 << signal.length))
            values[signal.name] = raw * signal.scale + signal.offset
        data = message.encode(values, strict=False)
        extended = 0x8000_0000 if message.is_extended_frame else 0
        frames.append(struct.pack("<IB3x8s", message.frame_id | extended, len(data), data))
        expected[message.name].append(message.decode(data))
    send(line, frames, [1] * FRAMES, subscriber)
    for name, samples in expected.items():
        judge(subscriber, name, samples)
    agent.stop()


# Serial lines: PyPI pyserial, Debian's ser2net


class Crossing(Line):
    """A pseudo-terminal that another program opens; what it writes there goes to `line`."""

    def __init__(self, line: SerialLine):
        self.line = line
        self.controller, self.device = os.openpty()
        self.path = os.ttyname(self.device)
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        while True:
            try:
                self.line.send(os.read(self.controller, 4096))
            except OSError:
                return

    def close(self) -> None:
        os.close(self.device)


def line_settings(descriptor: int) -> tuple[int, int, int]:
    """What counts on a wire: form and both rates (linux termios2, TCGETS2)."""
    raw = bytearray(44)
    ioctl(descriptor, 0x802C542A, raw)
    flags, in_rate, out_rate = struct.unpack_from("<8xI24xII", raw)
    form = termios.CSIZE | termios.CSTOPB | termios.PARENB | termios.PARODD | termios.CRTSCTS
    return flags & form, in_rate, out_rate


@pytest.mark.parametrize(
    ("baud", "keys", "settings"),
    [
        (300, "", {}),
        (9600, "stop_bits = 2", {"stopbits": 2}),
        (115_200, 'flow = "rts-cts"', {"rtscts": True}),
        (250_000, "", {}),
        (1_000_000, "", {}),
        (74_880, "", {}),
    ],
)
def test_lines_are_set_as_pyserial_sets_its_own(
    start, serial_line, chance, baud, keys, settings
):
    """A pseudo-terminal takes every rate and stop bit, and no parity and no seven bits."""
    line = serial_line()
    crossing = Crossing(line)
    port = f"serial:{line.path}"
    text = f'fields = ["a", "b"]\nbaud = {baud}\n{keys}'
    agent, subscriber = started(start, sensor("probe", port, text))
    line.opened_by(agent)
    with serial.Serial(crossing.path, baud, **settings) as peer:
        assert line_settings(line.controller) == line_settings(crossing.controller)
        values = [(chance.randint(-999, 999), chance.randint(0, 9)) for _ in range(FRAMES // 6)]
        taken = len(subscriber.messages)
        for start_at in range(0, len(values), BLOCK):
            block = values[start_at : start_at + BLOCK]
            peer.write(b"".join(f"{a},{b}\r\n".encode() for a, b in block))
            due = taken + start_at + len(block)
            eventually(lambda due=due: len(subscriber.messages) >= due, "a block")
    judge(subscriber, "probe", [{"a": a, "b": b} for a, b in values])
    crossing.close()
    agent.stop()


@pytest.fixture
def ser2net(folder: Path) -> Iterator:
    """Starts ser2net with one accepter."""
    program = shutil.which("ser2net") or shutil.which("ser2net", path="/usr/sbin")
    if not program:
        absent("no ser2net: Tests/integration/install-tools")
    processes = []

    def run(accepter: str, device: str) -> None:
        file = folder / "ser2net.yaml"
        file.write_text(
            "connection: &line\n"
            f"  accepter: {accepter}\n"
            f"  connector: serialdev,{device},115200n81,local\n"
        )
        log = open(folder / "ser2net.log", "wb")
        processes.append(
            subprocess.Popen([program, "-n", "-d", "-c", str(file)], stdout=log, stderr=log)
        )

    yield run
    for process in processes:
        process.terminate()
        process.wait(PATIENCE)


def test_a_line_behind_ser2net(start, folder, serial_line, ser2net, chance):
    """The agent connects to the Unix socket that ser2net makes of a serial line."""
    line = serial_line()
    path = folder / "line.sock"
    ser2net(f"unix,{path}", line.path)
    eventually(path.exists, "ser2net's socket")
    agent, subscriber = started(
        start, sensor("far", f"unix-connect:{path}", 'fields = ["a", "b"]')
    )
    # ser2net opens the line for its first client.
    text = lambda values: b"".join(f"{a},{b}\r\n".encode() for a, b in values)

    def is_through() -> bool:
        line.send(b"0,0\r\n")
        time.sleep(0.05)
        return bool(subscriber.messages[1:])

    eventually(is_through, "the first sample")
    eventually(lambda: is_quiet(subscriber), "the end of the first samples")
    first = len(subscriber.events("sample", 0))
    values = [(chance.randint(-999, 999), chance.randint(0, 9)) for _ in range(FRAMES)]
    for start_at in range(0, FRAMES, BLOCK):
        line.send(text(values[start_at : start_at + BLOCK]))
        subscriber.events("sample", first + min(start_at + BLOCK, FRAMES))
    zeros = [{"a": 0.0, "b": 0.0}] * first
    judge(subscriber, "far", zeros + [{"a": a, "b": b} for a, b in values])
    agent.stop()


def is_quiet(subscriber: Subscriber) -> bool:
    before = len(subscriber.messages)
    time.sleep(0.2)
    return len(subscriber.messages) == before


# Sound: Python's wave


@pytest.mark.timeout(120)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_wav_file(start, folder, socket_line, chance, rate):
    """Half a second of sound, from full scale to full scale."""
    path = folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        noise = [chance.choice([-32768, 32767, 0, chance.randint(-32768, 32767)])
                 for _ in range(rate // 2)]  # fmt: skip
        file.writeframes(struct.pack(f"<{len(noise)}h", *noise))
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate)
        data = file.readframes(file.getnframes())
    agent, subscriber = started(
        start, sensor("sound", "unix:sensor.sock", 'decode = "s16le"\nfields = ["v"]', rate)
    )
    line: SocketLine = socket_line()
    step = 2 * BLOCK - 1  # an odd count of bytes: samples are cut anywhere
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    counts = [
        min(at + step, len(data)) // 2 - at // 2 for at in range(0, len(data), step)
    ]  # fmt: skip
    send(line, pieces, counts, subscriber)
    judge(subscriber, "sound", [{"v": value} for value in noise])
    assert "0 bad frames" in agent.stop()
