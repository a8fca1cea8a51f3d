#include "sim/account/count/counters.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum { N_MEMBERS = sizeof(struct sq_op_count) / sizeof(uint64_t) };

_Static_assert(sizeof(struct sq_op_count) == N_MEMBERS * sizeof(uint64_t),
               "a count is an array of 64-bit integers");

int sq_op_count_add(struct sq_op_count *sum, const struct sq_op_count *add)
{
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)add;
    int fits = 1;
    for (size_t i = 0; i < N_MEMBERS; i++)
        fits &= !__builtin_add_overflow(to[i], from[i], &to[i]);
    return fits;
}

/* Members of a count: `n` from number `first` on. */
struct members {
    size_t first, n;
};

#define AT(member) (offsetof(struct sq_op_count, member) / sizeof(uint64_t))
#define FROM_TO(from, to)               \
    {                                   \
        AT(from), AT(to) + 1 - AT(from) \
    }

/* What a kind of operation counts. */
static const struct members members_of[SQ_OP_KINDS] = {
    [SQ_OP_CONV] = FROM_TO(frames, fanout_live), [SQ_OP_LINEAR] = FROM_TO(frames, fanout_live),
    [SQ_OP_NORM] = FROM_TO(frames, units),       [SQ_OP_NEURON] = FROM_TO(sparse_calls, units),
    [SQ_OP_POOL] = FROM_TO(frames, windows),     [SQ_OP_SSA] = FROM_TO(frames, unary2),
    [SQ_OP_ADD] = FROM_TO(frames, both),         [SQ_OP_MEAN] = FROM_TO(frames, units),
    [SQ_OP_GATE] = FROM_TO(frames, both),        [SQ_OP_SUM] = FROM_TO(frames, v),
    [SQ_OP_DSSA] = FROM_TO(frames, fanout_live),
};

struct sq_op_count sq_group_sum(const struct sq_op_group *group)
{
    struct sq_op_count sum = {0};
    for (size_t t = 0; t < group->n_steps; t++)
        sq_op_count_add(&sum, &group->step[t]);
    return sum;
}

void sq_call_sum(const struct sq_op *op, const struct sq_op_group *call, struct sq_op_count *sum)
{
    const struct members members = members_of[op->kind];
    for (size_t i = members.first; i < members.first + members.n; i++) {
        uint64_t all = 0;
        for (size_t t = 0; t < call->n_steps; t++)
            all += ((const uint64_t *)&call->step[t])[i];
        ((uint64_t *)sum)[i] = all;
    }
}

/* group += call, step by step; 0 if a member wraps around. Member by member: counts that were
 * written just now one by one are slow to read as vectors, and this is done for every sample. */
static int add_steps(struct sq_op_count *step, const struct sq_op_count *add, size_t n_steps,
                     struct members members)
{
    uint64_t *to = (uint64_t *)step + members.first;
    const uint64_t *from = (const uint64_t *)add + members.first;
    int wraps = 0;
    for (size_t i = 0; i < members.n; i++, to++, from++)
        for (size_t at = 0; at < n_steps * N_MEMBERS; at += N_MEMBERS)
            wraps |= __builtin_add_overflow(to[at], from[at], &to[at]);
    return !wraps;
}

struct sq_op_count sq_op_sum(const struct sq_op *op)
{
    struct sq_op_count sum = {0};
    for (size_t g = 0; g < op->n_groups; g++) {
        const struct sq_op_count part = sq_group_sum(&op->group[g]);
        sq_op_count_add(&sum, &part);
    }
    return sum;
}

struct sq_op *sq_counters_find(const struct sq_counters *counters, const char *name)
{
    for (size_t i = 0; i < counters->n_ops; i++)
        if (strcmp(counters->op[i].name, name) == 0)
            return &counters->op[i];
    return NULL;
}

void sq_counters_free(struct sq_counters *counters)
{
    if (counters == NULL)
        return;
    sq_arena_free(&counters->arena);
    memset(counters, 0, sizeof *counters);
}

const char *sq_op_kind_name(enum sq_op_kind kind)
{
    static const char *const name[SQ_OP_KINDS] = {
        [SQ_OP_CONV] = "conv",     [SQ_OP_LINEAR] = "linear", [SQ_OP_NORM] = "norm",
        [SQ_OP_NEURON] = "neuron", [SQ_OP_POOL] = "pool",     [SQ_OP_SSA] = "ssa",
        [SQ_OP_ADD] = "add",       [SQ_OP_MEAN] = "mean",     [SQ_OP_GATE] = "gate",
        [SQ_OP_SUM] = "sum",       [SQ_OP_DSSA] = "dssa",
    };
    return (unsigned)kind < SQ_OP_KINDS ? name[kind] : "unknown";
}

/* Calls of one group answer every spike test alike: by flags, and by how many distinct values real
 * inputs have (the tests of syops ask for at most 2 or 31). */
static int same_group(const struct sq_op_group *a, const struct sq_op_group *b)
{
    const int few_a = (a->distinct > 2) + (a->distinct > 31);
    const int few_b = (b->distinct > 2) + (b->distinct > 31);
    return a->is == b->is && a->n_steps == b->n_steps && few_a == few_b &&
           (a->max > 30) == (b->max > 30) && (a->min < 0) == (b->min < 0);
}

static int new_group(struct sq_error *err, struct sq_counters *counters, struct sq_op *op,
                     const struct sq_op_group *call, struct sq_op_group **out)
{
    if (op->n_groups == op->room) {
        const size_t room = op->room * 2 + 2;
        struct sq_op_group *grown = sq_arena_alloc(&counters->arena, room, sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its counters", op->name);
        if (op->n_groups > 0)
            memcpy(grown, op->group, op->n_groups * sizeof *grown);
        op->group = grown;
        op->room = room;
    }
    struct sq_op_count *step = sq_arena_alloc(&counters->arena, call->n_steps, sizeof *step);
    if (step == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its counters", op->name);
    *out = &op->group[op->n_groups++];
    **out = (struct sq_op_group){.is = call->is,
                                 .min = call->min,
                                 .max = call->max,
                                 .first = call->first,
                                 .n_steps = call->n_steps,
                                 .step = step};
    return SQ_OK;
}

struct sq_op_group *sq_op_group_like(const struct sq_op *op, const struct sq_op_group *like)
{
    for (size_t g = 0; g < op->n_groups; g++)
        if (same_group(&op->group[g], like))
            return &op->group[g];
    return NULL;
}

/* Sums of reals do not depend on the order of calls: they are rounded when they are read. */
static int add_reals(struct sq_error *err, struct sq_counters *counters, const struct sq_op *op,
                     struct sq_op_group *group, const struct sq_op_group *call)
{
    if (call->real_sum == 0 && call->exact == NULL)
        return SQ_OK;
    if (group->exact == NULL) {
        group->exact = sq_arena_alloc(&counters->arena, 1, sizeof *group->exact);
        if (group->exact == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory for its counters", op->name);
        sq_exact_sum_add(group->exact, group->real_sum);
    }
    if (call->exact != NULL)
        sq_exact_sum_merge(group->exact, call->exact);
    else
        sq_exact_sum_add(group->exact, call->real_sum);
    group->real_sum = sq_exact_sum_value(group->exact);
    return SQ_OK;
}

int sq_op_add_call(struct sq_error *err, struct sq_counters *counters, struct sq_op *op,
                   const struct sq_op_group *call)
{
    struct sq_op_group *group = sq_op_group_like(op, call);
    if (group == NULL) {
        const int rc = new_group(err, counters, op, call, &group);
        if (rc != SQ_OK)
            return rc;
    }
    int fits = add_steps(group->step, call->step, call->n_steps, members_of[op->kind]);
    fits &= !__builtin_add_overflow(group->n_calls, call->n_calls, &group->n_calls);
    fits &= !__builtin_add_overflow(group->neuron_acs, call->neuron_acs, &group->neuron_acs);
    if (!fits)
        return sq_fail(err, SQ_EVALUE, "%s: a counter exceeds 64 bits; give fewer samples",
                       op->name);
    group->min = call->min < group->min ? call->min : group->min;
    group->max = call->max > group->max ? call->max : group->max;
    group->distinct = call->distinct > group->distinct ? call->distinct : group->distinct;
    group->first = call->first < group->first ? call->first : group->first;
    if (call->max_nonzeros > group->max_nonzeros)
        group->max_nonzeros = call->max_nonzeros;
    if (call->max_out_nonzeros > group->max_out_nonzeros)
        group->max_out_nonzeros = call->max_out_nonzeros;
    return add_reals(err, counters, op, group, call);
}

/* Groups as a run makes them: in the order of the first samples in them. There are few. */
static void order_groups(struct sq_op *op)
{
    for (size_t i = 1; i < op->n_groups; i++) {
        const struct sq_op_group moved = op->group[i];
        size_t at = i;
        for (; at > 0 && op->group[at - 1].first > moved.first; at--)
            op->group[at] = op->group[at - 1];
        op->group[at] = moved;
    }
}

int sq_counters_merge(struct sq_error *err, struct sq_counters *sum, const struct sq_counters *add)
{
    int rc = SQ_OK;
    if (sum->n_ops != add->n_ops || sum->timesteps != add->timesteps)
        return sq_fail(err, SQ_ESHAPE, "counters of another network: %zu operations, expected %zu",
                       add->n_ops, sum->n_ops);
    for (size_t i = 0; rc == SQ_OK && i < sum->n_ops; i++) {
        struct sq_op *to = &sum->op[i];
        const struct sq_op *from = &add->op[i];
        if (strcmp(to->name, from->name) != 0)
            return sq_fail(err, SQ_ESHAPE, "counters of another network: %s, expected %s",
                           from->name, to->name);
        for (size_t g = 0; rc == SQ_OK && g < from->n_groups; g++)
            rc = sq_op_add_call(err, sum, to, &from->group[g]);
        order_groups(to);
    }
    if (rc == SQ_OK)
        sum->n_samples += add->n_samples;
    return rc;
}
