"""Fixtures: the executables that ship, folders, agents, the shared models and recordings."""

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xdist.scheduler import LoadScopeScheduling

import level
from agent import Agent, SerialLine, SocketLine

if TYPE_CHECKING:
    from mlflow_server import MLflowServer

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("EDGEAGENT_SHARED", ROOT.parent / "shared"))
HOST = platform.machine()
# Tests that run side by side may run anywhere, but these of one group in one process: they share a
# server that takes ten seconds to start, four runs, or folders that the documents name.
GROUPS = {
    "test_mlflow.py": "mlflow",
    "test_mlflow_recordings.py": "mlflow",
    "test_mlflow_sync.py": "mlflow",
    "test_demo.py": "demo",
    "test_readme.py": "documents",
}
EVERYTHING = '["alerts", "scores", "samples"]'
# How every configuration of a test begins: what it does not name is the machine's own agent's.
OWN = """\
[agent]
id = "bench-1"
models = "models"
state = "state"

[control]
socket = "control.sock"

[events]
socket = "events.sock"
"""
ARCHITECTURES = [HOST, *({"x86_64", "aarch64"} - {HOST})]


def command_for(architecture: str) -> list[str]:
    """The words that start the shipped executable of an architecture."""
    executable = ROOT / "dist" / f"edgeagent-{architecture}"
    assert executable.exists(), f"{executable} is missing: make static"
    if architecture == HOST:
        return [str(executable)]
    emulator = shutil.which(f"qemu-{architecture}-static")
    assert emulator, f"qemu-{architecture}-static is missing: Tests/integration/install-tools"
    return [emulator, str(executable)]


@pytest.fixture(params=ARCHITECTURES)
def either(request: pytest.FixtureRequest) -> list[str]:
    """The executable of each architecture, for the tests in which they might differ."""
    return command_for(request.param)


@pytest.fixture
def native() -> list[str]:
    """This machine's executable."""
    return command_for(HOST)


@pytest.fixture
def planted() -> list[str]:
    """The same with one allocation planted on the hot thread."""
    executable = ROOT / ".build-planted" / "edgeagent"
    assert executable.exists(), f"{executable} is missing: make planted"
    return [str(executable)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A new folder whose name is short: a socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        yield Path(name)


@pytest.fixture
def models(folder: Path) -> Path:
    """A models folder that holds `level/1`."""
    level.write_bundle(folder / "models")
    return folder / "models"


@pytest.fixture
def recordings() -> Path:
    """The recorded falls and daily life, one CSV file a recording."""
    return shared("data/falls")


@pytest.fixture
def fall_model() -> Path:
    """The model that comes with the agent."""
    bundle = ROOT / "models" / "fall" / "1"
    assert bundle.exists(), f"{bundle.relative_to(ROOT)} is missing from the checkout"
    return bundle


def shared(name: str) -> Path:
    """A folder beside the checkout, and no part of it. Where it is not, a test that needs it is
    skipped and says so; where EDGEAGENT_SHARED names the folder, it fails."""
    if not (SHARED / name).exists():
        (pytest.fail if "EDGEAGENT_SHARED" in os.environ else pytest.skip)(f"no {SHARED / name}")
    return SHARED / name


def absent(what: str) -> None:
    """Skips a test aloud for want of what `make test` builds or installs; in CI it fails. What a
    system may refuse, such as root's rights, is skipped in CI too."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


def say(capsys: pytest.CaptureFixture, text: str) -> None:
    """A figure for the people who read the tests' output: all of them stand at its end, since tests
    run side by side."""
    print(text)
    capsys.request.node.user_properties.append(("figure", text))


class Groups(LoadScopeScheduling):
    """The largest group first, so that none is begun last."""

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.split("::")[0].rsplit("/")[-1], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Groups:
    return Groups(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = {
        f"{report.nodeid.split('/')[-1].split('::')[0]}: {text}": None
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "figure"
    }
    if figures:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(figures))


@pytest.fixture
def start(native: list[str], models: Path, folder: Path) -> Iterator[Callable[..., Agent]]:
    """Starts agents that score `level`, and waits until they are ready.

    Further keys of `[[sensor]]` and `[[alert]]` and whole further tables are given as TOML.
    """
    agents: list[Agent] = []

    def start(
        port: str = "unix:sensor.sock",
        *,
        command: list[str] | None = None,
        sensor: str = "",
        alert: str = 'outputs = ["socket"]',
        more: str = "",
        publish: str = EVERYTHING,
        rate: int = 50,
        configuration: str | None = None,
        ready: bool = True,
        **options,
    ) -> Agent:
        """`configuration`: another one; the word PORT in it stands for the port."""
        text = configuration or level_configuration(port, sensor, alert, more, publish, rate)
        file = folder / "edgeagent.toml"
        file.write_text(text.replace("PORT", port))
        agent = Agent(command or native, file, **options)
        agents.append(agent)
        return agent.ready() if ready else agent

    yield start
    for agent in agents:
        agent.close()


def level_configuration(
    port: str,
    sensor: str = "",
    alert: str = 'outputs = ["socket"]',
    more: str = "",
    publish: str = EVERYTHING,
    rate: int = 50,
) -> str:
    """One sensor with one field, `level` in g, scored by `level`, and one alert on `high`.

    Alerts of the agent's own are off: a machine that stands still for a moment raises them, and
    tests count alerts."""
    if "decode" not in sensor:
        sensor += '\nfields = [{ name = "level", unit = "g" }]'
    if "votes" not in alert:
        alert += '\nvotes = "1 of 1"'
    return f"""\
{OWN}publish = {publish}

[[sensor]]
name = "gauge"
port = "{port}"
rate = {rate}
dead_man = false
{sensor}

[[pipeline]]
name = "tank"
sensor = "gauge"
model = "level"
deadline = "1s"
dead_man = false

[[alert]]
name = "full"
source = "tank.high"
above = 0.75
clear_below = 0.25
severity = "critical"
{alert}

{more}
"""


@pytest.fixture
def serial_line() -> Iterator[Callable[[], SerialLine]]:
    """Makes pseudo-terminals."""
    lines: list[SerialLine] = []

    def make() -> SerialLine:
        lines.append(SerialLine())
        return lines[-1]

    yield make
    for line in lines:
        line.close()


@pytest.fixture
def socket_line(folder: Path) -> Iterator[Callable[..., SocketLine]]:
    """Connects to the sensor's socket in the test's folder."""
    lines: list[SocketLine] = []

    def connect(name: str = "sensor.sock") -> SocketLine:
        lines.append(SocketLine(folder / name))
        return lines[-1]

    yield connect
    for line in lines:
        line.close()


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator["MLflowServer"]:
    """A real MLflow server, one for all tests: it takes ten seconds to start."""
    from mlflow_server import MLflowServer

    server = MLflowServer(tmp_path_factory.mktemp("mlflow"))
    yield server
    server.close()


@pytest.fixture
def run(native: list[str]) -> Callable[..., subprocess.CompletedProcess]:
    """Runs one command to its end."""

    def run(*words: object, command: list[str] | None = None, timeout: float = 30, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(
            [*(command or native), *map(str, words)],
            capture_output=True,
            text=True,
            timeout=timeout,
            **options,
        )

    return run
