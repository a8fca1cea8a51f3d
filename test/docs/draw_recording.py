"""A recording of an event camera, as text: draw_recording.py FILE. The documents use it."""

import pathlib
import random
import sys


def draw(path):
    """18,000 events of two moving edges, and 342 of noise, as text "t x y p"."""
    draw = random.Random(7)
    events = []
    for i in range(18000):
        t = i * 5
        x = (20 + t // 1500 + draw.randrange(3)) % 128
        events.append((t, x if i % 2 else 127 - x, draw.randrange(30, 100), i % 2))
    events += [(draw.randrange(90000), draw.randrange(128), draw.randrange(128), draw.randrange(2)) for _ in range(342)]
    path.write_text("".join("%d %d %d %d\n" % event for event in sorted(events)))


if __name__ == "__main__":
    draw(pathlib.Path(sys.argv[1]))
