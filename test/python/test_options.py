"""Keywords of the package are options of the command: each is a row of the library's table, with its default and its
help in the docstring, and each row of a command is a keyword, or stands below with the reason."""

import inspect
import re
import typing
import unittest

import case
from spikeq import _options

spikeq = case.spikeq

FILES = "the command's files and terminal: Python has arrays, objects and texts"
LOADED = "of spikeq.load()"
OWN = "an argument of its own"


class Function(typing.NamedTuple):
    call: typing.Any
    command: str
    arguments: typing.Tuple[str, ...]  # that are no options
    renamed: typing.Dict[str, str]  # keyword: option
    elsewhere: typing.Dict[str, str]  # option: why it is no keyword


FUNCTIONS = (
    Function(
        spikeq.load, "run", ("fixed", "overrides"), {},
        {**dict.fromkeys("weight-bits scale rounding membrane-bits pixel-bits pixel-max arith".split(), "of fixed"),
         **dict.fromkeys(
             "input input-digest shard dry-run-ranks frames bin crop pad view camera size tolerate labels limit batch couple-batch threads schedule isa plan trace "
             "trace-populations trace-samples trace-detail trace-codec force".split(), "of Network.run()"),
         **dict.fromkeys("dump dump-reals profile resume stream carry".split(), FILES), "set": "overrides"},
    ),
    Function(
        spikeq.Network.run, "run", ("self", "x", "labels", "progress", "unknown"), {},
        {**dict.fromkeys(
            "model weights config set architecture arith weight-bits scale rounding membrane-bits pixel-bits "
            "pixel-max".split(), LOADED),
         "input": OWN, "labels": OWN, **dict.fromkeys("dump dump-reals profile resume stream carry".split(), FILES)},
    ),
    Function(spikeq.Network.stream, "session", ("self", "batches", "unknown"), {}, {"from": "of Network.session(): batches are pixels"}),
    Function(spikeq.Network.session, "session", ("self", "unknown"), {}, {}),
    Function(
        spikeq.energy, "energy", ("report", "more", "switches"), {},
        {**dict.fromkeys("model weights input frames bin crop pad view camera size tolerate labels limit stream carry".split(),
                         "of Network.run(), whose result has energy()"),
         **dict.fromkeys("format columns unit digits verbose".split(), "of Energy.text()"), "switch": "switches",
         "csv": FILES, "force": FILES},
    ),
    Function(
        spikeq.Energy.text, "energy", ("self",), {},
        {**dict.fromkeys(
            "model weights input frames bin crop pad view camera size tolerate labels limit stream carry rates table config "
            "architecture convention hardware switch per compare".split(), "of spikeq.energy()"),
         "csv": FILES, "force": FILES},
    ),
    Function(spikeq.analyze, "analyze", ("traces",), {}, {}),
    Function(
        spikeq.Trace.replay, "replay", ("self", "progress", "overrides"), {"record": "trace"},
        {"set": "overrides", "json": OWN, **dict.fromkeys("stream pace form populations".split(), FILES)},
    ),
    Function(spikeq.Trace.diff, "diff", ("self", "other"), {}, {"json": OWN}),
    Function(spikeq.merge, "merge", ("shards",), {}, {}),
    Function(spikeq.Trace.export, "export", ("self",), {}, {}),
)  # fmt: skip
KEPT = {spikeq.Network.run: ("keep",)}  # of sessions
POSITIONAL = {"model", "config", "from_", "to", "out", "format"}


def plain(text):
    """Words of a docstring or a help, options as keywords."""
    text = re.sub(
        r"(spikeq \w+ )?--([a-z][a-z-]*[a-z])",
        lambda found: found.group() if found.group(1) else found.group(2).replace("-", "_"),
        text,
    )
    return " ".join(text.split())


def documented(row):
    """What a docstring says of an option."""
    return plain(row.help + (f" (default: {row.initial})" if row.initial and row.type != "flag" else ""))


class Keywords(case.Case):
    def test_keywords_are_the_rows(self):
        for function in FUNCTIONS:
            rows = dict(_options.rows(function.command))
            for name in KEPT.get(function.call, ()):
                rows[name] = _options.rows("session")[name]
            parameters = inspect.signature(function.call).parameters
            offered = {
                function.renamed.get(name, _options.option_of(name)) for name in parameters if name not in function.arguments
            }
            with self.subTest(function.call.__qualname__):
                self.assertEqual(offered | set(function.elsewhere), set(rows))
                self.assertEqual(offered & set(function.elsewhere), set())

    def test_defaults_and_docstrings_are_the_tables(self):
        n = 0
        for function in FUNCTIONS:
            rows = {**_options.rows("session"), **_options.rows(function.command)}
            text = plain(inspect.getdoc(function.call))
            for name, parameter in inspect.signature(function.call).parameters.items():
                if name in function.arguments:
                    continue
                row = rows[function.renamed.get(name, _options.option_of(name))]
                with self.subTest(function.call.__qualname__, keyword=name):
                    self.assertIn(f"{name} {documented(row)}", text)
                    if name not in POSITIONAL:
                        self.assertIs(parameter.default, False if row.type == "flag" else None)
                n += 1
        self.assertGreater(n, 110)

    def test_an_unknown_keyword_is_answered_with_the_nearest(self):
        net, x = case.load("cifar-2-64"), case.pixels("cifar-2-64")
        for call in (lambda **wrong: net.run(x, **wrong), lambda **wrong: net.stream([x], **wrong), net.session):
            with self.assertRaisesRegex(spikeq.UsageError, "did you mean threads"):
                call(threds=1)

    def test_a_default_that_is_a_word_is_the_tables(self):
        self.assertEqual(inspect.signature(spikeq.Energy.text).parameters["format"].default,
                         _options.rows("energy")["format"].initial)  # fmt: skip

    def test_a_wrong_doc_would_be_seen(self):
        row = _options.rows("run")["threads"]
        self.assertIn("compute threads", documented(row))
        self.assertNotIn(f"threads {documented(row)}x", plain(inspect.getdoc(spikeq.Network.run)))


class Values(case.Case):
    """What a keyword takes, and what is said of others."""

    def set(self, command, **values):
        with _options.Context() as ctx, _options.Options(ctx, command, **values) as options:
            library = _options.library()
            library.dll.spikeq_options_get.restype = _options.c.c_char_p
            library.dll.spikeq_options_get.argtypes = [_options.c.c_void_p, _options.c.c_char_p]
            found = [library.dll.spikeq_options_get(options.pointer, _options.option_of(name).encode()) for name in values]
        return [None if value is None else value.decode() for value in found]

    def test_what_is_taken(self):
        self.assertEqual(
            self.set("replay", threads=2, drop=0.5, shift=-1, verify=True, samples="1:2", silence=["a", "b"], seed=2**64 - 1),
            ["2", "0.5", "-1", "1", "1:2", "b", "18446744073709551615"],
        )
        self.assertEqual(self.set("diff", populations=["a", "b*"], samples=None, json=False), ["a,b*", None, None])
        self.assertEqual(self.set("session", from_=["a", "b"], threads=case.np.int8(3)), ["a,b", "3"])
        self.assertEqual(self.set("energy", digits="full", unit="mJ"), ["full", "mJ"])

    def test_what_is_refused(self):
        for command, values, words in (
            ("run", {"threads": 0}, "threads 0: expected a whole number from 1 to 1024"),
            ("run", {"threads": 1.5}, "threads 1.5: expected a whole number"),
            ("run", {"threads": float("nan")}, "threads nan: expected a whole number"),
            ("run", {"schedule": "both"}, "schedule both: expected layer or step"),
            ("run", {"force": "yes"}, "force yes: a flag is 1 or 0"),
            ("run", {"threds": 1}, "did you mean threads"),
            ("replay", {"drop": 2}, "drop 2: expected a probability, 0 to 1"),
            ("replay", {"silence": 1j}, "silence: expected a text"),
            ("diff", {"samples": object()}, "samples: expected a text"),
            ("diff", {"samples": "a\0b"}, "samples: a text cannot hold a NUL"),
        ):
            with self.subTest(values=values), self.assertRaises(spikeq.UsageError) as caught:
                self.set(command, **values)
            self.assertIn(words, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
