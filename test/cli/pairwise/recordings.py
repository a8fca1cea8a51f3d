"""Runs and recordings, and what they must equal: plain runs of the same network, arithmetic and samples."""
import json
import shutil
import sqlite3

from command import need


def without_timing(report):
    return {key: value for key, value in report.items() if key != "timing"}


def figures(report):
    """What a report says of samples; not where they came from."""
    return {key: value for key, value in without_timing(report).items() if key not in ("input", "model")}


def table(text):
    """What people read, without the lines about time."""
    return [line for line in text.decode().splitlines() if not line.startswith(("samples ", "plan "))]


class Recordings:
    def __init__(self, command, inputs):
        self.command, self.inputs = command, inputs
        self.known = {}

    def n_samples(self, row):
        return min(row["limit"] or self.inputs.n, self.inputs.n)

    def samples(self, row):
        """first, end of the samples that are recorded."""
        n, text = self.n_samples(row), row["samples"]
        first, _, end = text.partition(":")
        if text and ":" not in text:
            return int(text), int(text) + 1
        return int(first or 0), min(int(end or n), n)

    def once(self, key, make):
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def model(self, row):
        return [*self.inputs.network(row["net"]), "--arith", *row["arith"].split()]

    def how(self, row):
        """Options that change no result."""
        return ["--isa", row["isa"], "--schedule", row["schedule"], "--threads", row["threads"],
                "--batch", row["batch"]]  # fmt: skip

    def labels(self, row):
        return ["--labels", "labels.npy"] if row["labels"] else []

    def plain(self, row):
        """A plain run of the row's samples: its report, text, dump and warnings."""
        return self.once(
            ("plain", row["net"], row["arith"], row["limit"], row["labels"], row.get("digest") == "names"),
            lambda: self.make_plain(row),
        )

    def make_plain(self, row):
        name = f"plain-{len(self.known)}"
        limit = ["--limit", row["limit"]] if row["limit"] else []
        limit += ["--input-digest", "names"] if row.get("digest") == "names" else []
        status, out, err = self.command.try_(
            "run", *self.model(row), "--input", self.inputs.input(row["net"]), *limit,
            *self.labels(row), "--report", name + ".json", "--dump", name
        )  # fmt: skip
        need(status == 0, f"a plain run failed: {err}")
        report = json.loads((self.command.folder / f"{name}.json").read_text())
        return {"report": report, "text": out, "dump": name, "warnings": err}

    def part(self, row):
        """The name of the report of a run of only the samples that the row records."""
        first, end = self.samples(row)
        return self.once(
            ("part", row["net"], row["arith"], first, end, row["labels"]),
            lambda: self.make_part(row, first, end),
        )

    def make_part(self, row, first, end):
        name = f"part-{len(self.known)}"
        labels = []
        if row["labels"]:
            self.inputs.write_labels(name + ".npy", first, end)
            labels = ["--labels", name + ".npy"]
        self.command.run(
            "run", *self.model(row), "--input", self.inputs.input(row["net"], first, end), *labels,
            "--quiet", "--report", name + ".json"
        )  # fmt: skip
        return name + ".json"

    def full(self, row):
        """A trace of every spike of the row's run, recorded plainly."""
        return self.once(
            ("full", row["net"], row["arith"], row["limit"], row["labels"]),
            lambda: self.make_full(row),
        )

    def make_full(self, row):
        name = f"full-{len(self.known)}.db"
        self.command.run(*self.run_of({**row, "digest": ""}), "--quiet", "--trace", name)
        return name

    def run_of(self, row):
        limit = ["--limit", row["limit"]] if row["limit"] else []
        limit += ["--input-digest", row["digest"]] if row.get("digest") else []
        return ["run", *self.model(row), "--input", self.inputs.input(row["net"]), *limit,
                *self.labels(row)]  # fmt: skip

    def wish(self, row):
        return ["--trace", "t.db", "--trace-detail", row["detail"], "--trace-populations",
                row["populations"], "--trace-codec", row["codec"],
                *(["--trace-samples", row["samples"]] if row["samples"] else [])]  # fmt: skip

    def cut(self, row):
        """What a writer leaves that was killed after some of its samples."""
        first, end = self.samples(row)
        db = sqlite3.connect(self.command.folder / "t.db")
        kept = first + (end - first) // 2
        db.execute("DELETE FROM sample WHERE id >= ?", (kept,))
        db.execute("DELETE FROM frame WHERE sample >= ?", (kept,))
        db.execute("UPDATE meta SET value = '0' WHERE key = 'complete'")
        db.commit()
        db.close()

    def prepare(self, row):
        """The file that the run finds under its trace's name."""
        (self.command.folder / "t.db").unlink(missing_ok=True)
        begin = row["begin"].split()[0]
        if begin == "force":
            (self.command.folder / "t.db").write_text("another file\n")
        elif begin in ("cut", "whole"):
            self.command.run(*self.run_of(row), "--quiet", *self.wish(row))
            if begin == "cut":
                self.cut(row)

    def tilings(self, row):
        """A plan of the row's network and arithmetic: what the engine would choose at another rate."""
        name = f"plan-{row['net']}-{row['arith']}.json".replace(" ", "-")
        if not self.command.exists(name):
            text = self.command.run("graph", *self.model(row)[1:], "--plan", "--json", "--rates", "0.9")
            (self.command.folder / name).write_bytes(text)
        return name

    def clean(self):
        shutil.rmtree(self.command.folder / "d", ignore_errors=True)
        for name in ("t.db.partial", "r.json"):
            (self.command.folder / name).unlink(missing_ok=True)

    def record(self, row):
        """The row's run: t.db, and r.json, d where they are asked for."""
        self.clean()
        self.prepare(row)
        plain = self.plain(row)
        options = [flag for flag in ("--force", "--resume") if flag[2:] in row["begin"]]
        options += {"text": [], "json": ["--json"], "quiet": ["--quiet"]}[row["output"]]
        options += ["--report", "r.json"] if row["report"] else []
        options += ["--dump", "d"] if row["dump"] else []
        options += ["--profile"] if row["profile"] else []
        options += ["--plan", self.tilings(row)] if row["plan"] else []
        options += ["--dry-run-ranks", row["ranks"]] if row["ranks"] else []
        options += ["--strict"] if row["strict"] and not plain["warnings"] else []
        status, out, err = self.command.try_(
            *self.run_of(row), *self.how(row), *self.wish(row), *options
        )
        need(status == 0, f"exit status {status}: {err}")
        need(err == plain["warnings"], f"other warnings than without a trace: {err}")
        self.check_output(row, plain, out)

    def check_output(self, row, plain, out):
        wanted = without_timing(plain["report"])
        if row["output"] == "json":
            need(without_timing(json.loads(out)) == wanted, "another report on stdout")
        elif row["output"] == "text":
            tables, _, profile = out.partition(b"\nprofile: ")
            need((b"\nplan " in tables) == row["plan"], "a plan that nobody gave, or none")
            need(table(tables) == table(plain["text"]), "another table on stdout")
            need(bool(profile) == row["profile"], "a profile that nobody asked for, or none")
        else:
            need(out == b"", "--quiet prints")
        if row["report"]:
            report = json.loads((self.command.folder / "r.json").read_text())
            need(without_timing(report) == wanted, "another report in --report")
        if row["dump"]:
            self.check_dump(plain["dump"])
        need(not self.command.exists("t.db.partial"), "t.db.partial is left behind")

    def check_dump(self, wanted):
        want, got = self.command.folder / wanted, self.command.folder / "d"
        names = sorted(path.name for path in want.iterdir())
        need(sorted(path.name for path in got.iterdir()) == names, "other files in --dump")
        for name in names:
            need((got / name).read_bytes() == (want / name).read_bytes(), f"--dump: {name} differs")
