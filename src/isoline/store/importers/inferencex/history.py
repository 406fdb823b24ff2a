"""Whether rows of benchmarks are a history: several dated runs per line instead of the latest."""

from operator import attrgetter
from typing import Any

import msgspec

from isoline.store.importers.inferencex.documents import Decoded
from isoline.store.importers.inferencex.recipes import CONFIGURATION

_SHARE = 0.1  # of the lines; a latest-run response has a few with two, where a run was published twice
_LINE = (*CONFIGURATION, "benchmark_type", "isl", "osl", "offload_mode")
# Decodes these columns only, whatever their types: metrics are most of a row and not needed here.
_Columns = msgspec.defstruct("_Columns", [(name, Any, None) for name in (*_LINE, "run_url")], gc=False)
_DECODER = msgspec.json.Decoder(_Columns)
_line = attrgetter(*_LINE)
_run_url = attrgetter("run_url")


def has_history(decoded: Decoded) -> bool:
    """Whether at least a tenth of the lines have more than one run."""
    first_runs: dict[object, str] = {}
    several: set[object] = set()
    for row in decoded.rows():
        try:
            columns = _DECODER.decode(row) if isinstance(row, msgspec.Raw) else msgspec.convert(row, _Columns)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        line = tuple(map(str, _line(columns)))
        run = str(_run_url(columns))
        if first_runs.setdefault(line, run) != run:
            several.add(line)
    return len(several) >= _SHARE * max(1, len(first_runs))
