from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.lawclock import local_policy  # noqa: F401  (declares the settings)


class LawclockConfig(AppConfig):
    name = "suqing.lawclock"
    verbose_name = _("Law and deadlines")
