"""The first page, messages, signing in, duty: what everybody meets."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "home",
        ("home", "jump"),
        N_("Today"),
        N_("Your first page: what waits for you, what is due next, what you have not finished."),
        steps=(
            N_("A number under [[What waits for you]] opens the list of exactly these cases."),
            N_(
                "[[Not finished]] holds calls that were written down and not yet registered; open one and go on."
            ),
            N_(
                "Ctrl+K finds a case by its number, a caller by the whole phone number, an operator by name, and every page."
            ),
        ),
        notes=(N_("Only what your role and unit may see is counted."),),
    ),
    Topic(
        "inbox",
        ("inbox",),
        N_("Inbox"),
        N_("Messages to you: cases assigned, reminders, orders, approvals and what became of them."),
        steps=(
            N_("Opening a message marks it as read and leads to the case."),
            N_("The bell in the top bar counts unread messages; the count comes by itself."),
        ),
    ),
    Topic(
        "signing-in",
        ("sign-in", "second-", "security", "change-password", "session", "passkey", "single-", "sign-"),
        N_("Sign-in and security"),
        N_("How you sign in, and what protects your account."),
        steps=(
            N_(
                "[[Change password]] asks for the old password once; what a new one must fulfil stands beside the field."
            ),
            N_("[[Set up]] adds a second step: an app on your phone shows a new code every half minute."),
            N_(
                "[[Add a passkey]]: a security key, or a computer or phone that checks your finger, face or PIN, instead of the code."
            ),
            N_(
                "[[My sessions]] shows where you are signed in; end one, or press [[End all other sessions]] after leaving a shared seat."
            ),
            N_("Keep the [[Recovery codes]] on paper: each works once when the phone is not at hand."),
        ),
        notes=(
            N_(
                "After several wrong attempts signing in is paused for a while. An administrator can set a one-time password."
            ),
        ),
    ),
    Topic(
        "duty",
        ("duty",),
        N_("On duty"),
        N_("Who is there outside ordinary hours, so that urgent cases and reminders reach somebody."),
        steps=(
            N_("Enter the person, the unit and from when until when."),
            N_("A duty that has begun can be ended early; both stand on record."),
        ),
    ),
    Topic(
        "help",
        ("help", "tour", "styleguide"),
        N_("Help"),
        N_("What each page is for and what can be done there."),
        steps=(
            N_("F1 opens the help of the page you are on; ? shows its keys."),
            N_("The first-day tour leads through your own desks; leave it at any time and go on later."),
        ),
    ),
)
