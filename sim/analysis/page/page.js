/* The page of the traces that are chosen: one, or two side by side. */

const chosen = analysis.traces.slice(0, 2);

function shown_traces() {
    return chosen;
}

function draw_charts() {
    document.querySelectorAll("[data-figure]").forEach(draw_figure);
}

function draw_page() {
    fill_summary();
    fill_facts();
    fill_prices();
    fill_notes();
    draw_charts();
    document.querySelectorAll("[data-table]").forEach(draw_table);
}

/* One select for the trace, one for what stands beside it, which may be nothing. */
function offer_traces() {
    const [first, second] = ["trace", "beside"].map(id => document.getElementById(id));
    const offers = () => trace_names.map((name, i) => element("option", { value: i }, name));
    first.append(...offers());
    second.append(element("option", { value: "" }, "nothing"), ...offers());
    second.value = analysis.traces.length > 1 ? 1 : "";
    document.querySelectorAll(".several").forEach(part => {
        part.hidden = analysis.traces.length < 2;
    });
    const choose = () => {
        const places = [first.value, second.value].filter(value => value !== "");
        chosen.splice(0, 2, ...new Set(places.map(place => analysis.traces[place])));
        draw_page();
    };
    first.addEventListener("change", choose);
    second.addEventListener("change", choose);
}

/* The link of the section that is read is marked. */
function mark_contents() {
    const links = new Map(
        [...document.querySelectorAll("nav a")].map(link => [link.hash.slice(1), link]),
    );
    const headings = [...links.keys()].map(id => document.getElementById(id));
    const mark = () => {
        const above = headings.filter(
            one => one.offsetParent && one.getBoundingClientRect().top < innerHeight / 3,
        );
        const now = above.length ? links.get(above[above.length - 1].id) : undefined;
        links.forEach(link =>
            link === now
                ? link.setAttribute("aria-current", "true")
                : link.removeAttribute("aria-current"),
        );
        if (now) now.parentElement.scrollLeft = now.offsetLeft - now.parentElement.clientWidth / 2;
    };
    addEventListener("scroll", mark, { passive: true });
    mark();
}

document
    .getElementById("download")
    .addEventListener("click", () =>
        save_text(JSON.stringify(analysis) + "\n", "application/json", "analysis.json"),
    );
dark_screen.addEventListener("change", draw_charts);
paper.addEventListener("change", () => {
    if (!document.body.classList.contains("one-figure")) draw_charts();
});
offer_traces();
draw_page();
mark_contents();
