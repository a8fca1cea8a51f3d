/* Figures and tables in their places: choices, panels, buttons, values, what is absent. */

const drawn = new Map(); /* figure element -> the charts of its panels */

function absent(box) {
    box.append(
        element(
            "p",
            { class: "absent" },
            "Not in this analysis; “What was left out” says why, or it does not apply.",
        ),
    );
}

/* Remove what an earlier drawing left below the caption. */
function clear(figure) {
    (drawn.get(figure) || []).forEach(chart => chart.end());
    drawn.delete(figure);
    figure.replaceChildren(figure.querySelector("figcaption"));
}

/* A button; `what` says of which figure to those who do not see it. */
function button(text, action, what, title) {
    const made = element("button", { type: "button" }, text);
    if (what) made.setAttribute("aria-label", `${text} of ${what.replaceAll("_", " ")}`);
    if (title) made.title = title;
    made.addEventListener("click", action);
    return made;
}

/* Buttons that save the figure's data, and further ones. */
function save_buttons(name, rows, keys, ...more) {
    const csv = () => save_text(csv_of(rows, keys), "text/csv", name + ".csv");
    return element("span", { class: "push" }, button("CSV", csv, name), ...more);
}

/* Selects of what a reader may choose; `choice` keeps what was chosen. */
function choosers(choices, choice, redraw) {
    return Object.entries(choices).map(([name, texts]) => {
        if (!texts.includes(choice[name])) choice[name] = texts[0];
        const select = element(
            "select",
            { name },
            ...texts.map(text => element("option", {}, text)),
        );
        select.value = choice[name];
        select.addEventListener("change", () => {
            choice[name] = select.value;
            redraw();
        });
        return element("label", {}, name, select);
    });
}

/* Names of all that the rows hold, in the order of their first appearance. */
function keys_of(rows) {
    return [...new Set(rows.flatMap(Object.keys))];
}

/* Rows of all panels; the trace of each in front where there are several. */
function rows_of(panels) {
    return panels.flatMap(({ drawing, name }) =>
        panels.length > 1 ? drawing.rows.map(row => ({ trace: name, ...row })) : drawing.rows,
    );
}

/* Columns of a drawing's values, under the names of its axes; what only draws is left out. */
function value_columns(drawing, rows) {
    const titles = {
        y: drawing.y_title || "row",
        x: drawing.x_title,
        value: drawing.value_title || drawing.x_title,
    };
    const hidden = ["order", "text", "line", "group", ...(drawing.hidden || [])];
    const texts = keys_of(rows).filter(key => !hidden.includes(key));
    if ((drawing.groups || []).length > 1) texts.splice(texts.indexOf("value"), 0, "group");
    return texts.map(key => ({
        key,
        title: titles[key] || key.replaceAll("_", " "),
        format: rows.some(row => typeof row[key] === "number" && row[key] % 1) ? ".4~g" : undefined,
    }));
}

/* The values as a table, for readers without a pointer; made when it is opened first. */
function values_of(name, panels) {
    const summary = element("summary", {}, "Values");
    summary.setAttribute("aria-label", `Values of ${name.replaceAll("_", " ")}`);
    const values = element("details", { class: "values" }, summary);
    values.addEventListener("toggle", () => {
        if (!values.open || values.children.length > 1) return;
        const rows = rows_of(panels);
        values.append(make_table(value_columns(panels[0].drawing, rows), rows));
    });
    return values;
}

/* Drawings of the traces that are shown, on one scale; those that have none are left out. */
function make_panels(definition, choice) {
    const panels = shown_traces().map(trace => ({
        name: name_of(trace),
        drawing: definition.draw(trace, choice),
    }));
    const known = panels.filter(panel => panel.drawing !== null);
    share_scales(known.map(panel => panel.drawing));
    return known;
}

/* A panel's place, its name above it if it is not alone; without a drawing it says so. */
function panel_element(name, drawing, is_alone) {
    const panel = element("div", { class: "panel" });
    if (!is_alone) panel.append(element("h3", {}, name));
    if (!drawing) absent(panel);
    else panel.append(element("div", { class: "plot" }));
    if (drawing && drawing.note) panel.append(element("p", { class: "note" }, drawing.note));
    return panel;
}

/* All places first: a chart is as wide as its place is then. */
function draw_panels(panels, place) {
    const names = shown_traces().map(name_of);
    const drawing_of = name => (panels.find(panel => panel.name === name) || {}).drawing;
    place.append(
        ...names.map(name => panel_element(name, drawing_of(name), names.length === 1)),
    );
    return [...place.querySelectorAll(".plot")].map((box, i) => make_chart(panels[i].drawing, box));
}

/* What a saved picture says of itself. */
function about(figure, panels) {
    const notes = panels.map(({ drawing, name }) =>
        [name, drawing.label, drawing.note].filter(Boolean).join("; "),
    );
    return {
        title: figure.querySelector("figcaption").textContent,
        description: `${notes.join(" | ")}; spikeq ${analysis.spikeq}`,
    };
}

const pdf_title =
    "Opens the print dialog with this figure alone, on a page of its size: save it as PDF there. Lines and letters stay vectors.";

function figure_buttons(figure, name, panels, make) {
    const svg = () => figure_svg(make, about(figure, panels));
    const rows = rows_of(panels).map(({ text, ...row }) => row);
    return save_buttons(
        name,
        rows,
        keys_of(rows),
        button(
            "SVG",
            async () => save_text(svg_text(await svg()), "image/svg+xml", name + ".svg"),
            name,
        ),
        button("PNG", async () => save_png(await svg(), name + ".png"), name),
        button("PDF…", async () => print_alone(await svg()), name, pdf_title),
    );
}

function draw_figure(figure) {
    const name = figure.dataset.figure,
        definition = figures[name];
    clear(figure);
    figure.choice ||= {};
    const choices = definition.choices ? definition.choices(shown_traces()[0]) : {};
    const tools = element("div", { class: "tools" });
    tools.append(...choosers(choices, figure.choice, () => draw_figure(figure)));
    const make = () => make_panels(definition, figure.choice);
    const panels = make();
    if (panels.length > 0 || Object.values(choices).some(texts => texts.length > 0))
        figure.append(tools);
    if (panels.length === 0) {
        absent(figure);
        return;
    }
    const place = element("div", {
        class: shown_traces().length > 1 ? "panels side-by-side" : "panels",
    });
    figure.append(place);
    drawn.set(figure, draw_panels(panels, place));
    figure.append(values_of(name, panels));
    tools.append(figure_buttons(figure, name, panels, make));
}

/* Rows of a table under the titles of its columns, for a file. */
function titled_rows({ columns, rows }, before) {
    return rows.map(row => ({
        ...before,
        ...Object.fromEntries(columns.map(column => [column.title, row[column.key]])),
    }));
}

/* A table of each shown trace, one below the other. */
function draw_table(figure) {
    const name = figure.dataset.table,
        definition = tables[name];
    clear(figure);
    const shown = definition.is_of_all ? [analysis.traces[0]] : shown_traces();
    const made = shown
        .map(trace => ({ trace, table: definition.make(trace) }))
        .filter(({ table }) => table);
    if (made.length === 0) {
        absent(figure);
        return;
    }
    const rows = made.flatMap(({ trace, table }) =>
        titled_rows(table, made.length > 1 ? { trace: name_of(trace) } : {}),
    );
    figure.append(
        element("div", { class: "tools" }, save_buttons(name, rows, keys_of(rows))),
        ...made.flatMap(({ trace, table }) => [
            ...(shown.length > 1 ? [element("h3", {}, name_of(trace))] : []),
            make_table(table.columns, table.rows),
        ]),
    );
}
