"""Goal: the agent is a master that units of other makers answer, and that no unit can lead astray.
Method: pymodbus and libmodbus as units behind a pair of pseudo-terminals; a scripted unit for what
no sound one does."""

import asyncio
import ctypes
import ctypes.util
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from agent import eventually
from conftest import OWN, absent
from test_limits import allocations
from modbus import Cable, Registers, Slave, checked, floats, on_socket, pseudo_terminal

HEAD = f'{OWN}publish = ["samples"]\n\n'
FIELDS = """fields = [
  { name = "volts", function = 4, register = 0, type = "float32" },
  { name = "amps", function = 4, register = 6, type = "float32" },
  { name = "temp", function = 3, register = 256, type = "int16", scale = 0.1 },
  { name = "swapped", function = 3, register = 257, type = "uint32", word_order = "CDAB" },
  { name = "door", coil = 3 },
  { name = "alarm", function = 2, coil = 9 },
]
"""
VALUES = {"volts": 230.5, "amps": 1.25, "temp": -12.3, "swapped": 0x12345678, "door": 1, "alarm": 0}
INPUTS = floats({0: 230.5, 6: 1.25})
HOLDING = {256: -123 & 0xFFFF, 257: 0x5678, 258: 0x1234}


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = Cable()
    yield cable
    cable.close()


def sensor(port: str, more: str, name: str = "meter") -> str:
    return (
        f'[[sensor]]\nname = "{name}"\nport = "{port}"\nframing = "modbus-rtu"\n'
        f"dead_man = false\n{more}\n"
    )


@pytest.fixture
def status(native: list[str], folder: Path) -> Callable[[str], dict]:
    """What the agent tells of a sensor."""

    def ask(name: str = "meter") -> dict:
        time.sleep(0.3)  # who asks without a pause is hung up on
        command = [*native, "status", "--json", "--config", str(folder / "edgeagent.toml")]
        told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return next(s for s in told["sensor_list"] if s["sensor"] == name)

    return ask


def judge(agent, values: dict[str, float], name: str = "meter") -> None:
    samples = agent.subscribe().events("sample", 3, sensor=name)
    for sample in samples:
        assert sample["values"] == {field: pytest.approx(v) for field, v in values.items()}


class PyModbusUnit:
    """pymodbus' server in a thread of its own."""

    def __init__(self, path: str):
        def words(table: dict[int, int]) -> list[SimData]:
            return [
                SimData(address, values=[word], datatype=DataType.REGISTERS)
                for address, word in table.items()
            ]

        bits = [SimData(0, values=[n == 3 for n in range(16)], datatype=DataType.BITS)]
        device = SimDevice(1, simdata=(bits, bits, words(HOLDING), words(INPUTS)))
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()

        async def serve() -> None:
            self._server = ModbusSerialServer(device, port=path, baudrate=19_200)
            await self._server.serve_forever(background=True)
            self._is_up.set()
            self._end = asyncio.Event()
            await self._end.wait()
            await self._server.shutdown()

        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),))
        self._thread.start()
        assert self._is_up.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()


class Mapping(ctypes.Structure):
    """`modbus_mapping_t` of modbus.h."""

    _fields_ = [
        *((name, ctypes.c_int) for name in (
            "nb_bits", "start_bits", "nb_input_bits", "start_input_bits",
            "nb_input_registers", "start_input_registers", "nb_registers", "start_registers")),
        ("tab_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("tab_input_registers", ctypes.POINTER(ctypes.c_uint16)),
        ("tab_registers", ctypes.POINTER(ctypes.c_uint16)),
    ]  # fmt: skip


class LibModbusUnit:
    """libmodbus' own loop in a thread: receive, reply."""

    def __init__(self, path: str):
        name = ctypes.util.find_library("modbus")
        if not name:
            absent("libmodbus is not there: Tests/integration/install-tools")
        self._library = library = ctypes.CDLL(name, use_errno=True)
        library.modbus_new_rtu.restype = ctypes.c_void_p
        library.modbus_mapping_new.restype = ctypes.POINTER(Mapping)
        self._context = ctypes.c_void_p(
            library.modbus_new_rtu(path.encode(), 19_200, ctypes.c_char(b"N"), 8, 1)
        )
        library.modbus_set_slave(self._context, 1)
        library.modbus_set_indication_timeout(self._context, 0, 200_000)
        self._mapping = library.modbus_mapping_new(16, 16, 300, 300)
        table = self._mapping.contents
        for address, word in HOLDING.items():
            table.tab_registers[address] = word
        for address, word in INPUTS.items():
            table.tab_input_registers[address] = word
        table.tab_bits[3] = 1
        assert library.modbus_connect(self._context) == 0
        self._is_over = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        query = ctypes.create_string_buffer(256)
        while not self._is_over:
            count = self._library.modbus_receive(self._context, query)
            if count > 0:
                self._library.modbus_reply(self._context, query, count, self._mapping)

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self._library.modbus_close(self._context)


@pytest.mark.parametrize("made_by", [PyModbusUnit, LibModbusUnit])
def test_units_of_other_makers_answer(start, cable, made_by):
    unit = made_by(cable.ends[1])
    try:
        keys = f"baud = 19200\nrate = 5\n{FIELDS}"
        agent = start(configuration=HEAD + sensor(f"serial:{cable.ends[0]}", keys))
        judge(agent, VALUES)
        assert allocations(agent.stop()) == 0
    finally:
        unit.close()


def test_an_unplugged_line_is_asked_again_when_it_is_back(start, folder):
    """A serial server that goes and comes: the first cycle begins when the line is there."""
    units = Registers({(1, 3): {0: 7}})
    agent = start(
        configuration=HEAD
        + sensor("unix:bus.sock", 'interval = "200ms"\nfields = [{ name = "v", register = 0 }]')
    )
    subscriber = agent.subscribe()
    slave = on_socket(folder / "bus.sock", units)
    subscriber.events("sample", 3)
    slave.close()
    agent.says("a producer left")
    before = len(subscriber.events("sample", 0))
    slave = on_socket(folder / "bus.sock", units)
    subscriber.events("sample", before + 3)
    assert all(sample["values"] == {"v": 7} for sample in subscriber.events("sample", 0))
    slave.close()
    agent.stop()


def test_a_second_program_does_not_take_the_bus(start, folder):
    """The line that answers keeps its place, however rarely it is asked."""
    agent = start(
        configuration=HEAD
        + sensor("unix:bus.sock", 'interval = "1500ms"\nfields = [{ name = "v", register = 0 }]')
    )
    subscriber = agent.subscribe()
    slave = on_socket(folder / "bus.sock", Registers({(1, 3): {0: 7}}))
    subscriber.events("sample")
    time.sleep(1.2)  # longer than a producer that sends by itself may be silent
    other = on_socket(folder / "bus.sock", Registers({(1, 3): {0: 8}}))
    agent.says("refused one more producer than 1")
    samples = subscriber.events("sample", 3)
    assert all(sample["values"] == {"v": 7} for sample in samples)
    other.close()
    slave.close()
    agent.stop()


def test_two_sensors_share_a_bus_and_a_silent_unit_costs_its_time_outs(start, status):
    """The one that answers is asked ten times a second, beside a unit that is not there."""
    controller, path = pseudo_terminal()
    slave = Slave(controller, Registers({(1, 3): {0: 11}}, delay=0.002))
    agent = start(
        configuration=HEAD
        + sensor(
            f"serial:{path}",
            'rate = 10\ntimeout = "100ms"\nfields = [{ name = "v", register = 0 }]', "here")
        + sensor(
            f"serial:{path}",
            'unit_id = 9\nrate = 1\ntimeout = "100ms"\nfields = [{ name = "v", register = 0 }]',
            "gone")
    )  # fmt: skip
    subscriber = agent.subscribe()
    samples = subscriber.events("sample", 40)
    assert {sample["sensor"] for sample in samples} == {"here"}
    eventually(
        lambda: status("gone")["modbus"]["timeouts"] >= 3, "time-outs of the unit that is not there"
    )
    # Once it is known to be silent, a cycle costs one time-out: no unit is asked in vain twice.
    # A request a cycle, and one more in the first.
    asked = [request[0] for request in slave.requests]
    begins = 1 + (slave.times[-1] - slave.times[0]) / 1.0
    assert asked.count(9) <= begins + 2
    line = agent.says("sensor gone: unit 9, function 3, register 0: no answer within 100 ms")
    assert "is the unit there" in line
    agent.stop()
    slave.close()


def test_a_fault_is_told_with_its_place_and_its_bytes(start, folder, status):
    """An exception, a damaged answer and half an answer, each with the request and what came."""

    def answer(request: bytes, nth: int):
        place = request[3]
        sound = checked(bytes([1, 3, 2, 0, 5]))
        broken = {0: checked(b"\x01\x83\x02"), 1: sound[:-1] + b"\x00", 2: sound[:4]}[place]
        return [(0.005, sound if nth else broken)]

    fields = ", ".join(f'{{ name = "v{n}", register = {n} }}' for n in range(3))
    polls = ", ".join(f"{{ register = {n}, count = 1 }}" for n in range(3))
    # So long, that no busy machine makes a time-out of the others.
    keys = 'interval = "4s"\nretries = 0\ntimeout = "2s"\n'
    keys += f"polls = [{polls}]\nfields = [{fields}]"
    agent = start(configuration=HEAD + sensor("unix:bus.sock", keys))
    subscriber = agent.subscribe()
    slave = on_socket(folder / "bus.sock", answer)
    (sample,) = subscriber.events("sample")[:1] or [None]
    assert sample["values"] == {"v0": 5.0, "v1": 5.0, "v2": 5.0}
    told = eventually(
        lambda: (now := status())["modbus"]["answers"] >= 3 and now, "what the agent has counted"
    )
    asked = told["modbus"]
    assert (asked["exceptions"], asked["crc_errors"], asked["broken"]) == (1, 1, 1)
    assert told["bad_frames"] == 3
    assert "register 0: exception 2" in agent.log and "01 83 02 c0 f1" in agent.log.lower()
    slave.close()
    summary = agent.stop()
    for words in ("answered by an exception", "wrong checksum", "not whole"):
        assert words in summary + agent.log


def test_check_tells_the_requests_and_a_cycle_that_cannot_fit(native, folder):
    file = folder / "edgeagent.toml"

    def check(more: str) -> subprocess.CompletedProcess:
        file.write_text(OWN + "\n" + sensor("unix:bus.sock", more))
        return subprocess.run(
            [*native, "check", "--config", str(file)], capture_output=True, text=True)

    found = check("rate = 5\n" + FIELDS)
    assert found.returncode == 0, found.stderr
    for words in (
        "unit 1, function 4, registers 0 to 1: volts",
        "unit 1, function 3, registers 256 to 258: temp, swapped",
        "unit 1, function 2, coil 9: alarm",
    ):
        assert words in found.stdout, found.stdout
    command = [*native, "check", "--json", "--config", str(file)]
    (told,) = json.loads(subprocess.check_output(command))["requests"]
    assert (told["sensor"], told["every"], len(told["asks"])) == ("meter", "200ms", 5)
    port = 'port = "serial:/dev/ttyUSB0"\nbaud = 1200\n'
    file.write_text(
        OWN + "\n" + sensor("unix:bus.sock", "rate = 5\n" + FIELDS).replace(
            'port = "unix:bus.sock"\n', port))
    found = subprocess.run(
        [*native, "check", "--config", str(file)], capture_output=True, text=True)
    assert found.returncode == 78
    for words in ("the requests of a cycle take", "write a longer interval"):
        assert words in found.stderr


def test_replay_needs_no_bus(native, folder):
    """A recording of a sensor that is asked plays without anybody to ask."""
    file = folder / "edgeagent.toml"
    file.write_text(
        HEAD
        + sensor("serial:/dev/none", "rate = 5\n" + FIELDS)
        + '[[alert]]\nname = "hot"\nsource = "sensor:meter.temp"\nabove = 30\n'
        + 'outputs = ["socket"]\n'
    )
    rows = [[230, 1, 20, 5, 0, 1], [230, 1, 35.5, 5, 0, 1], [230, 1, 21, 5, 0, 1]]
    recording = folder / "day.csv"
    names = list(VALUES)
    recording.write_text("\n".join(",".join(map(str, row)) for row in [names, *rows]) + "\n")
    found = subprocess.run(
        [*native, "replay", "--config", str(file), str(recording)], capture_output=True, text=True,
        timeout=60)  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "hot" in found.stdout
