"""The call desk and return visits."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "call-desk",
        ("call", "draft-", "credit-code", "lookup-"),
        N_("Call desk"),
        N_(
            "Here a call becomes a registration: what the caller says, who is meant, and what kind of matter it is."
        ),
        steps=(
            N_("Type the number and press Enter: [[This number before]] shows earlier cases of the caller."),
            N_(
                "Write what the caller says first. Class, amount, goods and place are proposed from your words; the words that decided are marked."
            ),
            N_("[[Required facts]] shows what is still missing and what to ask next."),
            N_(
                "[[One more matter in this call]] adds a further case: a consultation, a complaint and a report may come in one call."
            ),
            N_(
                "Everything is saved while you type. A draft opens again here or on another seat; if both wrote, both texts are shown."
            ),
        ),
        notes=(
            N_("Similar cases are shown while you type, so that the same matter is not registered twice."),
            N_("The limits begin with the receipt; registering late does not move them."),
        ),
        law=(
            N_(
                "A complaint is a dispute of a consumer with an operator that shall be settled; a report gives leads to a breach of law (Decree 121 article 3, Decree 20 article 3)."
            ),
            N_(
                "A contact that holds both is handled as separate matters (Decree 121 article 9, Decree 20 article 7)."
            ),
        ),
    ),
    Topic(
        "visits",
        ("visit",),
        N_("Return visits"),
        N_("Call back people whose case has ended and record how satisfied they are."),
        steps=(
            N_(
                "[[To be visited]] lists the cases by waiting time; [[Record a return visit]] keeps the grade and what was said."
            ),
            N_("[[Not reached]] keeps the case on the list for another attempt."),
        ),
        notes=(N_("The number is shown only for the call; looking at it is logged."),),
    ),
)
