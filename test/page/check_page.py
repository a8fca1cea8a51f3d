"""Tests of the page: check_page.py FOLDER_OF_PAGES FOLDER_FOR_PICTURES."""
import json
import math
import pathlib
import sys
import time

from browser import Browser
from page_figures import figures

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
    if browser.page == (name, width):
        return
    browser.page = (name, width)
    browser.open(folder / f"{name}.html", width)
    complaints, requests = browser.complaints(), browser.requests()
    assert not complaints, complaints
    assert requests == [(folder / f"{name}.html").resolve().as_uri()], requests


def close(a, b):
    return len(a) == len(b) and all(math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-15) for x, y in zip(a, b))


# Marks of a figure that stand for data: shapes within SVG, colours that differ within a canvas.
COUNT_MARKS = """
Object.fromEntries([...document.querySelectorAll('[data-figure]')].map(figure => {
    const canvas = figure.querySelector('canvas');
    const shapes = figure.querySelectorAll('.mark-rect.role-mark path, .mark-symbol.role-mark path').length;
    const pixels = () => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
    return [figure.dataset.figure, canvas ? pixels() : shapes];
}))"""

VALUES = """
Object.fromEntries([...drawn].map(([figure, chart]) => [figure.dataset.figure, chart.view.data('table').map(row => row.value)]))"""


def cells(browser, table, column):
    return browser.run(f"[...document.querySelectorAll('[data-table={table}] tbody tr')].map(row => row.children[{column}].dataset.value)")


def choose(browser, figure, name, text):
    browser.run(f"""(() => {{
        const select = document.querySelector('[data-figure={figure}] select[name={name}]');
        select.value = {json.dumps(text)};
        select.dispatchEvent(new Event('change'));
    }})()""")
    browser.settle()
    return browser.run(VALUES)[figure]


@test
def holds_the_analysis(browser):
    for name in ("full", "odd", "counts", "two"):
        open_page(browser, name)
        assert browser.run("analysis") == analysis(name), name
        assert (folder / f"{name}.html").stat().st_size < 5 << 20


@test
def every_chart_has_marks(browser):
    open_page(browser, "full")
    marks = browser.run(COUNT_MARKS)
    assert set(marks) == set(figures(analysis("full")["traces"][0])), marks
    assert all(count > 3 for count in marks.values()), marks


@test
def figures_are_those_of_the_json(browser):
    open_page(browser, "full")
    shown, wanted = browser.run(VALUES), figures(analysis("full")["traces"][0])
    different = [name for name in wanted if not close(shown[name], wanted[name])]
    assert not different, (different, shown[different[0]][:9], wanted[different[0]][:9])


@test
def summary_is_that_of_the_json(browser):
    open_page(browser, "full")
    trace = analysis("full")["traces"][0]
    shown = browser.run("Object.fromEntries([...document.querySelectorAll('#summary div')].map(box => [box.children[0].textContent, box.children[1].firstChild.textContent]))")
    assert shown["samples"] == "40" and shown["accuracy"] == f"{trace['accuracy']['value']:.2%}", shown
    assert float(shown["energy"].split()[0]) == float(f"{trace['cost']['energy_mj_per_sample'] * 1000:.4g}"), shown


@test
@changes
def choices_change_the_chart(browser):
    open_page(browser, "full")
    trace = analysis("full")["traces"][0]
    one = next(one for one in trace["populations"] if one["name"] == "block.1.attn.q_lif")
    choose(browser, "maps", "population", one["name"])
    choose(browser, "maps", "by", "heads")
    shown = choose(browser, "maps", "sample", f"sample 1: class {one['maps']['samples'][1]['label']}, predicted {one['maps']['samples'][1]['prediction']}")
    assert close(shown, [count * 4 / (64 * 4) for head in one["maps"]["samples"][1]["spikes_per_head"] for count in head])
    shown = choose(browser, "zeros", "cut", "square tiles")
    assert sorted(shown) == sorted(tile["zero_share"] for each in trace["populations"] for tile in each["structure"]["zero_tiles"])
    shown = choose(browser, "conventions", "show", "energy")
    assert math.isclose(sum(shown), 1000 * sum(one["energy_mj_per_sample"] for one in trace["cost"]["conventions"]), rel_tol=1e-9)


@test
def hovering_shows_a_tip(browser):
    open_page(browser, "full")
    for figure, shape, said in (("rate_per_timestep", ".mark-rect.role-mark path", "patch_embed.proj_lif"),
                                ("early_exit", ".mark-symbol.role-mark path", "threshold 0"), ("maps", "canvas", "channel 0")):
        x, y = browser.run(f"""(() => {{
            const mark = document.querySelector('[data-figure={figure}] {shape}');
            mark.scrollIntoView({{ block: 'center' }});
            const box = mark.getBoundingClientRect();
            return mark.localName === 'canvas' ? [box.x + 40, box.y + 80] : [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        browser.move(1, 1)
        browser.settle()
        assert browser.run("document.getElementById('tip').hidden"), figure
        browser.move(x, y)
        browser.settle()
        tip = browser.run("document.getElementById('tip').hidden ? null : document.getElementById('tip').innerText")
        assert tip and tip.startswith(said + "\n"), (figure, tip)


@test
@changes
def tables_sort(browser):
    open_page(browser, "full")
    trace = analysis("full")["traces"][0]
    rates = [one["rate"]["mean"] for one in trace["populations"]]
    assert [float(value) for value in cells(browser, "populations", 1)] == rates
    press = "document.querySelector('[data-table={}] th:nth-child({}) button').click()"
    browser.run(press.format("populations", 2))
    assert [float(value) for value in cells(browser, "populations", 1)] == sorted(rates, reverse=True)
    browser.run(press.format("populations", 2))
    assert [float(value) for value in cells(browser, "populations", 1)] == sorted(rates)
    browser.run(press.format("energy", 5))
    shown = cells(browser, "energy", 4)
    paper = next(one for one in trace["cost"]["conventions"] if one["name"] == "paper")
    wanted = sorted((1000 * layer["energy_mj_per_sample"] for layer in paper["layers"]), reverse=True)
    assert close([float(value) for value in shown if value], wanted) and not any(shown[len(wanted):])


@test
def files_can_be_saved(browser):
    open_page(browser, "full")
    saved = folder / "saved"
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
    for figure in ("figure=layers", "figure=maps", "table=energy"):
        browser.run(f"document.querySelectorAll('[data-{figure}] .push button').forEach(button => button.click())")
    browser.run("document.getElementById('download').click()")
    wanted = {"layers.csv", "layers.png", "maps.csv", "maps.png", "energy.csv", "analysis.json"}
    until = time.monotonic() + 10
    while time.monotonic() < until and (not saved.exists() or {path.name for path in saved.iterdir()} != wanted):
        time.sleep(0.05)
    assert {path.name for path in saved.iterdir()} == wanted, list(saved.iterdir())
    assert json.loads((saved / "analysis.json").read_text()) == analysis("full")
    assert all((saved / name).read_bytes().startswith(b"\x89PNG") for name in ("layers.png", "maps.png"))
    lines = (saved / "layers.csv").read_text().splitlines()
    layers = analysis("full")["traces"][0]["cost"]["layers"]
    assert lines[0] == "y,group,order,energy_mj_per_sample,value" and len(lines) == 1 + 4 * len(layers), lines[:2]
    assert float(lines[5].split(",")[3]) == layers[1]["energy_mj_per_sample_per_timestep"][0]


@test
def poor_traces_say_what_is_missing(browser):
    for name, missing in (("odd", {"rate_per_label", "after_timestep", "early_exit", "classes"}),
                          ("counts", {"rate_per_channel", "overlap", "zeros", "streams", "scores", "attention_maps", "maps"})):
        open_page(browser, name)
        absent = set(browser.run("[...document.querySelectorAll('[data-figure]')].filter(figure => figure.querySelector('.absent')).map(figure => figure.dataset.figure)"))
        assert missing <= absent and "rate_per_timestep" not in absent, (name, absent)
        notes = browser.run("[...document.querySelectorAll('#note-list li')].map(note => note.textContent)")
        assert notes == [f"{note['measure']}: {note['reason']}" for note in analysis(name)["traces"][0]["notes"]]
        assert browser.run("!/NaN|undefined|Infinity/.test(document.body.innerText)"), name


@test
def texts_of_a_trace_are_only_text(browser):
    open_page(browser, "odd")
    assert "odd</script><!--.db" in browser.run("document.getElementById('facts').innerText")
    assert b"odd<" not in (folder / "odd.html").read_bytes()


@test
@changes
def traces_are_compared(browser):
    open_page(browser, "full")
    assert browser.run("[...document.querySelectorAll('.several')].every(part => part.hidden)")
    open_page(browser, "two")
    rows = analysis("two")["comparisons"][0]["rows"]
    assert [float(value) for value in cells(browser, "comparison", 5)] == [row["difference"] for row in rows]
    browser.run("(select => { select.value = 1; select.dispatchEvent(new Event('change')); })(document.getElementById('trace'))")
    browser.settle()
    shown = browser.run(VALUES)["rate_per_timestep"]
    assert close(shown, [value for one in analysis("two")["traces"][1]["populations"] for value in one["rate_per_timestep"]["mean"]])


@test
@changes
def fits_a_phone(browser):
    open_page(browser, "full", 360)
    assert browser.run("document.documentElement.scrollWidth") == 360
    assert browser.run("[...document.querySelectorAll('.plot')].every(box => box.scrollWidth <= box.clientWidth)")
    browser.screenshot(pictures / "page-phone.png")
    browser.screen(1280)
    browser.settle()
    assert browser.run("document.querySelector('[data-figure=layers] svg').clientWidth") > 700


@test
@changes
def light_dark_and_paper(browser):
    open_page(browser, "full")
    browser.screenshot(pictures / "page.png")
    ground, mark = "getComputedStyle(document.body).backgroundColor", "document.querySelector('[data-figure=layers] .mark-rect.role-mark path').getAttribute('fill')"
    light = browser.run(ground), browser.run(mark)
    browser.media(scheme="dark")
    browser.screenshot(pictures / "page-dark.png")
    dark = browser.run(ground), browser.run(mark)
    assert light[0] == "rgb(255, 255, 255)" and dark[0] != light[0] and dark[1] != light[1], (light, dark)
    browser.media("print", "dark")
    assert (browser.run(ground), browser.run(mark)) == light
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert all(count > 3 for count in browser.run(COUNT_MARKS).values())
    browser.media()
    assert browser.print().startswith(b"%PDF") and not browser.complaints()


def main():
    failed = 0
    with Browser() as browser:
        browser.page = None
        for function in tests:
            try:
                function(browser)
                if function in changing:
                    browser.page = None
            except Exception as error:  # any failure is one failed test
                failed += 1
                browser.page = None
                print(f"FAIL {function.__name__}: {type(error).__name__}: {str(error)[:2000]}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
