"""No call crashes the interpreter or raises anything unforeseen, whatever it is given: 2,000 random calls
with wrong types, orders, shapes, values, closed and busy objects. They run in a process of their own,
which must live to the end; a failure names the seed and the call."""

import os
import subprocess
import sys
import unittest

import case
import numpy as np
import spikeq

N_CALLS = 2000
SEED = 20240607
# What a wrong call may raise: an error of the package, or Python's own for arguments and indices.
FORESEEN = (spikeq.Error, TypeError, IndexError)


class Liar:
    """An object whose array is another thing at each look."""

    n = 0

    def __array__(self, *_, **__):
        self.n += 1
        if self.n % 2:
            raise RuntimeError("no array today")
        return np.zeros((1, 3, 32, 32), np.float32)


class Hostile:
    """Draws arguments and calls."""

    def __init__(self, seed, folder):
        self.rng = np.random.default_rng(seed)
        self.folder = folder
        self.net = case.load("cifar-2-64")
        self.x = case.pixels("cifar-2-64")
        self.closed = self.net.session()
        self.closed.close()
        self.trace_path = os.path.join(folder, "run.db")
        self.net.run(self.x, trace=self.trace_path)
        self.trace = spikeq.Trace(self.trace_path)
        self.gone = spikeq.Trace(self.trace_path)
        self.gone.close()
        self.session = self.net.session(queue=3, keep="block.0.*")
        self.result = self.net.run(self.x)
        self.lazy = self.trace.spikes["block.0.attn.q_lif"]
        self.n_refused = 0

    def choose(self, things):
        return things[self.rng.integers(len(things))]

    def array(self):
        rng = self.rng
        dtype = self.choose(["u1", "f4", "f8", "i4", "i8", "b1", "i1", "u2", "u4", "u8", "f2", ">f4", ">i4", "c8", "U3",
                             "M8[s]", "O", "f4", "u1", "f4", "V3", "f16"])  # fmt: skip
        shape = self.choose([(1, 3, 32, 32), (2, 3, 32, 32), (3, 32, 32), (), (0, 3, 32, 32), (1, 1, 32, 32), (2, 3, 31, 32),
                             (1, 4, 3, 32, 32), (3, 2, 32, 32), (5,), (1,) * 9, (1, 3, 0, 32), (2, 3, 32, 32)])  # fmt: skip
        x = rng.integers(0, 2, shape).astype(dtype) if dtype not in ("U3", "V3", "O") else np.zeros(shape, dtype)
        if x.ndim > 1 and rng.random() < 0.3:
            x = self.choose([np.asfortranarray(x), x[::-1], x.swapaxes(0, -1), x[..., ::2], np.broadcast_to(x, x.shape)])
        if x.dtype.kind == "f" and x.size and rng.random() < 0.3:
            x = x.copy()
            x.flat[rng.integers(x.size)] = self.choose([np.nan, np.inf, -np.inf, 1e30, -0.0])
        return x

    def value(self):
        return self.choose([
            None, 0, 1, -1, 2**31, 2**63, 2**64, -(2**70), 1.5, float("nan"), float("inf"), True, "", "x", "a\0b", "\udc80",
            "é", b"bytes", [], [1], [None], {}, {"a": 1}, object(), Liar(), self.array(), np.int64(3), np.float32(2.5),
            np.ma.masked_array([1, 2], [True, False]), slice(None), Ellipsis, lambda *_: 1 // 0, "block.0.attn.q_lif",
            "block.*", "x" * 5000, 3 + 4j, range(3), self.folder, self.trace_path, "/nonexistent/file", "/dev/null", type,
        ])  # fmt: skip

    def x_or_worse(self):
        return self.choose([self.x, self.x[:1], self.array(), self.array(), self.array(), self.value()])

    def options(self, *names):
        return {name: self.value() for name in names if self.rng.random() < 0.35}

    def path(self):
        return self.choose([os.path.join(self.folder, f"out-{self.rng.integers(4)}.db"), self.value()])

    def calls(self):
        return {
            "run": lambda: self.net.run(self.x_or_worse(), self.value() if self.rng.random() < 0.4 else None,
                                        **self.options("threads", "batch", "keep", "schedule", "isa", "queue", "progress",
                                                       "couple_batch", "nonsense", "trace_codec")),
            "run traced": lambda: self.net.run(self.x, trace=self.path(), force=self.value(),
                                               **self.options("trace_populations", "trace_samples", "trace_detail")),
            "load": lambda: spikeq.load(self.value(), self.value(), **self.options("weights", "architecture", "fixed", "T")),
            "load set": lambda: case.load("cifar-2-64", **self.options("T", "dim", "attn_scale", "v_threshold", "fixed", "mean")),
            "session": lambda: self.net.session(**self.options("threads", "batch", "queue", "keep", "from_", "schedule", "profile",
                                                               "plan", "isa", "nonsense")).push(self.x_or_worse()),
            "push": lambda: self.session.push(self.x_or_worse(), self.value() if self.rng.random() < 0.3 else None),
            "push first": lambda: self.session.push(self.x, None, self.value()),
            "next": self.session.next,
            "session spikes": lambda: self.session.spikes(self.value()),
            "closed push": lambda: self.closed.push(self.x_or_worse()),
            "closed next": self.closed.next,
            "closed state": self.closed.state,
            "closed close": self.closed.close,
            "stream": lambda: list(self.net.stream(self.choose([[self.x_or_worse()], [(self.x, self.value())], self.value()]),
                                                   **self.options("threads", "batch", "queue", "keep", "trace_codec", "nonsense"))),
            "spikes": lambda: self.result.spikes[self.value()],
            "energy": lambda: self.result.energy(**self.options("convention", "hardware", "per", "pool", "x y", "=")),
            "table": lambda: self.result.rates[self.value()],
            "graph": lambda: self.net.graph[self.value()],
            "graph text": lambda: self.net.graph.text(self.value()),
            "energy text": lambda: spikeq.energy(self.trace_path).text(**self.options("format", "columns", "unit", "digits", "verbose")),
            "recordings": lambda: self.net.run(str(self.path()), **self.options("frames", "bin", "crop", "size", "tolerate", "limit")),
            "trace": lambda: spikeq.Trace(self.value()),
            "lazy": lambda: self.lazy[self.value()],
            "lazy two": lambda: self.lazy[self.value(), self.value()],
            "trace spikes": lambda: self.trace.spikes[self.value()],
            "gone": lambda: self.gone.spikes["block.0.attn.q_lif"][0],
            "sql": lambda: self.trace.sql(self.value(), self.choose([(), [1], self.value()])),
            "diff": lambda: self.trace.diff(self.value(), **self.options("populations", "samples", "logits_tolerance")),
            "analyze": lambda: self.trace.analyze(**self.options("populations", "samples", "hardware", "threads", "model")),
            "replay": lambda: self.trace.replay(from_=self.value(), **self.options("samples", "drop", "seed", "shift", "silence",
                                                                                  "threads", "isa", "record")),
            "export": lambda: self.trace.export(self.value(), self.path(), **self.options("populations", "samples")),
            "record": lambda: spikeq.record(self.value(), self.path()),
            "standalone energy": lambda: spikeq.energy(self.value(), **self.options("rates", "table", "config", "convention")),
        }  # fmt: skip

    def one(self):
        name, call = self.choose(list(self.calls().items()))
        try:
            call()
        except FORESEEN:
            self.n_refused += 1
        except ZeroDivisionError:  # a progress function's own
            pass
        except BaseException as error:
            raise AssertionError(f"{name}: raised {type(error).__name__}: {error}") from error


def hammer(seed, n, folder):
    import warnings

    warnings.simplefilter("ignore")
    hostile = Hostile(seed, folder)
    for i in range(n):
        hostile.one()
    wanted = np.load(case.GOLDEN / "cifar-2-64" / "logits.npy")
    assert np.array_equal(hostile.net.run(hostile.x).logits, wanted), "the network is not what it was"
    print(f"survived {n} calls, {hostile.n_refused} refused")


class Survival(case.Case):
    def test_two_thousand_hostile_calls(self):
        code = f"import sys; sys.path.insert(0, {str(case.ROOT / 'test' / 'python')!r}); import test_hostile; "
        code += f"test_hostile.hammer({SEED}, {N_CALLS}, {str(self.folder)!r})"
        done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, cwd=self.folder,
                              env={**os.environ, "SPIKEQ": str(case.SPIKEQ)}, check=False)  # fmt: skip
        tail = done.stderr.decode(errors="replace")[-3000:]
        self.assertEqual(done.returncode, 0, f"seed {SEED}: {tail}")
        self.assertRegex(done.stdout.decode(), rf"^survived {N_CALLS} calls, [0-9]{{3,}} refused\n$")
        self.assertNotIn("Exception ignored", tail)


if __name__ == "__main__":
    unittest.main()
