/* The few lines that hold modules of the CommonJS kind: known by name, run when first asked for. */
const spikeq_modules = {};

function spikeq_module(name, body) {
    spikeq_modules[name] = { body, exports: {}, ran: false };
}

function spikeq_require(name) {
    /* vega-functions asks for the module under the name of its source folder */
    const module = spikeq_modules[name === "vega-selections" ? "vega-selection" : name];
    if (!module.ran) {
        module.ran = true;
        module.body(module, module.exports, spikeq_require);
    }
    return module.exports;
}
