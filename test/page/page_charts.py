"""Tests of what the page shows: every figure against the analysis, traces rich and poor."""
import math

from expected_figures import figures
from page_case import (
    COUNT_MARKS,
    PANELS,
    VALUES,
    analysis,
    cells,
    changes,
    choose,
    close,
    derived_page,
    folder,
    open_page,
    test,
)


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
    shown = browser.run(
        "Object.fromEntries([...document.querySelectorAll('#summary dl div')].map("
        "box => [box.children[0].textContent, box.children[1].firstChild.textContent]))"
    )
    energy = f"{trace['cost']['energy_mj_per_sample'] * 1000:.4g}"
    assert shown["samples"] == "40", shown
    assert shown["accuracy"] == f"{trace['accuracy']['value']:.2%}", shown
    assert float(shown["energy"].split()[0]) == float(energy), shown
    assert (folder / "full.html").stat().st_size < 5 << 20
    assert browser.run("[...document.querySelectorAll('.several')].every(part => part.hidden)")


@test
@changes
def choices_change_the_chart(browser):
    open_page(browser, "full")
    trace = analysis("full")["traces"][0]
    one = next(one for one in trace["populations"] if one["name"] == "block.1.attn.q_lif")
    sample = one["maps"]["samples"][1]
    choose(browser, "maps", "population", one["name"])
    choose(browser, "maps", "by", "heads")
    shown = choose(
        browser,
        "maps",
        "sample",
        f"sample 1: class {sample['label']}, predicted {sample['prediction']}",
    )
    assert close(
        shown,
        [count * 4 / (64 * 4) for head in sample["spikes_per_head"] for count in head],
    )
    shown = choose(browser, "zeros", "cut", "square tiles")
    assert sorted(shown) == sorted(
        tile["zero_share"]
        for each in trace["populations"]
        for tile in each["structure"]["zero_tiles"]
    )
    shown = choose(browser, "conventions", "show", "energy")
    assert math.isclose(
        sum(shown),
        1000
        * sum(
            one["energy_mj_per_sample"]
            for one in trace["cost"]["conventions"] + [trace["cost"]["ann"]]
        ),
        rel_tol=1e-9,
    )


@test
def texts_of_a_trace_are_only_text(browser):
    open_page(browser, "odd")
    assert "number 0, 1 timestep\n" in browser.run("document.getElementById('summary').innerText")
    assert "odd</script><!--.db" in browser.run("document.getElementById('facts').innerText")
    assert b"odd<" not in (folder / "odd.html").read_bytes()


# Figures that a trace cannot have.
MISSING = {
    "odd": {"rate_per_label", "overlap", "after_timestep", "early_exit", "classes"},
    "counts": {
        "rate_per_channel",
        "overlap",
        "zeros",
        "streams",
        "scores",
        "attention_maps",
        "maps",
    },
}


@test
def poor_traces_say_what_is_missing(browser):
    for name, missing in MISSING.items():
        open_page(browser, name)
        absent = browser.run(
            "[...document.querySelectorAll('[data-figure]:has(.absent)')]"
            ".map(figure => figure.dataset.figure)"
        )
        assert missing <= set(absent) and "rate_per_timestep" not in absent, (name, absent)
        shown = browser.run(
            "[...document.querySelectorAll('#note-list li')].map(note => note.textContent)"
        )
        notes = analysis(name)["traces"][0]["notes"]
        assert shown == [f"{note['measure']}: {note['reason']}" for note in notes], shown
        assert browser.run("!/NaN|undefined|Infinity/.test(document.body.innerText)"), name


def select_trace(browser, select, value):
    browser.run(
        f"(select => {{ select.value = {value!r}; select.dispatchEvent(new Event('change')); }})"
        f"(document.getElementById({select!r}))"
    )
    browser.settle()


def rates_of_timesteps(trace):
    return [
        value for one in trace["populations"] for value in one["rate_per_timestep"]["mean"]
    ]


@test
@changes
def two_traces_stand_side_by_side(browser):
    open_page(browser, "two")
    traces = analysis("two")["traces"]
    shown = browser.run(PANELS)
    for trace in traces:
        trace["decision"] = {"early_exit": [], "after_timestep": []}  # analysed without a model
    wanted = [figures(trace) for trace in traces]
    kinds = {name for name, values in wanted[0].items() if values}
    assert set(shown) == kinds and all(len(panels) == 2 for panels in shown.values()), shown.keys()
    different = [
        (name, i)
        for name in kinds
        for i in (0, 1)
        if not close(shown[name][i], wanted[i][name])
    ]
    assert not different, different
    tops = browser.run(
        "[...document.querySelectorAll('.panels')].map(panels => "
        "[...panels.children].map(panel => panel.getBoundingClientRect().top))"
    )
    assert all(len(pair) == 2 and pair[0] == pair[1] for pair in tops), tops
    names = browser.run("[...document.querySelectorAll('.panel h3')].map(name => name.innerText)")
    assert set(names) == {"full.db", "other.db"}, names


@test
def side_by_side_has_one_scale(browser):
    """What is drawn twice can be compared: the domain of each scale is the same in both panels."""
    open_page(browser, "two")
    domains = browser.run(
        """Object.fromEntries([...drawn].map(([figure, charts]) => [figure.dataset.figure, charts.map(
        chart => ['color', 'x', 'y'].map(name => { try { return chart.view.scale(name); } catch { return null; } })
            .filter(scale => scale && typeof scale.domain()[0] === 'number' && !scale.bandwidth)
            .map(scale => scale.domain()))]))"""
    )
    assert len(domains) > 18
    different = {name: both for name, both in domains.items() if both[0] != both[1]}
    assert not different, different
    assert domains["layers"][0] and domains["rate_per_timestep"][0], domains
    assert domains["products"][0][0] == domains["conventions"][0][0] == [0, 1], domains


@test
@changes
def a_pair_has_one_unit(browser):
    """A trace in millijoule beside one in microjoule: both are drawn in millijoule."""

    def change(root):
        cost = root["traces"][1]["cost"]
        for item in [cost, *cost["layers"], *cost["per_label"]]:
            item["energy_mj_per_sample"] *= 1000
        for layer in cost["layers"]:
            layer["energy_mj_per_sample_per_timestep"] = [
                1000 * value for value in layer["energy_mj_per_sample_per_timestep"]
            ]

    derived_page("units", "two", change)
    open_page(browser, "units")
    shown = browser.run(PANELS)["classes"]
    for i, trace in enumerate(analysis("units")["traces"]):
        wanted = [label["energy_mj_per_sample"] for label in trace["cost"]["per_label"]]
        assert close(shown[i], wanted), (shown[i], wanted)


@test
@changes
def a_trace_may_lack_what_the_other_has(browser):
    def change(root):
        del root["traces"][1]["confusion"], root["traces"][1]["populations"][0]["raster"]
        del root["traces"][1]["cost"]

    derived_page("unlike", "two", change)
    open_page(browser, "unlike")
    for figure in ("confusion", "raster", "layers"):
        panels = browser.run(
            f"[...document.querySelectorAll('[data-figure={figure}] .panel')]"
            ".map(panel => panel.querySelectorAll('.absent').length)"
        )
        assert panels == [0, 1], (figure, panels)
    assert browser.run("!/NaN|undefined|Infinity/.test(document.body.innerText)")


@test
@changes
def traces_are_compared(browser):
    open_page(browser, "two")
    assert not browser.run("[...document.querySelectorAll('.several')].some(part => part.hidden)")
    rows = analysis("two")["comparisons"][0]["rows"]
    assert [float(value) for value in cells(browser, "comparison", 5)] == [
        row["difference"] for row in rows
    ]
    select_trace(browser, "beside", "")
    select_trace(browser, "trace", 1)
    assert browser.run("document.querySelectorAll('.panel h3, #summary h3').length") == 0
    shown = browser.run(VALUES)["rate_per_timestep"]
    assert close(shown, rates_of_timesteps(analysis("two")["traces"][1]))
