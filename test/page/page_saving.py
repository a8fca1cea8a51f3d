"""Tests of figures outside the page: SVG, PNG and PDF, always in the colours of paper."""
import re
import struct
import time
import xml.etree.ElementTree as ET

from page_case import changes, choose, click, folder, open_page, test

SVG = "{http://www.w3.org/2000/svg}"

# The figure as its SVG button saves it.
SVG_OF = """
(async () => {{
    let saved;
    const keep = save_text;
    save_text = text => {{ saved = text; }};
    [...document.querySelectorAll('[data-figure={}] .push button')]
        .find(button => button.textContent === 'SVG').click();
    for (let i = 0; saved === undefined && i < 400; i++) await new Promise(done => setTimeout(done, 10));
    save_text = keep;
    return saved;
}})()"""


def svg_of(browser, figure):
    text = browser.run(SVG_OF.format(figure))
    assert text, figure
    return text


@test
@changes
def every_figure_is_saved_as_svg(browser):
    open_page(browser, "full")
    names = browser.run("[...drawn.keys()].map(figure => figure.dataset.figure)")
    for name in names:
        root = ET.fromstring(svg_of(browser, name))
        assert root.tag == SVG + "svg" and float(root.get("width")) > 200, name
        assert root.find(SVG + "title").text.strip() and "spikeq" in root.find(SVG + "desc").text
        inner = root.findall(SVG + "svg")
        assert len(inner) == 1 and len(list(inner[0].iter(SVG + "path"))) > 3, name
        assert not list(root.iter(SVG + "image")) and not list(root.iter(SVG + "script")), name
        assert list(root.iter(SVG + "text")), name


@test
@changes
def names_with_signs_of_markup_stay_text(browser):
    open_page(browser, "named")
    root = ET.fromstring(svg_of(browser, "confusion"))
    assert "<i>Shirt</i>" in [text.text for text in root.iter(SVG + "text")]


@test
@changes
def saved_figures_are_light_on_a_dark_screen(browser):
    open_page(browser, "full")
    names = ("layers", "rate_per_timestep", "maps", "raster", "conventions")
    light = [svg_of(browser, name) for name in names]
    browser.media(scheme="dark")
    shown = browser.run(
        "document.querySelector('[data-figure=layers] .mark-rect.role-mark path').getAttribute('fill')"
    )
    assert [svg_of(browser, name) for name in names] == light
    assert shown not in light[0], "the screen is dark"
    assert shown == browser.run(
        "document.querySelector('[data-figure=layers] .mark-rect.role-mark path').getAttribute('fill')"
    ), "saving does not change the screen"
    browser.media()


@test
@changes
def a_pair_is_saved_as_one_picture(browser):
    open_page(browser, "two")
    root = ET.fromstring(svg_of(browser, "rate_per_timestep"))
    left, right = root.findall(SVG + "svg")
    assert float(right.get("x")) >= float(left.get("width"))
    assert [text.text for text in root.findall(SVG + "text")] == ["full.db", "other.db"]
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids)) and ids, ids
    used = set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, encoding="unicode")))
    assert used and used <= set(ids), (used, ids)
    root = ET.fromstring(svg_of(browser, "raster"))
    notes = " ".join(text.text for text in root.findall(SVG + "text"))
    assert notes.count("256 of 8,192 neurons, drawn by lot") == 2, notes


@test
@changes
def a_png_is_large_enough_for_print(browser):
    open_page(browser, "full")
    saved = folder / "png"
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
    browser.media(scheme="dark")
    click(browser, "figure=layers", "PNG")
    until = time.monotonic() + 20
    while time.monotonic() < until and not (saved / "layers.png").exists():
        browser.run("0")
        time.sleep(0.05)
    width, height = struct.unpack(">II", (saved / "layers.png").read_bytes()[16:24])
    assert width >= 2000 and height > 500, (width, height)
    corner = browser.run(
        """(async () => {
        const svg = await figure_svg(() => make_panels(figures.layers, {}), { title: '', description: '' });
        let url;
        const keep = save;
        save = address => { url = address; };
        await save_png(svg, '');
        save = keep;
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [8, 8];
        canvas.getContext('2d').drawImage(image, 0, 0);
        return [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data];
    })()"""
    )
    assert corner == [255, 255, 255, 255], corner
    browser.media()


@test
@changes
def a_pdf_holds_the_figure_alone_as_vectors(browser):
    open_page(browser, "full")
    browser.media(scheme="dark")
    choose(browser, "maps", "population", "block.1.attn.q_lif")
    browser.run("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    for times, figure in enumerate(("layers", "maps"), 1):
        click(browser, f"figure={figure}", "PDF…")
        for _ in range(100):
            if browser.run("window.printed") == times:
                break
            time.sleep(0.05)
        width, height = browser.run(
            "['width', 'height'].map(key => Math.ceil(document.querySelector('#sheet svg').getAttribute(key)))"
        )
        pdf = browser.print()
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, figure
        box = [float(part) for part in re.search(rb"/MediaBox\s*\[([^]]*)\]", pdf)[1].split()]
        assert abs(box[2] - width * 0.75) < 2 and abs(box[3] - height * 0.75) < 2, (box, width)
        assert b"/Font" in pdf and not re.search(rb"/Subtype\s*/Image", pdf), figure
        browser.run("dispatchEvent(new Event('afterprint'))")
        assert not browser.run(
            "document.body.className + document.getElementById('sheet').innerHTML"
        )
    assert len(re.findall(rb"/Type\s*/Page\b", browser.print())) > 5, "the whole page again"
    browser.media()
