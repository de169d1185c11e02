"""Shares and how sure they are."""

from __future__ import annotations

from math import sqrt

Z = 1.959964  # of an interval of 95 %


def wilson(found: int, of: int, total: int | None = None) -> tuple[float, float]:
    """Between which shares the true share lies with 95 %: the score interval of Wilson (1927); 0 to 1 where ``of`` is 0.

    With a ``total`` the interval is narrowed, as those looked at are a part of so many (Cochran 1977, § 2.8); where they
    are all of them it is the share itself.  Raise ValueError unless 0 <= found <= of.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of}")
    if not of:
        return 0.0, 0.0 if total == 0 else 1.0
    share = found / of
    if total is not None and of >= total:
        return share, share
    z = Z if total is None else Z * sqrt((total - of) / (total - 1))
    middle = share + z * z / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
