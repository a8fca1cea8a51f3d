/* A chart: a specification of charts/, its data, and what a pointer reads. */
const tip_box = document.getElementById("tip");

/* Show the lines of the figure's tip beside the pointer; null hides it. */
function show_tip(event, lines) {
    tip_box.hidden = lines === null;
    if (lines === null) return;
    tip_box.replaceChildren(element("b", {}, lines[0]), lines.slice(1).join("\n"));
    tip_box.style.whiteSpace = "pre-line";
    const box = tip_box.getBoundingClientRect();
    const place = (at, size, room) => Math.max(4, at + 14 + size > room ? at - 14 - size : at + 14);
    tip_box.style.left =
        place(event.clientX, box.width, document.documentElement.clientWidth) + "px";
    tip_box.style.top = place(event.clientY, box.height, innerHeight) + "px";
}

/* From the least to the largest of numbers; anything else is skipped. */
function extent(values) {
    const known = values.filter(value => typeof value === "number");
    return known.reduce(
        ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
        [known[0] ?? 0, known[0] ?? 1],
    );
}

/* Length of the longest bar of a stack, or of its whisker. */
function longest_bar(rows) {
    const sums = new Map();
    rows.forEach(row => sums.set(row.y, (sums.get(row.y) || 0) + (row.value || 0)));
    const end = Math.max(0, ...sums.values(), ...rows.map(row => row.high || 0));
    return Math.abs(end - 1) < 1e-9 ? 1 : end; /* shares add up to all */
}

/* One scale for drawings that stand side by side: their colours, axes and bars can be compared. */
function share_scales(drawings) {
    const rows = drawings.flatMap(drawing => drawing.rows);
    const shared = {
        x_extent: extent(rows.map(row => row.x)),
        y_extent: extent(rows.flatMap(row => [row.value, row.low, row.high])),
        end: Math.max(0, ...drawings.map(drawing => longest_bar(drawing.rows))),
        most: Math.max(0, ...drawings.map(drawing => drawing.most || 0)),
    };
    drawings.forEach(drawing => Object.assign(drawing, shared));
}

/* Names along the x axis, which may need to be tilted. */
function tilt_names(spec, drawing) {
    const axis = spec.axes && spec.axes.find(one => one.scale === "x");
    if (!axis || !drawing.tilts_names) return;
    Object.assign(axis, {
        labelAngle: -40,
        labelAlign: "right",
        labelBaseline: "middle",
        labelLimit: 110,
        labelPadding: 7,
        labelOverlap: false,
    });
}

/* A copy of the specification with data and signals put in; signal "room" is the width of all.
 *   drawing.log          the y axis is logarithmic
 *   drawing.x_order      names along the x axis, where the rows do not bring them in this order
 *   drawing.tilts_names  those along the x axis are long */
function specify(drawing, width) {
    const spec = structuredClone(charts[drawing.chart]);
    spec.data[0].values = drawing.rows.map(row => ({ ...row }));
    const groups = drawing.groups || [];
    const values = {
        ...drawing,
        room: width,
        group_width: 30 + 5.5 * Math.max(0, ...groups.map(group => group.length)),
    };
    spec.signals.forEach(signal => {
        if (signal.name in values) signal.value = values[signal.name];
    });
    if (groups.length === 1) delete spec.legends;
    if (drawing.log) {
        Object.assign(
            spec.scales.find(scale => scale.name === "y"),
            { type: "log", nice: false },
        );
        spec.axes.find(axis => axis.scale === "y").tickCount = 6;
    }
    if (drawing.x_order) spec.scales.find(scale => scale.name === "x").domain = drawing.x_order;
    tilt_names(spec, drawing);
    return { ...spec, width, height: drawing.height };
}

/* Draw into a box that is as wide as the page lets it be; the view keeps to that width. */
function make_chart(drawing, box) {
    const runtime = vega.parse(specify(drawing, box.clientWidth), chart_config(), { ast: true });
    const view = new vega.View(runtime, {
        expr: vega.expressionInterpreter,
        renderer: drawing.renderer || "svg",
        container: box,
        hover: true,
        tooltip: (_, event, item, value) => show_tip(event, value ? drawing.tip(value) : null),
    });
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", drawing.label + "; its values follow as a table");
    let room = box.clientWidth;
    const resize = new ResizeObserver(() => {
        if (box.clientWidth === 0 || box.clientWidth === room) return;
        room = box.clientWidth;
        view.signal("room", room).width(room).runAsync();
    });
    view.runAsync().then(() => resize.observe(box));
    return {
        view,
        end() {
            resize.disconnect();
            view.finalize();
        },
    };
}

/* Height of a chart of so many rows of a name each. */
function rows_height(rows, step) {
    return new Set(rows.map(row => row.y)).size * (step || 20);
}
