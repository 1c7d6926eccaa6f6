"""Goal: the lines that docs/sensors.md gives for a device read what that device sends.
Method: each block of the page, with a socket in the place of each of its ports, and bytes as the
data sheets describe them, made here by other code than the agent's."""

import re
import struct
from pathlib import Path

import pytest

from agent import SocketLine
from conftest import OWN, ROOT
from modbus import Registers, checked, floats, on_socket

PAGE = ROOT / "docs" / "sensors.md"
BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = re.compile(r'^port = "(.*)"$', re.MULTILINE)


def crc16_modbus(data: bytes) -> bytes:
    return checked(data)[-2:]


def cobs(data: bytes) -> bytes:
    blocks = (data + b"\0").split(b"\0")[:-1]
    return b"".join(bytes([len(block) + 1]) + block for block in blocks) + b"\0"


def nmea(body: str) -> bytes:
    check = 0
    for letter in body.encode():
        check ^= letter
    return f"${body}*{check:02X}\r\n".encode()


def plantower(words: list[int]) -> bytes:
    data = b"\x42\x4d" + struct.pack(">14H", 28, *words)
    return data + struct.pack(">H", sum(data))


def ubx(group: int, kind: int, payload: bytes) -> bytes:
    body = bytes([group, kind]) + struct.pack("<H", len(payload)) + payload
    a = b = 0
    for byte in body:
        a = (a + byte) & 0xFF
        b = (b + a) & 0xFF
    return b"\xb5\x62" + body + bytes([a, b])


def wit(kind: int, values: tuple[int, int, int]) -> bytes:
    data = bytes([0x55, kind]) + struct.pack("<4h", *values, 0)
    return data + bytes([sum(data) & 0xFF])


PMS = [5, 9, 12, 4, 8, 11, 900, 250, 40, 6, 2, 1, 0]
XY = struct.pack("<2h", 1500, -250)
SHEET = b"\xaa\x55" + struct.pack(">2H", 10132, 77)
SDS = b"\xaa\xc0" + struct.pack("<2H", 81, 123) + b"\x01\x02"
MHZ = b"\xff\x86" + struct.pack(">H", 415) + bytes([64, 0, 0, 0])
RADAR = bytes([2, 0xAA, 3]) + struct.pack("<HBHBH", 120, 60, 95, 80, 101) + b"\x55\x00"
LATLON = struct.pack("<I4iII", 0, -30710988, 593251453, 0, 8049, 3154, 0)
GGA = "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"
RMC = "GNRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,"

METER = {(1, 4): floats({0: 231.5, 6: 2.25, 12: -519.5, 70: 49.98})}
CLIMATE = {(1, 4): {1: -53 & 0xFFFF, 2: 612}}
BUS = {
    (1, 3): {0: 0x0001, 1: 0x86A0, 10: 0b1010_0000_0001_0001},
    (7, 1): {coil: coil in (3, 12) for coil in range(16)},
    (2, 4): {0: 0xD70A, 1: 0x41A3},
}

# What each sensor of the page gets, or what its units have, and the sample that it has to become.
VECTORS: dict[str, tuple[bytes | dict, dict[str, float | None]]] = {
    "boiler": (b"21.5\r\n", {"temperature": 21.5}),
    "wrist": (b"0.01,-0.02,0.99,1.5,-2,0\n",
              {"ax": 0.01, "ay": -0.02, "az": 0.99, "wx": 1.5, "wy": -2, "wz": 0}),
    "plotter": (b"Temp:23.4\tHum:55.1\r\n", {"t": 23.4, "h": 55.1}),
    "logger": (b"-0,4;1013,25\r\n", {"temperature": -0.4, "pressure": 1013.25}),
    "columns": (b"time_s\ttemp_C\trh_pct\tlux\n1\t21.5\t40\t310\n", {"t": 21.5, "lux": 310}),
    "flow": (b"    95.73    21.2     2\n", {"flow": 95.73, "t": 21.2}),
    "radio": (b"1000,0.25,-1\n", {"x": 0.25, "y": -1}),
    "esp": (b'{"temperature":21.5,"humidity":40,"up":nan}\n',
            {"temperature": 21.5, "humidity": 40}),
    "tasmota": (b'{"SI7021":{"Temperature":17.1,"Humidity":62.5},"TempUnit":"C"}\n',
                {"t": 17.1, "h": 62.5}),
    "dust": (plantower(PMS), {"pm25": 8, "pm10": None}),
    "nova": (SDS + bytes([sum(SDS[2:]) & 0xFF, 0xAB]), {"pm25": 8.1, "pm10": 12.3}),
    "air": (MHZ + bytes([-sum(MHZ[1:]) & 0xFF]), {"co2": 415, "temp": 24}),
    "radar": (b"\xf4\xf3\xf2\xf1" + struct.pack("<H", len(RADAR)) + RADAR + b"\xf8\xf7\xf6\xf5",
              {"state": 3, "distance_cm": 101}),
    "acceleration": (wit(0x51, (2048, -4096, 32767)), {"ax": 1, "ay": -2, "az": 15.99951171875}),
    "angle": (wit(0x53, (16384, -8192, 0)), {"roll": 90, "pitch": -45, "yaw": 0}),
    "gps": (nmea(GGA), {"lat": 48.1173, "lon": 11.516666667, "alt": 545.4, "sats": 8}),
    "wind": (nmea("WIMWV,214.8,R,0.1,K,A"), {"angle": 214.8, "speed": 0.1}),
    "sounder": (nmea("SDDPT,2.4,0.5"), {"depth": 2.4}),
    "position": (ubx(0x01, 0x02, LATLON), {"lat": 59.3251453, "lon": -3.0710988}),
    "course": (nmea(RMC), {"speed": 22.4}),
    "sheet": (SHEET + bytes([sum(SHEET) & 0xFF]), {"pressure": 1013.2, "level": 77}),
    "cobs": (cobs(XY + crc16_modbus(XY)), {"x": 1.5, "y": -0.25}),
    "packet": (b"\x04" + struct.pack("<f", 2.5) + crc16_modbus(struct.pack("<f", 2.5)), {"v": 2.5}),
    "microphone": (struct.pack("<h", -1234), {"v": -1234}),
    "usb-microphone": (struct.pack("<h", 1234), {"v": 1234}),
    "scale": (b"12.5\r\n", {"mass": 12.5}),
    "motion": (struct.pack("<ddq", 0.5, -9.80665, 10**12), {"x": 0.5, "y": -9.80665}),
    "housing": (b"61.5\n", {"temp": 61.5}),
    "shaft": (b"0.25\n", {"vib": 0.25}),
    "bearing": (b"", {"vib": 0.25, "temp": 61.5}),
    "engine": (struct.pack("<IB3x8s", 0xC9, 8, struct.pack("<HB5x", 4000, 130)),
               {"rpm": 1000, "coolant": 90}),
    "meter": (METER, {"voltage": 231.5, "current": 2.25, "power": -519.5, "frequency": 49.98}),
    "climate": (CLIMATE, {"t": -5.3, "h": 61.2}),
    "pump": (BUS, {"hours": 100000, "alarm": 1, "level": 10, "door": 1, "valve": 1}),
    "tank": (BUS, {"t": 20.48}),
}  # fmt: skip


SCANS = """framing = "fixed"
frame_bytes = 24
type = "float64"
clock = { at = 16, unit = "ns", bits = 64 }
"""


def blocks() -> list:
    cases = []
    for found in BLOCK.finditer(PAGE.read_text()):
        names = re.findall(r'^name = "(.*)"$', found[1], re.MULTILINE)
        cases.append(pytest.param(found[1], names, id="+".join(names)))
    return cases


@pytest.mark.parametrize(("text", "names"), blocks())
def test_the_lines_read_their_device(text: str, names: list[str], start, folder: Path):
    ports = list(dict.fromkeys(re.findall(PORT, text)))
    sockets = {port: f"wire-{ports.index(port)}.sock" for port in ports}
    wired = re.sub(PORT, lambda found: f'port = "unix:{sockets[found[1]]}"', text)
    wired = re.sub(r"^baud = .*\n", "", wired, flags=re.MULTILINE)
    if ports[0].startswith("iio:"):
        # The frames that the agent makes of a device's scans; a device is in Tests/board.
        wired = re.sub(r', channel = "\w+"', "", wired) + SCANS
    agent = start(configuration=f'{OWN}publish = ["samples"]\n\n{wired}')
    subscriber = agent.subscribe()
    is_asked = isinstance(VECTORS[names[0]][0], dict)  # all of them, through one port
    lines = {
        port: on_socket(folder / sockets[port], Registers(VECTORS[names[0]][0]))
        if is_asked
        else SocketLine(folder / sockets[port])
        for port in ports
    }
    of_sensor = dict(re.findall(r'^name = "(.*)"\nport = "(.*)"$', text, re.MULTILINE))
    for name in names:
        data, expected = VECTORS[name]
        if data and not is_asked:  # a joined sensor has no bytes of its own
            lines[of_sensor[name]].send(data)
        sample = subscriber.events("sample", sensor=name)[0]
        assert sample["values"].keys() == expected.keys()
        for field, value in expected.items():
            found = sample["values"][field]
            assert found == value or found == pytest.approx(value, rel=1e-6), (name, sample)
    for line in lines.values():
        line.close()
    agent.stop()


def test_the_page_and_its_vectors_are_the_same_devices():
    """At least twenty, and none without bytes."""
    names = [name for case in blocks() for name in case.values[1]]
    assert sorted(names) == sorted(VECTORS) and len(names) >= 20
