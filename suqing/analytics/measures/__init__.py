"""The measures of this centre; importing the package registers them all, in the order in which people read them."""

from suqing.analytics.measures import intake  # isort: skip
from suqing.analytics.measures import decisions, limits, endings, calls  # isort: skip

__all__ = ["calls", "decisions", "endings", "intake", "limits"]
