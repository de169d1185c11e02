"""Today, supervision, figures and bulletins."""

from __future__ import annotations

from suqing.web.help.topic import Topic

N_ = str

TOPICS = (
    Topic(
        "today",
        ("today",),
        N_("Today at the centre"),
        N_(
            "The whole centre now: contacts, classes, districts, limits at risk, what waits for dispatch, who is on duty."
        ),
        steps=(
            N_("Every number opens its cases."),
            N_("Dispatch from the board: the proposed unit is already chosen."),
        ),
        source=(N_("From the cases in your sight as they stand at the time beside the heading."),),
    ),
    Topic(
        "supervision",
        ("supervision",),
        N_("Supervision"),
        N_("Orders to units over one or many cases, their replies and reviews."),
        steps=(
            N_(
                "[[New supervision order]] names the cases, the lead unit, what is to be done and until when."
            ),
            N_(
                "A unit answers with [[Reply to the order]]; the supervisor accepts the reply or sends it back."
            ),
        ),
    ),
    Topic(
        "figures",
        ("figure",),
        N_("Figures"),
        N_("Counts and rates with their definition, and the cases behind each."),
        steps=(
            N_(
                "[[All measures]] says of each what is counted, by which formula and by which time; a number opens exactly the cases it counts."
            ),
            N_(
                "Choose period, district, class and other filters; the address of the page keeps them and can be passed on."
            ),
            N_(
                "A week, ten days, a month or a week of the lunar year is the one that the first day lies in; what is compared with is switched above the filters."
            ),
            N_("[[Table of a measure]] cuts any measure by one fact, or by one against another."),
        ),
        notes=(
            N_(
                "Only cases in your sight are counted. What cannot be compared is said, not filled with a number."
            ),
        ),
        source=(
            N_(
                "From the register of this centre by the definition of each figure; figures that others published show their source and day."
            ),
        ),
    ),
    Topic(
        "new-words",
        ("new-word",),
        N_("New words"),
        N_("Words that more people said in the last day or week than the weeks before explain."),
        steps=(
            N_("Open a word to read the cases that hold it; [[Try as a topic]] takes it to the bench."),
            N_("[[Tell no more]] hides a word that says nothing; below the list it can be told again."),
        ),
        notes=(
            N_("People are counted, not cases: who calls five times is one."),
            N_("Holidays are not known to it: what rested over them rises afterwards."),
        ),
        source=(N_("From the redacted words of the cases in your sight, looked at every hour."),),
    ),
    Topic(
        "topics",
        ("topic",),
        N_("Topics"),
        N_("Questions that cut across classes, decided by the words of a case."),
        steps=(
            N_(
                "[[New topic]]: type a rule; what it finds in a fixed sample shows while you type. Change it until both lists read right."
            ),
            N_(
                "[[Save and bring over all cases]]: new cases follow the rule at once, earlier ones are looked at in the background."
            ),
        ),
        notes=(
            N_("A rule reads the redacted words of a case, never the original ones."),
            N_("Bulletins that were issued do not change: their figures are kept as they were counted."),
        ),
        source=(N_("The share of all cases is reckoned from the sample, with an interval of 95 %."),),
    ),
    Topic(
        "prices",
        ("price",),
        N_("Prices"),
        N_("The focus list of a day: complaints and reports about prices by goods, district and operator."),
        steps=(
            N_(
                "[[Today so far]] or [[Yesterday]], then goods, a district or an operator; every number opens its cases."
            ),
            N_("A table is written to a file with CSV, whole, with its day and the lines in force above it."),
        ),
        notes=(
            N_("Only cases in your sight are counted. A natural person who sells is named in no list."),
            N_(
                "A line above which to look first is set per province under local policy; none ships, because no national percentage is known."
            ),
        ),
        source=(
            N_(
                "From the prices that were entered with a case; those read from the words are added only where you ask for them."
            ),
        ),
    ),
    Topic(
        "radar",
        ("radar",),
        N_("Radar"),
        N_("Cases that may be sensitive, flagged as they are registered, until somebody decides."),
        steps=(
            N_("Read the marked words, say why in [[Reason]], then [[Confirm]] or [[Not sensitive]]."),
            N_("[[Take back]] a decision, and the flag waits again."),
            N_(
                "[[Rules of the radar]]: word a rule, see what it finds in a sample, switch it off; every version is kept."
            ),
        ),
        notes=(
            N_("You see flags of the cases in your sight only."),
            N_(
                "What you confirm and dismiss teaches a model. Once it does well, it flags cases that no words find; its number and how sure it is stand beside the flag."
            ),
            N_(
                "Earlier and imported cases are not flagged; a new wording holds for cases registered from then on."
            ),
        ),
        source=(N_("Right means confirmed, of all that was decided, with the interval of Wilson at 95 %."),),
    ),
    Topic(
        "quality",
        ("quality",),
        N_("Data quality"),
        N_(
            "Which facts are missing, contradict each other or were corrected late: by rule, person and district."
        ),
        steps=(
            N_(
                "The page opens with the report of yesterday; choose other days, at most 31, under [[Days of the report]]."
            ),
            N_("Each number opens exactly the cases it counts, each with what was found in it."),
        ),
        notes=(
            N_(
                "A doubt is worth a look and may well be right; a contradiction is two facts that cannot both be true."
            ),
            N_("Cases are judged as they stand now. What a person gave before it was erased is not missed."),
            N_(
                "Who may not read of all entries reads of the own ones. Imported cases of other systems are left out."
            ),
        ),
        source=(
            N_("Missing is judged by the entry standard in force on the day of receipt."),
            N_("From how many hours on a correction is late, is local policy."),
        ),
    ),
    Topic(
        "class-review",
        ("class-review",),
        N_("Classes to review"),
        N_("Classes that are missing, or that the model learnt from closed cases doubts."),
        steps=(
            N_("Read the marked words and press 1, 2 or 3 for an offer, K to keep the class, S to skip."),
            N_("[[Take back]] a decision, and the case has the class it had before."),
        ),
        notes=(
            N_("You see cases in your sight only, in their redacted words."),
            N_("What you decide teaches the next model; until a model is in use, only missing classes wait."),
        ),
        source=(
            N_(
                "The first offer was right: in how many of the decided ones it is the class now, Wilson at 95 %."
            ),
        ),
    ),
    Topic(
        "bulletins",
        ("bulletin",),
        N_("Bulletins"),
        N_("Bulletins that were issued, with the number of each issue, and drafts under way."),
        steps=(
            N_("A figure in a bulletin opens the cases that were counted when it was issued."),
            N_("[[Download .docx]] gives the file for the letterhead; [[Pages and print]] shows the pages."),
            N_(
                "An issued bulletin is never changed: it is withdrawn with a reason, and a corrected one names it."
            ),
        ),
        source=(
            N_(
                "Counted from the cases when the figure was put in or refreshed; the bulletin keeps which cases they were."
            ),
        ),
    ),
    Topic(
        "bulletin-editor",
        (
            "bulletin-draft",
            "bulletin-edit",
            "bulletin-section",
            "bulletin-arrange",
            "bulletin-figures",
            "bulletin-refresh",
            "bulletin-case",
            "bulletin-review",
        ),
        N_("Editing a bulletin"),
        N_("Write the text, put figures in, choose typical cases, hand it in for review."),
        steps=(
            N_(
                "[[Put a figure in]] counts it once and names it in the text; [[Refresh the figures]] shows before and after first."
            ),
            N_(
                "[[Choose typical cases]] takes a case over masked and in your words; reports never stand in a bulletin."
            ),
            N_(
                "[[Hand in for review]]: a second person approves or returns it with remarks, then it is issued."
            ),
        ),
        notes=(
            N_(
                "Read every typical case once more before issuing: names are hidden by rules, and rules can miss one."
            ),
        ),
    ),
)
