"""The roofline of build/bench.json as SVG: whole layers, additions for each byte that has to be moved at
least once (weights, event lists, sums read and written), against additions a second.

    roofline.py build/bench.json docs/images/roofline.svg

Roofs: the limit of load-and-add in the first-level cache for each type, in the second for floats, and what
memory gives. Layers are fired again and again, so those above the slope have their weights in a cache; the
larger a dot the higher the firing rate.
"""
import json
import math
import sys
from typing import List, Tuple

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 470, 70, 20, 46, 58
COLOUR = {
    "f32": "#1f6fb4",
    "i8 into i16": "#c8501e",
    "i8 in tiles into i32": "#8a4fb0",
    "i16 into i32": "#3a8c4a",
}
INK, GREY = "#222222", "#c9c9c9"


class Axes:
    """Logarithmic scales of whole powers of ten."""

    def __init__(self, x: List[float], y: List[float]) -> None:
        self.x, self.y = self.powers(x), self.powers(y)

    @staticmethod
    def powers(values: List[float]) -> Tuple[int, int]:
        return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def at(self, x: float, y: float) -> Tuple[float, float]:
        across = (math.log10(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (math.log10(y) - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def line(start: Tuple[float, float], end: Tuple[float, float], colour: str, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
        f' stroke="{colour}" stroke-width="1.2"{dashes}/>'
    )


def words(x: float, y: float, text: str, anchor: str = "middle", colour: str = INK, extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{extra}>{text}</text>'


def grid(axes: Axes) -> List[str]:
    parts = []
    for power in range(axes.x[0], axes.x[1] + 1):
        low, high = axes.at(10**power, 10 ** axes.y[0]), axes.at(10**power, 10 ** axes.y[1])
        parts += [line(low, high, GREY), words(low[0], low[1] + 18, f"{10.0**power:g}")]
    for power in range(axes.y[0], axes.y[1] + 1):
        left, right = axes.at(10 ** axes.x[0], 10**power), axes.at(10 ** axes.x[1], 10**power)
        parts += [line(left, right, GREY), words(left[0] - 8, left[1] + 4, f"{10.0**power:g}", "end")]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(words(middle, HEIGHT - 16, "additions a byte that has to be moved"))
    turned = f' transform="rotate(-90 18 {HEIGHT / 2:.0f})"'
    return parts + [words(18, HEIGHT / 2, "10^9 additions a second", extra=turned)]


def roofs(axes: Axes, limits: dict, second: float, memory: float) -> List[str]:
    """second: 10^9 float32 additions a second from the second-level cache; memory: 10^9 bytes a second."""
    left, right = axes.at(10 ** axes.x[0], second), axes.at(10 ** axes.x[1], second)
    parts = [line(left, right, COLOUR["f32"], "1 3")]
    parts += [words(left[0] + 6, left[1] - 5, "f32 from L2", "start", COLOUR["f32"])]
    for i, (arith, limit) in enumerate(limits.items()):
        start = max(limit / memory, 10.0 ** axes.x[0])
        end = axes.at(10 ** axes.x[1], limit)
        parts += [
            line(axes.at(start, limit), end, COLOUR[arith], "6 3"),
            words(end[0] - 4, end[1] + (-5, -5, 14)[i], f"limit, {arith.split(' into ')[-1]}", "end", COLOUR[arith]),
        ]
    top = max(limits.values())
    low = max(10.0 ** axes.x[0], 10.0 ** axes.y[0] / memory)
    start, end = axes.at(low, low * memory), axes.at(top / memory, top)
    label = words(start[0] + 44, start[1] - 6, f"memory, {memory:.0f} GB/s", "start")
    return parts + [line(start, end, INK, "6 3"), label]


def draw(report: dict) -> str:
    layers = [r for r in report["records"] if r["part"] == "layer"]
    if not layers:
        raise SystemExit("roofline.py: no layers were measured")
    isa = layers[-1]["what"]["isa"]
    layers = [r for r in layers if r["what"]["isa"] == isa]
    limits, second, memory = {}, 0.0, 0.0
    for r in report["records"]:
        if r["part"] == "limit" and r["what"]["isa"] == isa:
            speed = r["values"]["additions_per_s"] * 1e-9
            if r["what"]["where"] == "L1":
                limits[r["what"]["arith"]] = speed
            elif r["what"]["where"] == "L2":
                second = speed
            elif r["what"]["where"] == "memory":
                memory = speed * 4
    points = [
        (
            r["values"]["additions"] / r["values"]["bytes"],
            r["values"]["additions_per_s"] * 1e-9,
            r["what"],
        )
        for r in layers
    ]
    axes = Axes([p[0] for p in points], [p[1] for p in points] + list(limits.values()))
    dots = []
    for x, y, what in points:
        at = axes.at(x, y)
        label = f"{what['layer']}, {what['arith']}, {100 * what['rate']:g} %: {y:.3g} 10^9/s"
        dots.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{2.5 + 5 * math.sqrt(what["rate"]):.1f}"'
            f' fill="{COLOUR[what["arith"]]}" fill-opacity="0.55"><title>{label}</title></circle>'
        )
    legend = [
        words(LEFT + (0, 70, 190, 370)[i], 34, f"&#9679; {arith}", "start", COLOUR[arith])
        for i, arith in enumerate(COLOUR)
    ]
    title = f"Whole layers, {isa}, one thread: {report['machine']['cpu']}"
    if report["quick"]:
        title += " (quick)"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            ' font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            words(LEFT, 18, title, "start", extra=' font-size="14"'),
            *legend,
            *grid(axes),
            *roofs(axes, limits, second, memory),
            *dots,
            "</svg>",
            "",
        ]
    )


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(draw(report))


if __name__ == "__main__":
    main()
