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

int sq_prefix_is_average(const char *prefix)
{
    static const char *const word[] = {"ema",      "swa",    "teacher", "avg",      "average",
                                       "averaged", "shadow", "polyak",  "momentum", "averages"};
    while (*prefix != '\0') {
        const size_t n = strcspn(prefix, "._-");
        for (size_t i = 0; i < sizeof word / sizeof *word; i++)
            if (begins(prefix, n, word[i], strlen(word[i])) && n == strlen(word[i]))
                return 1;
        prefix += n + (prefix[n] != '\0');
    }
    return 0;
}

/* A copy of the first `n` bytes; NULL: out of memory. */
static char *copy_root(struct sq_checkpoint *checkpoint, const char *name, size_t n)
{
    char *root = sq_arena_alloc(&checkpoint->arena, n + 1, 1);
    if (root != NULL)
        memcpy(root, name, n);
    return root;
}

/* Place of a prefix in the order of preference, averages last. */
static size_t rank_root(const char *root)
{
    return rank_prefix(root, strlen(root)) + (sq_prefix_is_average(root) ? SIZE_MAX / 2 : 0);
}

size_t sq_checkpoint_roots(struct sq_checkpoint *checkpoint, const char *known_name, size_t max,
                           const char **root)
{
    size_t n = 0;
    for (size_t i = 0; i < checkpoint->n_tensors; i++) {
        const char *name = checkpoint->tensor[i].name;
        const ptrdiff_t bytes = prefix_bytes(name, known_name);
        if (bytes < 0)
            continue;
        const char *found = copy_root(checkpoint, name, (size_t)bytes);
        if (found == NULL)
            return SQ_NO_ROOM_FOR_ROOTS;
        size_t at = n < max ? n : max;
        while (at > 0 && rank_root(found) < rank_root(root[at - 1])) {
            if (at < max)
                root[at] = root[at - 1];
            at--;
        }
        if (at < max)
            root[at] = found;
        n += n < max;
    }
    return n;
}

const char *sq_checkpoint_root(struct sq_checkpoint *checkpoint, const char *known_name)
{
    const char *root = NULL;
    return sq_checkpoint_roots(checkpoint, known_name, 1, &root) == 1 ? root : NULL;
}
