/* The analysis, Vega, and how numbers are written. */
const vega = Object.assign(
    {},
    ...["util", "dataflow", "scale", "runtime", "parser", "view", "interpreter", "format"].map(
        name => spikeq_require("vega-" + name),
    ),
);
for (const name of ["transforms", "view-transforms", "encode"])
    Object.assign(vega.transforms, spikeq_require("vega-" + name));

const analysis = JSON.parse(document.getElementById("analysis").textContent);
const charts = JSON.parse(document.getElementById("charts").textContent);
const number_format = vega.defaultLocale().format;

/* "-" where there is no number. */
function write(value, format) {
    return typeof value === "number" ? number_format(format)(value) : "–";
}

/* Member at a path "time/delta_events"; undefined where there is none. */
function at(object, path) {
    return path
        .split("/")
        .reduce(
            (here, key) => (here === undefined || here === null ? undefined : here[key]),
            object,
        );
}

/* Populations that have a member, in the order of the data's way. */
function populations_with(trace, path) {
    return (trace.populations || []).filter(
        population => ![undefined, null].includes(at(population, path)),
    );
}

/* Energies are in millijoule; small ones read better in microjoule. */
function energy_unit(most_mj) {
    return most_mj >= 1 ? { name: "mJ", factor: 1 } : { name: "µJ", factor: 1000 };
}

function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
}

function save(url, name) {
    element("a", { href: url, download: name }).click();
}

function save_text(text, type, name) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    save(url, name);
    URL.revokeObjectURL(url);
}

/* RFC 4180: a header line of the keys, a line a row. */
function csv_of(rows, keys) {
    const cell = value => {
        const text = value === undefined || value === null ? "" : String(value);
        return /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
    };
    return [keys, ...rows.map(row => keys.map(key => row[key]))]
        .map(line => line.map(cell).join(",") + "\r\n")
        .join("");
}
