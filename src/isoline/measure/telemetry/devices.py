"""Which of a machine's accelerators a source reads."""

from __future__ import annotations

from isoline.errors import UsageError


def chosen(argument: str, count: int, source: str) -> list[int]:
    """`""` -> all, `0-3` -> a range, `0+2` -> some; `UsageError` if one does not exist.

    >>> chosen("1-2+5", 8, "nvml")
    [1, 2, 5]
    """
    if count == 0:
        raise UsageError(f"telemetry {source}: there is no accelerator on this machine")
    if not argument:
        return list(range(count))
    found: list[int] = []
    for part in argument.split("+"):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise UsageError(f"telemetry {source}={argument}: {part!r} is no device; write 0-3 or 0+2")
        found += range(int(first), int(last if dash else first) + 1)
    if not found or max(found) >= count:
        raise UsageError(f"telemetry {source}={argument}: this machine has devices 0 to {count - 1}")
    return sorted(set(found))
