"""The script of the simulated centre: who turns to it, when, about what, and what becomes of it.

Pure Python.  ``plan`` yields the contacts of a city (Suzhou, 20 January to 10 February 2020; Nanjing, to 5 March) and
of the same days of 2019, which are the base of comparison.  The same seed gives the same script on every machine.
"""

from suqing.rehearsal.script.cities import CITIES, city_called
from suqing.rehearsal.script.contact import Caller, Contact, Matter, Operator, Place, Price, Stage
from suqing.rehearsal.script.days import OutOfScript
from suqing.rehearsal.script.plan import plan

__all__ = [
    "CITIES",
    "Caller",
    "Contact",
    "Matter",
    "Operator",
    "OutOfScript",
    "Place",
    "Price",
    "Stage",
    "city_called",
    "plan",
]
