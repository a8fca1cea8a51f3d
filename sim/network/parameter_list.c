#include "sim/network/parameter_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The length of PREFIX in "PREFIX.<number>" with its dot; 0: it is no such name. */
static size_t prefix_of(const char *name, size_t number)
{
    char digits[24];
    const char *dot = strrchr(name, '.');
    snprintf(digits, sizeof digits, "%zu", number);
    return dot != NULL && strcmp(dot + 1, digits) == 0 ? (size_t)(dot + 1 - name) : 0;
}

static int ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* Batch norm keeps these beside its parameters. */
static int is_buffer(const char *name)
{
    return ends_in(name, ".running_mean") || ends_in(name, ".running_var") ||
           ends_in(name, ".num_batches_tracked");
}

static int is_under(const struct sq_tensor *tensor, const char *root)
{
    return strncmp(tensor->name, root, strlen(root)) == 0;
}

/* Tensors PREFIX.0 ... in a row from `first` on; how many. */
static size_t length_of(const struct sq_checkpoint *checkpoint, size_t first, size_t n_prefix)
{
    const char *name = sq_checkpoint_tensor(checkpoint, first)->name;
    size_t n = 1;
    for (; first + n < sq_checkpoint_count(checkpoint); n++) {
        const struct sq_tensor *next = sq_checkpoint_tensor(checkpoint, first + n);
        if (prefix_of(next->name, n) != n_prefix || strncmp(next->name, name, n_prefix) != 0)
            break;
    }
    return n;
}

/* The next parameter under `root` from tensor `i` on; the count of tensors behind the last. */
static size_t next_parameter(const struct sq_checkpoint *checkpoint, const char *root, size_t i)
{
    const size_t n = sq_checkpoint_count(checkpoint);
    while (i < n && (!is_under(sq_checkpoint_tensor(checkpoint, i), root) ||
                     is_buffer(sq_checkpoint_tensor(checkpoint, i)->name)))
        i++;
    return i;
}

/* Are tensors first ... first + n - 1 shaped as the parameters under `root`, all of them? Where the
 * root is the file's top, the list itself is under it and not of the network. */
static int matches(const struct sq_checkpoint *checkpoint, size_t first, size_t n, const char *root)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++, at++) {
        at = next_parameter(checkpoint, root, at);
        if (at == sq_checkpoint_count(checkpoint) || at == first)
            return 0;
        const struct sq_tensor *a = sq_checkpoint_tensor(checkpoint, at);
        const struct sq_tensor *b = sq_checkpoint_tensor(checkpoint, first + i);
        if (a->n_dims != b->n_dims || memcmp(a->dim, b->dim, a->n_dims * sizeof *a->dim) != 0)
            return 0;
    }
    at = next_parameter(checkpoint, root, at);
    return root[0] == '\0' || at == sq_checkpoint_count(checkpoint);
}

static void add_list(struct sq_networks *networks, const struct sq_found_network *of,
                     const char *name, size_t n_prefix, size_t first, size_t n)
{
    struct sq_found_network *list = &networks->network[networks->n++];
    *list = (struct sq_found_network){.is_average = 1,
                                      .architecture = of->architecture,
                                      .sizes = of->sizes,
                                      .list_of = of->root,
                                      .list_first = first,
                                      .list_n = n};
    snprintf(list->root, sizeof list->root, "%.*s", (int)n_prefix, name);
    sq_networks_name(list->root, list->name, sizeof list->name);
}

void sq_networks_add_lists(const struct sq_checkpoint *checkpoint, struct sq_networks *networks)
{
    const size_t n_named = networks->n;
    char prefix[SQ_ROOT_BYTES];
    for (size_t i = 0; i < sq_checkpoint_count(checkpoint); i++) {
        const char *name = sq_checkpoint_tensor(checkpoint, i)->name;
        const size_t n_prefix = prefix_of(name, 0);
        if (n_prefix == 0 || n_prefix >= sizeof prefix || networks->n == SQ_MAX_NETWORKS)
            continue;
        snprintf(prefix, sizeof prefix, "%.*s", (int)n_prefix, name);
        const size_t n = length_of(checkpoint, i, n_prefix);
        for (size_t k = 0; sq_prefix_is_average(prefix) && k < n_named; k++)
            if (matches(checkpoint, i, n, networks->network[k].root)) {
                add_list(networks, &networks->network[k], name, n_prefix, i, n);
                break;
            }
        i += n - 1;
    }
}

int sq_networks_unfold(struct sq_error *err, struct sq_checkpoint *checkpoint,
                       const struct sq_found_network *network)
{
    const size_t n = sq_checkpoint_count(checkpoint);
    const char *of = network->list_of;
    size_t n_named = 0;
    int status = SQ_OK;
    for (size_t i = 0; of != NULL && status == SQ_OK && i < n; i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(checkpoint, i);
        char name[1024];
        const int buffer = is_buffer(tensor->name);
        if (!is_under(tensor, of) || (!buffer && n_named == network->list_n))
            continue;
        snprintf(name, sizeof name, "%s%s", network->root, tensor->name + strlen(of));
        status = sq_checkpoint_alias(err, checkpoint, buffer ? i : network->list_first + n_named++,
                                     name, "listed under the name of its parameter");
    }
    return of != NULL && status == SQ_OK ? sq_checkpoint_index_again(err, checkpoint) : status;
}
