"""The run folders of a store: their names, their manifests, and those that are unusable."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from isoline.errors import StoreError
from isoline.store.failures import storing
from isoline.store.layout import TEMPORARY, is_run_id, runs_folder
from isoline.store.manifest import Manifest, read_manifest

# A folder changed this recently may change again within one tick of its time stamp.
_TICK_NS = 100_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the store that is skipped, and why."""

    path: Path
    reason: str


class Folders:
    """Lists names only; a manifest is read when its run is new to the index, once a process."""

    def __init__(self, root: Path) -> None:
        self._runs = runs_folder(root)
        self._names: frozenset[str] = frozenset()
        self._listed: int | None = None  # mtime of the listing, None: list again
        self._manifests: dict[str, Manifest] = {}
        self._aside: dict[str, str] = {}

    def names(self) -> frozenset[str]:
        """Run ids present now. The same object while nothing changed."""
        with storing(self._runs, "list"):
            try:
                changed = os.stat(self._runs).st_mtime_ns
            except FileNotFoundError:
                self._names = self._names and frozenset()  # the same object while nothing is there
                self._listed = None
                return self._names
            if changed == self._listed:
                return self._names
            names = frozenset(name for name in os.listdir(self._runs) if is_run_id(name))
        if names != self._names:
            self._names = names
        self._listed = changed if time.time_ns() - changed > _TICK_NS else None
        return self._names

    def manifest(self, run_id: str) -> Manifest | None:
        """The manifest of a usable run folder; None, and a problem noted, of another."""
        if run_id in self._aside:
            return None
        if run_id not in self._manifests:
            try:
                self._manifests[run_id] = read_manifest(self._runs / run_id)
            except StoreError as error:
                if (self._runs / run_id).exists():  # else it was deleted just now
                    self._aside[run_id] = str(error)
                return None
        return self._manifests[run_id]

    def set_aside(self, run_id: str, reason: str) -> None:
        """Skips a folder from now on."""
        self._aside[run_id] = reason
        self._manifests.pop(run_id, None)

    def forget(self) -> None:
        """Looks at every folder again next time, also at those set aside."""
        self._manifests.clear()
        self._aside.clear()
        self._listed = None

    def release(self, run_ids: frozenset[str]) -> None:
        """Frees the manifests of runs the index covers by now."""
        for run_id in run_ids & self._manifests.keys():
            del self._manifests[run_id]

    def noticed(self) -> list[Problem]:
        """What queries so far had to skip; costs nothing."""
        return [Problem(self._runs / name, reason) for name, reason in sorted(self._aside.items())]

    def problems(self, *, deep: bool) -> list[Problem]:
        """Every entry of `runs/` that is skipped; `deep` also compares SHA-256 digests."""
        if not self._runs.exists():
            return []
        found = dict(self._aside)  # what only a query could find out stays known
        with storing(self._runs, "list"):
            names = sorted(os.listdir(self._runs))
        for name in names:
            if name.startswith(TEMPORARY) or name in found:
                continue
            reason = self._inspect(name, deep=deep)
            if reason is not None:
                found[name] = reason
        there = set(names)
        return [Problem(self._runs / name, reason) for name, reason in sorted(found.items()) if name in there]

    def _inspect(self, name: str, *, deep: bool) -> str | None:
        if not is_run_id(name):
            return "not a run folder of this store; skipped"
        try:
            manifest = read_manifest(self._runs / name)
            return self._changed(manifest) if deep else None
        except StoreError as error:
            return str(error)

    def _changed(self, manifest: Manifest) -> str | None:
        for name, entry in manifest.files.items():
            with storing(self._runs, "read"), (self._runs / manifest.run_id / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != entry.sha256:
                    return f"{name} has changed since it was written (SHA-256 differs)"
        return None
