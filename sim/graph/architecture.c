#include "sim/graph/architecture.h"

#include "kernels/base/nearest.h"
#include "kernels/base/option_names.h"
#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"
#include "sim/graph/template.h"
#include "sim/json/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of an architecture and what they must hold. */
static const struct {
    const char *name;
    int type; /* of cJSON */
    bool is_needed;
} known_key[] = {
    {"name", cJSON_String, false},
    {"family", cJSON_String, false},
    {"layout", cJSON_String, false},
    {"also", cJSON_Array, false},
    {"source", cJSON_String, false},
    {"comment", cJSON_String, false},
    {"recognise", cJSON_Object, false},
    {"sizes", cJSON_Object, false},
    {"ask", cJSON_Array, false},
    {"defaults", cJSON_Object, false},
    {"assumed", cJSON_Array, false},
    {"input", cJSON_String, false},
    {"smallest_image", cJSON_Number, false},
    {"patch_size", cJSON_Number, false},
    {"require", cJSON_Array, false},
    {"checks", cJSON_Object, false},
    {"tensors", cJSON_Array, false},
    {"unused", cJSON_Object, false},
    {"unused_parameters", cJSON_String, false},
    {"unused_tensors", cJSON_Object, false},
    {"nodes", cJSON_Array, true},
    {"architecture", cJSON_String, false},
    {"config", cJSON_Object, false}, /* with which a flat list was made; for spikeq graph */
};
enum { N_KEYS = sizeof known_key / sizeof *known_key };

static int check_key(struct sq_error *err, const char *origin, const cJSON *item)
{
    struct sq_nearest nearest = sq_nearest_to(item->string);
    for (int i = 0; i < N_KEYS; i++) {
        if (strcmp(known_key[i].name, item->string) != 0) {
            sq_nearest_offer(&nearest, known_key[i].name);
            continue;
        }
        if ((item->type & 0xff) == known_key[i].type)
            return SQ_OK;
        return sq_fail(err, SQ_EFORMAT, "%s: \"%s\" must be %s", origin, item->string,
                       known_key[i].type == cJSON_String   ? "text"
                       : known_key[i].type == cJSON_Array  ? "a list"
                       : known_key[i].type == cJSON_Object ? "an object"
                                                           : "a number");
    }
    return sq_fail(err, SQ_EFORMAT, "%s: an architecture has no key \"%.32s\"%s%s%s", origin,
                   item->string, nearest.name != NULL ? "; did you mean \"" : "",
                   nearest.name != NULL ? nearest.name : "", nearest.name != NULL ? "\"?" : "");
}

static int check_keys(struct sq_error *err, const struct sq_architecture *architecture)
{
    const cJSON *item;
    int status = SQ_OK;
    cJSON_ArrayForEach(item, architecture->json)
    {
        status = check_key(err, architecture->origin, item);
        if (status != SQ_OK)
            return status;
    }
    for (int i = 0; i < N_KEYS; i++)
        if (known_key[i].is_needed && sq_architecture_part(architecture, known_key[i].name) == NULL)
            return sq_fail(err, SQ_EFORMAT,
                           "%s: \"%s\" is missing; an architecture lists its nodes",
                           architecture->origin, known_key[i].name);
    return SQ_OK;
}

int sq_architecture_open(struct sq_error *err, const char *config_dirs, const char *name,
                         struct sq_architecture *out)
{
    char *path = NULL;
    *out = (struct sq_architecture){.json = NULL};
    int status = sq_architecture_find(err, config_dirs, name, &path, &out->json);
    if (status == SQ_OK) {
        snprintf(out->origin, sizeof out->origin, "%s", path);
        const char *own = sq_architecture_text(out, "name"), *slash = strrchr(path, '/');
        const char *stem = slash != NULL ? slash + 1 : path;
        snprintf(out->name, sizeof out->name, "%s", own[0] != '\0' ? own : stem);
        if (sq_config_is_path(name))
            snprintf(out->called, sizeof out->called, "%s", name);
        else
            snprintf(out->called, sizeof out->called, "%.*s", (int)(strlen(stem) - strlen(".json")),
                     stem);
        status = check_keys(err, out);
    }
    free(path);
    return status;
}

void sq_architecture_close(struct sq_architecture *architecture)
{
    cJSON_Delete(architecture->json);
    architecture->json = NULL;
}

const cJSON *sq_architecture_part(const struct sq_architecture *architecture, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(architecture->json, key);
}

const char *sq_architecture_text(const struct sq_architecture *architecture, const char *key)
{
    const char *text = cJSON_GetStringValue(sq_architecture_part(architecture, key));
    return text != NULL ? text : "";
}

/* A default of a key of configurations, where it is not given; `text` is its value. */
static int default_number(struct sq_error *err, const struct sq_architecture *architecture,
                          const cJSON *item, struct sq_config *config)
{
    char text[32];
    if (!cJSON_IsNumber(item))
        return sq_fail(err, SQ_EFORMAT, "%s: the default of \"%.32s\" must be a number",
                       architecture->origin, item->string);
    snprintf(text, sizeof text, "%.9g", item->valuedouble);
    char assumed[sizeof config->assumed];
    memcpy(assumed, config->assumed, sizeof assumed);
    const int status = sq_config_set(err, config, architecture->origin, item->string, text);
    memcpy(config->assumed, assumed, sizeof assumed);
    return status;
}

/* Is a default of the architecture one that nobody has stated? */
static bool is_assumed(const struct sq_architecture *architecture, const char *key)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "assumed"))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, key) == 0)
            return true;
    }
    return false;
}

static int default_extra(struct sq_error *err, const struct sq_architecture *architecture,
                         const cJSON *item, struct sq_config *config)
{
    const int status = sq_config_store_extra(err, architecture->origin, item->string, item, config);
    if (status == SQ_OK && is_assumed(architecture, item->string))
        sq_config_assume(config, item->string);
    return status;
}

int sq_architecture_defaults(struct sq_error *err, const struct sq_architecture *architecture,
                             struct sq_config *config)
{
    const cJSON *item;
    int status = SQ_OK;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "defaults"))
    {
        double number;
        const bool is_key = sq_config_number(config, item->string, &number);
        if (is_key && number == 0)
            status = default_number(err, architecture, item, config);
        else if (!is_key && sq_config_extra_of(config, item->string) == NULL)
            status = default_extra(err, architecture, item, config);
        if (status != SQ_OK)
            break;
    }
    return status;
}

static bool find_size(const void *data, const char *name, struct sq_value *out)
{
    const struct sq_config *config = data;
    const char *extra = sq_config_extra_of(config, name);
    char *end;
    *out = (struct sq_value){.is_text = false};
    if (sq_config_number(config, name, &out->number))
        return out->number != 0;
    if (strcmp(name, "mlp_ratio") == 0) { /* where it is of another size than dim */
        out->number = config->mlp_ratio;
        return config->mlp_ratio != 0;
    }
    if (extra == NULL)
        return false;
    out->number = strtod(extra, &end);
    out->is_text = end == extra || *end != '\0' || !isfinite(out->number);
    snprintf(out->text, sizeof out->text, "%s", extra);
    return true;
}

/* What the weights cannot tell, and the user has to. */
static int check_asked(struct sq_error *err, const struct sq_architecture *architecture,
                       const struct sq_config *config)
{
    const cJSON *item;
    struct sq_value value;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "ask"))
    {
        const char *choices = NULL, *key = sq_asked(item, &choices);
        if (key == NULL)
            return sq_fail(err, SQ_EFORMAT, "%s: \"ask\" must hold names of parameters",
                           architecture->origin);
        if (!find_size(config, key, &value))
            return sq_fail(err, SQ_EVALUE,
                           "config %s: the weights do not tell \"%.32s\", which %s asks for%s%s; "
                           "give " SQ_OPT "set %.32s=VALUE",
                           config->name, key, architecture->name, choices != NULL ? ": " : "",
                           choices != NULL ? choices : "", key);
    }
    return SQ_OK;
}

/* What must hold of the sizes: {"if": condition, "else": sentence}. */
static int check_requirement(struct sq_error *err, const struct sq_architecture *architecture,
                             const struct sq_config *config, const cJSON *item)
{
    const struct sq_names names = {find_size, config};
    const char *condition = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "if"));
    const char *sentence = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "else"));
    struct sq_value holds;
    char text[256];
    bool is_number;
    double number;
    if (condition == NULL || sentence == NULL)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: \"require\" must hold {\"if\": \"condition\", \"else\": \"sentence\"}",
                       architecture->origin);
    int status = sq_expression(err, architecture->origin, condition, &names, &holds);
    if (status != SQ_OK || sq_value_holds(&holds))
        return status;
    status = sq_fill_in(err, architecture->origin, sentence, &names, text, sizeof text, &is_number,
                        &number);
    return status != SQ_OK ? status : sq_fail(err, SQ_ESHAPE, "config %s: %s", config->name, text);
}

/* Keys that say what follows from others: {KEY: condition}, which must hold where the key is given. */
static int check_claimed(struct sq_error *err, const struct sq_architecture *architecture,
                         const struct sq_config *config)
{
    const struct sq_names names = {find_size, config};
    const cJSON *item;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "checks"))
    {
        const char *condition = cJSON_GetStringValue(item);
        struct sq_value value, holds;
        if (condition == NULL)
            return sq_fail(err, SQ_EFORMAT, "%s: \"checks\" must hold {\"KEY\": \"condition\"}",
                           architecture->origin);
        if (!find_size(config, item->string, &value))
            continue;
        const int status = sq_expression(err, architecture->origin, condition, &names, &holds);
        if (status != SQ_OK)
            return status;
        if (!sq_value_holds(&holds))
            return sq_fail(
                err, SQ_ESHAPE,
                "config %s: \"%.32s\" does not agree with the other sizes: %.80s does not "
                "hold",
                config->name, item->string, condition);
    }
    return SQ_OK;
}

struct sq_names sq_architecture_sizes(const struct sq_config *config)
{
    return (struct sq_names){find_size, config};
}

/* How many parameters the official module holds in vain. */
static int count_unused(struct sq_error *err, const struct sq_architecture *architecture,
                        const struct sq_config *config, struct sq_graph *graph)
{
    const struct sq_names names = {find_size, config};
    const cJSON *text = sq_architecture_part(architecture, "unused_parameters");
    struct sq_value n;
    if (text == NULL)
        return SQ_OK;
    const int status = sq_expression(err, architecture->origin, text->valuestring, &names, &n);
    if (status == SQ_OK &&
        (n.is_text || !(n.number >= 0 && n.number < 0x1p48) || n.number != floor(n.number)))
        return sq_fail(err, SQ_EVALUE, "%s: \"unused_parameters\" is not a count",
                       architecture->origin);
    if (status == SQ_OK)
        graph->unused_parameters = (uint64_t)n.number;
    return status;
}

int sq_architecture_graph(struct sq_error *err, const struct sq_architecture *architecture,
                          const struct sq_config *config, struct sq_graph *graph)
{
    const struct sq_names names = {find_size, config};
    const cJSON *item;
    int status = SQ_OK;
    *graph = (struct sq_graph){.n_nodes = 0};
    snprintf(graph->architecture, sizeof graph->architecture, "%s", architecture->name);
    status = check_asked(err, architecture, config);
    if (status != SQ_OK)
        return status;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "require"))
    {
        status = check_requirement(err, architecture, config, item);
        if (status != SQ_OK)
            return status;
    }
    status = check_claimed(err, architecture, config);
    if (status == SQ_OK)
        status = count_unused(err, architecture, config, graph);
    return status == SQ_OK
               ? sq_template_expand(err, architecture->origin,
                                    sq_architecture_part(architecture, "nodes"), &names, graph)
               : status;
}
