/* Tensors by name, and the prefix under which a network's weights lie. */
#include "sim/checkpoint/checkpoint_reader.h"

#include <string.h>

/* Order of `name` against prefix + rest, without joining the two. */
static int compare_joined(const char *name, const char *prefix, const char *rest)
{
    const size_t n = strlen(prefix);
    const int order = strncmp(name, prefix, n);
    return order != 0 ? order : strcmp(name + n, rest);
}

const struct sq_tensor *sq_checkpoint_find(const struct sq_checkpoint *checkpoint,
                                           const char *prefix, const char *name)
{
    size_t low = 0;
    size_t high = checkpoint->n_tensors;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct sq_tensor *tensor = &checkpoint->tensor[checkpoint->by_name[middle]];
        const int order = compare_joined(tensor->name, prefix, name);
        if (order == 0)
            return tensor;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Bytes before `known` where `name` ends in it, beginning at a dot or at the start; or -1. */
static ptrdiff_t prefix_bytes(const char *name, const char *known)
{
    const size_t n = strlen(name);
    const size_t n_known = strlen(known);
    if (n < n_known || strcmp(name + n - n_known, known) != 0)
        return -1;
    const size_t before = n - n_known;
    return before == 0 || name[before - 1] == '.' ? (ptrdiff_t)before : -1;
}

static bool begins(const char *text, size_t n, const char *with, size_t n_with)
{
    return n >= n_with && memcmp(text, with, n_with) == 0;
}

/* Place of a prefix in the order of preference. DataParallel ("module.") and torch.compile
 * ("_orig_mod.") wrap a network without making it another one: their parts do not count. */
static size_t rank_prefix(const char *prefix, size_t n)
{
    static const char *const wrapper[] = {"module.", "_orig_mod."};
    static const char *const preferred[] = {"", "state_dict.", "model.", "model_state_dict.",
                                            "state_dict_ema."};
    enum { N_WRAPPERS = 2, N_PREFERRED = 5 };
    char bare[32];
    size_t n_bare = 0;
    while (n > 0) {
        const char *dot = memchr(prefix, '.', n);
        const size_t part = dot != NULL ? (size_t)(dot - prefix) + 1 : n;
        bool wraps = false;
        for (size_t i = 0; i < N_WRAPPERS; i++)
            wraps |= part == strlen(wrapper[i]) && begins(prefix, n, wrapper[i], part);
        if (!wraps && n_bare + part > sizeof bare)
            return N_PREFERRED;
        if (!wraps) {
            memcpy(bare + n_bare, prefix, part);
            n_bare += part;
        }
        prefix += part;
        n -= part;
    }
    for (size_t i = 0; i < N_PREFERRED; i++)
        if (n_bare == strlen(preferred[i]) && memcmp(bare, preferred[i], n_bare) == 0)
            return i;
    return N_PREFERRED;
}

const char *sq_checkpoint_root(struct sq_checkpoint *checkpoint, const char *known_name)
{
    const char *best = NULL;
    size_t best_bytes = 0;
    size_t best_rank = SIZE_MAX;
    for (size_t i = 0; i < checkpoint->n_tensors; i++) {
        const char *name = checkpoint->tensor[i].name;
        const ptrdiff_t n = prefix_bytes(name, known_name);
        const size_t rank = n < 0 ? SIZE_MAX : rank_prefix(name, (size_t)n);
        if (rank < best_rank) {
            best = name;
            best_bytes = (size_t)n;
            best_rank = rank;
        }
    }
    if (best == NULL)
        return NULL;
    char *root = sq_arena_alloc(&checkpoint->arena, best_bytes + 1, 1);
    if (root != NULL)
        memcpy(root, best, best_bytes);
    return root;
}
