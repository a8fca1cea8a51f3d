#!/bin/sh
# The page of an analysis, one HTML file: template.html whose lines "@name@" are replaced by styles,
# scripts, chart specifications and Vega; the line @analysis@ stays, for the figures of a trace.
# Usage: bundle.sh VEGA_FOLDER VEGA_COPYRIGHT >page.html
vega=$1
copyright=$2
cd "$(dirname "$0")" || exit 1

# Debian has Vega as modules that name each other in CommonJS: page_modules.js holds them.
modules='util canvas dataflow format time loader statistics scale scenegraph expression event-selector
         selection functions runtime parser view transforms view-transforms encode interpreter'

put_vega() {
    cat page_modules.js || return
    for module in $modules; do
        printf 'spikeq_module("vega-%s", function (module, exports, require) {\n' "$module"
        sed '/^\/\/# sourceMappingURL/d' "$vega/vega-$module.min.js" || return
        printf '});\n'
    done
}

# {"heatmap": {...}, ...}, each by the name of its file
put_charts() {
    separator='{'
    for spec in charts/*.json; do
        printf '%s"%s": ' "$separator" "$(basename "$spec" .json)"
        cat "$spec" || return
        separator=,
    done
    printf '}\n'
}

while IFS= read -r line; do
    case $line in
    @vega@) put_vega ;;
    @charts@) put_charts ;;
    @copyright@) cat "$copyright" ;;
    @analysis@) printf '%s\n' "$line" ;;
    @*@)
        name=${line#@}
        cat "${name%@}"
        ;;
    *) printf '%s\n' "$line" ;;
    esac || exit 1
done <template.html
