#include "sim/network/recognise.h"

#include <stdio.h>
#include <string.h>

static const struct sq_tensor *find(const struct sq_checkpoint *checkpoint, const char *root,
                                    const char *name)
{
    return sq_checkpoint_find(checkpoint, root, name);
}

const struct sq_tensor *sq_weight_in_parts(const struct sq_checkpoint *checkpoint, const char *root,
                                           const char *name)
{
    static const char *const part[] = {"_g", "_v", "_orig", "_mask"};
    static const char *const original[] = {"original", "original0"};
    const char *member = strrchr(name, '.');
    const struct sq_tensor *found = NULL;
    char text[256];
    for (size_t i = 0; found == NULL && i < sizeof part / sizeof *part; i++) {
        snprintf(text, sizeof text, "%s%s", name, part[i]);
        found = find(checkpoint, root, text);
    }
    for (size_t i = 0; found == NULL && member != NULL && i < 2; i++) {
        snprintf(text, sizeof text, "%.*s.parametrizations%s.%s", (int)(member - name), name,
                 member, original[i]);
        found = find(checkpoint, root, text);
    }
    return found;
}

int sq_refuse_parts(struct sq_error *err, const char *path, const struct sq_tensor *part)
{
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: tensor \"%s\" is part of a weight that is computed when the network runs "
                   "(weight_norm, spectral_norm, a parametrization, a mask alone): make the weight "
                   "plain first (torch.nn.utils.remove_weight_norm, "
                   "torch.nn.utils.parametrize.remove_parametrizations) and save the state dict "
                   "again",
                   path, part->name);
}

static int missing(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                   const char *root, const char *name)
{
    const struct sq_tensor *part = sq_weight_in_parts(checkpoint, root, name);
    if (part != NULL)
        return sq_refuse_parts(err, path, part);
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: no tensor \"%s%s\"; this is not the state dict of a Spikformer in one of "
                   "the layouts cifar10, imagenet, cifar10dvs; " SQ_OTHER_NETWORKS,
                   path, root, name);
}

static int no_layout(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                     const char *root)
{
    static const char linear[] = "block.0.attn.q_linear.weight";
    static const char conv[] = "block.0.mlp.fc1_conv.weight";
    if (sq_weight_in_parts(checkpoint, root, linear) != NULL)
        return missing(err, checkpoint, path, root, linear);
    if (sq_weight_in_parts(checkpoint, root, conv) != NULL)
        return missing(err, checkpoint, path, root, conv);
    return missing(err, checkpoint, path, root,
                   "block.0.attn.q_linear.weight\" or \"block.0.mlp.fc1_conv.weight");
}

/* The layouts differ in layer names, and imagenet's MLP has a second spatial axis. */
static enum sq_layout layout_of(const struct sq_checkpoint *checkpoint, const char *root)
{
    if (find(checkpoint, root, "block.0.attn.q_linear.weight") != NULL)
        return SQ_LAYOUT_CIFAR10;
    const struct sq_tensor *fc1 = find(checkpoint, root, "block.0.mlp.fc1_conv.weight");
    if (fc1 == NULL)
        return SQ_LAYOUT_UNKNOWN;
    return fc1->n_dims == 4 ? SQ_LAYOUT_IMAGENET : SQ_LAYOUT_CIFAR10DVS;
}

static uint32_t count_blocks(const struct sq_checkpoint *checkpoint, const char *root,
                             const char *suffix)
{
    char name[SQ_TENSOR_MAX_DIMS + 64];
    for (uint32_t block = 0;; block++) {
        snprintf(name, sizeof name, "block.%u.attn.q_%s.weight", block, suffix);
        if (find(checkpoint, root, name) == NULL)
            return block;
    }
}

/* dim[axis] of a tensor as a size, or 0 if it has no such axis or is absurd. */
static uint32_t size_of(const struct sq_tensor *tensor, uint32_t axis)
{
    return axis < tensor->n_dims && tensor->dim[axis] <= 1u << 20 ? (uint32_t)tensor->dim[axis] : 0;
}

const char *sq_layer_suffix(enum sq_layout layout)
{
    return layout == SQ_LAYOUT_CIFAR10 ? "linear" : "conv";
}

const char sq_first_tensor[] = "patch_embed.proj_conv.weight";

/* Relatives have tensors of the same names: the axes of the query's weights tell them apart. */
static int check_query(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                       const char *path, const char *root, enum sq_layout layout)
{
    const uint32_t n_dims = layout == SQ_LAYOUT_CIFAR10 ? 2 : 3;
    char name[64];
    snprintf(name, sizeof name, "block.0.attn.q_%s.weight", sq_layer_suffix(layout));
    const struct sq_tensor *query = find(checkpoint, root, name);
    if (query == NULL || query->n_dims <= n_dims) /* fewer: a damaged one, which loading refuses */
        return SQ_OK;
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: tensor \"%s%s\" has %u axes, that of a Spikformer %u; this is the state "
                   "dict of a relative; " SQ_OTHER_NETWORKS,
                   path, root, name, query->n_dims, n_dims);
}

int sq_recognise(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                 const char *root, struct sq_config *sizes)
{
    if (find(checkpoint, root, sq_first_tensor) == NULL)
        return missing(err, checkpoint, path, root, sq_first_tensor);
    *sizes = (struct sq_config){.layout = layout_of(checkpoint, root)};
    if (sizes->layout == SQ_LAYOUT_UNKNOWN)
        return no_layout(err, checkpoint, path, root);
    const int status = check_query(err, checkpoint, path, root, sizes->layout);
    if (status != SQ_OK)
        return status;
    const char *suffix = sq_layer_suffix(sizes->layout);
    sizes->depth = count_blocks(checkpoint, root, suffix);
    char fc1[64];
    snprintf(fc1, sizeof fc1, "block.0.mlp.fc1_%s.weight", suffix);
    const struct {
        const char *name;
        uint32_t axis, *size;
    } reading[] = {
        {sq_first_tensor, 1, &sizes->in_channels},
        {"head.weight", 1, &sizes->dim},
        {"head.weight", 0, &sizes->classes},
        {fc1, 0, &sizes->mlp_hidden},
    };
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++) {
        const struct sq_tensor *tensor = find(checkpoint, root, reading[i].name);
        if (tensor == NULL)
            return missing(err, checkpoint, path, root, reading[i].name);
        if (tensor->unreadable != NULL)
            return sq_fail(err, SQ_EUNSUPPORTED, "%s: tensor \"%s%s\" (%s) %s", path, root,
                           reading[i].name, sq_tensor_type(tensor), tensor->unreadable);
        *reading[i].size = size_of(tensor, reading[i].axis);
        if (*reading[i].size == 0)
            return sq_fail(err, SQ_ESHAPE, "%s: tensor \"%s%s\" has no usable axis %u", path, root,
                           reading[i].name, reading[i].axis);
    }
    return SQ_OK;
}

int sq_config_complete(struct sq_error *err, const char *path, const char *root,
                       const struct sq_config *weights, struct sq_config *config)
{
    if (config->layout == SQ_LAYOUT_UNKNOWN)
        config->layout = weights->layout;
    if (config->layout != weights->layout)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: the weights have the layout %s, the configuration says %s; wrong "
                       "--config?",
                       path, sq_layout_name(weights->layout), sq_layout_name(config->layout));
    const struct {
        const char *key, *tensor;
        uint32_t found, *wanted;
    } size[] = {
        {"depth", "block.*", weights->depth, &config->depth},
        {"dim", "head.weight", weights->dim, &config->dim},
        {"classes", "head.weight", weights->classes, &config->classes},
        {"mlp_hidden", "block.0.mlp.fc1_*.weight", weights->mlp_hidden, &config->mlp_hidden},
        {"in_channels", "patch_embed.proj_conv.weight", weights->in_channels, &config->in_channels},
    };
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        if (*size[i].wanted == 0)
            *size[i].wanted = size[i].found;
        if (*size[i].wanted != size[i].found)
            return sq_fail(err, SQ_ESHAPE,
                           "%s: tensor \"%s%s\" gives %s = %u, the configuration says %u; wrong "
                           "--config?",
                           path, root, size[i].tensor, size[i].key, size[i].found, *size[i].wanted);
    }
    return SQ_OK;
}
