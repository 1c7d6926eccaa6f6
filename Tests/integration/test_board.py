"""Goal: a board that could not be made never looks like one that was checked.
Method: `make board` with an `id` that says that nobody is root."""

import os
import subprocess

from conftest import ROOT


def test_a_skipped_board_is_no_pass(folder):
    """It says why, in words, and `make` fails."""
    (folder / "id").write_text("#!/bin/sh\necho 1000\n")
    (folder / "id").chmod(0o755)
    paths = {"PATH": f"{folder}:{os.environ['PATH']}", "BOARD": str(folder / "board")}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    # -o: whatever there is of the executable is new enough.
    result = subprocess.run(
        ["make", "-o", "static-aarch64", "board"],
        cwd=ROOT, env=inherited | paths, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == 2, result
    why, verdict = result.stdout.splitlines()
    assert why == "skipped: it needs root, for the chroot of the arm64 root"
    assert verdict == "board: nothing was checked, and nothing passed"
