"""Recordings and films are played on the page of a file, from any second of them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suqing.cases.actions import dispatching
from suqing.cases.models import CaseAttachment
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.files import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILMED = """async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 90;
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: "video/mp4" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let number = 0; number < 25; number++) {
    pen.fillStyle = `hsl(${number * 14}, 70%, 50%)`;
    pen.fillRect(0, 0, 160, 90);
    await new Promise((done) => setTimeout(done, 60));
  }
  await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""
PLAYED = """async (player) => {
  const heard = (name) => new Promise((done, fail) => {
    player.addEventListener(name, done, { once: true });
    setTimeout(() => fail(new Error(`${name}: ${player.error?.message ?? "never"}`)), 15000);
  });
  player.muted = true;
  const began = heard("timeupdate");
  await player.play();
  await began;
  player.pause();
  const sought = heard("seeked");
  player.currentTime = 0.5;
  await sought;
  return [player.currentTime, player.duration, player.videoWidth ?? 0, player.seekable.end(0)];
}"""


@pytest.mark.timeout(180)
def test_a_recording_and_a_film_are_played_from_the_middle(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None], tmp_path: Path
) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    if not page.evaluate("MediaRecorder.isTypeSupported('video/mp4')"):
        pytest.skip("this browser records no mp4, and no film can be made for the test")
    recording, film = tmp_path / "录音.mp3", tmp_path / "现场.mp4"
    recording.write_bytes(samples.mp3(200))
    film.write_bytes(base64.b64decode(page.evaluate(FILMED)))
    page.set_input_files("#uploads-file", [str(recording), str(film)])
    page.get_by_role("button", name="附上").click()
    page.get_by_text("已附上 2 个文件").wait_for(timeout=20_000)

    for name, tag, width in (("录音.mp3", "audio", 0), ("现场.mp4", "video", 160)):
        row = CaseAttachment.objects.get(name=name)
        page.goto(f"/cases/{case.number}/files/{row.pk}/")
        at, length, drawn, reach = page.locator(tag).evaluate(PLAYED)
        assert at == pytest.approx(0.5, abs=0.1)
        assert length > 1
        assert reach == pytest.approx(length)  # every second can be gone to: the server sends ranges
        assert drawn == width
        shoot(page, f"played-{tag}")
