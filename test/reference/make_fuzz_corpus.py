"""Makes test/fuzz/corpus/checkpoint/ and pickle/: small files, good, broken and hostile, from which
fuzzing starts and which the tests replay. Needs Python only; loads nothing.

    python3 test/reference/make_fuzz_corpus.py test/fuzz/corpus
"""
import io
import json
import pathlib
import struct
import sys
import zipfile

MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
DATA = struct.pack("<6f", 0, 1, 2, 3, 4, 5)


def text(value):
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value):
    return b"K" + bytes([value]) if 0 <= value < 256 else b"\x8a\x08" + struct.pack("<q", value)


def numbers(values):
    return b"(" + b"".join(map(number, values)) + b"t"


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def storage(kind="FloatStorage", key="0", n=6):
    return (b"(" + text("storage") + name("torch", kind) + text(key) + text("cuda:0") + number(n)
            + b"tQ")


def tensor(size=(2, 3), stride=(3, 1), offset=0, of=None):
    return (name("torch._utils", "_rebuild_tensor_v2") + b"(" + (of or storage()) + number(offset)
            + numbers(size) + numbers(stride) + b"\x89" + name("collections", "OrderedDict")
            + b")RtR")


def pickle(body, protocol=2):
    return b"\x80" + bytes([protocol]) + body + b"."


def entries(**values):
    return b"}(" + b"".join(text(k) + v for k, v in values.items()) + b"u"


def archive(pkl, deflate=False, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as z:
        for member, raw in [("data.pkl", pkl), *more.items(), ("data/0", DATA)]:
            z.writestr(zipfile.ZipInfo("r/" + member), raw, z.compression)
    return out.getvalue()


def legacy(pkl, keys=b"](" + text("0") + b"e", data=struct.pack("<q", 6) + DATA, little=b"\x88"):
    system = pickle(entries(protocol_version=b"M\xe9\x03", little_endian=little))
    return MAGIC + pickle(b"M\xe9\x03") + system + pkl + pickle(keys) + data


def safetensors(header, data=DATA):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


NAMESPACE = name("argparse", "Namespace") + b")\x81"
STATE = entries(epoch=b"K\x03", state_dict=name("collections", "OrderedDict") + b")R("
                + text("module.a.weight") + tensor() + b"u}" + text("_metadata") + b"}sb",
                args=NAMESPACE + entries(lr=b"G?\xf0\0\0\0\0\0\0", self=b"N") + b"b",
                history=b"](" + tensor((3,), (2,)) + b"I01\nF0.5\nL7L\nJ\xfe\xff\xff\xffe")

PICKLES = {
    "state": pickle(STATE),
    "bare": pickle(tensor()),
    "expand": pickle(tensor((4, 5), (0, 0), 5)),
    "transposed": pickle(tensor((3, 2), (1, 3))),
    "scalar": pickle(tensor((), (), 5)),
    "empty": pickle(tensor((0, 3), (3, 1))),
    "past-the-end": pickle(tensor((2, 4), (3, 1))),
    "overflow": pickle(tensor((2**62, 8), (2**62, 1))),
    "repeat": pickle(tensor((2**40,), (0,))),
    "negative": pickle(tensor((2,), (-1,), 5)),
    "view": pickle(tensor((2,), (1,), of=b"(" + text("storage") + name("torch", "HalfStorage")
                          + text("9") + text("cpu") + b"K\x06(" + text("v")
                          + b"K\x02K\x03ttQ")),
    "v3": pickle(name("torch._utils", "_rebuild_tensor_v3") + b"((" + text("storage")
                 + name("torch.storage", "UntypedStorage") + text("0") + text("cpu")
                 + b"K\x08tQK\x01K\x03\x85K\x01\x85\x89}" + name("torch", "uint16") + b"tR"),
    "parameter": pickle(name("torch._utils", "_rebuild_parameter") + tensor() + b"\x88}\x87R"),
    "protocol4": pickle(b"\x95\x14\0\0\0\0\0\0\0\x8c\x05torch\x94\x8c\x05int64\x94\x93\x940N", 4),
    "numpy": pickle(name("numpy.core.multiarray", "scalar") + name("numpy", "dtype")
                    + text("f8") + b"\x89\x88\x87R(K\x03tb" + name("_codecs", "encode")
                    + text("x") + text("latin1") + b"\x86R\x86R"),
    "sets": pickle(b"\x8f(K\x01\x90(K\x01\x91\x86" + name("collections", "Counter")
                   + b"}\x85R\x86"),
    "python2": pickle(name("collections", "OrderedDict") + b"](](U\x01a" + tensor() + b"ee\x85R"),
    "in-itself": pickle(b"}q\x01(" + text("d") + b"h\x01" + text("w") + tensor() + b"u"),
    "object-in-itself": pickle(NAMESPACE + b"q\x01}" + text("o") + b"h\x01sb"),
    "laughs": pickle(b"]" + b"2\x86" * 24),
    "deep": pickle(tensor() + b"\x85" * 200),
    "memo": pickle(b"Nr\xff\xff\xff\xffj\xff\xff\xff\xff"),
    "system": pickle(name("posix", "system") + b"Vid\n\x85R"),
    "stack-system": pickle(b"\x8c\x05posix\x8c\x06system\x93"),
    "inst": b"(Vid\nios\nsystem\n.",
    "underflow": pickle(b"(N0000"),
    "contradiction": pickle(tensor() + tensor(of=storage("LongStorage", n=3)) + b"\x86"),
}

SAFETENSORS = {
    "types": safetensors({"__metadata__": {"format": "pt"}, "h": entry("BF16", [2, 2], 0, 8),
                          "d": entry("F64", [], 8, 16), "b": entry("BOOL", [8], 16, 24)}),
    "overlap": safetensors({"a": entry("F32", [6], 0, 24), "b": entry("I8", [4], 0, 4)}),
    "hole": safetensors({"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 16, 24)}),
    "twice": safetensors(b'{"a":%s,"a":%s}' % ((json.dumps(entry("F16", [0], 0, 0)).encode(),) * 2),
                         b""),
    "huge": safetensors({"a": entry("F32", [2**53, 2**53], 0, 24)}),
    "nested": safetensors(b'{"a":' + b"[" * 500),
    "short": safetensors({"a": entry("F32", [6], 0, 24)}, DATA[:-1]),
    "long-header": struct.pack("<Q", 2**40) + b"{}",
}

CHECKPOINTS = {
    **{f"{k}.safetensors": v for k, v in SAFETENSORS.items()},
    "state.pth": archive(PICKLES["state"]),
    "deflated.pth": archive(PICKLES["state"], True),
    "big-endian.pth": archive(PICKLES["bare"], byteorder=b"big"),
    "no-tensor.pth": archive(pickle(b"}")),
    "script.pt": archive(PICKLES["bare"], **{"constants.pkl": b"N."}),
    "damaged.pth": archive(PICKLES["bare"]).replace(DATA, DATA[::-1]),
    "bomb.pth": archive(PICKLES["bare"], True, **{"data/1": bytes(1 << 16)}),
    "cut.pth": archive(PICKLES["bare"])[:-30],
    "state-legacy.pth": legacy(PICKLES["state"]),
    "big-endian-legacy.pth": legacy(PICKLES["bare"], little=b"\x89",
                                    data=struct.pack(">q6f", 6, *range(6))),
    "keys-legacy.pth": legacy(PICKLES["bare"], b"](" + text("0") + text("0") + b"e"),
    "cut-legacy.pth": legacy(PICKLES["bare"])[:-1],
    "system-legacy.pth": legacy(PICKLES["system"]),
    "plain.pkl": pickle(b"]N\x85"),
    "text.txt": b"class Spikformer:\n",
    "empty": b"",
}


def main(folder):
    for kind, files in [("checkpoint", CHECKPOINTS), ("pickle", PICKLES)]:
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for file, raw in files.items():
            (folder / kind / file).write_bytes(raw)


main(pathlib.Path(sys.argv[1]))
