"""The modules that declare measures; importing them fills the registry of ``analytics``."""

MODULES = ("suqing.analytics.measures",)
