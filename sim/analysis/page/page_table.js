/* Tables whose headings sort: columns are {title, key, format}; the first one holds texts. */
function compare_cells(a, b) {
    if (typeof a === "number" && typeof b === "number")
        return a - b;
    if (typeof a !== "number" && typeof b !== "number")
        return String(a ?? "").localeCompare(String(b ?? ""));
    return typeof a === "number" ? -1 : 1; /* what has no number stands last */
}

function fill_body(body, columns, rows) {
    body.replaceChildren(...rows.map(row => element("tr", {}, ...columns.map(column => {
        const value = row[column.key];
        const cell = element("td", { "data-value": value ?? "" });
        cell.textContent = column.format ? write(value, column.format) : value ?? "–";
        return cell;
    }))));
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
            fill_body(body, columns, rows.slice().sort((a, b) => up * compare_cells(a[column.key], b[column.key])));
        });
        return head;
    });
    fill_body(body, columns, rows);
    return element("div", { class: "scroll", tabindex: 0 },
        element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
}
