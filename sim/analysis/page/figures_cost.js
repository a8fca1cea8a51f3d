/* Figures of decisions and of energy. */
figures.after_timestep = {
    draw(trace) {
        const steps = at(trace, "decision/after_timestep") || [];
        const groups = ["accuracy", "agreement with the last timestep"];
        const rows = [
            ["accuracy", "accuracy"],
            ["agreement with the last timestep", "agreement_with_last_timestep"],
        ].flatMap(([group, key]) =>
            steps
                .filter(step => step[key])
                .map(step => ({ x: step.timesteps, group, ...step[key] })),
        );
        return rows.length === 0
            ? null
            : {
                  chart: "lines",
                  rows,
                  height: 240,
                  size: 60,
                  groups,
                  palette: theme().category,
                  x_title: "timesteps",
                  x_format: "d",
                  value_title: "share of samples",
                  format: "%",
                  label: "Lines: accuracy after each timestep",
                  tip: row => [
                      `after ${counted(row.x, "timestep")}`,
                      `${row.group} ${write(row.value, ".2%")}`,
                      `95 % interval ${write(row.low, ".2%")} to ${write(row.high, ".2%")}`,
                  ],
              };
    },
};

figures.early_exit = {
    draw(trace) {
        const exits = at(trace, "decision/early_exit") || [];
        const x = exits.some(exit => "mean_additions" in exit)
            ? ["mean_additions", "additions per sample"]
            : ["mean_spikes", "spikes per sample"];
        const y = exits.some(exit => exit.accuracy)
            ? ["accuracy", "accuracy"]
            : ["agreement_with_last_timestep", "agreement with the last timestep"];
        const rows = exits.map(exit => ({
            x: exit[x[0]],
            group: y[1],
            threshold: exit.threshold,
            timesteps: exit.mean_timesteps,
            ...exit[y[0]],
        }));
        return rows.length === 0
            ? null
            : {
                  chart: "lines",
                  rows,
                  height: 260,
                  size: 50,
                  groups: [y[1]],
                  palette: theme().category,
                  x_title: x[1],
                  x_format: ".2~s",
                  value_title: y[1],
                  format: "%",
                  label: "Line: early exit, operations against accuracy",
                  tip: row => [
                      `threshold ${row.threshold}`,
                      `${y[1]} ${write(row.value, ".2%")}`,
                      `${write(row.x, ".4~s")} ${x[1]}`,
                      `${write(row.timesteps, ".3~r")} timestep${row.timesteps === 1 ? "" : "s"}`,
                  ],
              };
    },
};

/* Part of a network that a layer belongs to. */
const parts = [
    ["patch embedding", /^patch_embed\./],
    ["attention, linear", /\.attn\.(q|k|v|proj)_/],
    ["attention, products", /\.attn\./],
    ["MLP", /\.mlp\./],
    ["head", /^head/],
    ["other", /./],
];

function part_of(name) {
    return parts.findIndex(([, pattern]) => pattern.test(name));
}

/* The conventions, and the ANN; what the profile lacks a price for has null for energy. */
function ways_of_pricing(trace) {
    const ann = at(trace, "cost/ann");
    return (at(trace, "cost/conventions") || []).concat(ann ? [{ name: "ANN", ...ann }] : []);
}

function has_energy({ energy_mj_per_sample: energy }) {
    return typeof energy === "number";
}

/* What the ANN is, and which bars are missing. */
function conventions_note(ways) {
    const missing = ways.filter(way => !has_energy(way)).map(way => way.name);
    const has_ann = ways.some(way => way.name === "ANN" && has_energy(way));
    return [
        has_ann && "ANN: the same network, every layer dense, one pass.",
        missing.length > 0 && `The profile lacks a price for ${missing.join(", ")}.`,
    ]
        .filter(Boolean)
        .join(" ");
}

const energy_views = { "share of the total": true, energy: false };

figures.conventions = {
    choices: trace => ({ show: at(trace, "cost/conventions") ? Object.keys(energy_views) : [] }),
    draw(trace, choice) {
        const ways = ways_of_pricing(trace),
            conventions = ways.filter(has_energy),
            is_share = energy_views[choice.show];
        const unit = shown_unit(one => [at(one, "cost/energy_mj_per_sample")]);
        const in_unit = (energy, format) => `${write(energy * unit.factor, format)} ${unit.name}`;
        const rows = conventions
            .flatMap(convention =>
                parts.map(([group], order) => {
                    const energy = convention.layers
                        .filter(layer => part_of(layer.name) === order)
                        .reduce((sum, layer) => sum + layer.energy_mj_per_sample, 0);
                    return {
                        y: `${convention.name}, ${in_unit(convention.energy_mj_per_sample, ".3~s")}`,
                        group,
                        order,
                        energy_mj_per_sample: energy,
                        value: is_share
                            ? energy / convention.energy_mj_per_sample
                            : energy * unit.factor,
                    };
                }),
            )
            .filter(row => row.energy_mj_per_sample > 0);
        const colors = theme().category;
        const met = parts
            .map(([name], i) => [name, colors[i]])
            .filter(([name]) => rows.some(row => row.group === name));
        return stack(
            rows,
            met.map(([name]) => name),
            {
                palette: met.map(([, color]) => color),
                height: conventions.length * 30,
                y_title: "convention",
                note: conventions_note(ways),
                format: is_share ? "%" : ".2~s",
                x_title: is_share
                    ? `share of the energy of a sample, prices of ${at(trace, "cost/hardware")}`
                    : `energy per sample, ${unit.name}, prices of ${at(trace, "cost/hardware")}`,
                label: "Stacked bars: energy by convention and part of the network",
                tip: row => [
                    row.y,
                    row.group,
                    `${in_unit(row.energy_mj_per_sample, ".4~s")} per sample`,
                ],
            },
        );
    },
};

figures.layers = {
    draw(trace) {
        const all = at(trace, "cost/layers") || [],
            layers = all.filter(has_energy);
        const unit = shown_unit(one =>
            (at(one, "cost/layers") || []).map(layer => layer.energy_mj_per_sample),
        );
        const groups = Array.from({ length: trace.timesteps }, (_, t) => `timestep ${t}`);
        const rows = layers.flatMap(layer =>
            layer.energy_mj_per_sample_per_timestep.map((energy, order) => ({
                y: layer.name,
                group: groups[order],
                order,
                energy_mj_per_sample: energy,
                value: energy * unit.factor,
            })),
        );
        return stack(rows, groups, {
            x_title: `energy per sample, ${unit.name} (${trace.cost ? pricing(trace) : ""})`,
            y_title: "layer",
            note:
                layers.length < all.length
                    ? `Without ${counted(all.length - layers.length, "layer")} that the profile ` +
                      "lacks a price for."
                    : undefined,
            unit: unit.name,
            tip_format: ".4",
            palette: ordered_palette(trace.timesteps),
            format: ".3~f",
            label: "Stacked bars: energy by layer and timestep",
        });
    },
};

figures.classes = {
    draw(trace) {
        const labels = (at(trace, "cost/per_label") || []).filter(has_energy);
        const unit = shown_unit(one =>
            (at(one, "cost/per_label") || []).map(label => label.energy_mj_per_sample),
        );
        const rows = labels.map(label => {
            const value = label.energy_mj_per_sample * unit.factor,
                spread = label.energy_mj_sd;
            const whisker =
                typeof spread === "number"
                    ? { low: value - spread * unit.factor, high: value + spread * unit.factor }
                    : {};
            return {
                y: class_name(trace, label.label),
                group: "energy",
                order: 0,
                samples: label.samples,
                value,
                ...whisker,
            };
        });
        return stack(rows, ["energy"], {
            x_title: `energy per sample, ${unit.name} (${trace.cost ? pricing(trace) : ""})`,
            y_title: "class",
            format: ".3~f",
            label: "Bars: energy of a sample by class",
            tip: row => [
                row.y,
                `${write(row.value, ".4")} ${unit.name} per sample`,
                counted(row.samples, "sample"),
            ],
        });
    },
};
