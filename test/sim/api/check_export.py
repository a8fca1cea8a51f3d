#!/usr/bin/env python3
"""Read exported traces as their users do, and compare: check_export.py whole|some|prosperity FOLDER.

FOLDER/NAME.want holds population NAME as raw int32, written by the test from what it recorded."""
import csv
import struct
import sys

import h5py
import numpy as np

SHAPES = {"input": (2, 4, 6), "a.proj_lif": (5, 8, 3), "b.attn.q_lif": (7, 100), "c": (3, 64)}
T, B = 3, 7


def read_address_events(path):
    """The binary form, from docs/address-events.md alone: {name: {(sample, timestep): {index: n}}}."""
    data = open(path, "rb").read()
    magic, version, size, timesteps, n, samples = struct.unpack_from("<8sIIIIQ", data)
    assert magic == b"spikeqAE" and version == 1 and timesteps == T
    at, population = 32, []
    for _ in range(n):
        kind, dims = struct.unpack_from("<II", data, at)
        shape = struct.unpack_from(f"<{dims}Q", data, at + 8)
        at += 8 + 8 * dims
        (length,) = struct.unpack_from("<I", data, at)
        population.append((data[at + 4 : at + 4 + length].decode(), kind, shape))
        at += 4 + length
    assert at == size
    found, frames, total, order = {p[0]: {} for p in population}, 0, 0, []

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while True:
        kind, which, sample, timestep, events, length = struct.unpack_from("<IIQIIQ", data, at)
        at += 32
        if kind == 0:
            assert struct.unpack_from("<QQ", data, at - 24) == (frames, total)
            break
        name, values, shape = population[which]
        order.append((sample, timestep, which))
        end, index, frame = at + length, 0, {}
        for _ in range(events):
            index += number()
            frame[index] = number() if values else 1
        assert at == end and max(frame, default=0) < np.prod(shape)
        found[name][sample, timestep] = frame
        frames, total = frames + 1, total + events
    assert at == len(data) and order == sorted(order) and frames == samples * timesteps * n
    return found


def as_array(events, name, samples):
    """{(sample, timestep): {index: n}} as [T,B,...]."""
    array = np.zeros((T, len(samples), int(np.prod(SHAPES[name]))), np.int32)
    for (sample, timestep), frame in events.items():
        for index, n in frame.items():
            array[timestep, samples.index(sample), index] = n
    return array.reshape((T, len(samples)) + SHAPES[name])


def check_npz(path, want, samples):
    file = np.load(path)
    assert set(file.files) == set(want) | {"samples", "labels", "logits"}, file.files
    for name, array in want.items():
        assert file[name].dtype == (np.int32 if name == "input" else np.uint8)
        assert np.array_equal(file[name], array), name
    assert file["samples"].tolist() == samples and file["samples"].dtype == np.int64
    assert file["labels"].tolist() == [s % 4 - 1 for s in samples]
    assert file["logits"].shape == (len(samples), 5) and file["logits"].dtype == np.float32


def check_csv(path, want, samples):
    rows = list(csv.reader(open(path)))
    assert rows[0] == ["sample", "timestep", "population", "index"]
    order = [(int(s), list(SHAPES).index(p), int(t), int(i)) for s, t, p, i in rows[1:]]
    assert order == sorted(order)
    counts = {name: {} for name in want}
    for s, t, p, i in rows[1:]:
        frame = counts[p].setdefault((int(s), int(t)), {})
        frame[int(i)] = frame.get(int(i), 0) + 1
    for name, array in want.items():
        assert np.array_equal(as_array(counts[name], name, samples), array), name


def check_hdf5(path, want, samples):
    file = h5py.File(path)
    assert set(file["spikes"]) == set(want)
    assert file["spikeq/samples"][:].tolist() == samples and file["spikeq"].attrs["timesteps"] == T
    for name, array in want.items():
        group = file["spikes"][name]
        time, node = group["timestamps"], group["node_ids"]
        assert h5py.check_enum_dtype(group.attrs.get_id("sorting").dtype) == {
            "none": 0, "by_id": 1, "by_time": 2}
        assert group.attrs["sorting"] == 2 and time.attrs["units"] == "ms"
        assert time.dtype == np.float64 and node.dtype == np.uint64
        assert np.all(np.diff(time[:]) >= 0)
        assert group.attrs["neurons"] == np.prod(SHAPES[name])
        assert tuple(group.attrs["shape"]) == SHAPES[name]
        counts = np.zeros((T, len(samples), array[0, 0].size), np.int32)
        step = time[:].astype(int)
        np.add.at(counts, (step % T, [samples.index(s) for s in step // T], node[:].astype(int)), 1)
        assert np.array_equal(counts.reshape(array.shape), array), name


def check_aer(path, want, samples):
    found = read_address_events(path)
    assert list(found) == [name for name in SHAPES if name in want]
    for name, array in want.items():
        assert np.array_equal(as_array(found[name], name, samples), array), name


def check_formats(folder, stem, names, samples):
    want = {}
    for name in names:
        array = np.fromfile(f"{folder}/{name}.want", np.int32).reshape((T, B) + SHAPES[name])
        want[name] = array[:, samples]
    for check in check_npz, check_csv, check_hdf5, check_aer:
        check(f"{folder}/{stem}.{check.__name__[6:]}", want, samples)


def pool(x):
    """3x3, stride 2, padding 1, of [T,C,H,W]."""
    t, c, h, w = x.shape
    padded = np.zeros((t, c, h + 2, w + 2), bool)
    padded[:, :, 1:-1, 1:-1] = x
    out = np.zeros((t, c, (h + 1) // 2, (w + 1) // 2), bool)
    for y in range(out.shape[2]):
        for z in range(out.shape[3]):
            out[:, :, y, z] = padded[:, :, 2 * y : 2 * y + 3, 2 * z : 2 * z + 3].any((2, 3))
    return out


def prosperity_arrays(spikes):
    """The keys by their definition, from arrays [T,1,...] by module path."""
    x = {name: spikes[name][:, 0].astype(bool) for name in spikes.files if "." in name}
    tokens = lambda a: a.reshape(a.shape[0], a.shape[1], -1).transpose(0, 2, 1)
    stem = [x["patch_embed.proj_lif" + s] for s in ("", "1", "2", "3")]
    want = {"conv2d_1_sps": stem[0], "conv2d_2_sps": stem[1], "conv2d_3_sps": pool(stem[2]),
            "conv2d_rpe_sps": pool(stem[3])}
    stream = tokens(pool(stem[3])).astype(int) + tokens(x["patch_embed.rpe_lif"])
    for b in range(2):
        block = {n.split(".", 2)[2]: a for n, a in x.items() if n.startswith(f"block.{b}.")}
        if b == 1:  # channels first
            block = {n: tokens(a) for n, a in block.items()}
        want[f"fc_q_enc_{b}"] = stream > 0
        for letter in "qkv":
            a = block[f"attn.{letter}_lif"]
            want[f"attention_enc_{b}_{letter}"] = a.reshape(3, 16, 4, 4).transpose(0, 2, 1, 3)
        want[f"fc_o_enc_{b}"] = block["attn.attn_lif"]
        stream = stream + block["attn.proj_lif"]
        want[f"fc_1_enc_{b}"] = stream > 0
        want[f"fc_2_enc_{b}"] = block["mlp.fc1_lif"]
        stream = stream + block["mlp.fc2_lif"]
    return want


def check_prosperity(folder):
    want, found = prosperity_arrays(np.load(f"{folder}/a.npz")), np.load(f"{folder}/p.npz")
    assert list(found.files) == list(want), found.files
    for name, array in want.items():
        assert found[name].dtype == bool and np.array_equal(found[name], array), name
    part = np.load(f"{folder}/part.npz")
    assert part.files == ["conv2d_2_sps", "conv2d_3_sps", "fc_2_enc_0", "fc_2_enc_1"], part.files
    assert np.array_equal(part["conv2d_3_sps"], want["conv2d_3_sps"])


what, folder = sys.argv[1:]
if what == "whole":
    check_formats(folder, "a", list(SHAPES), list(range(B)))
elif what == "some":
    check_formats(folder, "some", ["input", "a.proj_lif"], [2, 3, 4])
else:
    check_prosperity(folder)
