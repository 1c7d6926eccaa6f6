"""Goal: one sensor gives the same samples, scores and alerts whatever line it is on.
Method: a model worked out by hand, so that every score is known; a real fall for the real one."""

import os
import socket
import struct
import subprocess
import time

import pytest

import level
from agent import eventually
from conftest import OWN
from signals import (
    BINARY,
    DECODINGS,
    FRAMINGS,
    RAISE,
    as_binary,
    crc16_modbus,
    frames,
    in_cobs,
    lines,
    wandering,
)

PORTS = ["serial", "unix", "stdin", "file"]


def feed(port, data, start, folder, serial_line, socket_line, **options):
    """Starts an agent with a subscriber on that port, then sends it the data."""
    if port == "serial":
        line = serial_line()
        agent = start(f"serial:{line.path}", **options)
        subscriber = agent.subscribe()
        line.opened_by(agent).send(data)
    elif port == "unix":
        agent = start("unix:sensor.sock", **options)
        subscriber = agent.subscribe()
        socket_line().send(data)
    elif port == "stdin":
        agent = start("stdin:", stdin=subprocess.PIPE, **options)
        subscriber = agent.subscribe()
        agent.process.stdin.write(data)
        agent.process.stdin.flush()
    else:
        # A named pipe: a regular file may be read before anybody has subscribed.
        os.mkfifo(folder / "pipe")
        agent = start("file:pipe", **options)
        subscriber = agent.subscribe()
        with open(folder / "pipe", "wb") as pipe:
            pipe.write(data)
    return agent, subscriber


@pytest.mark.parametrize("port", PORTS)
def test_every_port_gives_the_same_samples_scores_and_alert(
    start, folder, serial_line, socket_line, port
):
    """The alert comes with the seventh sample, whichever line the sensor is on."""
    agent, subscriber = feed(port, lines(RAISE), start, folder, serial_line, socket_line)
    samples = subscriber.events("sample", len(RAISE))
    assert [sample["values"]["level"] for sample in samples] == RAISE
    assert [sample["sample"] for sample in samples] == list(range(1, len(RAISE) + 1))
    for label in level.LABELS:
        expected = [score[label] for score in level.scores(RAISE)]
        assert subscriber.scores(len(expected), label) == expected
    (alert,) = subscriber.events("alert")
    assert (alert["state"], alert["sample"], alert["score"]) == ("raised", 7, 0.75)
    assert alert["agent"] == "bench-1" and alert["sensor"] == "gauge"
    if port in ("serial", "unix"):
        agent.stop()
        return
    if port == "stdin":
        agent.process.stdin.close()
    assert agent.ends() == 0, "read to its end, it has nothing left to do: " + agent.log


@pytest.mark.parametrize("port", ["serial", "unix"])
def test_an_emulated_board_gives_the_same(start, serial_line, socket_line, either, port):
    """The executables of both architectures agree on samples, scores and alerts."""
    values = wandering(200, seed=4)
    line = serial_line() if port == "serial" else None
    agent = start(f"serial:{line.path}" if line else "unix:sensor.sock", command=either)
    subscriber = agent.subscribe()
    line = line.opened_by(agent) if line else socket_line()
    line.send_samples(frames(values), subscriber)
    subscriber.has_scored(values)
    agent.stop()


# But not packed numbers in lines: one may hold a line feed, and the configuration refuses that.
CARRIED = [
    (framing, decoding)
    for decoding in DECODINGS
    for framing in FRAMINGS
    if (framing, decoding) != ("line", "binary")
]


@pytest.mark.parametrize("framing, decoding", CARRIED)
def test_every_framing_carries_every_decoding(start, socket_line, framing, decoding):
    """The same values in any dress are the same scores. The test writes the frames with other
    code than the agent reads them with: PyPI's `cobs`, checksums bit by bit."""
    framing_keys, frame = FRAMINGS[framing]
    decoding_keys, payload = DECODINGS[decoding]
    values = wandering(100, seed=1)
    agent = start(sensor=framing_keys + "\n" + decoding_keys)
    subscriber = agent.subscribe()
    socket_line().send_samples([frame(payload(value)) for value in values], subscriber)
    subscriber.has_scored(values)
    agent.stop()


def test_binary_frames_come_through_a_serial_line_untouched(start, serial_line):
    """Bytes that a terminal would act on, among them XON, XOFF, CR and ^C, are only bytes."""
    values = wandering(300, seed=2)
    line = serial_line()
    agent = start(f"serial:{line.path}", sensor=FRAMINGS["cobs"][0] + "\n" + BINARY)
    subscriber = agent.subscribe()
    line.opened_by(agent, boundary=b"\0")
    line.send_samples([in_cobs(as_binary(value)) for value in values], subscriber)
    subscriber.has_scored(values)
    agent.stop()


def test_frames_that_arrive_in_pieces_are_whole(start, socket_line):
    """A byte at a time, the frames are the same."""
    agent = start()
    subscriber = agent.subscribe()
    line = socket_line()
    for byte in lines(RAISE):
        line.send(bytes([byte]))
    subscriber.events("sample", len(RAISE))
    assert subscriber.scores(len(RAISE) - 3) == [score["high"] for score in level.scores(RAISE)]
    agent.stop()


def test_two_producers_do_not_break_each_others_frames(start, socket_line):
    """Each connection has a framer of its own."""
    agent = start()
    subscriber = agent.subscribe()
    one, other = socket_line(), socket_line()
    one.send(b"0.2")
    other.send(b"1.000000\n")
    subscriber.events("sample", 1)
    one.send(b"5\n")
    samples = subscriber.events("sample", 2)
    assert [sample["values"]["level"] for sample in samples] == [1.0, 0.25]
    agent.stop()


def test_a_regular_file_is_read_to_its_end(start, folder):
    """Then nothing is left to do, and the agent ends by itself with exit code 0."""
    (folder / "recording.csv").write_bytes(lines(RAISE))
    agent = start("file:recording.csv", alert='outputs = ["journal"]', ready=False)
    assert agent.ends() == 0, agent.log
    assert "full" in agent.log and "raised" in agent.log


def test_a_fall_raises_the_same_alert_on_every_line(
    start, folder, serial_line, socket_line, fall_model, recordings
):
    """A recorded fall, scored by the model that ships, gives one alert at one sample."""
    recording = recordings / "s16-fall1.csv"
    data = recording.read_bytes().partition(b"\n")[2]
    configuration = FALL.replace('"models"', f'"{fall_model.parents[1]}"')
    seen = {}
    for port in PORTS:
        agent, subscriber = feed(
            port, data, start, folder, serial_line, socket_line,
            # No alert stands that another agent raised.
            configuration=configuration.replace('"state"', f'"state-{port}"'),
        )  # fmt: skip
        (alert, *_) = subscriber.events("alert", state="raised")
        seen[port] = (alert["sample"], alert["score"])
        agent.close()
        (folder / "pipe").unlink(missing_ok=True)
    assert len(set(seen.values())) == 1, seen


FALL = OWN + """\
publish = ["alerts"]

[[sensor]]
name = "wrist"
port = "PORT"
rate = 50
fields = [
  { name = "ax", unit = "g" }, { name = "ay", unit = "g" }, { name = "az", unit = "g" },
  { name = "wx", unit = "deg/s" }, { name = "wy", unit = "deg/s" }, { name = "wz", unit = "deg/s" },
]

[[pipeline]]
name = "fall"
sensor = "wrist"
model = "fall"

[[alert]]
name = "fall"
source = "fall.fall"
above = 0.9
clear_below = 0.6
votes = "2 of 3"
severity = "critical"
outputs = ["socket"]
"""


def test_a_socket_whose_file_was_removed_is_bound_again(start, socket_line, folder):
    """A cleaner of temporary files takes all three away; what is connected goes on."""
    agent = start()
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(b"0.5\n")
    subscriber.events("sample", 1)
    names = ("sensor.sock", "events.sock", "control.sock")
    modes = [(folder / name).stat().st_mode for name in names]
    for name in names:
        (folder / name).unlink()
    removed = time.monotonic()
    for name, mode in zip(names, modes, strict=True):
        # A socket has its rights a moment after its name.
        path = folder / name
        eventually(lambda: path.exists() and path.stat().st_mode == mode, f"{name} again", 4)
    assert time.monotonic() - removed < 4
    agent.says("bound again")
    line.send(b"0.5\n")
    subscriber.events("sample", 2)
    later = agent.subscribe()
    socket_line().send(b"0.5\n")
    later.events("sample", 1)
    agent.stop()


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("unix-dgram", socket.SOCK_DGRAM), ("unix-seqpacket", socket.SOCK_SEQPACKET)],
)
def test_messages_need_no_end_of_line(start, folder, scheme, kind):
    """Each datagram and each packet is whole lines."""
    agent = start(f"{scheme}:sensor.sock")
    subscriber = agent.subscribe()
    with socket.socket(socket.AF_UNIX, kind) as peer:
        peer.connect(str(folder / "sensor.sock"))
        for message in (b"0.5", b"0.25\n", b"0.125\n1"):
            peer.send(message)
    found = [event["values"]["level"] for event in subscriber.events("sample", 4)]
    assert found == [0.5, 0.25, 0.125, 1.0]
    agent.stop()


def test_a_message_too_long_costs_itself_alone(start, folder):
    """One without an end is no line, and of one that is cut the last line is none."""
    agent = start("unix-dgram:sensor.sock", publish='["alerts"]')
    asks = agent.subscribe()

    def latest(sample: int) -> float:
        asked = lambda: asks.write("read gauge") or asks.events("sample", 0, sample=sample)
        eventually(asked, f"sample {sample}")
        return asks.events("sample", 0, sample=sample)[0]["values"]["level"]

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.connect(str(folder / "sensor.sock"))
        peer.send(b"9" * 600)
        peer.send(b"0.5")
        assert latest(1) == 0.5
        # 4,096 bytes of it are read: 455 lines, and one that is cut.
        peer.send(b"0.123456\n" * 700)
        assert latest(456) == 0.123456
        peer.send(b"0.25")
        assert latest(457) == 0.25
    agent.stop()


def test_the_agent_connects_to_somebody_elses_socket(start, folder):
    """And connects again after the other side is gone."""
    path = folder / "theirs.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        agent = start(f"unix-connect:{path}")
        subscriber = agent.subscribe()
        for count in (1, 2):
            peer, _ = server.accept()
            peer.sendall(b"0.5\n")
            subscriber.events("sample", count)
            peer.close()
    agent.stop()


def sync_sensor(name: str, frame_bytes: int, at: int) -> str:
    return f"""
[[sensor]]
name = "{name}"
port = "unix:sensor.sock"
rate = 50
dead_man = false
framing = "sync"
start = "AA 55"
frame_bytes = {frame_bytes}
checksum = "crc16-modbus"
fields = [{{ name = "v", at = {at}, type = "int16" }}]
"""


def sync_frame(frame_bytes: int, number: int) -> bytes:
    body = b"\xaa\x55" + struct.pack("<h", number) + bytes(frame_bytes - 8)
    body += struct.pack("<h", -number)
    return body + struct.pack("<H", crc16_modbus(body))


@pytest.mark.parametrize("order", ["long first", "short first"])
def test_frames_of_one_port_that_begin_alike_go_to_their_sensors(start, socket_line, order):
    """Two sensors of the short frame take other fields of it, and one takes the long frame. A
    short frame does not wait for the bytes of a long one."""
    short = sync_sensor("near", 8, 2) + sync_sensor("far", 8, 4)
    long = sync_sensor("long", 64, 2)
    sensors = long + short if order == "long first" else short + long
    agent = start(configuration=f'{OWN}publish = ["samples"]\n{sensors}')
    subscriber = agent.subscribe()
    line = socket_line()
    for number in range(1, 31):
        # None of them follows before this one was taken.
        if number % 3 == 0:
            line.send(sync_frame(64, number))
            subscriber.events("sample", number // 3, sensor="long")
        else:
            line.send(sync_frame(8, number))
            subscriber.events("sample", number - number // 3, sensor="near")
    # All at once, in pieces that cut frames.
    rest = b"".join(sync_frame(64 if number % 3 == 0 else 8, number) for number in range(31, 61))
    for first in range(0, len(rest), 11):
        line.send(rest[first : first + 11])
    shorts, longs = [n for n in range(1, 61) if n % 3 > 0], list(range(3, 61, 3))
    for sensor, sent in {"near": shorts, "far": [-n for n in shorts], "long": longs}.items():
        samples = subscriber.events("sample", len(sent), sensor=sensor)
        assert [sample["values"]["v"] for sample in samples] == sent, sensor
    agent.stop()


@pytest.mark.parametrize("order", ["all first", "GGA first"])
def test_a_sentence_goes_to_each_sensor_of_a_port_that_asks_for_it(start, socket_line, order):
    """All sentences, and GGA alone."""

    def sensor(name: str, keys: str) -> str:
        return f"""
[[sensor]]
name = "{name}"
port = "unix:sensor.sock"
rate = 50
dead_man = false
framing = "nmea"
decode = "csv"
{keys}
fields = [{{ name = "v", column = 2 }}]
"""

    def sentence(body: str) -> bytes:
        total = 0
        for byte in body.encode():
            total ^= byte
        return f"${body}*{total:02X}\r\n".encode()

    sensors = [sensor("all", ""), sensor("gga", 'sentence = "GGA"')]
    if order == "GGA first":
        sensors.reverse()
    agent = start(configuration=f'{OWN}publish = ["samples"]\n{"".join(sensors)}')
    subscriber = agent.subscribe()
    line = socket_line()
    for number in range(10):
        line.send(sentence(f"GPGGA,{number}") + sentence(f"GPRMC,{number + 100}"))
        events = subscriber.events("sample", 2 * number + 2, sensor="all")
    assert [e["values"]["v"] for e in events] == [n + k for n in range(10) for k in (0, 100)]
    events = subscriber.events("sample", 10, sensor="gga")
    assert [e["values"]["v"] for e in events] == list(range(10))
    agent.stop()
