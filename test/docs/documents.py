"""Execute the commands of documents and compare their output; or write the output anew.

    documents.py [--write] SPIKEQ DOCUMENT...

Executed are the fenced blocks ```console, in order, all documents in one folder:

    $ command \\
        its second line
    its output, stdout and stderr
    ...
    the output's last line

A line "..." stands for any number of lines. What differs from machine to machine and from run to run (times,
rates, threads, instruction set) is replaced by "*" on both sides before lines are compared: VARIES below, and
for one block what an HTML comment before it says, "<!-- varies: REGULAR EXPRESSION -->". A command ends with
exit status 0, unless "<!-- exits: N -->" stands before its block.

The folder has the source tree's configs, docs, test and traces, build/spikeq, and recording.txt, the recording
of an event camera that is drawn here. `make demo` and `make compare` run their scripts: the program is built already.

--write keeps commands, elisions and what is equal, and replaces the lines that differ.
"""

import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

SCRIPTS = {"make demo": "test/demo.sh", "make compare": "test/compare.sh"}
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VARIES = [
    r"in [0-9.]+ s: [0-9.]+ samples/s \([0-9]+ threads?, [a-z0-9]+, ",
    r"in [0-9.]+ s$",
    r"[0-9.]+ samples/s",
    r"latency [0-9.]+ ms",
]


class Block:
    """A fenced block: its commands, each with the output that the document shows."""

    def __init__(self, lines, first, exits, varies):
        self.first, self.exits, self.varies = first, exits, VARIES + varies
        self.commands = []  # [command, its lines, output's lines]
        command = None
        for line in lines:
            if line.startswith("$ "):
                command = [line[2:], [line], []]
                self.commands.append(command)
            elif command and command[1][-1].endswith("\\") and not command[2]:
                command[0] += "\n" + line
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
    """[(first line, lines)] of the console blocks, with what the comments before them say."""
    lines, found, exits, varies, i = text.split("\n"), [], 0, [], 0
    while i < len(lines):
        said = re.fullmatch(r"<!-- (varies|exits): (.*) -->", lines[i])
        if said and said[1] == "exits":
            exits = int(said[2])
        elif said:
            varies.append(said[2])
        elif lines[i] == "```console":
            end = lines.index("```", i)
            found.append(Block(lines[i + 1 : end], i + 1, exits, varies))
            found[-1].end = end
            i = end
            exits, varies = 0, []
        elif lines[i].startswith("```"):
            i = lines.index("```", i + 1)
        i += 1
    return lines, found


def draw_recording(path):
    """18,000 events of two moving edges, and 342 of noise, as text "t x y p"."""
    draw = random.Random(7)
    events = []
    for i in range(18000):
        t = i * 5
        x = (20 + t // 1500 + draw.randrange(3)) % 128
        events.append((t, x if i % 2 else 127 - x, draw.randrange(30, 100), i % 2))
    events += [(draw.randrange(90000), draw.randrange(128), draw.randrange(128), draw.randrange(2)) for _ in range(342)]
    path.write_text("".join("%d %d %d %d\n" % event for event in sorted(events)))


def make_folder(folder, spikeq):
    for name in ("configs", "docs", "test", "traces"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build").mkdir()
    (folder / "build" / "spikeq").symlink_to(spikeq)
    draw_recording(folder / "recording.txt")


def execute(command, folder):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPIKEQ")}
    environment |= {"LC_ALL": "C.UTF-8", "SPIKEQ_CONFIGS": str(ROOT / "configs"), "COLUMNS": "80"}
    if command in SCRIPTS:
        command = SCRIPTS[command]
    done = subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace").removesuffix("\n").split("\n")


def run(document, folder, is_written):
    """Counts of commands that passed and failed."""
    lines, blocks = blocks_of(document.read_text(encoding="utf-8"))
    passed = failed = 0
    for block in blocks:
        block.lines = []
        for command, given, shown in block.commands:
            status, got = execute(command, folder)
            got = [] if got == [""] else got
            good = block.is_equal(shown, got)
            block.lines += given + (shown if good else block.renewed(shown, got))
            if status == block.exits and (good or is_written):
                passed += 1
                continue
            failed += 1
            print(f"FAIL {document.name}:{block.first + 1}: {command}: exit status {status}")
            if not good:
                print("\n".join(["  shown:"] + shown[:40] + ["  got:"] + got[:40]))
    if is_written:
        for block in reversed(blocks):
            lines[block.first : block.end] = block.lines
        document.write_text("\n".join(lines), encoding="utf-8")
    return passed, failed


def main():
    arguments = sys.argv[1:]
    is_written = arguments[:1] == ["--write"]
    spikeq, *documents = (pathlib.Path(name).resolve() for name in arguments[is_written:])
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        folder = pathlib.Path(folder)
        make_folder(folder, spikeq)
        counts = [run(document, folder, is_written) for document in documents]
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
