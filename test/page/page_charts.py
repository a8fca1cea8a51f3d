"""Tests of what the page shows: every figure against the analysis, traces rich and poor."""
import math

from expected_figures import figures
from page_case import (
    COUNT_MARKS,
    VALUES,
    analysis,
    cells,
    changes,
    choose,
    close,
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
        "Object.fromEntries([...document.querySelectorAll('#summary div')].map("
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
        1000 * sum(one["energy_mj_per_sample"] for one in trace["cost"]["conventions"]),
        rel_tol=1e-9,
    )


@test
def texts_of_a_trace_are_only_text(browser):
    open_page(browser, "odd")
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


@test
@changes
def traces_are_compared(browser):
    open_page(browser, "two")
    assert not browser.run("[...document.querySelectorAll('.several')].some(part => part.hidden)")
    rows = analysis("two")["comparisons"][0]["rows"]
    assert [float(value) for value in cells(browser, "comparison", 5)] == [
        row["difference"] for row in rows
    ]
    browser.run(
        "(select => { select.value = 1; select.dispatchEvent(new Event('change')); })"
        "(document.getElementById('trace'))"
    )
    browser.settle()
    shown = browser.run(VALUES)["rate_per_timestep"]
    assert close(
        shown,
        [
            value
            for one in analysis("two")["traces"][1]["populations"]
            for value in one["rate_per_timestep"]["mean"]
        ],
    )
