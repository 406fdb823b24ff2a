"""Why a text is no slug: the first word that is wrong, and slugs that are close to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.domain.slug_words import ORDER, SEPARATOR, Words, match, right_of
from isoline.errors import closest

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXAMPLES = {
    "precision": "qwen-3-5-b300-fp4-vs-bf16",
    "gpu": "qwen-3-5-b200-vs-b300",
    "spec-decode": "qwen-3-5-b300-fp4-mtp-vs-none",
    "engine": "deepseek-r1-b200-fp8-sglang-vs-trt",
    "gpu-precision": "qwen-3-5-h200-fp8-vs-b300-fp4",
    "version": "qwen-3-5-b300-fp4-sglang-0.5.9-vs-0.5.12",
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """The first wrong word of a text read as one kind of slug; `word` is empty if all are known."""

    kind: str
    wrong: int  # words that do not fit, this one included
    right_known: bool  # what follows -vs- is the strongest sign of the kind meant
    word: str = ""
    text: str = ""
    before: str = ""
    after: str = ""


def explain(text: str, words: Words, kinds: Sequence[str]) -> tuple[str, list[str]]:
    """What is wrong with `text`, in words, and corrected texts to try."""
    if text.count(SEPARATOR) != 1:
        many = "more than one" if SEPARATOR in text else "no"
        examples = " or ".join(_EXAMPLES[kind] for kind in kinds)
        return f"{text!r} has {many} '-vs-'; write for example {examples}", []
    faults = [_fault(text, words, kind) for kind in kinds]
    fault = min(faults, key=lambda fault: (not fault.right_known, fault.wrong, len(fault.text)))
    if not fault.word:
        rule = "a method and none" if fault.kind == "spec-decode" else "two different sides"
        return f"{text!r} must compare {rule}; write for example {_EXAMPLES[fault.kind]}", []
    return _describe(text, fault, words)


def _describe(text: str, fault: _Fault, words: Words) -> tuple[str, list[str]]:
    names = words.names(fault.word)
    close = closest(fault.text, names, 3)
    hint = f"known are {', '.join(sorted(set(names.values())))}"
    if not names:
        hint = f"write for example {_EXAMPLES[fault.kind]}"
    if close:
        hint = f"did you mean {' or '.join(close)}?"
    part = f"unknown {fault.word} {fault.text!r}" if fault.text else f"the {fault.word} is missing"
    return f"{part} in {text!r}; {hint}", [f"{fault.before}{name}{fault.after}" for name in close]


def _fault(text: str, words: Words, kind: str) -> _Fault:
    left, _, right = text.partition(SEPARATOR)
    order = ORDER[kind]
    if kind == "gpu" and "-" not in left and left not in words.names("model"):
        order = ("hardware",)  # a bare pair
    known = match(right, words, right_of(kind)) is not None
    alone = kind == "version" and any(f"-{engine}-" in f"{left}-" for engine in words.names("engine"))
    known = known or (alone and words.key("version", right) is not None)
    start = 0
    for position, word in enumerate(order):
        tail, rest = left[start:], order[position:]
        if match(tail, words, rest):
            break
        bad = _misfit(tail, words, rest[1:])
        name = None if bad is not None else _leading(tail, words, word, last=len(rest) == 1)
        if name is None:
            wrong = 1 if bad is not None else len(rest)
            bad = _first_parts(tail, len(rest) - 1) if bad is None else bad
            dash = "" if bad or not tail else "-"
            after = f"{dash}{tail[len(bad) :]}{SEPARATOR}{right}"
            return _Fault(kind, wrong + (not known), known, word, bad, left[:start], after)
        start += len(name) + 1
    if known:
        return _Fault(kind, 0, known)
    *places, last = right_of(kind)
    head = _leading(right, words, places[0], last=False) if places else ""
    if head is None and alone:
        return _Fault(kind, 1, known, last, right, f"{left}{SEPARATOR}")
    if head is None:
        name = next((name for name in words.names(last) if right.endswith(f"-{name}")), "")
        after = f"-{name}" if name else ""
        text = right.removesuffix(after)
        return _Fault(kind, 1 + (not name), known, places[0], text, f"{left}{SEPARATOR}", after)
    before = f"{head}-" if head else ""
    return _Fault(kind, 1, known, last, right[len(before) :], f"{left}{SEPARATOR}{before}")


def _misfit(text: str, words: Words, others: Sequence[str]) -> str | None:
    """What stands before the first place from which all `others` fit; `None` without such a place."""
    parts = text.split("-")
    for count in range(len(parts) if others else 0):
        if match("-".join(parts[count:]), words, others):
            return "-".join(parts[:count])
    return None


def _leading(text: str, words: Words, kind: str, *, last: bool) -> str | None:
    """The longest name of this kind that `text` starts with; the last word must be all of it."""
    if last:
        return None if words.key(kind, text) is None else text
    return next((name for name in words.names(kind) if text == name or text.startswith(f"{name}-")), None)


def _first_parts(text: str, others: int) -> str:
    """As much of `text` as leaves one part for each of the other words."""
    parts = text.split("-")
    return "-".join(parts[: max(1, len(parts) - others)])
