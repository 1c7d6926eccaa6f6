"""Goal: `make lint` sees what the compiler cannot, and says where.
Method: a small tree in which everything is well, and one offence at a time planted in it."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

GLOSSARY = """\
| word | means | not |
|---|---|---|
| alert | what is raised | `alarm`, but `false alarm` |
| lane | work with one server | `SyncSeat` |
| outbox | the file that keeps records | `the store` |
"""
TREE = {
    "Package.swift": 'let address = "' + "x" * 100 + '"\n',
    "Sources/Core/Hot/Round.swift": "/// No false alarm.\nstruct Round { let alert = 0 }\n",
    "Sources/Core/Start/Start.swift": 'let first = Round()\nfunc say() { print("\\(first)") }\n',
    "Sources/Core/Alerts/DirectOutputs.swift": "struct Outputs {}\n",
    "Sources/Core/Main.swift": (
        "@main struct Agent { static func main() { say(); _ = (first, Outputs()) } }\n"
    ),
    "Tests/CoreTests/Hot/RoundTests.swift": "",
    "Tests/CoreTests/Support/Bench.swift": "",
    "GUIDE.md": "An alarm clock `alert`, stored.\n| a table | " + "x" * 200 + " |\n",
    "docs/glossary.md": GLOSSARY,
    "packaging/build": "#!/bin/sh\n",
}


@pytest.fixture
def tree(folder):
    for name, text in TREE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def tidy(tree):
    words = [sys.executable, ROOT / ".ci" / "tidy", tree]
    return subprocess.run(words, capture_output=True, text=True, timeout=30)


def test_a_tidy_tree_is_tidy(tree):
    result = tidy(tree)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


HOT, DOCUMENT = "Sources/Core/Hot/Round.swift", "GUIDE.md"
OUTPUTS = "Sources/Core/Alerts/DirectOutputs.swift"
OFFENCES = {
    # name: file, a line at its end, what is said of it
    "a long script": ("packaging/build", "# " + "x" * 99, "101 columns, at most 100"),
    "a long comment": ("Package.swift", "let x = 0  // " + "x" * 87, "101 columns, at most 100"),
    "a long comment of the product": (HOT, "/// " + "x" * 97, "101 columns, at most 100"),
    "a long line of Markdown": (DOCUMENT, "x" * 131, "131 columns, at most 130"),
    "a log": (HOT, 'func f() { Log.error("late") }', "Log on the hot thread"),
    "a String": (HOT, "let name = String(decoding: bytes, as: UTF8.self)", "String( on the"),
    "words": (HOT, 'let text = "late: \\(sample)"', r"\(…) on the hot thread"),
    "a log of an output": (OUTPUTS, 'func f() { Log.error("late") }', "Log on the hot thread"),
    "a retired word": (DOCUMENT, "See `alarm`.", "“alarm” is “alert” in docs/glossary.md"),
    "a retired phrase": (DOCUMENT, "It waits in the store.", "“the store” is “outbox”"),
    "a retired comment": (HOT, "/// An alarm.", "“alarm” is “alert”"),
    "a retired name": (HOT, "var lastAlarm = 0", "“alarm” is “alert”"),
    "a retired type": (HOT, "struct AlarmCount {}", "“alarm” is “alert”"),
    "a retired identifier": (HOT, "let seat: SyncSeat", "“SyncSeat” is “lane”"),
}


@pytest.mark.parametrize("name", OFFENCES)
def test_an_offence_is_told_with_its_line(tree, name):
    path, line, words = OFFENCES[name]
    file = tree / path
    file.write_text(f"{file.read_text()}{line}\n")
    number = len(file.read_text().splitlines())
    result = tidy(tree)
    assert result.returncode == 1
    [said] = result.stdout.splitlines()
    assert said.startswith(f"{path}:{number}: ") and words in said


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("Sources/Core/Start/Old.swift", "enum Old { func unused() {} }\n", "no other file of"),
        ("Tests/CoreTests/Cold/IceTests.swift", "", "a room that is not there: Sources/Core/Cold"),
    ],
    ids=["a dead file", "a test without a room"],
)
def test_a_file_that_should_not_be_there_is_told(tree, path, text, words):
    (tree / path).parent.mkdir(exist_ok=True)
    (tree / path).write_text(text)
    result = tidy(tree)
    assert result.returncode == 1
    [said] = result.stdout.splitlines()
    assert said.startswith(f"{path}:1: ") and words in said


def test_words_that_only_resemble_a_retired_one_are_well(tree):
    """Parts of other words, and of longer names."""
    file = tree / HOT
    file.write_text(file.read_text() + "let alarming = SyncSeats, calarm = 1  // then restored\n")
    assert tidy(tree).stdout == ""


def targets(root, *words):
    command = [sys.executable, ROOT / ".ci" / "targets", "--root", root, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_the_picture_of_the_targets_is_the_package_s(folder):
    """A dependency more in the package, or a line less in the picture, and the check fails."""
    shutil.copy(ROOT / "Package.swift", folder)
    for name in ("Sources", "Tests"):
        (folder / name).symlink_to(ROOT / name)
    document = folder / "ARCHITECTURE.md"
    document.write_text("# Architecture\n")
    missing = targets(folder, "--check")
    assert missing.returncode == 1 and "<!-- targets -->" in missing.stdout
    document.write_text("# Architecture\n\n<!-- targets -->\n<!-- end -->\nThe end.\n")
    other = targets(folder, "--check")
    assert other.returncode == 1 and other.stdout.startswith("ARCHITECTURE.md:4: ")
    assert ".ci/targets --write" in other.stdout
    assert targets(folder, "--write").returncode == 0
    assert targets(folder, "--check").returncode == 0
    text = document.read_text()
    assert text.endswith("<!-- end -->\nThe end.\n") and text.startswith("# Architecture\n")
    block = re.search("<!-- targets -->\n```\n(.*?)```\n", text, re.DOTALL)[1]
    assert block == targets(folder).stdout
    drawn = dict(re.split(" +→ ", line) for line in block.splitlines())
    package = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    for target in json.loads(package)["targets"]:
        if target["name"] in drawn:
            names = sorted(entry["byName"][0] for entry in target["dependencies"])
            assert drawn[target["name"]] == (", ".join(names) or "—")
        else:
            is_of_tests = target["type"] == "test" or "Tests" in (target.get("path") or "")
            assert is_of_tests or not target["dependencies"], target["name"]
    source = (folder / "Package.swift").read_text()
    changed = re.sub(r'name: "SensorIO", dependencies: \[', r'\g<0>"CKernels", ', source, count=1)
    assert changed != source
    (folder / "Package.swift").write_text(changed)
    assert targets(folder, "--check").returncode == 1
