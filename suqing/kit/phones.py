"""Telephone numbers as people and switches write them.

A normalised number is the national form, digits only (``13812345678``, ``051212345678``, ``12315``); a number
from abroad keeps its plus and country code (``+12025550123``).  An extension follows as ``;ext=801``.
"""

from __future__ import annotations

import re
import unicodedata

_WITHHELD = {"anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "asserted"}
_EXTENSION = re.compile(r"(?:;ext=|转|轉|分机|分機|ext\.?|x|#)[ :：.]*([0-9]{1,6})\s*$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"^(0[0-9]{2,3}[- ][0-9]{7,8})-([0-9]{1,6})$")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_GEOGRAPHIC = re.compile(r"(?:10|[2-9][0-9]{1,2})[0-9]{7,8}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
LONGEST = 20  # digits; E.164 allows 15, prefixes come on top
PUBLIC_LENGTH = 6  # hotlines and emergency numbers: 110, 12315, 95588, 962288


def normalise(raw: str) -> str:
    """Bring a number to its one stored form; "" where it is withheld, holds no digits or too many.  Idempotent."""
    text = unicodedata.normalize("NFKC", raw).translate(_DASHES).strip()
    text = re.sub(r"^(?:tel|sips?|电话|手机)\s*:\s*", "", text, flags=re.IGNORECASE).split("@")[0]
    if text.lower() in _WITHHELD:
        return ""
    text, extension = _split_extension(text)
    number = _national(re.sub(r"[^0-9]", "", text), international=_starts_with_plus(text))
    if not number:
        return ""
    return f"{number};ext={extension}" if extension else number


def is_mobile(number: str) -> bool:
    """Say whether a normalised number is a mobile number of mainland China."""
    return _MOBILE.fullmatch(number) is not None


def mask(number: str) -> str:
    """Hide the four digits before the last four (``138****5678``); public short numbers stay.  Idempotent."""
    main, _, extension = number.partition(";ext=")
    if len(main) > PUBLIC_LENGTH:
        head = main[:-8][:4]
        hidden = len(main) - len(head) - 4
        main = head + "*" * hidden + main[-4:]
    return f"{main};ext={'*' * len(extension)}" if extension else main


def _starts_with_plus(text: str) -> bool:
    return text.lstrip("( ").startswith("+")


def _split_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    if found and re.search(r"[0-9]", text[: found.start()]):
        return text[: found.start()], found.group(1)
    dashed = _DASHED_EXTENSION.match(text)
    return (dashed.group(1), dashed.group(2)) if dashed else (text, "")


def _national(digits: str, *, international: bool) -> str:
    if len(digits) > LONGEST:
        return ""
    if digits.startswith("00") and not international:
        digits, international = digits[2:], True
    if international:
        return _without_country(digits[2:]) if digits.startswith("86") else (f"+{digits}" if digits else "")
    if len(digits) == 13 and digits.startswith("86") and is_mobile(digits[2:]):
        return digits[2:]
    if len(digits) == 12 and digits.startswith("0") and is_mobile(digits[1:]):
        return digits[1:]  # a long-distance prefix put before a mobile number
    return digits


def _without_country(digits: str) -> str:
    """Give the national form of what followed +86: landlines get their trunk zero back."""
    if digits.startswith("0"):
        return _national("0" + digits.lstrip("0"), international=False)
    if is_mobile(digits) or digits.startswith(("400", "800")):
        return digits
    return "0" + digits if _GEOGRAPHIC.fullmatch(digits) else digits
