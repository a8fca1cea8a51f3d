/* The page: facts, notes, figures and tables of the trace that is chosen. */
let trace = analysis.traces[0];
const drawn = new Map(); /* figure element -> its chart */

function fill_list(id, pairs) {
    document.getElementById(id).replaceChildren(...pairs.filter(pair => pair[1] !== undefined && pair[1] !== null)
        .map(([name, value, small]) => element("div", {}, element("dt", {}, name),
            element("dd", {}, value, ...(small ? [element("small", {}, small)] : [])))));
}

function fill_summary() {
    const accuracy = trace.accuracy, energy = at(trace, "cost/energy_mj_per_sample");
    const unit = energy_unit(energy || 0), exact = (at(trace, "cost/conventions") || []).find(one => one.name === "exact");
    const spikes = (trace.populations || []).reduce((sum, population) => sum + population.spikes, 0);
    const neurons = (trace.populations || []).reduce((sum, population) => sum + population.neurons, 0);
    fill_list("summary", [
        ["samples", write(trace.samples, ","), `numbers ${trace.first_sample} to ${trace.last_sample}, ${trace.timesteps} timesteps`],
        ["accuracy", accuracy && write(accuracy.value, ".2%"), accuracy && `95 % interval ${write(accuracy.low, ".2%")} to ${write(accuracy.high, ".2%")}`],
        ["firing rate", write(spikes / (neurons * trace.timesteps * trace.samples), ".2%"), per_neuron],
        ["spikes", write(spikes / trace.samples, ".4~s"), `per sample, of ${write(neurons, ",")} neurons`],
        ["additions", exact && write(exact.additions_per_sample, ".4~s"), exact && `per sample, and ${write(exact.macs_per_sample, ".3~s")} MACs`],
        ["energy", energy === undefined ? undefined : `${write(energy * unit.factor, ".4~g")} ${unit.name}`, `per sample, ${at(trace, "cost/hardware")}`],
    ]);
}

function fill_facts() {
    const run = trace.run || {}, cost = trace.cost;
    document.getElementById("title").textContent = run.config || trace.trace;
    document.title = `Sparsity of ${run.config || trace.trace}`;
    fill_list("facts", [["trace", trace.trace], ["recorded", trace.complete ? "whole" : "cut short"],
        ...Object.entries(run).map(([key, value]) => [key.replaceAll("_", " "), String(value)]), ["analysed by", `spikeq ${analysis.spikeq}`]]);
    document.getElementById("price").textContent = cost
        ? `Prices of ${cost.hardware}: ${cost.ac_energy_pj} pJ an addition, ${cost.mac_energy_pj} pJ a multiply-accumulate.` : "";
    const r = at(trace, "cost/correlation_of_additions_with_correct");
    document.getElementById("correlation").textContent = r
        ? `Correlation of a sample's additions with being right: ${write(r.value, ".3f")}, 95 % interval ${write(r.low, ".3f")} to ${write(r.high, ".3f")}.` : "";
    const notes = trace.notes.map(note => element("li", {}, element("strong", {}, note.measure), ": " + note.reason));
    document.getElementById("note-list").replaceChildren(...(notes.length ? notes : [element("li", {}, "Nothing: the trace allows every measure.")]));
}

function absent(figure) {
    figure.append(element("p", { class: "absent" }, "Not in this analysis; “What was left out” says why, or it does not apply."));
}

/* Remove what an earlier drawing left below the caption. */
function clear(figure) {
    if (drawn.has(figure))
        drawn.get(figure).end();
    drawn.delete(figure);
    figure.replaceChildren(figure.querySelector("figcaption"));
}

function save_button(text, action) {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", action);
    return button;
}

/* Selects of what a reader may choose; `choice` keeps what was chosen. */
function choosers(choices, choice, redraw) {
    return Object.entries(choices).map(([name, texts]) => {
        if (!texts.includes(choice[name]))
            choice[name] = texts[0];
        const select = element("select", { name }, ...texts.map(text => element("option", {}, text)));
        select.value = choice[name];
        select.addEventListener("change", () => {
            choice[name] = select.value;
            redraw();
        });
        return element("label", {}, name, select);
    });
}

function draw_figure(figure) {
    const name = figure.dataset.figure, definition = figures[name];
    figure.choice ||= {};
    clear(figure);
    const tools = element("div", { class: "tools" },
        ...choosers(definition.choices ? definition.choices(trace) : {}, figure.choice, () => draw_figure(figure)));
    const drawing = definition.draw(trace, figure.choice);
    if (tools.childElementCount > 0 && Object.values(figure.choice).some(text => text !== undefined))
        figure.append(tools);
    if (drawing === null)
        return absent(figure);
    const box = element("div", { class: "plot" });
    figure.append(tools, box);
    const chart = make_chart(drawing, box), keys = [...new Set(drawing.rows.flatMap(Object.keys))];
    drawn.set(figure, chart);
    tools.append(element("span", { class: "push" },
        save_button("CSV", () => save_text(csv_of(drawing.rows, keys), "text/csv", name + ".csv")),
        save_button("PNG", () => chart.view.toImageURL("png", 2).then(url => save(url, name + ".png")))));
}

function draw_table(figure) {
    const name = figure.dataset.table, table = tables[name](trace);
    clear(figure);
    if (!table)
        return absent(figure);
    const rows = table.rows.map(row => Object.fromEntries(table.columns.map(column => [column.title, row[column.key]])));
    figure.append(element("div", { class: "tools" }, element("span", { class: "push" }, save_button("CSV", () =>
        save_text(csv_of(rows, table.columns.map(column => column.title)), "text/csv", name + ".csv")))),
    make_table(table.columns, table.rows));
}

function draw_charts() {
    document.querySelectorAll("[data-figure]").forEach(draw_figure);
}

function draw_page() {
    fill_summary();
    fill_facts();
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

document.getElementById("download").addEventListener("click",
    () => save_text(JSON.stringify(analysis) + "\n", "application/json", "analysis.json"));
dark_screen.addEventListener("change", draw_charts);
paper.addEventListener("change", draw_charts);
offer_traces();
draw_page();
