#include "sim/synthesis/drawn_tensors.h"

#include "sim/synthesis/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sq_drawn_free(struct sq_drawn_tensors *drawn)
{
    free(drawn->item);
    sq_arena_free(&drawn->arena);
    *drawn = (struct sq_drawn_tensors){.graph = NULL};
}

static struct sq_drawn_tensor *find(const struct sq_drawn_tensors *drawn, const char *stem,
                                    const char *member)
{
    for (size_t i = 0; i < drawn->n; i++)
        if (strcmp(drawn->item[i]->stem, stem) == 0 && strcmp(drawn->item[i]->member, member) == 0)
            return drawn->item[i];
    return NULL;
}

float *sq_drawn_find(const struct sq_drawn_tensors *drawn, const char *stem, const char *member)
{
    const struct sq_drawn_tensor *item = find(drawn, stem, member);
    return item != NULL ? item->value : NULL;
}

uint64_t sq_drawn_parameters(const struct sq_drawn_tensors *drawn)
{
    uint64_t n = 0;
    for (size_t i = 0; i < drawn->n; i++)
        if (strcmp(drawn->item[i]->member, "weight") == 0 ||
            strcmp(drawn->item[i]->member, "bias") == 0)
            n += drawn->item[i]->tensor.n_elements;
    return n;
}

/* The operation whose tensors lie at `stem`; SQ_OPERATIONS: of no node of the graph. */
static enum sq_operation operation_at(const struct sq_graph *graph, const char *stem)
{
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (strcmp(graph->node[i].weight, stem) == 0)
            return graph->node[i].operation;
    return SQ_OPERATIONS;
}

/* Inputs of one output of a layer. */
static uint64_t fan_in(const struct sq_drawn_tensors *drawn, const char *stem)
{
    const struct sq_drawn_tensor *weight = find(drawn, stem, "weight");
    return weight != NULL ? weight->tensor.n_elements / weight->tensor.dim[0] : 1;
}

static void fill(const struct sq_drawn_tensors *drawn, struct sq_drawn_tensor *item)
{
    char name[sizeof item->stem + sizeof item->member + 1];
    const enum sq_operation operation = operation_at(drawn->graph, item->stem);
    const int is_weight = strcmp(item->member, "weight") == 0;
    const int is_unused = operation == SQ_OPERATIONS && (is_weight || item->is_unused);
    const int is_layer = operation == SQ_OPERATION_CONV || operation == SQ_OPERATION_LINEAR ||
                         (is_unused && item->tensor.n_dims > 1);
    const int is_one = (operation == SQ_OPERATION_BN || is_unused) &&
                       (is_weight || strcmp(item->member, "running_var") == 0);
    const int is_rate = operation == SQ_OPERATIONS && !is_unused && item->tensor.n_dims > 0;
    snprintf(name, sizeof name, "%s.%s", item->stem, item->member);
    struct sq_draw draw = sq_draw_of(drawn->seed, name);
    const float bound = is_layer ? (float)(1 / sqrt((double)fan_in(drawn, item->stem))) : 0;
    for (uint64_t i = 0; i < item->tensor.n_elements; i++)
        item->value[i] = is_layer  ? sq_draw_uniform(&draw) * bound
                         : is_one  ? 1.0f
                         : is_rate ? 0.5f
                                   : 0.0f;
}

/* One more item, empty. NULL: out of memory. */
static struct sq_drawn_tensor *append(struct sq_drawn_tensors *drawn)
{
    if (drawn->n == drawn->room) {
        const size_t room = drawn->room > 0 ? 2 * drawn->room : 64;
        struct sq_drawn_tensor **item = realloc(drawn->item, room * sizeof *item);
        if (item == NULL)
            return NULL;
        drawn->item = item;
        drawn->room = room;
    }
    struct sq_drawn_tensor *item = sq_arena_alloc(&drawn->arena, 1, sizeof *item);
    if (item != NULL)
        drawn->item[drawn->n++] = item;
    return item;
}

static void shape(struct sq_drawn_tensor *item, const uint64_t *dim, uint32_t n_dims)
{
    struct sq_tensor *tensor = &item->tensor;
    tensor->name = item->stem;
    tensor->dtype = SQ_DTYPE_F32;
    tensor->n_dims = n_dims;
    tensor->n_elements = 1;
    tensor->big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (uint32_t i = n_dims; i-- > 0;) {
        tensor->dim[i] = dim[i];
        tensor->stride[i] = (int64_t)tensor->n_elements;
        tensor->n_elements *= dim[i];
    }
}

/* A new one of this name and shape, filled; NULL: out of memory. */
static struct sq_drawn_tensor *add(struct sq_drawn_tensors *drawn, const char *stem,
                                   const char *member, int is_unused, const uint64_t *dim,
                                   uint32_t n_dims)
{
    struct sq_drawn_tensor *item = append(drawn);
    if (item == NULL)
        return NULL;
    snprintf(item->stem, sizeof item->stem, "%s", stem);
    snprintf(item->member, sizeof item->member, "%s", member);
    item->is_unused = is_unused;
    shape(item, dim, n_dims);
    item->value = sq_arena_alloc(&drawn->arena, item->tensor.n_elements, sizeof *item->value);
    if (item->value == NULL)
        return NULL;
    item->tensor.data = (const unsigned char *)item->value;
    fill(drawn, item);
    return item;
}

static int no_memory(struct sq_error *err, const char *name)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for tensor \"%s\"", name);
}

static int give(struct sq_error *err, void *data, const char *stem, const char *member,
                int is_optional, const uint64_t *dim, uint32_t n_dims, const struct sq_tensor **out)
{
    struct sq_drawn_tensors *drawn = data;
    struct sq_drawn_tensor *item = find(drawn, stem, member);
    *out = NULL;
    if (is_optional)
        return SQ_OK;
    if (item == NULL && (item = add(drawn, stem, member, 0, dim, n_dims)) == NULL)
        return no_memory(err, stem);
    *out = &item->tensor;
    return SQ_OK;
}

struct sq_tensor_source sq_drawn_source(struct sq_drawn_tensors *drawn)
{
    return (struct sq_tensor_source){give, drawn};
}

int sq_drawn_add_unused(struct sq_error *err, void *data, const char *name, const uint64_t *dim,
                        uint32_t n_dims)
{
    char stem[SQ_GRAPH_TEXT];
    const char *dot = strrchr(name, '.');
    if (dot == NULL)
        return sq_fail(err, SQ_EFORMAT, "unused tensor \"%s\" has no module", name);
    snprintf(stem, sizeof stem, "%.*s", (int)(dot - name), name);
    return add(data, stem, dot + 1, 1, dim, n_dims) != NULL ? SQ_OK : no_memory(err, name);
}
