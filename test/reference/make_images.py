"""Images of the odd kinds that data sets hold, and the bytes that Pillow's convert("RGB") gives of each.

    python3 make_images.py ../golden/images

Needs Pillow (Debian: python3-pil; 9.4 made what is stored). NAME.png or NAME.jpg, and NAME.rgb: height x
width x 3 bytes. All are 9 wide and 6 high.
"""
import io
import os
import struct
import sys
import zlib

from PIL import Image

WIDTH, HEIGHT = 9, 6


def draw(n, seed):
    state, out = seed, bytearray()
    for _ in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, colour, seed, extra=b"", data=None):
    """A PNG file of random lines; what stands before them in `extra`."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    line = (WIDTH * channels * depth + 7) // 8
    data = data or draw(line * HEIGHT, seed)
    lines = b"".join(b"\0" + data[y * line:(y + 1) * line] for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(lines)) +
            chunk(b"IEND", b""))


def palette(n, seed):
    return chunk(b"PLTE", draw(3 * n, seed))


def smooth(mode, seed):
    """A picture that JPEG does not ruin: few colours, larger than a block in no direction."""
    image = Image.frombytes("RGB", (3, 2), draw(18, seed)).resize((WIDTH, HEIGHT), Image.BICUBIC)
    return image.convert(mode)


def jpeg(mode, seed, **options):
    file = io.BytesIO()
    smooth(mode, seed).save(file, "JPEG", **options)
    return file.getvalue()


def replace_app0(data, payload):
    return data[:2] + b"\xff\xe0" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def without_segment(data, marker):
    at = data.index(marker)
    return data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]:]


def with_transform(data, value):
    """The colour transform that Adobe's segment names."""
    at = data.index(b"\xff\xee")
    end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return data[:end - 1] + bytes([value]) + data[end:]


def adobe(data, transform):
    payload = b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)
    return data[:2] + b"\xff\xee" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


JFIF = b"JFIF\0" + bytes([1, 1, 0, 0, 1, 0, 1, 0, 0])
RGB, CMYK = jpeg("RGB", 31, quality=90), jpeg("CMYK", 32, quality=90)
BARE = without_segment(RGB, b"\xff\xe0")
SMALL = bytes(v for p in range(WIDTH * HEIGHT) for v in (0, p * 5 % 256))
IMAGES = {
    "grey1.png": png(1, 0, 1), "grey2.png": png(2, 0, 2), "grey4.png": png(4, 0, 3), "grey8.png": png(8, 0, 4),
    "grey16.png": png(16, 0, 5), "grey16-small.png": png(16, 0, 0, data=SMALL),
    "grey8-transparent.png": png(8, 0, 6, chunk(b"tRNS", b"\0\x07")),
    "rgb8.png": png(8, 2, 7), "rgb16.png": png(16, 2, 8),
    "rgb8-gamma.png": png(8, 2, 9, chunk(b"gAMA", struct.pack(">I", 100000))),
    "palette1.png": png(1, 3, 10, palette(2, 11)), "palette2.png": png(2, 3, 12, palette(4, 13)),
    "palette4.png": png(4, 3, 14, palette(16, 15)),
    "palette8-alpha.png": png(8, 3, 16, palette(256, 17) + chunk(b"tRNS", draw(256, 18))),
    "grey-alpha8.png": png(8, 4, 19), "grey-alpha16.png": png(16, 4, 20),
    "rgba8.png": png(8, 6, 21), "rgba16.png": png(16, 6, 22),
    "rgb.jpg": RGB, "rgb-444.jpg": jpeg("RGB", 33, quality=95, subsampling=0),
    "progressive.jpg": jpeg("RGB", 34, progressive=True), "grey.jpg": jpeg("L", 35),
    "cmyk.jpg": CMYK, "cmyk-progressive.jpg": jpeg("CMYK", 36, progressive=True),
    "cmyk-no-adobe.jpg": without_segment(CMYK, b"\xff\xee"), "ycck.jpg": with_transform(CMYK, 2),
    "extraneous.jpg": RGB[:-2] + b"\x12\x34\x56" + RGB[-2:], "trailing.jpg": RGB + b"behind the end",
    "jfif-2.01.jpg": replace_app0(BARE, JFIF[:5] + bytes([2, 1]) + JFIF[7:]),
    "no-jfif.jpg": BARE, "adobe-rgb.jpg": adobe(BARE, 0), "adobe-unknown.jpg": adobe(BARE, 9),
}


def main(folder):
    for name, data in IMAGES.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        with open(os.path.join(folder, name.rsplit(".", 1)[0] + ".rgb"), "wb") as file:
            file.write(Image.open(io.BytesIO(data)).convert("RGB").tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
