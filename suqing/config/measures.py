"""The modules that declare measures; importing them fills the registry of ``analytics``."""

MODULES = (
    "suqing.analytics.measures",
    "suqing.analytics.export_cases",
    "suqing.analytics.export_lists",
)
