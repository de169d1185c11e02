"""What can be done with a bulletin."""

from suqing.bulletins.actions.drafting import CannotDo, draft_daily, issue, withdraw

__all__ = ["CannotDo", "draft_daily", "issue", "withdraw"]
