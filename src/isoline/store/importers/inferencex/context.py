"""What files of a run say about their siblings: the run itself, and an evaluation's settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from isoline.store.importers.fields import iso_date
from isoline.store.importers.inferencex import scores
from isoline.store.importers.inferencex.normalise import parse_lengths

if TYPE_CHECKING:
    from isoline.store.importers.inferencex.items import Document

Values = dict[str, object]
# Artifacts of a run that say nothing about points.
_OTHERS = re.compile(
    r"(?:^|/)(?:run[-_]stats|changelog[-_]metadata|server_logs|gpu_metrics|power_audit|samples_)", re.I
)


class Context:
    """Remembers context files by folder; a row takes what the nearest folder above it says."""

    def __init__(self) -> None:
        self._runs: dict[str, Values] = {}
        self._settings: dict[str, Values] = {}
        self._used: set[int] = set()

    def keep(self, document: Document, value: object) -> bool:
        """Remember a context file; whether it was one."""
        if not isinstance(value, dict):
            return False
        if document.name == "meta_env.json":
            self._settings[document.folder] = value
            return True
        if "html_url" in value and ("run_started_at" in value or "created_at" in value):
            self._runs[document.folder] = _run(value)
            return True
        return False

    def complete(self, document: Document, row: Values) -> Values:
        """A row with its run, and with lengths from its file's name where it has none."""
        missing = {name: value for name, value in self._run_of(document).items() if row.get(name) is None}
        if row.get("isl") is None and row.get("osl") is None and "task" not in row:
            lengths = parse_lengths(document.path)
            if lengths is not None:
                missing |= {"isl": lengths[0], "osl": lengths[1]}
        return {**row, **missing}

    def harness_tasks(self, document: Document, value: object) -> Iterator[Values] | None:
        """The tasks of an lm-eval results file with their settings; `None` for any other file."""
        if not isinstance(value, Mapping) or not isinstance(value.get("results"), Mapping):
            return None
        if not ("lm_eval_version" in value or "n-samples" in value or document.name.startswith("results")):
            return None
        settings = _nearest(self._settings, document.folder)
        self._used.add(id(settings))
        run = self._run_of(document)
        return scores.harness_tasks({**run, **settings}, value)

    @property
    def unused(self) -> int:
        """How many settings no results file took."""
        return sum(id(settings) not in self._used for settings in self._settings.values())

    def is_expected(self, document: Document) -> bool:
        return _OTHERS.search(document.path) is not None

    def _run_of(self, document: Document) -> Values:
        return _nearest(self._runs, document.folder)


def _run(value: Values) -> Values:
    """Address, start and date of a workflow run as the forge's API describes it."""
    url, attempt = value.get("html_url"), value.get("run_attempt")
    started = value.get("run_started_at") or value.get("created_at")
    if isinstance(url, str) and isinstance(attempt, int) and attempt > 1 and "/attempts/" not in url:
        url = f"{url}/attempts/{attempt}"
    date = iso_date(started) if isinstance(started, str) else ""
    return {"run_url": url, "run_started_at": started, "date": date or None}


def _nearest(known: Mapping[str, Values], folder: str) -> Values:
    while folder not in known and folder:
        folder = folder.rpartition("/")[0]
    return known.get(folder, {})
