#include "sim/network/network.h"

#include "sim/network/graph.h"
#include "sim/network/recognise.h"
#include "sim/network/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Published configurations whose sizes are the weights' own. */
struct search {
    const char *config_dirs;
    const struct sq_config *sizes;
    struct sq_config found;
    int n_found;
    char names[256];
};

static int visit_config(const char *path, const char *name, void *data)
{
    struct search *search = data;
    struct sq_config config;
    if (sq_config_load(NULL, search->config_dirs, path, &config) != SQ_OK)
        return 0;
    const struct sq_config *sizes = search->sizes;
    if (config.layout != sizes->layout || config.depth != sizes->depth ||
        config.dim != sizes->dim || config.classes != sizes->classes ||
        config.in_channels != sizes->in_channels ||
        (config.mlp_hidden != 0 && config.mlp_hidden != sizes->mlp_hidden))
        return 0;
    const size_t at = strlen(search->names);
    snprintf(search->names + at, sizeof search->names - at, at == 0 ? "%s" : ", %s", name);
    if (search->n_found++ == 0)
        search->found = config;
    return 0;
}

/* Without --config: the one published size that these weights have, if there is just one. With
 * several or none, *config stays open and --set must fill it (check_complete() says so). */
static void search_config(const char *config_dirs, const struct sq_config *sizes,
                          struct sq_config *config, char *candidates, size_t size)
{
    struct search search = {.config_dirs = config_dirs, .sizes = sizes};
    sq_config_each(config_dirs, visit_config, &search);
    *config = (struct sq_config){.name = "(from the weights)"};
    if (search.n_found == 1)
        *config = search.found;
    snprintf(candidates, size, "%s", search.names);
}

static void fill_defaults(struct sq_config *config)
{
    const float scale = config->layout == SQ_LAYOUT_CIFAR10DVS ? 0.25f : 0.125f;
    config->v_threshold = config->v_threshold > 0 ? config->v_threshold : 1.0f;
    config->attn_v_threshold = config->attn_v_threshold > 0 ? config->attn_v_threshold : 0.5f;
    config->attn_scale = config->attn_scale > 0 ? config->attn_scale : scale;
    config->bn_eps = config->bn_eps > 0 ? config->bn_eps : 1e-5f;
}

/* What neither weights nor a default can give. */
static int check_complete(struct sq_error *err, const char *path, const struct sq_config *config,
                          const char *candidates)
{
    const struct {
        const char *key;
        uint32_t value;
    } needed[] = {{"heads", config->heads},
                  {"T", config->timesteps},
                  {"image_height", config->image_height},
                  {"image_width", config->image_width}};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (needed[i].value == 0)
            return sq_fail(err, SQ_EVALUE,
                           "%s: the weights cannot tell \"%s\"; give --config NAME%s%s%s or --set "
                           "%s=N",
                           path, needed[i].key, candidates[0] != '\0' ? " (" : "", candidates,
                           candidates[0] != '\0' ? ")" : "", needed[i].key);
    if ((config->n_mean != 0 && config->n_mean != config->in_channels) ||
        (config->n_std != 0 && config->n_std != config->in_channels))
        return sq_fail(err, SQ_ESHAPE, "config %s: mean and std need %u values, one per channel",
                       config->name, config->in_channels);
    return SQ_OK;
}

/* The keys among themselves, once all sizes are known. */
static int check_keys(struct sq_error *err, struct sq_config *config)
{
    char origin[sizeof config->name + 8];
    snprintf(origin, sizeof origin, "config %s", config->name);
    return sq_config_check(err, origin, config);
}

/* Where the configuration of a network comes from. */
struct choice {
    const char *config_dirs, *name; /* a name or path; NULL: the published size that fits */
    const struct sq_config *given;  /* instead of a name; or NULL */
    const char *const *set;
    size_t n_set;
};

static int configure(struct sq_error *err, struct sq_checkpoint *file, const struct choice *choice,
                     struct sq_network *network)
{
    struct sq_config sizes;
    const char *root;
    char candidates[256] = "";
    int status = sq_recognise(err, file, network->model_path, &root, &sizes);
    if (status != SQ_OK)
        return status;
    snprintf(network->root, sizeof network->root, "%s", root);
    if (choice->given != NULL)
        network->config = *choice->given;
    else if (choice->name == NULL)
        search_config(choice->config_dirs, &sizes, &network->config, candidates, sizeof candidates);
    else
        status = sq_config_load(err, choice->config_dirs, choice->name, &network->config);
    for (size_t i = 0; status == SQ_OK && i < choice->n_set; i++)
        status = sq_config_set_pair(err, &network->config, choice->set[i]);
    if (status == SQ_OK)
        status = sq_config_complete(err, network->model_path, root, &sizes, &network->config);
    if (status == SQ_OK)
        status = check_complete(err, network->model_path, &network->config, candidates);
    if (status == SQ_OK)
        status = check_keys(err, &network->config);
    fill_defaults(&network->config);
    return status;
}

/* Results depend on keys whose values the configuration's source does not state. */
static int warn_assumed(struct sq_error *err, const struct sq_network *network)
{
    const struct sq_config *config = &network->config;
    if (config->assumed[0] == '\0')
        return SQ_OK;
    return sq_warn(err, "assumed-configuration",
                   "config %s: the value of %s is assumed, its source does not state it; if you "
                   "know it, give it by --set KEY=VALUE",
                   config->name, config->assumed);
}

/* From the file into an empty network. */
static int load_into(struct sq_error *err, const char *model, const struct choice *choice,
                     struct sq_network *network)
{
    struct sq_checkpoint *file = NULL;
    snprintf(network->model_path, sizeof network->model_path, "%s", model);
    snprintf(network->arith, sizeof network->arith, "f32");
    int status = sq_checkpoint_open(err, model, &file);
    if (status == SQ_OK)
        status = sq_digest_file(err, model, network->model_digest);
    if (status == SQ_OK) {
        network->container = sq_checkpoint_container(file);
        status = configure(err, file, choice, network);
    }
    if (status == SQ_OK)
        status = warn_assumed(err, network);
    if (status == SQ_OK)
        status = sq_graph_build(err, network);
    if (status == SQ_OK)
        status = sq_weights_load(err, file, network);
    sq_checkpoint_free(file);
    return status;
}

static int load(struct sq_error *err, const char *model, const struct choice *choice,
                struct sq_network **out)
{
    struct sq_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", model);
    sq_warnings_begin(err, &network->warnings);
    const int status = load_into(err, model, choice, network);
    sq_warnings_end(err, &network->warnings);
    if (status == SQ_OK)
        *out = network;
    else
        sq_network_free(network);
    return status;
}

int sq_network_load(struct sq_error *err, const char *config_dirs, const char *model,
                    const char *config, const char *const *set, size_t n_set,
                    struct sq_network **out)
{
    const struct choice choice = {config_dirs, config, NULL, set, n_set};
    return load(err, model, &choice, out);
}

int sq_network_load_as(struct sq_error *err, const char *model, const struct sq_config *config,
                       struct sq_network **out)
{
    const struct choice choice = {.given = config};
    return load(err, model, &choice, out);
}

int sq_network_without_weights(struct sq_error *err, const struct sq_config *config,
                               struct sq_network **out)
{
    struct sq_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return sq_fail(err, SQ_ENOMEM, "config %s: out of memory", config->name);
    network->config = *config;
    network->container = "";
    snprintf(network->arith, sizeof network->arith, "f32");
    int status = SQ_OK;
    if (config->layout == SQ_LAYOUT_UNKNOWN || config->depth == 0 || config->dim == 0 ||
        config->mlp_hidden == 0 || config->in_channels == 0 || config->classes == 0)
        status = sq_fail(err, SQ_EVALUE,
                         "config %s: layout, depth, dim, mlp_hidden, in_channels and classes are "
                         "needed where no weights tell them",
                         config->name);
    if (status == SQ_OK)
        status = check_complete(err, "config", config, "");
    if (status == SQ_OK)
        status = check_keys(err, &network->config);
    fill_defaults(&network->config);
    if (status == SQ_OK)
        status = sq_graph_build(err, network);
    if (status == SQ_OK)
        *out = network;
    else
        sq_network_free(network);
    return status;
}

const char *sq_synapse_kind(const struct sq_network *network, const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_ANALOG_CONV:
        return "conv3x3_analog";
    case SQ_NODE_CONV:
        return "conv3x3";
    case SQ_NODE_HEAD:
        return "head";
    default:
        return network->config.layout == SQ_LAYOUT_CIFAR10 ? "linear" : "conv1x1";
    }
}

void sq_network_free(struct sq_network *network)
{
    if (network == NULL)
        return;
    sq_arena_free(&network->arena);
    free(network);
}
