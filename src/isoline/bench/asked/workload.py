"""What a spec asks to be sent: random prompts, conversations, or those of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from isoline.bench.asked.spec import FileProblem, Spec, SpecProblem
from isoline.domain.point import FIXED
from isoline.errors import InputError, UsageError
from isoline.measure.listed import Planned, write_plan
from isoline.measure.loads import Load
from isoline.measure.sessions import Sessions
from isoline.measure.sharegpt import read_sharegpt
from isoline.measure.supply import Workload
from isoline.measure.texts import read_text, sample_text
from isoline.measure.tokenizer import Tokenizer, load_tokenizer
from isoline.measure.trace import read_trace
from isoline.measure.workloads import Synthetic

TEXT, SHAREGPT, TRACE = "text", "sharegpt", "trace"
_PEEK = 1 << 16  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Offer:
    """What is sent. `lengths`: input and output tokens it is known by; `replay`: the load of a trace."""

    workload: Workload
    lengths: tuple[int | None, int | None]
    tokenizer: Tokenizer | None = None
    replay: Load | None = None
    drawn: str = FIXED

    @property
    def kind(self) -> str:
        """What points are stored under: without both lengths only the very same requests are alike."""
        if None not in self.lengths:
            return self.drawn
        name = "sessions" if isinstance(self.workload, Sessions) else "list"
        return f"{name} {self.workload.id[:8]}"


def offer_of(spec: Spec, folder: Path) -> Offer:
    """The workload of a spec; lists of requests are written to `folder`, which must outlive it."""
    tokenizer = None
    try:
        tokenizer = load_tokenizer(Path(spec.tokenizer)) if spec.tokenizer else None
    except (UsageError, InputError) as problem:
        raise _of_file("tokenizer", str(spec.tokenizer), problem) from None
    if spec.prompts is None:
        _refuse(spec, "is for prompts of a file; name it under prompts", "prompts_kind")
        return replace(_drawn(spec), tokenizer=tokenizer)
    _refuse(spec, "is for drawn conversations; a file of prompts has its own", "turns", "first_isl")
    try:
        return _listed(spec, Path(spec.prompts), tokenizer, folder)
    except (UsageError, InputError) as problem:
        if isinstance(problem, SpecProblem):
            raise
        raise _of_file("prompts", spec.prompts, problem) from None


def _of_file(key: str, path: str, problem: UsageError | InputError) -> SpecProblem:
    """What is wrong with the file that `key` names, or with what is asked of it."""
    unreadable = isinstance(problem, InputError) or not Path(path).exists()
    return (FileProblem if unreadable else SpecProblem)((key,), str(problem))


def kind_of(path: Path) -> str:
    """Which kind of file it is, by its first record."""
    try:
        with path.open("rb") as file:
            start = file.read(_PEEK).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    except OSError as problem:
        raise InputError(f"{path}: {problem.strerror}") from None
    try:
        first, _ = json.JSONDecoder().raw_decode(start.removeprefix("[").lstrip())
    except ValueError:
        # A first conversation may be longer than what was read of it.
        return SHAREGPT if start.startswith("[") and '"conversations"' in start else TEXT
    if not isinstance(first, dict):
        return TEXT
    if {"timestamp", "input_length", "output_length"} <= first.keys():
        return TRACE
    said = first.get("conversations") or first.get("messages")
    return SHAREGPT if isinstance(said, list) and len(said) > 1 else TEXT


def _drawn(spec: Spec) -> Offer:
    isl, osl = _lengths(spec)
    if spec.turns is None:
        _refuse(spec, "is for conversations; give turns, too", "first_isl", "think")
        drawn = Synthetic(isl, osl, spec.lengths, seed=spec.seed)
        return Offer(drawn, (isl, osl), drawn=spec.lengths)
    first = spec.first_isl or isl
    sessions = Sessions(spec.turns, first, isl, osl, spec.think, lengths=spec.lengths, seed=spec.seed)
    return Offer(sessions, (None, osl))


def _listed(spec: Spec, path: Path, tokenizer: Tokenizer | None, folder: Path) -> Offer:
    kind = spec.prompts_kind or kind_of(path)
    target = folder / "workload.jsonl"
    if kind == TRACE:
        _refuse(spec, "is not for a trace: it has its own lengths", "isl", "osl")
        planned, replay = read_trace(path, spec.speed, spec.requests, spec.duration)
        replayed = spec.concurrency is None and spec.rate is None
        return Offer(write_plan(target, planned), (None, None), tokenizer, replay if replayed else None)
    if tokenizer is None:
        raise SpecProblem(
            ("prompts",), f"{kind} needs the model's tokenizer: a folder with its tokenizer.json"
        )
    requests: Iterable[Planned]
    if kind == SHAREGPT:
        _refuse(spec, "is not for ShareGPT: questions have their own length", "isl")
        requests = read_sharegpt(path, tokenizer, spec.prompts_count, spec.endpoint, spec.seed, spec.osl)
        return Offer(write_plan(target, requests), (None, spec.osl), tokenizer)
    isl, osl = _lengths(spec)
    drawn = Synthetic(isl, osl, spec.lengths, seed=spec.seed)
    requests = sample_text(read_text(path), tokenizer, drawn, spec.prompts_count, spec.endpoint)
    how = TEXT if spec.lengths == FIXED else f"{TEXT}, {spec.lengths}"
    return Offer(write_plan(target, requests), (isl, osl), tokenizer, drawn=how)


def _lengths(spec: Spec) -> tuple[int, int]:
    for name in ("isl", "osl"):
        if getattr(spec, name) is None:
            raise SpecProblem((), f"{name} is missing")
    assert spec.isl is not None
    assert spec.osl is not None
    return spec.isl, spec.osl


def _refuse(spec: Spec, words: str, *names: str) -> None:
    for name in names:
        if getattr(spec, name):
            raise SpecProblem((name,), words)
