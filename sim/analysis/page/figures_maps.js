/* Figures that lie over the image: where heads look, where populations fire. */

/* "all samples", or those whose own maps were kept. */
const all_samples = "all samples";

function sample_name(trace, sample) {
    const named = key => (trace.class_names ? class_name(trace, sample[key]) : sample[key]);
    const said = [
        ["label", "class"],
        ["prediction", "predicted"],
    ]
        .filter(([key]) => key in sample)
        .map(([key, word]) => `${word} ${named(key)}`);
    return `sample ${sample.sample}` + (said.length ? `: ${said.join(", ")}` : "");
}

/* By its number: traces may have predicted differently. */
function is_sample(sample, choice) {
    return choice.sample.split(":")[0] === `sample ${sample.sample}`;
}

function chosen_sample(all, samples, choice) {
    return choice.sample === all_samples
        ? all
        : samples.find(sample => is_sample(sample, choice));
}

/* Panels side by side: maps[i][token], each named. */
function image_maps(maps, names, grid, options) {
    const rows = maps.flatMap((map, i) =>
        map.map((value, token) => ({
            panel: names[i],
            row: Math.floor(token / grid.grid_width),
            column: token % grid.grid_width,
            value,
        })),
    );
    return {
        chart: "maps",
        rows,
        renderer: "canvas",
        is_crisp: true,
        rows_of_image: grid.grid_height,
        columns_of_image: grid.grid_width,
        most: most_of(rows),
        format: ".2~f",
        ...options,
        tip: row => [
            row.panel,
            `row ${row.row}, column ${row.column}`,
            `${write(row.value, ".4")} ${options.value_title}`,
        ],
    };
}

figures.attention_maps = {
    choices(trace) {
        const names = samples => samples.map(sample => sample_name(trace, sample));
        const block = (trace.attention || []).find(
            one => one.grid_width && one.mean_score_per_key_token,
        );
        return {
            block: block ? block_choices(trace, "mean_score_per_key_token") : [],
            sample: block ? [all_samples, ...names(block.samples || [])] : [],
        };
    },
    draw(trace, choice) {
        const block = chosen_block(trace, choice);
        const source =
            block && block.grid_width ? chosen_sample(block, block.samples, choice) : undefined;
        const maps = source && source.mean_score_per_key_token;
        return maps
            ? image_maps(maps, head_names(block), block, {
                  value_title: "mean score",
                  label: "Images: where each head looks",
              })
            : null;
    },
};

/* What of a population's maps is shown: key, names of panels, channels that one panel sums. */
const map_kinds = {
    channels: {
        key: "spikes_per_channel",
        names: population => population.maps.channels.map(channel => `channel ${channel}`),
        width: () => 1,
    },
    heads: {
        key: "spikes_per_head",
        names: population => Array.from({ length: population.heads }, (_, head) => `head ${head}`),
        width: population => population.channels / population.heads,
    },
    "all channels": {
        key: "spikes_per_token",
        names: () => ["all channels"],
        width: population => population.channels,
    },
};

figures.maps = {
    choices(trace) {
        const names = samples => samples.map(sample => sample_name(trace, sample));
        const those = populations_with(trace, "maps").filter(population => population.grid_width);
        return {
            population: those.map(population => population.name),
            by: those.length ? Object.keys(map_kinds) : [],
            sample: those.length ? [all_samples, ...names(those[0].maps.samples)] : [],
        };
    },
    draw(trace, choice) {
        const population = (trace.populations || []).find(one => one.name === choice.population);
        const kind = map_kinds[choice.by];
        if (!population || !population.maps) return null;
        const source = chosen_sample(population.maps, population.maps.samples, choice);
        if (!source || !(kind.key in source)) return null;
        const counts = kind.key === "spikes_per_token" ? [source[kind.key]] : source[kind.key];
        const most =
            trace.timesteps *
            kind.width(population) *
            (source === population.maps ? trace.samples : 1);
        return image_maps(
            counts.map(map => map.map(count => count / most)),
            kind.names(population),
            population,
            { value_title: per_neuron, format: "%", label: "Images: where a population fires" },
        );
    },
};
