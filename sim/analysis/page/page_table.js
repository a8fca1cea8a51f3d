/* Tables whose headings sort: columns are {title, key, format}; the first one holds texts. */
/* up: 1 or -1; what has no value stands last in both orders. */
function compare_cells(a, b, up) {
    const [no_a, no_b] = [a, b].map(value => value === undefined || value === null);
    if (no_a || no_b) return no_a - no_b;
    return (
        up *
        (typeof a === "number" && typeof b === "number"
            ? a - b
            : String(a).localeCompare(String(b)))
    );
}

function fill_body(body, columns, rows) {
    body.replaceChildren(
        ...rows.map(row =>
            element(
                "tr",
                {},
                ...columns.map(column => {
                    const value = row[column.key];
                    const cell = element("td", { "data-value": value ?? "" });
                    cell.textContent = column.format ? write(value, column.format) : (value ?? "–");
                    return cell;
                }),
            ),
        ),
    );
}

function make_table(columns, rows) {
    const body = element("tbody");
    const heads = columns.map(column => {
        const button = element("button", { type: "button" }, column.title);
        const head = element("th", { scope: "col" }, button);
        button.addEventListener("click", () => {
            const up = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
            heads.forEach(other => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
            fill_body(
                body,
                columns,
                rows.slice().sort((a, b) => compare_cells(a[column.key], b[column.key], up)),
            );
        });
        return head;
    });
    fill_body(body, columns, rows);
    return element(
        "div",
        { class: "scroll", tabindex: 0 },
        element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body),
    );
}
