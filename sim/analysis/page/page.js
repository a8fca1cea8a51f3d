/* The page of the trace that is chosen. */

let trace = analysis.traces[0];

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

function offer_traces() {
    const select = document.getElementById("trace");
    select.append(...analysis.traces.map((one, i) => element("option", { value: i }, one.trace)));
    document.querySelectorAll(".several").forEach(part => {
        part.hidden = analysis.traces.length < 2;
    });
    select.addEventListener("change", () => {
        trace = analysis.traces[select.value];
        draw_page();
    });
}

document
    .getElementById("download")
    .addEventListener("click", () =>
        save_text(JSON.stringify(analysis) + "\n", "application/json", "analysis.json"),
    );
dark_screen.addEventListener("change", draw_charts);
paper.addEventListener("change", draw_charts);
offer_traces();
draw_page();
