"""Arena bytes of real models: the agent's plan beside what tflite-micro needs.

Three figures of tflite-micro are told apart. "stated" is what the models' README says it needs on a
32-bit board, where pointers are half as long. "measured" is the smallest arena, to 16 bytes, in
which its Python package starts the model on this 64-bit machine. Both contain its tables; so the
agent's own tables stand beside its arena. "alive" is what the tensors alive at the same operator
sum up to at most: no plan without overlaps can need less.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("EDGEAGENT_SHARED", ROOT.parent / "shared"))
PAGE = ROOT / "docs" / "arena.md"
# The README's short names.
STATED = {
    "ad01": "ad01_int8",
    "kws": "kws_ref_model",
    "image": "pretrainedResnet_quant",
    "vww": "vww_96_int8",
    "streaming wake word": "str_ww_ref_model",
    "hello_world": "hello_world_int8",
    "micro_speech": "micro_speech_quantized",
    "keyword_scrambled": "keyword_scrambled",
}


def stated() -> dict[str, int]:
    """The README's list: `Arena bytes TFLM needs: ad01 3,424 · kws 24,000 · …`"""
    text = (SHARED / "models" / "README.md").read_text()
    [line] = re.findall(r"Arena bytes TFLM needs: ((?:.|\n)*?)\.\n", text)
    entries = (entry.strip().rsplit(" ", 1) for entry in line.replace("\n", " ").split("·"))
    return {STATED[name]: int(count.replace(",", "")) for name, count in entries}


def starts(model: Path, size: int) -> bool:
    """Whether tflite-micro starts the model with so many bytes: a failure can end the process."""
    code = (
        "import sys, pathlib; from tflite_micro.python.tflite_micro import runtime\n"
        "model = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "for size in map(int, sys.stdin):\n"
        "    try: runtime.Interpreter.from_bytes(model, arena_size=size); fits = 1\n"
        "    except RuntimeError: fits = 0\n"
        "    print(fits, flush=True)\n"
    )
    process = starts.processes.get(model)
    if process is None or process.poll() is not None:
        process = starts.processes[model] = subprocess.Popen(
            [sys.executable, "-c", code, model],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
    print(size, file=process.stdin, flush=True)
    while (answer := process.stdout.readline()) not in ("0\n", "1\n"):
        if answer == "":
            return False
    return answer == "1\n"


starts.processes = {}


def measured(model: Path) -> int | None:
    """Bytes, to 16; None for a model that it does not start at all."""
    low, high = 0, 1 << 20
    if not starts(model, high):
        return None
    while high - low > 16:
        middle = (low + high) // 2 // 16 * 16
        low, high = (low, middle) if starts(model, middle) else (middle, high)
    return high


def alive(report: dict) -> int:
    """The most bytes in use at one operator; tensors that share a place count once."""
    most = 0
    for node in range(len(report["operators"])):
        places: dict[int, int] = {}
        for place in report["arena"]:
            if place["first"] <= node <= place["last"]:
                offset = place["offset"]
                places[offset] = max(places.get(offset, 0), place["bytes"])
        most = max(most, sum(places.values()))
    return most


def rows(agent: Path) -> list[list[str]]:
    known = stated()
    table = []
    for model in sorted((SHARED / "models").glob("*.tflite")):
        result = subprocess.run(
            [agent, "inspect", "--json", model], capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            print(f"not in the table: {result.stderr.strip()}", file=sys.stderr)
            continue
        report = json.loads(result.stdout)
        ours, theirs = report["arena_bytes"], known.get(model.stem)
        ratio = f"{ours / theirs:.2f}" if theirs else ""
        if theirs is not None and ours > theirs:
            sys.exit(f"{model.stem}: {ours} bytes, more than tflite-micro's {theirs}")
        table.append([
            model.stem, *(number(count) for count in (
                theirs, measured(model), ours, report["table_bytes"], alive(report))), ratio,
        ])
    return table


def number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("agent", nargs="?", type=Path, default=ROOT / "dist/edgeagent-x86_64")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    arguments = parser.parse_args()
    head = ["model", "stated", "measured", "agent: arena", "agent: tables", "alive"]
    head += ["arena / stated"]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(arguments.agent)]
    print("\n".join(lines))
    if arguments.write:
        before, after = re.split(r"\| model \|(?:.*\n)+?(?=\n|\Z)", PAGE.read_text(), maxsplit=1)
        PAGE.write_text(before + "\n".join(lines) + "\n" + after)


if __name__ == "__main__":
    main()
