"""Student's t for the small samples of benchmark runs, without scipy (0.45 s to import)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

LEVEL = 0.95
_SERIES_UP_TO = 30.0  # degrees of freedom; beyond, an expansion around the normal law is right to 1e-6
_STEPS = 60  # at most; two are usual


@lru_cache(maxsize=4096)
def t_quantile(freedom: float, level: float = LEVEL) -> float:
    """The t below which |T| stays with probability `level`: 12.706 for 1 degree of freedom, 1.96 for many.

    `freedom` need not be whole: Welch and Satterthwaite's is not.
    """
    return t_above(freedom, 1.0 - level, normal_quantile(level))


def t_above(freedom: float, outside: float, z: float) -> float:
    """The t that |T| exceeds with probability `outside`; `z` is the same for the normal law.

    Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5), which few degrees of freedom let fall
    short; from there Halley's method on the tail, which is convex.
    """
    t = _expansion(freedom, z)
    if freedom > _SERIES_UP_TO:
        return t
    gammas = _gamma_ratio(freedom / 2.0) / math.sqrt(math.pi)
    scale = 2.0 * gammas / math.sqrt(freedom)
    for _ in range(_STEPS):
        density = scale * (1.0 + t * t / freedom) ** (-(freedom + 1.0) / 2.0)
        newton = (gammas * _tail(t, freedom) - outside) / density
        step = newton / (1.0 - newton * (freedom + 1.0) * t / (2.0 * (freedom + t * t)))
        t += step
        if abs(step) <= 1e-4 * t:  # the error after a step is about its cube
            break
    return t


@lru_cache(maxsize=256)
def normal_quantile(level: float = LEVEL) -> float:
    """The z below which |Z| stays with probability `level`: 1.96 for 0.95."""
    z, step = 0.0, 1.0
    while abs(step) > 1e-14:
        density = math.sqrt(2.0 / math.pi) * math.exp(-z * z / 2.0)
        step = (math.erfc(z / math.sqrt(2.0)) - (1.0 - level)) / density
        z += step
    return z


def t_interval(sample: Sequence[float], level: float = LEVEL) -> tuple[float, float] | None:
    """The interval of the mean of independent values, e.g. one a repeat; `None` for fewer than 2."""
    n = len(sample)
    if n < 2:
        return None
    mean = math.fsum(sample) / n
    variance = math.fsum((value - mean) ** 2 for value in sample) / (n - 1)
    half = t_quantile(n - 1, level) * math.sqrt(variance / n)
    return mean - half, mean + half


def ratio_interval(
    a: Sequence[float], b: Sequence[float], level: float = LEVEL
) -> tuple[float, float] | None:
    """The interval of (geometric mean of `b`) / (that of `a`), independent values above 0.

    Welch's t on the logarithms, with Welch and Satterthwaite's degrees of freedom. `None` for fewer than
    2 values on a side, and where no value varies: a spread of 0 says that it is not known.
    """
    if min(len(a), len(b)) < 2 or min(*a, *b) <= 0:
        return None
    (mean_a, error_a), (mean_b, error_b) = _log_mean(a), _log_mean(b)
    if (error := error_a + error_b) <= 0:
        return None
    freedom = error**2 / (error_a**2 / (len(a) - 1) + error_b**2 / (len(b) - 1))
    half = t_quantile(freedom, level) * math.sqrt(error)
    return math.exp(mean_b - mean_a - half), math.exp(mean_b - mean_a + half)


def _log_mean(sample: Sequence[float]) -> tuple[float, float]:
    """Mean of the logarithms and its squared standard error."""
    logs = [math.log(value) for value in sample]
    mean = math.fsum(logs) / len(logs)
    return mean, math.fsum((log - mean) ** 2 for log in logs) / (len(logs) - 1) / len(logs)


def _expansion(freedom: float, z: float) -> float:
    s, v = z * z, freedom
    first = z * (s + 1) / 4
    second = z * (3 + s * (16 + s * 5)) / 96
    third = z * (-15 + s * (17 + s * (19 + s * 3))) / 384
    fourth = z * (-945 + s * (-1920 + s * (1482 + s * (776 + s * 79)))) / 92160
    return z + (first + (second + (third + fourth / v) / v) / v) / v


def _tail(t: float, freedom: float) -> float:
    """P(|T| > t) but for a factor: the incomplete beta function as a power series in v / (v + t²)."""
    a, s = freedom / 2.0, freedom / (freedom + t * t)
    term, total, n = 1.0, 1.0 / a, 0
    while term > 1e-16 * total:
        n += 1
        term *= s * (n - 0.5) / n
        total += term / (a + n)
    return math.pow(s, a) * total


def _gamma_ratio(a: float) -> float:
    """Gamma(a + 1/2) / Gamma(a): upwards to where its asymptotic series is exact."""
    factor = 1.0
    while a < 16.0:
        factor *= a / (a + 0.5)
        a += 1.0
    u = 1.0 / a
    low = -1 / 8 + u * (1 / 128 + u * (5 / 1024 - u * 21 / 32768))
    high = -399 / 262144 + u * 869 / 4194304
    return factor * math.sqrt(a) * (1 + u * (low + u**4 * high))
