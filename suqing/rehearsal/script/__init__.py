"""The script of the simulated centre: who turns to it, when, about what, and what becomes of it.

Pure Python.  ``plan`` yields the contacts of Suzhou, 20 January to 10 February 2020, and of the same days of 2019,
which are the base of comparison.  The same seed gives the same script on every machine.
"""

from suqing.rehearsal.script.contact import Caller, Contact, Matter, Operator, Place, Price, Stage
from suqing.rehearsal.script.plan import plan
from suqing.rehearsal.script.volumes import BASELINE, REPLAY, OutOfScript

__all__ = [
    "BASELINE",
    "REPLAY",
    "Caller",
    "Contact",
    "Matter",
    "Operator",
    "OutOfScript",
    "Place",
    "Price",
    "Stage",
    "plan",
]
