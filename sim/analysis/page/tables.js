/* What each table holds: make(trace) gives {columns, rows}, or null; is_of_all: of all traces. */
const tables = {};

const population_columns = [
    ["rate", "rate/mean", ".2%"],
    ["silent neurons", "silent_neurons", ","],
    ["saturated neurons", "saturated_neurons", ","],
    ["neurons", "neurons", ","],
    ["Gini", "spread/gini", ".3f"],
    ["lifetime sparseness", "spread/lifetime_sparseness", ".3f"],
    ["population sparseness", "spread/population_sparseness", ".3f"],
    ["entropy, bits per neuron", "spread/entropy_bits_per_neuron", ".3f"],
    ["effective dimension, channels", "spread/effective_dimension", ".1f"],
    ["channels", "channels", ","],
];

tables.populations = {
    make: trace =>
        trace.populations && {
            columns: [
                { title: "population", key: "name" },
                ...population_columns.map(([title, key, format]) => ({ title, key, format })),
                { title: "dead channels", key: "dead", format: "," },
            ],
            rows: trace.populations.map(population => ({
                name: population.name,
                dead: at(population, "dead_channels/length"),
                ...Object.fromEntries(
                    population_columns.map(([, key]) => [key, at(population, key)]),
                ),
            })),
        },
};

/* Classes, and the one that each is most often wrongly taken for. */
tables.recall = {
    make(trace) {
        const confusion = trace.confusion;
        if (!confusion) return null;
        const { classes, cells } = confusion;
        const wrong = number =>
            cells.label
                .map((label, i) => i)
                .filter(i => cells.label[i] === number && cells.prediction[i] !== number)
                .reduce((best, i) => (cells.samples[i] > (cells.samples[best] || 0) ? i : best), -1);
        return {
            columns: [
                { title: "class", key: "class" },
                ...["samples", "predicted", "correct"].map(key => ({ title: key, key, format: "," })),
                ...["recall", "precision"].map(key => ({ title: key, key, format: ".2%" })),
                { title: "most often taken for", key: "other" },
                { title: "times", key: "times", format: "," },
            ],
            rows: classes.class.map((number, i) => {
                const at_worst = wrong(number);
                return {
                    class: class_name(trace, number),
                    samples: classes.samples[i],
                    predicted: classes.predicted[i],
                    correct: classes.correct[i],
                    recall: classes.recall.value[i],
                    precision: classes.precision.value[i],
                    other: at_worst < 0 ? undefined : class_name(trace, cells.prediction[at_worst]),
                    times: cells.samples[at_worst],
                };
            }),
        };
    },
};

tables.energy = { make: energy_table };

function energy_table(trace) {
    const conventions = ways_of_pricing(trace);
    if (conventions.length === 0) return null;
    const exact = new Map(trace.cost.layers.map(layer => [layer.name, layer]));
    const unit = shown_unit(one => [at(one, "cost/energy_mj_per_sample")]);
    const rows = [
        ...new Set(conventions.flatMap(convention => convention.layers.map(layer => layer.name))),
    ].map(name => ({
        name,
        additions: exact.has(name) ? exact.get(name).additions / trace.samples : undefined,
        macs: exact.has(name) ? exact.get(name).macs / trace.samples : undefined,
        ...Object.fromEntries(
            conventions.map(convention => {
                const layer = convention.layers.find(one => one.name === name);
                return [convention.name, layer && times(layer.energy_mj_per_sample, unit.factor)];
            }),
        ),
    }));
    return {
        columns: [
            { title: "layer", key: "name" },
            { title: "additions", key: "additions", format: ".4~s" },
            { title: "MACs", key: "macs", format: ".4~s" },
            ...conventions.map(({ name }) => ({
                title: `${name}, ${unit.name}`,
                key: name,
                format: ".4~g",
            })),
        ],
        rows,
    };
}

/* Comparisons are of all traces; those that are shown do not matter. */
tables.comparison = { is_of_all: true, make: comparison_table };

function comparison_table() {
    if (!analysis.comparisons) return null;
    return {
        columns: [
            { title: "measure", key: "measure" },
            { title: "population", key: "population" },
            { title: "trace", key: "trace" },
            ...["base", "other", "difference", "low", "high"].map(key => ({
                title: key,
                key,
                format: ".4~g",
            })),
            { title: "significant", key: "significant" },
        ],
        rows: analysis.comparisons.flatMap(comparison =>
            comparison.rows.map(row => ({
                ...row,
                trace: analysis.traces[comparison.other].trace,
                significant:
                    row.significant === undefined ? undefined : row.significant ? "yes" : "no",
            })),
        ),
    };
}
