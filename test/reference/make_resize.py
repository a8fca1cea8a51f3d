"""What Pillow makes of images of other sizes, as torchvision's Resize and CenterCrop ask it to.

    python3 make_resize.py ../golden/resize/pillow.bin

Needs Pillow (Debian: python3-pil; 9.4 made what is stored). A record is 7 numbers, uint32 little-endian:
interpolation (0 bilinear, 1 bicubic), width and height of the image, the shorter side that it is resized
to (0: stretched to the crop's size), width and height of the crop, number of the image; then the crop,
a byte a pixel. The image is grey; its bytes are the upper eight bits of the states of a congruential
generator, which the test draws again.
"""
import struct
import sys

from PIL import Image

CASES = [  # width, height, shorter side, crop's width and height
    (50, 37, 22, 22, 22), (37, 50, 22, 22, 22), (64, 48, 32, 28, 28), (48, 64, 32, 29, 29), (30, 20, 8, 8, 8),
    (17, 33, 8, 8, 8), (7, 5, 16, 16, 16), (5, 7, 18, 16, 16), (300, 200, 20, 20, 20), (16, 16, 16, 16, 16),
    (16, 16, 19, 16, 16), (1, 9, 6, 6, 6), (9, 1, 6, 6, 6), (33, 17, 17, 12, 17), (500, 375, 24, 24, 24),
    (31, 29, 29, 28, 26), (30, 20, 0, 8, 8), (17, 33, 0, 8, 8), (4, 6, 0, 16, 12), (28, 28, 0, 32, 32),
    (64, 64, 0, 32, 32), (100, 3, 0, 9, 11), (1, 1, 0, 3, 3),
]


def draw(number, width, height):
    state, out = number, bytearray()
    for _ in range(width * height):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return Image.frombytes("L", (width, height), bytes(out))


def resize(image, side, crop_width, crop_height, resample):
    """As torchvision's Resize(side) or Resize((height, width)), and CenterCrop((height, width))."""
    width, height = image.size
    if side == 0:
        return image.resize((crop_width, crop_height), resample)
    short, long = min(width, height), max(width, height)
    longer = int(side * long / short)
    size = (side, longer) if width <= height else (longer, side)
    image = image.resize(size, resample)
    left, top = int(round((size[0] - crop_width) / 2.0)), int(round((size[1] - crop_height) / 2.0))
    return image.crop((left, top, left + crop_width, top + crop_height))


def main(path):
    with open(path, "wb") as file:
        for number, (width, height, side, crop_width, crop_height) in enumerate(CASES):
            for kind, resample in enumerate((Image.BILINEAR, Image.BICUBIC)):
                out = resize(draw(number, width, height), side, crop_width, crop_height, resample)
                file.write(struct.pack("<7I", kind, width, height, side, crop_width, crop_height, number))
                file.write(out.tobytes())


if __name__ == "__main__":
    main(sys.argv[1])
