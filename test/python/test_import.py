"""Importing is light, and the library is found where it may be."""

import os
import shutil
import subprocess
import sys
import unittest

import case


def python(code, **environment):
    """Run a program of one line in a fresh interpreter, without the library's path."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("SPIKEQ") and k != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", code], env={**variables, **environment}, capture_output=True,
                          check=False)  # fmt: skip
    return done.stdout.decode().strip(), done.stderr.decode()


class Import(case.Case):
    def test_it_imports_nothing_heavy(self):
        code = "import sys, spikeq; print([m for m in ('numpy', 'torch', 'pandas', 'ctypes', 'json', 'sqlite3') if m in sys.modules])"
        out, err = python(code, PYTHONPATH=str(case.PACKAGE))
        self.assertEqual(out, "[]", err)

    def test_pytorch_is_not_imported_by_a_run(self):
        code = (
            "import sys, spikeq, numpy as np\n"
            f"net = spikeq.load({str(case.GOLDEN / 'cifar-2-64' / 'model.safetensors')!r}, "
            f"{str(case.GOLDEN / 'cifar-2-64' / 'config.json')!r})\n"
            f"net.run(np.load({str(case.GOLDEN / 'cifar-2-64' / 'input.npy')!r})).energy()\n"
            "print([m for m in ('torch', 'pandas') if m in sys.modules])"
        )
        out, err = python(code, PYTHONPATH=str(case.PACKAGE), SPIKEQ_LIBRARY=str(case.LIBRARY))
        self.assertEqual(out, "[]", err)

    def test_every_public_name_is_there_and_documented(self):
        for name in case.spikeq.__all__:
            value = getattr(case.spikeq, name)
            self.assertTrue(name == "__version__" or value.__doc__, name)
        with self.assertRaises(AttributeError):
            case.spikeq.no_such_name  # noqa: B018
        self.assertEqual(sorted(dir(case.spikeq)), sorted(case.spikeq.__all__))

    def tree(self, *places):
        """A copy of the package in a tree, with the library at these places."""
        package = self.folder / "share" / "spikeq" / "python"
        shutil.copytree(case.PACKAGE / "spikeq", package / "spikeq", ignore=shutil.ignore_patterns("__pycache__"))
        for place in places:
            (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(case.LIBRARY, self.folder / place)
        return package

    def found(self, package, **environment):
        out, err = python("import spikeq; print(spikeq.library_path())", PYTHONPATH=str(package), **environment)
        return out or err

    def test_beside_the_package_as_in_a_wheel(self):
        package = self.tree("share/spikeq/python/spikeq/libspikeq.so", "lib/libspikeq.so")
        self.assertEqual(self.found(package), str(package / "spikeq" / "libspikeq.so"))

    def test_in_the_prefix_that_it_is_installed_in(self):
        package = self.tree("lib/libspikeq.so.0")
        self.assertEqual(self.found(package), str(self.folder / "lib" / "libspikeq.so.0"))

    def test_where_the_environment_says(self):
        package = self.tree("lib/libspikeq.so.0", "other/libspikeq.so")
        other = self.folder / "other"
        self.assertEqual(self.found(package, SPIKEQ_LIBRARY=str(other)), str(other / "libspikeq.so"))
        named = self.found(package, SPIKEQ_LIBRARY=str(other / "libspikeq.so"))
        self.assertEqual(named, str(other / "libspikeq.so"))

    def test_nowhere_is_an_error_that_says_what_to_do(self):
        self.assertIn("set SPIKEQ_LIBRARY", self.found(self.tree(), SPIKEQ_LIBRARY=str(self.folder / "none.so")))

    def test_another_version_is_refused(self):
        package = self.tree("lib/libspikeq.so.0")
        version = package / "spikeq" / "_version.py"
        version.write_text(version.read_text().replace("0.1.0", "0.9.9"))
        self.assertIn("this package is of 0.9.9", self.found(package))

    def test_the_version_is_the_makefiles(self):
        makefile = (case.ROOT / "Makefile").read_text()
        self.assertIn(f"VERSION  := {case.spikeq.__version__}\n", makefile)


if __name__ == "__main__":
    unittest.main()
