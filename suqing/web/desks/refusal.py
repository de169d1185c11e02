"""The pages that say no: not permitted, not found, something broke."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils import timezone

from suqing.accounts import roles
from suqing.accounts.models import Appointment
from suqing.accounts.permissions import Permission


def refused(request: HttpRequest, missing: Collection[Permission]) -> HttpResponse:
    """403: which permission is missing, which roles hold it, and who can grant it."""
    holding = set().union(*(roles.roles_with(permission) for permission in missing))
    granting = roles.roles_with(Permission.PEOPLE_MANAGE)
    administrators = Appointment.objects.in_force(timezone.now()).filter(role__in=granting)
    names = administrators.order_by("person__display_name").values_list("person__display_name", flat=True)
    facts = {
        "missing": sorted((permission.sentence for permission in missing), key=str),
        "roles": [role.label for role in roles.ROLES.values() if role.code in holding],
        "administrators": list(dict.fromkeys(names))[:5],
    }
    return render(request, "web/403.html", facts, status=403)


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Django's own refusals in our words."""
    return render(request, "web/403.html", {"missing": [], "roles": [], "reason": str(exception)}, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or in two tabs: nothing was done, nothing typed is lost by going back."""
    return render(request, "web/csrf.html", {"reason": reason}, status=403)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """400: too many fields, too long a form, an address with signs that no address has."""
    return render(request, "web/400.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    return render(request, "web/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """500: no database, no person, no context processors; they may be what broke."""
    template = loader.get_template("web/500.html")
    return HttpResponseServerError(template.render({"theme": "", "language": "zh-hans"}))
