"""A real MLflow server on 127.0.0.1, and what its owner does with it."""

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from agent import eventually
from conftest import ROOT
from web import free_port

API = "/api/2.0/mlflow"


class MLflowServer:
    """SQLite, artifacts handed out by the server itself."""

    def __init__(self, folder: Path, workers: int = 1, oldest: bool = False):
        installer = ROOT / "Tests" / "integration" / "install-mlflow"
        words = [installer, "--offline", *(["--oldest"] if oldest else [])]
        tools = subprocess.run(words, capture_output=True, text=True)
        assert tools.returncode == 0, tools.stderr
        self.tools = Path(tools.stdout.strip())
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = open(folder / "server.log", "wb")
        words = ["server", "--host", "127.0.0.1", "--port", str(self.port), f"--workers={workers}"]
        words += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--serve-artifacts"]
        words += ["--artifacts-destination", str(folder / "artifacts")]
        self.process = subprocess.Popen(
            [self.tools / "bin" / "mlflow", *words],
            stdout=self._log, stderr=self._log, cwd=folder, env=self.environment,
        )  # fmt: skip

        def answers() -> bool:
            assert self.process.poll() is None, (folder / "server.log").read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health"):
                return True
            return False

        eventually(answers, "MLflow", 150)

    @property
    def environment(self) -> dict[str, str]:
        quiet = {"GIT_PYTHON_REFRESH": "quiet", "MLFLOW_DISABLE_TELEMETRY": "true"}
        quiet["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # eight processes that nobody asks
        return os.environ | quiet | {"PATH": f"{self.tools}/bin:{os.environ['PATH']}"}

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._log.close()

    def publish(self, bundle: Path, alias: str | None = None) -> str:
        """By the script that owners get. Returns MLflow's number of the version."""
        words = [self.tools / "bin" / "python", ROOT / "examples" / "publish-mlflow", bundle]
        words += ["--server", self.url, *(["--alias", alias] if alias else [])]
        result = subprocess.run(
            words, capture_output=True, text=True, timeout=120, env=self.environment
        )
        assert result.returncode == 0, result.stderr
        # MLflow says things of its own before.
        return result.stdout.splitlines()[-1].split()[1].rstrip(",")

    def register(
        self, bundle: Path, name: str, alias: str | None = None, source: str | None = None, **tags
    ) -> str:
        """The same by the REST interface, with the tags that are given alone. Returns the
        number."""
        run = self.post("/runs/create", experiment_id="0")["run"]["info"]["run_id"]
        place = f"0/{run}/artifacts/bundle"  # MLflow takes no version of what is in no run
        for path in [path for path in bundle.rglob("*") if path.is_file()]:
            self.put(f"{place}/{path.relative_to(bundle)}", path.read_bytes())
        with contextlib.suppress(urllib.error.HTTPError):
            self.post("/registered-models/create", name=name)
        made = self.post(
            "/model-versions/create", name=name, run_id=run,
            source=source or f"mlflow-artifacts:/{place}",
            tags=[{"key": f"edgeagent.{key}", "value": value} for key, value in tags.items()],
        )["model_version"]["version"]  # fmt: skip
        if alias:
            self.alias(name, alias, made)
        return made

    def alias(self, name: str, alias: str, number: str) -> None:
        self.post("/registered-models/alias", name=name, alias=alias, version=number)

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.url}{API}{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, **body: object) -> dict:
        request = urllib.request.Request(
            f"{self.url}{API}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def forget(self, name: str) -> None:
        """Deletes a registered model; the next of that name begins with version 1."""
        request = urllib.request.Request(
            f"{self.url}{API}/registered-models/delete", json.dumps({"name": name}).encode(),
            {"Content-Type": "application/json"}, method="DELETE",
        )  # fmt: skip
        with contextlib.suppress(urllib.error.HTTPError):  # it may not be there
            urllib.request.urlopen(request, timeout=30).close()

    def put(self, path: str, body: bytes) -> None:
        """Writes an artifact."""
        url = f"{self.url}/api/2.0/mlflow-artifacts/artifacts/{path}"
        urllib.request.urlopen(urllib.request.Request(url, body, method="PUT"), timeout=30).close()

    def version(self, name: str, number: str) -> dict:
        return self.get(f"/model-versions/get?name={name}&version={number}")["model_version"]

    def tags(self, name: str, number: str) -> dict[str, str]:
        return {tag["key"]: tag["value"] for tag in self.version(name, number).get("tags", [])}
