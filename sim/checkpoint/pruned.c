/* What torch.nn.utils.prune leaves: weight_orig and weight_mask, whose product is the weight. */
#include "sim/checkpoint/checkpoint_reader.h"

#include <string.h>

static bool same_shape(const struct sq_tensor *a, const struct sq_tensor *b)
{
    return a->n_dims == b->n_dims && a->unreadable == NULL && b->unreadable == NULL &&
           memcmp(a->dim, b->dim, a->n_dims * sizeof *a->dim) == 0;
}

/* STEM_orig becomes STEM, with the mask on it. Both names are copied, the mask too, since the array
 * of tensors may move. */
static int apply(struct sq_checkpoint_reader *reader, struct sq_tensor *tensor, size_t n_stem,
                 struct sq_tensor *mask)
{
    struct sq_arena *arena = &reader->checkpoint->arena;
    char *name = sq_arena_alloc(arena, n_stem + 1, 1);
    struct sq_tensor *copy = sq_arena_alloc(arena, 1, sizeof *copy);
    if (name == NULL || copy == NULL)
        return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    memcpy(name, tensor->name, n_stem);
    *copy = *mask;
    tensor->name = name;
    tensor->mask = copy;
    mask->note = "mask of a pruned weight, applied to it";
    return SQ_OK;
}

int sq_checkpoint_apply_masks(struct sq_checkpoint_reader *reader, size_t *n_applied)
{
    struct sq_checkpoint *c = reader->checkpoint;
    static const char orig[] = "_orig";
    int rc = SQ_OK;
    *n_applied = 0;
    for (size_t i = 0; rc == SQ_OK && i < c->n_tensors; i++) {
        struct sq_tensor *tensor = &c->tensor[i];
        const size_t n = strlen(tensor->name);
        char stem[SQ_MAX_NAME_BYTES + 1];
        if (n <= strlen(orig) || strcmp(tensor->name + n - strlen(orig), orig) != 0)
            continue;
        const size_t n_stem = n - strlen(orig);
        memcpy(stem, tensor->name, n_stem);
        stem[n_stem] = '\0';
        const struct sq_tensor *mask = sq_checkpoint_find(c, stem, "_mask");
        if (mask == NULL || !same_shape(tensor, mask) || sq_checkpoint_find(c, stem, "") != NULL)
            continue;
        rc = apply(reader, tensor, n_stem, &c->tensor[mask - c->tensor]);
        (*n_applied)++;
    }
    return rc;
}
