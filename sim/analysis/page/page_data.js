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

/* A share above 0 never reads as 0 %, one below 1 never as 100 %: text is what rounding made. */
function honest_share(value, text) {
    const digits = (text.split(".")[1] || "%").length - 1,
        half = 0.5 / 10 ** digits;
    if (value > 0 && parseFloat(text) === 0) return `<${half.toFixed(digits + 1)}%`;
    if (value < 1 && parseFloat(text) === 100) return `>${(100 - half).toFixed(digits + 1)}%`;
    return text;
}

/* "–" where there is no number. */
function write(value, format) {
    if (typeof value !== "number") return "–";
    const text = number_format(format)(value);
    return format.endsWith("%") ? honest_share(value, text) : text;
}

/* "1 sample", "2 samples". */
function counted(n, word) {
    return `${write(n, ",")} ${word}${n === 1 ? "" : "s"}`;
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

/* Names by which a reader tells the traces apart: the last part of their paths where that does. */
const trace_names = (() => {
    const short = analysis.traces.map(one => one.trace.replace(/.*\//, ""));
    return new Set(short).size === short.length ? short : analysis.traces.map(one => one.trace);
})();

function name_of(trace) {
    return trace_names[analysis.traces.indexOf(trace)];
}

/* A class by its name, with its number where two have one name; "class 3" where there are none. */
function class_name(trace, number) {
    const names = trace.class_names,
        name = names && names[number];
    if (!name) return `class ${number}`;
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${number})`;
}

/* Energies are in millijoule; small ones read better in microjoule. */
function energy_unit(most_mj) {
    return most_mj >= 1 ? { name: "mJ", factor: 1 } : { name: "µJ", factor: 1000 };
}

/* A number in another unit; what has no value has none in any unit. */
function times(value, factor) {
    return typeof value === "number" ? value * factor : undefined;
}

/* The unit that suits the largest energy of the shown traces; pick(trace) lists those of one. */
function shown_unit(pick) {
    return energy_unit(Math.max(0, ...shown_traces().flatMap(pick).filter(Number.isFinite)));
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
