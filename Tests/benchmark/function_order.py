"""Writes packaging/function-order: the functions that a running core uses, then those of its start
alone, each in the order of their first use. The linker puts them side by side, because the Linux
kernel maps a file in pieces of 64 KiB around the page that is needed: where they lie scattered,
most of what is resident is code that does not run. Before READY the agent touches what stands
between the two marks, so that no page of it is missing later.

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
from agent import Agent  # noqa: E402

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


def main() -> None:
    emulator = f"qemu-{HOST}-static"
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        folder = Path(name)
        agent, map_file, log = (folder / part for part in ("edgeagent", "map", "log"))
        build = [ROOT / "packaging" / "build-static", HOST, ROOT / f".build-{HOST}", agent]
        subprocess.run([*build, "-Xlinker", f"-Map={map_file}"], check=True)
        level.write_bundle(folder / "models")
        configuration = folder / "edgeagent.toml"
        configuration.write_text(everything.configuration())
        # With every instruction that there is, the C library chooses what it would on the machine.
        words = [emulator, "-cpu", "max", "-d", "in_asm", "-D", log, agent]
        with closing(Agent(words, configuration)) as running:
            running.ready()
            with everything.at_work(running, folder, PATIENCE):
                # Ten seconds after READY the agent notes that it has started well; sensors are
                # stale.
                time.sleep(12)
                running.stop()
        known = functions(map_file)
        starts = [address for address, _, _ in known]
        start_code: dict[str, None] = {}
        running_code: dict[str, None] = {}
        code = start_code
        for line in log.open():
            if found := CODE.match(line):
                address = int(found[1], 16)
                start, size, function = known[bisect.bisect_right(starts, address) - 1]
                if start <= address < start + size:
                    code[function] = None
                    if function == MAPPED:
                        code = running_code
    begin, end = MARKS
    rest = [function for function in start_code if function not in running_code]
    LIST.write_text("".join(f"{function}\n" for function in [begin, *running_code, end, *rest]))
    print(f"{LIST.relative_to(ROOT)}: {len(running_code)} running, {len(rest)} at the start alone")


main()
