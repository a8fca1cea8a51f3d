/* What stands above and below the figures of a trace: its summary, the run, what was left out. */

/* A list of [name, value, remark]; what has no value is left out. */
function fill_list(id, items) {
    const known = items.filter(item => item[1] !== undefined && item[1] !== null);
    const parts = known.map(([name, value, remark]) => {
        const said = element("dd", {}, value);
        if (remark) said.append(element("small", {}, remark));
        return element("div", {}, element("dt", {}, name), said);
    });
    document.getElementById(id).replaceChildren(...parts);
}

function fill_summary() {
    const accuracy = trace.accuracy,
        energy = at(trace, "cost/energy_mj_per_sample");
    const unit = energy_unit(energy || 0),
        exact = (at(trace, "cost/conventions") || []).find(one => one.name === "exact");
    const sum_of = key => (trace.populations || []).reduce((sum, one) => sum + one[key], 0);
    const spikes = sum_of("spikes"),
        neurons = sum_of("neurons");
    fill_list("summary", [
        [
            "samples",
            write(trace.samples, ","),
            `numbers ${trace.first_sample} to ${trace.last_sample}, ${trace.timesteps} timesteps`,
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
            `per sample, of ${write(neurons, ",")} neurons`,
        ],
        [
            "additions",
            exact && write(exact.additions_per_sample, ".4~s"),
            exact && `per sample, and ${write(exact.macs_per_sample, ".3~s")} MACs`,
        ],
        [
            "energy",
            energy === undefined
                ? undefined
                : `${write(energy * unit.factor, ".4~g")} ${unit.name}`,
            `per sample, ${at(trace, "cost/hardware")}`,
        ],
    ]);
}

function fill_facts() {
    const run = trace.run || {};
    document.getElementById("title").textContent = run.config || trace.trace;
    document.title = `Sparsity of ${run.config || trace.trace}`;
    fill_list("facts", [
        ["trace", trace.trace],
        ["recorded", trace.complete ? "whole" : "cut short"],
        ...Object.entries(run).map(([key, value]) => [key.replaceAll("_", " "), String(value)]),
        ["analysed by", `spikeq ${analysis.spikeq}`],
    ]);
}

/* Sentences within the section of energy. */
function fill_prices() {
    const cost = trace.cost;
    document.getElementById("price").textContent = cost
        ? `Prices of ${cost.hardware}: ${cost.ac_energy_pj} pJ an addition, ` +
          `${cost.mac_energy_pj} pJ a multiply-accumulate.`
        : "";
    const r = cost && cost.correlation_of_additions_with_correct;
    document.getElementById("correlation").textContent = r
        ? `Correlation of a sample's additions with being right: ${write(r.value, ".3f")}, ` +
          `95 % interval ${write(r.low, ".3f")} to ${write(r.high, ".3f")}.`
        : "";
}

function fill_notes() {
    const notes = trace.notes.map(note =>
        element("li", {}, element("strong", {}, note.measure), ": " + note.reason),
    );
    const nothing = element("li", {}, "Nothing: the trace allows every measure.");
    document.getElementById("note-list").replaceChildren(...(notes.length ? notes : [nothing]));
}
