"""Goal: a bad frame is counted by kind and costs only itself.
Method: faults of every kind between good frames; the scores of the good ones are known."""

import pytest

from signals import (
    BINARY,
    CSV,
    FRAMINGS,
    as_binary,
    as_csv,
    in_cobs,
    in_length_1,
    in_length_2,
    in_line,
    wandering,
)

VALUES = wandering(40, seed=3)


def damaged(frame: bytes) -> bytes:
    """One bit of the checksum is wrong."""
    return frame[:-1] + bytes([frame[-1] ^ 0x10])


# What is bad about a frame → its bytes, and a word of the log's complaint.
LINES = {
    "a field too few": (b"\x2c\n", "field"),
    "a field too many": (b"0.5,0.5\n", "field"),
    "no number": (b"warm\n", "not a number"),
    "no value where the sample goes with it": (b"nan\n", "level"),
    "garbage": (bytes(range(128, 256)) + b"\n", "no text"),
    "a line too long": (b"7" * 5000 + b"\n", "long"),
}
LENGTH = {
    "a bad checksum": (damaged(in_length_1(as_csv(0.5))), "checksum"),
    "an empty frame": (b"\0", "empty"),
    "no number": (in_length_1(b"warm"), "not a number"),
}
LENGTH_2 = {
    "a length too long": (b"\xff\xff", "65535"),
    "a bad checksum": (damaged(in_length_2(as_binary(0.5))), "checksum"),
    "a byte too many": (in_length_2(as_binary(0.5) + b"\1"), "3 bytes"),
}
COBS = {
    "a bad checksum": (b"\x05\x20\x40\x11\x12\0", "checksum"),
    "a frame cut short": (b"\x05\x20\x40\x11\0", "early"),
    "a frame too long": (b"\x01" * 3000 + b"\0", "long"),
    "a byte too many": (in_cobs(as_binary(0.5) + b"\1"), "3 bytes"),
    "no checksum": (b"\x02\x40\0", "checksum"),
}
# How a sensor frames and decodes, how a good value goes on the line, and the bad ones.
KINDS = {
    "line": (FRAMINGS["line"][0], CSV, lambda value: in_line(as_csv(value)), LINES),
    "length": (FRAMINGS["length"][0], CSV, lambda value: in_length_1(as_csv(value)), LENGTH),
    "length-2": (
        FRAMINGS["length-2"][0], BINARY, lambda value: in_length_2(as_binary(value)), LENGTH_2
    ),
    "cobs": (FRAMINGS["cobs"][0], BINARY, lambda value: in_cobs(as_binary(value)), COBS),
}  # fmt: skip
CASES = [(kind, fault) for kind, (*_, faults) in KINDS.items() for fault in faults]


@pytest.mark.parametrize(("kind", "fault"), CASES, ids=[": ".join(case) for case in CASES])
def test_a_bad_frame_costs_only_itself(start, socket_line, kind, fault):
    """Every good frame before, between and after three bad ones is scored; the log says what was
    wrong with the first."""
    framing, decoding, frame, faults = KINDS[kind]
    bad, complaint = faults[fault]
    if "goes with it" in fault:
        # Else the sample stands without the value, and the window begins anew.
        decoding = decoding.replace('name = "level"', 'name = "level", on_fault = "drop"')
    agent = start(sensor=framing + "\n" + decoding)
    subscriber = agent.subscribe()
    data = b"".join(
        frame(value) + (bad if index in (5, 6, 20) else b"") for index, value in enumerate(VALUES)
    )
    socket_line().send(data)
    subscriber.has_scored(VALUES)
    line = agent.says("bad frame")
    assert "gauge" in line and complaint in line
    assert "3 bad frames" in agent.stop()


def test_a_flood_of_garbage_is_not_a_flood_of_lines(start, socket_line):
    """A thousand bad frames are at most ten lines in the log, and the next good ones are scored."""
    agent = start()
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(b"warm\n" * 1000)
    line.send(b"1\n" * 4)
    assert subscriber.scores(1) == [255 / 256]
    log = agent.stop()
    assert 1 <= log.count("bad frames so far") <= 10, log
    assert "1,000 bad frames" in log
