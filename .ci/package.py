"""What the package says of its targets, for scripts that would else repeat it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Target:
    name: str
    kind: str  # library, executable, test, system-target
    language: str  # SwiftTarget, ClangTarget, SystemLibraryTarget
    folder: Path
    uses: list[str]
    package: str

    @property
    def is_swift(self) -> bool:
        return self.language == "SwiftTarget"

    @property
    def swift_files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.swift"))


def targets(root: Path = ROOT) -> list[Target]:
    """Every target after those that it uses; equals by name."""
    # A scratch folder of its own: SwiftPM lets one process at a time into one.
    words = ["swift", "package", "--package-path", str(root)]
    words += ["--scratch-path", str(root / ".build-described"), "describe", "--type", "json"]
    result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(result.stderr.strip())
    package = json.loads(result.stdout)
    described = {
        target["name"]: Target(
            target["name"], target["type"], target["module_type"], root / target["path"],
            sorted(target.get("target_dependencies", [])), package["name"],
        )
        for target in package["targets"]
    }  # fmt: skip

    def depth(name: str) -> int:
        return 1 + max(map(depth, described[name].uses), default=0)

    return sorted(described.values(), key=lambda target: (depth(target.name), target.name))


def closure(name: str, all_targets: list[Target]) -> list[Target]:
    """What a target uses, directly or not, in the same order; without itself."""
    by_name = {target.name: target for target in all_targets}
    wanted, waiting = set(), list(by_name[name].uses)
    while waiting:
        found = waiting.pop()
        if found not in wanted:
            wanted.add(found)
            waiting += by_name[found].uses
    return [target for target in all_targets if target.name in wanted]
