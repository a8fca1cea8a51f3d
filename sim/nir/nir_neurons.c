/* Parameters of neurons: arrays with a number for each neuron, of which here one serves all. */
#include "sim/nir/nir_graph.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NEURONS = 1 << 22 };

struct neurons {
    struct sq_error *err;
    const struct sq_hdf5 *file;
    const struct sq_nir *nir;
    struct sq_nir_node *node;
};

/* The number that all neurons share. */
static int read_shared(const struct neurons *n, const char *member, const char *path,
                       const struct sq_nir_extent *extent, double *out)
{
    double *number = malloc((size_t)extent->n * sizeof *number);
    if (number == NULL)
        return sq_fail(n->err, SQ_ENOMEM, "%s: out of memory", n->nir->path);
    int status = sq_nir_file_numbers(n->err, n->file, path, number);
    for (uint64_t i = 0; status == SQ_OK && i < extent->n; i++)
        if (!isfinite(number[i]))
            status = sq_nir_refuse(n->err, n->nir, n->node, SQ_EVALUE,
                                   "%s of neuron %llu is not a finite number", member,
                                   (unsigned long long)i);
        else if (number[i] != number[0])
            status = sq_nir_refuse(n->err, n->nir, n->node, SQ_EUNSUPPORTED,
                                   "%s differs between its neurons (%.9g and %.9g); one number for "
                                   "all can run",
                                   member, number[0], number[i]);
    if (status == SQ_OK)
        *out = number[0];
    free(number);
    return status;
}

static bool is_same(const struct sq_nir_extent *a, const struct sq_nir_extent *b)
{
    return a->n_dims == b->n_dims && memcmp(a->dim, b->dim, a->n_dims * sizeof *a->dim) == 0;
}

/* A parameter, whose shape must be that of the others; the threshold's is the population's. */
static int read_one(const struct neurons *n, const char *member, struct sq_nir_extent *extent,
                    double *out)
{
    char path[SQ_NIR_PATH];
    snprintf(path, sizeof path, "/node/nodes/%s/%s", n->node->name, member);
    const int status = sq_nir_file_extent(n->err, n->file, path, extent);
    if (status != SQ_OK)
        return status;
    if (extent->n == 0 || extent->n > MOST_NEURONS)
        return sq_nir_refuse(n->err, n->nir, n->node, SQ_EUNSUPPORTED,
                             "%s has %llu numbers; 1 to %d can run", member,
                             (unsigned long long)extent->n, MOST_NEURONS);
    if (n->node->population.n > 1 && extent->n > 1 && !is_same(extent, &n->node->population))
        return sq_nir_refuse(n->err, n->nir, n->node, SQ_ESHAPE,
                             "%s and v_threshold have different shapes", member);
    return read_shared(n, member, path, extent, out);
}

/* What must be 0 where it is given. */
static int check_zero(const struct neurons *n, const char *member, const char *why, bool *is_given)
{
    char path[SQ_NIR_PATH];
    struct sq_nir_extent extent;
    double is = 0;
    snprintf(path, sizeof path, "/node/nodes/%s/%s", n->node->name, member);
    *is_given = sq_hdf5_has(n->file, path);
    const int status = *is_given ? read_one(n, member, &extent, &is) : SQ_OK;
    if (status == SQ_OK && is != 0)
        return sq_nir_refuse(n->err, n->nir, n->node, SQ_EUNSUPPORTED, "its %s is %.9g; %s", member,
                             is, why);
    return status;
}

static int read_tau(const struct neurons *n)
{
    struct sq_nir_extent extent;
    bool has_leak;
    int status = read_one(n, "tau", &extent, &n->node->tau);
    n->node->is_single = status == SQ_OK && extent.is_float && extent.bytes <= 4;
    if (status == SQ_OK && !(n->node->tau > 0))
        status =
            sq_nir_refuse(n->err, n->nir, n->node, SQ_EVALUE, "its tau is %.9g s", n->node->tau);
    return status == SQ_OK ? check_zero(n, "v_leak", "membranes here leak towards 0", &has_leak)
                           : status;
}

/* A membrane of r times the current that fires at v_threshold is one of the current that fires at
 * v_threshold / r. */
static int scale_threshold(const struct neurons *n, double r)
{
    struct sq_nir_node *node = n->node;
    if (!(r > 0))
        return sq_nir_refuse(n->err, n->nir, node, SQ_EUNSUPPORTED,
                             "its r is %.9g; what is greater than 0 can run", r);
    if (r != 1)
        node->threshold /= r;
    if (!(node->threshold > 0) || !isfinite(node->threshold))
        return sq_nir_refuse(n->err, n->nir, node, SQ_EUNSUPPORTED,
                             "its v_threshold / r is %.9g; what is greater than 0 can run",
                             node->threshold);
    return SQ_OK;
}

int sq_nir_read_neurons(struct sq_error *err, const struct sq_hdf5 *file, const struct sq_nir *nir,
                        struct sq_nir_node *node)
{
    const struct neurons n = {err, file, nir, node};
    struct sq_nir_extent extent;
    double r = 1;
    int status = read_one(&n, "v_threshold", &extent, &node->threshold);
    if (status != SQ_OK)
        return status;
    node->population = extent;
    status = read_one(&n, "r", &extent, &r);
    if (status == SQ_OK)
        status = scale_threshold(&n, r);
    if (status == SQ_OK)
        status = check_zero(&n, "v_reset", "membranes here are reset to 0", &node->has_reset);
    return status == SQ_OK && node->kind == SQ_NIR_LIF ? read_tau(&n) : status;
}
