"""Tests of what a reader reaches without a pointer, and of names and shares in words."""
from expected_figures import figures
from page_case import (
    PANELS,
    VALUES,
    analysis,
    cells,
    changes,
    choose,
    close,
    derived_page,
    open_page,
    press,
    test,
)

# Every row of a figure's table of values, page by page: the column of its values, unrounded.
TABLE_OF = """
(figure => {{
    const values = document.querySelector(`[data-figure=${{figure}}] .values`);
    values.open = true;
    values.dispatchEvent(new Event('toggle'));
    const found = [];
    const place = [...values.querySelectorAll('thead button')].findIndex(head => head.textContent === {});
    const next = [...values.querySelectorAll('.pages button')].find(one => one.textContent === 'Next');
    for (let before = ''; ;) {{
        const rows = [...values.querySelectorAll('tbody tr')];
        const now = (values.querySelector('.pages span') || {{}}).textContent;
        if (now === before) break;
        found.push(...rows.map(row => Number(row.children[place].dataset.value)));
        if (!next) break;
        before = now;
        next.click();
    }}
    return found;
}})({})"""


@test
@changes
def values_are_reached_by_keyboard(browser):
    """Tab from the figure's last button to its values, Enter opens them, Tab goes into the table."""
    open_page(browser, "full")
    focus = "document.activeElement"
    browser.run(
        "[...document.querySelectorAll('[data-figure=layers] .push button')].at(-1).focus()"
    )
    press(browser, "Tab", 9)
    assert browser.run(f"{focus}.localName + {focus}.textContent") == "summaryValues"
    press(browser, "Enter", 13, "\r")
    browser.settle()
    assert browser.run(f"{focus}.parentElement.open")
    press(browser, "Tab", 9)
    assert browser.run(f"{focus}.className") == "scroll"
    press(browser, "Tab", 9)
    assert browser.run(f"{focus}.textContent") == "layer"
    press(browser, "Enter", 13, "\r")
    browser.settle()
    first = browser.run(
        "[...document.querySelectorAll('[data-figure=layers] .values tbody tr')].map(row => row.children[0].textContent)"
    )
    assert first == sorted(first, key=str.lower, reverse=True), first[:5]


@test
@changes
def every_value_is_in_its_table(browser):
    open_page(browser, "full")
    wanted = figures(analysis("full")["traces"][0])
    titles = browser.run(
        "Object.fromEntries([...drawn.keys()].map(figure => { const drawing = figures[figure.dataset.figure]"
        ".draw(shown_traces()[0], figure.choice); return [figure.dataset.figure, "
        "drawing.value_title || drawing.x_title]; }))"
    )
    assert set(titles) == set(wanted), titles
    for figure, title in titles.items():
        shown = browser.run(TABLE_OF.format(repr(title), repr(figure)))
        assert close(shown, wanted[figure]), (figure, shown[:4], wanted[figure][:4], len(shown))


@test
def charts_say_what_they_are(browser):
    open_page(browser, "full")
    labels = browser.run(
        "[...document.querySelectorAll('.plot')].map(box => [box.getAttribute('role'), box.getAttribute('aria-label')])"
    )
    assert all(role == "img" and "its values follow as a table" in label for role, label in labels)
    names = browser.run(
        "[...document.querySelectorAll('.push button')].map(one => one.getAttribute('aria-label'))"
    )
    assert len(names) == len(set(names)) and "SVG of rate per timestep" in names, names
    assert browser.run(
        "[...document.querySelectorAll('button, select, summary, .scroll')].every(one => one.tabIndex === 0)"
    )


@test
@changes
def contents_stay_in_sight(browser):
    open_page(browser, "full")
    browser.run("document.getElementById('cost').scrollIntoView()")
    browser.settle()
    top, heading = browser.run(
        "['nav', '#cost'].map(one => document.querySelector(one).getBoundingClientRect())"
        ".map((box, i) => i ? box.top : box.bottom)"
    )
    assert browser.run("document.querySelector('nav').getBoundingClientRect().top") == 0
    assert heading >= top > 0, "the heading is not below the contents"
    marked = "[...document.querySelectorAll('nav [aria-current]')].map(link => link.textContent)"
    assert browser.run(marked) == ["Energy"]
    browser.run("scrollTo(0, 0)")
    browser.settle()
    assert browser.run(marked) in ([], ["Rates"])
    anchors = browser.run(
        "[...document.querySelectorAll('nav a')].map(link => !!document.getElementById(link.hash.slice(1)))"
    )
    assert all(anchors) and len(anchors) > 12


# share, format: as it must read
SHARES = [
    (0, ".1%", "0.0%"),
    (1e-9, ".1%", "<0.05%"),
    (0.00049, ".1%", "<0.05%"),
    (0.0006, ".1%", "0.1%"),
    (1e-7, ".2%", "<0.005%"),
    (1e-7, ".0%", "<0.5%"),
    (0.9997, ".1%", ">99.95%"),
    (0.998, ".0%", ">99.5%"),
    (1, ".1%", "100.0%"),
    (0.5, ".1%", "50.0%"),
]


@test
@changes
def small_shares_are_not_0(browser):
    def change(root):
        for i, population in enumerate(root["traces"][0]["populations"]):
            rate = 10.0 ** -(i % 9)
            population["rate"]["mean"] = rate
            population["rate_per_timestep"]["mean"] = [rate, 0, 1e-5, 0.99999]

    derived_page("faint", "full", change)
    open_page(browser, "faint")
    for share, form, text in SHARES:
        assert browser.run(f"write({share!r}, {form!r})") == text, (share, form)
    shown = browser.run(
        "[...drawn].find(([figure]) => figure.dataset.figure === 'rate_per_timestep')[1][0]"
        ".view.data('table').map(row => [row.value, row.text])"
    )
    for value, text in shown:
        assert text != "0.0%" or value == 0, (value, text)
        assert text != "100.0%" or value == 1, (value, text)
    assert {"<0.05%", ">99.95%", "0.0%"} <= {text for _, text in shown}
    rates = browser.run(
        "[...document.querySelectorAll('[data-table=populations] tbody tr')].map(row => row.children[1].textContent)"
    )
    assert "<0.005%" in rates and "0.00%" not in rates, rates


@test
@changes
def classes_have_their_names(browser):
    open_page(browser, "named")
    trace = analysis("named")["traces"][0]
    names = [*trace["class_names"][:8], "Bag (8)", "Bag (9)"]  # two of one name
    classes = trace["confusion"]["classes"]["class"]
    wanted = [names[number] for number in classes]
    assert cells(browser, "recall", 0) == wanted
    for figure, key in (("confusion", "y"), ("rate_per_label", "x"), ("classes", "y")):
        shown = browser.run(
            f"[...new Set([...drawn].find(([figure]) => figure.dataset.figure === {figure!r})[1][0]"
            f".view.data('table').map(row => row.{key}))]"
        )
        assert shown == wanted, (figure, shown)
    samples = browser.run(
        "[...document.querySelectorAll('[data-figure=maps] select[name=sample] option')].map(one => one.textContent)"
    )
    first = trace["populations"][0]["maps"]["samples"][0]
    assert samples[1] == (
        f"sample 0: class {names[first['label']]}, predicted {names[first['prediction']]}"
    )
    note = browser.run("document.querySelector('[data-figure=raster] .note').textContent")
    assert note.startswith("sample 3: class ") and "256 of 8,192 neurons, drawn by lot" in note
    assert browser.run("document.querySelectorAll('i').length") == 0


@test
@changes
def confusion_can_be_seen_in_three_ways(browser):
    open_page(browser, "full")
    confusion = analysis("full")["traces"][0]["confusion"]
    cells_of, classes = confusion["cells"], confusion["classes"]["class"]
    count = dict(zip(zip(cells_of["label"], cells_of["prediction"]), cells_of["samples"]))
    shown = choose(browser, "confusion", "show", "samples")
    assert shown == [count.get((a, b), 0) for a in classes for b in classes]
    assert sum(shown) == confusion["samples"]
    order = (
        "[...drawn].find(([figure]) => figure.dataset.figure === 'confusion')[1][0].view.scale('x').domain()"
    )
    assert browser.run(order) == [str(number) for number in classes]
    shown = choose(browser, "confusion", "show", "errors alone")
    assert browser.run(order) == [str(number) for number in classes]
    assert shown == [count.get((a, b), 0) for a in classes for b in classes if a != b]


@test
@changes
def a_thousand_classes_are_bounded_and_say_so(browser):
    def change(root):
        trace = root["traces"][0]
        numbers = list(range(1000))
        trace["class_names"] = [f"kind {i % 990} of bird" for i in numbers]
        share = {"value": [0.5] * 1000, "low": [0] * 1000, "high": [1] * 1000}
        trace["confusion"] = {
            "samples": 3000,
            "cells": {
                "label": numbers + numbers,
                "prediction": numbers + numbers[1:] + [0],
                "samples": [2] * 1000 + [1 + (i in (77, 500)) for i in numbers],
            },
            "classes": {
                "class": numbers,
                "samples": [3] * 1000,
                "predicted": [3] * 1000,
                "correct": [2] * 1000,
                "recall": share,
                "precision": share,
            },
        }

    derived_page("birds", "full", change)
    open_page(browser, "birds")
    shown = browser.run(VALUES)["confusion"]
    assert len(shown) == 30 * 30
    note = browser.run("document.querySelector('[data-figure=confusion] .note').textContent")
    assert note.startswith("30 of 1000 classes: those with most wrong answers"), note
    drawn = browser.run(
        "[...new Set([...drawn].find(([figure]) => figure.dataset.figure === 'confusion')[1][0]"
        ".view.data('table').map(row => row.y))]"
    )
    assert {f"kind {i} of bird" for i in (77, 78, 500, 501)} <= set(drawn), drawn
    rows = "document.querySelectorAll('[data-table=recall] tbody tr').length"
    assert browser.run(rows) == 200
    assert "rows 1 to 200 of 1,000" in browser.run(
        "document.querySelector('[data-table=recall] .pages').textContent"
    )


@test
@changes
def energy_names_its_convention_and_prices(browser):
    open_page(browser, "full")
    card = "[...document.querySelectorAll('#summary dl div')].find(box => box.firstChild.textContent === {!r})"
    cost = analysis("full")["traces"][0]["cost"]
    energy = browser.run(card.format("energy") + ".innerText")
    assert "convention exact, hardware fp32_45nm" in energy, energy
    ann = browser.run(card.format("as an ANN") + ".innerText")
    wanted = cost["ann"]["energy_mj_per_sample"] / cost["energy_mj_per_sample"]
    assert f"{wanted:.3g} times this energy" in ann, ann
    rows = browser.run(
        "[...drawn].find(([figure]) => figure.dataset.figure === 'conventions')[1][0]"
        ".view.data('table').filter(row => row.y.startsWith('ANN')).map(row => row.energy_mj_per_sample)"
    )
    assert close([sum(rows)], [cost["ann"]["energy_mj_per_sample"]])


@test
@changes
def integers_by_width_have_no_ratio_to_an_ann(browser):
    open_page(browser, "integers")
    cost = analysis("integers")["traces"][0]["cost"]
    bits = [layer["adder_bits"] for layer in cost["layers"] if "adder_bits" in layer]
    text = browser.run("document.body.innerText")
    assert "hardware fixed_45nm, each addition by the width of its adder" in text
    assert f"of its layer's adder, {min(bits)} to {max(bits)} bits" in text
    assert "times this energy" not in text


@test
@changes
def what_has_no_price_is_missing_and_named(browser):
    """Loihi's profile prices no multiply-accumulate, which the first layer makes."""
    open_page(browser, "unpriced")
    cost = analysis("unpriced")["traces"][0]["cost"]
    card = "[...document.querySelectorAll('#summary dl div')].find(box => box.firstChild.textContent === {!r})"
    energy = browser.run(card.format("energy") + ".innerText")
    assert "no price" in energy and "convention exact, hardware loihi" in energy, energy
    assert browser.run(card.format("as an ANN")) is None
    text = browser.run("document.body.innerText")
    assert "no price for a multiply-accumulate" in text
    assert not any(word in text for word in ("NaN", "undefined", "Infinity", "null"))
    shown = browser.run(
        "Object.fromEntries(['conventions', 'layers'].map(name => [name, [...new Set([...drawn]"
        ".find(([figure]) => figure.dataset.figure === name)[1][0].view.data('table').map(row => row.y))]]))"
    )
    priced = [one for one in cost["conventions"] if one["energy_mj_per_sample"] is not None]
    assert [name.split(",")[0] for name in shown["conventions"]] == [one["name"] for one in priced]
    layers = [one["name"] for one in cost["layers"] if one["energy_mj_per_sample"] is not None]
    assert shown["layers"] == layers and 0 < len(layers) < len(cost["layers"])
    note = "document.querySelector('[data-figure={}] .note').innerText"
    assert "lacks a price for exact, paper" in browser.run(note.format("conventions"))
    assert "lacks a price" in browser.run(note.format("layers"))
    first = browser.run(
        "[...document.querySelector('[data-table=energy] tbody tr').children].map(cell => cell.textContent)"
    )
    assert first[3] == "–", first


@test
@changes
def warnings_stand_above_all_figures(browser):
    def change(root):
        root["warnings"] = [{"name": "pixels-not-normalised", "text": "<b>x</b>: no mean"}]

    open_page(browser, "full")
    assert browser.run("document.getElementById('warnings').hidden")
    derived_page("warned", "full", change)
    open_page(browser, "warned")
    assert (
        browser.run("document.getElementById('warnings').innerText.trim()")
        == "Warning: <b>x</b>: no mean [pixels-not-normalised]"
    )


@test
@changes
def a_raster_of_a_quiet_population_is_empty(browser):
    def change(root):
        for population in root["traces"][0]["populations"]:
            raster = population["raster"]
            raster["fired_per_timestep"] = [[] for _ in range(512)]
        root["traces"][0]["timesteps"] = 1500

    derived_page("quiet", "odd", change)
    open_page(browser, "quiet")
    assert browser.run(PANELS)["raster"] == [[]]
    note = browser.run("document.querySelector('[data-figure=raster] .note').textContent")
    assert "512 of 1,500 timesteps, the first ones" in note, note
