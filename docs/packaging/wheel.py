"""A wheel of the Python package with the library in it, for any Linux whose glibc is new enough.

    wheel.py --version V --archive libspikeq.a --libraries "NAME..." --glibc 2.36 --out FOLDER

Libraries of which Debian has an archive are linked into libspikeq.so; the others lie beside it in spikeq.libs,
under names of their own, so that no other package's copy is taken for them. What is left to the system is glibc,
and no symbol of it newer than the wheel's tag says; else there is no wheel. The same inputs give the same bytes.
"""

import argparse
import base64
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

GLIBC = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2", "ld-linux-x86-64.so.2",
         "ld-linux-aarch64.so.1", "libgcc_s.so.1"}
GLIBC_NAMES = {"c", "m", "pthread", "dl", "rt"}
# What archives need besides, where pkg-config cannot say: HDF5's szip codec, codecs of libarchive.
BEHIND = {"hdf5": ["sz", "aec"], "archive": ["bz2", "lzma"]}
# Archives are made for programs, which have these variables of glibc in them; a shared library must ask for
# them. So their names are changed in a copy, to pointers that are set when the library is loaded.
STREAMS = ("stderr", "stdout")
STREAM_SOURCE = "#include <stdio.h>\n" + "".join(
    f'__attribute__((visibility("hidden"))) FILE *spikeq_{name};\n' for name in STREAMS
) + "__attribute__((constructor)) static void set(void)\n{\n" + "".join(
    f"    spikeq_{name} = {name};\n" for name in STREAMS
) + "}\n"


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Links:
    """Which libraries are linked into ours, and which lie beside it."""

    def __init__(self, cc, names, work):
        self.cc, self.work = cc, work
        self.folders = said("pkg-config", "--libs-only-L", *names).split()
        self.archives, self.shared, self.inside = [], [], []
        self.streams = work / "streams.o"
        (work / "streams.c").write_text(STREAM_SOURCE)
        said(cc, "-O2", "-fPIC", "-c", work / "streams.c", "-o", self.streams)
        for option in said("pkg-config", "--libs-only-l", *names).split():
            self.add(option[2:])

    def path(self, file):
        """Where the compiler finds a file, or None."""
        for folder in self.folders:
            path = pathlib.Path(folder[2:], file)
            if path.exists():
                return path
        path = pathlib.Path(said(self.cc, "-print-file-name=" + file).strip())
        return path if path.is_absolute() else None

    def add(self, name):
        if name in GLIBC_NAMES or name in self.inside or "-l" + name in self.shared:
            return
        archive = self.path(f"lib{name}.a")
        copy = self.work / f"lib{name}.a"
        if archive is None:
            self.shared.append("-l" + name)
            return
        said("objcopy", *[f"--redefine-sym={stream}=spikeq_{stream}" for stream in STREAMS], archive, copy)
        command = [self.cc, "-shared", "-o", os.devnull, self.streams, "-Wl,--exclude-libs,ALL", "-Wl,--whole-archive",
                   copy, "-Wl,--no-whole-archive", "-Wl,--unresolved-symbols=ignore-all"]
        if subprocess.run(command, capture_output=True).returncode != 0:
            self.shared.append("-l" + name)
            return
        self.inside.append(name)
        self.archives.append(copy)
        for other in BEHIND.get(name, []):
            self.add(other)

    def link(self, library, target):
        """Our library, of its archive and all of these."""
        hidden = ":".join(archive.name for archive in self.archives)
        said(self.cc, "-shared", "-Wl,-soname,libspikeq.so.0", "-Wl,--no-undefined", "-Wl,--as-needed",
             "-Wl,-z,relro", "-Wl,-z,now", "-Wl,--exclude-libs," + hidden,
             "-Wl,--version-script=sim/spikeq.map", "-o", target,
             "-Wl,--whole-archive", library, "-Wl,--no-whole-archive", self.streams,
             "-Wl,--start-group", *self.archives, "-Wl,--end-group", *self.folders, *self.shared, "-lm", "-pthread")
        said("strip", target)


def needed(path):
    """Shared libraries that a file names."""
    return re.findall(r"^ *NEEDED +(\S+)", said("objdump", "-p", path), re.M)


def newest_glibc(path):
    """The newest version of glibc that a file asks for, as (major, minor)."""
    found = re.findall(r"\bGLIBC_([0-9]+)\.([0-9]+)", said("objdump", "-p", path))
    return max(((int(major), int(minor)) for major, minor in found), default=(0, 0))


def bundle(links, library, folder):
    """Put what the library needs beside it; {file: where it is from}."""
    names, origin, waiting = {}, {}, [library]
    while waiting:
        for soname in needed(waiting.pop()):
            if soname in GLIBC or soname in names:
                continue
            path = links.path(soname)
            if path is None:
                sys.exit(f"make wheel: {soname} is not found")
            data = path.read_bytes()
            stem, _, rest = soname.partition(".so")
            names[soname] = f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.so{rest}"
            folder.mkdir(exist_ok=True)
            copy = folder / names[soname]
            copy.write_bytes(data)
            origin[copy] = path
            waiting.append(copy)
    # One change a call: patchelf 0.14 mixes up several.
    for file in [library, *origin]:
        for soname in needed(file):
            if soname in names:
                said("patchelf", "--replace-needed", soname, names[soname], file)
        if file != library:
            said("patchelf", "--set-soname", file.name, file)
        said("patchelf", "--set-rpath", "$ORIGIN/../spikeq.libs" if file == library else "$ORIGIN", file)
    return origin


def check(files, limit):
    """Is all that they need among them, or glibc's, and no newer than the tag? Prints what they need."""
    own, wrong = {file.name for file in files}, []
    for file in files:
        others = [soname for soname in needed(file) if soname not in own]
        version = newest_glibc(file)
        print(f"  {file.name:32} glibc {version[0]}.{version[1]:<3} {' '.join(sorted(others))}")
        wrong += [f"{file.name} needs {soname}" for soname in others if soname not in GLIBC]
        if version > limit:
            wrong.append(f"{file.name} needs glibc {version[0]}.{version[1]}, and the tag says {limit[0]}.{limit[1]}")
    if wrong:
        sys.exit("make wheel: " + "; ".join(wrong))


def licence_of(path):
    """(package, its copyright file) of a library of Debian's."""
    for name in (path, path.resolve(), pathlib.Path("/", *path.resolve().parts[2:])):
        found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
        if found.returncode == 0:
            package = found.stdout.split(":")[0]
            return package, pathlib.Path("/usr/share/doc", package, "copyright").read_bytes()
    sys.exit(f"make wheel: {path}: no package of Debian has it, and so its licence is not known")


def write(target, files, version, tag, seconds):
    """The archive, with a list of what is in it."""
    info = f"spikeq-{version}.dist-info"
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: spikeq\nVersion: {version}\n"
        "Summary: event-driven sparse spike simulator for Spikformer networks\nLicense: MIT\n"
        "Requires-Python: >=3.9\nRequires-Dist: numpy\n").encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: spikeq\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    record = ""
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    record += f"{info}/RECORD,,\n"
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*sorted(files.items()), (f"{info}/RECORD", record.encode())]:
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if ".so" in name else 0o100644) << 16
            archive.writestr(entry, data)
    part.rename(target)


def main():
    parser = argparse.ArgumentParser()
    for name in ("version", "archive", "libraries", "glibc", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--cc", default="gcc")
    given = parser.parse_args()
    package = pathlib.Path("sim/python")
    if not (package / "spikeq").is_dir():
        sys.exit("make wheel: sim/python/spikeq is not there")
    limit = tuple(int(part) for part in given.glibc.split("."))
    tag = f"py3-none-manylinux_{limit[0]}_{limit[1]}_{platform.machine()}"
    out = pathlib.Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "spikeq").mkdir()
        library = work / "spikeq" / "libspikeq.so"
        links = Links(given.cc, given.libraries.split(), work)
        links.link(given.archive, library)
        origin = bundle(links, library, work / "spikeq.libs")
        print(f"in libspikeq.so: {' '.join(links.inside)}\nwhat is left to the system:")
        check([library, *sorted(origin)], limit)
        files = {f"spikeq/{library.name}": library.read_bytes()}
        files.update({f"spikeq.libs/{file.name}": file.read_bytes() for file in origin})
        for path in sorted(package.rglob("*")):
            name = path.relative_to(package)
            if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in name.parts):
                files[str(name)] = path.read_bytes()
        for path in sorted(pathlib.Path("configs").glob("**/*")):
            if path.suffix in (".json", ".safetensors"):
                files[f"spikeq/{path}"] = path.read_bytes()
        info = f"spikeq-{given.version}.dist-info/licenses"
        files[f"{info}/LICENSE"] = pathlib.Path("LICENSE").read_bytes()
        for path in [*origin.values(), *(links.path(f"lib{name}.a") for name in links.inside)]:
            owner, text = licence_of(path)
            files[f"{info}/{owner}.copyright"] = text
    target = out / f"spikeq-{given.version}-{tag}.whl"
    write(target, files, given.version, tag, max(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), 315532800))
    print(f"{target}, {target.stat().st_size / 1e6:.1f} MB")


main()
