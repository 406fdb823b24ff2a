"""How surely a share of failures is above a limit."""

from __future__ import annotations

import math

LEVEL = 0.95


def at_least(k: int, n: int, p: float) -> float:
    """Probability of k or more among n that each fail with probability p, 0 < p < 1."""
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    log_p, log_q = math.log(p), math.log1p(-p)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    term = math.exp(ways + k * log_p + (n - k) * log_q)
    total, odds = 0.0, p / (1.0 - p)
    for count in range(k, n + 1):
        total += term
        term *= (n - count) / (count + 1) * odds
        if count > n * p and term <= 1e-17 * total:
            break
    return min(total, 1.0)


def surely_above(k: int, n: int, p: float, level: float = LEVEL) -> bool:
    """The one-sided lower bound (Clopper and Pearson) of the share k / n lies above p."""
    return k > n * p and at_least(k, n, p) < 1.0 - level
