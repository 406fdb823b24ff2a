"""What a reader must know of the points themselves."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.quantities import QUANTITIES, THROUGHPUT
from isoline.analyse.words import counted
from isoline.domain.point import SIMULATED, Point

RANDOM = "random weights"  # how a recipe's checkpoint says so
RANDOM_NOTE = "Random weights: speed is real, answers are not, and power depends on the data"


def caveats(points: Sequence[Point], metric: str = THROUGHPUT) -> tuple[str, ...]:
    """Sentences for the notes of a comparison about `metric`."""
    found = [RANDOM_NOTE] if has_random_weights(points) else []
    drawn = sorted({point.workload.kind for point in points})
    if len(drawn) > 1:
        found.append(f"Lengths are not drawn alike at all points: {', '.join(drawn)}")
    disaggregated = [point for point in points if point.recipe.disaggregated]
    return (*found, *_per_gpu(disaggregated, metric)) if disaggregated else tuple(found)


def _per_gpu(points: Sequence[Point], metric: str) -> list[str]:
    """Over which GPUs the rates of disaggregated points are, where that is not all of them."""
    found = []
    about = QUANTITIES[metric]
    if about.role:
        found.append(
            f"{metric} counts the {about.role} GPUs alone where disaggregated and all GPUs where "
            f"aggregated, so it does not compare the two; {about.whole} counts all GPUs of both"
        )
    if lost := sum(map(_is_lost, points)):
        found.append(
            f"Output and input rates of {counted(lost, 'disaggregated point')} are left out: GPU counts of "
            "prefill and decode are absent, or the rates over them don't add up to the total"
        )
    return found


def _is_lost(point: Point) -> bool:
    """Whether it reports a rate that cannot be said over all GPUs."""
    if point.output_throughput_per_gpu is not None or point.input_throughput_per_gpu is not None:
        return False
    return point.output_throughput is not None or point.input_throughput is not None


def has_random_weights(points: Sequence[Point]) -> bool:
    """Whether any recipe's checkpoint was drawn, not trained."""
    checkpoints = {point.recipe.checkpoint for point in points}
    return any(RANDOM in (each or "") for each in checkpoints)


def kinds_of(points: Sequence[Point]) -> str:
    """` (simulated)`, ` (random weights)`: what belongs into the first sentence about them, or nothing."""
    kinds = {SIMULATED: any(p.status == SIMULATED for p in points), RANDOM: has_random_weights(points)}
    said = ", ".join(kind for kind, holds in kinds.items() if holds)
    return f" ({said})" if said else ""
