#include "kernels/count/graded_count.h"
#include "sim/nodes/integrate.h"
#include "sim/nodes/nodes.h"

/* Count both orders of the products, whichever was taken. */
static void tally_attend(const struct sq_task *task, uint32_t t, const uint64_t *const qkv[3],
                         const void *y, size_t stride)
{
    const struct sq_attend_shape *shape = &task->node->attend;
    const int exponent = task->node->score_exponent;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    struct sq_ssa_count count;
    /* With a scale above 1 no score becomes 1: a unit that none can reach. */
    task->shared->kernels->ssa_count(&count, qkv[0], qkv[1], qkv[2], shape,
                                     exponent > 0 ? 63 : (unsigned)-exponent,
                                     task->scratch->attend);
    for (int order = 0; order < 2; order++) {
        tally->coincidences[order] = count.coincidences[order];
        tally->events2[order] = count.events2[order];
    }
    tally->unary2 = count.unary2;
    tally->not_binary[SQ_ATTEND_QK_FIRST] = count.not_unit;
    tally->not_binary[SQ_ATTEND_KV_FIRST] =
        count.coincidences[SQ_ATTEND_KV_FIRST] != count.nonzeros[SQ_ATTEND_KV_FIRST];
    /* Columns past the channels are zero; whole numbers >= 0 are zero as int32 where they are as
     * float32. */
    tally->currents = task->shared->kernels->count_nonzeros_f32(y, shape->n_tokens * stride);
}

/* The same of counts; an entry of a product of counts over 4 is 1 where it is 16. */
static void tally_graded(const struct sq_task *task, uint32_t t, const uint64_t *const qkv[3],
                         const void *y, size_t stride)
{
    const struct sq_graded_shape *shape = &task->node->graded;
    const struct sq_node *all = task->shared->network->node;
    const uint16_t *source = task->node->source;
    const double score = 1 / (all[source[0]].unit * all[source[1]].unit);
    struct sq_tally *tally = sq_tally_at(task, task->node_index, t);
    struct sq_ssa_count count;
    uint64_t not_unit;
    sq_graded_count(&count, &not_unit, qkv[0], qkv[1], qkv[2], shape, (uint64_t)score,
                    task->scratch->attend);
    for (int order = 0; order < 2; order++) {
        tally->coincidences[order] = count.coincidences[order];
        tally->events2[order] = count.events2[order];
    }
    tally->unary2 = count.unary2;
    tally->not_binary[SQ_ATTEND_QK_FIRST] = count.not_unit;
    tally->not_binary[SQ_ATTEND_KV_FIRST] = not_unit;
    tally->currents = task->shared->kernels->count_nonzeros_f32(y, shape->keys.n_tokens * stride);
}

/* Currents of timestep t into scratch->acc, and their counts. */
static void attend_step(struct sq_task *task, uint32_t t, size_t stride)
{
    const struct sq_arithmetic_row *in = sq_arithmetic_of(task->node);
    const uint64_t *qkv[3];
    for (int i = 0; i < 3; i++)
        qkv[i] = sq_packet_at(task, task->node->source[i], t)->bits;
    const int has_counts = task->node->graded.n_planes[0] > 0;
    if (has_counts)
        in->attend_counts(task, qkv, stride);
    else
        in->attend(task, qkv, stride);
    if (!task->shared->uncounted)
        (has_counts ? tally_graded : tally_attend)(task, t, qkv, task->scratch->acc, stride);
}

void sq_deliver_attend(struct sq_task *task)
{
    const struct sq_attend_shape *shape = &task->node->attend;
    const size_t stride = (size_t)task->node->shape.n_words * SQ_BLOCK_WIDTH;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        attend_step(task, t, stride);
        for (size_t block = 0; block < task->node->shape.n_words; block++)
            sq_integrate(task, block, t, 0, shape->n_tokens,
                         (const float *)task->scratch->acc + block * SQ_BLOCK_WIDTH, stride);
    }
}

void sq_tally_attend(struct sq_task *task)
{
    const size_t stride = (size_t)task->node->shape.n_words * SQ_BLOCK_WIDTH;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++)
        attend_step(task, t, stride);
}
