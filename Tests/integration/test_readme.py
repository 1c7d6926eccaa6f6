"""Goal: whatever the documentation tells people to type works as it stands.
Method: every ```sh block runs; a block that cannot has a comment before it:
`<!-- not run: reason -->`."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import HOST, ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS += [ROOT / "models" / "training" / "README.md"]
BLOCK = re.compile(
    r"(<!-- not run: (?P<reason>.*?) -->\s*)?^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks() -> list:
    cases = []
    for document in DOCUMENTS:
        text = document.read_text()
        for found in BLOCK.finditer(text):
            name = f"{document.relative_to(ROOT)}:{text[: found.start('text')].count(chr(10))}"
            marks = []
            if found["reason"]:
                marks = [pytest.mark.skip(reason=f"{name}: {found['reason']}")]
            cases.append(pytest.param(found["text"], id=name, marks=marks))
    return cases


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
