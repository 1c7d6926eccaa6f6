"""A model small enough to work out by hand: `high` is the mean of the last four samples.

It is written here byte by byte (FlatBuffer slots as in TensorFlow Lite's schema), so that the
tests of everything around a model need no trained one, and know every score exactly.

    x     [1, 4]  Int8, scale 1/64,  zero point 0
    w     [2, 4]  Int8, scale 1/64,  zero point 0: −16 (−¼) for `low`, 16 (¼) for `high`
    bias  [2]     Int32, scale 1/4096: 4096 (1), 0
    y     [1, 2]  Int8, scale 1/256, zero point −128

The multiplier is 1/64 · 1/64 · 256 = 1/16, so y = clamp(−128 + Σ x) without any rounding.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import flatbuffers

WINDOW = 4
LABELS = ["low", "high"]
FULLY_CONNECTED = 9
UNIQUE = 103  # an operator that no int8 model has

_INT32, _INT8 = 2, 9
_FULLY_CONNECTED_OPTIONS = 8


def quantized(value: float) -> int:
    """A sample as the model sees it. Exact for multiples of 1/64 between −2 and 127/64."""
    return max(-128, min(127, round(value * 64)))


def scores(values: list[float], gaps: Iterable[int] = ()) -> list[dict[str, float]]:
    """What the agent has to score for these samples: one score a sample, from the fourth on.

    gaps: how many samples came before each gap; no window spans one."""
    cuts = [0, *sorted(set(gaps)), len(values)]
    runs = [values[first:end] for first, end in zip(cuts, cuts[1:])]
    return [
        {label: (byte + 128) / 256 for label, byte in zip(LABELS, _output(run[i : i + WINDOW]))}
        for run in runs
        for i in range(len(run) - WINDOW + 1)
    ]


def _output(window: list[float]) -> list[int]:
    total = sum(quantized(value) for value in window)
    return [max(-128, min(127, y)) for y in (-128 + 256 - total, -128 + total)]


def write_bundle(
    models: Path,
    name: str = "level",
    version: str = "1",
    labels: list[str] = LABELS,
    rate: int = 50,
    **model: object,
) -> Path:
    """Writes `models/<name>/<version>/` and returns that folder.

    With its labels the other way round a version says the opposite of the others."""
    folder = models / name / version
    folder.mkdir(parents=True)
    (folder / "model.tflite").write_bytes(tflite(**model))
    (folder / "model.toml").write_text(manifest(name, version, labels, rate))
    (folder / "golden.bin").write_bytes(golden())
    return folder


def manifest(name: str, version: str, labels: list[str] = LABELS, rate: int = 50) -> str:
    return f"""\
format = 1
name = "{name}"
version = "{version}"
licence = "Apache-2.0"
minimum_agent = "0.1.0"
summary = "The mean of the last four samples."

[input]
rate = {rate}
window = {WINDOW}
stride = 1
features = [{{ name = "level", unit = "g" }}]

[output]
labels = ["{labels[0]}", "{labels[1]}"]
"""


def golden() -> bytes:
    windows = [[0.0] * 4, [1.0] * 4, [0.25, 0.5, 0.75, 1.0], [-1.0, 1.0, -1.0, 1.5]]
    vectors = b"".join(
        struct.pack("4b2b", *[quantized(value) for value in window], *_output(window))
        for window in windows
    )
    return struct.pack("<8s4I", b"EAGOLDEN", 1, len(windows), 4, 2) + vectors


def tflite(operator: int = FULLY_CONNECTED, ballast: int = 0) -> bytes:
    """The model's file; with another operator it is one that the agent has to refuse.

    With `ballast` of up to 3 it does so many products of 67 million multiplications beside, for
    nothing: the same scores, slowly."""

    def ints(*items: int) -> Vector:
        return Vector("Int32", list(items))

    def tables(*items: Table) -> Vector:
        return Vector("Table", list(items))

    def data(raw: bytes) -> Table:
        return Table(Vector("Uint8", list(raw)))

    def tensor(name: str, shape: Vector, kind: int, buffer: int, scale: float, zero: int) -> Table:
        quantization = Table(None, None, Vector("Float32", [scale]), Vector("Int64", [zero]))
        return Table(shape, ("Int8", kind), ("Uint32", buffer), name, quantization)

    tensors = tables(
        tensor("level", ints(1, 4), _INT8, 0, 1 / 64, 0),
        tensor("weights", ints(2, 4), _INT8, 1, 1 / 64, 0),
        tensor("bias", ints(2), _INT32, 2, 1 / 4096, 0),
        tensor("scores", ints(1, 2), _INT8, 0, 1 / 256, -128),
    )
    rows, wide = 256, 512

    def dots(*operands: int) -> Table:
        options = [("Uint8", _FULLY_CONNECTED_OPTIONS), Table()]
        return Table(("Uint32", 0), ints(*operands[:3]), ints(operands[3]), *options)

    nodes, heavy = [], []
    if ballast:
        tensors.items += [
            tensor("first weights", ints(rows * wide, 4), _INT8, 3, 1 / 64, 0),
            tensor("first bias", ints(rows * wide), _INT32, 4, 1 / 4096, 0),
            tensor("weights of all", ints(wide, wide), _INT8, 5, 1 / 64, 0),
            tensor("bias of all", ints(wide), _INT32, 6, 1 / 4096, 0),
            tensor("wide", ints(1, rows * wide), _INT8, 0, 1 / 64, 0),
        ]
        tensors.items += [
            tensor(f"wide {index}", ints(rows, wide), _INT8, 0, 1 / 64, 0)
            for index in range(ballast)
        ]
        nodes = [dots(0, 4, 5, 8), *(dots(8 + i, 6, 7, 9 + i) for i in range(ballast))]
        sizes = [rows * wide * 4, rows * wide * 4, wide * wide, wide * 4]
        heavy = [data(bytes(size)) for size in sizes]
    graph = Table(tensors, ints(0), ints(3), tables(*nodes, dots(0, 1, 2, 3)))
    code = Table(("Int8", operator), None, ("Int32", 1), ("Int32", operator))
    weights = data(struct.pack("8b", *[-16] * 4, *[16] * 4))
    bias = data(struct.pack("<2i", 4096, 0))
    model = Table(
        ("Uint32", 3), tables(code), tables(graph), "level", tables(Table(), weights, bias, *heavy)
    )
    builder = flatbuffers.Builder(1024)
    builder.Finish(_put(builder, model), b"TFL3")
    return bytes(builder.Output())


class Table:
    """A FlatBuffer table: its slots in the schema's order, each a `(kind, number)`, a string, a
    table, a vector, or None for the default."""

    def __init__(self, *slots: object):
        self.slots = slots


class Vector:
    def __init__(self, kind: str, items: list):
        self.kind, self.items = kind, items


def _put(builder: flatbuffers.Builder, node: object) -> int:
    """Writes children first, as FlatBuffers are built, and returns the node's offset."""
    match node:
        case str():
            return builder.CreateString(node)
        case Vector(kind="Table"):
            offsets = [_put(builder, item) for item in node.items]
            builder.StartVector(4, len(offsets), 4)
            for offset in reversed(offsets):
                builder.PrependUOffsetTRelative(offset)
            return builder.EndVector()
        case Vector():
            size = {"Uint8": 1, "Int32": 4, "Float32": 4, "Int64": 8}[node.kind]
            # The schema aligns the data of buffers to 16 bytes.
            builder.StartVector(size, len(node.items), 16 if node.kind == "Uint8" else size)
            if node.kind == "Uint8":
                # At once: there may be millions.
                end = builder.head
                builder.head -= len(node.items)
                builder.Bytes[builder.head : end] = bytes(node.items)
                return builder.EndVector()
            for item in reversed(node.items):
                getattr(builder, f"Prepend{node.kind}")(item)
            return builder.EndVector()
        case Table():
            slots = [
                ("UOffsetTRelative", _put(builder, slot))
                if isinstance(slot, (str, Table, Vector))
                else slot
                for slot in node.slots
            ]
            builder.StartObject(len(slots))
            for index, slot in enumerate(slots):
                if slot is not None:
                    getattr(builder, f"Prepend{slot[0]}Slot")(index, slot[1], None)
            return builder.EndObject()
    raise TypeError(node)
