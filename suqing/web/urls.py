"""The addresses of the pages, desk by desk.  Each name must stand in permission_table.py."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from suqing.web.desks import (
    bulletins,
    call_desk,
    call_lookups,
    case_desk,
    figure_file,
    figures,
    home,
    privacy,
    session,
    styleguide,
    work_list,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("password/", session.password, name="change-password"),
    path("language/", set_language, name="language"),
    path("theme/", session.theme, name="theme"),
    path("jump/", session.jump, name="jump"),
    path("cases/", work_list.work_list, name="cases"),
    path("cases/<str:number>/", case_desk.case, name="case"),
    path("cases/<str:number>/preview/", case_desk.preview, name="case-preview"),
    path("cases/<str:number>/steps/<slug:step>/", case_desk.step, name="case-step"),
    path("cases/<str:number>/clocks/<int:clock>/", case_desk.clock_explained, name="clock-explained"),
    path("cases/<str:number>/person/", privacy.unmask, name="unmask"),
    path("cases/<str:number>/person/erase/", privacy.erase_person, name="erase-person"),
    path("submissions/<str:number>/", case_desk.submission, name="submission"),
    path("desk/", call_desk.start, name="call-desk"),
    path("desk/calls/", call_desk.open_call, name="call-open"),
    path("desk/calls/<uuid:ref>/", call_desk.call, name="call"),
    path("desk/calls/<uuid:ref>/draft/", call_desk.save, name="call-save"),
    path("desk/calls/<uuid:ref>/end/", call_desk.end, name="call-end"),
    path("desk/calls/<uuid:ref>/known/<int:party>/", call_desk.fill_in, name="call-fill-in"),
    path("desk/calls/<uuid:ref>/done/", call_desk.done, name="call-done"),
    path("desk/drafts/<uuid:ref>/discard/", call_desk.discard, name="draft-discard"),
    path("desk/offers/", call_lookups.offers, name="call-offers"),
    path("desk/credit-code/", call_lookups.credit_code, name="credit-code"),
    path("desk/lookup/entities/", call_lookups.entities, name="lookup-entities"),
    path("desk/lookup/places/", call_lookups.places, name="lookup-places"),
    path("desk/lookup/classes/<slug:tree>/", call_lookups.classes, name="lookup-classes"),
    path("figures/", figures.figures, name="figures"),
    path("figures/cases/", figures.figure_cases, name="figure-cases"),
    path("figures/table.csv", figure_file.figure_table, name="figure-table"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/draft/", bulletins.bulletin_draft, name="bulletin-draft"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/file/", bulletins.bulletin_file, name="bulletin-file"),
    path("bulletins/<int:pk>/issue/", bulletins.bulletin_issue, name="bulletin-issue"),
    path("bulletins/<int:pk>/withdraw/", bulletins.bulletin_withdraw, name="bulletin-withdraw"),
    path("bulletins/<int:pk>/figures/<str:key>/", bulletins.bulletin_figure, name="bulletin-figure"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/lookup/", styleguide.lookup, name="styleguide-lookup"),
    path("styleguide/autosave/", styleguide.autosave, name="styleguide-autosave"),
]
