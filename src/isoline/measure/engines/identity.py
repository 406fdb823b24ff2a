"""What an engine reported, as recipe fields, and its comparison with what was declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isoline.domain.recipe import Recipe, Scalar
from isoline.errors import EngineError

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

ROLES = ("prefill", "decode")
UNKNOWN = (None, "unknown")  # what a recipe says of a field that nobody declared


@dataclass(frozen=True, slots=True)
class Identity:
    """A server as it describes itself. `fields` are recipe fields by name; what it does not say is absent.

    `served` are the names requests may ask for; `speculates` says whether speculative decoding is
    on; `max_length` is in tokens; `refuses` names fields of a request that it answers with an error;
    `simulated` says how many times faster than real time it runs, of a simulated engine only; `facts`
    is everything else worth keeping with a run.
    """

    engine: str
    served: tuple[str, ...] = ()
    fields: Mapping[str, Scalar] = field(default_factory=dict)
    speculates: bool | None = None
    max_length: int | None = None
    refuses: tuple[str, ...] = ()
    simulated: float | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)


def both(**values: Scalar) -> dict[str, Scalar]:
    """Fields of both roles of an aggregated deployment: `tp` -> `prefill_tp`, `decode_tp`."""
    known = {name: value for name, value in values.items() if value is not None}
    return {f"{role}_{name}": value for role in ROLES for name, value in known.items()}


def verify(
    declared: Recipe,
    identity: Identity,
    catalog: Catalog,
    *,
    model: str | None = None,
    tokens: int | None = None,
) -> Recipe:
    """The declared recipe, completed by what the engine reports. `model` is the name requests will
    ask for, `tokens` the most one request needs (input and output).

    Raises `EngineError` with every contradiction: the server is not the one that was declared.
    """
    wrong = [*_contradictions(declared, identity, catalog)]
    if model is not None and identity.served and model not in identity.served:
        wrong.append(f"model: requests ask for {model!r}, the server serves {', '.join(identity.served)}")
    if tokens is not None and identity.max_length is not None and tokens > identity.max_length:
        wrong.append(f"length: a request needs {tokens:,} tokens, the server takes {identity.max_length:,}")
    if wrong:
        raise EngineError("the server is not what was declared:\n" + "\n".join(f"  {line}" for line in wrong))
    reported = {"engine": identity.engine, **identity.fields}
    missing = {name: value for name, value in reported.items() if getattr(declared, name) in UNKNOWN}
    return replace(declared, **missing)


def _contradictions(declared: Recipe, identity: Identity, catalog: Catalog) -> Iterator[str]:
    if not _same_engine(declared.engine, identity.engine, catalog):
        yield _line("engine", declared.engine, identity.engine)
    known = identity.speculates is not None and declared.spec_method not in UNKNOWN
    if known and identity.speculates != (declared.spec_method != "none"):
        said = "speculative decoding is on" if identity.speculates else "speculative decoding is off"
        yield f"spec_method: declared {declared.spec_method!r}, but the server says that {said}"
    for name, value in identity.fields.items():
        mine = getattr(declared, name)
        if mine in UNKNOWN or mine == value:
            continue
        if name != "checkpoint" or _other_checkpoint(str(mine), str(value)):
            yield _line(name, mine, value)


def _same_engine(declared: str, reported: str, catalog: Catalog) -> bool:
    """An orchestrator around an engine (`dynamo-vllm`) answers as that engine; a gateway may as none."""
    if declared == reported or "unknown" in (declared, reported):
        return True
    rows = [catalog.engines.get(name) for name in (declared, reported)]
    if rows[0] is None:
        return False
    family = rows[1].family if rows[1] else reported
    return rows[0].family == family or rows[0].key.endswith(f"-{reported}")


def _other_checkpoint(declared: str, reported: str) -> bool:
    """Whether two names are of different models for sure: a local path may hold either."""
    names = [name.rstrip("/").lower() for name in (declared, reported)]
    hub = [name.count("/") == 1 and not name.startswith((".", "/", "~")) for name in names]
    return all(hub) and names[0] != names[1]


def _line(name: str, declared: object, reported: object) -> str:
    return f"{name}: declared {declared!r}, the server reports {reported!r}"
