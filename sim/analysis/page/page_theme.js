/* Colours of charts, for light, dark and paper. Categories after Okabe and Ito, which colour-blind
 * readers can tell apart; amounts in one hue, so that lightness alone carries them. */
const themes = {
    light: {
        ramp: ["#f1f5fa", "#c3d9ee", "#83b3dc", "#3f84bf", "#12558f", "#06294d"],
        category: [
            "#0072b2",
            "#e69f00",
            "#009e73",
            "#cc79a7",
            "#56b4e9",
            "#d55e00",
            "#8c7a00",
            "#555f6b",
        ],
        rest: "#e9e4da",
    },
    dark: {
        ramp: ["#1b2430", "#1c3f63", "#22669f", "#4b93d0", "#95c3ee", "#e6f2fd"],
        category: [
            "#4aa3df",
            "#f0b429",
            "#2fc495",
            "#e19ac1",
            "#9ad4f5",
            "#f0834a",
            "#cdbb3c",
            "#a5b0bd",
        ],
        rest: "#3b372f",
    },
};
const dark_screen = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
let is_for_export = false; /* what is saved is light whatever the screen is */

function theme() {
    return dark_screen.matches && !paper.matches && !is_for_export ? themes.dark : themes.light;
}

/* What make() returns, made in the colours of paper. */
function in_light(make) {
    is_for_export = true;
    try {
        return make();
    } finally {
        is_for_export = false;
    }
}

/* n steps of the ramp, for groups that have an order: timesteps, values. */
function ordered_palette(n) {
    return vega.quantizeInterpolator(vega.interpolateColors(theme().ramp.slice(1)), n);
}

function chart_config() {
    const style = getComputedStyle(
        is_for_export ? document.getElementById("light") : document.documentElement,
    );
    const ink = style.getPropertyValue("--ink"),
        soft = style.getPropertyValue("--soft"),
        line = style.getPropertyValue("--line");
    const font = is_for_export
        ? "Helvetica, Arial, sans-serif"
        : getComputedStyle(document.body).fontFamily;
    const label = {
        labelFont: font,
        labelFontSize: 11,
        labelColor: ink,
        titleFont: font,
        titleFontSize: 11,
        titleFontWeight: "normal",
        titleColor: soft,
    };
    return {
        background: style.getPropertyValue("--card"),
        padding: { top: 2, bottom: 4, left: 0, right: 4 },
        axis: {
            ...label,
            gridColor: line,
            domainColor: line,
            tickColor: line,
            labelLimit: 150,
            titlePadding: 8,
        },
        legend: { ...label, labelLimit: 240, symbolSize: 90, rowPadding: 3, offset: 10 },
        title: { font, fontSize: 11, fontWeight: "normal", color: soft },
        text: { font },
        rule: { stroke: ink },
        range: { ramp: { scheme: theme().ramp } },
    };
}
