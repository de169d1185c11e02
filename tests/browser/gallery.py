"""Every page of the crawl at three sizes in both themes, from a rehearsed centre: ``docs/images/pages``.

Each page is opened once for each theme and drawn at each size; a picture is called page-size-theme.webp.  The data are
those of the rehearsal, and the band at the top of every picture says so.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

SIZES = {"1280x800": (1280, 800), "1920x1080": (1920, 1080), "390x844": (390, 844)}
THEMES = ("light", "dark")
COLOURS = 256
DAYS = (date(2020, 1, 30), date(2020, 1, 31))  # of the bulletins: one issued, one being written
RECEIPT = (
    "某某大药房（模拟）", "----------------------------------", "N95口罩　　　 10 只　 30.00", "合计　　　　　　　　300.00", "微信支付　　　　　　300.00",
    "2020-01-30 15:42", "单号 20200130-0042", "----------------------------------", "谢谢惠顾", "（模拟数据，并无此店）",
)  # fmt: skip
# Who of the rehearsal takes which part of the cast.
PARTS = {
    "call_taker": "taker01", "dispatcher": "dispatcher1", "handler": "handler-gusu", "head": "head-gusu",
    "supervisor": "supervisor", "analyst": "analyst", "editor": "editor", "leader": "leader", "inspector": "inspector",
    "administrator": "admin",
}  # fmt: skip


def connect(folder: Path, url: str) -> None:
    """Let this process read and write what the served program does."""
    os.environ |= {
        "SUQING_VAR": str(folder),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "suqing.config.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps a loop running in this thread
        "SUQING_POOL": "0",
    }
    import django

    django.setup()


def furnished() -> tuple[dict[str, Any], list[Any]]:
    """Add to the rehearsal what its script does not make; return its people by their part, and the pages."""
    from django.conf import settings
    from django.test.utils import setup_test_environment

    from suqing.accounts.models import Person, Unit
    from suqing.ledger.queries import centre_now
    from tests.web.crawled import pages
    from tests.web.staged import furnish

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    setup_test_environment()
    people = {part: Person.objects.get(username=name) for part, name in PARTS.items()}
    gusu = Unit.objects.get(code="sz-gusu")
    if not _is_furnished():
        furnish(SimpleNamespace(**people, gusu=gusu), centre_now(), days=DAYS, photo=receipt())  # type: ignore[arg-type]
    return people, pages(people, strict=False)


def receipt() -> bytes:
    """A photo of a receipt that nobody ever got."""
    face = str(fonts.sans_path())
    image = Image.new("RGB", (720, 900), "#8b8f98")
    paper = ImageDraw.Draw(image)
    paper.rectangle((90, 50, 630, 850), fill="#fdfcf7")
    for number, line in enumerate(RECEIPT):
        size = 34 if number == 0 else 26
        paper.text((130, 90 + 64 * number), line, fill="#23252b", font=ImageFont.truetype(face, size))
    kept = io.BytesIO()
    image.rotate(2, expand=False, fillcolor="#8b8f98").save(kept, "JPEG", quality=85)
    return kept.getvalue()


def _is_furnished() -> bool:
    from suqing.cases.models import BulkChange

    return BulkChange.objects.exists()


@dataclass
class Gallery:
    """Takes the pictures into a folder; a person signs in once for each theme."""

    folder: Path
    browser: Any
    origin: str
    people: dict[str, Any]

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seats: dict[tuple[str, str], Any] = {}

    def take(self, pages: list[Any]) -> Iterator[str]:
        """Take every page; tell of each how many bytes it has."""
        for page in pages:
            size = sum(self._drawn(page, theme) for theme in THEMES)
            yield f"{page.name}: {size // 1000} kB"

    def _drawn(self, page: Any, theme: str) -> int:
        seat, total = self._seat(page.who, theme), 0
        seat.set_viewport_size({"width": 1280, "height": 800})
        seat.goto(page.address)
        seat.wait_for_selector("html[data-ready]")
        if seat.locator("[data-chart]").count():
            seat.wait_for_selector("[data-chart] canvas, [data-chart] svg")
        for size, (width, height) in SIZES.items():
            seat.set_viewport_size({"width": width, "height": height})
            seat.wait_for_timeout(150)
            total += keep(self.folder / f"{page.name}-{size}-{theme}.webp", seat.screenshot())
        return total

    def _seat(self, who: str, theme: str) -> Any:
        if (who, theme) not in self.seats:
            context = self.browser.new_context(
                base_url=self.origin, locale="zh-CN", timezone_id="Asia/Shanghai", color_scheme=theme,
                reduced_motion="reduce",
            )  # fmt: skip
            context.set_default_timeout(60_000)
            cookies = [{"name": "theme", "value": theme, "url": self.origin}]
            if who:
                cookies.append({**_session(self.people[who]), "url": self.origin})
            context.add_cookies(cookies)
            self.seats[who, theme] = context.new_page()
        return self.seats[who, theme]


def _session(person: Any) -> dict[str, str]:
    """The cookie of somebody who has signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def keep(path: Path, picture: bytes) -> int:
    """Store it with few colours, without loss beyond that; return its bytes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).convert("RGB")
    few.save(path, "WEBP", lossless=True, quality=80, method=4)
    return path.stat().st_size
