"""The pictures of chapter 11, Poisson blending."""

from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from scipy import ndimage, sparse
from scipy.sparse.linalg import splu

import poisson
from actors import Actor, Model, Moment, sample_actor
from actors.render import encode

SIDE = 150  # pixels of a rendered picture
TARGET, HAIRY, DONOR = 6, 38, 15  # seeds of the actors
LIGHT_LEFT, LIGHT_RIGHT = (-0.6, 0.35, 0.72), (0.6, 0.35, 0.72)  # directions of the lamp
GRID = 20  # side of the square mask whose matrix is drawn, in pixels


def draw_blends() -> Figure:
    """A face in other light: pasted, blended, mixed, and the membrane between."""
    target, donor = sample_actor(TARGET), sample_actor(DONOR)
    moment = Moment(yaw=8, smile=0.3, zoom=0.4)
    frame, _ = _render(target, replace(moment, light=LIGHT_LEFT))
    other_light = replace(moment, light=LIGHT_RIGHT, lamp_colour=(0.72, 0.62, 0.5))
    drawn, _ = _render(target.with_face_of(donor), other_light)
    mask = _ellipse(0.5, 0.52, 0.225, 0.3)
    domain = poisson.Domain(mask)
    membrane = domain.solve(np.where(mask[..., None], 0, frame - drawn))
    panels = {
        "the frame": frame,
        "the drawn face": drawn,
        "pasted": np.where(mask[..., None], drawn, frame),
        "the membrane": np.where(mask[..., None], 128 + membrane, 255),
        "blended": poisson.blend(drawn, frame, domain),
        "mixed": poisson.blend(drawn, frame, domain, "mixed"),
    }
    return _show(panels, 2)


def draw_bleeding() -> Figure:
    """The rim crosses hair: all differences used, and only those that light explains."""
    target, donor = sample_actor(HAIRY), sample_actor(DONOR)
    moment = Moment(smile=0.2, zoom=0.4)
    frame, visible = _render(target, moment)
    bare = sample_actor(TARGET).with_face_of(donor)  # no hair on the forehead
    drawn, _ = _render(bare, replace(moment, lamp_colour=(1.1, 1.15, 1.2)))
    mask = _ellipse(0.5, 0.47, 0.27, 0.37)
    domain = poisson.Domain(mask)
    mean, rim = poisson.split_difference(drawn[None], frame[None], visible[None], mask)
    robust = poisson.blend_faces(drawn[None], mean, rim, domain)[0]
    opacity = (visible * ndimage.gaussian_filter(mask.astype(float), 2))[..., None]
    blended = {
        "all differences": poisson.blend(drawn, frame, domain),
        "weighed by the biweight": robust,
    }
    panels = {"the frame": frame, "the drawn face": drawn}
    panels |= {name: frame + opacity * (face - frame) for name, face in blended.items()}
    return _show(panels, 1)


def draw_fill() -> Figure:
    """The Laplacian of a square and its factor, in two orders of the pixels."""
    row = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], (GRID, GRID))
    laplacian = sparse.csc_matrix(sparse.kronsum(row, row))
    figure, axes = pyplot.subplots(1, 4, figsize=(9, 2.7))
    for (left, right), (spec, name) in zip(
        (axes[:2], axes[2:]),
        (("NATURAL", "row by row"), ("MMD_AT_PLUS_A", "minimum degree")),
        strict=True,
    ):
        factors = splu(laplacian, spec, diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        order = np.argsort(factors.perm_c)
        for ax, matrix, what in (
            (left, laplacian[order][:, order], "matrix"),
            (right, factors.L, "factor"),
        ):
            ax.spy(matrix, markersize=0.7, color="#1f5f99")
            ax.set_title(f"{what}, {name}", fontsize=9)
            ax.set_xlabel(f"{matrix.nnz:,} numbers", fontsize=9)
            ax.set(xticks=[], yticks=[])
    figure.tight_layout()
    return figure


@cache
def _model(actor: Actor) -> Model:
    return Model(actor)


def _render(actor: Actor, moment: Moment) -> tuple[np.ndarray, np.ndarray]:
    """A picture (SIDE, SIDE, 3) in 8-bit levels before a grey wall, and where it shows the face."""
    layer = _model(actor).render(moment, (SIDE, SIDE))
    picture = encode(layer.over(np.full((SIDE, SIDE, 3), 0.3, np.float32)))
    return picture.astype(float), layer.mask


def _ellipse(x: float, y: float, across: float, down: float) -> np.ndarray:
    """A mask (SIDE, SIDE) bool; middle and radii are shares of the side."""
    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE
    return np.hypot((columns - x) / across, (rows - y) / down) < 1


def _show(panels: dict[str, np.ndarray], rows: int) -> Figure:
    columns = len(panels) // rows
    figure, axes = pyplot.subplots(rows, columns, figsize=(8, 8 * rows / columns + 0.25 * rows))
    for ax, (title, picture) in zip(axes.flat, panels.items(), strict=True):
        levels = np.rint(picture / 5) * 5  # fewer levels make a smaller file
        ax.imshow(levels.clip(0, 255).astype(np.uint8), interpolation="nearest")
        ax.set_title(title, fontsize=9)
        ax.axis("off")
    figure.tight_layout()
    return figure
