"""The pages of administration."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "administration",
        ("administration",),
        N_("Administration"),
        N_("People, units, roles, calendar, local policy, classes and catalogues."),
        steps=(
            N_("Only the parts your role may open are shown; every change stands on record below its page."),
        ),
    ),
    Topic(
        "people",
        ("administration-pe",),
        N_("People"),
        N_("Who signs in, in which role and unit, since when."),
        steps=(
            N_(
                "[[New person]] makes the account and shows a one-time password once; then appoint the person."
            ),
            N_(
                "Somebody who leaves: end the appointments and [[Let sign in no more]]. Accounts are never deleted."
            ),
        ),
    ),
    Topic(
        "units",
        ("administration-unit",),
        N_("Units"),
        N_("The tree of who directs whom."),
        steps=(
            N_(
                "[[Rename]], [[Move]] and [[Close the unit]] keep the history; a unit with open cases says so before it closes."
            ),
        ),
    ),
    Topic(
        "roles",
        ("administration-role",),
        N_("Roles"),
        N_("What each role may do, in sentences, and who holds it."),
        steps=(N_("Roles are fixed; what a person may do follows from the appointments."),),
    ),
    Topic(
        "calendar",
        ("administration-calendar",),
        N_("Working days"),
        N_("The calendar by which limits are counted."),
        steps=(
            N_(
                "[[Load the year]] takes in the file of a year; [[Change the day]] needs the notice it rests on."
            ),
            N_("[[What would move?]] counts the running limits that a change would move before it is made."),
        ),
        notes=(
            N_("Days of the year come from the notices of the State Council; local decisions are marked."),
        ),
    ),
    Topic(
        "policy",
        ("administration-policy", "administration-setting"),
        N_("Local policy"),
        N_("What no law fixes and this centre decides."),
        steps=(N_("Each setting shows its default, its source and every change with name and time."),),
    ),
    Topic(
        "classes",
        ("administration-class", "administration-topic"),
        N_("Classes and topics"),
        N_("The lists by which matters are classed, in all their versions, and the topics with their words."),
        steps=(
            N_("Codes of our own are marked [[code of our own]]; an old case keeps the class of its day."),
        ),
    ),
    Topic(
        "tables",
        ("administration-table",),
        N_("Tables"),
        N_("Reference data, settings and what runs, to look at."),
        steps=(N_("Nothing is changed here; personal and confidential columns are left out."),),
    ),
)
