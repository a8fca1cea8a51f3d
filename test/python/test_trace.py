"""Traces from Python: lazy arrays, tables, replay, comparison; what is damaged is refused."""

import json
import pickle
import unittest

import case
import numpy as np
import spikeq


class Traces(case.Case):
    def setUp(self):
        super().setUp()
        self.net = case.load("cifar-2-64")
        self.x = np.concatenate([case.pixels("cifar-2-64")] * 2)
        self.path = self.folder / "run.db"
        self.result = self.net.run(self.x, [6, 2, -1, 3], trace=self.path, keep="*")
        self.trace = spikeq.Trace(self.path)
        self.addCleanup(self.trace.close)

    def test_it_holds_the_run(self):
        trace = self.trace
        self.assertEqual((trace.timesteps, trace.is_complete, trace.has_spikes), (4, True, True))
        self.assertEqual(trace.samples.tolist(), [0, 1, 2, 3])
        self.assertEqual(trace.labels.tolist(), [6, 2, -1, 3])
        self.assert_same(trace.logits, self.result.logits)
        self.assertEqual(trace.predictions.tolist(), self.result.predictions.tolist())
        self.assertEqual(trace.accuracy, self.result.accuracy)
        self.assertEqual(list(trace.populations), list(self.net.populations))
        self.assertEqual(np.asarray(trace.rates).tolist(), np.asarray(self.result.rates).tolist())
        self.assertEqual(list(trace.operations), list(self.result.operations))
        self.assertEqual(trace.energy("paper").mj, self.result.energy("paper").mj)
        self.assertEqual(trace.graph.architecture, self.net.architecture)

    def test_an_energy_without_its_price_is_not_a_number(self):
        with self.assertWarns(spikeq.SpikeqWarning) as caught:
            energy = self.trace.energy("exact", hardware="loihi")
        self.assertEqual(caught.warning.name, "price-missing")
        self.assertTrue(np.isnan(energy.mj))

    def test_several_models_make_one_table(self):
        report = self.folder / "run.json"
        self.result.save_report(report)
        energy = spikeq.energy(self.trace, report, convention="exact")
        self.assertEqual(list(energy), ["models"])
        self.assertEqual([row["model"] for row in energy["models"]], ["run", "run"])
        self.assertEqual(list(energy["models"]["energy_mj"]), [self.result.energy("exact").mj] * 2)
        for options in ({}, {"columns": "model,energy", "unit": "uJ", "digits": 3}):
            switches = [text for name, value in options.items() for text in ("--" + name, str(value))]
            wanted = case.command("energy", self.path, report, "--convention", "exact", "--format", "latex", *switches)
            self.assertEqual(energy.text("latex", **options), wanted)
        self.assertEqual(energy.text("csv", columns=["model"]), "model\nrun\nrun\n")
        for wrong in ({"digits": 0}, {"digits": 18}, {"unit": "kJ"}, {"columns": "modle"}):
            with self.assertRaises(spikeq.UsageError, msg=str(wrong)):
                energy.text("latex", **wrong)
        with self.assertRaisesRegex(spikeq.UsageError, "there is no table 'summary'"):
            energy.mj

    def test_lazy_arrays_are_the_spikes_of_the_run(self):
        for name, lazy in self.trace.spikes.items():
            self.assert_same(np.asarray(lazy), self.result.spikes[name], name)

    def test_every_index_is_numpys(self):
        lazy = self.trace.spikes["block.0.attn.q_lif"]
        whole = np.asarray(lazy)
        self.assertEqual((lazy.shape, lazy.ndim, len(lazy), lazy.nbytes), (whole.shape, 4, 4, whole.nbytes))
        for key in (
            0, -1, np.int64(2), slice(1, 3), slice(None, None, -1), slice(9, 9), [3, 0, 0], np.array([1, -1]),
            np.array([True, False, True, False]), (0, 1), (slice(None), 2), (slice(0, 2), slice(1, 3), 5),
            ([1, 3], 0, slice(None), 7), (Ellipsis, 3), (1, Ellipsis, slice(0, 8)), (Ellipsis,), (0, 1, 2, 3), (),
            ([], 1), (slice(2, 2), 0, 0),
        ):  # fmt: skip
            self.assert_same(np.asarray(lazy[key]), np.asarray(whole[key]), str(key))
        self.assert_same(lazy.counts(), whole.sum((2, 3)).astype(np.int64))
        self.assert_same(np.stack(list(lazy)), whole)

    def test_wrong_indices_are_refused(self):
        lazy = self.trace.spikes["block.0.attn.q_lif"]
        for key in (None, 1.5, "0", (0, 0, 0, 0, 0), (slice(None), [0, 1]), [[0]], [0.5], [True]):
            with self.assertRaises(spikeq.Error, msg=str(key)):
                lazy[key]
        for key in (4, -5, [0, 9]):
            with self.assertRaises(IndexError, msg=str(key)):
                lazy[key]
        with self.assertRaisesRegex(KeyError, "did you mean block.0.attn.q_lif"):
            self.trace.spikes["block.0.attn.q_lf"]

    def test_events_of_cameras_are_counts(self):
        path = self.folder / "dvs.db"
        x = case.pixels("dvs-1-64")
        case.load("dvs-1-64").run(x, trace=path)
        with spikeq.Trace(path) as trace:
            self.assertIn("input", trace.populations)
            self.assert_same(np.asarray(trace.spikes["input"]), x.astype(np.uint16))

    def test_replay_and_diff(self):
        folder = case.GOLDEN / "cifar-2-64"
        model = folder / "model.safetensors"
        replay = self.trace.replay(model, "block.1", verify=True)
        self.assertTrue(replay.equal)
        wanted = json.loads(case.command("replay", self.path, "--model", model, "--from", "block.1", "--verify", "--json"))
        self.assertEqual(dict(replay), wanted)
        other = self.folder / "silenced.db"
        changed = self.trace.replay(from_="block.1", silence="block.1.attn.k_lif", record=other)
        self.assertFalse(changed.equal)
        diff = self.trace.diff(other)
        self.assertTrue(diff)
        self.assertEqual(diff.first["population"], "block.1.attn.k_lif")
        self.assertEqual(dict(diff), json.loads(case.command("diff", self.path, other, "--json", status=1)))
        self.assertFalse(self.trace.diff(self.trace))

    def test_the_model_is_loaded_again(self):
        again = self.trace.model()
        self.assert_same(again.run(self.x).logits, self.result.logits)
        with self.assertRaisesRegex(spikeq.UsageError, "not the model that was recorded"):
            self.trace.model(case.GOLDEN / "cifar-1-48-odd" / "model.safetensors")

    def test_sql_reads_and_does_not_write(self):
        table = self.trace.sql("SELECT population, rate FROM firing_rate WHERE population LIKE ?", ["block.0.%"])
        rates = {row["population"]: row["rate"] for row in self.result.populations}
        self.assertEqual({row["population"]: row["rate"] for row in table},
                         {name: rate for name, rate in rates.items() if name.startswith("block.0.")})  # fmt: skip
        for query in ("DELETE FROM frame", "no such thing", "SELECT 1; SELECT 2", "\0"):
            with self.assertRaises(spikeq.UsageError):
                self.trace.sql(query)

    def test_analysis_is_the_commands(self):
        analysis = self.trace.analyze()
        self.assertEqual(json.loads(analysis.json()), json.loads(case.command("analyze", self.path, "--json", "-")))
        self.assertIn("<iframe srcdoc=", analysis._repr_html_())
        page = self.folder / "page.html"
        case.command("analyze", self.path, "--html", page)
        self.assertEqual(analysis.html(), page.read_text())
        analysis.save(self.folder / "own.html")
        with self.assertRaises(spikeq.UsageError):
            analysis.save(self.folder / "own.html")

    def test_export(self):
        self.trace.export("npz", self.folder / "run.npz", populations=["block.0.attn.q_lif"])
        with np.load(self.folder / "run.npz") as arrays:
            wanted = np.moveaxis(self.result.spikes["block.0.attn.q_lif"], 0, 1)
            self.assertTrue(np.array_equal(arrays["block.0.attn.q_lif"], wanted))

    def test_shards_make_the_whole(self):
        images = self.folder / "images.npy"
        np.save(images, np.repeat(case.pixels("cifar-2-64"), 3, axis=0))
        network = case.load("cifar-2-64")
        whole = network.run(images, trace=self.folder / "one.db")
        parts = [self.folder / f"part{i}.db" for i in (1, 2, 3, 4)]
        for i, part in enumerate(parts, 1):
            result = network.run(images, trace=part, shard=f"{i}/4")
            self.assertTrue(result.report.facts()["shard"].startswith(f"{i} of 4: samples "))
        with self.assertRaisesRegex(case.spikeq.ValueRangeError, "shard 2 of 4 is missing"):
            case.spikeq.merge([parts[0], *parts[2:]], self.folder / "none.db")
        case.spikeq.merge(parts, self.folder / "whole.db")
        with case.spikeq.Trace(self.folder / "whole.db") as merged, case.spikeq.Trace(self.folder / "one.db") as one:
            self.assertTrue(merged.diff(one).equal)
            self.assertTrue(np.array_equal(merged.logits, whole.logits))
        with self.assertRaisesRegex(case.spikeq.UsageError, "numbered from 1"):
            network.run(images, shard="0/4")

    def test_counts_alone_have_rates_and_no_spikes(self):
        path = self.folder / "counts.db"
        self.net.run(self.x, trace=path, trace_detail="counts")
        with spikeq.Trace(path) as trace:
            self.assertFalse(trace.has_spikes)
            self.assertEqual(np.asarray(trace.rates).tolist(), np.asarray(self.result.rates).tolist())
            with self.assertRaises(spikeq.UnsupportedError):
                trace.spikes["block.0.attn.q_lif"][0]

    def test_every_codec_reads_alike(self):
        for codec in ("zlib", "zstd"):
            path = self.folder / f"{codec}.db"
            self.net.run(self.x, trace=path, trace_codec=codec)
            with spikeq.Trace(path) as trace:
                self.assert_same(np.asarray(trace.spikes["block.1.mlp.fc1_lif"]), self.result.spikes["block.1.mlp.fc1_lif"])

    def test_an_existing_file_is_not_replaced_unasked(self):
        with self.assertRaises(spikeq.UsageError):
            self.net.run(self.x, trace=self.path)
        self.net.run(self.x[:1], trace=self.path, force=True)

    def test_damage_is_named(self):
        import sqlite3

        db = sqlite3.connect(self.path)
        db.execute("UPDATE frame SET checksum = checksum + 1 WHERE sample = 1 AND population = 5 AND timestep = 2")
        db.commit()
        db.close()
        with spikeq.Trace(self.path) as trace:
            lazy = trace.spikes["block.0.attn.q_lif"]
            self.assertEqual(lazy[0].shape, (4, 64, 64))
            with self.assertRaisesRegex(spikeq.FormatError, "sample 1, timestep 2, block.0.attn.q_lif"):
                lazy[1]
        for text in (b"", b"not a trace", self.path.read_bytes()[:5000]):
            path = self.folder / "bad.db"
            path.write_bytes(text)
            with self.assertRaises(spikeq.Error):
                spikeq.Trace(path)

    def test_a_closed_trace_says_so(self):
        lazy = self.trace.spikes["block.0.attn.q_lif"]
        self.trace.close()
        self.trace.close()
        with self.assertRaisesRegex(spikeq.UsageError, "is closed"):
            lazy[0]
        with self.assertRaises(spikeq.UsageError):
            pickle.dumps(self.trace)


class Tables(case.Case):
    def setUp(self):
        super().setUp()
        self.table = spikeq.Table({"name": ["a", "b"], "n": [1, 2], "rate": [0.5, None]}, "a title")

    def test_columns_rows_and_slices(self):
        self.assertEqual(self.table["n"].tolist(), [1, 2])
        self.assertEqual(self.table[0], {"name": "a", "n": 1, "rate": 0.5})
        self.assertEqual(len(self.table[1:]), 1)
        self.assertEqual(self.table.row("b")["n"], 2)
        self.assertEqual((self.table.shape, self.table.columns), ((2, 3), ["name", "n", "rate"]))
        np.testing.assert_array_equal(np.asarray(self.table), [[1, 0.5], [2, np.nan]])
        for key in ("none", 1.5, None):
            with self.assertRaises(spikeq.UsageError):
                self.table[key]
        with self.assertRaises(IndexError):
            self.table[2]
        with self.assertRaises(spikeq.UsageError):
            spikeq.Table({"a": [1], "b": [1, 2]})

    def test_forms(self):
        self.assertEqual(repr(self.table), "a title\nname  n  rate\na     1   0.5\nb     2     -")
        self.assertEqual(self.table.to_csv(), "name,n,rate\na,1,0.5\nb,2,\n")
        self.assertIn("<td>0.5</td>", self.table._repr_html_())
        escaped = spikeq.Table({"<b>": ["<i>"]})._repr_html_()
        self.assertNotIn("<b>", escaped)
        self.assertNotIn("<i>", escaped)

    def test_pandas(self):
        try:
            import pandas
        except ImportError:
            with self.assertRaisesRegex(spikeq.UsageError, "pip install pandas"):
                self.table.to_pandas()
            return
        frame = self.table.to_pandas()
        self.assertIsInstance(frame, pandas.DataFrame)
        self.assertEqual(frame["n"].tolist(), [1, 2])


if __name__ == "__main__":
    unittest.main()
