/* What every node sends, from the input on. */
#include "sim/nir/nir_graph.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SIDE = 65535 };

bool sq_nir_flattens_input(const struct sq_nir *nir, const struct sq_nir_node *node)
{
    return node->kind == SQ_NIR_FLATTEN && node->n_inputs == 1 &&
           nir->node[sq_nir_input(nir, node, 0)].kind == SQ_NIR_INPUT;
}

bool sq_nir_reads_input(const struct sq_nir *nir, const struct sq_nir_node *node)
{
    if (!sq_nir_is_linear(node) || node->n_inputs != 1)
        return false;
    const struct sq_nir_node *from = &nir->node[sq_nir_input(nir, node, 0)];
    return from->kind == SQ_NIR_INPUT || sq_nir_flattens_input(nir, from);
}

static const char *text_of(const struct sq_nir_shape *shape, char text[80])
{
    if (shape->is_flat)
        snprintf(text, 80, "%" PRIu64, shape->channels);
    else
        snprintf(text, 80, "%" PRIu64 "x%" PRIu64 "x%" PRIu64, shape->channels, shape->height,
                 shape->width);
    return text;
}

static bool is_same(const struct sq_nir_shape *a, const struct sq_nir_shape *b)
{
    return a->channels == b->channels && a->height == b->height && a->width == b->width &&
           a->is_flat == b->is_flat;
}

/* Of several edges that meet the sum is read. */
static int read_shape(struct sq_error *err, const struct sq_nir *nir,
                      const struct sq_nir_node *node, struct sq_nir_shape *in)
{
    char one[80], other[80];
    *in = nir->node[sq_nir_input(nir, node, 0)].shape;
    for (uint32_t i = 1; i < node->n_inputs; i++) {
        const struct sq_nir_node *from = &nir->node[sq_nir_input(nir, node, i)];
        if (!is_same(in, &from->shape))
            return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                                 "reads %s and, from \"%s\", %s; their sum needs one shape",
                                 text_of(in, one), from->name, text_of(&from->shape, other));
    }
    return SQ_OK;
}

/* Places of a window along an axis; 0: it does not fit. */
static uint64_t places(uint64_t n, const struct sq_nir_node *node)
{
    const uint64_t padded = n + 2 * (uint64_t)node->padding;
    return padded < node->kernel ? 0 : (padded - node->kernel) / node->stride + 1;
}

static int slide(struct sq_error *err, const struct sq_nir *nir, struct sq_nir_node *node,
                 const struct sq_nir_shape *in)
{
    char text[80];
    node->shape = (struct sq_nir_shape){in->channels, places(in->height, node),
                                        places(in->width, node), false};
    if (in->is_flat || node->shape.height == 0 || node->shape.width == 0)
        return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                             "a %ux%u window with padding %u does not fit what it reads, %s",
                             node->kernel, node->kernel, node->padding, text_of(in, text));
    return SQ_OK;
}

static int check_bias(struct sq_error *err, const struct sq_nir *nir,
                      const struct sq_nir_node *node, uint64_t n_out)
{
    if (node->bias < 0 || nir->tensor[node->bias].dim[0] == n_out)
        return SQ_OK;
    return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                         "has %" PRIu64 " biases for %" PRIu64 " outputs",
                         nir->tensor[node->bias].dim[0], n_out);
}

static int of_conv(struct sq_error *err, const struct sq_nir *nir, struct sq_nir_node *node,
                   const struct sq_nir_shape *in)
{
    const uint64_t *dim = nir->tensor[node->weight].dim;
    const int status = slide(err, nir, node, in);
    node->shape.channels = dim[0];
    if (status == SQ_OK && (dim[1] * node->groups != in->channels || dim[0] % node->groups != 0))
        return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                             "its weight [%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64
                             "] in %u groups does not fit the %" PRIu64 " channels that it reads",
                             dim[0], dim[1], dim[2], dim[3], node->groups, in->channels);
    return status == SQ_OK ? check_bias(err, nir, node, dim[0]) : status;
}

/* A layer of the input becomes a convolution of the whole image: its tensor gets the axes of one. */
static int of_linear(struct sq_error *err, struct sq_nir *nir, struct sq_nir_node *node,
                     const struct sq_nir_shape *in)
{
    struct sq_nir_tensor *tensor = &nir->tensor[node->weight];
    const struct sq_nir_shape *image = in;
    char text[80];
    if (!in->is_flat || tensor->dim[1] != in->channels)
        return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                             "its weight [%" PRIu64 ", %" PRIu64
                             "] does not fit what it reads, %s%s",
                             tensor->dim[0], tensor->dim[1], text_of(in, text),
                             in->is_flat ? "" : "; a Flatten between them makes one row of it");
    node->shape = (struct sq_nir_shape){tensor->dim[0], 1, 1, true};
    if (sq_nir_reads_input(nir, node)) {
        for (uint32_t i = 0; i < nir->n_nodes; i++)
            if (nir->node[i].kind == SQ_NIR_INPUT)
                image = &nir->node[i].shape;
        if (image->height != image->width)
            return sq_nir_refuse(err, nir, node, SQ_EUNSUPPORTED,
                                 "reads the input %s as one row; a square one can run",
                                 text_of(image, text));
        node->kernel = (uint32_t)image->height;
        tensor->n_dims = 4;
        tensor->dim[1] = image->channels;
        tensor->dim[2] = tensor->dim[3] = image->height;
    }
    return check_bias(err, nir, node, node->shape.channels);
}

static int of_flatten(struct sq_error *err, const struct sq_nir *nir, struct sq_nir_node *node,
                      const struct sq_nir_shape *in)
{
    node->shape = (struct sq_nir_shape){in->channels * in->height * in->width, 1, 1, true};
    if (in->height > MOST_SIDE || in->width > MOST_SIDE || node->shape.channels > 1u << 24)
        return sq_nir_refuse(err, nir, node, SQ_EUNSUPPORTED, "its row is too long");
    if (sq_nir_flattens_input(nir, node))
        for (uint32_t i = 0; i < nir->n_nodes; i++)
            for (uint32_t k = 0; k < nir->node[i].n_inputs; k++)
                if (&nir->node[sq_nir_input(nir, &nir->node[i], k)] == node &&
                    !sq_nir_reads_input(nir, &nir->node[i]))
                    return sq_nir_refuse(err, nir, &nir->node[i], SQ_EUNSUPPORTED,
                                         "reads the input as one row, which a layer can");
    return SQ_OK;
}

static int of_neurons(struct sq_error *err, const struct sq_nir *nir, struct sq_nir_node *node,
                      const struct sq_nir_shape *in)
{
    const struct sq_nir_extent *is = &node->population;
    const uint64_t want[3] = {in->channels, in->height, in->width};
    const uint32_t n_dims = in->is_flat ? 1 : 3;
    char text[80];
    node->shape = *in;
    if (is->n == 1 || (is->n_dims == n_dims && memcmp(is->dim, want, n_dims * sizeof *want) == 0))
        return SQ_OK;
    return sq_nir_refuse(err, nir, node, SQ_ESHAPE,
                         "has parameters for %" PRIu64 " neurons in %u axes, but reads %s", is->n,
                         is->n_dims, text_of(in, text));
}

static int find_shape(struct sq_error *err, struct sq_nir *nir, struct sq_nir_node *node)
{
    struct sq_nir_shape in;
    if (node->kind == SQ_NIR_INPUT)
        return SQ_OK;
    const int status = read_shape(err, nir, node, &in);
    if (status != SQ_OK)
        return status;
    switch (node->kind) {
    case SQ_NIR_CONV:
        return of_conv(err, nir, node, &in);
    case SQ_NIR_LINEAR:
    case SQ_NIR_AFFINE:
        return of_linear(err, nir, node, &in);
    case SQ_NIR_IF:
    case SQ_NIR_LIF:
        return of_neurons(err, nir, node, &in);
    case SQ_NIR_FLATTEN:
        return of_flatten(err, nir, node, &in);
    case SQ_NIR_SUMPOOL:
    case SQ_NIR_AVGPOOL:
        return slide(err, nir, node, &in);
    default:
        node->shape = in;
        return SQ_OK;
    }
}

int sq_nir_find_shapes(struct sq_error *err, struct sq_nir *nir)
{
    int status = SQ_OK;
    for (uint32_t i = 0; status == SQ_OK && i < nir->n_nodes; i++)
        status = find_shape(err, nir, &nir->node[nir->order[i]]);
    return status;
}
