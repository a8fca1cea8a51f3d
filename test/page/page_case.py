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

# Values of each figure, of its first panel; with PANELS, of each.
VALUES = """
Object.fromEntries([...drawn].map(([figure, charts]) =>
    [figure.dataset.figure, charts[0].view.data('table').map(row => row.value)]))"""
PANELS = """
Object.fromEntries([...drawn].map(([figure, charts]) =>
    [figure.dataset.figure, charts.map(chart => chart.view.data('table').map(row => row.value))]))"""


def cells(browser, table, column):
    """Values of a table's column, unrounded, from the top."""
    return browser.run(
        f"[...document.querySelectorAll('[data-table={table}] tbody tr')]"
        f".map(row => row.children[{column}].dataset.value)"
    )


def press(browser, key, code, text=""):
    """A key, as from a keyboard."""
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent",
            type=kind,
            key=key,
            windowsVirtualKeyCode=code,
            **({"text": text} if text and kind == "keyDown" else {}),
        )


def click(browser, figure, text):
    """The button of a figure with that text."""
    browser.run(
        f"[...document.querySelectorAll('[data-{figure}] .push button')]"
        f".find(button => button.textContent === {json.dumps(text)}).click()"
    )


def derived_page(name, source, change):
    """A page like another's, of an analysis that change() has changed."""
    text = (folder / f"{source}.html").read_text()
    root = analysis(source)
    change(root)
    before, rest = text.split('id="analysis">\n', 1)
    made = json.dumps(root).replace("<", "\\u003c")
    after = rest.split("\n</script>", 1)[1]
    (folder / f"{name}.html").write_text(f'{before}id="analysis">\n{made}\n</script>{after}')
    (folder / f"{name}.json").write_text(json.dumps(root))


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
