"""Execute the commands of documents and compare their output; or write the output anew.

    documents.py [--write] SPIKEQ DOCUMENT...
    documents.py --installed SPIKEQ|- DOCUMENT...

Executed are the fenced blocks ```console, in order, each document in a folder of its own:

    $ command \\
        its second line
    its output, stdout and stderr
    ...
    the output's last line

and ```pycon, whose statements run in one interpreter a document, with the package of sim/python:

    >>> for i in range(2):
    ...     print(i)
    0
    1

What is raised is shown as "Traceback (most recent call last):", "    ...", and the exception. A block behind
"<!-- needs: MODULE -->" is skipped where Python lacks the module. A block of any kind behind "<!-- file: NAME -->"
is what the file NAME holds: it is written into the folder.

A line "..." stands for any number of lines. What differs from machine to machine and from run to run (times,
rates, threads, instruction set) is replaced by "*" on both sides before lines are compared: VARIES below, and
for one block what an HTML comment before it says, "<!-- varies: REGULAR EXPRESSION -->". A command ends with
exit status 0, unless "<!-- exits: N -->" stands before its block.

The folder has the source tree's configs, docs, test and traces, build/spikeq, recording.txt, the recording of an event
camera that is drawn here, and checkpoint.pth, the demonstration's weights as torch.save() writes them. `make demo` and
`make compare` run their scripts: the program is built already.

--write keeps commands, elisions and what is equal, and replaces the lines that differ.

--installed takes the command, the configurations and the Python package from where they are installed, as the
environment (PATH, PYTHONPATH, LD_LIBRARY_PATH) says, and only documents, references and figures from the source tree;
with "-" for the command, as a wheel has none, the statements in Python alone are executed.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import NamedTuple, Optional

import draw_recording
import torch_checkpoint

SCRIPTS = {"make demo": "test/demo.sh", "make compare": "test/compare.sh"}
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VARIES = [
    r"in [0-9.]+ s: [0-9.]+ samples/s \([0-9]+ threads?, [a-z0-9]+, ",
    r"in [0-9.]+ s$",
    r"[0-9.]+ samples/s",
    r"latency [0-9.]+ ms",
]


# What a document's interpreter runs: JSON of a statement a line in, JSON of its output a line out.
INTERPRETER = """
import contextlib, io, json, sys, traceback, warnings
names, out = {"__name__": "__main__"}, sys.stdout
warnings.simplefilter("always")
warnings.simplefilter("ignore", ResourceWarning)
warnings.formatwarning = lambda text, kind, *_: f"{kind.__name__}: {text}\\n"
for line in sys.stdin:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        try:
            exec(compile(json.loads(line) + "\\n", "<document>", "single"), names)
        except BaseException as error:
            shown.write("Traceback (most recent call last):\\n    ...\\n")
            shown.write("".join(traceback.format_exception_only(type(error), error)))
    print(json.dumps(shown.getvalue()), file=out, flush=True)
"""
# Fence: prompts of a command's first line and of its further lines.
PROMPTS = {"```console": ("$ ", None), "```pycon": (">>> ", "... ")}


class File:
    """A fenced block that is a file: what is in it, and where it goes."""

    def __init__(self, lines, name):
        self.name, self.text = name, "".join(line + "\n" for line in lines)


class Block:
    """A fenced block: its commands, each with the output that the document shows."""

    def __init__(self, lines, first, fence, said):
        self.first, self.is_python = first, fence == "```pycon"
        self.exits, self.needs = int(said.get("exits", ["0"])[0]), said.get("needs", [])
        self.varies = VARIES + said.get("varies", [])
        self.commands = []  # [command, its lines, output's lines]
        command = None
        prompt, more = PROMPTS[fence]
        for line in lines:
            goes_on = command and not command[2]
            if line.startswith(prompt):
                command = [line[len(prompt) :], [line], []]
                self.commands.append(command)
            elif goes_on and (line.startswith(more) if more else command[1][-1].endswith("\\")):
                command[0] += "\n" + line[len(more or "") :]
                command[1].append(line)
            elif command:
                command[2].append(line)

    def blank(self, line):
        for pattern in self.varies:
            line = re.sub(pattern, "*", line)
        return line.rstrip()

    def is_equal(self, shown, got):
        """Do the lines match, where "..." is any number of lines?"""
        parts, part = [], []
        for line in shown:
            if line == "...":
                parts.append(part)
                part = []
            else:
                part.append(self.blank(line))
        parts.append(part)
        got = [self.blank(line) for line in got]
        if len(parts) == 1:
            return parts[0] == got
        if got[: len(parts[0])] != parts[0]:
            return False
        at = len(parts[0])
        for part in parts[1:-1]:
            while at + len(part) <= len(got) and got[at : at + len(part)] != part:
                at += 1
            if at + len(part) > len(got):
                return False
            at += len(part)
        tail = parts[-1]
        return len(got) - at >= len(tail) and (not tail or got[-len(tail) :] == tail)

    def renewed(self, shown, got):
        """The lines to show instead: elisions stay where a line like the one behind them is found."""
        known = {self.blank(line): line for line in shown}
        got = [known.get(self.blank(line), line.rstrip()) for line in got]
        if "..." not in shown:
            return got
        out, at, is_free = [], 0, False
        for i, line in enumerate(shown):
            if line == "...":
                out.append(line)
                is_free = True
                continue
            if is_free:
                rest = len([x for x in shown[i:] if x != "..."])
                found = [j for j in range(at, len(got)) if key(got[j]) == key(line)]
                at = found[0] if found else max(at, len(got) - rest)
                is_free = False
            if at < len(got):
                out.append(got[at])
                at += 1
        return out


def key(line):
    """What a line is recognised by, whatever its numbers are."""
    return re.sub(r"[-0-9.,%]+", "", line).split()[:2]


def blocks_of(text):
    """The document's lines, and its blocks to execute or to write, with what the comments before them say."""
    lines, found, said, i = text.split("\n"), [], {}, 0
    while i < len(lines):
        comment = re.fullmatch(r"<!-- (varies|exits|needs|file): (.*) -->", lines[i])
        if comment:
            said.setdefault(comment[1], []).append(comment[2])
        elif lines[i].startswith("```") and "file" in said:
            end = lines.index("```", i + 1)
            found.append(File(lines[i + 1 : end], said["file"][0]))
            i, said = end, {}
        elif lines[i] in PROMPTS:
            end = lines.index("```", i)
            found.append(Block(lines[i + 1 : end], i + 1, lines[i], said))
            found[-1].end = end
            i, said = end, {}
        elif lines[i].startswith("```"):
            i = lines.index("```", i + 1)
        i += 1
    return lines, found


def make_folder(folder, spikeq):
    for name in ("configs", "docs", "test", "traces"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build").mkdir()
    if spikeq is not None:
        (folder / "build" / "spikeq").symlink_to(spikeq)
    draw_recording.draw(folder / "recording.txt")
    weights = torch_checkpoint.read_safetensors(ROOT / "configs/models/weights/fashion-2-64.safetensors")
    torch_checkpoint.save(torch_checkpoint.as_module(weights), folder / "checkpoint.pth")


def environment_of(spikeq, is_installed):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPIKEQ")}
    environment |= {"LC_ALL": "C.UTF-8", "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
    if is_installed:
        return environment
    return environment | {"SPIKEQ_CONFIGS": str(ROOT / "configs"), "PYTHONPATH": str(ROOT / "sim" / "python"),
                          "SPIKEQ_LIBRARY": str(spikeq.parent / "libspikeq.so")}  # fmt: skip


def execute(command, folder, environment):
    if command in SCRIPTS:
        command = SCRIPTS[command]
    done = subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # fmt: skip
    return done.returncode, lines_of(done.stdout.decode("utf-8", "replace"))


def lines_of(text):
    return text.removesuffix("\n").split("\n")


def has_module(python, module):
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


class Interpreter:
    """A document's interpreter, started with its first statement: a Python with NumPy, else the system's."""

    pythons = ("python3", "/usr/bin/python3")

    def __init__(self, folder, environment):
        self.folder, self.environment, self.process = folder, environment, None
        self.python = next((python for python in self.pythons if has_module(python, "numpy")), self.pythons[-1])

    def lacks(self, modules):
        return [module for module in modules if not has_module(self.python, module)]

    def execute(self, statement):
        if self.process is None:
            self.process = subprocess.Popen([self.python, "-c", INTERPRETER], cwd=self.folder, text=True,
                                            env=self.environment, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE)  # fmt: skip
        try:
            self.process.stdin.write(json.dumps(statement) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        return (0, lines_of(json.loads(line))) if line else (1, ["the interpreter has ended"])

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()


def run(document, folder, how):
    """Counts of commands that passed and failed, and of those that were skipped."""
    lines, blocks = blocks_of(document.read_text(encoding="utf-8"))
    passed = failed = skipped = 0
    environment = environment_of(how.spikeq, how.is_installed)
    interpreter = Interpreter(folder, environment)
    for block in blocks:
        if isinstance(block, File):
            (folder / block.name).write_text(block.text, encoding="utf-8")
            continue
        if how.spikeq is None and not block.is_python:
            continue
        block.lines = [line for _, given, shown in block.commands for line in given + shown]
        lacking = interpreter.lacks(block.needs)
        if lacking:
            print(f"skip: {document.name}:{block.first + 1}: needs Python's {', '.join(lacking)}")
            skipped += len(block.commands)
            continue
        block.lines = []
        for command, given, shown in block.commands:
            status, got = interpreter.execute(command) if block.is_python else execute(command, folder, environment)
            got = [] if got == [""] else got
            good = block.is_equal(shown, got)
            block.lines += given + (shown if good else block.renewed(shown, got))
            if status == block.exits and (good or how.is_written):
                passed += 1
                continue
            failed += 1
            print(f"FAIL {document.name}:{block.first + 1}: {command}: exit status {status}")
            if not good:
                print("\n".join(["  shown:"] + shown[:40] + ["  got:"] + got[:40]))
    if how.is_written:
        for block in reversed([block for block in blocks if isinstance(block, Block)]):
            lines[block.first : block.end] = block.lines
        document.write_text("\n".join(lines), encoding="utf-8")
    interpreter.close()
    return passed, failed, skipped


def in_own_folder(document, how):
    place = os.environ.get("AUTOPKGTEST_TMP", ROOT / "build")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        make_folder(pathlib.Path(folder), how.spikeq)
        return run(document, pathlib.Path(folder), how)


class How(NamedTuple):
    """Which command (None: none), and what is done with the documents."""

    spikeq: Optional[pathlib.Path]
    is_written: bool
    is_installed: bool


def main():
    arguments = sys.argv[1:]
    given = arguments.pop(0) if arguments[0].startswith("--") else None
    spikeq = None if given == "--installed" and arguments[0] == "-" else pathlib.Path(arguments[0]).resolve()
    how = How(spikeq, given == "--write", given == "--installed")
    counts = [in_own_folder(pathlib.Path(name).resolve(), how) for name in arguments[1:]]
    passed, failed, skipped = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
