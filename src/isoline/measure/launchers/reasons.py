"""Why an engine ended, from its log: the line that says it, quoted, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

TAIL = 512 * 1024  # bytes of a log that are looked through
LONGEST = 300  # characters of a line that are quoted

# The first kind with a line that matches is the reason: the special ones come before the general.
_KINDS = [
    (
        "unknown flag",
        "the engine does not know this flag, or not this value of it",
        r"error: unrecognized arguments?:|error: argument .+: (?:invalid|expected|not allowed)|"
        r"[Nn]o such option|[Uu]nexpected extra argument|error: invalid argument:|Invalid value for|"
        r"error: the following arguments are required|error: ambiguous option",
    ),
    (
        "port taken",
        "another process listens there: stop it, or choose another port",
        r"[Aa]ddress already in use|couldn't bind (?:HTTP )?server socket|error while attempting to bind",
    ),
    (
        "out of memory",
        "the model, its KV cache or both do not fit: more GPUs, fewer bits, a shorter length or batch",
        r"out of memory|OutOfMemoryError|No available memory for the cache blocks|"
        r"Free memory on device .* is less than desired|Not enough memory|not enough (?:GPU )?memory|"
        r"larger than the (?:available|maximum number of tokens).* KV cache|failed to allocate .*buffer|"
        r"KV cache is needed, which is larger",
    ),
    (
        "no such model",
        "check the model's name or path, and that this machine may download it",
        r"is not a local folder and is not a valid model identifier|Repository Not Found|"
        r"gated repo|401 Client Error|404 Client Error|failed to load model|"
        r"does not appear to have a file named|No such file or directory: .*(?:safetensors|config\.json)",
    ),
    (
        "unsupported",
        "this version of the engine cannot serve that on this machine",
        r"are not supported for now|is not supported|not supported on this|Unknown quantization method|"
        r"no kernel image is available|requires compute capability",
    ),
]
_COMPILED = [(kind, advice, re.compile(pattern)) for kind, advice, pattern in _KINDS]
_EXCEPTION = re.compile(r"(?:^|[\s\]])(?:[a-z_]+\.)*[A-Z]\w*(?:Error|Exception|Interrupt): \S")
_GENERAL = re.compile(r"See root cause above|Engine core initialization failed|EngineDeadError")


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind` is a code, `advice` says what to do, `quote` are lines of the log as they are."""

    kind: str
    advice: str
    quote: tuple[str, ...]

    def __str__(self) -> str:
        lines = "".join(f"\n  | {line}" for line in self.quote)
        advice = f" ({self.advice})" if self.advice else ""
        return f"{self.kind}{advice}{lines}"


def reason(log: str) -> Reason | None:
    """The reason a log gives; the last exception, or its last lines, where it is none of the known."""
    lines = [line for line in map(_clean, log.splitlines()) if line.strip()]
    for kind, advice, pattern in _COMPILED:
        if (found := next((line for line in lines if pattern.search(line)), None)) is not None:
            return Reason(kind, advice, (found,))
    raised = [line for line in lines if _EXCEPTION.search(line) and not _GENERAL.search(line)]
    if raised:
        return Reason("an exception", "", (raised[-1],))
    return Reason("no known reason; its log ends with", "", tuple(lines[-5:])) if lines else None


def _clean(line: str) -> str:
    """A line as a terminal may show it: without colours and control characters, not overlong."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line.rpartition("\r")[2])
    plain = "".join(c for c in plain if c.isprintable() or c == "\t").rstrip()
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
