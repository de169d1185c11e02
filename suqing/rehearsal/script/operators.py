"""The operators that are complained of.  All are invented: two rare characters make the brand.

How to recognise them: the region inside the unified social credit code is 329999, which does not exist; the check
digits (GB 32100-2015, and GB 11714 inside it) are valid.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

from suqing.kit import uscc
from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Operator
from suqing.rehearsal.script.places import invented_word, shop_place, street_name
from suqing.rehearsal.script.tables import trades

REGION = "329999"
PER_PLACE = 9  # operators of a trade in a district
MOST_PER_PLACE = 1000
LATER = 1_000_000  # numbers of those beyond
_SELF_EMPLOYED = frozenset({"convenience", "market", "individual", "laundry"})
_SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def operator(
    rng: Random, seed: int, trade: str, district: str, per_place: int = PER_PLACE
) -> Operator:  # fmt: skip
    """Draw an operator; a few of each place attract most of the complaints."""
    return _operator(seed, trade, district, int(per_place * rng.random() ** 2.4))


@lru_cache(maxsize=20_000)
def _operator(seed: int, trade: str, district: str, rank: int) -> Operator:
    rng = Random(f"{seed}:operator:{trade}:{district}:{rank}")
    place = shop_place(rng, district)
    brand = invented_word(rng)
    ending = rng.choice(trades()[trade][0])
    city = city_of(district)
    area = city.districts[district]
    street = street_name(place)
    patterns = (
        f"{city.full_name}{area}{brand}{ending}",
        f"{area}{street}{brand}{ending}",
        f"{city.name}{brand}{ending}",
        f"{brand}{ending}（{street}店）",
    )
    full = rng.choice(patterns).replace(f"{city.full_name}{city.name}", city.name)
    place_number = sorted(trades()).index(trade) * len(city.districts) + sorted(city.districts).index(
        district
    )
    # The first of each place are numbered as in the script without history, so that both know the same operators.
    order = (
        place_number * PER_PLACE + rank if rank < PER_PLACE else LATER + place_number * MOST_PER_PLACE + rank
    )
    kind = "92" if trade in _SELF_EMPLOYED else "91"
    phone = f"{city.landline_block}{rng.randrange(10**6):06d}"
    return Operator(
        full, brand + _spoken(ending), trade, credit_code(kind, seed * 7919 + order), place, phone
    )


def _spoken(ending: str) -> str:
    """Nobody says 有限公司 on the phone."""
    for formal in ("连锁有限公司", "管理有限公司", "有限公司"):
        if ending.endswith(formal):
            return ending.removesuffix(formal)
    return ending


def credit_code(kind: str, number: int) -> str:
    """Make a code of 18 characters with valid check digits in a region that does not exist."""
    serial = number % 31**6
    characters = ""
    for _ in range(6):
        serial, digit = divmod(serial, 31)
        characters = uscc.ALPHABET[digit] + characters
    subject = "MA" + characters
    # GB 11714 counts letters as A = 10 … Z = 35.
    total = sum(
        int(character, 36) * weight for character, weight in zip(subject, _SUBJECT_WEIGHTS, strict=True)
    )
    first = f"{kind}{REGION}{subject}{'0123456789X0'[11 - total % 11]}"
    return first + uscc.check_digit(first)
