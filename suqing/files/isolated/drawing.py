"""Draw the pages of a picture or PDF into a folder: ``drawing.py KIND SOURCE FOLDER MOST_PAGES``.

Runs as a script in a child process (files.children).  Prints {"pages": how many the file has}.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageOps

WIDE = 1600  # points of the longer side of a page
SMALL = 320  # of the thumbnail
MOST_POINTS = 120_000_000


def main() -> None:
    kind, source, folder, most = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    count = draw_pdf(source, folder, most) if kind == "pdf" else draw_picture(kind, source, folder)
    print(json.dumps({"pages": count}))


def draw_picture(kind: str, source: Path, folder: Path) -> int:
    """Decode, turn upright, and encode anew: of the metadata nothing stays."""
    with Image.open(source, formats=["JPEG", "MPO"] if kind == "jpg" else ["PNG"]) as picture:
        if kind == "jpg":
            picture.draft("RGB", (WIDE, WIDE))  # decodes a large JPEG at a fraction of its size
        upright = ImageOps.exif_transpose(picture)
        write(upright, folder, 1)
    return 1


def draw_pdf(source: Path, folder: Path, most: int) -> int:
    # Only a PDF needs it, and it takes its time to load.
    import pypdfium2

    document = pypdfium2.PdfDocument(source)
    count = len(document)
    for number in range(min(count, most)):
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDE / max(width, height, 1), 4)
        write(page.render(scale=scale, may_draw_forms=False).to_pil(), folder, number + 1)
        page.close()
    return count


def write(picture: Image.Image, folder: Path, number: int) -> None:
    """Write one page, and the thumbnail if it is the first."""
    flat = flattened(picture)
    flat.thumbnail((WIDE, WIDE))
    flat.save(folder / f"page-{number:03}.jpg", "JPEG", quality=82, exif=b"", icc_profile=None)
    if number == 1:
        flat.thumbnail((SMALL, SMALL))
        flat.save(folder / "small.jpg", "JPEG", quality=78, exif=b"", icc_profile=None)


def flattened(picture: Image.Image) -> Image.Image:
    """The picture in RGB, on white where it is transparent; reduced first, so that no second large copy is made."""
    picture.thumbnail((WIDE, WIDE))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return picture.convert("RGB")


if __name__ == "__main__":
    main()
