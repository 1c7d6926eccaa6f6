"""Goal: no target uses what Package.swift does not give it: the core no network, sync no core.
Method: a copy of the package with one forbidden import; the build of that target, or the lint where
the compiler sees the module through another target, has to fail and to name the module."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT

WALLS = [("EdgeRuntime", "COpenSSL"), ("Sync", "Core")]
LINTED = [("Core", "COpenSSL"), ("Models", "COpenSSL"), ("Store", "Config")]


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


@pytest.mark.parametrize(("target", "module"), LINTED, ids=map(" imports ".join, LINTED))
def test_an_undeclared_import_fails_the_lint(folder, target, module):
    for name in ("Package.swift", "ARCHITECTURE.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "Sources", folder / "Sources")
    (folder / "Tests").symlink_to(ROOT / "Tests")
    words = [ROOT / ".ci" / "targets", "--check", "--root", folder]
    assert subprocess.run(words, capture_output=True).returncode == 0
    file = next((folder / "Sources" / target).rglob("*.swift"))
    file.write_text(f"import {module}\n{file.read_text()}")
    result = subprocess.run(words, capture_output=True, text=True)
    place = file.relative_to(folder)
    assert result.returncode == 1
    assert f"{place}:1: {target} does not declare {module}" in result.stdout
