#include "sim/network/unused.h"

#include "sim/network/recognise.h"

#include <fnmatch.h>
#include <string.h>

static int ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

const char *sq_why_unused(const struct sq_architecture *architecture, const char *name)
{
    const cJSON *item;
    if (ends_in(name, ".num_batches_tracked"))
        return "training counter of a batch norm";
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "unused"))
    {
        const char *why = cJSON_GetStringValue(item);
        if (why != NULL && fnmatch(item->string, name, 0) == 0)
            return why;
    }
    if (ends_in(name, "total_ops") || ends_in(name, "total_params"))
        return "counter that a profiler left behind";
    return NULL;
}

/* Does the architecture say that tensors of this name are its own? */
static int is_network_name(const struct sq_architecture *architecture, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "tensors"))
    {
        const char *pattern = cJSON_GetStringValue(item);
        if (pattern != NULL && fnmatch(pattern, name, 0) == 0)
            return 1;
    }
    return 0;
}

/* Nothing of the network may be left over unexplained: it would not be the user's network. */
int sq_unused_note(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                   const struct sq_architecture *architecture, const unsigned char *used,
                   struct sq_network *network)
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
            why = sq_why_unused(architecture, name + n_root);
        if (why == NULL && inside && is_network_name(architecture, name + n_root))
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: tensor \"%s\" is not part of the architecture %s; running "
                           "without it would not be your network; " SQ_OTHER_NETWORKS,
                           network->model_path, name, architecture->name);
        struct sq_unused *unused = &network->unused[network->n_unused++];
        unused->name = sq_arena_strdup(&network->arena, name);
        unused->why = sq_arena_strdup(
            &network->arena, why != NULL ? why : "not part of the network (training state)");
        if (unused->name == NULL || unused->why == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    }
    return SQ_OK;
}
