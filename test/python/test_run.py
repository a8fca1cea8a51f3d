"""Runs from Python are those of the command and of the golden sets, bit for bit."""

import gzip
import json
import pathlib
import unittest
import warnings

import case
import numpy as np
import spikeq

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


class Golden(case.Case):
    def test_every_set_is_found(self):
        self.assertGreaterEqual(len(case.SETS), 14)
        self.assertGreaterEqual(len(list(case.fixed_sets())), 21)

    def test_every_spike_is_that_of_the_official_code(self):
        for name in case.SETS:
            with self.subTest(name):
                self.assert_spikes(case.load(name).run(case.pixels(name), keep="*").spikes, case.golden_spikes(name))

    def test_fixed_point_is_that_of_the_reference_in_integers(self):
        for name, number, fixed, _ in case.fixed_sets():
            with self.subTest(name, arith=number):
                net = case.load(name, fixed=fixed)
                self.assertTrue(net.arith.startswith(f"fixed weights={fixed['weight_bits']}"))
                result = net.run(case.pixels(name), keep="*")
                self.assert_spikes(result.spikes, case.golden_spikes(name, f"spikes-{number}.npz"))


class Command(case.Case):
    def assert_dump(self, result, dump):
        """The result is what the command wrote: every spike, every logit."""
        arrays = {path.stem: np.load(path) for path in dump.glob("*.npy")}
        arrays.pop("head_in")
        self.assert_same(result.logits, arrays.pop("logits"))
        self.assert_spikes(result.spikes, arrays)

    def test_fixed_point_is_that_of_the_command(self):
        for name, number, fixed, options in case.fixed_sets():
            with self.subTest(name, arith=number):
                dump = self.folder / f"{name}.{number}"
                case.report_of(name, self.folder / f"{name}.{number}.json", "--dump", dump, *options)
                self.assert_dump(case.load(name, fixed=fixed).run(case.pixels(name), keep="*"), dump)

    @unittest.skipUnless(DATA.exists(), "needs dataset-fashion-mnist")
    def test_shipped_networks_on_real_images_are_the_commands(self):
        images, path = DATA / "t10k-images-idx3-ubyte.gz", self.folder / "report.json"
        with gzip.open(images) as file:
            x = np.frombuffer(file.read(), np.uint8, 50 * 28 * 28, 16).reshape(50, 28, 28)
        models = sorted((case.ROOT / "configs" / "models" / "weights").glob("fashion-*.safetensors"))
        self.assertGreaterEqual(len(models), 3)
        for model in models:
            with self.subTest(model.stem):
                case.command("run", "--model", model, "--config", model.stem, "--input", images, "--limit", 50, "--quiet",
                             "--dump", self.folder / model.stem, "--report", path, "--force")  # fmt: skip
                self.assert_dump(spikeq.load(model, model.stem).run(x, keep="*"), self.folder / model.stem)

    def test_results_are_those_of_the_command(self):
        for name in case.SETS:
            with self.subTest(name):
                dump, path = self.folder / (name + ".dump"), self.folder / (name + ".json")
                wanted = case.report_of(name, path, "--dump", dump)
                result = case.load(name).run(case.pixels(name), keep="*")
                self.assert_dump(result, dump)
                got = json.loads(result.report.json())
                for member in ("populations", "synapses", "attention", "totals", "counters", "graph", "arith", "each"):
                    if member == "counters":
                        got[member].pop("batch", None), wanted[member].pop("batch", None)
                    self.assertEqual(got[member], wanted[member], member)
                for row, population in zip(result.populations, wanted["populations"]):
                    self.assertEqual((row["population"], row["spikes"]), (population["name"], population["spikes"]))
                wanted_rates = [p["rate_per_timestep"] for p in wanted["populations"]]
                np.testing.assert_allclose(np.asarray(result.rates), wanted_rates, rtol=1e-14)  # JSON has 15 digits
                self.assertEqual(int(result.operations["additions"].sum() - self.analog(result)),
                                 wanted["totals"]["additions"])  # fmt: skip
                self.compare_energy(result, path)

    @staticmethod
    def analog(result):
        """Additions of layers that multiply are not synaptic operations."""
        table = result.operations
        return int(table["additions"].sum()) - int(table["sops"].sum())

    def compare_energy(self, result, report):
        for convention in ("exact", "paper"):
            wanted = json.loads(case.command("energy", report, "--convention", convention, "--format", "json"))
            got = json.loads(result.energy(convention=convention).text("json"))
            self.assertEqual([s["rows"] for s in got["sheets"]], [s["rows"] for s in wanted["sheets"]])
        wanted = json.loads(
            case.command("energy", report, "--switch", "batch-norm=mac", "--convention", "exact", "--format", "json")
        )
        priced = result.energy("exact", batch_norm="mac")
        self.assertEqual(priced.mj, wanted["sheets"][0]["rows"][0]["energy_mj"])

    def test_a_trace_has_the_content_of_the_commands_trace(self):
        for name in ("cifar-2-64", "sdt-dvs-1-32"):
            case.report_of(name, self.folder / "r.json", "--trace", self.folder / f"{name}.db", "--force")
            own = self.folder / f"{name}-python.db"
            result = case.load(name).run(case.pixels(name), trace=own)
            self.assertEqual(result.trace, own)
            self.assertEqual(spikeq.Trace(own).digest(), spikeq.Trace(self.folder / f"{name}.db").digest())


class Inputs(case.Case):
    def setUp(self):
        super().setUp()
        self.net = case.load("cifar-2-64")
        self.x = case.pixels("cifar-2-64")
        self.wanted = self.net.run(self.x)

    def same(self, result):
        self.assert_same(result.logits, self.wanted.logits)

    def test_order_type_and_byte_order_of_arrays_do_not_matter(self):
        self.same(self.net.run(np.asfortranarray(self.x)))
        self.same(self.net.run(self.x.astype(">f4")))
        self.same(self.net.run(self.x.astype(np.float64)))
        self.same(self.net.run(self.x.tolist()))
        doubled = np.repeat(self.x, 2, axis=3)
        self.same(self.net.run(doubled[:, :, :, ::2]))
        self.same(self.net.run(np.lib.stride_tricks.as_strided(self.x, self.x.shape, self.x.strides)))

    def test_bytes_are_pixels_as_in_a_file(self):
        rng = np.random.default_rng(7)
        image = rng.integers(0, 256, (3, 3, 32, 32), dtype=np.uint8)
        np.save(self.folder / "bytes.npy", image)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", spikeq.SpikeqWarning)
            a, b = self.net.run(image), self.net.run(self.folder / "bytes.npy")
        self.assert_same(a.logits, b.logits)
        self.assertEqual([w.name for w in a.warnings], [w.name for w in b.warnings])

    def test_a_path_is_read_as_the_command_reads_it(self):
        labels = self.folder / "labels.npy"
        np.save(labels, np.array([6, 1]))
        result = self.net.run(case.GOLDEN / "cifar-2-64" / "input.npy", labels, keep="block.0.attn.q_lif")
        self.same(result)
        self.assertEqual(result.accuracy, 0.5)
        for population in ("block.0.attn.q_lif", "block.1.mlp.fc1_lif"):  # kept; run again
            self.assert_same(result.spikes[population], self.wanted.spikes[population])

    def test_threads_batch_schedule_and_isa_do_not_matter(self):
        for options in ({"threads": 1}, {"threads": 3, "batch": 1}, {"schedule": "step"}, {"isa": "scalar"}):
            self.same(self.net.run(self.x, **options))

    def test_the_queue_of_a_run_is_long_within_its_memory(self):
        from spikeq._result import queue_of

        pixels, bits = 4 * 3 * 32 * 32, 4 * 16 * 32 * 32 // 8  # of patch_embed.proj_lif1
        self.assertEqual(self.net.populations["patch_embed.proj_lif1"].neurons, 16 * 32 * 32)
        self.assertEqual(queue_of(self.net, [], {"threads": 2}), 256)
        few = queue_of(self.net, ["patch_embed.proj_lif1"] * 20, {"threads": 2})
        self.assertEqual(few, (16 << 20) // (pixels + 20 * bits))
        for options in ({"threads": 64}, {"queue": 3}, {"batch": 4}, {"couple_batch": 2}):
            self.assertIsNone(queue_of(self.net, [], options))
        self.assertIsNone(queue_of(self.net, list(self.net.populations) * 50, {"threads": 2}))
        for queue in (1, 5, None):
            self.same(self.net.run(self.x, queue=queue))

    def test_labels_accuracy_and_predictions(self):
        result = self.net.run(self.x, [6, -1])
        self.assertEqual(result.accuracy, 1.0)
        self.assertEqual(result.predictions.tolist(), self.wanted.logits.argmax(1).tolist())
        self.assertIsNone(self.net.run(self.x).accuracy)

    def test_spikes_of_a_changed_input_are_an_error(self):
        x = self.x.copy()
        result = self.net.run(x)
        x[:] = 0
        with self.assertRaisesRegex(spikeq.UsageError, "changed since the run"):
            result.spikes["block.0.attn.q_lif"]

    def test_overrides_change_the_network(self):
        other = case.load("cifar-2-64", attn_scale=0.25)
        self.assertEqual(other.graph["block.0.attn.ssa"]["scale"], 0.25)
        self.assertFalse(np.array_equal(other.run(self.x).logits, self.wanted.logits))

    def test_progress_is_called_for_every_sample_and_may_raise(self):
        seen = []
        self.net.run(self.x, progress=lambda done, total: seen.append((done, total)))
        self.assertEqual(seen, [(1, 2), (2, 2)])
        for x in (self.x, case.GOLDEN / "cifar-2-64" / "input.npy"):
            with self.assertRaises(ZeroDivisionError):
                self.net.run(x, progress=lambda done, total: 1 // 0)

    def test_warnings_are_pythons_too(self):
        path = self.folder / "bytes.npy"
        np.save(path, self.x * 200)
        with self.assertWarns(spikeq.SpikeqWarning) as caught:
            result = self.net.run(self.x * 200)
        self.assertEqual(result.warnings[-1].name, caught.warning.name)
        self.assertTrue(caught.filename.endswith("test_run.py"))

    def test_streams_give_a_result_a_batch(self):
        twice = np.concatenate([self.x, self.x, self.x])
        batches = [twice[:1], (twice[1:4], [1, 2, 3]), twice[4:]]
        stream = self.net.stream(iter(batches), keep="block.0.attn.?_lif", threads=2)
        found = list(stream)
        self.assertEqual([len(batch) for batch in found], [1, 3, 2])
        whole = self.net.run(twice, keep="block.0.attn.?_lif")
        self.assert_same(np.concatenate([batch.logits for batch in found]), whole.logits)
        spikes = np.concatenate([batch.spikes["block.0.attn.q_lif"] for batch in found])
        self.assert_same(spikes, whole.spikes["block.0.attn.q_lif"])
        rates = sum(np.asarray(batch.rates) * len(batch) for batch in found) / len(twice)
        np.testing.assert_allclose(rates, np.asarray(whole.rates), rtol=1e-12)
        self.assertEqual(stream.energy("exact").mj, whole.energy("exact").mj)
        with self.assertRaises(spikeq.UsageError):
            found[0].spikes["block.1.attn.q_lif"]

    def test_a_stream_reads_one_batch_ahead(self):
        taken = []

        def loader():
            for i in range(6):
                taken.append(i)
                yield self.x

        for i, _ in enumerate(self.net.stream(loader())):
            self.assertLessEqual(len(taken), i + 2)

    def test_a_failing_loader_ends_the_stream_and_its_session(self):
        def loader():
            yield self.x
            raise OSError("the disk is gone")

        stream = self.net.stream(loader())
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            list(stream)
        self.assertFalse(stream._session.is_open)

    def test_sessions_give_sample_after_sample(self):
        with self.net.session(keep=["block.0.attn.q_lif"], queue=1) as session:
            first, results = 0, []
            while first < len(self.x):
                first += session.push(self.x, [6, 7], first)
                results.append((session.next(), session.spikes("block.0.attn.q_lif")))
            self.assertIsNone(session.next())
        for i, (result, spikes) in enumerate(results):
            self.assertEqual((result.sample, result.label), (i, 6 + i))
            self.assert_same(result.logits, self.wanted.logits[i])
            self.assert_same(spikes, self.wanted.spikes["block.0.attn.q_lif"][i])

    def test_populations_can_be_given_instead_of_pixels(self):
        with self.net.session(from_="block.1") as session:
            arrays = [np.moveaxis(self.wanted.spikes[name], 0, 1) for name in session.wanted]
            session.push(arrays)
            session.finish()
            for logits in self.wanted.logits:
                self.assert_same(session.next().logits, logits)


class Graph(case.Case):
    def test_nodes_are_those_of_the_command(self):
        folder = case.GOLDEN / "cifar-2-64"
        wanted = json.loads(case.command("graph", folder / "model.safetensors", "--config", folder / "config.json",
                                         "--json"))  # fmt: skip
        graph = case.load("cifar-2-64").graph
        self.assertEqual([node.id for node in graph.nodes], [node["id"] for node in wanted["nodes"]])
        self.assertEqual(graph.architecture, wanted["architecture"])
        node = graph["block.0.attn.q_lif"]
        self.assertEqual((node.op, node["tau"], node.inputs), ("neuron", 2, ("block.0.attn.q_bn",)))
        self.assertIn("digraph", graph.text("dot"))
        with self.assertRaises(spikeq.UsageError):
            graph["block.9"]


if __name__ == "__main__":
    unittest.main()
