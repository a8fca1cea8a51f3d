#include "sim/network/networks.h"

#include "sim/network/parameter_list.h"
#include "sim/network/recognise.h"

#include <stdio.h>
#include <string.h>

void sq_networks_name(const char *root, char *name, size_t size)
{
    size_t used = 0;
    name[0] = '\0';
    while (*root != '\0') {
        const size_t n = strcspn(root, ".");
        const int wraps = (n == strlen("module") && strncmp(root, "module", n) == 0) ||
                          (n == strlen("_orig_mod") && strncmp(root, "_orig_mod", n) == 0);
        if (!wraps && used < size)
            used += (size_t)snprintf(name + used, size - used, "%s%.*s", used > 0 ? "." : "",
                                     (int)n, root);
        root += n + (root[n] != '\0');
    }
    if (used == 0)
        snprintf(name, size, ".");
}

/* Two of one name, such as "module." and the file's top, are called by their whole prefixes. */
static void make_names_differ(struct sq_networks *networks)
{
    for (size_t i = 0; i < networks->n; i++) {
        struct sq_found_network *network = &networks->network[i];
        size_t n_same = 0;
        for (size_t k = 0; k < networks->n; k++)
            n_same += strcmp(networks->network[k].name, network->name) == 0;
        const size_t n_root = strlen(network->root);
        if (n_same > 1 && n_root > 0)
            snprintf(network->name, sizeof network->name, "%.*s", (int)n_root - 1, network->root);
    }
}

/* Prefixes under which some architecture's first tensor lies. */
struct roots {
    struct sq_checkpoint *checkpoint;
    const char *root[SQ_MAX_NETWORKS];
    size_t n;
};

static int add_roots(struct roots *roots, const char *name)
{
    const char *found[SQ_MAX_NETWORKS];
    const size_t n = sq_checkpoint_roots(roots->checkpoint, name, SQ_MAX_NETWORKS, found);
    if (n == SQ_NO_ROOM_FOR_ROOTS)
        return SQ_ENOMEM;
    for (size_t i = 0; i < n && roots->n < SQ_MAX_NETWORKS; i++) {
        size_t k = 0;
        while (k < roots->n && strcmp(roots->root[k], found[i]) != 0)
            k++;
        roots->root[k] = found[i];
        roots->n += k == roots->n;
    }
    return 0;
}

static int visit_first(const char *name, void *data)
{
    return add_roots(data, name);
}

/* A first weight that is stored in parts: for the message. */
static int visit_parts(const char *name, void *data)
{
    static const char *const part[] = {"_g", "_v", "_orig"};
    static const char *const original[] = {"original", "original0"};
    const char *member = strrchr(name, '.');
    char text[256];
    int stop = 0;
    for (size_t i = 0; stop == 0 && i < sizeof part / sizeof *part; i++) {
        snprintf(text, sizeof text, "%s%s", name, part[i]);
        stop = add_roots(data, text);
    }
    for (size_t i = 0; stop == 0 && member != NULL && i < 2; i++) {
        snprintf(text, sizeof text, "%.*s.parametrizations%s.%s", (int)(member - name), name,
                 member, original[i]);
        stop = add_roots(data, text);
    }
    return stop;
}

/* What lies under one prefix, added where it is a network. */
static int add_network(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                       const char *path, const char *root, const struct sq_architectures *known,
                       struct sq_networks *networks)
{
    struct sq_found_network *found = &networks->network[networks->n];
    *found = (struct sq_found_network){.list_of = NULL};
    if (strlen(root) >= sizeof found->root)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: the prefix %.100s... is too long", path, root);
    const int status = sq_recognise(err, checkpoint, path, root, known, &found->architecture,
                                    &found->sizes, found->rivals);
    if (status != SQ_OK)
        return status;
    snprintf(found->root, sizeof found->root, "%s", root);
    sq_networks_name(found->root, found->name, sizeof found->name);
    found->is_average = sq_prefix_is_average(found->root);
    networks->n++;
    return SQ_OK;
}

int sq_networks_find(struct sq_error *err, struct sq_checkpoint *checkpoint, const char *path,
                     const struct sq_architectures *known, struct sq_networks *networks)
{
    struct roots roots = {.checkpoint = checkpoint, .root = {""}};
    struct sq_error first = {0};
    int status = SQ_OK;
    networks->n = 0;
    if (sq_first_tensors(known, visit_first, &roots) != 0 ||
        (roots.n == 0 && sq_first_tensors(known, visit_parts, &roots) != 0))
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    roots.n += roots.n == 0; /* so that the top's error is what the user reads */
    for (size_t i = 0; i < roots.n; i++) {
        const int found = add_network(&first, checkpoint, path, roots.root[i], known, networks);
        if (status == SQ_OK && found != SQ_OK)
            status = sq_fail(err, found, "%s", first.text);
    }
    if (networks->n > 0)
        sq_networks_add_lists(checkpoint, networks);
    make_names_differ(networks);
    return networks->n > 0 ? SQ_OK : status;
}

void sq_networks_list(const struct sq_networks *networks, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < networks->n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%.60s%s", i > 0 ? ", " : "",
                                 networks->network[i].name,
                                 networks->network[i].is_average ? " (an average)" : "");
}

const struct sq_found_network *sq_networks_of(const struct sq_networks *networks, const char *name)
{
    const struct sq_found_network *found = NULL;
    for (size_t i = 0; i < networks->n; i++) { /* the longest prefix: "" is one of all */
        const struct sq_found_network *network = &networks->network[i];
        if (strncmp(name, network->root, strlen(network->root)) == 0 &&
            (found == NULL || strlen(network->root) > strlen(found->root)))
            found = network;
    }
    return found;
}

/* How well a request names a network: 3 its prefix to the letter, 2 its name, 1 the beginning of
 * its name up to a dot, 0 not at all. */
static int likeness(const struct sq_found_network *network, const char *request)
{
    size_t n = strlen(request);
    n -= n > 1 && request[n - 1] == '.';
    const size_t n_root = strlen(network->root);
    if (n_root == 0 && strcmp(request, ".") == 0)
        return 3;
    if (n_root == n + 1 && strncmp(network->root, request, n) == 0)
        return 3;
    if (strncmp(network->name, request, n) != 0)
        return 0;
    return network->name[n] == '\0' ? 2 : network->name[n] == '.' && n > 0;
}

static int choose_named(struct sq_error *err, const struct sq_networks *networks, const char *path,
                        const char *name, size_t *chosen)
{
    int best = 0, n_best = 0;
    char list[512];
    for (size_t i = 0; i < networks->n; i++) {
        const int like = likeness(&networks->network[i], name);
        n_best = like > best ? 1 : n_best + (like == best);
        if (like > best)
            *chosen = i;
        best = like > best ? like : best;
    }
    if (best > 0 && n_best == 1)
        return SQ_OK;
    sq_networks_list(networks, list, sizeof list);
    return sq_fail(err, SQ_EUSAGE,
                   "%s: " SQ_OPT "weights %.100s names %s of its networks; they are: %s", path,
                   name, best > 0 ? "several" : "none", list);
}

static int fits(const struct sq_found_network *network, const struct sq_config *config)
{
    struct sq_config completed;
    if (config == NULL)
        return 1;
    completed = *config;
    return sq_config_names(config, network->architecture) &&
           sq_config_complete(NULL, "", network->root, network->architecture, &network->sizes,
                              &completed) == SQ_OK;
}

/* Why the first of those that fit is preferred to the others. */
static const char *reason_of(const struct sq_networks *networks, const struct sq_config *config,
                             size_t chosen)
{
    for (size_t i = 0; i < networks->n; i++)
        if (i != chosen && !networks->network[i].is_average && fits(&networks->network[i], config))
            return "the first in the order of preference";
    return "the weights that the others average";
}

int sq_networks_choose(struct sq_error *err, const struct sq_networks *networks, const char *path,
                       const char *name, const struct sq_config *config, size_t *chosen,
                       const char **why)
{
    size_t n_fit = 0;
    char list[512];
    *chosen = 0; /* where none fits, the preferred one says what is wrong */
    *why = SQ_FLAG "weights names it";
    if (name != NULL)
        return choose_named(err, networks, path, name, chosen);
    for (size_t i = networks->n; i-- > 0;) {
        if (!fits(&networks->network[i], config))
            continue;
        *chosen = i;
        n_fit++;
    }
    *why = networks->n == 1 ? "" : "the only one that fits the configuration";
    if (n_fit < 2)
        return SQ_OK;
    *why = reason_of(networks, config, *chosen);
    sq_networks_list(networks, list, sizeof list);
    return sq_warn(err, "several-networks",
                   "%s: holds %zu networks that fit: %s; %.60s runs, %s; " SQ_OPT
                   "weights NAME chooses",
                   path, n_fit, list, networks->network[*chosen].name, *why);
}
