"""The modules that declare measures and lists; importing them fills the registries of ``analytics``."""

MODULES = (
    "suqing.analytics.measures",
    "suqing.analytics.export_cases",
    "suqing.analytics.export_lists",
    "suqing.analytics.export_quality",
    "suqing.bulletins.listing",
)
