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
    ["replay"],
    ["demo", "--loud"],
    ["version", "extra"],
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
    ["keys", "old"],
    ["keys", "new", "--private", "x"],
    ["keys", "new", "--private", "x", "--public", "y", "--algorithm", "rsa"],
]

COMMANDS = "run sync check inspect infer bench replay demo models keys store fetch version".split()
ACTIONS = [
    [command, action]
    for command, actions in {
        "models": "list pull activate rollback pin unpin remove sign verify",
        "keys": "new",
        "store": "info verify export drain send",
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
    for command in COMMANDS:
        assert command in result.stdout


@pytest.mark.parametrize("words", [[command] for command in COMMANDS] + ACTIONS, ids=" ".join)
def test_the_help_of_a_command_is_its_usage(run, words):
    """Of an action its own; on standard output, with exit code 0, whatever else is there."""
    for more in ([], ["x", "--no-such-option"]):
        result = run(*words, *more, "--help")
        assert result.returncode == 0 and not result.stderr, result
        assert result.stdout.startswith(f"usage: edgeagent {' '.join(words)}"), result.stdout
