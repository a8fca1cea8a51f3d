/* A plan that a user gives: every key in it forces something, or is refused. */
#include "sim/config/config_keys.h"
#include "sim/json/json.h"
#include "sim/nodes/synapse_tiling.h"
#include "sim/tilings/tilings.h"
#include "traces/files/whole_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20, PLAN_VERSION = 1, PLACE_BYTES = 320 };

struct reading {
    struct sq_error *err;
    const char *origin;
    const struct sq_network *network;
    struct sq_arena *arena;
    struct sq_forced_tilings *forced; /* [n_nodes] */
    uint32_t n_layers;
};

/* An object holds these members and no others, none of them twice. */
static int check_keys(const struct reading *r, const char *place, const cJSON *object,
                      const char *const *key, size_t n)
{
    const cJSON *item;
    if (!cJSON_IsObject(object))
        return sq_fail(r->err, SQ_EFORMAT, "%s: %s is no JSON object", r->origin, place);
    cJSON_ArrayForEach(item, object)
    {
        size_t i = 0;
        while (i < n && strcmp(key[i], item->string) != 0)
            i++;
        if (i == n)
            return sq_fail(r->err, SQ_EVALUE, "%s: %s: \"%.60s\" forces nothing; leave it out",
                           r->origin, place, item->string);
        if (cJSON_GetObjectItemCaseSensitive(object, item->string) != item)
            return sq_fail(r->err, SQ_EVALUE, "%s: %s: \"%.60s\" is given twice", r->origin, place,
                           item->string);
    }
    return SQ_OK;
}

/* A whole number from 1 to `most`. */
static int take_count(const struct reading *r, const char *place, const cJSON *object,
                      const char *key, uint32_t most, uint32_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (item == NULL)
        return sq_fail(r->err, SQ_EFORMAT, "%s: %s: \"%s\" is missing", r->origin, place, key);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 1 && item->valuedouble <= most) ||
        item->valuedouble != floor(item->valuedouble))
        return sq_fail(r->err, SQ_EVALUE, "%s: %s: \"%s\": expected a whole number from 1 to %u",
                       r->origin, place, key, most);
    *out = (uint32_t)item->valuedouble;
    return SQ_OK;
}

/* Can the engine take it: does it divide the kernel, is there room for its steps, are its sums proven? */
static int check_tiling(const struct reading *r, const char *place, const struct sq_node *node,
                        const struct sq_tiling_case *of, const struct sq_tiling *tiling)
{
    const uint32_t rows = sq_tiling_rows(tiling, of->channels);
    const uint32_t steps = sq_tiling_steps(tiling, of->kernel);
    const uint32_t most = sq_tiling_max_steps(of->kernel, of->channels);
    if (tiling->lines != 1 && (tiling->lines != of->kernel || tiling->taps != of->kernel))
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: %s: %u lines and %u taps of a %ux%u kernel: expected 1 line, or all "
                       "lines with all taps",
                       r->origin, place, tiling->lines, tiling->taps, of->kernel, of->kernel);
    if (tiling->parts > 1 && (tiling->lines != 1 || tiling->taps != 1))
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: %s: %u of %u channels: fewer than all go with 1 line and 1 tap",
                       r->origin, place, tiling->part_rows, of->channels);
    if (steps > most)
        return sq_fail(r->err, SQ_EVALUE, "%s: %s: makes %u steps of the layer, at most %u fit",
                       r->origin, place, steps, most);
    if (of->most_rows > 0 && rows > of->most_rows)
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: %s: a tile of %u weight rows of %s: %s %u; make it smaller", r->origin,
                       place, rows, node->synapse->name,
                       sq_has_tiles(node) ? "sums are proven to fit 16 bits of at most"
                                          : "of a layer with so many inputs it has at most",
                       of->most_rows);
    return SQ_OK;
}

static int take_rate(const struct reading *r, const char *place, const cJSON *object, int is_alone,
                     double least, double *rate)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, "rate");
    *rate = 0;
    if (item == NULL && is_alone)
        return SQ_OK;
    if (!cJSON_IsNumber(item) || !(item->valuedouble > least && item->valuedouble <= 1))
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: %s: \"rate\": expected a firing rate above %g, at most 1", r->origin,
                       place, least);
    *rate = item->valuedouble;
    return SQ_OK;
}

static int read_tiling(const struct reading *r, const char *place, const struct sq_node *node,
                       const cJSON *object, struct sq_tiling *tiling)
{
    const struct sq_node *from = &r->network->node[node->source[0]];
    const struct sq_tiling_case of = sq_synapse_case(node, from, NULL, 0);
    int status = take_count(r, place, object, "lines", of.kernel, &tiling->lines);
    if (status == SQ_OK)
        status = take_count(r, place, object, "taps", of.kernel, &tiling->taps);
    if (status == SQ_OK)
        status = take_count(r, place, object, "channels", of.channels, &tiling->part_rows);
    if (status != SQ_OK)
        return status;
    tiling->parts = (of.channels + tiling->part_rows - 1) / tiling->part_rows;
    return check_tiling(r, place, node, &of, tiling);
}

/* All tilings of a layer. */
static int read_tilings(struct reading *r, const char *layer, const struct sq_node *node,
                        const cJSON *list)
{
    static const char *const key[] = {"rate", "lines", "taps", "channels", "about"};
    const size_t n = (size_t)cJSON_GetArraySize(list);
    struct sq_forced_tiling *made = sq_arena_alloc(r->arena, n, sizeof *made);
    const cJSON *object;
    char place[PLACE_BYTES];
    size_t i = 0;
    int status = made != NULL
                     ? SQ_OK
                     : sq_fail(r->err, SQ_ENOMEM, "%s: out of memory for a plan", r->origin);
    cJSON_ArrayForEach(object, list)
    {
        if (status != SQ_OK)
            return status;
        snprintf(place, sizeof place, "layer %.200s, tiling %zu", layer, i + 1);
        status = check_keys(r, place, object, key, sizeof key / sizeof key[0]);
        if (status == SQ_OK)
            status =
                take_rate(r, place, object, n == 1, i > 0 ? made[i - 1].rate : 0, &made[i].rate);
        if (status == SQ_OK)
            status = read_tiling(r, place, node, object, &made[i].tiling);
        i++;
    }
    r->forced[node - r->network->node] = (struct sq_forced_tilings){made, n};
    return status;
}

/* The node behind a layer, or NULL. */
static const struct sq_node *node_of(const struct sq_network *network, const char *layer)
{
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_synapse *synapse = sq_node_weights(network, &network->node[i]);
        if (synapse != NULL && strcmp(synapse->name, layer) == 0)
            return &network->node[i];
    }
    return NULL;
}

static int read_layer(struct reading *r, size_t number, const cJSON *object)
{
    static const char *const key[] = {"layer", "tilings", "about"};
    char place[PLACE_BYTES];
    snprintf(place, sizeof place, "entry %zu of \"layers\"", number);
    const int status = check_keys(r, place, object, key, sizeof key / sizeof key[0]);
    const char *layer = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "layer"));
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "tilings");
    if (status != SQ_OK)
        return status;
    if (layer == NULL)
        return sq_fail(r->err, SQ_EFORMAT, "%s: %s: \"layer\" is missing", r->origin, place);
    const struct sq_node *node = node_of(r->network, layer);
    if (node == NULL)
        return sq_fail(r->err, SQ_EVALUE,
                       "%s: the network has no layer \"%.200s\"; spikeq graph " SQ_FLAG
                       "plan lists them",
                       r->origin, layer);
    const int n = cJSON_GetArraySize(list);
    if (list != NULL && (!cJSON_IsArray(list) || n < 1 || n > SQ_MAX_PLAN_RATES))
        return sq_fail(r->err, SQ_EFORMAT,
                       "%s: layer %.200s: \"tilings\": expected a list of 1 to %d", r->origin,
                       layer, SQ_MAX_PLAN_RATES);
    if (list != NULL && !sq_is_tiled(node))
        return sq_fail(r->err, SQ_EVALUE, "%s: layer %.200s is not tiled; leave its tilings out",
                       r->origin, layer);
    if (list != NULL && r->forced[node - r->network->node].n > 0)
        return sq_fail(r->err, SQ_EVALUE, "%s: layer %.200s is given twice", r->origin, layer);
    r->n_layers += list != NULL;
    return list != NULL ? read_tilings(r, layer, node, list) : SQ_OK;
}

static int check_version(const struct reading *r, const cJSON *root)
{
    static const char *const key[] = {"format", "version", "layers", "about"};
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "version");
    const char *format = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "format"));
    if (format == NULL || strcmp(format, "spikeq plan") != 0)
        return sq_fail(r->err, SQ_EFORMAT,
                       "%s: not a plan: \"format\" is not \"spikeq plan\"; spikeq graph " SQ_FLAG
                       "plan " SQ_FLAG "json writes one",
                       r->origin);
    if (!cJSON_IsNumber(version) || version->valuedouble != PLAN_VERSION)
        return sq_fail(r->err, SQ_EUNSUPPORTED, "%s: a plan of another version than %d", r->origin,
                       PLAN_VERSION);
    return check_keys(r, "plan", root, key, sizeof key / sizeof key[0]);
}

static int read_plan(struct reading *r, const cJSON *root)
{
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(root, "layers"), *object;
    int status = check_version(r, root);
    size_t number = 0;
    if (status == SQ_OK && !cJSON_IsArray(layers))
        return sq_fail(r->err, SQ_EFORMAT, "%s: \"layers\" is no list", r->origin);
    r->forced = sq_arena_alloc(r->arena, r->network->n_nodes, sizeof *r->forced);
    if (status == SQ_OK && r->forced == NULL)
        return sq_fail(r->err, SQ_ENOMEM, "%s: out of memory for a plan", r->origin);
    cJSON_ArrayForEach(object, layers)
    {
        if (status == SQ_OK)
            status = read_layer(r, ++number, object);
    }
    return status != SQ_OK || r->n_layers > 0
               ? status
               : sq_fail(r->err, SQ_EVALUE, "%s: forces nothing: no layer in it has tilings",
                         r->origin);
}

int sq_tilings_parse(struct sq_error *err, const char *origin, const char *text, size_t size,
                     const struct sq_network *network, struct sq_arena *arena,
                     struct sq_forced_tilings **out, uint32_t *n_layers)
{
    struct reading r = {.err = err, .origin = origin, .network = network, .arena = arena};
    cJSON *root = NULL;
    int status = sq_config_parse_text(err, origin, text, size, &root);
    if (status == SQ_OK)
        status = read_plan(&r, root);
    cJSON_Delete(root);
    if (status != SQ_OK)
        return status;
    *out = r.forced;
    *n_layers = r.n_layers;
    return SQ_OK;
}

int sq_tilings_read(struct sq_error *err, const char *path, const struct sq_network *network,
                    struct sq_arena *arena, struct sq_forced_tilings **out, uint32_t *n_layers)
{
    char *text = NULL;
    size_t size = 0;
    int status =
        sq_file_read(err, path, MOST_BYTES, "larger than 16 MiB, expected a plan", &text, &size);
    if (status == SQ_OK)
        status = sq_tilings_parse(err, path, text, size, network, arena, out, n_layers);
    free(text);
    return status;
}
