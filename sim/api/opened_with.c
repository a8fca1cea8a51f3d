#include "sim/api/opened_with.h"

#include <stdlib.h>
#include <string.h>

static const char *const of_network[] = {"model",      "config",    "weights",     "architecture",
                                         "set",        "arith",     "weight-bits", "membrane-bits",
                                         "pixel-bits", "pixel-max", "scale",       "rounding"};
enum { N_OF_NETWORK = sizeof of_network / sizeof *of_network };

int sq_opened_with(struct sq_error *err, struct sq_network *network, const char *name,
                   const char *value)
{
    if (value == NULL)
        return SQ_OK;
    struct sq_opened_with *kept = sq_arena_alloc(&network->arena, 1, sizeof *kept);
    const char *copy = sq_arena_strdup(&network->arena, value);
    if (kept == NULL || copy == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the options of a network");
    *kept = (struct sq_opened_with){name, copy, network->opened_with};
    network->opened_with = kept;
    return SQ_OK;
}

int sq_opened_with_keep(struct sq_error *err, const spikeq_options *options,
                        struct sq_network *network)
{
    int status = SQ_OK;
    for (size_t i = 0; i < N_OF_NETWORK; i++) {
        size_t n;
        const char *const *value = sq_option_list(options, of_network[i], &n);
        for (size_t v = 0; status == SQ_OK && v < n; v++)
            status = sq_opened_with(err, network, of_network[i], value[v]);
    }
    return status;
}

/* Are two values of an option equal, as numbers where it is one? */
static int is_same(const spikeq_options *options, const char *name, const char *a, const char *b)
{
    const enum sq_option_type type = sq_option_row[sq_option_by_name(options, name)].type;
    return strcmp(a, b) == 0 || ((type == SQ_OPTION_COUNT || type == SQ_OPTION_NUMBER) &&
                                 strtod(a, NULL) == strtod(b, NULL));
}

static int check(struct sq_error *err, const spikeq_options *options,
                 const struct sq_network *network, const char *name, const char *value)
{
    const char *other = NULL;
    for (const struct sq_opened_with *kept = network->opened_with; kept != NULL;
         kept = kept->next) {
        if (strcmp(kept->name, name) != 0)
            continue;
        if (is_same(options, name, kept->value, value))
            return SQ_OK;
        other = kept->value;
    }
    return sq_fail(err, SQ_EUSAGE,
                   SQ_OPT
                   "%s %.200s: the network was opened with%s %.200s; give this where it is opened",
                   name, value, other != NULL ? "" : "out", other != NULL ? other : "it");
}

int sq_opened_with_check(struct sq_error *err, const spikeq_options *options,
                         const struct sq_network *network)
{
    int status = SQ_OK;
    for (size_t i = 0; i < N_OF_NETWORK; i++) {
        size_t n;
        const char *const *value = sq_option_list(options, of_network[i], &n);
        for (size_t v = 0; status == SQ_OK && v < n; v++)
            status = check(err, options, network, of_network[i], value[v]);
    }
    return status;
}
