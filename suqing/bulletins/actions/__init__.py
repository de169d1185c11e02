"""What can be done with a bulletin: draft, edit, have it reviewed, issue and withdraw it."""

from suqing.bulletins.actions.drafting import draft_daily, issue, withdraw
from suqing.bulletins.actions.editing import (
    Stale,
    add_case,
    add_section,
    move_section,
    remove_section,
    save_section,
)
from suqing.bulletins.actions.figures import Change, add_figure, refresh_figures, remove_figure
from suqing.bulletins.actions.review import approve, may_approve, remark, send_back, submit
from suqing.bulletins.refusals import CannotDo

__all__ = [
    "CannotDo",
    "Change",
    "Stale",
    "add_case",
    "add_figure",
    "add_section",
    "approve",
    "draft_daily",
    "issue",
    "may_approve",
    "move_section",
    "refresh_figures",
    "remark",
    "remove_figure",
    "remove_section",
    "save_section",
    "send_back",
    "submit",
    "withdraw",
]
