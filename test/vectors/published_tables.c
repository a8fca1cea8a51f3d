/* "published": tables of papers and READMEs. */
#include "sim/account/price/paper.h"
#include "test/vectors/published.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int shape_named(const char *name, struct sq_counters *shape)
{
    char config[96];
    snprintf(config, sizeof config, "%.80s-imagenet", name);
    for (char *at = config; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return shape_of_config(config, shape);
}

/* Printed in millions: rounded or cut, as the column mixes them. */
static void check_millions(struct vector *vector, const char *path, const char *printed,
                           uint64_t parameters)
{
    if (printed[0] == '\0')
        return;
    char rounded[32], cut[32];
    snprintf(rounded, sizeof rounded, "%.2f", (double)parameters / 1e6);
    snprintf(cut, sizeof cut, "%.2f", (double)(parameters / 10000) / 100);
    check_text(vector, path, printed, strcmp(printed, cut) == 0 ? cut : rounded);
}

void check_paper_rows(const cJSON *item, struct vector *vector)
{
    const cJSON *row, *exact = member(item, "parameters_exact"), *first, *sizes;
    cJSON_ArrayForEach(row, member(item, "rows"))
    {
        struct sq_counters shape = {0};
        char printed[32];
        const char *model = text_at(row, "model");
        snprintf(printed, sizeof printed, "%.3f",
                 sq_paper_mj(strtod(text_at(row, "ops_g"), NULL), 0.347));
        check_text(vector, model, text_at(row, "energy_mj"), printed);
        if (shape_named(model, &shape))
            check_millions(vector, model, text_at(row, "param_m"),
                           shape.parameters - shape.unused_parameters);
        else
            check_miss(vector, model, "no such size");
        sq_counters_free(&shape);
    }
    cJSON_ArrayForEach(sizes, exact)
    {
        struct sq_counters shape = {0};
        if (shape_named(sizes->string, &shape)) {
            const struct found found[] = {
                {"with_unused_layernorm", (double)shape.parameters},
                {"without", (double)(shape.parameters - shape.unused_parameters)}};
            check_object(vector, sizes->string, sizes, found, 2);
        } else {
            check_miss(vector, sizes->string, "no such size");
        }
        sq_counters_free(&shape);
    }
    cJSON_ArrayForEach(first, member(item, "first_conv_macs_times_T"))
    {
        struct sq_counters shape = {0};
        char name[64];
        snprintf(name, sizeof name, "Spikformer-8-%s", first->string); /* of any depth */
        const struct sq_switches switches = sq_switches_default();
        const double one[3] = {1, 1, 1};
        check_figure(vector, first->string, first,
                     shape_named(name, &shape)
                         ? sq_paper_rate(&shape.op[0], shape.timesteps, one, &switches).macs
                         : -1);
        sq_counters_free(&shape);
    }
}

/* Unrounded ACs of the same model in a log of the same file, or 0. */
static double logged_acs(const cJSON *file, const char *model)
{
    const cJSON *item;
    const char *size = strchr(model, '-');
    cJSON_ArrayForEach(item, member(file, "published"))
    {
        const char *id = text_at(item, "id");
        if (size != NULL && strstr(id, size) != NULL && member(item, "ssa_info") != NULL)
            return strtod(text_at(member(item, "expect"), "g_acs"), NULL);
    }
    return 0;
}

void check_readme_rows(const cJSON *item, const cJSON *file, struct vector *vector)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, member(item, "rows"))
    {
        struct sq_counters shape = {0};
        char printed[32], unrounded[32];
        const char *model = text_at(row, "model"), *want = text_at(row, "energy_mj");
        double ops = 0, macs = 0, named_macs = 0;
        if (!shape_named(model, &shape)) {
            check_miss(vector, model, "no such size");
        } else {
            count_sizes(&shape, &ops, &macs, &named_macs);
            snprintf(
                printed, sizeof printed, "%.2f",
                sq_syops_price(named_macs, 1e9 * strtod(text_at(row, "ops_g"), NULL)).energy_mj);
            snprintf(unrounded, sizeof unrounded, "%.2f",
                     sq_syops_price(named_macs, 1e9 * logged_acs(file, model)).energy_mj);
            check_text(vector, model, want, strcmp(printed, want) == 0 ? printed : unrounded);
            check_millions(vector, model, text_at(row, "param_m"),
                           shape.parameters - shape.unused_parameters);
        }
        sq_counters_free(&shape);
    }
}
