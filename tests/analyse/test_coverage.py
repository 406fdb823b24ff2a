"""95 % intervals hold the truth as often as they say, whatever kind of noise there is.

`benchmarks/coverage.py` prints the same at length.
"""

from __future__ import annotations

import pytest
from benchmarks.coverage import SCENARIOS, Scenario, Trials

TRIALS = 100  # of three targets


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_intervals_of_ratios_cover_and_stay_useful(scenario: Scenario) -> None:
    done = Trials(scenario).run(TRIALS)
    assert done.ratios[1] >= 0.9 * 3 * TRIALS
    assert done.coverage >= 0.93
    assert done.readings[0] >= 0.93 * done.readings[1]
    assert done.width <= (3.5 if scenario.starts == 2 else 2.0)


def test_the_best_of_equal_recipes_reads_high_and_its_interval_knows() -> None:
    one, four = (next(s for s in SCENARIOS if s.name == name) for name in ("each start", "best of 4, starts"))
    assert Trials(four).run(TRIALS).bias > Trials(one).run(TRIALS).bias + 0.005
