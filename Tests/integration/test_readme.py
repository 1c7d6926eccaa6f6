"""Goal: whatever README.md tells people to type works as it stands.
Method: every ```sh block runs; a block that cannot has a comment before it:
`<!-- not run: reason -->`."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import HOST, ROOT

README = ROOT / "README.md"
BLOCK = re.compile(
    r"(<!-- not run: (?P<reason>.*?) -->\s*)?^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks() -> list:
    text = README.read_text() if README.exists() else ""
    cases = []
    for found in BLOCK.finditer(text):
        number = text[: found.start("text")].count("\n")
        marks = []
        if found["reason"]:
            marks = [pytest.mark.skip(reason=f"README.md:{number}: {found['reason']}")]
        cases.append(pytest.param(found["text"], id=f"line {number}", marks=marks))
    return cases or [pytest.param("", marks=pytest.mark.skip(reason="README.md has no commands"))]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("text", blocks())
def test_a_block_of_commands_runs(text: str, folder: Path):
    """In a shell that stops at the first error, with `edgeagent` on the PATH."""
    (folder / "edgeagent").symlink_to(ROOT / "dist" / f"edgeagent-{HOST}")
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert result.returncode == 0, result.stdout + result.stderr
