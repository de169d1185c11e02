"""Operators, imports, exports and catalogues."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "operators",
        ("entit",),
        N_("Operators"),
        N_("One file per operator: all its cases, trend and results."),
        steps=(
            N_("Look for a name, its pinyin or initials, or the code."),
            N_(
                "[[Perhaps the same operator]] suggests files to merge, with reasons; merging and splitting can be undone."
            ),
            N_("[[It sells inside…]] records a seller on a platform or in a market."),
        ),
        notes=(N_("Two different codes are two operators; they are never merged by the system."),),
    ),
    Topic(
        "imports",
        ("import",),
        N_("Imports"),
        N_("Take cases over from a table: the export of the national platform or a layout of your own."),
        steps=(
            N_(
                "Upload xlsx or csv. A known header is recognised; otherwise say once which column holds what and keep it under a name."
            ),
            N_("Nothing is imported before you have seen the preview and pressed [[Import]]."),
            N_(
                "[[Rejected rows as a file]] gives the wrong rows with the reason in each; correct them and import the file again."
            ),
        ),
        notes=(
            N_(
                "The same number is never imported twice: a later table brings state and result up to date. Cases people here have worked on are kept."
            ),
            N_(
                "Rows that say what is known already are counted as unchanged; which rows they were is not kept."
            ),
        ),
    ),
    Topic(
        "exports",
        ("export",),
        N_("Exports"),
        N_("Lists as files, without a cap on rows."),
        steps=(
            N_("Ask on the list itself; the file is made in the background and told in the inbox."),
            N_(
                "Filters and the as-of time stand in the file; personal data are masked as your role sees them."
            ),
        ),
        notes=(
            N_(
                "A cell that begins like a formula is written as text, so that nothing runs when it is opened."
            ),
        ),
    ),
    Topic(
        "dispatch-catalogue",
        ("dispatch-rule",),
        N_("Dispatch catalogue"),
        N_("Which unit is competent for which place and class; the proposal at dispatch comes from here."),
        steps=(N_("A row that changes keeps what held before; a case is judged by what held on its day."),),
    ),
    Topic(
        "entry-standards",
        ("entry-standard",),
        N_("Entry standards"),
        N_("Which facts a registration must and should hold, by kind, from a given day on."),
        steps=(N_("A new version begins on its day; earlier cases are measured by their own version."),),
    ),
)
