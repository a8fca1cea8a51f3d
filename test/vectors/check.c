#include "test/vectors/check.h"

#include "sim/account/sheets/counters_read.h"
#include "sim/json/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

double number_at(const cJSON *object, const char *key, double otherwise)
{
    const cJSON *item = member(object, key);
    if (cJSON_IsArray(item))
        item = cJSON_GetArrayItem(item, 0);
    return cJSON_IsNumber(item) ? item->valuedouble : cJSON_IsTrue(item) ? 1 : otherwise;
}

static void miss(struct vector *vector, const char *path, const char *expected, const char *found)
{
    const size_t used = strlen(vector->unmet);
    snprintf(vector->unmet + used, sizeof vector->unmet - used, "    %s: expected %s, found %s\n",
             path, expected, found);
}

void check_miss(struct vector *vector, const char *path, const char *why)
{
    vector->n++;
    miss(vector, path, "to be checked", why);
}

void check_text(struct vector *vector, const char *path, const char *expected, const char *found)
{
    vector->n++;
    if (strcmp(expected, found) == 0)
        vector->n_met++;
    else
        miss(vector, path, expected, found);
}

void check_figure(struct vector *vector, const char *path, const cJSON *expected, double found)
{
    char found_text[SQ_DECIMAL_BYTES], expected_text[SQ_DECIMAL_BYTES];
    sq_decimal(found_text, found);
    if (cJSON_IsString(expected)) {
        check_text(vector, path, expected->valuestring, found_text);
        return;
    }
    vector->n++;
    if (cJSON_IsNumber(expected) && expected->valuedouble == found)
        vector->n_met++;
    else
        miss(vector, path,
             cJSON_IsNumber(expected) ? sq_decimal(expected_text, expected->valuedouble)
                                      : "a number",
             found_text);
}

void check_object(struct vector *vector, const char *path, const cJSON *expected,
                  const struct found *found, size_t n)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, expected)
    {
        char where[160];
        size_t i = 0;
        if (cJSON_IsObject(item) || strcmp(item->string, "note") == 0)
            continue;
        snprintf(where, sizeof where, "%s.%s", path, item->string);
        while (i < n && strcmp(found[i].key, item->string) != 0)
            i++;
        if (i < n)
            check_figure(vector, where, item, found[i].value);
        else
            check_miss(vector, where, "no such figure is computed");
    }
}

int read_digits(const cJSON *shape, const cJSON *data, struct digits *out)
{
    const cJSON *dim;
    *out = (struct digits){.n = 1};
    if (!cJSON_IsString(data) || !cJSON_IsArray(shape))
        return 0;
    cJSON_ArrayForEach(dim, shape)
    {
        if (out->n_dims == 8 || !cJSON_IsNumber(dim) || dim->valuedouble < 0 ||
            dim->valuedouble > 1e6)
            return 0;
        out->shape[out->n_dims++] = (uint64_t)dim->valuedouble;
        out->n *= (uint64_t)dim->valuedouble;
    }
    out->text = data->valuestring;
    return strlen(out->text) == out->n && strspn(out->text, "0123456789") == out->n;
}

uint64_t span(const struct digits *tensor, int from, int to)
{
    uint64_t product = 1;
    for (int i = from; i < to && i < tensor->n_dims; i++)
        product *= tensor->shape[i];
    return product;
}

int shape_of(const cJSON *config, struct sq_counters *out, struct sq_error *err)
{
    const char *layout = cJSON_GetStringValue(member(config, "layout"));
    struct sq_config c = {.name = "vector"};
    if (layout != NULL)
        snprintf(c.architecture, sizeof c.architecture, "%s", layout);
    c.takes_frames = layout != NULL && strcmp(layout, "cifar10dvs") == 0;
    c.in_channels = (uint32_t)number_at(config, "in_channels", c.takes_frames ? 2 : 3);
    c.depth = (uint32_t)number_at(config, "depth", 0);
    c.dim = (uint32_t)number_at(config, "embed_dim", 0);
    c.heads = (uint32_t)number_at(config, "heads", 0);
    c.mlp_hidden = (uint32_t)number_at(config, "mlp_hidden", 4 * c.dim);
    c.timesteps = (uint32_t)number_at(config, "T", 4);
    c.image_height = c.image_width = (uint32_t)number_at(config, "image", 0);
    c.classes = (uint32_t)number_at(config, "classes", 0);
    return sq_counters_from_config(err, &c, out);
}

int shape_of_config(const char *name, struct sq_counters *out)
{
    struct sq_error err = {0};
    struct sq_config config;
    return sq_config_load(&err, getenv("SPIKEQ_CONFIGS"), name, &config) == SQ_OK &&
           sq_counters_from_config(&err, &config, out) == SQ_OK;
}
