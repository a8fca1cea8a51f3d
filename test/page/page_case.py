"""What tests of the page share: which there are, pages to open, and what is read from them."""
import json
import math
import pathlib
import sys

folder, pictures = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
tests, changing = [], set()


def test(function):
    tests.append(function)
    return function


def changes(function):
    """A test that leaves the page other than it was opened."""
    changing.add(function)
    return function


def analysis(name):
    return json.loads((folder / f"{name}.json").read_text())


def open_page(browser, name, width=1280):
    """Opened anew if another page is there: no complaint, no request, the whole analysis."""
    if browser.page == (name, width):
        return
    browser.page = (name, width)
    browser.open(folder / f"{name}.html", width)
    complaints, requests = browser.complaints(), browser.requests()
    assert not complaints, complaints
    assert requests == [(folder / f"{name}.html").resolve().as_uri()], requests
    assert browser.run("analysis") == analysis(name), name


def close(a, b):
    return len(a) == len(b) and all(
        math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-15) for x, y in zip(a, b)
    )


# Marks of a figure that stand for data: shapes within SVG, colours that differ within a canvas.
COUNT_MARKS = """
Object.fromEntries([...document.querySelectorAll('[data-figure]')].map(figure => {
    const canvas = figure.querySelector('canvas');
    const shapes = figure.querySelectorAll('.mark-rect.role-mark path, .mark-symbol.role-mark path');
    const pixels = () => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = () => new Set(new Uint32Array(pixels().buffer)).size;
    return [figure.dataset.figure, canvas ? colours() : shapes.length];
}))"""

VALUES = """
Object.fromEntries([...drawn].map(([figure, chart]) =>
    [figure.dataset.figure, chart.view.data('table').map(row => row.value)]))"""


def cells(browser, table, column):
    """Values of a table's column, unrounded, from the top."""
    return browser.run(
        f"[...document.querySelectorAll('[data-table={table}] tbody tr')]"
        f".map(row => row.children[{column}].dataset.value)"
    )


def choose(browser, figure, name, text):
    browser.run(
        f"""(() => {{
        const select = document.querySelector('[data-figure={figure}] select[name={name}]');
        select.value = {json.dumps(text)};
        select.dispatchEvent(new Event('change'));
    }})()"""
    )
    browser.settle()
    return browser.run(VALUES)[figure]
