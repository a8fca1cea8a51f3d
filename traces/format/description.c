#include "traces/format/description.h"

#include "kernels/base/text.h"
#include "traces/format/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sq_meta_may_change(const char *key)
{
    static const char *const free_key[] = {"command",     "complete",         "description",
                                           "input_path",  SQ_META_RECORDINGS, "model_path",
                                           "parent_path", SQ_META_SHARD_FROM, SQ_META_WARNINGS};
    for (size_t i = 0; i < sizeof free_key / sizeof free_key[0]; i++)
        if (strcmp(key, free_key[i]) == 0)
            return 1;
    return 0;
}

void sq_shape_text(const struct sq_trace_population *population, char text[SQ_SHAPE_TEXT])
{
    size_t at = 0;
    text[at++] = '[';
    for (uint32_t i = 0; i < population->n_dims; i++)
        at += (size_t)snprintf(text + at, SQ_SHAPE_TEXT - at, "%s%" PRIu64, i > 0 ? "," : "",
                               population->dim[i]);
    snprintf(text + at, SQ_SHAPE_TEXT - at, "]");
}

static void put_population(FILE *to, size_t id, const struct sq_trace_population *p)
{
    char shape[SQ_SHAPE_TEXT];
    sq_shape_text(p, shape);
    fprintf(to, "population %zu = %s %s %s %s %" PRIu32 " %" PRIu32 " %.17g\n", id, p->name,
            sq_trace_kind_name(p->kind), shape, sq_trace_axes_name(p), p->n_rows, p->n_channels,
            p->threshold);
}

static void put_synapse(FILE *to, size_t id, const struct sq_trace_synapse *s)
{
    fprintf(to, "synapse %zu = %s %s %s %s", id, s->name, s->kind, s->source, s->target);
    fprintf(to, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", s->n_in, s->n_out, s->dense,
            s->weight_zeros);
}

static void put_node(FILE *to, size_t number, const struct sq_trace_node *n)
{
    fprintf(to, "node %zu = %s %s %s %s %s", number, n->id, n->op, n->inputs, n->parameters,
            sq_trace_edge_name(n->edge));
    fprintf(to, " %" PRIu64 " %s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRId64 "\n", n->max_value,
            n->roles, n->channels, n->height, n->width, n->population);
}

static void put_operation(FILE *to, size_t number, const struct sq_trace_operation *o)
{
    fprintf(to, "operation %zu = %s %s %s %" PRIu64 " %" PRIu64, number, o->name, o->kind, o->node,
            o->fan_out, o->dense);
    fprintf(to, " %" PRIu32 " %" PRIu32 " %" PRIu64 " %" PRId64 "\n", o->adder_bits, o->factor_bits,
            o->weights, o->weight_zeros);
}

int sq_description_text(struct sq_error *err, const struct sq_trace_plan *plan, char **text)
{
    struct sq_text lines;
    FILE *to = sq_text_open(&lines);
    if (to == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the description of a trace");
    for (size_t i = 0; i < plan->n_meta; i++)
        if (!sq_meta_may_change(plan->meta[i].key))
            fprintf(to, "meta %s = %s\n", plan->meta[i].key, plan->meta[i].value);
    for (size_t i = 0; i < plan->n_populations; i++)
        put_population(to, i, &plan->population[i]);
    for (size_t i = 0; i < plan->n_synapses; i++)
        put_synapse(to, i, &plan->synapse[i]);
    for (size_t i = 0; i < plan->n_nodes; i++)
        put_node(to, i, &plan->node[i]);
    for (size_t i = 0; i < plan->n_operations; i++)
        put_operation(to, i, &plan->operation[i]);
    *text = sq_text_close(&lines, NULL);
    if (*text != NULL)
        return SQ_OK;
    return sq_fail(err, SQ_ENOMEM, "out of memory for the description of a trace");
}

int sq_description_digest_text(struct sq_error *err, const char *text, char digest[SQ_DIGEST_TEXT])
{
    struct sq_hash *hash = NULL;
    const int status = sq_hash_new(err, &hash);
    if (status == SQ_OK) {
        sq_hash_add(hash, text, strlen(text));
        sq_hash_end(hash, digest);
    }
    return status;
}

int sq_description_digest(struct sq_error *err, const struct sq_trace_plan *plan,
                          char digest[SQ_DIGEST_TEXT])
{
    char *text = NULL;
    int status = sq_description_text(err, plan, &text);
    if (status == SQ_OK)
        status = sq_description_digest_text(err, text, digest);
    free(text);
    return status;
}
