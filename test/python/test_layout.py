"""Structs, numbers and functions of the package are those of sim/spikeq.h."""

import ctypes
import re
import shutil
import subprocess
import unittest

import case
from spikeq import _library, _structs


def program():
    """C that prints size and every offset of every struct, and the enumerations."""
    lines = ['#include "sim/spikeq.h"', "#include <stdio.h>", "int main(void)", "{"]
    for kind, name in _structs.IN_HEADER.items():
        lines.append(f'    printf("{name} %zu\\n", sizeof(struct {name}));')
        for member, _ in kind._fields_:
            member = _structs.RENAMED.get(member, member)
            lines.append(f'    printf("{name}.{member} %zu\\n", offsetof(struct {name}, {member}));')
    for number in NUMBERS:
        lines.append(f'    printf("{number} %lld\\n", (long long)SPIKEQ_{number});')
    return "\n".join([*lines, "    return 0;", "}", ""])


NUMBERS = {
    "U8": _structs.U8, "F32": _structs.F32, "I32": _structs.I32, "I64": _structs.I64_, "BOOL": _structs.BOOL,
    "I8": _structs.I8, "I16": _structs.I16, "U16": _structs.U16, "U32": _structs.U32_, "U64": _structs.U64_,
    "F16": _structs.F16, "F64": _structs.F64, "BITS": _structs.BITS, "ALL_TIMESTEPS": _structs.ALL_TIMESTEPS,
    "EUSAGE": case.spikeq.UsageError.code, "EFORMAT": case.spikeq.FormatError.code,
    "ESHAPE": case.spikeq.ShapeError.code, "EVALUE": case.spikeq.ValueRangeError.code,
    "EUNSUPPORTED": case.spikeq.UnsupportedError.code, "ENOMEM": case.spikeq.OutOfMemoryError.code,
    "EIO": case.spikeq.FileError.code, "EINTERRUPTED": -8, "EAGAIN": -9, "EBUSY": case.spikeq.BusyError.code,
}  # fmt: skip


class Layout(case.Case):
    def test_every_member_lies_where_the_header_has_it(self):
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            self.skipTest("needs a C compiler")
        source = self.folder / "layout.c"
        source.write_text(program())
        subprocess.run([compiler, "-I", case.ROOT, source, "-o", self.folder / "layout"], check=True)
        found = subprocess.run([self.folder / "layout"], capture_output=True, check=True).stdout.decode()
        wanted = []
        for kind, name in _structs.IN_HEADER.items():
            wanted.append(f"{name} {ctypes.sizeof(kind)}")
            for member, _ in kind._fields_:
                offset = getattr(kind, member).offset
                wanted.append(f"{name}.{_structs.RENAMED.get(member, member)} {offset}")
        wanted += [f"{name} {value}" for name, value in NUMBERS.items()]
        self.assertEqual(found.splitlines(), wanted)

    def test_every_function_exists_with_as_many_arguments(self):
        header = re.sub(r"/\*.*?\*/", "", (case.ROOT / "sim" / "spikeq.h").read_text(), flags=re.S)
        declared = {}
        for name, arguments in re.findall(r"SPIKEQ_API[^;]*?\bspikeq_(\w+)\((.*?)\);", header, re.S):
            inner = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", arguments))
            declared[name] = 0 if inner.strip() == "void" else inner.count(",") + 1
        for table in (_library._STATUS, _library._NOTHING, _library._TEXT):
            for name, arguments in table.items():
                self.assertIn(name, declared)
                self.assertEqual(len(arguments), declared[name], name)
                self.assertTrue(callable(getattr(_library.library(), name)))


if __name__ == "__main__":
    unittest.main()
