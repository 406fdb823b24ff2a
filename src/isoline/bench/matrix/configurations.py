"""An engine and a matrix of its settings -> the configurations that are started and measured."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from os import environ

import msgspec

from isoline.bench.asked.mistakes import plain
from isoline.bench.asked.secrecy import of_variables, of_words
from isoline.bench.asked.spec import Adjusted, Choice, Engine, Scalar, Spec, SpecProblem
from isoline.errors import UsageError
from isoline.measure.launchers.acceptance import acceptance
from isoline.measure.launchers.settings import Launcher, Settings
from isoline.registry import LAUNCHERS

_IMPLIED = ("tp", "pp", "ep", "dp_attention", "spec_method")  # settings that are recipe fields, too
# What a recipe says in fields of its own, or by its precision, is not said again among its flags.
_TOLD = (*_IMPLIED, "served_name", "quantization", "dtype", "kv_dtype", "spec_tokens", "draft")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to start the engine. `recipe`: fields by name, as declared and as the settings imply."""

    name: str
    launcher: Launcher
    settings: Settings
    recipe: Mapping[str, Scalar]
    start_timeout: float
    places: Mapping[str, tuple[str, ...]]  # where the recipe's fields are declared
    secrets: frozenset[str] = field(default=frozenset(), repr=False)  # that its settings hold

    @property
    def served(self) -> str:
        """The name that requests ask for."""
        return self.launcher.served(self.settings)

    @property
    def flags(self) -> str | None:
        """What the engine is told beyond what recipes have fields for, sorted, as one line."""
        rest = _without(self.settings, _TOLD)
        bare = _groups(self.launcher.command(_without(rest, _plain_names())))
        told = _groups([*self.launcher.command(rest), *rest.extra])
        return " ".join(sorted(group for group in told if group not in bare)) or None


@dataclass(frozen=True, slots=True)
class _Row:
    """A value of an axis: its name, and what it changes; `path` is where it stands."""

    name: str
    choice: Choice
    path: tuple[str, ...]


def configurations(spec: Spec) -> list[Configuration]:
    """Every combination of the matrix, in the order of the file; a wrong one is a `SpecProblem`."""
    assert spec.engine is not None
    axes = [_axis(name, rows) for name, rows in spec.matrix.items()]
    combinations = list(product(*axes))
    found = [_configuration(spec, spec.engine, rows) for rows in combinations]
    for number, one in enumerate(found):
        for earlier, other in enumerate(found[:number]):
            if one.name == other.name:
                pairs = zip(combinations[number], combinations[earlier], strict=True)
                path = next(row.path for row, before in pairs if row.path != before.path)
                words = f"two configurations would be called {one.name}: name the choices otherwise"
                raise SpecProblem(path, words)
            if (one.recipe, one.flags) == (other.recipe, other.flags):
                words = "have the same recipe: say under recipe what differs, such as the precision"
                raise SpecProblem(("matrix",), f"{other.name} and {one.name} {words}")
    return found


def _axis(name: str, rows: object) -> list[_Row]:
    """A list of values of the setting `name`, or named choices."""
    if isinstance(rows, list) and rows:
        found = [(str(number), f"{name}{value}", {name: value}) for number, value in enumerate(rows)]
    elif isinstance(rows, dict) and rows:
        found = [(str(key), str(key), choice) for key, choice in rows.items()]
    else:
        words = f"expected values like {name}: [1, 2], or choices like {name}: {{fast: {{tp: 8}}}}"
        raise SpecProblem(("matrix", name), words)
    path, listed = ("matrix", name), isinstance(rows, list)
    return [
        _Row(label, _choice(values, (*path, key), listed=listed), (*path, key))
        for key, label, values in found
    ]


def _choice(values: object, path: tuple[str, ...], *, listed: bool) -> Choice:
    """The settings at `path`; `listed`: they are one value of a list, not keys that the file has."""
    if not isinstance(values, dict):
        raise SpecProblem(path, "expected settings, such as {tp: 8, recipe: {precision: fp8}}")
    try:
        return msgspec.convert(values, Choice)
    except msgspec.ValidationError as error:
        message, rest = plain(str(error), values, Choice)
    raise SpecProblem(path if listed else (*path, *rest), message)


def _configuration(spec: Spec, engine: Engine, rows: Sequence[_Row]) -> Configuration:
    launcher: Launcher = _launcher(engine.name)
    name = "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", row.name) for row in rows) or engine.name
    settings = _settings(engine, rows, spec.model if "served_name" in launcher.flags else None)
    path = rows[-1].path if rows else ("engine",)
    try:
        launcher.arguments(settings)
        served = launcher.served(settings)
    except UsageError as problem:
        raise SpecProblem(path, str(problem), problem.suggestions) from None
    if spec.model not in (None, served):
        raise SpecProblem(("model",), f"{engine.name} serves {served!r} under that name only; leave it out")
    places: dict[str, tuple[str, ...]] = {key: ("recipe", key) for key in spec.recipe}
    for row in rows:
        places |= {key: (*row.path, "recipe", key) for key in row.choice.recipe}
    recipe = _recipe(spec, rows, launcher, settings, places)
    held = _secrets(settings, [engine, *(row.choice for row in rows)])
    return Configuration(name, launcher, settings, recipe, engine.start_timeout, places, held)


def _secrets(settings: Settings, parts: Sequence[Adjusted]) -> frozenset[str]:
    """Texts of the settings that by the names of flags or variables are secret, `$NAME`s included."""
    named = {name for part in parts for name in _variables(msgspec.to_builtins(part))}
    held = {name: environ[name] for name in named if name in environ}
    words = [*settings.program, *settings.extra]
    return frozenset([*of_variables(settings.environment), *of_variables(held), *of_words(words)])


def _variables(value: object) -> Iterator[str]:
    """Names of the `$NAME`s in all texts of plain values."""
    if isinstance(value, str):
        yield from string.Template(value).get_identifiers()
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _variables(item)


def _launcher(name: str) -> Launcher:
    try:
        found: Launcher = LAUNCHERS.load(name)
    except UsageError as problem:
        raise SpecProblem(("engine", "name"), str(problem), problem.suggestions) from None
    return found


def _settings(engine: Engine, rows: Sequence[_Row], served_name: str | None) -> Settings:
    """The engine's settings under those of the rows: lists and mappings add up, the rest is replaced."""
    values: dict[str, object] = {}
    extra, environment = list(engine.extra), dict(engine.environment)
    for part in (engine, *(row.choice for row in rows)):
        values |= {key: value for key in _plain_names() if (value := getattr(part, key)) is not None}
        values["program"] = part.program or values.get("program", [])
    for row in rows:
        extra += row.choice.extra
        environment |= row.choice.environment
    values |= {"extra": extra, "environment": {key: str(value) for key, value in environment.items()}}
    known = {key: _expanded(key, value) for key, value in values.items()}
    if "checkpoint" not in known:
        raise SpecProblem(("engine",), "checkpoint is missing: the name or path of what is served")
    model = known.pop("checkpoint")
    place = {"host": engine.host, "port": engine.port, "served_name": served_name}
    return Settings(model=model, **place, **known)  # type: ignore[arg-type]


def _without(settings: Settings, names: Sequence[str]) -> Settings:
    """The settings with some of them left to the engine."""
    kept = {f.name: getattr(settings, f.name) for f in fields(Settings) if f.name not in names}
    return Settings(**kept)


def _plain_names() -> list[str]:
    return [n for n in Adjusted.__struct_fields__ if n not in ("extra", "environment", "program")]


def _expanded(key: str, value: object) -> object:
    """Texts with `$NAME` replaced by that variable of the environment."""
    if isinstance(value, str):
        try:
            return string.Template(value).substitute(environ)
        except KeyError as missing:
            words = f"the environment variable {missing.args[0]} is not set"
            raise SpecProblem(("engine", key), f"{value!r}: {words}") from None
        except ValueError:
            raise SpecProblem(("engine", key), f"{value!r}: write $$ for a dollar sign") from None
    if isinstance(value, dict):
        return {name: _expanded(key, item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_expanded(key, item) for item in value)
    return value


def _recipe(
    spec: Spec,
    rows: Sequence[_Row],
    launcher: Launcher,
    settings: Settings,
    places: Mapping[str, tuple[str, ...]],
) -> dict[str, Scalar]:
    """What is declared, over what the settings imply, which it must not contradict."""
    implied: dict[str, Scalar | None] = {name: getattr(settings, name) for name in _IMPLIED}
    implied["spec_draft_tokens"] = settings.spec_tokens
    implied["spec_acceptance"] = acceptance(launcher.arguments(settings), settings.environment)
    declared: dict[str, Scalar] = dict(spec.recipe)
    for row in rows:
        declared |= row.choice.recipe
    for key, value in implied.items():
        if value is not None and key in declared and str(declared[key]).lower() != str(value).lower():
            words = f"{key} is declared as {declared[key]}, but the engine is started with {value}"
            raise SpecProblem(places[key], words)
    implied |= {
        "engine": launcher.engine,
        "kv_format": settings.kv_dtype if settings.kv_dtype != "auto" else None,
    }
    if launcher.serves is None:
        implied["checkpoint"] = settings.model
    implied["gpus"] = launcher.gpus(settings)
    return {**{key: value for key, value in implied.items() if value is not None}, **declared}


def _groups(arguments: Sequence[str]) -> list[str]:
    """Arguments by flag: `["m", "--a", "1"]` -> `["m", "--a 1"]`."""
    found: list[str] = []
    for word in arguments:
        if word.startswith("-") or not found:
            found.append(word)
        else:
            found[-1] += f" {word}"
    return found
