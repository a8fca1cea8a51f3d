"""Arrays that are not what a network takes: each is refused by an exception of its own kind, with the library's sentence
and its code, and the network and the session go on as before."""

import re
import unittest

import case
import numpy as np
import spikeq

# The statuses of sim/spikeq.h (test_layout.py compares them with it).
USAGE, SHAPE, VALUE, UNSUPPORTED = -1, -3, -4, -5
KINDS = {USAGE: spikeq.UsageError, SHAPE: spikeq.ShapeError, VALUE: spikeq.ValueRangeError,
         UNSUPPORTED: spikeq.UnsupportedError}  # fmt: skip


def changed(x, at, value):
    """A copy of x with one element changed."""
    x = x.copy()
    x[at] = value
    return x


class Refused(case.Case):
    def setUp(self):
        super().setUp()
        self.net = case.load("cifar-2-64")
        self.x = case.pixels("cifar-2-64")

    def check(self, call, rows):
        """Rows: (what, its argument, code, the sentence); every one is refused."""
        for what, x, code, sentence in rows:
            with self.subTest(what), self.assertRaises(spikeq.Error) as caught:
                call(x)
            self.assertIs(type(caught.exception), KINDS[code], what)
            self.assertEqual(caught.exception.code, code, what)
            self.assertRegex(str(caught.exception), "^" + re.escape(sentence), what)

    def pixels(self):
        x = self.x
        numbers = "x: expected numbers such as uint8 or float32, not "
        takes = "; the network takes images [B,3,32,32]: "
        return (
            ("NaN", changed(x, (1, 2, 3, 4), np.nan), VALUE, "pixels: sample 1, channel 2, row 3, column 4 is NaN"),
            ("infinite", changed(x, (0, 0, 0, 0), -np.inf), VALUE, "pixels: sample 0, channel 0, row 0, column 0 is infinite"),
            ("complex", x.astype(complex), USAGE, numbers + "complex128"),
            ("text", np.array(["a", "b"]), USAGE, numbers + "str32"),
            ("objects", np.array([object()]), USAGE, numbers + "object"),
            ("times", np.zeros(x.shape, "M8[s]"), USAGE, numbers + "datetime64[s]"),
            ("raw bytes", np.zeros(x.shape, "V3"), USAGE, numbers + "void24"),
            ("long double", x.astype("f16"), USAGE, numbers + "float128"),
            ("bool", x.astype(bool), UNSUPPORTED, "pixels: images of type bool; save them as uint8"),
            ("int64", x.astype("i8"), UNSUPPORTED, "pixels: images of type int64; save them as uint8"),
            ("no axes", np.float32(1), USAGE, "x: expected samples, an array of more axes than ()"),
            ("one image", x[0], SHAPE, "pixels: holds float32 [3,32,32]" + takes + "one image alone is [1,C,H,W]"),
            ("labels", np.zeros(5, "f4"), SHAPE, "pixels: holds float32 [5]" + takes + "are these the labels?"),
            ("channels", x[:, :2], SHAPE, "pixels: holds float32 [2,2,32,32]" + takes + "another number of channels"),
            ("width", x[..., :31], SHAPE, "pixels: holds float32 [2,3,32,31]" + takes + "only uint8 images are padded"),
            ("order", np.moveaxis(x, 1, -1), SHAPE, "pixels: holds float32 [2,32,32,3]" + takes + "channels come last"),
            ("frames", x[:, None], SHAPE, "pixels: holds float32 [2,1,3,32,32]" + takes + "are these frames?"),
            ("nine axes", np.zeros((1,) * 9, "f4"), USAGE, "x: has 9 axes; expected at most 8"),
            ("ragged", [[1, 2], [3]], USAGE, "x: is no array: "),
            ("nothing", None, USAGE, numbers + "object"),
        )

    def test_pixels_of_a_run(self):
        before = self.net.run(self.x).logits
        self.check(self.net.run, self.pixels())
        self.assert_same(self.net.run(self.x).logits, before)

    def test_pixels_of_a_session_which_goes_on(self):
        with self.net.session() as session:
            self.check(session.push, self.pixels())
            self.assertEqual(session.push(self.x), 2)
            self.assert_same(session.next().logits, self.net.run(self.x).logits[0])

    def test_pixels_of_a_stream(self):
        self.check(lambda x: list(self.net.stream([(x, None)])), self.pixels())

    def test_frames(self):
        net, x = case.load("dvs-1-64"), case.pixels("dvs-1-64")
        takes = "; the network takes frames [B,4,2,128,128]: "
        self.check(net.run, (
            ("NaN", changed(x, (1, 2, 0, 3, 4), np.nan), VALUE, "pixels: sample 1, frame 2, channel 0, row 3, column 4 is NaN"),
            ("timesteps", x[:, :3], SHAPE, "pixels: holds float32 [2,3,2,128,128]" + takes + "set T=3 runs as many timesteps"),
            ("images", x[:, 0], SHAPE, "pixels: holds float32 [2,2,128,128]" + takes + "a dimension is missing"),
        ))  # fmt: skip

    def test_labels(self):
        self.check(lambda labels: self.net.run(self.x, labels), (
            ("number", [1], USAGE, "labels: expected one for each of 2 samples, shape (2,), not (1,)"),
            ("shape", [[1], [2]], USAGE, "labels: expected one for each of 2 samples, shape (2,), not (2, 1)"),
            ("type", [0.5, 1], USAGE, "labels: expected whole numbers, not float64"),
            ("no class", [1, 10], VALUE, "sample 1 has label 10; the network has classes 0 to 9, or -1 for unknown"),
            ("negative", [-2, 1], VALUE, "sample 0 has label -2; the network has classes 0 to 9, or -1 for unknown"),
        ))  # fmt: skip

    def test_spikes_that_are_given(self):
        spikes = case.golden_spikes("cifar-2-64")
        with self.assertWarnsRegex(spikeq.SpikeqWarning, "were given"):
            session = self.net.session(from_="block.1")
        with session:
            arrays = [spikes[name] for name in session.wanted]
            name = next(iter(session.wanted))
            shape = session.wanted[name]
            floats = [array.astype("f4") for array in arrays]

            def first(value):
                return [changed(floats[0], (0,) * floats[0].ndim, value), *floats[1:]]

            place = f"{name}: the value at sample 0, timestep 0, index 0 is "
            self.check(session.push, (
                ("too few", arrays[:1], USAGE, f"samples: 1 arrays; the session takes {len(arrays)}"),
                ("timesteps", [arrays[0][:2], *arrays[1:]], SHAPE,
                 f"{name}: spikes of shape [2,2,{','.join(map(str, shape))}]; the session takes [4,2,"),
                ("half", first(0.5), VALUE, place + "0.5, expected 0 or 1"),
                ("two", first(2), VALUE, place + "2, expected 0 or 1"),
                ("NaN", first(np.nan), VALUE, place + "nan, expected 0 or 1"),
            ))  # fmt: skip
            session.push(arrays)
            session.finish()
            self.assert_same(session.next().logits, self.net.run(self.x).logits[0])

    def test_where_a_push_begins(self):
        session = self.net.session()
        self.check(lambda first: session.push(self.x, None, first), (
            ("behind the end", 5, USAGE, "samples: begin at 5, and the arrays hold 2"),
            ("negative", -1, USAGE, "first: expected a sample's number, 0 or more, not -1"),
        ))  # fmt: skip

    def test_no_samples_give_empty_arrays(self):
        result = self.net.run(self.x[:0], keep="block.0.attn.q_lif")
        self.assertEqual((len(result), result.logits.shape), (0, (0, 10)))


if __name__ == "__main__":
    unittest.main()
