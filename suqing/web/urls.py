"""The addresses of the pages, desk by desk.  Each name must stand in permission_table.py."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from suqing.web.desks import session, styleguide

urlpatterns = [
    path("", session.home, name="home"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("password/", session.password, name="change-password"),
    path("language/", set_language, name="language"),
    path("theme/", session.theme, name="theme"),
    path("jump/", session.jump, name="jump"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/lookup/", styleguide.lookup, name="styleguide-lookup"),
    path("styleguide/autosave/", styleguide.autosave, name="styleguide-autosave"),
]
