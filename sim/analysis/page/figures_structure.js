/* Figures of structure for hardware, and of the residual streams. */
const zero_lists = {
    "vectors along channels": ["zero_vectors_along_channels", "width, channels"],
    "vectors along tokens": ["zero_vectors_along_tokens", "width, tokens"],
    "vectors along time": ["zero_vectors_along_time", "width, timesteps"],
    "square tiles": ["zero_tiles", "width, tokens and channels"],
};

/* Columns in ascending order whichever population comes first. */
function by_width(rows) {
    const widths = [...new Set(rows.map(row => row.x))].sort((a, b) => a - b);
    return widths.flatMap(width => rows.filter(row => row.x === width));
}

/* Rows of a list of structure; those of one population stay in their order. */
function structure_rows(trace, key, x, value) {
    return by_width(
        populations_with(trace, "structure/" + key).flatMap(population =>
            population.structure[key].map(item => ({
                y: population.name,
                x: item[x],
                value: item[value],
            })),
        ),
    );
}

figures.zeros = {
    choices: trace => ({
        cut: Object.keys(zero_lists).filter(
            cut => structure_rows(trace, zero_lists[cut][0], "width", "zero_share").length,
        ),
    }),
    draw(trace, choice) {
        const [key, x_title] = zero_lists[choice.cut] || [];
        return key
            ? heatmap(structure_rows(trace, key, "width", "zero_share"), {
                  x_title,
                  value_title: "share without a spike",
                  most: 1,
                  label: "Heatmap: share of empty vectors or tiles by width",
              })
            : null;
    },
};

figures.load = {
    draw: trace =>
        heatmap(structure_rows(trace, "load_balance", "processing_elements", "utilisation"), {
            x_title: "processing elements",
            value_title: "utilisation",
            most: 1,
            label: "Heatmap: utilisation by number of processing elements",
        }),
};

figures.rows = {
    choices: trace => ({
        population: populations_with(trace, "structure/rows_by_events").map(
            population => population.name,
        ),
    }),
    draw(trace, choice) {
        const population = (trace.populations || []).find(one => one.name === choice.population);
        if (!at(population, "structure/rows_by_events")) return null;
        const counts = population.structure.rows_by_events,
            all = counts.reduce((sum, count) => sum + count, 0);
        const rows = counts.map((count, x) => ({
            x,
            group: population.name,
            rows: count,
            value: count / all,
        }));
        return {
            chart: "lines",
            rows,
            height: 200,
            size: 24,
            groups: [population.name],
            palette: theme().category,
            x_title: "spikes in a row",
            x_format: "d",
            value_title: "share of rows",
            format: "%",
            label: "Line: distribution of spikes in a row",
            tip: row => [
                counted(row.x, "spike"),
                `${counted(row.rows, "row")}, ${write(row.value, ".2%")}`,
            ],
        };
    },
};

/* The four fates of a row, counted over timesteps. */
function product_parts(products) {
    const sum = key => products[key + "_per_timestep"].reduce((total, count) => total + count, 0);
    const [all, empty, exact, subset] = ["rows", "empty_rows", "exact_rows", "subset_rows"].map(
        sum,
    );
    return [empty, exact, subset, all - empty - exact - subset].map(count => ({
        count,
        value: count / all,
    }));
}

figures.products = {
    draw(trace) {
        const groups = ["no spike", "copy of a row", "contains a row", "on its own"];
        const rows = populations_with(trace, "product_sparsity").flatMap(population =>
            product_parts(population.product_sparsity).map((part, order) => ({
                y: population.name,
                group: groups[order],
                order,
                ...part,
            })),
        );
        const colors = theme().category;
        return stack(rows, groups, {
            x_title: "share of rows",
            format: "%",
            tip_format: ".2%",
            palette: [theme().rest, colors[2], colors[4], colors[1]],
            label: "Stacked bars: product sparsity of rows",
        });
    },
};

figures.saved = {
    draw: trace =>
        heatmap(
            populations_with(trace, "product_sparsity").flatMap(
                ({ name, product_sparsity: products }) =>
                    [
                        ["each timestep alone", products.saved_share],
                        ["timesteps stacked", at(products, "timesteps_stacked/saved_share")],
                    ]
                        .filter(([, value]) => typeof value === "number")
                        .map(([x, value]) => ({ y: name, x, value })),
            ),
            {
                x_title: "tiles of",
                value_title: "share of additions saved",
                most: 1,
                label: "Heatmap: additions that product sparsity saves",
            },
        ),
};

figures.streams = {
    draw(trace) {
        const streams = trace.residual_streams || [];
        if (streams.length === 0) return null;
        const values = Math.max(...streams.map(stream => stream.largest_value + 1));
        const rows = streams.flatMap(stream => {
            const counts = stream.elements_by_value_per_timestep;
            const sums = counts[0].map((_, value) =>
                counts.reduce((sum, of_timestep) => sum + of_timestep[value], 0),
            );
            const all = sums.reduce((sum, count) => sum + count, 0);
            return sums.map((count, order) => ({
                y: stream.name,
                group: String(order),
                order,
                count,
                value: count / all,
            }));
        });
        return stack(
            rows,
            Array.from({ length: values }, (_, value) => String(value)),
            {
                x_title: "share of elements",
                format: "%",
                tip_format: ".3%",
                group_title: "value",
                palette: [theme().rest, ...ordered_palette(values - 1)],
                label: "Stacked bars: values of the residual streams",
                tip: row => [row.y, `value ${row.group}: ${write(row.value, ".3%")} of elements`],
            },
        );
    },
};
