"""Tables of build/bench.json: on a terminal, or in docs/benchmarks.md between its marks.

    tables.py build/bench.json                       print them
    tables.py build/bench.json docs/benchmarks.md    write them between <!-- bench NAME --> and <!-- end -->
"""
import json
import re
import sys
from typing import Callable, Dict, List, Optional

Record = dict
Table = List[List[str]]


def figure(x: float, digits: int = 3) -> str:
    """Three digits that count."""
    if x == 0 or 0.001 <= abs(x) < 10**digits:
        text = f"{x:.{digits}g}"
        return f"{x:.0f}" if "e" in text else text
    return f"{x:.{digits - 1}e}"


def spread(ratio: Optional[dict], scale: float = 1) -> str:
    """Median, and the range of the turns."""
    if ratio is None:
        return ""
    median, low, high = (figure(scale * ratio[k]) for k in ("median", "min", "max"))
    return f"{median} ({low}..{high})"


def of(report: dict, part: str, **what) -> List[Record]:
    return [
        r
        for r in report["records"]
        if r["part"] == part and all(r["what"].get(k) == v for k, v in what.items())
    ]


def distinct(records: List[Record], key: str) -> list:
    return list(dict.fromkeys(r["what"][key] for r in records))


def one(records: List[Record], **what) -> Optional[Record]:
    return next((r for r in records if all(r["what"].get(k) == v for k, v in what.items())), None)


def limit_table(report: dict) -> Table:
    records = of(report, "limit")
    rows = [["instruction set", "adds", "from", "10^9 additions/s", "over scalar in L1"]]
    for r in records:
        w = r["what"]
        rows.append(
            [
                w["isa"],
                w["arith"].split(" into ")[-1],
                w["where"],
                figure(r["values"]["additions_per_s"] * 1e-9),
                spread(r["ratios"]["scalar in L1"]),
            ]
        )
    return rows


def by_rate(records: List[Record], ratio: str, scale: float, label: Callable[[Record], List[str]],
            heads: List[str]) -> Table:
    """A line for each label, a column for each rate."""
    rates = distinct(records, "rate")
    rows = [heads + [f"{100 * r:g} %" for r in rates]]
    for key in dict.fromkeys(tuple(label(r)) for r in records):
        cells = [one([r for r in records if tuple(label(r)) == key], rate=rate) for rate in rates]
        rows.append(
            list(key)
            + [spread(c["ratios"].get(ratio), scale) if c is not None else "" for c in cells]
        )
    return rows


def variant(r: Record) -> List[str]:
    return [r["what"]["isa"], r["what"]["arith"]]


def layer_of(r: Record) -> List[str]:
    return [r["what"]["layer"], *variant(r)]


def kernel_table(report: dict) -> Table:
    heads = ["instruction set", "adds"]
    return by_rate(of(report, "kernel"), "limit", 100, variant, heads)


def best_isa(records: List[Record]) -> List[Record]:
    """Of the last, fastest instruction set."""
    return [r for r in records if r["what"]["isa"] == records[-1]["what"]["isa"]]


def layer_table(report: dict) -> Table:
    records = of(report, "layer")
    heads = ["layer", "instruction set", "adds"]
    return by_rate(records, "limit", 100, layer_of, heads)


def peer_table(peer: str) -> Callable[[dict], Table]:
    def table(report: dict) -> Table:
        records = [r for r in of(report, "layer") if peer in r["ratios"]]
        heads = ["layer", "instruction set", "adds"]
        return by_rate(best_isa(records), peer, 1, layer_of, heads) if records else []

    return table


def crossing(records: List[Record], peer: str) -> str:
    """Up to which rate of those measured the node is faster."""
    faster = [r["what"]["rate"] for r in records if r["ratios"][peer]["median"] > 1]
    slower = [r["what"]["rate"] for r in records if r["ratios"][peer]["median"] <= 1]
    if not faster:
        return f"at none, from {100 * min(slower):g} %"
    if not slower:
        return f"at all, to {100 * max(faster):g} %"
    below = [rate for rate in faster if rate < min(slower)]
    return f"to {100 * max(below):g} %" if below else "in no order"


def winner_table(report: dict) -> Table:
    """Where events win against each dense peer."""
    records = [r for r in of(report, "layer") if len(r["ratios"]) > 1]
    if not records:
        return []
    records = best_isa(records)
    peers = [name for name in records[0]["ratios"] if name != "limit"]
    rows = [["layer", "adds", *(f"faster than {p}" for p in peers)]]
    for key in dict.fromkeys((r["what"]["layer"], r["what"]["arith"]) for r in records):
        group = [r for r in records if (r["what"]["layer"], r["what"]["arith"]) == key]
        rows.append([*key, *(crossing(group, p) for p in peers)])
    return rows


def dense_table(report: dict) -> Table:
    """Speeds of the peers at the first rate; they do not depend on it."""
    records = of(report, "peer")
    rows = [["layer", "peer", "kernel", "10^9 multiply-accumulates/s", "over the first peer"]]
    for r in records:
        if r["what"]["rate"] == records[0]["what"]["rate"]:
            values = r["values"]
            speed = figure(values["macs_per_s"] * 1e-9)
            ratio = spread(next(iter(r["ratios"].values())))
            rows.append([r["what"]["layer"], r["what"]["peer"], values["detail"], speed, ratio])
    return rows


def network_table(report: dict) -> Table:
    rows = [
        [
            "network",
            "arithmetic",
            "threads",
            "samples",
            "times faster than PyTorch",
            "ms a sample",
            "PyTorch's",
            "MiB",
            "PyTorch's",
            "rate, %",
            "of dense, %",
            "classes equal",
        ]
    ]
    for r in of(report, "network"):
        w, v = r["what"], r["values"]
        rows.append(
            [
                w["network"],
                w["arith"],
                str(w["threads"]),
                str(w["samples"]),
                spread(r["ratios"]["PyTorch"]),
                figure(1e3 * v["seconds_per_sample"]),
                figure(1e3 * v["peer_seconds_per_sample"]),
                f"{v['peak_mib']:.0f}",
                f"{v['peer_peak_mib']:.0f}",
                figure(100 * v["rate"]),
                figure(100 * v["additions_per_sample"] / v["dense_per_sample"]),
                v.get("classes_equal", ""),
            ]
        )
    return rows


def efficiency_table(report: dict) -> Table:
    rows = [["network", "arithmetic", "% of the limit", "10^9 additions/s", "limit", "instruction set"]]
    for r in of(report, "efficiency"):
        v = r["values"]
        speed, limit = (figure(v[k] * 1e-9) for k in ("additions_per_s", "limit"))
        share = spread(r["ratios"]["limit"], 100)
        rows.append([r["what"]["network"], r["what"]["arith"], share, speed, limit, v["isa"]])
    return rows


def rates_table(report: dict) -> Table:
    rows = [["rate, %", "additions / dense, %", "ms a sample", "time / time at 10 %"]]
    for r in of(report, "rates"):
        v = r["values"]
        share, ms = figure(100 * v["share_of_dense"]), figure(1e3 * v["seconds_per_sample"])
        rows.append([figure(100 * v["rate"]), share, ms, spread(r["ratios"]["10 %"])])
    return rows


def fit_table(report: dict) -> Table:
    rows = [["time = a + b * additions", "median (range)", "absolute"]]
    for r in of(report, "fit"):
        v = r["values"]
        a = f"a = {figure(1e3 * v['a_seconds_per_sample'])} ms a sample"
        b = f"b = {figure(1e9 * v['b_seconds_per_addition'])} ns an addition"
        for name, text in (("a / time at 10 %", a), ("1 / (b limit)", b), ("R2", "")):
            rows.append([name, spread(r["ratios"][name]), text])
    return rows


def size_table(report: dict) -> Table:
    rows = [["grows", "value", "time", "additions", "peak memory", "ms a sample", "MiB"]]
    for r in of(report, "size"):
        v = r["values"]
        rows.append(
            [
                r["what"]["grows"],
                r["what"]["value"],
                spread(r["ratios"]["time"]),
                figure(r["ratios"]["additions"]["median"]),
                figure(r["ratios"]["memory"]["median"]),
                figure(1e3 * v["seconds_per_sample"]),
                f"{v['peak_mib']:.0f}",
            ]
        )
    return rows


def cost_table(report: dict) -> Table:
    rows = [["what", "network", "threads", "time with / without", "clock"]]
    for part, name in (("counting", "all counters"), ("recording", "every spike, codec none")):
        for r in of(report, part):
            for clock, ratio in r["ratios"].items():
                rows.append([name, r["what"]["network"], str(r["what"]["threads"]), spread(ratio), clock])
    return rows


def start_table(report: dict) -> Table:
    rows = [["file", "arithmetic", "seconds to the first firing", "in SHA-256 of the file", "MiB till then", "MiB of the run"]]
    for r in of(report, "start"):
        v, ratio = r["values"], r["ratios"]
        times = [spread(ratio["seconds"]), spread(ratio["SHA-256"])]
        rows.append([r["what"]["file"], r["what"]["arith"], *times, f"{v['mib_till_then']:.0f}", f"{v['mib']:.0f}"])
    return rows


def job_table(report: dict) -> Table:
    rows = [["way", "wall time", "processor time", "seconds", "MiB"]]
    for r in of(report, "job"):
        ratio, v = r["ratios"], r["values"]
        times = [spread(ratio["wall time"]), spread(ratio["processor time"])]
        rows.append([r["what"]["way"], *times, figure(v["seconds"]), f"{v['peak_mib']:.0f}"])
    return rows


BASE, LARGE = "spikformer-4-384-cifar10 at 3 %", "spikformer-8-768-imagenet at 5 %"
EIGHT = "fixed, 8-bit weights"
# What is aimed at: its name, the aim, "more" or "less" is better, part, what of its records, and ratio.
# A ratio that begins with "=" is a value of the record. Records of several networks, clocks or instruction sets: the
# last one.
GOALS = [
    ("efficiency of the whole run, 4-384 at 3 %, f32", 0.60, "more", "efficiency",
     {"network": BASE, "arith": "f32"}, "limit"),
    ("efficiency, 4-384 at 3 %, fixed point, 8 bits", 0.50, "more", "efficiency",
     {"network": BASE, "arith": EIGHT}, "limit"),
    *(
        (f"{name} against PyTorch, 1 thread, throughput, {arith}", aim, "more", "network",
         {"network": network, "arith": arith, "threads": 1, "mode": "throughput"}, "PyTorch")
        for name, network, arith, aim in (
            ("4-384 at 3 %", BASE, "f32", 9),
            ("4-384 at 3 %", BASE, EIGHT, 20),
            ("8-768 at 5 %, 224x224", LARGE, "f32", 6),
            ("8-768 at 5 %, 224x224", LARGE, EIGHT, 14),
        )
    ),
    ("two threads against one, 4-384, throughput", 1 / 1.95, "less", "size",
     {"grows": "threads", "value": "2"}, "time"),
    ("two threads against one, 4-384, one image", 1 / 1.6, "less", "size",
     {"grows": "threads, one image", "value": "2"}, "time"),
    *(
        (f"from start to the first firing, 8-768 (.pth, warm), {arith}, seconds", aim, "less", "start",
         {"file": "model.pth", "arith": arith}, "seconds")
        for arith, aim in (("float32", 0.6), ("8 bits", 1.2))
    ),
    *(
        (f"peak memory of a run of 8-768 at 224x224, one image, 1 thread, {arith}, MiB", aim, "less", "memory",
         {"arith": arith}, "=peak_mib")
        for arith, aim in (("float32", 450), ("8 bits", 200))
    ),
    *(
        (f"bare kernel of the limit at {100 * rate:g} %, {name}", aim, "more", "kernel",
         {"arith": arith, "rate": rate}, "limit")
        for name, arith in (("f32", "f32"), ("bytes in tiles", "i8 in tiles into i32"))
        for rate, aim in ((0.1, 0.80), (0.02, 0.55))
    ),
    ("recording every spike, fashion-2-64, 1 thread, processor time", 1.05, "less", "recording",
     {"network": "fashion-2-64", "threads": 1}, "processor time"),
    ("recording every spike, fashion-2-64, 2 threads, wall time", 1.08, "less", "recording",
     {"network": "fashion-2-64", "threads": 2}, "wall time"),
    ("counting, fashion-2-64", 1.01, "less", "counting", {"network": "fashion-2-64"}, "processor time"),
    ("a of a + b additions, of the time at 10 %", 0.10, "less", "fit", {"over": "rates"},
     "a / time at 10 %"),
]


def goal_table(report: dict) -> Table:
    """Aims and what was measured, reached or not."""
    rows = [["what", "aim", "measured", "reached"]]
    for name, aim, better, part, what, ratio in GOALS:
        found = of(report, part, **what)
        if not found:
            continue
        last = found[-1]
        if ratio.startswith("="):
            value = last["values"][ratio[1:]]
            measured = {"median": value, "min": value, "max": value}
        else:
            measured = last["ratios"][ratio]
        reached = measured["median"] >= aim if better == "more" else measured["median"] <= aim
        bound = "at least" if better == "more" else "at most"
        rows.append([name, f"{bound} {figure(aim)}", spread(measured), "yes" if reached else "no"])
    return rows


TABLES: Dict[str, tuple] = {
    "limits": ("The limit of additions: one load and one addition a vector", limit_table),
    "kernel": ("The bare kernel, block in L1: % of the limit at firing rates", kernel_table),
    "layers": ("Whole layers as the engine fires them: % of the limit at firing rates", layer_table),
    "openblas": ("Layers: times faster than OpenBLAS sgemm", peer_table("OpenBLAS sgemm")),
    "onednn-f32": ("Layers: times faster than oneDNN f32", peer_table("oneDNN f32")),
    "onednn-int8": ("Layers: times faster than oneDNN int8", peer_table("oneDNN int8")),
    "winners": ("Up to which firing rate events win", winner_table),
    "dense": ("The dense peers themselves", dense_table),
    "networks": ("Whole networks against PyTorch", network_table),
    "efficiency": ("Whole networks: additions over what the limit allows, 1 thread", efficiency_table),
    "goals": ("Aims", goal_table),
    "rates": ("Time over firing rate, 4-384, 1 thread", rates_table),
    "fit": ("The line through these", fit_table),
    "sizes": ("Growth, over the variant with ratio 1", size_table),
    "start": ("From the start of a process to the first firing: 8-768, 224x224, 2 threads", start_table),
    "job": ("The main job as whole processes, over one thread, layer schedule", job_table),
    "costs": ("What counting and recording cost", cost_table),
}


def heading(report: dict) -> List[str]:
    """The machine, and what a reader has to know of the run."""
    m = report["machine"]
    lines = [
        f"{m['cpu']} ({m['family']}), {m['cores']} cores, {', '.join(m['caches'])}, "
        f"{' '.join(m['flags'])}",
        f"load {m['load_before']:.1f} before, {m['load_after']:.1f} after; {report['started']} UTC",
        f"{m['version']}; {m['facts']}",
    ]
    blas = m.get("openblas")
    if blas is not None:
        chose = "" if blas["taken"] == blas["own_choice"] else (
            f" (OpenBLAS itself takes {blas['own_choice']}, "
            f"{blas['gmacs'][blas['own_choice']]} instead of {max(blas['gmacs'].values())} 10^9 MAC/s)"
        )
        lines.append(f"peers: {blas['version']}, kernels of {blas['taken']}{chose}")
    if m.get("torch"):
        lines.append(f"PyTorch {m['torch']['torch']}, BLAS {m['torch']['blas']}")
    lines.append(
        f"each ratio: median of {report['turns']} turns (smallest..largest)"
        + ("; QUICK: fewer turns, layers and networks, not for publication" if report["quick"] else "")
    )
    if report["quick"] is False and report["turns"] < 7:
        lines.append("fewer than 7 turns: not for publication")
    if max(m["load_before"], m["load_after"]) > m["cores"]:
        lines.append("the machine was busy with other programs: ranges are wide")
    return lines + [f"left out: {text}" for text in report["left_out"]]


def plain(table: Table) -> str:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in table)


def markdown(table: Table) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]])


def text(report: dict) -> str:
    parts = ["\n".join(heading(report))]
    for title, make in TABLES.values():
        table = make(report)
        if len(table) > 1:
            parts.append(f"{title}\n{plain(table)}")
    return "\n\n".join(parts)


def block(report: dict, name: str) -> str:
    """What stands between the marks of a name; what was not measured is left as it is."""
    if name == "machine":
        return "\n".join(f"- {line}" for line in heading(report))
    if name not in TABLES:
        raise SystemExit(f"tables.py: no table is called {name}")
    table = TABLES[name][1](report)
    return markdown(table) if len(table) > 1 else ""


def write(report: dict, path: str) -> None:
    if report["quick"] or report["turns"] < 7:
        raise SystemExit("tables.py: these figures are of a quick run; run make bench without QUICK=1")
    with open(path, encoding="utf-8") as file:
        document = file.read()

    def fill(found: "re.Match[str]") -> str:
        made = block(report, found.group(2))
        return f"{found.group(1)}\n{made}\n{found.group(4)}" if made else found.group(0)

    marks = re.compile(r"(<!-- bench ([a-z0-9-]+) -->)\n(.*?\n)?(<!-- end -->)", re.S)
    document = marks.sub(fill, document)
    with open(path, "w", encoding="utf-8") as file:
        file.write(document)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    if len(sys.argv) > 2:
        write(report, sys.argv[2])
    else:
        print(text(report))


if __name__ == "__main__":
    main()
