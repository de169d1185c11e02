"""The facts of a result beyond its outcome."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseResult
from suqing.cases.result_details import ResultDetails, mistakes
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.writing import writer
from suqing.taxonomy.text.redact import redact

__all__ = ["ResultDetails", "write_result"]


def write_result(case: Case, details: ResultDetails | None, *, at: datetime) -> dict[str, Any]:
    """Keep the facts of a result; return those that were said, for the event of the step that ends the case.

    Call it on the locked row of a step under way, before ``move.finish`` changes its state.  What was said before and
    is not said now stays.  Raise Refused beside the field that cannot be kept.
    """
    details = _tidy(details or ResultDetails())
    if details.is_empty:
        return {}
    for field, message in mistakes(details, Kind(case.kind), State(case.state), local_day(at)):
        raise Refused(message, field=field)
    said = details.given()
    facts = {name: value for name, value in asdict(details).items() if name in said}
    if details.evidence:
        facts["evidence"] = list(details.evidence)
    known = writer().held(CaseResult, case.pk) or CaseResult.objects.filter(case_id=case.pk).first()
    if known is None:
        row = CaseResult(case=case, **facts)
        writer().new(row)
        writer().hold(row, case.pk)
    else:
        for name, value in facts.items():
            setattr(known, name, value)
        writer().save(known, *facts)
    return {"result": said}


def _tidy(details: ResultDetails) -> ResultDetails:
    return replace(
        details,
        # Facts that stand in the event for good: without the number, account or address of anybody.
        compensation_way=redact(details.compensation_way.strip()).text,
        filing_number=details.filing_number.strip(),
        cause=redact(details.cause.strip()).text,
        evidence=tuple(dict.fromkeys(details.evidence)),
    )
