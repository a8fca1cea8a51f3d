"""Tests of what the page does: tips, sorting, saving, fitting its screen."""
import json
import time

from page_case import (
    COUNT_MARKS,
    analysis,
    cells,
    changes,
    click,
    close,
    folder,
    open_page,
    pictures,
    test,
)


@test
def hovering_shows_a_tip(browser):
    open_page(browser, "full")
    for figure, shape, said in (
        ("rate_per_timestep", ".mark-rect.role-mark path", "patch_embed.proj_lif"),
        ("early_exit", ".mark-symbol.role-mark path", "threshold 0"),
        ("maps", "canvas", "channel 0"),
    ):
        x, y = browser.run(
            f"""(() => {{
            const mark = document.querySelector('[data-figure={figure}] {shape}');
            mark.scrollIntoView({{ block: 'center' }});
            const box = mark.getBoundingClientRect();
            return mark.localName === 'canvas' ? [box.x + 40, box.y + 80] : [box.x + box.width / 2, box.y + box.height / 2];
        }})()"""
        )
        browser.move(1, 1)
        browser.settle()
        assert browser.run("document.getElementById('tip').hidden"), figure
        browser.move(x, y)
        browser.settle()
        tip = browser.run(
            "document.getElementById('tip').hidden ? null : document.getElementById('tip').innerText"
        )
        assert tip and tip.startswith(said + "\n"), (figure, tip)


@test
def tables_sort(browser):
    open_page(browser, "full")
    trace = analysis("full")["traces"][0]
    rates = [one["rate"]["mean"] for one in trace["populations"]]
    assert [float(value) for value in cells(browser, "populations", 1)] == rates
    press = "document.querySelector('[data-table={}] th:nth-child({}) button').click()"
    browser.run(press.format("populations", 2))
    assert [float(value) for value in cells(browser, "populations", 1)] == sorted(
        rates, reverse=True
    )
    browser.run(press.format("populations", 2))
    assert [float(value) for value in cells(browser, "populations", 1)] == sorted(rates)
    browser.run(press.format("energy", 5))
    shown = cells(browser, "energy", 4)
    paper = next(one for one in trace["cost"]["conventions"] if one["name"] == "paper")
    wanted = sorted(
        (1000 * layer["energy_mj_per_sample"] for layer in paper["layers"]), reverse=True
    )
    assert close([float(value) for value in shown if value], wanted) and not any(
        shown[len(wanted) :]
    )


def wait_for_files(browser, saved, wanted):
    until = time.monotonic() + 20
    while time.monotonic() < until and (
        not saved.exists() or {path.name for path in saved.iterdir()} != wanted
    ):
        browser.run("0")  # let the page work
        time.sleep(0.05)
    assert {path.name for path in saved.iterdir()} == wanted, list(saved.iterdir())


@test
def files_can_be_saved(browser):
    open_page(browser, "full")
    saved = folder / "saved"
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
    for figure in ("figure=layers", "figure=maps"):
        for kind in ("CSV", "SVG", "PNG"):
            click(browser, figure, kind)
    click(browser, "table=energy", "CSV")
    browser.run("document.getElementById('download').click()")
    kinds = ("csv", "svg", "png")
    wanted = {f"{name}.{kind}" for name in ("layers", "maps") for kind in kinds}
    wait_for_files(browser, saved, wanted | {"energy.csv", "analysis.json"})
    assert json.loads((saved / "analysis.json").read_text()) == analysis("full")
    assert all(
        (saved / name).read_bytes().startswith(b"\x89PNG") for name in ("layers.png", "maps.png")
    )
    lines = (saved / "layers.csv").read_text().splitlines()
    layers = analysis("full")["traces"][0]["cost"]["layers"]
    assert lines[0] == "y,group,order,energy_mj_per_sample,value" and len(lines) == 1 + 4 * len(
        layers
    ), lines[:2]
    assert float(lines[5].split(",")[3]) == layers[1]["energy_mj_per_sample_per_timestep"][0]


@test
@changes
def fits_a_phone(browser):
    open_page(browser, "full", 360)
    assert browser.run("document.documentElement.scrollWidth") == 360
    assert browser.run(
        "[...document.querySelectorAll('.plot')].every(box => box.scrollWidth <= box.clientWidth)"
    )
    browser.screenshot(pictures / "page-phone.png", height=4000)
    browser.screen(1280)
    browser.settle()
    assert browser.run("document.querySelector('[data-figure=layers] svg').clientWidth") > 700


@test
@changes
def light_dark_and_paper(browser):
    open_page(browser, "full")
    browser.screenshot(pictures / "page.png")
    ground, mark = (
        "getComputedStyle(document.body).backgroundColor",
        "document.querySelector('[data-figure=layers] .mark-rect.role-mark path').getAttribute('fill')",
    )
    light = browser.run(ground), browser.run(mark)
    browser.media(scheme="dark")
    browser.screenshot(pictures / "page-dark.png", height=4000)
    dark = browser.run(ground), browser.run(mark)
    assert light[0] == "rgb(255, 255, 255)" and dark[0] != light[0] and dark[1] != light[1], (
        light,
        dark,
    )
    browser.media("print", "dark")
    assert (browser.run(ground), browser.run(mark)) == light
    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert all(count > 3 for count in browser.run(COUNT_MARKS).values())
    browser.media()
    assert browser.print().startswith(b"%PDF") and not browser.complaints()
