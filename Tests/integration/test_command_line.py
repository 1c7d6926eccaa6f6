"""Goal: the command line does what people expect of one.
Method: wrong words, `--help`, `version`."""

import json
import re

import pytest

USAGE = [
    [],
    ["fly"],
    ["run"],
    ["run", "--config"],
    ["run", "--confg", "x"],
    ["inspect"],
    ["inspect", "one", "two"],
    ["infer", "model.tflite", "--input", "x"],
    ["bench", "model.tflite", "--runs", "many"],
    ["bench", "model.tflite", "--runs", "0"],
    ["bench", "--sensors", "model.tflite"],
    ["bench", "--sensors", "--runs", "10"],
    ["bench", "--sensors", "--frames", "1"],
    ["replay"],
    ["record"],
    ["record", "--output"],
    ["record", "one", "two", "--output", "x"],
    ["demo", "--loud"],
    ["version", "extra"],
    ["alerts", "fly"],
    ["alerts", "ack"],
    ["alerts", "shelve", "full", "1h"],
    ["alerts", "shelve", "full", "1h", "--reason", "x", "--note", "x"],
    ["alerts", "service", "full", "maybe", "--reason", "x"],
    ["alerts", "set", "full", "above"],
    ["alerts", "recording", "full/1"],
    ["alerts", "recording", "full", "--store", "x"],
    ["alerts", "recording", "--store", "x"],
    ["status", "extra"],
    ["status", "--socket"],
    ["outputs"],
    ["outputs", "fly"],
    ["outputs", "off"],
    ["models"],
    ["models", "fly", "x"],
    ["models", "sign", "x"],
    ["models", "verify"],
    ["store"],
    ["store", "fly"],
    ["store", "info"],
    ["store", "drain", "--store", "x"],
    ["store", "info", "--store", "x", "extra"],
    ["fetch"],
    ["fetch", "http://127.0.0.1/"],
    ["fetch", "http://127.0.0.1/", "--output", "x", "--sha256", "12"],
    ["fetch", "http://127.0.0.1/", "--output", "x", "--pin", "12"],
    ["fetch", "http://127.0.0.1/", "--output", "x", "--key", "key.pem"],
    ["fetch", "http://127.0.0.1/", "--output", "x", "--attempts", "0"],
    ["fetch", "ftp://127.0.0.1/", "--output", "x"],
    ["fetch", "http://user@127.0.0.1/", "--output", "x"],
    ["sniff"],
    ["sniff", "nowhere"],
    ["sniff", "stdin:", "--baud", "9600"],
    ["sniff", "/dev/ttyUSB0", "--for", "soon"],
    ["sniff", "/dev/ttyUSB0", "--prompt", "MEAS?"],
    ["sniff", "stdin:", "--prompt", "MEAS?"],
    ["sniff", "/dev/ttyUSB0", "--baud", "9600", "--prompt", "hex:0"],
    ["sniff", "/dev/ttyUSB0", "--baud", "fast"],
    ["init", "extra"],
    ["init", "--yes"],
    ["watch"],
    ["watch", "gauge", "--count", "0"],
    ["keys", "old"],
    ["keys", "new", "--private", "x"],
    ["keys", "new", "--private", "x", "--public", "y", "--algorithm", "rsa"],
]

COMMANDS = """run sync check alerts status inspect infer bench record replay demo models keys
outputs store fetch sniff init watch time version""".split()
ACTIONS = [
    [command, action]
    for command, actions in {
        "alerts": """list ack confirm reset shelve unshelve service pause history stats drill set
            unset recording""",
        "outputs": "list off",
        "models": "list pull activate rollback pin unpin remove sign verify",
        "keys": "new",
        "store": "info verify export drain send retry",
    }.items()
    for action in actions.split()
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_a_wrong_command_line_is_exit_code_2(run, words):
    """With a message on standard error, and nothing on standard output."""
    result = run(*words)
    assert result.returncode == 2, result
    assert result.stderr.strip() and not result.stdout


def test_the_version_is_told(run, either):
    """For people and for programs."""
    people = run("version", command=either)
    assert people.returncode == 0 and re.search(r"\d+\.\d+\.\d+", people.stdout)
    programs = json.loads(run("version", "--json", command=either).stdout)
    assert programs["version"] in people.stdout


def test_help_is_help(run):
    """`--help` lists the commands on standard output with exit code 0."""
    result = run("--help")
    assert result.returncode == 0, result.stderr
    listed = result.stdout.split("\n\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    for command in COMMANDS:
        assert f"\n  edgeagent {command}" in result.stdout


def test_every_action_is_tried(run):
    """The help of a command lists its actions, and the tests below know all of them."""
    for command in COMMANDS:
        words = re.findall(rf"^  edgeagent {command} (\w+)", run(command, "--help").stdout, re.M)
        assert words == [action for own, action in ACTIONS if own == command]


@pytest.mark.parametrize("words", [[command] for command in COMMANDS] + ACTIONS, ids=" ".join)
def test_the_help_of_a_command_is_its_usage(run, words):
    """Of an action its own; on standard output, with exit code 0, whatever else is there."""
    for more in ([], ["x", "--no-such-option"]):
        result = run(*words, *more, "--help")
        assert result.returncode == 0 and not result.stderr, result
        assert result.stdout.startswith(f"usage: edgeagent {' '.join(words)}"), result.stdout
