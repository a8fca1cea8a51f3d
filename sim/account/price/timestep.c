/* A run at one timestep. */
#include "sim/account/price/pricing.h"

/* Groups whose only step is that of timestep t; of what runs once a sample, at the last one alone.
 */
static void keep_timestep(struct sq_op *op, const struct sq_op_group *from, uint32_t t, int is_last)
{
    for (size_t g = 0; g < op->n_groups; g++) {
        struct sq_op_group *group = &op->group[g];
        *group = from[g];
        if (op->is_static && t > 0)
            group->n_calls = 0; /* what an image costs once it costs at the first */
        const size_t at = group->n_steps > 1 ? t : is_last ? 0 : 1;
        group->step += at < group->n_steps ? at : 0;
        group->n_steps = at < group->n_steps;
    }
}

int sq_source_at_timestep(struct sq_error *err, struct sq_arena *arena,
                          const struct sq_source *source, uint32_t t, struct sq_source *out)
{
    const size_t n = source->counters.n_ops;
    *out = *source;
    out->counters.op = sq_arena_alloc(arena, n, sizeof *out->counters.op);
    if (out->counters.op == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for timestep %u", t);
    for (size_t i = 0; i < n; i++) {
        struct sq_op *op = &out->counters.op[i];
        *op = source->counters.op[i];
        op->group = sq_arena_alloc(arena, op->n_groups, sizeof *op->group);
        if (op->group == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for timestep %u", t);
        keep_timestep(op, source->counters.op[i].group, t, t + 1 == out->counters.timesteps);
    }
    return SQ_OK;
}
