"""Where things are in a store: `runs/` is the truth, `index/` is derived from it."""

from __future__ import annotations

import os
import re
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from isoline.errors import StoreError

ENVIRONMENT = "ISOLINE_STORE"
TEMPORARY = ".tmp-"
MANIFEST = "manifest.json"

_RUN_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")
_lock = threading.Lock()
_last_stamp = ""


def resolve_root(option: Path | None) -> Path:
    """`--store`, else $ISOLINE_STORE, else the user's data folder."""
    if option is not None:
        return option
    if configured := os.environ.get(ENVIRONMENT):
        return Path(configured)
    import platformdirs

    return platformdirs.user_data_path("isoline")


def existing_root(option: Path | None) -> Path:
    """The same for a command that only reads: a folder that was named and is not there is a `StoreError`.

    The user's data folder need not exist: nothing has been stored yet, and packaged data is there.
    """
    root = resolve_root(option)
    named = "--store" if option is not None else ENVIRONMENT if os.environ.get(ENVIRONMENT) else None
    if named and not root.is_dir():
        raise StoreError(f"{named} {root}: there is no such folder; `isoline bench` and `import` make one")
    return root


def runs_folder(root: Path) -> Path:
    """Holds one folder per run."""
    return root / "runs"


def index_folder(root: Path) -> Path:
    """May be deleted at any time."""
    return root / "index"


def table_file(root: Path, run_id: str, table: str) -> Path:
    """The Parquet file of one table of one run."""
    return runs_folder(root) / run_id / f"{table}.parquet"


def new_run_id() -> str:
    """UTC time to the microsecond and eight random digits; later ids of a process sort after earlier."""
    global _last_stamp
    with _lock:
        while (stamp := f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}") <= _last_stamp:
            pass  # at most a microsecond
        _last_stamp = stamp
    return f"{stamp}-{secrets.token_hex(4)}"


def is_run_id(name: str) -> bool:
    """Whether a folder of `runs/` is named as this store names them."""
    return _RUN_ID.fullmatch(name) is not None


def artifact_path(name: str) -> PurePosixPath:
    """A file name given by a caller or a manifest, proven to stay inside its run folder."""
    path = PurePosixPath(name)
    bad = not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name
    if bad or str(path) != name or path.parts[0].startswith("."):
        raise StoreError(f"file name {name!r} is not a plain path inside a run folder")
    return path
