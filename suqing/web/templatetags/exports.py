"""The menu that writes a list to a file, for any list page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from suqing.web.desks.export_asking import menu_of

register = template.Library()


@register.simple_tag(takes_context=True)
def export_facts(context: Context, code: str, query: str | None = None) -> dict[str, Any] | None:
    """``{% export_facts "cases" as export %}``: what the menu needs; None where the person may not.

    ``query`` is the address of the list if it is not that of the page.
    """
    request = context["request"]
    return menu_of(request.user, code, query or request.GET.urlencode())
