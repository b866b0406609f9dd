"""Contact sheets: pictures side by side, to judge a run by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw


def contact_sheet(
    rows: Sequence[Sequence[np.ndarray]],
    labels: Sequence[str] = (),
    cell: tuple[int, int] = (128, 128),
) -> np.ndarray:
    """One picture (H, W, 3) uint8 of rows of pictures (h, w, 3), uint8 or floats 0..1.

    Each is scaled to fit a cell (w, h), in pixels; its aspect ratio stays. `labels` stand above the
    rows.
    """
    gap, text = 4, 16 if labels else 0  # pixels
    width = max(len(row) for row in rows) * (cell[0] + gap) + gap
    page = Image.new("RGB", (width, len(rows) * (cell[1] + gap + text) + gap), (24, 24, 24))
    draw = ImageDraw.Draw(page)
    for i, row in enumerate(rows):
        top = gap + i * (cell[1] + gap + text)
        if labels:
            draw.text((gap, top), labels[i], fill=(200, 200, 200))
        for j, picture in enumerate(row):
            if picture.dtype != np.uint8:
                picture = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
            image = Image.fromarray(picture)
            scale = min(cell[0] / image.width, cell[1] / image.height)
            size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
            image = image.resize(size, Image.Resampling.BICUBIC)
            page.paste(image, (gap + j * (cell[0] + gap), top + text))
    return np.array(page)
