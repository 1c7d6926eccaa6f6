"""What one look of a board at its model costs when a whole fleet reports on that version: bytes of
the answer, seconds, and the memory of sync.

    Tests/benchmark/registry.py dist/edgeagent-x86_64 [--real]

With --real a real MLflow answers (Tests/integration/install-mlflow), into whose database the tags
of the fleet are written; else a server of a few lines, which takes no time of its own.
"""

import argparse
import contextlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "integration"))
import level  # noqa: E402
from fake_mlflow import FakeMLflow  # noqa: E402
from mlflow_server import MLflowServer  # noqa: E402
from test_mlflow_faults import fleet_tags  # noqa: E402

FLEETS = [0, 100, 1_000, 10_000]
RUNS = 7


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("agent")
    words.add_argument("--real", action="store_true", help="with a real MLflow")
    options = words.parse_args()
    print("boards      bytes    seconds (median)    memory of sync, KiB")
    for boards in FLEETS:
        with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
            folder = Path(name)
            with (real if options.real else fake)(folder, boards) as url:
                size, seconds, peak = look(str(Path(options.agent).resolve()), folder, url)
        print(f"{boards:6} {size:10} {seconds:19.3f} {peak:22}")


@contextlib.contextmanager
def fake(_: Path, boards: int) -> Iterator[str]:
    server = FakeMLflow(tags=fleet_tags(boards))
    yield server.url
    server.close()


@contextlib.contextmanager
def real(folder: Path, boards: int) -> Iterator[str]:
    server = MLflowServer(folder)
    bundle = level.write_bundle(folder / "stick", version="1")
    number = server.register(bundle, "level", "champion", version="1")
    with contextlib.closing(sqlite3.connect(folder / "mlflow.db", timeout=30)) as base, base:
        base.row_factory = sqlite3.Row
        row = dict(base.execute("SELECT * FROM model_version_tags").fetchone())
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        for tag in fleet_tags(boards):
            if tag["key"] != "edgeagent.version":
                values = list((row | tag | {"version": int(number)}).values())
                base.execute(f"INSERT INTO model_version_tags({names}) VALUES ({marks})", values)
    yield server.url
    server.close()


def look(agent: str, folder: Path, url: str) -> tuple[int, float, int]:
    """Bytes of an answer, seconds of a round, and the peak of the process in KiB."""
    level.write_bundle(folder / "models")
    (folder / "trust.d").mkdir()
    subprocess.run(
        [agent, "keys", "new", "--private", folder / "k", "--public", folder / "trust.d/k.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "board.toml").write_text(
        f"""[agent]
id = "bench-1"
models = "{folder}/models"
state = "{folder}"
[sync]
registry = "mlflow:{url}"
models = [ {{ name = "level", alias = "champion" }} ]
trust = "{folder}/trust.d"
"""
    )
    address = f"{url}/api/2.0/mlflow/registered-models/alias?name=level&alias=champion"
    with urllib.request.urlopen(address) as answer:
        size = len(answer.read())
    seconds = []
    for _ in range(RUNS):
        began = time.monotonic()
        subprocess.run(
            [agent, "sync", "--config", folder / "board.toml", "--once"],
            check=False, capture_output=True,
        )  # fmt: skip
        seconds.append(time.monotonic() - began)
    return size, statistics.median(seconds), peak_kib(agent, folder)


def peak_kib(agent: str, folder: Path) -> int:
    process = subprocess.Popen(
        [agent, "sync", "--config", folder / "board.toml"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(12)  # it looks within ten seconds of its start
    status = Path(f"/proc/{process.pid}/status").read_text()
    process.terminate()
    process.wait(10)
    return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    main()
