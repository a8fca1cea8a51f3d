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

/* A copy of the specification with data and signals put in; signal "room" is the width of all.
 *   drawing.log   the y axis is logarithmic */
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
    box.setAttribute("aria-label", drawing.label);
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
