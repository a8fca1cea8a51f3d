/* Figures and tables in their places: choices, buttons, what is absent. */

const drawn = new Map(); /* figure element -> its chart */

function absent(figure) {
    figure.append(
        element(
            "p",
            { class: "absent" },
            "Not in this analysis; “What was left out” says why, or it does not apply.",
        ),
    );
}

/* Remove what an earlier drawing left below the caption. */
function clear(figure) {
    if (drawn.has(figure)) drawn.get(figure).end();
    drawn.delete(figure);
    figure.replaceChildren(figure.querySelector("figcaption"));
}

function button(text, action) {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", action);
    return made;
}

/* Buttons that save the figure's data, and further ones. */
function save_buttons(name, rows, keys, ...more) {
    const csv = () => save_text(csv_of(rows, keys), "text/csv", name + ".csv");
    return element("span", { class: "push" }, button("CSV", csv), ...more);
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

function draw_figure(figure) {
    const name = figure.dataset.figure,
        definition = figures[name];
    clear(figure);
    figure.choice ||= {};
    const choices = definition.choices ? definition.choices(trace) : {};
    const tools = element("div", { class: "tools" });
    tools.append(...choosers(choices, figure.choice, () => draw_figure(figure)));
    const drawing = definition.draw(trace, figure.choice);
    if (drawing !== null || Object.values(choices).some(texts => texts.length > 0))
        figure.append(tools);
    if (drawing === null) {
        absent(figure);
        return;
    }
    const box = element("div", { class: "plot" });
    figure.append(box);
    const chart = make_chart(drawing, box);
    drawn.set(figure, chart);
    const png = () => chart.view.toImageURL("png", 2).then(url => save(url, name + ".png"));
    tools.append(save_buttons(name, drawing.rows, keys_of(drawing.rows), button("PNG", png)));
}

function draw_table(figure) {
    const name = figure.dataset.table,
        table = tables[name](trace);
    clear(figure);
    if (!table) {
        absent(figure);
        return;
    }
    const titles = table.columns.map(column => column.title);
    const rows = table.rows.map(row =>
        Object.fromEntries(table.columns.map(column => [column.title, row[column.key]])),
    );
    figure.append(
        element("div", { class: "tools" }, save_buttons(name, rows, titles)),
        make_table(table.columns, table.rows),
    );
}
