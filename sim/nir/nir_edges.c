/* Edges, and an order of the nodes in which each stands behind those that it reads. */
#include "sim/nir/nir_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACED UINT32_MAX

struct edges {
    struct sq_error *err;
    const struct sq_hdf5 *file;
    struct sq_nir *nir;
};

static int find(const struct edges *e, const char *name, uint32_t *out)
{
    struct sq_nir *nir = e->nir;
    for (*out = 0; *out < nir->n_nodes; ++*out)
        if (strcmp(nir->node[*out].name, name) == 0)
            return SQ_OK;
    return sq_fail(e->err, SQ_EFORMAT, "%s: an edge names \"%.64s\", but there is no such node",
                   nir->path, name);
}

static int read_edge(const struct edges *e, uint64_t row)
{
    struct sq_nir *nir = e->nir;
    char from[SQ_NIR_NAME + 8], to[SQ_NIR_NAME + 8];
    const uint32_t i = nir->n_edges;
    int status = sq_nir_file_row(e->err, e->file, "/node/edges", row, from, to, sizeof from);
    if (status == SQ_OK)
        status = find(e, from, &nir->source[i]);
    if (status == SQ_OK)
        status = find(e, to, &nir->target[i]);
    if (status != SQ_OK)
        return status;
    for (uint32_t k = 0; k < i; k++) /* NIR keeps edges as a set */
        if (nir->source[k] == nir->source[i] && nir->target[k] == nir->target[i])
            return SQ_OK;
    nir->node[nir->source[i]].n_readers++;
    nir->node[nir->target[i]].n_inputs++;
    nir->n_edges++;
    return SQ_OK;
}

/* By target, then by source: the same graph whatever the order of the file. */
struct edge {
    uint32_t source, target;
};

static int compare(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

static int sort(const struct edges *e)
{
    struct sq_nir *nir = e->nir;
    struct edge *edge = malloc(((size_t)nir->n_edges + 1) * sizeof *edge);
    if (edge == NULL)
        return sq_fail(e->err, SQ_ENOMEM, "%s: out of memory", nir->path);
    for (uint32_t i = 0; i < nir->n_edges; i++)
        edge[i] = (struct edge){nir->source[i], nir->target[i]};
    qsort(edge, nir->n_edges, sizeof *edge, compare);
    for (uint32_t i = nir->n_edges; i-- > 0;) {
        nir->source[i] = edge[i].source;
        nir->target[i] = edge[i].target;
        nir->node[edge[i].target].first_input = i;
    }
    free(edge);
    return SQ_OK;
}

/* Every node lies on a way from the input to the output. */
static int check_ends(const struct edges *e)
{
    for (uint32_t i = 0; i < e->nir->n_nodes; i++) {
        const struct sq_nir_node *node = &e->nir->node[i];
        if ((node->n_inputs == 0) != (node->kind == SQ_NIR_INPUT))
            return sq_nir_refuse(e->err, e->nir, node, SQ_EUNSUPPORTED, "%s",
                                 node->n_inputs == 0 ? "no edge leads to it"
                                                     : "an edge leads to it");
        if ((node->n_readers == 0) != (node->kind == SQ_NIR_OUTPUT))
            return sq_nir_refuse(e->err, e->nir, node, SQ_EUNSUPPORTED, "%s",
                                 node->n_readers == 0 ? "no edge leaves it" : "an edge leaves it");
    }
    return SQ_OK;
}

/* A node that waits for itself: the first that is not placed. */
static int refuse_loop(const struct edges *e, const uint32_t *left)
{
    uint32_t i = 0;
    while (i + 1 < e->nir->n_nodes && (left[i] == 0 || left[i] == PLACED))
        i++;
    return sq_nir_refuse(
        e->err, e->nir, &e->nir->node[i], SQ_EUNSUPPORTED,
        "edges lead back to it, or to a node before it; recurrent networks have no "
        "counterpart");
}

/* By name where several may come next, so that the order does not depend on that of the edges.
 *   left   [n_nodes] inputs that are not placed yet */
static int place(const struct edges *e, uint32_t *left)
{
    struct sq_nir *nir = e->nir;
    for (uint32_t n = 0; n < nir->n_nodes; n++) {
        uint32_t next = 0;
        while (next < nir->n_nodes && left[next] != 0)
            next++;
        if (next == nir->n_nodes)
            return refuse_loop(e, left);
        left[next] = PLACED;
        nir->order[n] = next;
        for (uint32_t i = 0; i < nir->n_edges; i++)
            left[nir->target[i]] -= nir->source[i] == next;
    }
    return SQ_OK;
}

static int find_order(const struct edges *e)
{
    struct sq_nir *nir = e->nir;
    uint32_t *left = calloc((size_t)nir->n_nodes + 1, sizeof *left);
    nir->order = malloc(((size_t)nir->n_nodes + 1) * sizeof *nir->order);
    int status = left != NULL && nir->order != NULL
                     ? SQ_OK
                     : sq_fail(e->err, SQ_ENOMEM, "%s: out of memory", nir->path);
    for (uint32_t i = 0; status == SQ_OK && i < nir->n_nodes; i++)
        left[i] = nir->node[i].n_inputs;
    if (status == SQ_OK)
        status = place(e, left);
    free(left);
    return status;
}

int sq_nir_read_edges(struct sq_error *err, const struct sq_hdf5 *file, struct sq_nir *nir)
{
    const struct edges e = {err, file, nir};
    uint64_t n = 0;
    int status = sq_nir_file_rows(err, file, "/node/edges", &n);
    if (status == SQ_OK && n > SQ_NIR_MOST_EDGES)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: more than %d edges", nir->path,
                       SQ_NIR_MOST_EDGES);
    if (status != SQ_OK)
        return status;
    nir->source = calloc((size_t)n + 1, sizeof *nir->source);
    nir->target = calloc((size_t)n + 1, sizeof *nir->target);
    if (nir->source == NULL || nir->target == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", nir->path);
    for (uint64_t i = 0; status == SQ_OK && i < n; i++)
        status = read_edge(&e, i);
    if (status == SQ_OK)
        status = sort(&e);
    if (status == SQ_OK)
        status = check_ends(&e);
    return status == SQ_OK ? find_order(&e) : status;
}
