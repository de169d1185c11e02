"""Roles: what each may do, in sentences, and who holds it.  They are part of the program and not edited here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from suqing.accounts.permissions import Permission
from suqing.accounts.queries import holders
from suqing.accounts.roles import ROLES


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Each role with its holders, and the table of what is permitted to whom."""
    held = holders()
    facts = {
        "roles": [
            {
                "role": role,
                "held": held.get(code, []),
                "count": len({row.person_id for row in held.get(code, [])}),
                "url": f"{reverse('administration-people')}?role={code}",
            }
            for code, role in ROLES.items()
        ],
        "permissions": [
            (
                permission.sentence,
                str(permission),
                [permission in role.permissions for role in ROLES.values()],
            )
            for permission in Permission
        ],
    }
    return render(request, "web/administration/roles.html", facts)
