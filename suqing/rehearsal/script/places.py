"""Addresses in the districts of the cities, on roads that do not exist."""

from __future__ import annotations

from random import Random

from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Place
from suqing.rehearsal.script.tables import street_names, streets

_FIRST = "栖沐屿樨芷晗汀蔚沅翎砚榆岑洇蘅浔漪苧"
_SECOND = "溪岚筠穗璟渡苒潼筱菀浦萤蓁沚棹荻霁楹"
_ROADS = ("路", "街", "巷", "弄", "东路", "西路", "大道")
_ESTATES = ("花园", "新村", "家园", "苑", "雅居", "公寓", "名邸")


def invented_word(rng: Random) -> str:
    """Make a two-character name for a brand, a road or an estate."""
    return rng.choice(_FIRST) + rng.choice(_SECOND)


def street_name(place: Place) -> str:
    """Name the street or town of a place."""
    return street_names()[place.division]


def district_name(district: str) -> str:
    """Name a district."""
    return city_of(district).districts[district]


def shop_place(rng: Random, district: str) -> Place:
    """Put a shop on an invented road of the district."""
    code, street = rng.choice(streets()[district])
    road = f"{invented_word(rng)}{rng.choice(_ROADS)}{rng.randint(1, 980)}号"
    unit = rng.choice(
        ("", "", "", f"{rng.randint(1, 30)}室", f"{rng.randint(1, 9)}幢{rng.randint(101, 130)}", "一楼")
    )
    return Place(district, code, f"{district_name(district)}{street}{road}{unit}")


def home_place(rng: Random, district: str) -> Place:
    """Put a person into an invented estate of the district."""
    code, street = rng.choice(streets()[district])
    home = f"{invented_word(rng)}{rng.choice(_ESTATES)}{rng.randint(1, 60)}幢{rng.randint(1, 24)}0{rng.randint(1, 4)}室"
    return Place(district, code, f"{district_name(district)}{street}{home}")
