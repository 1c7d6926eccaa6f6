"""As much of MLflow's REST interface as a board uses, with the faults that a test wants: an old
server that refuses a NaN which it has, one that takes long over what it has, answers that get lost,
and a model version with the tags of a whole fleet."""

import contextlib
import http.server
import json
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

INTEGRITY = (
    "(sqlite3.IntegrityError) UNIQUE constraint failed: metrics.key, metrics.timestamp, "
    "metrics.step, metrics.run_uuid, metrics.value, metrics.is_nan"
)


class Lost(Exception):
    """The connection ends without an answer."""


class FakeMLflow:
    """`metrics` has what the run has, as (key, step, timestamp, value), once each."""

    def __init__(
        self,
        *,
        loses: Callable[[int], bool] = lambda number: False,
        refuses_repeated_nan: bool = False,
        repeats_take: float = 0,
        tags: list[dict] | None = None,
        model: str = "level",
    ):
        """
        loses: whether the answer to the batch of that number, from 1 on, gets lost.
        refuses_repeated_nan: as MLflow 3.0 to 3.15 do.
        repeats_take: seconds for a batch with a metric that is there, as with a long history.
        tags: those of the only version of `model`.
        """
        self._loses, self._refuses = loses, refuses_repeated_nan
        self._repeats_take, self._tags, self._model = repeats_take, tags or [], model
        self.metrics: set[tuple] = set()
        self.batches = 0
        self.requests: list[str] = []
        self.artifacts: dict[str, bytes] = {}
        self.answer_bytes: dict[str, int] = {}
        self._latest: dict[str, dict] = {}
        self._has_run = False
        self._lock = threading.Lock()
        self._closing = threading.Event()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner._serve(self)

            do_POST = do_PUT = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def steps(self, key: str) -> list[int]:
        return sorted(step for name, step, _, _ in self.metrics if name == key)

    def _serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        with self._lock:
            self.requests.append(f"{handler.command} {address.path}")
        try:
            status, value = self._answer(handler.command, address.path, query, body)
        except Lost:
            handler.close_connection = True
            return
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.answer_bytes[address.path] = len(text)
        with contextlib.suppress(OSError):
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
            handler.end_headers()
            handler.wfile.write(text)

    def _answer(self, method: str, path: str, query: dict, body: bytes) -> tuple[int, object]:
        if path.startswith("/api/2.0/mlflow-artifacts/artifacts/") and method == "PUT":
            self.artifacts[path.removeprefix("/api/2.0/mlflow-artifacts/artifacts/")] = body
            return 200, {}
        if path == "/version":
            return 200, b"3.99.0"
        name = path.removeprefix("/api/2.0/mlflow/")
        found = getattr(self, "_" + name.replace("/", "_").replace("-", "_"), None)
        if found is None:
            return 404, {"error_code": "ENDPOINT_NOT_FOUND", "message": name}
        return found(query if method == "GET" else json.loads(body or b"{}"))

    def _experiments_get_by_name(self, _: dict) -> tuple[int, object]:
        return 200, {"experiment": {"experiment_id": "1", "lifecycle_stage": "active"}}

    def _run(self) -> dict:
        return {
            "info": {"run_id": "r", "artifact_uri": "mlflow-artifacts:/1/r/artifacts"},
            "data": {"metrics": list(self._latest.values())},
        }

    def _runs_search(self, _: dict) -> tuple[int, object]:
        return 200, {"runs": [self._run()]} if self._has_run else {}

    def _runs_create(self, _: dict) -> tuple[int, object]:
        self._has_run = True
        return 200, {"run": self._run()}

    def _runs_log_batch(self, body: dict) -> tuple[int, object]:
        metrics = [
            (m["key"], m["step"], m["timestamp"], str(m["value"])) for m in body.get("metrics", [])
        ]
        with self._lock:
            if metrics:
                self.batches += 1
            number, repeated = self.batches, [m for m in metrics if m in self.metrics]
        if self._refuses and any(value == "NaN" for *_, value in repeated):
            return 400, {"error_code": "BAD_REQUEST", "message": INTEGRITY}
        if repeated and self._repeats_take:
            self._closing.wait(self._repeats_take)
            raise Lost  # and nothing of it is stored, as when the server runs out of memory
        with self._lock:
            self.metrics.update(metrics)
            for key, step, timestamp, value in metrics:
                last = self._latest.get(key)
                if last is None or step >= last["step"]:
                    self._latest[key] = {
                        "key": key, "value": value, "timestamp": timestamp, "step": step,
                    }  # fmt: skip
        if metrics and self._loses(number):
            raise Lost
        return 200, {}

    def _version(self) -> dict:
        return {
            "name": self._model, "version": "1", "status": "READY", "source": "models:/m-1",
            "creation_timestamp": 1, "tags": self._tags, "aliases": ["champion"],
        }  # fmt: skip

    def _registered_models_alias(self, _: dict) -> tuple[int, object]:
        return 200, {"model_version": self._version()}

    _model_versions_get = _registered_models_alias

    def _model_versions_search(self, _: dict) -> tuple[int, object]:
        return 200, {"model_versions": [self._version()]}

    def _model_versions_set_tag(self, body: dict) -> tuple[int, object]:
        with self._lock:
            self._tags = [t for t in self._tags if t["key"] != body["key"]]
            self._tags.append({"key": body["key"], "value": body["value"]})
        return 200, {}
