from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.web import policy  # noqa: F401  (declares the settings)


class WebConfig(AppConfig):
    name = "suqing.web"
    verbose_name = _("Pages")
