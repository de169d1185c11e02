from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.config import checks


class ConfigConfig(AppConfig):
    name = "suqing.config"
    verbose_name = _("Wiring")
    # Importing them registers them.
    system_checks = checks
