#include "sim/network/unused.h"

#include "sim/network/recognise.h"

#include <string.h>

static int ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

const char *sq_why_unused(enum sq_layout layout, const char *name)
{
    if (ends_in(name, ".num_batches_tracked"))
        return "training counter of a batch norm";
    if (strncmp(name, "block.", 6) == 0 &&
        (strstr(name, ".norm1.") != NULL || strstr(name, ".norm2.") != NULL))
        return "layer norm that the official block defines and never calls";
    if (layout == SQ_LAYOUT_CIFAR10DVS &&
        (strcmp(name, "pos_embed") == 0 || strncmp(name, "norm.", 5) == 0))
        return "defined by the official model and never used in its forward pass";
    if (ends_in(name, "total_ops") || ends_in(name, "total_params"))
        return "counter that a profiler left behind";
    return NULL;
}

static int is_network_name(const char *name)
{
    return strncmp(name, "patch_embed.", 12) == 0 || strncmp(name, "block.", 6) == 0 ||
           strncmp(name, "head.", 5) == 0 || strncmp(name, "norm.", 5) == 0 ||
           strcmp(name, "pos_embed") == 0;
}

/* Nothing of the network may be left over unexplained: it would not be the user's network. */
int sq_unused_note(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                   const unsigned char *used, struct sq_network *network)
{
    const size_t n = sq_checkpoint_count(checkpoint), n_root = strlen(network->root);
    network->unused = sq_arena_alloc(&network->arena, n + 1, sizeof *network->unused);
    if (network->unused == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    for (size_t i = 0; i < n; i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(checkpoint, i);
        const char *name = tensor->name;
        if (used[i])
            continue;
        const int inside = strncmp(name, network->root, n_root) == 0;
        const char *why = tensor->note;
        if (why == NULL && inside)
            why = sq_why_unused(network->config.layout, name + n_root);
        if (why == NULL && inside && is_network_name(name + n_root))
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: tensor \"%s\" is not part of a Spikformer of layout %s; running "
                           "without it would not be your network; " SQ_OTHER_NETWORKS,
                           network->model_path, name, sq_layout_name(network->config.layout));
        struct sq_unused *unused = &network->unused[network->n_unused++];
        unused->name = sq_arena_strdup(&network->arena, name);
        unused->why = why != NULL ? why : "not part of the network (training state)";
        if (unused->name == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    }
    return SQ_OK;
}
