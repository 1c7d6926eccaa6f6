"""Goal: a sensor that nobody has described is connected by its bytes alone: `sniff` finds what it
says, `init` writes the configuration, `watch` shows it.
Method: devices on pseudo-terminals that speak at one rate and send noise at all others, files with
the bytes of the documented devices, and the real agent reading what `sniff` wrote."""

import json
import os
import random
import re
import signal
import struct
import subprocess
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent import PATIENCE, SocketLine, eventually
from conftest import OWN
from test_sensor_page import blocks, cobs, crc16_modbus, nmea, plantower, ubx, wit

NAMES = {
    getattr(termios, f"B{rate}"): rate
    for rate in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
}  # fmt: skip


class Device:
    """A sensor on a pseudo-terminal. A terminal without a wire carries bytes at any rate, so the
    sensor looks at the settings that the other end made: at another rate it sends what a receiver
    would get, noise."""

    def __init__(self, message: Callable[[int], bytes], baud: int, hertz: float = 50):
        self.controller, device = os.openpty()
        tty.setraw(device)
        self.path = os.ttyname(device)
        os.close(device)
        os.set_blocking(self.controller, False)
        self._message, self._baud, self._period = message, baud, 1 / hertz
        self._chance = random.Random(baud)
        self._ends = threading.Event()
        self.heard = b""
        self.rates: list[int | None] = []
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self) -> None:
        number = 0
        while not self._ends.wait(self._period):
            try:
                self.heard += os.read(self.controller, 4096)
            except BlockingIOError:
                pass
            except OSError:
                continue  # nobody has it open
            rate = NAMES.get(termios.tcgetattr(self.controller)[5])
            if not self.rates or self.rates[-1] != rate:
                self.rates.append(rate)
            data = self._message(number)
            number += 1
            if rate != self._baud:
                data = self._chance.randbytes(len(data))
            try:
                os.write(self.controller, data)
            except OSError:
                continue

    def close(self) -> None:
        self._ends.set()
        self._thread.join(PATIENCE)
        os.close(self.controller)


@pytest.fixture
def device() -> Iterator[Callable[..., Device]]:
    devices: list[Device] = []

    def make(*words, **options) -> Device:
        devices.append(Device(*words, **options))
        return devices[-1]

    yield make
    for each in devices:
        each.close()


def columns(number: int) -> bytes:
    return f"{20 + number % 10}.5,{number}\r\n".encode()


def marked(number: int) -> bytes:
    frame = b"\xaa\x55" + struct.pack(">hh", 1000 + number, -3 * number)
    return frame + bytes([sum(frame) & 0xFF])


# MARK: the rate of a line


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("message", "baud", "words"),
    [
        (columns, 115200, "columns of text"),
        (columns, 9600, "columns of text"),
        (marked, 57600, "checksum sum8"),
        (lambda number: plantower([number, *PMS[1:]]), 9600, "pms5003"),
    ],
    ids=["text-115200", "text-9600", "packed-57600", "preset-9600"],
)
def test_the_rate_is_found(run, device, message, baud, words):
    """By sound frames; what the search heard at other rates is noise, and it wrote no byte."""
    sensor = device(message, baud)
    result = run("sniff", sensor.path, "--for", "500ms", timeout=60)
    assert result.returncode == 0, result
    assert words in result.stdout, result
    assert f"\nbaud = {baud}\n" in result.stdout or 'preset = "pms5003"' in result.stdout
    assert sensor.rates[-1] == baud and sensor.heard == b""


@pytest.mark.timeout(90)
def test_the_rate_is_found_by_either_executable(run, device, either):
    """For programs too: one JSON object."""
    sensor = device(columns, 9600)
    result = run("sniff", sensor.path, "--for", "500ms", "--json", command=either, timeout=60)
    told = json.loads(result.stdout)
    assert result.returncode == 0 and told["found"] and told["baud"] == 9600, result
    assert told["sensors"][0]["samples"] > 10 and told["sensors"][0]["bad_frames"] == 0
    # As fast as it speaks at most; a busy machine makes it speak less.
    assert 5 < told["sensors"][0]["rate"] < 60
    assert sensor.heard == b""


@pytest.mark.timeout(90)
def test_noise_wins_at_no_rate(run, device):
    """A device that speaks at a rate of its own: all rates are tried, and nothing is claimed."""
    sensor = device(columns, 0, hertz=200)
    result = run("sniff", sensor.path, "--for", "200ms", timeout=80)
    assert result.returncode == 1 and "explains half of them at any rate" in result.stderr, result
    assert "[[sensor]]" not in result.stdout
    assert {115200, 9600, 57600, 38400, 19200, 4800, 230400} <= set(sensor.rates)


def test_a_given_rate_is_the_only_one(run, device):
    sensor = device(columns, 4800)
    result = run("sniff", f"serial:{sensor.path}", "--baud", "4800", "--for", "1s")
    assert result.returncode == 0, result
    assert "baud = 4800" in result.stdout and set(sensor.rates) <= {4800, NAMES[termios.B38400]}
    # With the time, the bytes in hexadecimal and the text.
    assert re.search(r"^ +0\.\d{3} s  (\w\w )+ +[\d.,]+$", result.stdout, re.MULTILINE)


def test_silence_is_told(run, device, serial_line, folder):
    """With what to look at, and exit code 1."""
    line = serial_line()
    result = run("sniff", line.path, "--for", "300ms")
    assert result.returncode == 1 and "no byte came in 300ms at serial:" in result.stderr
    assert "look at the wires" in result.stderr
    result = run("sniff", f"unix:{folder}/x.sock", "--for", "300ms")
    assert result.returncode == 1 and "no byte came" in result.stderr
    result = run("sniff", f"{folder}/nothing")
    assert result.returncode == 2 and "a port as in the configuration" in result.stderr


def test_a_socket_and_standard_input_are_ports_too(run, native, folder):
    data = b"".join(columns(number) for number in range(30))
    with (folder / "data").open("wb+") as file:
        file.write(data)
        file.seek(0)
        result = run("sniff", "stdin:", stdin=file)
    assert result.returncode == 0 and "port = \"stdin:\"" in result.stdout, result
    path = folder / "wire.sock"
    process = subprocess.Popen(
        [*native, "sniff", f"unix:{path}", "--for", "2s", "--json"], stdout=subprocess.PIPE
    )
    eventually(path.exists, "the socket")
    line = SocketLine(path)
    line.send(data)
    told = json.loads(process.communicate(timeout=PATIENCE)[0])
    line.close()
    assert told["sensors"][0]["samples"] == 30 and told["port"] == f"unix:{path}"


def test_a_person_ends_it(native, device):
    """Ctrl-C: what came until then is judged."""
    sensor = device(columns, 115200)
    process = subprocess.Popen(
        [*native, "sniff", sensor.path, "--baud", "115200", "--for", "1h"], stdout=subprocess.PIPE
    )
    for _ in range(10):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and b"[[sensor]]" in out


# MARK: the documented devices


PMS = [5, 9, 12, 4, 8, 11, 900, 250, 40, 6, 2, 1, 0]


def sds(n: int) -> bytes:
    body = struct.pack("<2H", 81 + n, 123 - n % 9) + b"\x01\x02"
    return b"\xaa\xc0" + body + bytes([sum(body) & 0xFF, 0xAB])


def mhz(n: int) -> bytes:
    frame = b"\xff\x86" + struct.pack(">H", 415 + n) + bytes([64, 0, 0, 0])
    return frame + bytes([-sum(frame[1:]) & 0xFF])


def radar(n: int) -> bytes:
    body = bytes([2, 0xAA, 3]) + struct.pack("<HBHBH", 120 + n, 60, 95 - n % 5, 80, 101) + b"\x55\0"
    return b"\xf4\xf3\xf2\xf1" + struct.pack("<H", len(body)) + body + b"\xf8\xf7\xf6\xf5"


def packet(n: int) -> bytes:
    data = struct.pack("<f", 2.5 + n / 8)
    return bytes([len(data)]) + data + crc16_modbus(data)


def xy(n: int) -> bytes:
    data = struct.pack("<2h", 1500 + n, -250 - 3 * n)
    return cobs(data + crc16_modbus(data))


def position(n: int) -> bytes:
    return ubx(1, 2, struct.pack("<I4iII", n, -30710988 + n, 593251453 - n, n, 8049, 3154, n))


GGA = "GPGGA,12{:04d},4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"
RMC = "GNRMC,12{:04d},A,4807.038,N,01131.000,E,022.4,084.4,230394,,"

# What each sensor of docs/sensors.md says, message after message.
MESSAGES: dict[str, Callable[[int], bytes]] = {
    "boiler": lambda n: f"{21 + n % 7}.5\r\n".encode(),
    "wrist": lambda n: f"0.{n:02d},-0.02,0.99,1.5,-{n},0\n".encode(),
    "scale": lambda n: f"{12 + n % 7}.5\r\n".encode(),
    "plotter": lambda n: f"Temp:{20 + n % 9}.4\tHum:55.{n % 10}\r\n".encode(),
    "logger": lambda n: f"-{n % 10},4;1013,2{n % 10}\r\n".encode(),
    "columns": lambda n: b"time_s\ttemp_C\trh_pct\tlux\n" if n % 20 == 0
    else f"{n}\t21.{n % 10}\t40\t310\n".encode(),
    "flow": lambda n: f"    95.{n % 90 + 10}    21.2     {n % 10}\n".encode(),
    "radio": lambda n: f"{1000 + 20 * n},0.25,-{n}\n".encode(),
    "esp": lambda n: f'{{"temperature":21.{n % 10},"humidity":{n},"up":nan}}\n'.encode(),
    "tasmota": lambda n: (
        f'{{"SI7021":{{"Temperature":17.{n % 10},"Humidity":62.5}},"TempUnit":"C"}}\n'.encode()
    ),
    "dust": lambda n: plantower([n, *PMS[1:]]),
    "nova": sds,
    "air": mhz,
    "radar": radar,
    "acceleration": lambda n: wit(0x51, (2048 + n, -4096, 32767 - n)),
    "angle": lambda n: wit(0x53, (16384 - n, -8192, n)),
    "gps": lambda n: nmea(GGA.format(n)),
    "wind": lambda n: nmea(f"WIMWV,2{n % 10}4.8,R,0.1,K,A"),
    "sounder": lambda n: nmea(f"SDDPT,2.{n % 10},0.5"),
    "position": position,
    "course": lambda n: nmea(RMC.format(n)),
    "sheet": marked,
    "cobs": xy,
    "packet": packet,
}  # fmt: skip
# Without a mark, a check or a silence no byte says where a number begins; a CAN bus is no file; a
# Modbus says nothing unless it is asked; what is joined comes from two wires; and of a device with
# a driver the Linux kernel knows the channels.
UNKNOWABLE = {"microphone", "usb-microphone", "engine", "meter", "climate", "pump", "tank"}
UNKNOWABLE |= {"housing", "shaft", "bearing", "motion"}
# What the table has to name them.
PRESETS = {
    "dust": "pms5003", "nova": "sds011", "air": "mh-z19", "radar": "ld2410",
    "acceleration": "witmotion-acceleration", "angle": "witmotion-angle",
    "position": "ubx-nav-posllh",
}  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [case.values[1] for case in blocks() if not UNKNOWABLE & set(case.values[1])],
    ids=lambda names: "+".join(names),
)
def test_the_documented_devices_are_found(run, start, folder, names):
    """And what is written for one reads it: nine of ten frames at least are sound."""
    data = b"".join(MESSAGES[name](number) for number in range(60) for name in names)
    (folder / "wire.bin").write_bytes(data)
    result = run("sniff", f"file:{folder}/wire.bin", "--json")
    told = json.loads(result.stdout)
    assert result.returncode == 0 and told["explained"] >= 0.9, result
    for name in names:
        assert name not in PRESETS or f'preset = "{PRESETS[name]}"' in told["toml"]
    wired = re.sub(r'^port = ".*"$', 'port = "unix:wire.sock"', told["toml"], flags=re.MULTILINE)
    agent = start(configuration=f"{OWN}\n{wired}")
    line = SocketLine(folder / "wire.sock")
    line.send(data)
    frames = len(names) * 60
    found = eventually(lambda: enough(run, folder, 0.9 * frames - 3), "the samples", 20)
    assert sum(sensor["bad_frames"] for sensor in found) <= 0.1 * frames, told["toml"]
    line.close()
    agent.stop()


def enough(run, folder, samples: float) -> list[dict] | None:
    time.sleep(0.3)
    answer = run("status", "--json", "--socket", folder / "control.sock")
    sensors = json.loads(answer.stdout)["sensor_list"]
    return sensors if sum(sensor["samples"] for sensor in sensors) >= samples else None


def test_each_documented_device_is_tried():
    names = {name for case in blocks() for name in case.values[1]}
    assert names == set(MESSAGES) | UNKNOWABLE


# MARK: init


@pytest.mark.timeout(90)
def test_init_writes_what_check_takes(run, device, folder):
    """With an option for each question nothing is asked."""
    sensor = device(columns, 9600)
    file = folder / "edgeagent.toml"
    words = ["init", "--port", sensor.path, "--for", "500ms", "--name", "boiler", "--field", "v1"]
    words += ["--above", "30", "--output", file, "--yes"]
    result = run(*words, timeout=60)
    assert result.returncode == 0, result
    text = file.read_text()
    assert 'source = "sensor:boiler.v1"' in text and "\nabove = 30.0\n" in text
    assert f'port = "serial:{sensor.path}"' in text and "baud = 9600" in text
    checked = run("check", "--config", file)
    assert checked.returncode == 0, checked
    # It overwrites nothing that it was not told to.
    again = run(*words, timeout=60)
    assert again.returncode == 1 and "is there already" in again.stderr
    assert file.read_text() == text
    forced = run(*[word if word != "30" else "31" for word in words], "--force", timeout=60)
    assert forced.returncode == 0 and "above = 31.0" in file.read_text(), forced


@pytest.mark.timeout(90)
def test_init_asks(native, device, folder):
    """Each question once more where the answer means nothing."""
    sensor = device(columns, 115200)
    answers = f"{sensor.path}\nnine\n2\nabove much\nbelow 5\n\n"
    result = subprocess.run(
        [*native, "init", "--for", "500ms"], input=answers, capture_output=True, text=True,
        timeout=60, cwd=folder,
    )  # fmt: skip
    assert result.returncode == 0, result
    assert result.stdout.count("that was not understood") == 2
    text = (folder / "edgeagent.toml").read_text()
    assert 'source = "sensor:sensor.v2"' in text and "\nbelow = 5.0\n" in text
    cut = subprocess.run(
        [*native, "init", "--for", "500ms"], input=f"{sensor.path}\n", capture_output=True,
        text=True, timeout=60, cwd=folder,
    )  # fmt: skip
    assert cut.returncode == 1 and "answer it with --field" in cut.stderr


@pytest.mark.parametrize(
    "words",
    [["--yes"], ["--above", "1", "--below", "2"], ["--above", "much"], ["--port", "nowhere"],
     ["--for", "soon"], ["--name", "a b"]],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_option_waits_for_no_sensor(run, words):
    assert run("init", *words, timeout=5).returncode == 2


# MARK: watch


def test_watch_shows_values_and_bad_frames(run, start, socket_line, folder):
    agent = start(publish='["alerts"]')
    line = socket_line()
    line.send(b"0.25\nbroken line\n0.5\n")
    socket = ["--socket", folder / "control.sock"]

    def told() -> dict | None:
        time.sleep(0.3)  # who connects without a pause is hung up on
        result = run("watch", "gauge", "--json", "--count", "1", *socket)
        assert result.returncode == 0, result
        answer = json.loads(result.stdout)
        return answer if answer["samples"] == 2 and answer["bad_frames"] == 1 else None

    answer = eventually(told, "two samples and a bad frame")
    assert answer["values"] == {"level": 0.5} and answer["units"] == {"level": "g"}
    assert answer["bad_frame"]["bytes"].startswith('"broken line" (62 72 6f')
    assert answer["bad_frame"]["why"]
    people = run("watch", "gauge", "--count", "2", *socket)
    assert people.returncode == 0 and len(people.stdout.splitlines()) == 2
    assert "level=0.5 g" in people.stdout and "broken line" in people.stdout
    assert "\x1b" not in people.stdout
    wrong = run("watch", "gage", *socket)
    assert wrong.returncode == 1 and 'did you mean "gauge"?' in wrong.stderr
    agent.stop()


def test_watch_ends_with_a_person_and_with_the_agent(native, start, folder):
    agent = start()
    words = [*native, "watch", "gauge", "--socket", str(folder / "control.sock")]
    watching = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for process in watching:
        assert process.stdout.readline()
    watching[0].send_signal(signal.SIGINT)
    assert watching[0].wait(PATIENCE) == 0
    agent.stop()
    _, fault = watching[1].communicate(timeout=PATIENCE)
    assert watching[1].returncode == 1 and b"the agent has gone" in fault
    for process in watching:
        process.stdout.close()
        process.stderr.close()


@pytest.mark.parametrize(
    ("keys", "wire", "shown"),
    [
        ("", b"1.5,2\n", '"1.5,2"'),
        ('framing = "cobs"\nfields = ["v"]', b"\x02\x11\x00", "02 11"),
        ('framing = "slip"\nfields = ["v"]', b"\x01\xdb\x01\xc0", "01 db 01"),
        ('framing = "hdlc"\nfields = ["v"]', b"\x7e\x01\x02\x03\x04\x05\x7e", "01 02 03"),
        ('framing = "length"\nfields = ["v"]', b"\x04abcdXX", "04 61 62 63 64 58 58"),
        ('framing = "sync"\nstart = "AA"\nframe_bytes = 6\nchecksum = "sum8"\nfields = ["v"]',
         b"\xaa\x01\x02\x03\x04\x00", "aa 01 02 03 04 00"),
        ('framing = "nmea"\nsentence = "GGA"\nfields = ["alt"]', b"$GPGGA,1*00\r\n", "$GPGGA,1*00"),
        ('framing = "ubx"\nmessage = "01 02"\nfields = ["v"]',
         b"\xb5\x62\x01\x02\x04\x00abcdXX", "b5 62 01 02"),
        ('preset = "sds011"', b"\xaa\xc0" + b"\x01" * 7 + b"\xab", "aa c0 01 01"),
        ("", b"half", '"half"'),
    ],
    ids=["line", "cobs", "slip", "hdlc", "length", "sync", "nmea", "ubx", "preset", "a pause"],
)  # fmt: skip
def test_the_log_shows_each_bad_frame(start, folder, keys, wire, shown):
    """Whatever cut it: as text where it is text, and in hexadecimal."""
    fields = keys if "fields" in keys or "preset" in keys else keys + '\nfields = ["v"]'
    sensor = f'[[sensor]]\nname = "s"\nport = "unix:wire.sock"\n{fields}\n'
    agent = start(configuration=f"{OWN}\n{sensor}")
    line = SocketLine(folder / "wire.sock")
    line.send(wire)
    told = agent.says("bad frame")
    assert shown in told, told
    assert re.search(r"\b[0-9a-f]{2} [0-9a-f]{2}", told), told
    line.close()
    agent.stop()
