"""Goal: inspect, infer and bench do with a model what they say, on both architectures.
Method: a model worked out by hand, whole and damaged."""

import json
import struct

import pytest

import level

def test_a_model_worked_out_by_hand(run, either, folder):
    """`level` gives the bytes that its comment promises, as a file and as a bundle folder."""
    bundle = level.write_bundle(folder / "models")
    samples = [(-128, -128, -128, -128), (127, 127, 127, 127), (0, 0, 0, 0), (16, 32, 48, 64)]
    (folder / "in").write_bytes(b"".join(struct.pack("4b", *sample) for sample in samples))
    outputs = [level._output([x / 64 for x in sample]) for sample in samples]
    for model in (bundle / "model.tflite", bundle):
        result = run(
            "infer", model, "--input", folder / "in", "--output", folder / "out", command=either
        )
        assert result.returncode == 0, result.stderr
        assert (folder / "out").read_bytes() == b"".join(struct.pack("2b", *y) for y in outputs)


def test_input_that_is_no_whole_number_of_samples_is_refused(run, native, folder):
    """Five bytes for a model of four are a mistake, not one sample and a rest."""
    bundle = level.write_bundle(folder / "models")
    (folder / "in").write_bytes(b"12345")
    result = run("infer", bundle, "--input", folder / "in", "--output", folder / "out")
    assert result.returncode == 1
    assert str(folder / "in") in result.stderr


def test_a_truncated_model_is_refused(run, native, folder):
    """Cut anywhere, a model's file is refused with exit code 1 and its own name."""
    whole = level.tflite()
    for length in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        (folder / "cut.tflite").write_bytes(whole[:length])
        result = run("inspect", folder / "cut.tflite")
        assert result.returncode == 1, f"{length} bytes: {result}"
        assert "cut.tflite" in result.stderr


def test_an_unsupported_operator_is_named(run, either, folder):
    """What cannot run is refused with the operator's name and its node."""
    (folder / "unique.tflite").write_bytes(level.tflite(operator=level.UNIQUE))
    result = run("inspect", folder / "unique.tflite", command=either)
    assert result.returncode == 1
    assert "UNIQUE" in result.stderr and "0" in result.stderr, result.stderr


def test_inspect_tells_shapes_and_operators(run, either, folder):
    """For people and, with --json, for programs."""
    bundle = level.write_bundle(folder / "models")
    people = run("inspect", bundle, command=either)
    assert people.returncode == 0, people.stderr
    assert "FULLY_CONNECTED" in people.stdout
    programs = run("inspect", bundle, "--json", command=either)
    assert "FULLY_CONNECTED" in json.dumps(json.loads(programs.stdout))


def test_inspect_draws_the_arena(run, either, folder):
    """A column an operator, a letter a tensor; then each tensor's place and life, as in
    `--json`, and a line that explains both."""
    bundle = level.write_bundle(folder / "models")
    text = run("inspect", bundle, command=either).stdout
    report = json.loads(run("inspect", bundle, "--json", command=either).stdout)
    picture, legend = text.split("arena during operators")[1].split("tensor  ")
    rows = [line.split("  ")[-1] for line in picture.splitlines()[3:] if line.strip()]
    assert rows and all(len(row) == len(report["operators"]) for row in rows), picture
    places = [place for place in report["arena"] if place["tensor"] is not None]
    *lines, explanation = [line for line in legend.splitlines()[1:] if line.strip()]
    assert explanation.startswith("operators: ") and "place: " in explanation
    assert len(lines) == len(places)
    for line in lines:
        letter, tensor, offset, size, first, _, last = line.replace(",", "").split()[:7]
        place = next(place for place in places if place["tensor"] == int(tensor))
        assert (int(offset), int(size)) == (place["offset"], place["bytes"])
        assert first in ("input", str(place["first"])) and last in ("output", str(place["last"]))
        assert letter in picture or place["bytes"] < report["arena_bytes"] / 24, line
    assert max(place["offset"] + place["bytes"] for place in places) <= report["arena_bytes"]


def test_bench_measures(run, either, folder):
    """`bench --json` reports the fields that the documentation promises, and sane numbers."""
    bundle = level.write_bundle(folder / "models")
    result = run("bench", bundle, "--runs", 100, "--json", command=either)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["runs"] == 100 and report["kernel"] and report["arena_bytes"] > 0
    assert 0 <= report["p50_us"] <= report["p99_us"] <= report["max_us"]
