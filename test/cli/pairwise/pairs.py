"""Covering arrays: few rows in which every two values of every two parameters occur together."""
import itertools
import random


def pairs_of(row):
    """Every pair ((parameter, value), (parameter, value)) of a row."""
    return set(itertools.combinations(sorted(row.items(), key=lambda item: item[0]), 2))


def covering_rows(parameters, excluded=lambda row: False, seed=1):
    """parameters {name: values}; excluded(row) of a partial row: cannot be. The same rows every time."""
    draw = random.Random(seed)
    names = sorted(parameters)
    wanted = {
        ((a, x), (b, y))
        for a, b in itertools.combinations(names, 2)
        for x, y in itertools.product(parameters[a], parameters[b])
        if not excluded({a: x, b: y})
    }
    while wanted:
        row = dict(min(wanted, key=str))
        others = [name for name in names if name not in row]
        draw.shuffle(others)
        for name in others:
            fits = [v for v in parameters[name] if not excluded({**row, name: v})]
            row[name] = max(fits, key=lambda v: len(wanted & pairs_of({**row, name: v})))
        wanted -= pairs_of(row)
        yield row
