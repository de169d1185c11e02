from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.config import checks
from suqing.config.measures import MODULES


class ConfigConfig(AppConfig):
    name = "suqing.config"
    verbose_name = _("Wiring")
    # Importing them registers them.
    system_checks = checks

    def ready(self) -> None:
        # Measures are declared over models, which exist only now.
        for module in MODULES:
            import_module(module)
