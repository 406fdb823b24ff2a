"""Against scipy's binomial law, and the bound against its definition."""

from __future__ import annotations

import pytest

from isoline.numerics.binomial import at_least, surely_above

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("n", [1, 12, 60, 1_000, 200_000])
@pytest.mark.parametrize("p", [0.01, 0.1, 0.5])
def test_tails(n: int, p: float) -> None:
    for k in {0, 1, 2, int(n * p), int(n * p) + 5, n // 3, n, n + 1}:
        assert at_least(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-8, abs=1e-290)


def test_a_share_is_surely_above_where_clopper_and_pearsons_bound_is() -> None:
    for n in (9, 12, 60, 299, 5_000):
        for k in range(min(n, 90)):
            bound = stats.beta.ppf(0.05, k, n - k + 1) if k else 0.0
            assert surely_above(k, n, 0.01) == (bound > 0.01), (k, n)
