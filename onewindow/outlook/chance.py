"""Chance without a state (随机数): every draw is a function of a seed, a path, a thing and what is drawn of it.

So two alternatives meet the same visitors with the same service times on the same path, whatever they change: common
random numbers (公共随机数) by construction. The mixer is MurmurHash3's 32-bit finaliser (Appleby), once for each
argument; the normal quantile is Acklam's rational approximation (relative error below 1.2e-9).
"""

import math

from onewindow.outlook.compiled import compiled

MASK = 0xFFFFFFFF


@compiled
def mixed(h: int) -> int:
    """32 bits, well mixed (MurmurHash3's finaliser). Products may wrap: their low 32 bits are right all the same."""
    h = h & MASK
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


@compiled
def uniform(seed: int, path: int, thing: int, what: int) -> float:
    """A number in (0, 1), the same for the same four arguments."""
    h = mixed(seed + 0x165667B1)
    h = mixed(h ^ (path * 0x9E3779B1))
    h = mixed(h ^ (thing * 0x27D4EB2F + 0x1B873593))
    h = mixed(h ^ (what * 0xCC9E2D51 + 0x5BD1E995))
    return (h + 0.5) / 4294967296.0


@compiled
def normal_quantile(p: float) -> float:
    """The standard normal's quantile at p in (0, 1)."""
    if p < 0.02425 or p > 0.97575:
        tail = p if p < 0.5 else 1.0 - p
        q = math.sqrt(-2.0 * math.log(max(tail, 1e-300)))
        top = (
            ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q) - 2.549732539343734)
            * q
            + 4.374664141464968
        ) * q + 2.938163982698783
        bottom = (
            ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416
        ) * q + 1.0
        return top / bottom if p < 0.5 else -top / bottom
    q = p - 0.5
    r = q * q
    top = (
        ((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r) + 1.383577518672690e02)
        * r
        - 3.066479806614716e01
    ) * r + 2.506628277459239
    bottom = (
        ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r) + 6.680131188771972e01)
        * r
        - 1.328068155288572e01
    ) * r + 1.0
    return top * q / bottom


@compiled
def normal_share(z: float) -> float:
    """The standard normal's distribution function."""
    return 0.5 * math.erfc(-z / 1.4142135623730951)


@compiled
def lognormal(mean: float, sigma: float, u: float) -> float:
    """The quantile at `u` of the lognormal with this mean and this sigma of its logarithm."""
    if mean <= 0.0:
        return 0.0
    return math.exp(math.log(mean) - 0.5 * sigma * sigma + sigma * normal_quantile(u))


@compiled
def lognormal_rest(mean: float, sigma: float, elapsed: float, u: float) -> float:
    """What is left, at quantile `u`, of such a time of which `elapsed` has passed already."""
    if mean <= 0.0:
        return 0.0
    if elapsed <= 0.0:
        return lognormal(mean, sigma, u)
    centre = math.log(mean) - 0.5 * sigma * sigma
    over = normal_share(-(math.log(elapsed) - centre) / sigma)  # P(longer than elapsed)
    left = over * (1.0 - u)
    if left < 1e-12:
        return 0.05 * elapsed
    return max(0.0, math.exp(centre - sigma * normal_quantile(left)) - elapsed)
