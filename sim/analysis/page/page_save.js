/* Saving a figure: one SVG of all its panels, in the colours of paper whatever the screen is, and
 * from it the PNG and the page that the print dialog makes a PDF of. */
const svg_names = "http://www.w3.org/2000/svg";
const margin = 8,
    panel_gap = 24,
    heading_room = 20,
    note_room = 14,
    panel_width = { 1: 720, 2: 480 }; /* by the number of panels */

/* SVG text of a drawing, so wide. */
async function svg_of(drawing, width) {
    const runtime = in_light(() =>
        vega.parse(specify(drawing, width), chart_config(), { ast: true }),
    );
    const view = new vega.View(runtime, { expr: vega.expressionInterpreter, renderer: "none" });
    const text = await view.toSVG();
    view.finalize();
    return text;
}

/* The SVG as an element at a place of a larger one. Ids are numbered anew: two panels have the same,
 * and Vega counts on from drawing to drawing. */
function placed(text, i, x, y, is_crisp) {
    const ids = new Map();
    const own = text.replace(/(\bid="|url\(#|href="#)([^")]+)/g, (_, before, id) => {
        if (!ids.has(id)) ids.set(id, `panel${i}-${ids.size}`);
        return before + ids.get(id);
    });
    const svg = new DOMParser().parseFromString(own, "image/svg+xml").documentElement;
    svg.setAttribute("x", x);
    svg.setAttribute("y", y);
    if (is_crisp) svg.setAttribute("shape-rendering", "crispEdges"); /* no seams between pixels */
    return svg;
}

function svg_element(name, attributes, text) {
    const made = document.createElementNS(svg_names, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
}

function svg_line(x, y, size, text) {
    return svg_element(
        "text",
        { x, y, "font-family": "Helvetica, Arial, sans-serif", "font-size": size },
        text,
    );
}

/* Words in lines of so many letters. */
function wrap(text, letters) {
    return text.split(" ").reduce(
        (lines, word) => {
            const last = lines[lines.length - 1];
            if (last.length + word.length < letters) lines.splice(-1, 1, `${last} ${word}`.trim());
            else lines.push(word);
            return lines;
        },
        [""],
    );
}

/* A panel from x on: its name above it if it is not alone, its note below. Width and height. */
function put_panel(root, text, { drawing, name }, i, x, is_alone) {
    const top = margin + (is_alone ? 0 : heading_room);
    const chart = placed(text, i, x, top, drawing.is_crisp);
    const [width, height] = ["width", "height"].map(key => parseFloat(chart.getAttribute(key)));
    const notes = drawing.note ? wrap(drawing.note, width / 5.5) : [];
    if (!is_alone) root.append(svg_line(x, margin + 12, 12, name));
    root.append(chart);
    notes.forEach((note, line) =>
        root.append(svg_line(x, top + height + (line + 1) * note_room, 10, note)),
    );
    return [width, top + height + notes.length * note_room];
}

/* Panels side by side; `about` has title and description. */
function join_panels(texts, panels, about) {
    const root = svg_element("svg", { xmlns: svg_names, role: "img" });
    root.append(svg_element("title", {}, about.title), svg_element("desc", {}, about.description));
    root.append(svg_element("rect", { width: "100%", height: "100%", fill: "#ffffff" }));
    let x = margin,
        bottom = 0;
    texts.forEach((text, i) => {
        const size = put_panel(root, text, panels[i], i, x, texts.length === 1);
        x += size[0] + panel_gap;
        bottom = Math.max(bottom, size[1]);
    });
    const width = x - panel_gap + margin,
        height = bottom + margin;
    Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }).forEach(([key, value]) =>
        root.setAttribute(key, value),
    );
    return root;
}

/* The figure as an SVG element; make() gives its panels' drawings, {drawing, name} each. */
async function figure_svg(make, about) {
    const panels = in_light(make);
    const width = panel_width[panels.length];
    const texts = await Promise.all(panels.map(panel => svg_of(panel.drawing, width)));
    return join_panels(texts, panels, about);
}

function svg_text(svg) {
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(svg);
}

const png_scale = 3; /* pixels a unit: 288 to the inch */

async function save_png(svg, name) {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg_text(svg));
    await image.decode();
    const canvas = element("canvas");
    canvas.width = svg.getAttribute("width") * png_scale;
    canvas.height = svg.getAttribute("height") * png_scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    save(canvas.toDataURL("image/png"), name);
}

/* Print the figure alone, on a page of its size: the browser's own PDF keeps lines and letters. */
function print_alone(svg) {
    const [width, height] = ["width", "height"].map(key => Math.ceil(svg.getAttribute(key)));
    const sheet = document.getElementById("sheet");
    const page = element("style", {}, `@page { size: ${width}px ${height}px; margin: 0; }`);
    const end = () => {
        page.remove();
        sheet.replaceChildren();
        document.body.classList.remove("one-figure");
    };
    sheet.replaceChildren(svg);
    document.head.append(page);
    document.body.classList.add("one-figure");
    addEventListener("afterprint", end, { once: true });
    window.print();
}
