from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.accounts import policy  # noqa: F401  (declares the settings)


class AccountsConfig(AppConfig):
    name = "suqing.accounts"
    verbose_name = _("People and units")
