/* Tables whose headings sort: columns are {title, key, format}; the first one holds texts. */
const rows_of_a_page = 200;

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

/* Buttons that leaf through the rows, so many at a time; none where all fit. */
function pager(n, turn) {
    const of = element("span", { "aria-live": "polite" });
    let first = 0;
    const say = () => {
        const last = Math.min(n, first + rows_of_a_page);
        of.textContent = `rows ${write(first + 1, ",")} to ${write(last, ",")} of ${write(n, ",")}`;
    };
    const go = by => () => {
        if (first + by < 0 || first + by >= n) return;
        first += by;
        say();
        turn(first);
    };
    say();
    return element(
        "div",
        { class: "pages" },
        button("Previous", go(-rows_of_a_page)),
        button("Next", go(rows_of_a_page)),
        of,
    );
}

function make_table(columns, rows) {
    const body = element("tbody");
    let sorted = rows,
        first = 0;
    const fill = () =>
        fill_body(body, columns, sorted.slice(first, first + rows_of_a_page));
    const heads = columns.map(column => {
        const button = element("button", { type: "button" }, column.title);
        const head = element("th", { scope: "col" }, button);
        button.addEventListener("click", () => {
            const up = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
            heads.forEach(other => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
            sorted = rows
                .slice()
                .sort((a, b) => compare_cells(a[column.key], b[column.key], up));
            fill();
        });
        return head;
    });
    fill();
    const table = element(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "table" },
        element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body),
    );
    if (rows.length <= rows_of_a_page) return table;
    const turn = to => {
        first = to;
        fill();
    };
    return element("div", {}, table, pager(rows.length, turn));
}
