"""Writes packaging/function-order: the functions that a running core uses, then those of an outbox,
those of sync and those of a start alone, each in the order of their first use. The linker puts them
side by side, because the Linux kernel maps a file in pieces of 64 KiB around the page that is
needed: where they lie scattered, most of what is resident is code that does not run. Before READY
the agent touches what stands between the two marks, so that no page of it is missing later.

    make function-order

A name that is gone costs nothing, and a new function stands behind the others: the list has to be
made anew only when `test_limits.py` says that too much is resident, or `test_page_out.py` that a
page was missing.
"""

import bisect
import platform
import re
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "integration"))

import everything  # noqa: E402
import level  # noqa: E402
import outbox  # noqa: E402
from agent import Agent  # noqa: E402
from mlflow_server import MLflowServer  # noqa: E402
from receiver import Receiver  # noqa: E402
from syncing import add_records  # noqa: E402
from test_http import tls_context  # noqa: E402
from web import Certificates  # noqa: E402

HOST = platform.machine()
LIST = ROOT / "packaging" / "function-order"
# lld's map: addresses, size, alignment; sections are indented by 8, their symbols by 16.
ROW = re.compile(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ ( *)(.*)$")
PATIENCE = 60.0
# qemu's log of each piece of code that it translates. It does so once, and again after the agent
# has mapped the file of the standing alerts: shared memory needs other translations, so qemu
# forgets all. The agent locks that file at once. What is not seen from there on is for the start
# alone.
CODE = re.compile(r"0x([0-9a-f]+):")
MAPPED = "mlock"
MARKS = "cp_running_code_begin", "cp_running_code_end"


def functions(map_file: Path) -> list[tuple[int, int, str]]:
    """Address, size and first name of each section of code, by address."""
    found, section = [], None
    for line in map_file.open():
        row = ROW.match(line)
        if not row:
            continue
        address, size, indent, name = int(row[1], 16), int(row[2], 16), len(row[3]), row[4]
        if indent == 8:
            section = (address, size) if "(.text" in name and size else None
        elif indent == 16 and section:
            found.append((*section, name))
            section = None
    return sorted(found)


class Tracer:
    """Runs an executable in the emulator, and knows by its map which functions that takes."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._agent, map_file, self._log = (folder / part for part in ("edgeagent", "map", "log"))
        build = [ROOT / "packaging" / "build-static", HOST, ROOT / f".build-{HOST}", self._agent]
        subprocess.run([*build, "-Xlinker", f"-Map={map_file}"], check=True)
        self._functions = functions(map_file)
        self._starts = [address for address, _, _ in self._functions]
        level.write_bundle(folder / "models")

    def trace(self, text: str) -> tuple[dict[str, None], dict[str, None]]:
        """Of an agent at work with this configuration: of its start, and running."""
        configuration = self._folder / "edgeagent.toml"
        configuration.write_text(text)
        # With every instruction that there is, the C library chooses what it would on the machine.
        words = [f"qemu-{HOST}-static", "-cpu", "max", "-d", "in_asm", "-D", self._log, self._agent]
        with closing(Agent(words, configuration)) as running:
            running.ready()
            with everything.at_work(running, self._folder, PATIENCE):
                # Ten seconds after READY the agent notes that it has started well; sensors are
                # stale.
                time.sleep(12)
                running.stop()
        start_code: dict[str, None] = {}
        running_code: dict[str, None] = {}
        code = start_code
        for line in self._log.open():
            if found := CODE.match(line):
                if function := self._function(int(found[1], 16)):
                    code[function] = None
                    if function == MAPPED:
                        code = running_code
        return start_code, running_code

    def trace_sync(self) -> dict[str, None]:
        """Of sync with an uplink over TLS and of one to MLflow, which is the registry too."""
        certificates = Certificates(self._folder / "tls")
        mlflow = MLflowServer(self._folder)
        receiver = Receiver(tls=tls_context(*certificates.sign("server")))
        uplinks = [(receiver.uplink, f'ca = "{certificates.authority}"\n')]
        uplinks += [(f"mlflow:{mlflow.url}", "")]
        names: dict[str, None] = {}
        with closing(mlflow), closing(receiver):
            for uplink, more in uplinks:
                add_records(self._folder / "outbox.db", 300)
                add_records(self._folder / "outbox.db", 2, kind=4)
                configuration = self._folder / "sync.toml"
                configuration.write_text(
                    '[agent]\nid = "order"\nmodels = "models"\nstate = "."\n'
                    '[store]\npath = "outbox.db"\n'
                    f'[sync]\nuplink = "{uplink}"\n{more}trust = "none"\n'
                    f'registry = "mlflow:{mlflow.url}"\nmodels = [ {{ name = "level" }} ]\n'
                )
                words = [f"qemu-{HOST}-static", "-cpu", "max", "-d", "in_asm", "-D", self._log]
                words += [self._agent, "sync", "--once", "--config", configuration]
                subprocess.run(words, cwd=self._folder, capture_output=True, timeout=120)
                for line in self._log.open():
                    if (found := CODE.match(line)) and (name := self._function(int(found[1], 16))):
                        names[name] = None
        return names

    def _function(self, address: int) -> str | None:
        place = bisect.bisect_right(self._starts, address) - 1
        start, size, name = self._functions[place]
        return name if start <= address < start + size else None


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        tracer = Tracer(Path(name))
        start_code, running_code = tracer.trace(everything.configuration())
        with_store = tracer.trace(everything.configuration() + outbox.configuration())
        with_sync = tracer.trace_sync()
    known = {**start_code, **running_code}
    store_code = [name for part in with_store for name in part if name not in known]
    known |= dict.fromkeys(store_code)
    sync_code = [name for name in with_sync if name not in known]
    rest = [name for name in start_code if name not in running_code]
    begin, end = MARKS
    # SQLite's stand together too, and behind the mark, since not every agent has an outbox.
    names = [begin, *running_code, end, *dict.fromkeys(store_code), *sync_code, *rest]
    LIST.write_text("".join(f"{name}\n" for name in names))
    print(
        f"{LIST.relative_to(ROOT)}: {len(running_code)} running, {len(set(store_code))} with an "
        f"outbox, {len(sync_code)} of sync, {len(rest)} at the start alone"
    )


main()
