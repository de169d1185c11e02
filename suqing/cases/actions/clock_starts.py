"""What the start of a clock depends on beside the law: whose receipt counts, and the facts that switch limits on."""

from __future__ import annotations

from suqing.cases.models import Case
from suqing.cases.special_law import facts_of_classes
from suqing.ledger import policy
from suqing.ledger.queries import setting
from suqing.ledger.writing import writer

N_ = str

RECEIPT, DISPATCH = "receipt", "dispatch"


def _known_start(value: object) -> None:
    if value not in (RECEIPT, DISPATCH):
        raise policy.BadSetting("clock.start must be receipt or dispatch")


# O20 art. 14 and O121 art. 15 count from receipt by the competent authority.  Whether that is the day the centre was
# told or the day the bureau got the case is not said for a centre that belongs to the same authority: the earlier day
# is the safe side, and a centre may choose the other.
START = policy.declare(
    "clock.start",
    RECEIPT,
    N_(
        "Limits that begin with receipt are counted from: receipt (by the centre) or dispatch (to the competent unit)"
    ),
    check=_known_start,
)


def counted_from() -> str:
    """Whose receipt limits are counted from, by local policy."""
    value: str = writer().memo(START.key, lambda: setting(START.key))
    return value


def facts_of(case: Case) -> frozenset[str]:
    """What switches on limits of their own: a real name (O20 art. 31(2)) and advertising (广告法 53)."""
    key = case.issue_class_id
    fields = writer().memo(("law fields", key), lambda: _fields(case)) if key is not None else frozenset()
    return fields | {"real_name"} if case.is_real_name else fields


def _fields(case: Case) -> frozenset[str]:
    node = case.issue_class
    return facts_of_classes([(node.tree.code, node.code)]) if node is not None else frozenset()
