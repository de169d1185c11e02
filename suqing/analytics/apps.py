from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.analytics import policy  # noqa: F401  (declares the settings)


class AnalyticsConfig(AppConfig):
    name = "suqing.analytics"
    verbose_name = _("Measures")
