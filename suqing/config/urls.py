"""Every address of the program."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("suqing.web.urls")),
]

handler400 = "suqing.web.desks.refusal.unreadable"
handler403 = "suqing.web.desks.refusal.forbidden"
handler404 = "suqing.web.desks.refusal.not_found"
handler500 = "suqing.web.desks.refusal.broken"
