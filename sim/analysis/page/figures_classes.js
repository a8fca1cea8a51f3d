/* Figures of classes, and of the spikes of one sample. */

/* Classes that a matrix has room for; of more, those with most wrong answers are drawn. */
const most_classes = 30;

const confusion_views = {
    "share of the class": (samples, of_class) => (of_class > 0 ? samples / of_class : null),
    samples: samples => samples,
    "errors alone": samples => samples,
};

/* Places of the classes that are drawn, in ascending order. */
function drawn_classes({ classes, cells }) {
    const wrong = new Map(classes.class.map(number => [number, 0]));
    cells.label.forEach((label, i) => {
        if (label === cells.prediction[i]) return;
        [label, cells.prediction[i]].forEach(number =>
            wrong.set(number, wrong.get(number) + cells.samples[i]),
        );
    });
    return classes.class
        .map((number, i) => ({ number, i }))
        .sort((a, b) => wrong.get(b.number) - wrong.get(a.number) || a.number - b.number)
        .slice(0, most_classes)
        .map(({ i }) => i)
        .sort((a, b) => a - b);
}

figures.confusion = {
    choices: trace => ({ show: trace.confusion ? Object.keys(confusion_views) : [] }),
    draw(trace, choice) {
        if (!trace.confusion) return null;
        const { classes, cells } = trace.confusion,
            places = drawn_classes(trace.confusion),
            all = classes.class.length;
        const name = number => (trace.class_names ? class_name(trace, number) : String(number));
        const is_share = choice.show === "share of the class",
            is_errors = choice.show === "errors alone";
        const samples_of = new Map(
            cells.samples.map((samples, i) => [`${cells.label[i]} ${cells.prediction[i]}`, samples]),
        );
        const rows = places.flatMap(i =>
            places.map(j => {
                const samples = samples_of.get(`${classes.class[i]} ${classes.class[j]}`) || 0;
                const value = confusion_views[choice.show](samples, classes.samples[i]);
                return {
                    y: name(classes.class[i]),
                    x: name(classes.class[j]),
                    samples,
                    value: is_errors && i === j ? null : value,
                    text: samples === 0 ? "" : is_share ? write(value, ".1%") : write(samples, ","),
                };
            }),
        );
        return heatmap(rows, {
            x_title: "predicted class",
            y_title: "true class",
            x_order: places.map(i => name(classes.class[i])),
            value_title: is_share ? "share of the class" : "samples",
            format: is_share ? "%" : "d",
            tilts_names: Boolean(trace.class_names),
            height: places.length * 24,
            label: "Heatmap: confusion matrix, true against predicted class",
            note:
                places.length < all
                    ? `${places.length} of ${all} classes: those with most wrong answers. CSV (--csv) and JSON have all.`
                    : undefined,
            tip: row => [
                `class ${row.y}, predicted ${row.x}`,
                counted(row.samples, "sample") +
                    (is_share ? `, ${write(row.value, ".3%")} of the class` : ""),
            ],
        });
    },
};

/* What of a population and of time a raster shows, in words. */
function raster_note(trace, population, raster) {
    const some = (shown, all, words) =>
        shown < all ? `${write(shown, ",")} of ${write(all, ",")} ${words}` : undefined;
    return [
        sample_name(trace, raster),
        some(raster.neurons.length, population.neurons, "neurons, drawn by lot"),
        some(raster.fired_per_timestep.length, trace.timesteps, "timesteps, the first ones"),
    ]
        .filter(Boolean)
        .join("; ");
}

figures.raster = {
    choices: trace => ({
        population: populations_with(trace, "raster").map(population => population.name),
    }),
    draw(trace, choice) {
        const population = (trace.populations || []).find(one => one.name === choice.population);
        if (!population || !population.raster) return null;
        const raster = population.raster,
            place = new Map(raster.neurons.map((neuron, line) => [neuron, line]));
        const rows = raster.fired_per_timestep.flatMap((fired, x) =>
            fired.map(neuron => ({
                x,
                neuron,
                token: Math.floor(neuron / population.channels),
                channel: neuron % population.channels,
                line: place.get(neuron),
                value: neuron,
            })),
        );
        return {
            chart: "raster",
            rows,
            lines: raster.neurons.length,
            columns: raster.fired_per_timestep.length,
            height: Math.max(80, raster.neurons.length * 2),
            palette: theme().category,
            x_title: "timestep",
            y_title: raster.neurons.length < population.neurons ? "neurons, drawn by lot" : "neurons",
            value_title: "neuron number",
            hidden: ["neuron"],
            note: raster_note(trace, population, raster),
            label: `Raster: spikes of ${population.name} in one sample`,
            tip: row => [
                `timestep ${row.x}`,
                `neuron ${row.neuron}: token ${row.token}, channel ${row.channel}`,
            ],
        };
    },
};
