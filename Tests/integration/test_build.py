"""Goal: a build of minutes is no silent one.
Method: packaging/build-static with a `swift` that only prints what a slow build would, to a pipe
and to a terminal."""

import os
import re
import shutil
import subprocess

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
    assert re.match(r"  SQLite \d+\.\d+\.\d+.*, OpenSSL 3\.\d+\.\d+$", middle[-1]), middle
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


@pytest.mark.parametrize(
    ("number", "has_fault"),
    [
        (3040001, True),
        (3044005, True),
        (3044006, False),
        (3045000, True),
        (3050006, True),
        (3050007, False),
        (3051002, True),
        (3051003, False),
        (3052000, False),
    ],
)
def test_a_library_with_a_known_fault_is_named(tmp_path, number, has_fault):
    """The versions are those of sqlite.org/wal.html, section 11."""
    include = tmp_path / "usr" / "include"
    (include / "openssl").mkdir(parents=True)
    name = f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
    (include / "sqlite3.h").write_text(
        f'#define SQLITE_VERSION        "{name}"\n#define SQLITE_VERSION_NUMBER {number}\n'
    )
    (include / "openssl" / "opensslv.h").write_text('# define OPENSSL_VERSION_STR "3.5.4"\n')
    words = [ROOT / "packaging" / "library-versions", tmp_path]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert text.startswith(f"  SQLite {name}") and text.endswith(", OpenSSL 3.5.4\n")
    assert ("WAL-reset" in text) == has_fault
