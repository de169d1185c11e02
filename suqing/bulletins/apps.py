from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.bulletins import local_policy  # noqa: F401  (declares the settings)


class BulletinsConfig(AppConfig):
    name = "suqing.bulletins"
    verbose_name = _("Bulletins")
