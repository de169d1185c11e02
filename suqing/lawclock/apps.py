from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LawclockConfig(AppConfig):
    name = "suqing.lawclock"
    verbose_name = _("Law and deadlines")
