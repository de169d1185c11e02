"""What is said about deadlines, as English message ids; the app's catalogue holds the Chinese."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark a message id for the catalogue; pages translate it."""
    return message


LIMIT_NAMES = {
    "D1": N_("Decide on acceptance and tell the complainant"),
    "D2a": N_("Mediation (45 working days)"),
    "D2b": N_("Mediation (60 days)"),
    "D3": N_("Tell both sides that mediation is terminated"),
    "D4": N_("Check of leads found in mediation"),
    "D5": N_("Check of a report"),
    "D6": N_("Tell the real-name reporter about the filing decision"),
    "D7": N_("Handle an advertising complaint or report and tell the person"),
    "D8": N_("Settle a dispute over competence"),
    "D9": N_("Superior designates the authority"),
    "D10": N_("Decision of the punishment case (ordinary procedure)"),
    "D11": N_("Reply to a letter asking for assistance"),
    "D12": N_("Dispose of evidence registered for preservation"),
    "D13": N_("Approval of case closure"),
    "D14": N_("Three-year period for complaining"),
    "D15": N_("Dispatch by the centre"),
}

CONSEQUENCES = {
    "decide_acceptance": N_(
        "Acceptance or refusal must be decided and told by then; a refusal states its reason. "
        "Later is a breach."
    ),
    "terminate_mediation": N_("Without an agreement by then, the mediation is terminated."),
    "tell_both_sides": N_("The complainant and the respondent must have been told by then."),
    "decide_filing": N_("The head of the bureau must have decided by then whether to file the case."),
    "tell_reporter": N_("The real-name reporter must have been told by then whether the case is filed."),
    "handle_and_tell": N_("The matter must be handled and the person told by then."),
    "ask_common_superior": N_("Without an agreement by then, the common superior is asked to designate."),
    "designate_authority": N_("The authority must have been designated by then."),
    "decide_case": N_("The decision on the case must have been made by then."),
    "reply_assistance": N_("The reply is due by then; if it cannot be given, this must be told before."),
    "dispose_evidence": N_("The registered evidence must have been disposed of by then."),
    "close_file": N_("The closure of the case must have been submitted for approval by then."),
    "refuse_as_late": N_("A complaint made later is not accepted, unless a law says otherwise."),
    "dispatch_now": N_("The law says “promptly”; the number is this centre's own rule."),
    "tell_result": N_("The reporter must be told the result; the law gives no number of days."),
    "answer_in_time": N_("The person must be answered in time; the law gives no number of days."),
    "transfer_with_written_notice": N_(
        "A matter outside our competence must be transferred, with written notice to the person."
    ),
}

UNITS = {
    "working_day": N_("working days"),
    "calendar_day": N_("calendar days"),
    "year": N_("years"),
}

REGIMES = {
    "none": N_("No rules recorded (before 2020)"),
    "O20": N_("Interim Measures (Order 20)"),
    "O20+XBLR": N_("Interim Measures (Order 20) with the Implementing Regulations"),
    "O121": N_("Measures (Order 121)"),
}

SPAN_KINDS = {
    "testing": N_("testing"),
    "inspection": N_("inspection test"),
    "verification": N_("metrological verification"),
    "appraisal": N_("appraisal"),
    "quarantine": N_("quarantine inspection"),
    "rights_holder_identification": N_("identification by the rights holder"),
    "suspension": N_("suspension of the case"),
    "hearing": N_("hearing"),
    "announcement": N_("public announcement"),
    "refund_order": N_("order to refund overcharged money"),
    "travel": N_("time in transit"),
    "recusal": N_("suspension for a recusal"),
}

DAY_REASONS = {
    "start": N_("start day, not counted"),
    "working_day": N_("working day"),
    "makeup_day": N_("make-up working day"),
    "natural_day": N_("calendar day"),
    "weekend": N_("weekend"),
    "holiday": N_("holiday"),
    "excluded": N_("not counted"),
    "anniversary": N_("same day of the year"),
    "rolled_past": N_("declared off, the last day moves on"),
    "rolled_to": N_("first day after, the last day"),
}

# Sentences of an explanation.  "articles" is filled with the citation, other values as they are.
STARTS = N_("The period starts on %(start)s; the first day is not counted (%(articles)s).")
LIMIT_WORKING = N_("The limit is %(amount)s working days (%(articles)s).")
LIMIT_CALENDAR = N_("The limit is %(amount)s calendar days, weekends and holidays included (%(articles)s).")
LIMIT_YEARS = N_("The limit is %(amount)s years (%(articles)s).")
LIMIT_LOCAL = N_("The law says “promptly” (%(articles)s); local policy sets %(amount)s %(unit)s.")
EXTENDED = N_("An extension of %(amount)s %(unit)s was granted on %(day)s (%(articles)s).")
EXCLUDED = N_("The days from %(first)s to %(last)s are not counted: %(kind)s (%(articles)s).")
EXCLUDED_LOCAL = N_("The days from %(first)s to %(last)s are not counted by local policy: %(kind)s.")
ROLLED = N_(
    "The last day would be %(day)s, a declared day off (%(name)s); "
    "it moves to the first day after the holiday (%(articles)s)."
)
ROLLED_WEEKEND = N_("The last day would be %(day)s; by local policy it moves to the next working day.")
ENDS = N_("The last day is %(due)s; the period ends at the end of that day, Beijing time.")
INTERNAL = N_("Internal due date: %(day)s, the date before it was moved.")
INTERNAL_LOCAL = N_("Internal due date: %(day)s, by local policy (%(amount)s %(unit)s).")
ASSUMED = N_("Provisional: the calendar of %(years)s is missing, its days are taken as Monday to Friday.")
LOCAL_DAYS = N_("The calendar has local edits between the start and the last day.")
