#include "sim/graph/unused_tensors.h"

#include "sim/graph/expression.h"

#include <math.h>
#include <string.h>

enum { MOST_DIMS = 5 };

/* The sizes of a configuration, and the number of a block. */
struct sizes {
    struct sq_names of_config;
    uint32_t i;
};

static bool find(const void *data, const char *name, struct sq_value *out)
{
    const struct sizes *sizes = data;
    if (strcmp(name, "i") != 0)
        return sizes->of_config.find(sizes->of_config.data, name, out);
    *out = (struct sq_value){.number = sizes->i};
    return true;
}

static int refuse(struct sq_error *err, const struct sq_architecture *architecture,
                  const char *name)
{
    return sq_fail(err, SQ_EFORMAT,
                   "%s: \"unused_tensors\": \"%.64s\" must be a list of 1 to %d sizes, each a text",
                   architecture->origin, name, MOST_DIMS);
}

/* The shape of one tensor; *n_dims sizes into dim. */
static int read_shape(struct sq_error *err, const struct sq_architecture *architecture,
                      const struct sq_names *names, const cJSON *list, uint64_t *dim,
                      uint32_t *n_dims)
{
    const cJSON *item;
    *n_dims = 0;
    cJSON_ArrayForEach(item, list)
    {
        const char *text = cJSON_GetStringValue(item);
        struct sq_value value;
        if (text == NULL || *n_dims == MOST_DIMS)
            return refuse(err, architecture, list->string);
        const int status = sq_expression(err, architecture->origin, text, names, &value);
        if (status != SQ_OK)
            return status;
        if (value.is_text || !(value.number >= 1 && value.number <= 1 << 24) ||
            value.number != floor(value.number))
            return sq_fail(err, SQ_EVALUE, "%s: \"unused_tensors\": \"%.64s\": %.64s is no size",
                           architecture->origin, list->string, text);
        dim[(*n_dims)++] = (uint64_t)value.number;
    }
    return *n_dims > 0 ? SQ_OK : refuse(err, architecture, list->string);
}

/* All tensors of one name. */
static int visit_name(struct sq_error *err, const struct sq_architecture *architecture,
                      const struct sq_config *config, const cJSON *list, sq_unused_tensor *visit,
                      void *data)
{
    struct sizes sizes = {sq_architecture_sizes(config), 0};
    const struct sq_names names = {find, &sizes};
    const uint32_t n = strstr(list->string, "{i}") != NULL ? config->depth : 1;
    int status = SQ_OK;
    for (; status == SQ_OK && sizes.i < n; sizes.i++) {
        char name[SQ_GRAPH_TEXT];
        uint64_t dim[MOST_DIMS];
        uint32_t n_dims;
        bool is_number;
        double number;
        status = read_shape(err, architecture, &names, list, dim, &n_dims);
        if (status == SQ_OK)
            status = sq_fill_in(err, architecture->origin, list->string, &names, name, sizeof name,
                                &is_number, &number);
        if (status == SQ_OK)
            status = visit(err, data, name, dim, n_dims);
    }
    return status;
}

int sq_unused_tensors(struct sq_error *err, const struct sq_architecture *architecture,
                      const struct sq_config *config, sq_unused_tensor *visit, void *data)
{
    const cJSON *list;
    int status = SQ_OK;
    cJSON_ArrayForEach(list, sq_architecture_part(architecture, "unused_tensors"))
    {
        if (status == SQ_OK)
            status = cJSON_IsArray(list) ? visit_name(err, architecture, config, list, visit, data)
                                         : refuse(err, architecture, list->string);
    }
    return status;
}
