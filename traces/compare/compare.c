#include "traces/compare/compare.h"

#include "kernels/base/arena.h"
#include "traces/compare/compare_plan.h"
#include "traces/compare/side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct comparing {
    struct sq_side side[2];
    struct sq_arena arena;
    const struct sq_compare_options *options;
    struct sq_comparison *out;
    uint32_t (*pair)[2];
};

/* The next sample within the range, if there is one. */
static int next_sample(struct sq_error *err, const struct comparing *c, struct sq_side *side)
{
    const int status = sq_trace_next(err, side->trace, &side->sample);
    side->has_sample = status == 1 && side->sample.id < c->options->samples.end;
    return status < 0 ? status : SQ_OK;
}

/* Pair i at timestep t of the samples at hand. */
static int compare_at(struct sq_error *err, struct comparing *c, size_t i, uint32_t t)
{
    struct sq_comparison *out = c->out;
    struct sq_difference first = {.sample = c->side[0].sample.id, .timestep = t};
    uint64_t n = 0;
    int status = sq_side_fetch(err, &c->side[0], c->pair[i][0], t);
    if (status == SQ_OK)
        status = sq_side_fetch(err, &c->side[1], c->pair[i][1], t);
    if (status == SQ_OK)
        status = sq_side_compare(err, &c->side[0], &c->side[1], &n, &first);
    for (int which = 0; which < 2; which++)
        out->spikes[i][which] += c->side[which].has_frame ? c->side[which].frame.spikes : 0;
    if (status != SQ_OK || n == 0)
        return status;
    if (!out->has_first) {
        out->has_first = 1;
        out->first = first;
        out->first_population = c->pair[i][0];
    }
    out->mismatches[i * sq_trace_plan_of(c->side[0].trace)->timesteps + t] += n;
    out->n_mismatches += n;
    return SQ_OK;
}

static void list(struct sq_sample_list *samples, uint64_t id, int64_t a, int64_t b)
{
    if (samples->n < SQ_COMPARE_LISTED) {
        samples->id[samples->n] = id;
        samples->a[samples->n] = a;
        samples->b[samples->n] = b;
    }
    samples->n++;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The largest distance of two logits; infinite where they are not as many, or just one of two is
 * not a number. Equal bits are not apart. */
static double distance(const struct sq_trace_sample *a, const struct sq_trace_sample *b)
{
    double most = 0;
    if (a->n_logits != b->n_logits)
        return INFINITY;
    for (size_t i = 0; i < a->n_logits; i++) {
        const double apart = fabs((double)a->logits[i] - (double)b->logits[i]);
        if (bits_of(a->logits[i]) != bits_of(b->logits[i]) && !(apart <= most))
            most = isnan(apart) ? INFINITY : apart;
    }
    return most;
}

static int has_same_logits(const struct sq_trace_sample *a, const struct sq_trace_sample *b)
{
    return a->n_logits == b->n_logits &&
           (a->n_logits == 0 || memcmp(a->logits, b->logits, a->n_logits * sizeof *a->logits) == 0);
}

static void count_correct(struct sq_comparison *out, int which,
                          const struct sq_trace_sample *sample)
{
    const int is_labelled = sample->label >= 0 && sample->prediction >= 0;
    out->n_labelled[which] += is_labelled;
    out->n_correct[which] += is_labelled && sample->label == sample->prediction;
}

/* What both traces predict for a sample. */
static void compare_outcome(const struct sq_compare_options *options, struct sq_comparison *out,
                            const struct sq_trace_sample *a, const struct sq_trace_sample *b)
{
    const double apart = distance(a, b);
    count_correct(out, 0, a);
    count_correct(out, 1, b);
    if (a->prediction != b->prediction)
        list(&out->predictions, a->id, a->prediction, b->prediction);
    if (a->label != b->label)
        list(&out->labels, a->id, a->label, b->label);
    if (!has_same_logits(a, b) &&
        (options->logits_tolerance <= 0 || apart > options->logits_tolerance))
        list(&out->logits, a->id, 0, 0);
    if (apart > out->logits_apart)
        out->logits_apart = apart;
}

static int compare_sample(struct sq_error *err, struct comparing *c)
{
    const uint64_t before = c->out->n_mismatches;
    const uint32_t timesteps = sq_trace_plan_of(c->side[0].trace)->timesteps;
    int status = SQ_OK;
    compare_outcome(c->options, c->out, &c->side[0].sample, &c->side[1].sample);
    for (uint32_t t = 0; status == SQ_OK && t < timesteps; t++)
        for (size_t i = 0; status == SQ_OK && i < c->out->n_populations; i++)
            status = compare_at(err, c, i, t);
    c->out->n_samples++;
    c->out->n_samples_differ += c->out->n_mismatches > before;
    return status;
}

/* Both in step, by ascending number. */
static int compare_samples(struct sq_error *err, struct comparing *c)
{
    struct sq_side *a = &c->side[0], *b = &c->side[1];
    int status = SQ_OK;
    for (int which = 0; status == SQ_OK && which < 2; which++) {
        status = sq_trace_seek(err, c->side[which].trace, c->options->samples.first);
        if (status == SQ_OK)
            status = next_sample(err, c, &c->side[which]);
    }
    while (status == SQ_OK && (a->has_sample || b->has_sample)) {
        const int takes_a = a->has_sample && (!b->has_sample || a->sample.id <= b->sample.id);
        const int takes_b = b->has_sample && (!a->has_sample || b->sample.id <= a->sample.id);
        if (takes_a && takes_b)
            status = compare_sample(err, c);
        else if (takes_a)
            list(&c->out->only_a, a->sample.id, 0, 0);
        else
            list(&c->out->only_b, b->sample.id, 0, 0);
        if (status == SQ_OK && takes_a)
            status = next_sample(err, c, a);
        if (status == SQ_OK && takes_b)
            status = next_sample(err, c, b);
    }
    return status;
}

static int take_room(struct sq_error *err, struct comparing *c)
{
    struct sq_comparison *out = c->out;
    const uint32_t timesteps = sq_trace_plan_of(c->side[0].trace)->timesteps;
    int status = SQ_OK;
    for (int i = 0; status == SQ_OK && i < 2; i++)
        status = sq_trace_room_take(err, c->side[i].trace, &c->arena, &c->side[i].room);
    out->mismatches = calloc(out->n_populations * timesteps + 1, sizeof *out->mismatches);
    out->population = calloc(out->n_populations + 1, sizeof *out->population);
    out->spikes = calloc(out->n_populations + 1, sizeof *out->spikes);
    if (out->mismatches == NULL || out->population == NULL || out->spikes == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(c->side[0].trace));
    for (size_t i = 0; i < out->n_populations; i++)
        out->population[i] = c->pair[i][0];
    return status;
}

static int compare(struct sq_error *err, struct comparing *c)
{
    struct sq_trace *a = c->side[0].trace, *b = c->side[1].trace;
    c->pair = sq_arena_alloc(&c->arena, sq_trace_plan_of(a)->n_populations, sizeof *c->pair);
    if (c->pair == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(a));
    int status =
        sq_compare_plans(err, a, b, c->options, c->pair, &c->out->n_populations, c->out->plan);
    if (status == SQ_OK && c->out->plan[0] != '\0')
        c->out->n_populations = 0;
    if (status == SQ_OK)
        status = take_room(err, c);
    return status == SQ_OK && c->out->plan[0] == '\0' ? compare_samples(err, c) : status;
}

int sq_compare(struct sq_error *err, struct sq_trace *a, struct sq_trace *b,
               const struct sq_compare_options *options, struct sq_comparison *out)
{
    struct comparing c = {.side = {{.trace = a}, {.trace = b}}, .options = options, .out = out};
    *out = (struct sq_comparison){.n_populations = 0};
    const int status = compare(err, &c);
    sq_arena_free(&c.arena);
    if (status != SQ_OK)
        sq_comparison_free(out);
    return status;
}

void sq_comparison_free(struct sq_comparison *comparison)
{
    free(comparison->mismatches);
    free(comparison->population);
    free(comparison->spikes);
}

int sq_comparison_is_equal(const struct sq_comparison *comparison)
{
    return comparison->plan[0] == '\0' && comparison->n_mismatches == 0 &&
           comparison->only_a.n == 0 && comparison->only_b.n == 0 &&
           comparison->predictions.n == 0 && comparison->labels.n == 0 && comparison->logits.n == 0;
}
