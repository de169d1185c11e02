"""Lists of cases, one case, and what belongs to it."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "work-list",
        ("cases", "saved-view", "list-look"),
        N_("Work list"),
        N_("All cases you may see, in ready lists and in views of your own."),
        steps=(
            N_(
                "[[Ready lists]] hold mine, my unit's, to accept, due within 48, 24 and 12 hours, overdue, returned, supervised."
            ),
            N_(
                "Filter, sort, choose [[Columns and density]]; [[Save this list as]] keeps it as a view, for you or for a role of your unit."
            ),
            N_(
                "J and K move through the rows, O previews, Enter opens, X selects for a change of many cases."
            ),
        ),
        notes=(N_("Every list can be taken away as a file; personal data in it are masked as on the page."),),
    ),
    Topic(
        "case",
        ("case", "submission"),
        N_("Case"),
        N_("Everything about one case: what was said, what can be done now, its limits and its story."),
        steps=(
            N_(
                "[[What can be done now]] offers only steps that the state of the case and your role allow; the letter on the button is its key."
            ),
            N_(
                "Fill in the form and press Ctrl+Enter. If somebody was faster, your text is kept and shown beside theirs."
            ),
            N_("[[Explain]] at a limit counts its days one by one with the article it rests on."),
            N_("Personal data are masked; [[Unmask]] asks for a reason, and every look is logged."),
        ),
        notes=(
            N_(
                "A complaint and a report of one contact are separate cases; neither shows through the other."
            ),
        ),
        law=(
            N_(
                "A notice of non-acceptance names the reason and the other ways to settle the dispute (Decree 121 article 15)."
            ),
            N_(
                "Mediation without agreement ends 60 days after acceptance (Decree 121 article 23); under Decree 20 article 21 it was 45 working days."
            ),
        ),
    ),
    Topic(
        "limits",
        ("clock-",),
        N_("Limits"),
        N_("How a limit was computed: every day, whether it counts, and why."),
        steps=(
            N_(
                "Days off, days worked in exchange and excluded time are marked with the notice or reason they rest on."
            ),
        ),
        notes=(
            N_(
                "Which articles hold depends on the day of receipt; rules of this centre are marked as local."
            ),
        ),
        law=(
            N_(
                "The first day is not counted; where the last day is a holiday, the first day after it is the last (Decree 121 article 45)."
            ),
            N_("Decree 121 holds from 15 April 2026 and replaced Decree 20."),
        ),
    ),
    Topic(
        "documents",
        ("document-",),
        N_("Documents"),
        N_("Decisions and notices as documents with number, preview and file."),
        steps=(
            N_("The form proposes what the case knows; what is missing is named before a number is taken."),
            N_(
                "A document with a fault is voided with a reason and made anew; its number is not used again."
            ),
        ),
    ),
    Topic(
        "files",
        ("case-file", "upload"),
        N_("Files"),
        N_("Pictures, recordings and papers of a case."),
        steps=(
            N_(
                "Several files go up at once and go on by themselves after a broken connection; on a phone the camera opens."
            ),
            N_(
                "Pictures and PDF are shown as previews, recordings play on the page; nothing in a file is ever run."
            ),
            N_(
                "From a receipt or a price tag amount and date can be read and taken over after you have checked them."
            ),
        ),
        notes=(N_("What was removed can be brought back; who looked at a file is logged."),),
    ),
    Topic(
        "similar",
        ("case-similar", "case-beside", "case-pair", "call-similar", "call-beside"),
        N_("Similar cases"),
        N_("Cases that may be about the same matter, side by side."),
        steps=(
            N_("Same phone, same operator and similar words are said as reasons; differences are marked."),
            N_(
                "Join them as one event, or say that they are not the same: then they are not suggested again."
            ),
        ),
        notes=(N_("Persons, cases and events are counted apart; joining changes no count of cases."),),
    ),
    Topic(
        "events",
        ("event", "case-event", "case-own-event"),
        N_("Events"),
        N_("Several cases about one event, kept together."),
        steps=(N_("Put cases in, take them out, merge two events; every step can be undone."),),
    ),
    Topic(
        "case-summary",
        ("case-summary",),
        N_("Summary by a machine"),
        N_("What a server set up by the house makes of a case, in a few sentences."),
        steps=(N_("Read the redacted words that would be sent, then ask; nothing leaves before that."),),
        notes=(
            N_(
                "Nobody has checked what it says, and it is not kept; the request is in the story of the case."
            ),
        ),
    ),
    Topic(
        "proposed-events",
        ("event-proposal", "events-hot"),
        N_("Proposed and hot events"),
        N_("Cases that seem to tell of one event, found by the centre itself, and which events are hot."),
        steps=(
            N_("Open a proposal, read its cases, hold two of them side by side."),
            N_("Take out what does not belong, then make an event of the rest, or dismiss it with a reason."),
            N_("The hot list is ordered by size, by growth, by severity, or by all three."),
        ),
        notes=(
            N_("A proposal changes no case; each decision can be undone."),
            N_("Questions that name no operator are left to topics."),
        ),
    ),
    Topic(
        "bulk",
        ("bulk-",),
        N_("Change many cases"),
        N_("Assign, remind or reclassify many cases at once."),
        steps=(
            N_("Select rows in the [[Work list]], or the whole list, then choose the change."),
            N_("[[Preview]] shows every case before and after, and which are left out and why."),
            N_("A change that was made can be undone as a whole; cases changed since are named and left."),
        ),
    ),
    Topic(
        "erasing",
        ("erase-person", "unmask"),
        N_("Personal data"),
        N_("Looking at personal data, and erasing a person for good."),
        steps=(
            N_("Give the reason for a look; it stands in the log with your name and the time."),
            N_(
                "Erasing destroys the key of the person: name, phone, words and files cannot be read any more; counts stay."
            ),
        ),
        notes=(N_("Erasing cannot be undone."),),
    ),
)
