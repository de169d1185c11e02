from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.inbox import policy  # noqa: F401  (declares the settings)


class InboxConfig(AppConfig):
    name = "suqing.inbox"
    verbose_name = _("Messages")
