"""The pictures of chapter 9, the intracoder."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

import nn
from actors import Model, Moment, sample_actor
from actors.casts import CAST_CANVAS
from actors.render import encode
from faces import align
from intracoder import load_start
from intracoder.model import downsample
from intracoder.personal import make_personal

from .tiny_faces import PEOPLE, SIDE, film, paint_face, play

SHOWN = np.array(
    [(0, -1), (0.3, -0.6), (0.6, 0), (1, 0.4), (0.5, 1), (0, 0.5), (1, -0.7)]
)  # mouth, turn

ACTORS = (129, 104)  # seeds of the two rendered people
ACTOR_COLOURS = "#8b4a2b", "#eaa06a"
YAWS, MOUTHS = np.linspace(-24, 24, 4), (0.0, 0.4, 0.8)  # of the moments that they play
PICTURE_SIZE = (96, 96)
STRIP_STEPS, STRIP_REACH = 5, 1.6  # faces in a strip; standard deviations from the mean


def draw_scheme() -> Figure:
    """Both autoencoders in training, and the way of a swap."""
    figure, ax = pyplot.subplots(figsize=(8.2, 2.4))
    a, b = ("a", 0.9, -0.9), ("b", 0.0, 0.9)
    _draw_paths(ax, 0, [(a, "a", a, 2.4), (b, "b", b, 0.7)])
    _draw_paths(ax, 8.3, [(a, "b", ("b", *a[1:]), 1.55)])
    for left, title in ((3.75, "training"), (12.05, "the swap")):
        ax.text(left, 3.45, title, ha="center", fontsize=11)
    ax.plot([7.9, 7.9], [0, 3.6], color="#cccccc", lw=1)
    ax.set(xlim=(-0.1, 15.9), ylim=(-0.15, 3.8), aspect="equal")
    ax.axis("off")
    figure.tight_layout()
    return figure


def draw_toy() -> Figure:
    """What A plays, and what B does, drawn by three pairs of nets."""
    rng = np.random.default_rng(0)
    films = {who: film(who, rng)[1] for who in PEOPLE}
    shown = play("a", SHOWN)
    rows = {"A plays": shown}
    for name, sharing, begun in [
        ("separate\ndecoders", False, True),
        ("soft sharing,\nno start", True, False),
        ("soft sharing\nand a start", True, True),
    ]:
        encoder, decoders = _train_pair(films, sharing, begun)
        with nn.no_grad():
            rows[name] = decoders["b"](encoder(shown)).data
    rows["the true swap"] = play("b", SHOWN)
    figure, axes = pyplot.subplots(len(rows), len(SHOWN), figsize=(7.2, 4.9))
    for line, (name, faces) in zip(axes, rows.items(), strict=True):
        for ax, face in zip(line, faces, strict=True):
            ax.imshow((face.reshape(SIDE, SIDE, 3) / 4 + 0.5).clip(0, 1))
            ax.axis("off")
        line[0].text(-1.5, SIDE / 2, name, ha="right", va="center", fontsize=10)
    figure.subplots_adjust(0.17, 0.01, 0.99, 0.99, wspace=0.06, hspace=0.08)
    return figure


def draw_codes() -> Figure:
    """Codes of two actors who play the same moments, and faces drawn along both directions."""
    net = load_start()
    faces = [_render_faces(Model(sample_actor(seed))) for seed in ACTORS]
    with nn.no_grad():
        pairs = [net.encode(downsample(own)) for own in faces]
    codes = [code.data for code, _ in pairs]
    vectors = [vector.data.mean(0, keepdims=True) for _, vector in pairs]
    mean = np.mean([own.mean(0) for own in codes], axis=0)
    joined = np.concatenate([own - own.mean(0) for own in codes])
    _, lengths, directions = np.linalg.svd(joined, full_matrices=False)
    for k in range(2):  # let the first end of a direction be drawn where its codes are smallest
        directions[k] *= np.sign(directions[k] @ (codes[0][-1] - codes[0][0]))
    figure = pyplot.figure(figsize=(7.0, 3.3))
    ax = figure.add_axes((0.075, 0.14, 0.4, 0.8))
    for own, colour in zip(codes, ACTOR_COLOURS, strict=True):
        _draw_grid(ax, (own - mean) @ directions[:2].T, colour)
    ax.set_ylim(-7, 5.8)
    ax.text(0, 4.2, "mouth open", ha="center", fontsize=9)
    ax.text(0, -6.4, "mouth closed", ha="center", fontsize=9)
    ax.set_xlabel("along the first direction", fontsize=10)
    ax.set_ylabel("along the second direction", fontsize=10, labelpad=2)
    ax.tick_params(labelsize=8)
    places = np.linspace(-STRIP_REACH, STRIP_REACH, STRIP_STEPS)[:, None]
    for k in range(2):
        along = mean + places * lengths[k] / np.sqrt(len(joined)) * directions[k]
        for person, vector in enumerate(vectors):
            with nn.no_grad():
                strip = net.draw(along.astype(np.float32), np.repeat(vector, STRIP_STEPS, 0)).data
            bottom = 0.745 - 0.5 * k - 0.2 * person
            strip_ax = figure.add_axes((0.515, bottom, 0.475, 0.193))
            strip = np.concatenate(list(strip[:, 8:-16].clip(0, 1)), axis=1)
            few = (strip * 28).round() / 28  # levels: the file is smaller
            strip_ax.imshow(few, aspect="auto", interpolation="nearest")
            strip_ax.set(xticks=[], yticks=[])
            strip_ax.spines[["top", "right", "bottom"]].set_visible(False)
            strip_ax.spines["left"].set(color=ACTOR_COLOURS[person], linewidth=5)
            if person == 0:
                name = ("first", "second")[k]
                strip_ax.set_title(f"along the {name} direction", fontsize=10, pad=3)
    return figure


def _draw_paths(ax, left: float, paths: Sequence[tuple]) -> None:
    """Each path: the face shown, the decoder, the face drawn, and its height."""
    heights = [height for *_, height in paths]
    middle = (min(heights) + max(heights)) / 2
    _draw_box(ax, left + 2.35, middle, 1.4, 1.5, "encoder", "#dcefd8")
    for shown, decoder, drawn, height in paths:
        colour = {"a": "#fde3c8", "b": "#d5e8f7"}[decoder]
        for face, x in ((shown, left), (drawn, left + 6.3)):
            edges = x, x + 1.2, height - 0.6, height + 0.6
            ax.imshow(paint_face(*face), extent=edges, interpolation="nearest")
            ax.text(x + 0.6, height - 0.79, face[0].upper(), ha="center", va="center", fontsize=10)
        _draw_box(ax, left + 4.95, height, 1.5, 0.9, f"decoder {decoder}", colour)
        near = middle + np.sign(height - middle) * 0.35
        _draw_arrow(ax, (left + 1.25, height), (left + 1.63, near))
        _draw_arrow(ax, (left + 3.07, near), (left + 4.18, height))
        _draw_arrow(ax, (left + 5.72, height), (left + 6.25, height))
    height = middle if len(paths) > 1 else middle + 0.22
    ax.text(left + 3.6, height, "code", ha="center", va="center", fontsize=9.5, style="italic")


def _draw_box(ax, x: float, y: float, width: float, height: float, text: str, colour: str) -> None:
    corner = x - width / 2 + 0.06, y - height / 2 + 0.06
    style = "round,pad=0.06"
    box = FancyBboxPatch(
        corner, width - 0.12, height - 0.12, style, facecolor=colour, edgecolor="#888888"
    )
    ax.add_patch(box)
    ax.text(x, y, text, ha="center", va="center", fontsize=9)


def _draw_arrow(ax, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color="#666666")
    ax.add_patch(arrow)


def _draw_grid(ax, places: np.ndarray, colour: str) -> None:
    """Places (moments, 2), joined where one movement alone differs."""
    grid = places.reshape(len(MOUTHS), len(YAWS), 2)
    for line in grid:
        ax.plot(*line.T, color=colour, lw=1.5)
    for line in grid.swapaxes(0, 1):
        ax.plot(*line.T, color=colour, lw=0.8)
    ax.plot(*places.T, "o", color=colour, ms=4)


def _render_faces(model: Model) -> np.ndarray:
    """The moments of YAWS and MOUTHS: aligned faces (12, 128, 128, 3) uint8 before a grey wall."""
    wall = np.full((*PICTURE_SIZE, 3), 0.2, np.float32)
    faces = []
    for mouth in MOUTHS:
        for yaw in YAWS:
            moment = Moment(yaw=yaw, mouth=mouth, zoom=0.42, shift_y=0.05)
            picture = encode(model.render(moment, PICTURE_SIZE).over(wall))
            to_aligned = align.similarity(model.points(moment, PICTURE_SIZE))
            faces.append(CAST_CANVAS.warp(picture, to_aligned))
    return np.stack(faces)


def _make_net(inputs: int, hidden: int, outputs: int, rng: np.random.Generator) -> nn.Sequential:
    first, last = nn.Dense(inputs, hidden, rng=rng), nn.Dense(hidden, outputs, rng=rng)
    return nn.Sequential(first, nn.LeakyReLU(0.1), last)


def _train_pair(films: dict[str, np.ndarray], sharing: bool, begun: bool, steps: int = 200):
    """The chapter's `Pair`, trained: the encoder, and the decoders by person."""
    rng, pixels = np.random.default_rng(18), 3 * SIDE**2
    encoder = _make_net(pixels, 48, 8, rng)
    decoders = {who: _make_net(8, 48, pixels, rng) for who in films}
    if sharing:
        shared = decoders["a"]
        decoders = {who: make_personal(shared) for who in films}
    if begun:
        for who, own in films.items():
            decoders[who].steps[-1].bias.data = own.mean(axis=0)
    parameters = {p: None for net in (encoder, *decoders.values()) for p in net.parameters()}
    adam = nn.Adam()
    for step in range(steps):
        adam.rate = 3e-3 * nn.cosine_annealing(step / steps, 0.02)
        loss = nn.Tensor(np.float32(0))
        for who, own in films.items():
            frames = own[rng.integers(len(own), size=32)]
            loss = loss + nn.mse(decoders[who](encoder(frames)), frames)
        loss.backward()
        adam.step(parameters)
    return encoder, decoders
