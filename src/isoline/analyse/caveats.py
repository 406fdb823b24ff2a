"""What a reader must know of the points themselves."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.domain.point import Point

RANDOM = "random weights"  # how a recipe's checkpoint says so
RANDOM_NOTE = "Random weights: speed is real, answers are not, and power depends on the data"


def caveats(points: Sequence[Point]) -> tuple[str, ...]:
    """Sentences for the notes."""
    found = [RANDOM_NOTE] if has_random_weights(points) else []
    drawn = sorted({point.workload.kind for point in points})
    if len(drawn) > 1:
        found.append(f"Lengths are not drawn alike at all points: {', '.join(drawn)}")
    return tuple(found)


def has_random_weights(points: Sequence[Point]) -> bool:
    """Whether any recipe's checkpoint was drawn, not trained."""
    checkpoints = {point.recipe.checkpoint for point in points}
    return any(RANDOM in (each or "") for each in checkpoints)
