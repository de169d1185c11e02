"""Shares and how sure they are."""

from __future__ import annotations

from math import sqrt

Z = 1.959964  # of an interval of 95 %


def wilson(found: int, of: int) -> tuple[float, float]:
    """Between which shares the true share lies with 95 %: the score interval of Wilson (1927); 0 to 1 where ``of`` is 0.

    Raise ValueError unless 0 <= found <= of.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of}")
    if not of:
        return 0.0, 1.0
    share = found / of
    middle = share + Z * Z / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    scale = 1 + Z * Z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
