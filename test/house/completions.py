"""Completions typed into shells that run on a terminal, as their users type them.

    completions.py SHELL FILE SPIKEQ: "N passed, N failed" last.
"""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sys
import tempfile
import time

PROMPT = "ready> "
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source {file}"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; unsetopt zle_bracketed_paste; source {file}"),
}
# What is typed, then the key tab, and what the line is then; the same line where nothing fits.
TYPED = [
    ("spikeq qua", "spikeq quantize "),
    ("spikeq --ver", "spikeq --version "),
    ("spikeq help syn", "spikeq help synthesize "),
    ("spikeq run --sche", "spikeq run --schedule "),
    ("spikeq run --schedule st", "spikeq run --schedule step "),
    ("spikeq run --schedule=st", "spikeq run --schedule=step "),
    ("spikeq quantize --choose e", "spikeq quantize --choose error "),
    ("spikeq run --trace-codec zs", "spikeq run --trace-codec zstd "),
    ("spikeq energy --conv", "spikeq energy --convention "),
    ("spikeq energy --convention neu", "spikeq energy --convention neurobench "),
    ("spikeq energy --digits f", "spikeq energy --digits full "),
    ("spikeq run --frames nu", "spikeq run --frames number:"),
    ("spikeq run --limit re", "spikeq run --limit re"),
    ("spikeq run --config fashion-2", "spikeq run --config fashion-2-64 "),
    ("spikeq run --config mine", "spikeq run --config mine.json "),
    ("spikeq replay t.db --architecture qkformer-i", "spikeq replay t.db --architecture qkformer-imagenet "),
    ("spikeq energy --hardware loihi_s", "spikeq energy --hardware loihi_sanafe "),
    ("spikeq energy --unit p", "spikeq energy --unit pJ "),
    ("spikeq export t.db --to pros", "spikeq export t.db --to prosperity "),
    ("spikeq inspect my", "spikeq inspect my\\ weights.pth "),
    ("spikeq graph fashion-2", "spikeq graph fashion-2-64 "),
    ("spikeq run --dump re", "spikeq run --dump results/"),
]


def is_line(text, wanted):
    """Does the text end with this line? zsh puts "=" behind an option with a value."""
    return text.replace("\r", "").replace("\b", "").endswith((wanted, wanted.rstrip() + "="))


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, shell, file, program, folder):
        command, load = SHELLS[shell]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            path = os.path.dirname(program) + os.pathsep + os.environ["PATH"]
            environment = {"PATH": path, "HOME": folder, "TERM": "dumb", "LC_ALL": "C.UTF-8", "COLUMNS": "300",
                           "INPUTRC": "/dev/null", "PS1": PROMPT, "BASH_SILENCE_DEPRECATION_WARNING": "1"}
            os.execvpe(command[0], command, environment)
        self.wait(lambda text: PROMPT in text)
        self.send(load.format(file=file) + f"; stty cols 300; PS1='{PROMPT}'\n")
        self.send("echo it is $((40 + 2))\n")
        self.wait(lambda text: "it is 42" in text and text.rstrip(" ").endswith(PROMPT.rstrip()))

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait(self, is_enough, seconds=10.0):
        """The text that comes until it is enough, or until nothing more can be expected."""
        text, end = "", time.monotonic() + seconds
        while not is_enough(text) and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07", "", os.read(self.fd, 65536).decode())
        return text

    def line(self, typed, wanted):
        """The command line after tab was pressed."""
        self.send(typed + "\t")
        is_same = typed == wanted
        text = self.wait(lambda text: not is_same and is_line(text, wanted), 1.0 if is_same else 10.0)
        self.send("\x15")
        self.wait(lambda text: False, 0.2)
        return text

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def main(shell, file, program):
    passed = failed = 0
    folder = tempfile.mkdtemp()
    try:
        here = pathlib.Path(folder)
        for name in ("my weights.pth", "mine.json", "results.csv"):
            (here / name).touch()
        (here / "results").mkdir()
        terminal = Terminal(shell, os.path.abspath(file), os.path.abspath(program), folder)
        for typed, wanted in TYPED:
            got = terminal.line(typed, wanted)
            if is_line(got, wanted):
                passed += 1
            else:
                failed += 1
                print(f"FAIL {shell}: {typed!r}: {got!r} instead of {wanted!r}")
        terminal.close()
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed")


main(*sys.argv[1:])
