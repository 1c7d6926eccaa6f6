"""The outbox as another program sees it: through SQLite."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from agent import eventually

ALERT, AUDIT, ANOMALY, RESULT, RECORDING = 4, 3, 2, 1, -1


def configuration(size: str = "8MiB", path: str = "outbox.db") -> str:
    return f'[store]\npath = "{path}"\nsize = "{size}"\n'


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=5)


def query(path: Path, sql: str, *values) -> list[tuple]:
    """Rows; none while there is no store yet."""
    if not path.exists():
        return []
    try:
        with closing(opened(path)) as store, store:
            return store.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise


def bodies(path: Path, kind: int) -> list[dict]:
    rows = query(path, "SELECT body FROM record WHERE kind = ? ORDER BY sequence", kind)
    return [json.loads(body) for (body,) in rows]


def alerts(path: Path) -> list[dict]:
    """Alerts alone: what a store or an agent says of its own trouble is kept as the same kind."""
    return [body for body in bodies(path, ALERT) if body["type"] == "alert"]


def losses(path: Path) -> dict[tuple[str, int], int]:
    return {(r, k): n for r, k, n in query(path, "SELECT reason, kind, count FROM loss")}


def waits_for(path: Path, kind: int, count: int, timeout: float = 15) -> list[dict]:
    """The bodies of that kind, once there are `count`."""

    def enough() -> list[dict] | None:
        found = bodies(path, kind)
        return found if len(found) >= count else None

    return eventually(enough, f"{count} records of kind {kind} in {path}", timeout)


def is_sound(path: Path) -> bool:
    return query(path, "PRAGMA integrity_check") == [("ok",)]
