/* What each figure draws of a trace. A figure has draw(trace, choice): the drawing, or null where
 * the trace lacks what it needs; choices(trace): what its reader may choose, {name: [texts]}.
 * In a drawing, rows are the figure's data, which its CSV repeats; tip gives the lines of a
 * tooltip; most is the value of the strongest colour. */
const figures = {};
const per_neuron = "spikes per neuron and timestep";

/* Largest value of the rows; 1 where all are 0, so that a scale has an extent. */
function most_of(rows) {
    return rows.reduce((most, row) => Math.max(most, row.value ?? 0), 0) || 1;
}

function heatmap(rows, options) {
    const known = rows.filter(row => row.value !== null);
    if (known.length === 0) return null;
    const unit = options.value_title;
    known.forEach(row => {
        row.text ??= write(row.value, options.cell_format || ".1%");
    });
    return {
        chart: "heatmap",
        rows: known,
        height: rows_height(known),
        most: most_of(known),
        format: "%",
        y_title: "population",
        tip: row =>
            [row.y, `${options.x_title} ${row.x}`, `${write(row.value, ".3%")} ${unit}`].concat(
                typeof row.low === "number"
                    ? [`95 % interval ${write(row.low, ".3%")} to ${write(row.high, ".3%")}`]
                    : [],
            ),
        ...options,
    };
}

/* Rows of a member of moments, {mean, sd, low, high} of arrays, one a column. */
function moment_rows(trace, key, column_of) {
    return populations_with(trace, key).flatMap(population =>
        population[key].mean.map((value, i) => ({
            y: population.name,
            x: column_of(population[key], i),
            value,
            low: population[key].low[i],
            high: population[key].high[i],
        })),
    );
}

figures.rate_per_timestep = {
    draw: trace =>
        heatmap(
            moment_rows(trace, "rate_per_timestep", (_, i) => i),
            {
                x_title: "timestep",
                value_title: per_neuron,
                label: "Heatmap: firing rate by population and timestep",
            },
        ),
};

figures.rate_per_label = {
    draw: trace =>
        heatmap(
            moment_rows(trace, "rate_per_label", (moments, i) =>
                trace.class_names ? class_name(trace, moments.label[i]) : moments.label[i],
            ),
            {
                x_title: "class",
                tilts_names: Boolean(trace.class_names),
                value_title: per_neuron,
                label: "Heatmap: firing rate by population and class",
            },
        ),
};

figures.rate_per_channel = {
    choices: trace => ({
        population: populations_with(trace, "rate_per_channel").map(population => population.name),
    }),
    draw(trace, choice) {
        const population = (trace.populations || []).find(one => one.name === choice.population);
        if (!at(population, "rate_per_channel")) return null;
        const rows = population.rate_per_channel.mean
            .map((value, channel) => ({ group: population.name, channel, value }))
            .sort((a, b) => b.value - a.value)
            .map((row, x) => ({ x, ...row }));
        return {
            chart: "lines",
            rows,
            height: 200,
            size: 18,
            groups: [population.name],
            palette: theme().category,
            x_title: "channels by rate, rank",
            x_format: "d",
            value_title: per_neuron,
            format: "%",
            label: "Line: firing rate of each channel, sorted",
            tip: row => [`channel ${row.channel}`, `${write(row.value, ".3%")} ${per_neuron}`],
        };
    },
};

figures.overlap = {
    draw: trace =>
        heatmap(
            populations_with(trace, "time/overlap_with_next_timestep").flatMap(population =>
                population.time.overlap_with_next_timestep.jaccard.map((value, t) => ({
                    y: population.name,
                    x: `${t} → ${t + 1}`,
                    value,
                })),
            ),
            {
                x_title: "timesteps",
                value_title: "both / either",
                label: "Heatmap: overlap of successive timesteps",
            },
        ),
};

/* Bars of parts: rows {y, group, order, value}. */
function stack(rows, groups, options) {
    if (rows.length === 0) return null;
    const format = options.tip_format || ".3~s";
    return {
        chart: "stack",
        rows,
        groups,
        height: rows_height(rows),
        palette: theme().category,
        format: ".2~s",
        y_title: "population",
        tip: row => [row.y, `${row.group}: ${write(row.value, format)} ${options.unit || ""}`],
        ...options,
    };
}

figures.delta = {
    draw: trace =>
        stack(
            populations_with(trace, "time/delta_events_per_spike").map(population => ({
                y: population.name,
                group: "changes",
                order: 0,
                value: population.time.delta_events_per_spike,
            })),
            ["changes"],
            {
                x_title: "changes per spike",
                reference: 1,
                format: ".2~f",
                tip_format: ".4",
                unit: "per spike",
                label: "Bars: events of a delta scheme per spike",
            },
        ),
};

figures.first_spikes = {
    draw(trace) {
        const groups = Array.from({ length: trace.timesteps }, (_, t) => `timestep ${t}`).concat(
            "never",
        );
        const rows = populations_with(trace, "time/first_spikes_per_timestep").flatMap(
            population => {
                const counts = population.time.first_spikes_per_timestep.concat(
                    population.time.never_fired,
                );
                return counts.map((count, order) => ({
                    y: population.name,
                    group: groups[order],
                    order,
                    count,
                    value: count / (population.neurons * trace.samples),
                }));
            },
        );
        return stack(rows, groups, {
            x_title: "share of neurons and samples",
            format: "%",
            tip_format: ".2%",
            palette: ordered_palette(trace.timesteps).concat(theme().rest),
            label: "Stacked bars: time of the first spike",
        });
    },
};
