from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from suqing.files import policy  # noqa: F401  (declares the settings)


class FilesConfig(AppConfig):
    name = "suqing.files"
    verbose_name = _("Files")
