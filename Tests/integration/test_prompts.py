"""Goal: a device that sends only when it is told to is connected by its lines of configuration.
Method: devices on a pseudo-terminal and behind a socket that answer what they are told, and count
it; the shipped executable."""

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent import PATIENCE, SerialLine, eventually
from conftest import OWN
from test_limits import allocations

HEAD = f'{OWN}publish = ["samples"]\n'
READ_CO2 = bytes.fromhex("FF 01 86 00 00 00 00 00 79")


def co2(ppm: int, celsius: int) -> bytes:
    """What a Winsen MH-Z19 replies: the sum of bytes 1 to 7, and its check, is 0."""
    frame = bytes([0xFF, 0x86]) + ppm.to_bytes(2, "big") + bytes([celsius + 40, 0, 0, 0])
    return frame + bytes([-sum(frame[1:]) & 0xFF])


class Device:
    """Answers each whole command that comes, and nothing else."""

    def __init__(self, descriptor: int, command: bytes, answer: Callable[[int], bytes]):
        self.told, self.strays = 0, b""
        self._descriptor, self._command, self._answer = descriptor, command, answer
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        waiting = b""
        while not self._ends.is_set():
            if not select.select([self._descriptor], [], [], 0.02)[0]:
                continue
            try:
                waiting += os.read(self._descriptor, 4096)
            except OSError:
                time.sleep(0.02)  # EIO: no process has the other end open
                continue
            while waiting.startswith(self._command):
                waiting = waiting[len(self._command) :]
                self.told += 1
                os.write(self._descriptor, self._answer(self.told))
            self.strays = waiting if not self._command.startswith(waiting) else b""

    def close(self) -> None:
        self._ends.set()
        self._thread.join(PATIENCE)


@contextmanager
def device(descriptor: int, command: bytes, answer: Callable[[int], bytes]) -> Iterator[Device]:
    one = Device(descriptor, command, answer)
    yield one
    one.close()


def sensor(port: str, more: str) -> str:
    return f'{HEAD}\n[[sensor]]\nname = "air"\nport = "{port}"\ndead_man = false\n{more}\n'


def test_a_gas_sensor_by_its_name(start, serial_line):
    """Seven lines, no other program: the preset knows what to say."""
    line = serial_line()
    with device(line.controller, READ_CO2, lambda count: co2(400 + count, 21)) as winsen:
        text = sensor(f"serial:{line.path}", 'preset = "mh-z19"\nrate = 20')
        agent = start(configuration=text)
        samples = agent.subscribe().events("sample", 20, sensor="air")
        log = agent.stop()
    values = [sample["values"] for sample in samples]
    assert all(value["temp"] == 21 for value in values)
    assert [value["co2"] for value in values] == [values[0]["co2"] + step for step in range(20)]
    assert winsen.told >= 20 and winsen.strays == b""
    assert allocations(log) == 0


def test_the_first_answer_counts(start, serial_line):
    """Of a device that answers at once, and is told once in an hour."""
    line = serial_line()
    with device(line.controller, READ_CO2, lambda count: co2(400 + count, 21)):
        text = sensor(f"serial:{line.path}", 'preset = "mh-z19"\nrate = 0.001')
        agent = start(configuration=text)
        (sample,) = agent.subscribe().events("sample", 1, sensor="air")
        assert sample["values"]["co2"] == 401
        agent.stop()


def test_two_prompts_on_one_line_have_a_pause(start, serial_line):
    """Both devices are told, and never in one piece."""
    line = serial_line()
    pieces: list[bytes] = []
    fields = 'framing = "sync"\nframe_bytes = 4\nfields = [{ name = "v", type = "uint8", at = 2 }]'
    text = sensor(f"serial:{line.path}", f'prompt = "A"\nstart = "01 02"\nrate = 5\n{fields}')
    other = sensor(f"serial:{line.path}", f'prompt = "B"\nstart = "03 04"\nrate = 5\n{fields}')
    text += other.removeprefix(HEAD).replace('"air"', '"soil"')
    agent = start(configuration=text)
    deadline = time.monotonic() + PATIENCE
    while sum(map(len, pieces)) < 20 and time.monotonic() < deadline:
        if select.select([line.controller], [], [], 0.5)[0]:
            pieces.append(os.read(line.controller, 64))
        time.sleep(0.001)
    agent.stop()
    told = b"".join(pieces)
    assert told.count(b"A") >= 8 and told.count(b"B") >= 8
    assert all(len(piece) == 1 for piece in pieces)


def test_it_is_told_as_often_as_declared(start, serial_line):
    line = serial_line()
    with device(line.controller, b"MEAS?\r\n", lambda count: b"%d.5\r\n" % count) as scale:
        text = sensor(f"serial:{line.path}", 'prompt = "MEAS?\\r\\n"\nfields = ["kg"]\nrate = 10')
        agent = start(configuration=text)
        agent.subscribe().events("sample", 5, sensor="air")
        begin, told = time.monotonic(), scale.told
        time.sleep(2)
        count, seconds = scale.told - told, time.monotonic() - begin
        agent.stop()
    # Not more often, however slow this machine is; and not never.
    assert 5 <= count <= seconds * 10 + 2


def test_it_is_told_again_when_it_comes_back(start, folder):
    """A converter that was pulled: another device under the same name, told at once."""
    name = folder / "air"
    text = sensor(f"serial:{name}", 'preset = "mh-z19"\nrate = 0.2')
    first = SerialLine()
    name.symlink_to(first.path)
    with device(first.controller, READ_CO2, lambda _: co2(401, 20)):
        agent = start(configuration=text)
        subscriber = agent.subscribe()
        (sample,) = subscriber.events("sample", 1, sensor="air")
        assert sample["values"]["co2"] == 401
    first.close()
    subscriber.events("sensor", 1, state="lost")
    second = SerialLine()
    name.unlink()
    name.symlink_to(second.path)
    with device(second.controller, READ_CO2, lambda _: co2(402, 20)):
        sample = subscriber.events("sample", 2, sensor="air")[-1]
        assert sample["values"]["co2"] == 402
        agent.stop()
    second.close()


def test_a_device_that_takes_nothing_delays_no_other(start, serial_line, folder):
    """Nobody reads what the agent writes: the line is full after a while, and that is all."""
    deaf, well = serial_line(), serial_line()
    text = sensor(f"serial:{deaf.path}", f'prompt = "{"x" * 50}"\nfields = ["v"]\nrate = 100')
    text += f'\n[[sensor]]\nname = "well"\nport = "serial:{well.path}"\nrate = 100\n'
    text += 'fields = ["v"]\n'
    agent = start(configuration=text)
    subscriber = agent.subscribe()
    well.opened_by(agent)
    for count in range(300):
        well.send(b"%d\n" % count)
        time.sleep(0.01)
    samples = subscriber.events("sample", 300, sensor="well")
    assert [sample["values"]["v"] for sample in samples[:300]] == list(range(300))
    assert allocations(agent.stop()) == 0


def test_a_device_behind_a_socket(start, folder):
    path = folder / "device.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    text = sensor(f"unix-connect:{path}", 'prompt = "hex:05"\nfields = ["v"]\nrate = 20')
    agent = start(configuration=text)
    listener.settimeout(PATIENCE)
    connection, _ = listener.accept()
    with device(connection.fileno(), b"\x05", lambda count: b"%d\n" % count) as one:
        agent.subscribe().events("sample", 10, sensor="air")
        agent.stop()
    assert one.told >= 10
    connection.close()
    listener.close()


@pytest.mark.parametrize(
    "port, more, message",
    [
        ("serial:/dev/null", 'prompt = "x"\nrate = 101', "write rate = 100.00 or less"),
        ("serial:/dev/null", 'prompt = "12345678"\nrate = 8\nbaud = 1200', "rate = 7.50 or less"),
        ("stdin:", 'prompt = "x"', "goes only with a port that is serial:, unix: or unix-connect:"),
        ("serial:/dev/null", 'prompt = ""', "bytes as text, or as"),
        ("serial:/dev/null", 'prompt = "hex:0"', "bytes as text, or as"),
        ("serial:/dev/null", 'prompt = "x"\nframing = "modbus-rtu"', '"prompt" in [[sensor]] goes'),
    ],
)
def test_a_wrong_prompt_has_its_place(run, folder: Path, port: str, more: str, message: str):
    file = folder / "wrong.toml"
    place = ", register = 0" if "modbus" in more else ""
    file.write_text(sensor(port, f'{more}\nfields = [{{ name = "v"{place} }}]'))
    result = run("check", "--config", file)
    assert result.returncode == 78 and message in result.stderr and "wrong.toml:" in result.stderr


def test_sniff_tells_the_device(run, serial_line, folder):
    """Without `--prompt` nothing comes, and nothing is written; with it the table has it."""
    line = serial_line()
    with device(line.controller, b"MEAS?\r\n", lambda count: b"%d.5;7\r\n" % count) as scale:
        quiet = run("sniff", line.path, "--baud", "9600", "--for", "1s")
        assert quiet.returncode == 1 and scale.told == 0
        words = ["--baud", "9600", "--prompt", "MEAS?\\r\\n", "--for", "5s"]
        found = run("sniff", line.path, *words)
        assert found.returncode == 0, found
        assert scale.told >= 4 and scale.strays == b""
    path = folder / "air.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with device(connection.fileno(), READ_CO2, lambda count: co2(400 + count, 21)):
            time.sleep(4)

    threading.Thread(target=serve, daemon=True).start()
    words = ["--prompt", "hex:FF 01 86 00 00 00 00 00 79", "--for", "3s"]
    behind = run("sniff", f"unix-connect:{path}", *words)
    listener.close()
    # On a serial line the preset has it; a program behind a socket is told only what is written.
    assert 'preset = "mh-z19"' in behind.stdout and "hex:ff 01 86" in behind.stdout.lower(), behind
    assert 'prompt = "MEAS?\\r\\n"' in found.stdout and "semicolon" in found.stdout


def test_record_says_that_the_agent_has_to_ask(run, folder, serial_line):
    file = folder / "edgeagent.toml"
    file.write_text(sensor(f"serial:{serial_line().path}", 'preset = "mh-z19"'))
    result = run("record", "air", "--config", file, "--output", folder / "air.rec")
    assert result.returncode == 1 and "start the agent" in result.stderr
    assert not (folder / "air.rec").exists()


def test_presets_ask_no_program_behind_a_socket(start, folder):
    """It knows its device."""
    text = sensor(f"unix:{folder}/air.sock", 'preset = "mh-z19"')
    agent = start(configuration=text)
    eventually(lambda: (folder / "air.sock").exists(), "a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as producer:
        producer.connect(str(folder / "air.sock"))
        producer.sendall(co2(500, 20))
        agent.subscribe().events("sensor", 0)
        producer.settimeout(1)
        with pytest.raises(TimeoutError):
            producer.recv(1)
    agent.stop()
