"""Goal: no target uses what Package.swift does not give it: the core no network, sync no core.
Method: a copy of the package with one forbidden import; the build of that target has to fail, and
to name the module."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT

WALLS = [("Core", "COpenSSL"), ("Sync", "Core")]


def package() -> dict:
    words = ["swift", "package", "dump-package"]
    return json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("target", "module"), WALLS, ids=map(" imports ".join, WALLS))
def test_a_forbidden_import_fails_the_build(folder, target, module):
    """SwiftPM looks before it compiles, so that this costs seconds."""
    names = {entry["name"] for entry in package()["targets"]}
    assert {target, module} <= names, "another name? then it belongs here, too"
    shutil.copy(ROOT / "Package.swift", folder)
    shutil.copytree(ROOT / "Sources", folder / "Sources")
    (folder / "Tests").symlink_to(ROOT / "Tests")
    file = next((folder / "Sources" / target).rglob("*.swift"))
    file.write_text(f"import {module}\n{file.read_text()}")
    build = ["swift", "build", "--package-path", folder, "--scratch-path", folder / "build"]
    build += ["--target", target, "--explicit-target-dependency-import-check", "error"]
    result = subprocess.run(build, capture_output=True, text=True, timeout=590)
    said = result.stdout + result.stderr
    assert result.returncode != 0
    errors = [line for line in said.splitlines() if "error:" in line]
    assert any(target in line and module in line for line in errors), said
