"""Columns of every Parquet table of a run folder: name, type, meaning and unit.

Declared without pyarrow, so that a reader never pays for importing it. Any change of a column
is a new `FORMAT_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.domain.recipe import Recipe

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1

# Metrics that every comparison needs: repeated as columns, so that no query opens the map.
HOT_METRICS = ("median_ttft", "median_e2el", "median_tpot", "avg_power_w")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `type` is text, int, float, bool or map (text to float)."""

    name: str
    type: str
    note: str = ""


def _columns(declaration: str) -> tuple[Column, ...]:
    """One column a line: name, type, meaning."""
    lines = (line.split(None, 2) for line in declaration.strip().splitlines())
    return tuple(Column(*parts) for parts in lines)


# Annotations are text here (`from __future__ import annotations` in recipe.py).
_RECIPE_TYPES = {"str": "text", "int": "int", "float": "float", "bool": "bool"}
RECIPE_COLUMNS = tuple(
    Column(name, _RECIPE_TYPES[str(kind).removesuffix(" | None")], "recipe")
    for name, kind in Recipe.__annotations__.items()
)

_SUBJECT = (
    Column("recipe_id", "text", "hash over the recipe columns"),
    Column("recipe", "text", "the recipe columns as a JSON array: one column to read instead of 31"),
    *RECIPE_COLUMNS,
    *_columns("""
        isl            int    input tokens per request
        osl            int    output tokens per request
        workload_kind  text   how lengths and prompts are drawn: fixed, uniform, text …
        concurrency    int    requests in flight (closed loop)
        key            text   identity within its dataset
        dataset        text   name of its dataset
        run            text   run folder that holds it
        date           text   ISO 8601 date
        run_url        text   page of the run at its source
    """),
)

POINTS = (
    *_SUBJECT,
    *_columns("""
        interactivity          float  tok/s/user at the median TPOT
        throughput             float  tok/s/GPU, input and output, over all GPUs
        output_throughput      float  output tok/s/GPU, where disaggregated per decode GPU
        input_throughput       float  input tok/s/GPU, where disaggregated per prefill GPU
        status                 text   measured, published or simulated
        request_rate           float  requests/s offered (open loop)
        run_started_at         text   ISO 8601 time at the source
        repeat                 int    number of the repeat, from 0
        valid                  bool   false: the client or the run was at fault
        printed_cost           float  $/M tokens as printed (published points only)
        printed_tokens_per_mw  float  tok/s/MW as printed (published points only)
        median_ttft            float  s, repeated from metrics
        median_e2el            float  s, repeated from metrics
        median_tpot            float  s, repeated from metrics
        avg_power_w            float  W per GPU, repeated from metrics
        metrics                map    everything else the source reported; s, W
    """),
)

EVALUATIONS = (
    *_SUBJECT,
    *_columns("""
        task            text   name of the task
        metric          text   which of the task's scores
        score           float  fraction
        standard_error  float  fraction
        n               int    items scored
        metrics         map    everything else the source reported
    """),
)

REQUESTS = _columns("""
    point_key               text   point this request belongs to
    request                 int    number in sending order, from 0
    stream                  int    number of the concurrent user
    process                 int    number of the client process
    scheduled_ns            int    ns since the run's origin: due to be sent
    sent_ns                 int    ns: last byte of the request written
    first_byte_ns           int    ns: first byte of the response read
    first_token_ns          int    ns: first chunk that carries a token
    first_visible_token_ns  int    ns: first token that is not reasoning
    last_token_ns           int    ns: last chunk that carries a token
    input_tokens            int    tokens, as the server counted them
    output_tokens           int    tokens, as the server counted them
    chunks                  int    chunks that carried tokens
    finish_reason           text   stop, length, ...; empty when it failed
    error_kind              text   what went wrong; empty when it finished
""")

ITEMS = _columns("""
    evaluation_key  text   evaluation this item belongs to
    item            text   identity of the item within its task
    repeat          int    number of the attempt, from 0
    score           float  fraction: 1 correct, 0 wrong
    input_tokens    int    tokens
    output_tokens   int    tokens
    finish_reason   text   stop, length, ...
    error_kind      text   what went wrong; empty when it finished
""")

TELEMETRY = _columns("""
    time_ns  int    ns since the run's origin
    source   text   nvml, prometheus, host, ...
    device   text   GPU or host within the run
    name     text   what was sampled
    unit     text   unit of value
    value    float  the sample
""")

AVAILABILITY = _columns("""
    dataset        text  name of its dataset
    model          text  catalog key
    hardware       text  catalog key
    precision      text  catalog key
    engine         text  catalog key
    spec_method    text  none, mtp, ...
    disaggregated  bool  prefill and decode on separate GPUs
    isl            int   input tokens per request
    osl            int   output tokens per request
    date           text  ISO 8601 date
""")

QUARANTINE = _columns("""
    id        text  hash of what makes the row the same row again
    importer  text  importer that read it
    dataset   text  dataset it would belong to
    source    text  file or URL
    position  text  where in the source
    reason    text  code
    detail    text  offending field and value
    raw       text  the whole row as JSON
""")

RESOLVED = (Column("id", "text", "quarantined row that a retry took in"),)

TABLES = {
    "points": POINTS,
    "evaluations": EVALUATIONS,
    "requests": REQUESTS,
    "items": ITEMS,
    "telemetry": TELEMETRY,
    "availability": AVAILABILITY,
    "quarantine": QUARANTINE,
    "resolved": RESOLVED,
}


def names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Column names in order."""
    return tuple(column.name for column in columns)


# What makes points one line, apart from lengths: the same as in the analysis.
LINE = [
    "model",
    "hardware",
    "engine",
    "precision",
    "spec_method",
    "disaggregated",
    "multinode",
    "prefill_tp",
    "prefill_ep",
    "prefill_dp_attention",
    "prefill_workers",
    "prefill_gpus",
    "decode_tp",
    "decode_ep",
    "decode_dp_attention",
    "decode_workers",
    "decode_gpus",
    "offload",
]

# The index leaves out the map of a point (read from the run folder when asked for) and those
# recipe columns that no condition and no count (of engine versions) names: the column `recipe` has them all.
_UNNAMED = set(names(RECIPE_COLUMNS)) - {*LINE, "engine_version"}
INDEX_POINTS = tuple(column for column in POINTS if column.type != "map" and column.name not in _UNNAMED)


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The columns as pyarrow wants them."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "map": pa.map_(pa.string(), pa.float64()),
    }
    return pa.schema([pa.field(column.name, types[column.type]) for column in columns])
