#include "sim/api/opened_with.h"

#include "kernels/base/option_names.h"

#include <stdio.h>
#include <string.h>

enum { MOST_FIXED = 7, NUMBER_ROOM = 32 };

/* An option that is set, by its name, and its value. */
struct setting {
    const char *name, *value;
};

/* Settings of fixed point that are set; numbers are written into `room`. Returns how many. */
static size_t list_fixed(const struct sq_fixed_choices *fixed, char room[4][NUMBER_ROOM],
                         struct setting setting[MOST_FIXED])
{
    snprintf(room[0], NUMBER_ROOM, "%u", fixed->weight_bits);
    snprintf(room[1], NUMBER_ROOM, "%u", fixed->membrane_bits);
    snprintf(room[2], NUMBER_ROOM, "%u", fixed->pixel_bits);
    snprintf(room[3], NUMBER_ROOM, "%.17g", fixed->pixel_max);
    const struct setting all[MOST_FIXED] = {
        {"arith", fixed->arith},
        {"weight-bits", fixed->weight_bits != 0 ? room[0] : NULL},
        {"membrane-bits", fixed->membrane_bits != 0 ? room[1] : NULL},
        {"pixel-bits", fixed->pixel_bits != 0 ? room[2] : NULL},
        {"pixel-max", fixed->pixel_max > 0 ? room[3] : NULL},
        {"scale", fixed->scale},
        {"rounding", fixed->rounding},
    };
    size_t n = 0;
    for (size_t i = 0; i < MOST_FIXED; i++)
        if (all[i].value != NULL)
            setting[n++] = all[i];
    return n;
}

typedef int on_setting(struct sq_error *err, void *data, const struct setting *setting);

/* Call `on` for each choice that is set, until one fails. */
static int for_each(struct sq_error *err, const struct sq_network_choices *choices, on_setting *on,
                    void *data)
{
    const struct setting text[] = {{"model", choices->model},
                                   {"config", choices->config},
                                   {"weights", choices->weights},
                                   {"architecture", choices->architecture}};
    struct setting fixed[MOST_FIXED];
    char room[4][NUMBER_ROOM];
    const size_t n_fixed = choices->arith != NULL ? list_fixed(choices->arith, room, fixed) : 0;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < sizeof text / sizeof *text; i++)
        if (text[i].value != NULL)
            status = on(err, data, &text[i]);
    for (size_t i = 0; status == SQ_OK && i < choices->n_set; i++)
        status = on(err, data, &(struct setting){"set", choices->set[i]});
    for (size_t i = 0; status == SQ_OK && i < n_fixed; i++)
        status = on(err, data, &fixed[i]);
    return status;
}

static int keep(struct sq_error *err, void *data, const struct setting *setting)
{
    struct sq_network *network = data;
    struct sq_opened_with *kept = sq_arena_alloc(&network->arena, 1, sizeof *kept);
    const char *value = sq_arena_strdup(&network->arena, setting->value);
    if (kept == NULL || value == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the options of a network");
    *kept = (struct sq_opened_with){setting->name, value, network->opened_with};
    network->opened_with = kept;
    return SQ_OK;
}

int sq_opened_with_keep(struct sq_error *err, const struct sq_network_choices *choices,
                        struct sq_network *network)
{
    return for_each(err, choices, keep, network);
}

static int check(struct sq_error *err, void *data, const struct setting *setting)
{
    const struct sq_network *network = data;
    const char *other = NULL;
    for (const struct sq_opened_with *kept = network->opened_with; kept != NULL;
         kept = kept->next) {
        if (strcmp(kept->name, setting->name) != 0)
            continue;
        if (strcmp(kept->value, setting->value) == 0)
            return SQ_OK;
        other = kept->value;
    }
    return sq_fail(
        err, SQ_EUSAGE,
        SQ_OPT "%s %.200s: the network was opened with%s %.200s; give this where it is opened",
        setting->name, setting->value, other != NULL ? "" : "out", other != NULL ? other : "it");
}

int sq_opened_with_check(struct sq_error *err, const struct sq_network_choices *choices,
                         const struct sq_network *network)
{
    return for_each(err, choices, check, (void *)network);
}
