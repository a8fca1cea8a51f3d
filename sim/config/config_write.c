#include "sim/config/config_write.h"

#include "sim/json/json.h"

#include <stdio.h>
#include <stdlib.h>

/* A float32 with the digits that it has: 1e-05, not 9.9999997e-06. */
static void write_float(char *text, size_t size, float value)
{
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, size, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            return;
    }
}

/* What is not given is not written. */
static void add_float(cJSON *object, const char *key, float value)
{
    char text[32];
    if (value == 0)
        return;
    write_float(text, sizeof text, value);
    sq_json_add_raw(object, key, text);
}

static void add_floats(cJSON *object, const char *key, const float *value, uint32_t n)
{
    cJSON *array = sq_json_add_array(object, key);
    for (uint32_t i = 0; i < n; i++) {
        char text[32];
        write_float(text, sizeof text, value[i]);
        sq_json_append(array, cJSON_CreateRaw(text));
    }
}

/* How images of other sizes are brought to size; what was not given is not written. */
static void add_fit(cJSON *object, const struct sq_config *config)
{
    char text[32];
    sq_json_add_text(object, "fit", sq_fit_name(config->fit));
    if (config->interpolation != SQ_INTERPOLATION_DEFAULT)
        sq_json_add_text(object, "interpolation", sq_interpolation_name(config->interpolation));
    if (config->resize > 0)
        sq_json_add_number(object, "resize", config->resize);
    if (config->crop_pct <= 0)
        return;
    snprintf(text, sizeof text, "%.17g", config->crop_pct);
    sq_json_add_raw(object, "crop_pct", text);
}

cJSON *sq_config_to_json(const struct sq_config *config)
{
    const struct {
        const char *key;
        uint32_t value;
    } size[] = {
#define SQ_SIZE(key, member) {key, config->member},
#include "sim/config/config_sizes.inc"
    };
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "name", config->name);
    sq_json_add_text(object, "source", config->source);
    sq_json_add_text(object, "assumed", config->assumed);
    sq_json_add_text(object, "architecture", config->architecture);
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
        if (size[i].value > 0)
            sq_json_add_number(object, size[i].key, size[i].value);
    add_float(object, "v_threshold", config->v_threshold);
    add_float(object, "attn_v_threshold", config->attn_v_threshold);
    add_float(object, "attn_scale", config->attn_scale);
    if (config->tau != 2) /* nearly all networks': older readers know no other */
        add_float(object, "tau", config->tau);
    add_float(object, "bn_eps", config->bn_eps);
    add_floats(object, "mean", config->mean, config->n_mean);
    add_floats(object, "std", config->std, config->n_std);
    add_fit(object, config);
    for (uint32_t i = 0; i < config->n_extra; i++)
        sq_json_add_text(object, config->extra[i].key, config->extra[i].value);
    return object;
}
