#include "traces/compare/compare_plan.h"

#include "traces/format/description.h"
#include "traces/format/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The two traces, and the text that names their difference. */
struct plans {
    const struct sq_trace *trace[2];
    const struct sq_trace_plan *plan[2];
    const char *globs;
    char *why;
};

static int is_chosen(const struct plans *plans, int which, size_t p)
{
    return sq_globs_match(plans->globs, plans->plan[which]->population[p].name);
}

/* A population that only one of the two has. */
static void tell_missing(const struct plans *plans, int which, size_t p)
{
    snprintf(plans->why, SQ_PLAN_TEXT, "population %s is in %s, not in %s",
             plans->plan[which]->population[p].name, sq_trace_path(plans->trace[which]),
             sq_trace_path(plans->trace[!which]));
}

/* What a population's frames are: they compare where this text is the same. */
static void form(const struct sq_trace_population *p, char *text, size_t size)
{
    char shape[SQ_SHAPE_TEXT];
    sq_shape_text(p, shape);
    snprintf(text, size, "%s, %s of %" PRIu32 " rows%s", shape, sq_trace_axes_name(p), p->n_rows,
             p->kind == SQ_TRACE_INPUT ? ", whole numbers" : "");
}

static int same_form(const struct plans *plans, size_t a, size_t b)
{
    char text[2][SQ_SHAPE_TEXT + 64];
    form(&plans->plan[0]->population[a], text[0], sizeof text[0]);
    form(&plans->plan[1]->population[b], text[1], sizeof text[1]);
    if (strcmp(text[0], text[1]) == 0)
        return 1;
    snprintf(plans->why, SQ_PLAN_TEXT, "population %s is %s in %s, %s in %s",
             plans->plan[0]->population[a].name, text[0], sq_trace_path(plans->trace[0]), text[1],
             sq_trace_path(plans->trace[1]));
    return 0;
}

static int same_timesteps(const struct plans *plans)
{
    if (plans->plan[0]->timesteps == plans->plan[1]->timesteps)
        return 1;
    snprintf(plans->why, SQ_PLAN_TEXT, "%" PRIu32 " timesteps in %s, %" PRIu32 " in %s",
             plans->plan[0]->timesteps, sq_trace_path(plans->trace[0]), plans->plan[1]->timesteps,
             sq_trace_path(plans->trace[1]));
    return 0;
}

/* Pair those of the first trace with those of the second; 0 after a difference. */
static int pair_up(const struct plans *plans, uint32_t (*pair)[2], size_t *n)
{
    for (size_t p = 0; p < plans->plan[0]->n_populations; p++) {
        if (!is_chosen(plans, 0, p))
            continue;
        const int64_t other = sq_trace_find(plans->trace[1], plans->plan[0]->population[p].name);
        if (other < 0)
            return tell_missing(plans, 0, p), 0;
        if (!same_form(plans, p, (size_t)other))
            return 0;
        pair[*n][0] = (uint32_t)p;
        pair[(*n)++][1] = (uint32_t)other;
    }
    return 1;
}

/* Those of the second that the first lacks. */
static int none_left(const struct plans *plans)
{
    for (size_t p = 0; p < plans->plan[1]->n_populations; p++)
        if (is_chosen(plans, 1, p) &&
            sq_trace_find(plans->trace[0], plans->plan[1]->population[p].name) < 0)
            return tell_missing(plans, 1, p), 0;
    return 1;
}

int sq_compare_plans(struct sq_error *err, const struct sq_trace *a, const struct sq_trace *b,
                     const struct sq_compare_options *options, uint32_t (*pair)[2], size_t *n,
                     char why[SQ_PLAN_TEXT])
{
    const struct plans plans = {
        {a, b}, {sq_trace_plan_of(a), sq_trace_plan_of(b)}, options->populations, why};
    *n = 0;
    why[0] = '\0';
    if (!same_timesteps(&plans) || !pair_up(&plans, pair, n) || !none_left(&plans) || *n > 0 ||
        options->populations == NULL)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "populations %s: names no population of %s",
                   options->populations, sq_trace_path(a));
}
