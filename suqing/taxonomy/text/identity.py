"""Is this run of digits an identity number, a bank card or an operator's code?"""

from __future__ import annotations

from datetime import date

from suqing.kit import uscc

# first two digits of identity numbers: provinces of GB/T 2260, Hong Kong, Macao, Taiwan residents (81-83)
_PROVINCES = frozenset(
    [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    ]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"  # GB 11643-1999, ISO 7064 MOD 11-2


def is_valid(number: str) -> bool:
    """Say whether province, birth date and (of 18 digits) check digit are those of an identity number."""
    if not number[:-1].isascii() or not number[:-1].isdigit():
        return False
    if len(number) == 15:
        return number.isdigit() and _plausible(number[:2], "19" + number[6:12])
    if len(number) != 18:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[-1] and _plausible(number[:2], number[6:14])


def looks_like_birth(number: str) -> bool:
    """Say whether 18 characters have a province and a birth date where identity numbers have them."""
    return len(number) == 18 and number[:14].isdigit() and _plausible(number[:2], number[6:14])


def is_operator_code(number: str) -> bool:
    """Say whether it is an operator's unified social credit code, and no look-alike of a person's number."""
    try:
        uscc.check(number)
    except uscc.BadUscc:
        return False
    return not looks_like_birth(number)


def luhn(digits: str) -> bool:
    """Check the last digit of a bank card (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0 and digits.strip("0") != ""


def _plausible(province: str, birth: str) -> bool:
    if int(province) not in _PROVINCES:
        return False
    try:
        return date(int(birth[:4]), int(birth[4:6]), int(birth[6:])).year >= 1900
    except ValueError:
        return False
