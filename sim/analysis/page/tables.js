/* What each table holds: {columns, rows} of a trace, or null. */
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

tables.populations = trace =>
    trace.populations && {
        columns: [
            { title: "population", key: "name" },
            ...population_columns.map(([title, key, format]) => ({ title, key, format })),
            { title: "dead channels", key: "dead", format: "," },
        ],
        rows: trace.populations.map(population => ({
            name: population.name,
            dead: at(population, "dead_channels/length"),
            ...Object.fromEntries(population_columns.map(([, key]) => [key, at(population, key)])),
        })),
    };

tables.energy = trace => {
    const conventions = at(trace, "cost/conventions");
    if (!conventions) return null;
    const exact = new Map(trace.cost.layers.map(layer => [layer.name, layer]));
    const unit = energy_unit(trace.cost.energy_mj_per_sample);
    const rows = [
        ...new Set(conventions.flatMap(convention => convention.layers.map(layer => layer.name))),
    ].map(name => ({
        name,
        additions: exact.has(name) ? exact.get(name).additions / trace.samples : undefined,
        macs: exact.has(name) ? exact.get(name).macs / trace.samples : undefined,
        ...Object.fromEntries(
            conventions.map(convention => {
                const layer = convention.layers.find(one => one.name === name);
                return [convention.name, layer && layer.energy_mj_per_sample * unit.factor];
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
                format: ".4f",
            })),
        ],
        rows,
    };
};

/* Comparisons are of all traces; the one that is shown does not matter. */
tables.comparison = () =>
    analysis.comparisons && {
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
