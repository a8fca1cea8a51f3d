#include "sim/analysis/pass/pass.h"
#include "sim/analysis/measures/measures.h"

static const struct sq_measure *const measure[] = {
    &sq_measure_totals,   &sq_measure_neurons, &sq_measure_channels,
    &sq_measure_timing,   &sq_measure_zeros,   &sq_measure_rows,
    &sq_measure_products, &sq_measure_streams, &sq_measure_attention,
};
enum { N_MEASURES = sizeof measure / sizeof measure[0] };

/* Counters of one thread: 1 GiB. */
enum { MOST_COUNTS = 1 << 27 };

static void add_job(const struct sq_scope *scope, struct sq_pass *pass,
                    const struct sq_measure *which, const struct sq_subject *subject)
{
    const size_t n = which->n_counts(scope, subject);
    const size_t scratch = which->scratch_bytes(scope, subject);
    if (n == 0)
        return;
    pass->job[pass->n_jobs++] = (struct sq_pass_job){which, subject, pass->n_counts};
    pass->n_counts += n;
    pass->scratch_bytes = scratch > pass->scratch_bytes ? scratch : pass->scratch_bytes;
}

int sq_pass_plan(struct sq_error *err, const struct sq_scope *scope, struct sq_pass *pass)
{
    const size_t n_each = (size_t)scope->n_populations * SQ_EACH;
    *pass = (struct sq_pass){0};
    pass->job =
        sq_arena_alloc(&pass->arena, (size_t)scope->n_subjects * N_MEASURES, sizeof *pass->job);
    if (pass->job == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    for (uint32_t s = 0; s < scope->n_subjects; s++)
        for (size_t m = 0; m < N_MEASURES; m++)
            if (measure[m]->kind == scope->subject[s].kind &&
                (scope->has_spikes || !measure[m]->needs_spikes))
                add_job(scope, pass, measure[m], &scope->subject[s]);
    if (pass->n_counts > MOST_COUNTS)
        return sq_fail(
            err, SQ_EUNSUPPORTED,
            "%s: its populations need %zu counters, at most %d are kept; choose fewer " SQ_OPT
            "populations",
            scope->path, pass->n_counts, MOST_COUNTS);
    pass->count = sq_arena_alloc(&pass->arena, pass->n_counts, sizeof *pass->count);
    pass->each = sq_arena_alloc(&pass->arena, scope->n_samples, n_each * sizeof *pass->each);
    pass->of_sample =
        sq_arena_alloc(&pass->arena, scope->n_samples, scope->timesteps * sizeof *pass->of_sample);
    if (pass->count == NULL || pass->each == NULL || pass->of_sample == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for %zu counters", scope->path,
                       pass->n_counts);
    return SQ_OK;
}

void sq_pass_free(struct sq_pass *pass)
{
    sq_arena_free(&pass->arena);
    *pass = (struct sq_pass){0};
}

const uint64_t *sq_pass_counts(const struct sq_pass *pass, const struct sq_measure *which,
                               const struct sq_subject *subject)
{
    for (size_t i = 0; i < pass->n_jobs; i++)
        if (pass->job[i].measure == which && pass->job[i].subject == subject)
            return pass->count + pass->job[i].offset;
    return NULL;
}
