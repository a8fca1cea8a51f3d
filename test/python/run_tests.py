"""Run the tests of a folder: run_tests.py FOLDER. What is skipped is a line "skip: WHAT: why", the last
line is "N passed, N failed, N skipped"."""

import sys
import unittest


def main():
    folder = sys.argv[1]
    sys.path.insert(0, "test/python")
    suite = unittest.defaultTestLoader.discover(folder, "test_*.py", top_level_dir=folder)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0, warnings="default").run(suite)
    for test, why in result.skipped:
        print(f"skip: {test.id()}: {why}")
    failed = len({test.id() for test, _ in result.failures + result.errors})
    failed += len(result.unexpectedSuccesses)
    passed = result.testsRun - failed - len(result.skipped)
    print(f"{passed} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(failed > 0 or passed <= 0)


if __name__ == "__main__":
    main()
