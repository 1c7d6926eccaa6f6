"""Goal: a build of minutes is no silent one.
Method: packaging/build-static with a `swift` that only prints what a slow build would, to a pipe
and to a terminal."""

import os
import shutil

import pytest

from conftest import HOST, ROOT, absent
from test_demo import in_terminal, in_pipe

SLOW = """\
#!/bin/sh
echo "Building for production..."
echo "[3/9] Compiling EdgeRuntime Affine.swift"
sleep 2.5
echo "[8/9] Compiling $FAKE"
sleep 1.5
[ "$FAKE" != broken ] || { echo "error: it is broken"; exit 1; }
for word; do if [ "$last" = --scratch-path ]; then scratch=$word; fi; last=$word; done
mkdir -p "$scratch/release"
echo agent >"$scratch/release/edgeagent"
"""


@pytest.fixture
def build(folder, monkeypatch):
    """The words that build with that `swift`, into the test's folder."""
    if not shutil.which("swiftc"):
        absent("no swiftc on the PATH")
    (folder / "swift").write_text(SLOW)
    (folder / "swift").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("EDGEAGENT_PROGRESS_SECONDS", "1")
    monkeypatch.setenv("FAKE", "edgeagent")
    script = ROOT / "packaging" / "build-static"
    return [str(script), HOST, str(folder / "scratch"), str(folder / "out" / "edgeagent")]


def test_a_pipe_gets_a_line_now_and_then(build, folder):
    """With an estimate before it and the seconds after it, and only the first time."""
    text, code = in_pipe(build)
    assert code == 0, text
    first, *middle, last = text.splitlines()
    assert "from nothing: " in first and " s on " in first
    assert any(line.endswith("s: steps done: 3") for line in middle), text
    assert any(line.endswith("s: steps done: 8") for line in middle), text
    assert last.startswith("  built in ")
    assert (folder / "out" / "edgeagent").read_text() == "agent\n"
    assert "from nothing" not in in_pipe(build)[0]


def test_a_terminal_gets_one_line_that_changes(build):
    text, code = in_terminal(build, columns=30)
    assert code == 0, text
    seconds = [piece for piece in text.split("\r\x1b[K") if "steps done: 3" in piece]
    assert len(seconds) >= 2, "it counts while one module compiles"
    assert all(len(piece) < 30 for piece in seconds)


def test_a_failure_is_shown_whole(build, monkeypatch):
    monkeypatch.setenv("FAKE", "broken")
    text, code = in_pipe(build)
    assert code == 1
    assert "[3/9] Compiling EdgeRuntime Affine.swift" in text and "error: it is broken" in text
