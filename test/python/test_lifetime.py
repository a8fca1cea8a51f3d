"""Objects end when nothing needs them, not before; threads, processes and Ctrl-C."""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import unittest

import case
import numpy as np
import spikeq


class Lifetime(case.Case):
    def setUp(self):
        super().setUp()
        self.net = case.load("cifar-2-64")
        self.x = case.pixels("cifar-2-64")

    def test_a_network_lives_as_long_as_what_uses_it(self):
        wanted = self.net.run(self.x).logits
        result = self.net.run(self.x)
        session = self.net.session()
        stream = self.net.stream([self.x])
        del self.net
        gc.collect()
        self.assertEqual(len(result.operations), 20)
        self.assertEqual(result.spikes["block.0.attn.q_lif"].shape, (2, 4, 64, 64))
        session.push(self.x)
        self.assert_same(session.next().logits, wanted[0])
        self.assert_same(next(stream).logits, wanted)

    def test_a_closed_session_says_so_to_every_call(self):
        session = self.net.session()
        session.push(self.x)
        report = session.close()
        self.assertEqual(report.summary.n_samples, 2)
        self.assertFalse(session.is_open)
        prepared = spikeq._session.Prepared([self.x], None, False)
        for call in (
            lambda: session.push(self.x), lambda: session.push_prepared(prepared), session.state, session.finish,
            session.close, lambda: session.spikes("block.0.attn.q_lif"), lambda: session.wanted,
        ):  # fmt: skip
            with self.assertRaisesRegex(spikeq.UsageError, "closed"):
                call()
        session.abandon()

    def test_an_exception_abandons_and_leaves_an_incomplete_trace(self):
        path = self.folder / "cut.db"
        with self.assertRaises(ZeroDivisionError):
            with self.net.session(trace=path) as session:
                session.push(self.x)
                session.next()
                1 // 0
        self.assertFalse(session.is_open)
        self.assertFalse(path.exists() and spikeq.Trace(path).is_complete)

    def test_many_networks_and_sessions_are_freed(self):
        def resident():
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        def use():
            net = case.load("cifar-2-64")
            net.run(self.x[:1], threads=1)
            session = net.session(threads=1)
            session.push(self.x)

        for _ in range(5):
            use()
        before = resident()
        for _ in range(30):
            use()
        gc.collect()
        self.assertLess(resident() - before, 64 << 20)

    def test_a_second_thread_is_refused_and_the_first_goes_on(self):
        session = self.net.session()
        entered, leave = threading.Event(), threading.Event()

        def hold():
            with session._use():
                entered.set()
                leave.wait(60)

        thread = threading.Thread(target=hold)
        thread.start()
        entered.wait(60)
        for call in (session.state, session.finish, session.close, lambda: session.push(self.x), session.abandon):
            with self.assertRaises(spikeq.BusyError):
                call()
        leave.set()
        thread.join()
        session.push(self.x)
        self.assertEqual(session.next().sample, 0)

    def test_threads_hammer_one_session(self):
        same = np.repeat(self.x[:1], 2, 0)
        wanted = self.net.run(same).logits[0]
        session, found, wrong = self.net.session(queue=4), [], []

        def hammer():
            for _ in range(150):
                try:
                    session.push(same)
                    result = session.next()
                    if result is not None:
                        found.append(result)
                except spikeq.BusyError:
                    pass
                except BaseException as error:
                    wrong.append(error)

        threads = [threading.Thread(target=hammer) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(len({result.sample for result in found}), len(found))
        for result in found:
            self.assert_same(result.logits, wanted)

    def test_threads_run_one_network_at_once(self):
        wanted = self.net.run(self.x).logits
        found = [None] * 4

        def run(i):
            found[i] = self.net.run(self.x, threads=1).logits

        threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for logits in found:
            self.assert_same(logits, wanted)

    def test_after_fork_a_session_is_refused_and_the_parents_goes_on(self):
        session, path = self.net.session(), self.folder / "run.db"
        self.net.run(self.x, trace=path)
        trace = spikeq.Trace(path)
        session.push(self.x)
        child = os.fork()
        if child == 0:
            status = 9
            try:
                for call in (session.state, lambda: session.push(self.x), session.next, session.close,
                             lambda: trace.spikes["block.0.attn.q_lif"][0]):  # fmt: skip
                    try:
                        call()
                        os._exit(3)
                    except spikeq.UsageError:
                        pass
                logits = self.net.run(self.x, threads=2).logits  # the network itself is good
                del session, trace
                gc.collect()
                status = 0 if logits.shape == (2, 10) else 4
            finally:
                os._exit(status)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertEqual(session.next().sample, 0)

    def test_a_run_of_a_file_leaves_the_handler_of_ctrl_c(self):
        for handler in (signal.default_int_handler, signal.SIG_IGN, lambda *_: None):
            old = signal.signal(signal.SIGINT, handler)
            try:
                self.net.run(case.GOLDEN / "cifar-2-64" / "input.npy")
                self.assertEqual(signal.getsignal(signal.SIGINT), handler)
                if handler is not signal.SIG_IGN and handler is not signal.default_int_handler:
                    os.kill(os.getpid(), signal.SIGINT)  # would end the process without it
            finally:
                signal.signal(signal.SIGINT, old)

    def test_nothing_of_it_can_be_pickled(self):
        for thing in (self.net, self.net.session()):
            with self.assertRaises(spikeq.UsageError):
                pickle.dumps(thing)


INTERRUPTED = """
import itertools, sys
sys.path[:0] = [{tests!r}]
import case
net, x = case.load("cifar-2-64"), case.pixels("cifar-2-64")
stream = None
try:
    {body}
except KeyboardInterrupt:
    print("interrupted", stream is None or not stream._session.is_open, flush=True)
"""
BODIES = {
    "run": 'import numpy as np; print("begun", flush=True); net.run(np.repeat(x, 20000, 0), threads=2)',
    "stream": (
        "stream = net.stream(itertools.repeat(x), threads=2)\n"
        '    for i, _ in enumerate(stream):\n        if i == 1: print("begun", flush=True)'
    ),
    "path": 'print("begun", flush=True); net.run({path!r}, threads=2)',
}


class Interrupts(case.Case):
    def check(self, body):
        code = INTERRUPTED.format(tests=str(case.ROOT / "test" / "python"), body=body)
        environment = {**os.environ, "SPIKEQ": str(case.SPIKEQ)}
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b"begun\n")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(out, b"interrupted True\n")
        self.assertEqual(process.returncode, 0)

    def test_a_run_of_arrays(self):
        self.check(BODIES["run"])

    def test_a_stream(self):
        self.check(BODIES["stream"])

    def test_a_run_of_a_file(self):
        path = self.folder / "many.npy"
        np.save(path, np.repeat(case.pixels("cifar-2-64"), 20000, 0))
        self.check(BODIES["path"].format(path=str(path)))


if __name__ == "__main__":
    unittest.main()
