"""Recordings of live PyTorch models: the reference networks give the traces that spikeq records itself;
neurons in the styles of SpikingJelly, snnTorch, norse and sinabs are found, others are not."""

import json
import sys
import unittest

import case
import numpy as np
import spikeq
import torch
from torch import nn

sys.path.insert(0, str(case.ROOT / "test" / "reference"))

import sdt  # noqa: E402
import spikformer  # noqa: E402
import spikingformer  # noqa: E402
from evaluate import read_checkpoint, restore  # noqa: E402

torch.set_num_threads(1)
REFERENCES = {"cifar-2-64": spikformer, "spikingformer-cifar-2-64": spikingformer, "sdt-cifar-2-64": sdt}


def reference(name):
    """The PyTorch definition with the weights of a golden set."""
    config = json.loads((case.GOLDEN / name / "config.json").read_text())
    config.setdefault("architecture", config.get("family"))
    config.setdefault("mlp_hidden", config["dim"] * config.get("mlp_ratio", 4))
    model = REFERENCES[name].from_config(config)
    restore(model, read_checkpoint(str(case.GOLDEN / name / "model.safetensors")))
    return model.eval()


class Reference(case.Case):
    def test_the_recording_is_the_trace_of_spikeq(self):
        for name in REFERENCES:
            with self.subTest(name), torch.no_grad():
                net, model, x = case.load(name), reference(name), torch.from_numpy(case.pixels(name))
                paths = [self.folder / f"{name}-{who}.db" for who in ("torch", "spikeq")]
                with spikeq.record(model, paths[0], like=net, labels=[3, -1]) as recording:
                    wanted = model(x)
                net.run(x, [3, -1], trace=paths[1])
                a, b = (spikeq.Trace(path) for path in paths)
                self.assertEqual(recording.n_samples, 2)
                self.assert_same(a.logits, wanted.numpy())
                self.assertEqual(a.digest(), b.digest())
                self.assertEqual(a.energy("exact").mj, b.energy("exact").mj)

    def test_batches_one_by_one_are_one_batch(self):
        net, model = case.load("cifar-2-64"), reference("cifar-2-64")
        x = torch.from_numpy(np.concatenate([case.pixels("cifar-2-64")] * 2))
        traces = []
        for i, sizes in enumerate(([4], [1, 2, 1], [3, 1])):
            with torch.no_grad(), spikeq.record(model, self.folder / f"{i}.db", like=net, labels=[1, 2, 3, 4]) as recording:
                for part in torch.split(x, sizes):
                    model(part)
            self.assertEqual(recording.n_samples, 4)
            traces.append(spikeq.Trace(self.folder / f"{i}.db").digest())
        self.assertEqual(len(set(traces)), 1)

    def test_without_like_it_is_what_it_is(self):
        model, x = reference("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        with torch.no_grad(), spikeq.record(model, self.folder / "a.db", codec="zlib"):
            model(x)
        trace = spikeq.Trace(self.folder / "a.db")
        self.assert_spikes(trace.spikes, case.golden_spikes("cifar-2-64"))

    def test_results_and_gradients_are_not_touched(self):
        model, x = reference("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        model.train()
        wanted = model(x)
        wanted.sum().backward()
        gradient = model.head.weight.grad.clone()
        model.zero_grad()
        again = reference("cifar-2-64").train()
        with spikeq.record(again, self.folder / "a.db"):
            got = again(x)
            got.sum().backward()
        self.assertTrue(torch.equal(got, wanted))
        self.assertTrue(torch.equal(again.head.weight.grad, gradient))
        self.assertFalse(any(module._forward_hooks for module in again.modules()))

    def test_compare_names_the_first_place(self):
        net, model, x = case.load("cifar-2-64"), reference("cifar-2-64"), case.pixels("cifar-2-64")
        found = spikeq.compare(model, net, x)
        self.assertTrue(found)
        self.assertEqual((found.first, found.logits), (None, 0.0))
        model.block[1].attn.k_lif.threshold = 0.75
        found = spikeq.compare(model, net, torch.from_numpy(x))
        self.assertFalse(found)
        self.assertEqual(found.first["population"], "block.1.attn.k_lif")
        self.assertIn("block.1.attn.k_lif", repr(found))

    def test_an_exception_leaves_no_file(self):
        model, x = reference("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        path = self.folder / "a.db"
        with self.assertRaises(ZeroDivisionError), spikeq.record(model, path):
            model(x)
            1 // 0
        self.assertEqual(list(self.folder.iterdir()), [])
        with spikeq.record(model, path):
            model(x)
        digest = spikeq.Trace(path).digest()
        with self.assertRaisesRegex(spikeq.UsageError, "exists already"):
            spikeq.record(model, path)
        with self.assertRaises(ZeroDivisionError), spikeq.record(model, path, force=True):
            model(x)
            1 // 0
        self.assertEqual(spikeq.Trace(path).digest(), digest)
        self.assertFalse(any(module._forward_hooks for module in model.modules()))

    def test_nothing_called_and_labels_that_do_not_fit(self):
        model, x = reference("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        with self.assertRaisesRegex(spikeq.UsageError, "was not called"), spikeq.record(model, self.folder / "a.db"):
            pass
        with self.assertRaisesRegex(spikeq.UsageError, "labels"), spikeq.record(model, self.folder / "a.db", labels=[1]):
            model(x)
        self.assertEqual(list(self.folder.iterdir()), [])
        with self.assertWarnsRegex(spikeq.SpikeqWarning, "only 2 samples"), spikeq.record(
            model, self.folder / "a.db", labels=[1, 2, 3]
        ):
            model(x)

    def test_another_network_is_refused(self):
        model, x = reference("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        for name in ("cifar-1-48-odd", "fixed-cifar-2-40", "imagenet-1-64"):
            with self.assertRaisesRegex(spikeq.Error, "patch_embed.proj_lif|block"), spikeq.record(
                model, self.folder / "a.db", like=case.load(name)
            ):
                model(x)
        self.assertEqual(list(self.folder.iterdir()), [])


def fire(v):
    return (v >= 1).to(v.dtype)


class Surrogate(nn.Module):
    """As SpikingJelly has it: a module within the neuron, called at every timestep."""

    def forward(self, v):
        return fire(v)


class Memory(nn.Module):
    """SpikingJelly: state in _memories, steps "s" or "m", a surrogate as a child."""

    def __init__(self, step_mode):
        super().__init__()
        self._memories = {"v": 0.0}
        self.step_mode = step_mode
        self.surrogate_function = Surrogate()

    def reset(self):
        self._memories["v"] = 0.0

    def one(self, x):
        v = self._memories["v"] + (x - self._memories["v"]) / 2
        spike = self.surrogate_function(v)
        self._memories["v"] = torch.where(spike > 0, torch.zeros_like(v), v)
        return spike

    def forward(self, x):
        return torch.stack([self.one(part) for part in x]) if self.step_mode == "m" else self.one(x)


class Leaky(nn.Module):
    """snnTorch: the membrane goes in and comes out, (spk, mem)."""

    def __init__(self):
        super().__init__()
        self.register_buffer("beta", torch.tensor(0.5))

    def forward(self, x, mem):
        mem = self.beta * mem + x / 2
        spk = fire(mem)
        return spk, mem * (1 - spk)


class Multi(nn.Module):
    """A multi-step network: [B,8] -> [T,B,classes] -> mean."""

    def __init__(self, timesteps=4, neuron=lambda: Memory("m")):
        super().__init__()
        self.timesteps = timesteps
        self.fc1, self.lif1, self.fc2, self.lif2 = nn.Linear(8, 6), neuron(), nn.Linear(6, 5), neuron()
        self.drop, self.head = nn.Dropout(0.0), nn.Linear(5, 3)

    def forward(self, x):
        x = self.lif1(self.fc1(x.unsqueeze(0).repeat(self.timesteps, 1, 1)))
        x = self.drop(self.lif2(self.fc2(x)))
        return self.head(x.mean(0))


class Stepwise(nn.Module):
    """The loop over time within the network, a call a timestep."""

    def __init__(self, timesteps=4, style="spikingjelly"):
        super().__init__()
        self.timesteps, self.style = timesteps, style
        self.fc1, self.fc2, self.head = nn.Linear(8, 6), nn.Linear(6, 5), nn.Linear(5, 3)
        self.lif1, self.lif2 = (Leaky(), Leaky()) if style == "snntorch" else (Memory("s"), Memory("s"))

    def forward(self, x):
        out, m1, m2 = 0, torch.zeros(len(x), 6), torch.zeros(len(x), 5)
        for _ in range(self.timesteps):
            if self.style == "snntorch":
                s1, m1 = self.lif1(self.fc1(x), m1)
                s2, m2 = self.lif2(self.fc2(s1), m2)
            else:
                s2 = self.lif2(self.fc2(self.lif1(self.fc1(x))))
            out = out + self.head(s2)
        return out / self.timesteps


class One(nn.Module):
    """A timestep of the network; the loop is outside."""

    def __init__(self):
        super().__init__()
        self.fc, self.lif, self.head = nn.Linear(8, 6), Memory("s"), nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.lif(self.fc(x)))


def drawn(module, seed=5):
    """The module with weights that make its neurons fire."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return module.eval()


def reset(module):
    for child in module.modules():
        if hasattr(child, "reset"):
            child.reset()


class Styles(case.Case):
    def setUp(self):
        super().setUp()
        self.x = torch.randn(7, 8, generator=torch.Generator().manual_seed(3)) * 2
        self.path = self.folder / "a.db"

    def seen(self, model, populations):
        """What hooks of this test's own see: {name: bool [B,T,...]}."""
        calls, hooks = {name: [] for name in populations}, []
        for name, module in model.named_modules():
            if name in populations:

                def hook(_, __, out, name=name):
                    calls[name].append((out[0] if isinstance(out, tuple) else out).detach().clone())

                hooks.append(module.register_forward_hook(hook))
        return calls, hooks

    def check(self, model, populations, call=None, **options):
        calls, _ = self.seen(model, populations)
        reset(model)
        with torch.no_grad(), spikeq.record(model, self.path, **options) as recording:
            for part in torch.split(self.x, 7):
                (call or model)(part)
        self.assertEqual(recording.populations, populations)
        trace = spikeq.Trace(self.path)
        for name in populations:
            parts = calls[name]
            wanted = parts[0] if len(parts) == 1 else torch.stack(parts)
            wanted = np.moveaxis(wanted.numpy() != 0, 0, 1)
            self.assertGreater(wanted.sum(), 0)
            self.assert_same(np.asarray(trace.spikes[name]), wanted, name)
        return trace

    def test_multi_step_modules_and_their_surrogates(self):
        self.check(drawn(Multi()), ["lif1", "lif2"])

    def test_as_many_timesteps_as_samples_are_told_apart(self):
        self.x = self.x[:4]
        self.check(drawn(Multi()), ["lif1", "lif2"], timesteps=4)

    def test_a_call_a_timestep(self):
        self.check(drawn(Stepwise()), ["lif1", "lif2"])

    def test_a_pair_of_spikes_and_membrane(self):
        trace = self.check(drawn(Stepwise(style="snntorch")), ["lif1", "lif2"])
        self.assertEqual(trace.logits.shape, (7, 3))

    def test_a_loop_outside_the_network(self):
        model = drawn(One())

        def call(x):
            for _ in range(5):
                model(x)

        with self.assertWarnsRegex(spikeq.SpikeqWarning, "neither logits"):
            self.check(model, ["lif"], call, timesteps=5)

    def test_a_loop_that_ends_within_a_sample_is_refused(self):
        model = drawn(One())
        with self.assertRaisesRegex(spikeq.UsageError, "no multiple"), spikeq.record(model, self.path, timesteps=2):
            for _ in range(3):
                model(self.x)
        self.assertFalse(self.path.exists())

    def test_time_behind_samples(self):
        class Layer(nn.Module):
            def __init__(self):
                super().__init__()
                self.v_mem = None

            def forward(self, x):  # [B,T,C]
                return fire(x.cumsum(1) - x.cumsum(1).floor() + x / 2)

        Layer.__module__ = "sinabs.layers"

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.spk, self.head = nn.Linear(8, 6), Layer(), nn.Linear(6, 3)

            def forward(self, x):
                return self.head(self.spk(self.fc(x.unsqueeze(1).repeat(1, 3, 1))).mean(1))

        model = drawn(Net())
        calls, _ = self.seen(model, ["spk"])
        with torch.no_grad(), spikeq.record(model, self.path):
            model(self.x)
        self.assert_same(np.asarray(spikeq.Trace(self.path).spikes["spk"]), calls["spk"][0].numpy() != 0)

    def test_merged_axes(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.spk, self.head = nn.Linear(8, 6), Memory("s"), nn.Linear(6, 3)

            def forward(self, x):
                merged = self.fc(x.unsqueeze(0).repeat(3, 1, 1)).flatten(0, 1)
                return self.head(self.spk(merged)).unflatten(0, (3, len(x))).mean(0)

        model = drawn(Net())
        calls, _ = self.seen(model, ["spk"])
        with torch.no_grad(), spikeq.record(model, self.path, layout="T*B"):
            model(self.x)
        wanted = np.moveaxis(calls["spk"][0].numpy().reshape(3, 7, 6) != 0, 0, 1)
        self.assert_same(np.asarray(spikeq.Trace(self.path).spikes["spk"]), wanted)
        self.path.unlink()
        with self.assertRaisesRegex(spikeq.UsageError, "layout="), spikeq.record(model, self.path):
            model(self.x)

    def test_what_only_passes_spikes_on_is_no_neuron(self):
        class Pool(nn.Module):
            def forward(self, x):
                return torch.nn.functional.max_pool1d(x.flatten(0, 1).unsqueeze(1), 2).squeeze(1).unflatten(0, x.shape[:2])

        class Net(Multi):
            def __init__(self):
                super().__init__()
                self.pool, self.fc2, self.act = Pool(), nn.Linear(3, 5), nn.ReLU()

            def forward(self, x):
                x = self.pool(self.lif1(self.fc1(x.unsqueeze(0).repeat(self.timesteps, 1, 1))))
                return self.head(self.lif2(self.act(self.fc2(x))).mean(0))

        self.check(drawn(Net()), ["lif1", "lif2"])

    def test_a_neuron_without_state_whose_input_happens_to_be_binary(self):
        class Step(nn.Module):
            def forward(self, x):
                return fire(x)

        class Net(Multi):
            def __init__(self):
                super().__init__(neuron=Step)

            def forward(self, x):
                x = self.lif1(self.fc1(x.unsqueeze(0).repeat(self.timesteps, 1, 1)))
                return self.head(self.lif2(x)[:, :, :5].mean(0))

        self.check(drawn(Net()), ["lif1", "lif2"])

    def test_neurons_can_be_named(self):
        model = drawn(Multi())
        for neurons in ("lif2", ["lif2"], lambda name, module: name == "lif2"):
            with torch.no_grad(), spikeq.record(model, self.path, neurons=neurons, force=True) as recording:
                reset(model)
                model(self.x)
            self.assertEqual(recording.populations, ["lif2"])
        with self.assertRaisesRegex(spikeq.ValueRangeError, "fc1: sent"), spikeq.record(
            model, self.path, neurons="fc1", force=True
        ):
            model(self.x)
        with self.assertRaisesRegex(spikeq.UsageError, "chooses no module"), spikeq.record(model, self.path, neurons="x", force=True):
            pass

    def test_one_other_value_anywhere_is_seen(self):
        from spikeq._neurons import spikes_of

        wanted = np.random.default_rng(3).random((5, 1 << 16)) < 0.1
        for dtype in ("f4", "f8", "i8", "u1"):
            array = wanted.astype(dtype)
            self.assert_same(spikes_of(array), wanted)
            for at in (0, 4095, 4096, 70000, array.size - 1):
                other = array.copy()
                other.reshape(-1)[at] = 2
                self.assertIsNone(spikes_of(other), (dtype, at))

    def test_other_values_in_a_later_batch_end_it(self):
        class Graded(Memory):
            n = 0

            def forward(self, x):
                self.n += 1
                return super().forward(x) * (0.5 if self.n > 1 else 1)

        model = drawn(Multi(neuron=lambda: Graded("m")))
        with self.assertRaisesRegex(spikeq.ValueRangeError, "lif1: sent 0.5"), spikeq.record(model, self.path):
            for _ in range(2):
                reset(model)
                model(self.x)
        self.assertFalse(self.path.exists())

    def test_other_types_of_numbers(self):
        for dtype in (torch.float64, torch.bfloat16):
            model = drawn(Multi()).to(dtype)
            reset(model)
            calls, hooks = self.seen(model, ["lif1"])
            with torch.no_grad(), spikeq.record(model, self.path, force=True):
                model(self.x.to(dtype))
            wanted = np.moveaxis(calls["lif1"][0].float().numpy() != 0, 0, 1)
            self.assert_same(np.asarray(spikeq.Trace(self.path).spikes["lif1"]), wanted)
            hooks[0].remove()

    def test_what_is_no_module_is_refused(self):
        for thing in (None, 3, torch.zeros(3), lambda x: x):
            with self.assertRaises(spikeq.UsageError):
                spikeq.record(thing, self.path)
        with self.assertRaises(spikeq.UsageError), spikeq.record(nn.Linear(8, 3), self.path):
            pass


class Tensors(case.Case):
    def test_networks_take_tensors(self):
        net, x = case.load("cifar-2-64"), torch.from_numpy(case.pixels("cifar-2-64"))
        wanted = net.run(x.numpy()).logits
        for tensor in (x, x.requires_grad_(), x.detach().to(memory_format=torch.channels_last), x.detach().double()):
            self.assert_same(net.run(tensor, torch.tensor([1, 2])).logits, wanted)
        loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(x.detach(), torch.tensor([6, 2])), batch_size=1
        )
        found = list(net.stream(loader))
        self.assert_same(np.concatenate([batch.logits for batch in found]), wanted)
        self.assertEqual([batch.accuracy for batch in found], [1.0, 1.0])


if __name__ == "__main__":
    unittest.main()
