"""Three figures of a paper, for LaTeX (\\usepackage{pgfplots}), from the tables of `spikeq analyze --csv`.

    figures.py CSV_FOLDER FIGURE_FOLDER

rates.tex      firing rate by population, with its 95 % interval
timesteps.tex  firing rate by timestep, over all populations
accuracy.tex   accuracy after each timestep, with its 95 % interval (needs analyze --model)
"""

import csv
import pathlib
import sys


def read(path):
    """Rows by the name of their trace, in the order of the file."""
    traces = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            traces.setdefault(row["trace"], []).append(row)
    return traces


def tex(name):
    return name.replace("_", r"\_")


def percent(value):
    return 100 * float(value)


def with_interval(x, row, name):
    """A point with the distances to both ends of its interval."""
    y, low, high = (percent(row[name + end]) for end in ("", "_low", "_high"))
    return f"({x},{y:.4g}) +- (0,{max(y - low, high - y):.2g})"


def axis(options, plots):
    """A figure: the options of its axis, and (options, points, trace) of each plot."""
    lines = [r"\begin{tikzpicture}", rf"\begin{{axis}}[{options}]"]
    for style, points, trace in plots:
        lines += [rf"\addplot+[{style}] coordinates {{", *("  " + point for point in points), "};"]
        lines.append(rf"\addlegendentry{{{tex(trace)}}}")
    return "\n".join([*lines, r"\end{axis}", r"\end{tikzpicture}", ""])


def rates(folder):
    traces = {trace: [row for row in rows if row["kind"] == "lif"]
              for trace, rows in read(folder / "populations.csv").items()}  # fmt: skip
    names = [row["population"] for row in next(iter(traces.values()))]
    ticks = ",".join("{" + tex(name) + "}" for name in names)
    plots = [("error bars/.cd, y dir=both, y explicit",
              [with_interval(i, row, "rate") for i, row in enumerate(rows)], trace)
             for trace, rows in traces.items()]  # fmt: skip
    return axis(f"ybar, ylabel={{firing rate, \\%}}, xtick={{0,...,{len(names) - 1}}}, xticklabels={{{ticks}}}, "
                "x tick label style={rotate=90}, width=\\textwidth, height=6cm", plots)  # fmt: skip


def timesteps(folder):
    neurons = {(trace, row["population"]): int(row["neurons"])
               for trace, rows in read(folder / "populations.csv").items()
               for row in rows if row["kind"] == "lif"}  # fmt: skip
    plots = []
    for trace, rows in read(folder / "timesteps.csv").items():
        sums = {}
        for row in rows:
            n = neurons.get((trace, row["population"]), 0)
            spikes, of = sums.get(row["timestep"], (0, 0))
            sums[row["timestep"]] = (spikes + n * float(row["rate"]), of + n)
        points = [f"({t},{100 * spikes / of:.4g})" for t, (spikes, of) in sums.items()]
        plots.append(("mark=*", points, trace))
    return axis(r"xlabel=timestep, ylabel={firing rate, \%}, ymin=0, xtick=data", plots)


def accuracy(folder):
    plots = [("mark=*, error bars/.cd, y dir=both, y explicit",
              [with_interval(row["timesteps"], row, "accuracy") for row in rows], trace)
             for trace, rows in read(folder / "after_timestep.csv").items()]  # fmt: skip
    return axis(r"xlabel=timesteps, ylabel={accuracy, \%}, xtick=data, legend pos=south east", plots)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for figure in (rates, timesteps, accuracy):
        path = target / (figure.__name__ + ".tex")
        path.write_text(figure(source), encoding="utf-8")
        print(path)


main()
