"""The pictures of chapter 15, many cores and many machines."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# A training step of today's net on imagined cores, as chapter 15 counts it, in ms
SHARED_MS, ADAM_MS = 173, 16
GRADIENT_MB = 18.6
LINKS = {  # 10^6 bytes a second
    "10 Gbit/s": (1250, "#d9822b"),
    "1 Gbit/s": (125, "#b5413b"),
}
MEMORY = 8000  # likewise, of shared memory
WORKERS = ["#5b9bd0", "#e8a25c", "#a583c4"]  # colours of the three workers of the ring
DONE, GREY = "#2e8b3d", "#888888"
PITCH = 1.5  # from one worker's cells to the next worker's, in widths of a cell
ROUND_THE_RING = (2 * PITCH + 1.06, 2 * PITCH + 1.6), (-0.6, -0.06)  # from the last to the first


def draw_speedup() -> Figure:
    """Amdahl's law, and the speedup of a training step."""
    figure, (amdahl, step) = pyplot.subplots(1, 2, figsize=(9, 3.9))
    n = np.geomspace(1, 256, 200)
    amdahl.plot(n, n, "--", color=GREY, lw=1)
    amdahl.text(15, 26, "100%", fontsize=9, color="#666666", rotation=52, ha="center")
    for share, colour in ((0.99, "#1d4f7d"), (0.95, "#2f6fa8"), (0.9, "#5b9bd0"), (0.5, "#9cc3e5")):
        faster = 1 / (1 - share + share / n)
        amdahl.plot(n, faster, color=colour, lw=2)
        amdahl.text(285, faster[-1], f"{share:.0%}", fontsize=9.5, color=colour, va="center")
    amdahl.set(xscale="log", yscale="log", xlim=(1, 256), ylim=(0.93, 100))
    amdahl.set_xticks([1, 4, 16, 64, 256], [1, 4, 16, 64, 256])
    amdahl.set_yticks([1, 2, 5, 10, 20, 50, 100], [1, 2, 5, 10, 20, 50, 100])
    amdahl.set_title("if a share of the work can be spread", fontsize=11)
    amdahl.set_ylabel("times as fast")

    n = np.arange(1, 9)
    memory = np.where(n > 1, 2 * GRADIENT_MB / MEMORY * 1e3, 0)
    step.plot(n, n, "--", color=GREY, lw=1)
    faster = _amdahl_of_step(n, ADAM_MS / n + memory)  # each worker updates its part
    step.plot(n, faster, "o-", color="#4b9a4b", lw=2, ms=5)
    step.text(8.2, faster[-1], "shared\nmemory", fontsize=9.5, color="#4b9a4b")
    for link, (speed, colour) in LINKS.items():
        ring = 2 * (n - 1) / n * GRADIENT_MB / speed * 1e3
        faster = _amdahl_of_step(n, ADAM_MS + ring)
        step.plot(n, faster, "o-", color=colour, lw=2, ms=5)
        step.text(8.2, faster[-1], link, fontsize=9.5, color=colour, va="center")
    step.axhline(1, color="black", lw=0.8)
    step.set(xlim=(0.8, 8.1), ylim=(0, 7.6))
    step.set_xticks(n)
    step.set_title("a training step of today's net", fontsize=11)
    for ax in (amdahl, step):
        ax.minorticks_off()
        ax.set_xlabel("workers")
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def _amdahl_of_step(n, alone_ms):
    return (ADAM_MS + SHARED_MS) / (SHARED_MS / n + alone_ms)


def draw_ring() -> Figure:
    """The pieces of three workers before and after each of the four steps."""
    figure, axes = pyplot.subplots(1, 5, figsize=(9.4, 3.0), gridspec_kw={"wspace": 0.0})
    held = [[{k} for _ in range(3)] for k in range(3)]  # [worker][piece]: whose numbers are in it
    titles = "before", "step 1: add", "step 2: add", "step 3: copy", "step 4: copy"
    for step, (ax, title) in enumerate(zip(axes, titles, strict=True)):
        moves = [(k, (k - step + 1) % 3) for k in range(3)] if step else []
        given = [set(held[k][piece]) for k, piece in moves]
        for (k, piece), numbers in zip(moves, given, strict=True):
            held[(k + 1) % 3][piece] |= numbers
        _draw_state(ax, held, moves)
        ax.set_title(title, fontsize=10.5)
    for piece in range(3):
        axes[0].text(-0.25, 2.4 - piece, f"piece {piece}", fontsize=9, ha="right", va="center")
    return figure


def _draw_state(ax, held: list[list[set]], moves: list[tuple[int, int]]) -> None:
    """The pieces of all workers, and the arrows of the step that led here."""
    for k in range(3):
        ax.text(k * PITCH + 0.5, 3.1, str(k), fontsize=10, ha="center", color=WORKERS[k])
        for piece in range(3):
            bottom = 2 - piece
            for number in held[k][piece]:
                stripe = Rectangle((k * PITCH + number / 3, bottom), 1 / 3, 0.8, fc=WORKERS[number])
                ax.add_patch(stripe)
            full = len(held[k][piece]) == 3
            edge, width = (DONE, 2.6) if full else ("#bbbbbb", 1.0)
            frame = Rectangle((k * PITCH, bottom), 1, 0.8, fc="none", ec=edge, lw=width, zorder=3)
            ax.add_patch(frame)
    for k, piece in moves:
        y = 2.4 - piece
        ends = [(k * PITCH + 1.06, (k + 1) * PITCH - 0.06)] if k < 2 else ROUND_THE_RING
        for start, end in ends:
            arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (end, y), (start, y), arrowprops=arrow)
    ax.set(xlim=(-0.7, 2 * PITCH + 1.7), ylim=(-0.1, 3.5))
    ax.axis("off")
