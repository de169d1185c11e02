from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxonomyConfig(AppConfig):
    name = "suqing.taxonomy"
    verbose_name = _("Words and classes")
