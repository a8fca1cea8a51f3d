"""Images as folder, list and archives, read by spikeq and by others, processor seconds: input.py IMAGES. A folder of empty files
with the names of ImageNet's, listed and not read: input.py --list FILES"""
import io
import os
import pathlib
import random
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib

PROGRAM = "build/release/test/bench/bench_input"
SIDE, CLASSES = 32, 100


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rng):
    """An image of noise, so that compression has little to gain, as of photographs."""
    rows = b"".join(b"\0" + rng.randbytes(3 * SIDE) for _ in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def make(folder, n):
    """set/, list.txt, set.tar and what compresses it."""
    rng = random.Random(1)
    images = [png(rng) for _ in range(500)]
    names = [f"n{i * CLASSES // n:08d}/image_{i:08d}.png" for i in range(n)]
    for label in range(CLASSES):
        (folder / f"set/n{label:08d}").mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(names):
        (folder / "set" / name).write_bytes(images[i % len(images)])
    with open(folder / "list.txt", "w") as out:
        out.writelines(f"set/{name} {i * CLASSES // n}\n" for i, name in enumerate(names))
    with tarfile.open(folder / "set.tar", "w") as archive:
        for i, name in enumerate(names):
            member = tarfile.TarInfo(name)
            member.size = len(images[i % len(images)])
            archive.addfile(member, io.BytesIO(images[i % len(images)]))
    subprocess.run(["zstd", "-q", folder / "set.tar"], check=True)
    subprocess.run(["gzip", "-1", "-k", folder / "set.tar"], check=True)


def pillow_of_tar(path):
    from PIL import Image
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                Image.open(archive.extractfile(member)).convert("RGB").load()


def pillow_of_folder(path):
    from PIL import Image
    for folder in sorted(os.listdir(path)):
        for name in sorted(os.listdir(f"{path}/{folder}")):
            Image.open(f"{path}/{folder}/{name}").convert("RGB").load()


def peer(name, work):
    """In a process of its own, with those that it starts: processor seconds."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    usage = os.wait4(child, 0)[2]
    print(f"{name:28} {usage.ru_utime + usage.ru_stime:.2f} s")


def shell(command):
    return lambda: subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)


def list_only(n):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for label in range(CLASSES):
            (folder / f"n{label:08d}").mkdir()
        for i in range(n):
            (folder / f"n{i * CLASSES // n:08d}/ILSVRC2012_val_{i:08d}.JPEG").touch()
        print(f"{n} names of 28 bytes in {CLASSES} folders")
        subprocess.run([PROGRAM, folder, "list"], check=True)
        peer("find, sort", shell(f"find {folder} -type f | LC_ALL=C sort"))


def main():
    if sys.argv[1] == "--list":
        list_only(int(sys.argv[2]))
        return
    n = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder, n)
        sizes = {path.name: path.stat().st_size / 1e6 for path in folder.glob("set.tar*")}
        print(f"{n} images of {SIDE}x{SIDE} in {CLASSES} folders;", ", ".join(f"{k} {v:.0f} MB" for k, v in sizes.items()))
        for what in ("set", "list.txt", "set.tar", "set.tar.zst", "set.tar.gz"):
            for identity in ("content", "names"):
                print(f"spikeq {what:12} {identity:8}", end=" ", flush=True)
                subprocess.run([PROGRAM, folder / what, identity], check=True)
        os.chdir(folder)
        peer("find, sort, cat", shell("find set -type f | LC_ALL=C sort | xargs cat"))
        peer("sha256sum set.tar", shell("sha256sum set.tar"))
        peer("tar xO set.tar", shell("tar xOf set.tar"))
        peer("tar xO set.tar.zst", shell("tar xOf set.tar.zst"))
        peer("tar xO set.tar.gz", shell("tar xOf set.tar.gz"))
        try:
            peer("Pillow, folder", lambda: pillow_of_folder("set"))
            peer("Pillow, tarfile", lambda: pillow_of_tar("set.tar"))
        except ImportError:
            print("Pillow is not here (python3-pil)")


main()
