/* What stands above and below the figures of the shown traces: warnings, summaries, the runs, what was
 * left out. */

/* A list of [name, value, remark]; what has no value is left out. */
function make_list(kind, items) {
    const known = items.filter(item => item[1] !== undefined && item[1] !== null);
    const parts = known.map(([name, value, remark]) => {
        const said = element("dd", {}, value);
        if (remark) said.append(element("small", {}, remark));
        return element("div", {}, element("dt", {}, name), said);
    });
    return element("dl", { class: kind }, ...parts);
}

/* A part for each shown trace, under its name if there are several. */
function fill_each(id, make) {
    const shown = shown_traces();
    document
        .getElementById(id)
        .replaceChildren(
            ...shown.flatMap(trace => [
                ...(shown.length > 1 ? [element("h3", {}, name_of(trace))] : []),
                make(trace),
            ]),
        );
}

function in_unit(energy_mj, unit) {
    if (typeof energy_mj !== "number") return "no price";
    return `${write(energy_mj * unit.factor, ".4~g")} ${unit.name}`;
}

/* By which convention and prices: a figure of energy says nothing without. */
function pricing(trace) {
    return `${trace.cost.convention}, ${trace.cost.hardware}`;
}

function is_by_width({ adders }) {
    return adders === "by width";
}

/* Energy, and that of the same network as an ANN. */
function energy_items(trace) {
    const cost = trace.cost;
    if (!cost) return [];
    const unit = energy_unit(cost.energy_mj_per_sample),
        ann = at(cost, "ann/energy_mj_per_sample");
    /* The ANN's operations are floats: no ratio to integers priced by width. */
    const ratio = is_by_width(cost) ? NaN : ann / cost.energy_mj_per_sample;
    return [
        [
            "energy",
            in_unit(cost.energy_mj_per_sample, unit),
            `per sample; convention ${cost.convention}, hardware ${cost.hardware}` +
                (is_by_width(cost) ? ", each addition by the width of its adder" : ""),
        ],
        [
            "as an ANN",
            typeof ann === "number" ? in_unit(ann, unit) : undefined,
            (Number.isFinite(ratio) ? `${write(ratio, ".3~r")} times this energy; ` : "") +
                "every layer dense, one pass",
        ],
    ];
}

function numbers_of(trace) {
    return trace.samples === 1
        ? `number ${trace.first_sample}`
        : `numbers ${trace.first_sample} to ${trace.last_sample}`;
}

function summary_of(trace) {
    const accuracy = trace.accuracy,
        exact = (at(trace, "cost/conventions") || []).find(one => one.name === "exact");
    const sum_of = key => (trace.populations || []).reduce((sum, one) => sum + one[key], 0);
    const spikes = sum_of("spikes"),
        neurons = sum_of("neurons");
    return make_list("summary", [
        [
            "samples",
            write(trace.samples, ","),
            numbers_of(trace) + ", " + counted(trace.timesteps, "timestep"),
        ],
        [
            "accuracy",
            accuracy && write(accuracy.value, ".2%"),
            accuracy &&
                `95 % interval ${write(accuracy.low, ".2%")} to ${write(accuracy.high, ".2%")}`,
        ],
        [
            "firing rate",
            write(spikes / (neurons * trace.timesteps * trace.samples), ".2%"),
            per_neuron,
        ],
        [
            "spikes",
            write(spikes / trace.samples, ".4~s"),
            `per sample, of ${counted(neurons, "neuron")}`,
        ],
        [
            "additions",
            exact && write(exact.additions_per_sample, ".4~s"),
            exact && `per sample, and ${write(exact.macs_per_sample, ".3~s")} MACs`,
        ],
        ...energy_items(trace),
    ]);
}

/* What spikeq warned of stands above all figures. */
function fill_warnings() {
    const box = document.getElementById("warnings"),
        warnings = analysis.warnings || [];
    box.hidden = warnings.length === 0;
    box.replaceChildren(
        ...warnings.map(({ name, text }) =>
            element("p", {}, element("strong", {}, "Warning: "), `${text} [${name}]`),
        ),
    );
}

function fill_summary() {
    fill_warnings();
    fill_each("summary", summary_of);
}

function fill_facts() {
    const name = at(shown_traces()[0], "run/config") || shown_traces()[0].trace;
    document.getElementById("title").textContent = name;
    document.title = `Sparsity of ${name}`;
    fill_each("facts", trace =>
        make_list("facts", [
            ["trace", trace.trace],
            ["recorded", trace.complete ? "whole" : "cut short"],
            ...Object.entries(trace.run || {}).map(([key, value]) => [
                key.replaceAll("_", " "),
                String(value),
            ]),
            ["analysed by", `spikeq ${analysis.spikeq}`],
        ]),
    );
}

/* What an addition costs; of integers, in which layers how wide. */
function price_sentence(cost) {
    const pj = price => (price > 0 ? `${price} pJ` : "no price for");
    const profile =
        `${pj(cost.ac_energy_pj)} an addition, ` +
        `${pj(cost.mac_energy_pj)} a multiply-accumulate.`;
    if (!is_by_width(cost)) return `Prices of ${cost.hardware}: ${profile}`;
    const bits = cost.layers.map(layer => layer.adder_bits).filter(Number.isFinite);
    return (
        `Prices of ${cost.hardware}: convention ${cost.convention} prices each addition by the width ` +
        `of its layer's adder, ${Math.min(...bits)} to ${Math.max(...bits)} bits; ` +
        `all others and the head as floats, ${profile}`
    );
}

/* Sentences within the section of energy. */
function fill_prices() {
    const cost = (shown_traces().find(trace => trace.cost) || {}).cost;
    document.getElementById("price").textContent = cost ? price_sentence(cost) : "";
    fill_each("correlation", trace => {
        const r = at(trace, "cost/correlation_of_additions_with_correct");
        return element(
            "p",
            {},
            r && typeof r.value === "number"
                ? `Correlation of a sample's additions with being right: ${write(r.value, ".3f")}, ` +
                      `95 % interval ${write(r.low, ".3f")} to ${write(r.high, ".3f")}.`
                : "",
        );
    });
}

function fill_notes() {
    fill_each("note-list", trace => {
        const notes = trace.notes.map(note =>
            element("li", {}, element("strong", {}, note.measure), ": " + note.reason),
        );
        const nothing = element("li", {}, "Nothing: the trace allows every measure.");
        return element("ul", {}, ...(notes.length ? notes : [nothing]));
    });
}
