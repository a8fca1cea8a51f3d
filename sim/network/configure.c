#include "sim/network/configure.h"

#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"
#include "sim/network/networks.h"
#include "sim/network/recognise.h"

#include <stdio.h>
#include <string.h>

/* Published configurations whose sizes are the weights' own. */
struct search {
    const char *config_dirs;
    const struct sq_config *sizes;
    struct sq_config found;
    int n_found;
    char names[256];
};

/* Does a configuration agree with what weights tell of the architecture's own parameters? */
static bool has_sizes(const struct sq_config *config, const struct sq_config *sizes)
{
    for (uint32_t i = 0; i < sizes->n_extra; i++) {
        const char *said = sq_config_extra_of(config, sizes->extra[i].key);
        if (said != NULL && strcmp(said, sizes->extra[i].value) != 0)
            return false;
    }
    return true;
}

static int visit_config(const char *path, const char *name, void *data)
{
    struct search *search = data;
    struct sq_config config;
    const int status = sq_config_load(NULL, search->config_dirs, path, &config);
    if (status != SQ_OK)
        return status == SQ_ENOMEM ? status : 0;
    const struct sq_config *sizes = search->sizes;
    if (strcmp(config.architecture, sizes->architecture) != 0 || config.depth != sizes->depth ||
        config.dim != sizes->dim || config.classes != sizes->classes ||
        config.in_channels != sizes->in_channels ||
        (config.mlp_hidden != 0 && config.mlp_hidden != sizes->mlp_hidden))
        return 0;
    if (!has_sizes(&config, sizes))
        return 0;
    const size_t at = strlen(search->names);
    snprintf(search->names + at, sizeof search->names - at, at == 0 ? "%s" : ", %s", name);
    if (search->n_found++ == 0)
        search->found = config;
    return 0;
}

int sq_configure_search(struct sq_error *err, const char *config_dirs,
                        const struct sq_config *sizes, struct sq_config *config, char *candidates,
                        size_t size)
{
    struct search search = {.config_dirs = config_dirs, .sizes = sizes};
    *config = (struct sq_config){.name = "(from the weights)"};
    if (sq_config_each(config_dirs, visit_config, &search) != SQ_OK)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the list of configurations");
    if (search.n_found == 1)
        *config = search.found;
    snprintf(candidates, size, "%s", search.names);
    return SQ_OK;
}

int sq_configure_missing(const struct sq_config *config, char *names, char *sets, size_t size)
{
    const int no_image = config->image_height == 0 && config->image_width == 0;
    const struct {
        const char *key;
        int is_missing;
    } needed[] = {{"heads", config->heads == 0 && !config->has_no_heads},
                  {"T", config->timesteps == 0},
                  {"image_size", no_image},
                  {"image_height", !no_image && config->image_height == 0},
                  {"image_width", !no_image && config->image_width == 0}};
    int n = 0;
    size_t at = 0, set_at = 0;
    names[0] = sets[0] = '\0';
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!needed[i].is_missing)
            continue;
        at += (size_t)snprintf(names + at, size - at, "%s\"%s\"", n > 0 ? ", " : "", needed[i].key);
        set_at += (size_t)snprintf(sets + set_at, size - set_at, "%s" SQ_OPT "set %s=N",
                                   n > 0 ? " " : "", needed[i].key);
        n++;
    }
    return n;
}

int sq_configure_check(struct sq_error *err, const char *path, struct sq_config *config,
                       const char *candidates)
{
    char names[128], sets[128], origin[sizeof config->name + 8];
    if (sq_configure_missing(config, names, sets, sizeof names) > 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: the weights do not determine %s; give " SQ_OPT
                       "config NAME%s%s%s or %s",
                       path, names, candidates[0] != '\0' ? " (" : "", candidates,
                       candidates[0] != '\0' ? ")" : "", sets);
    if ((config->n_mean != 0 && config->n_mean != config->in_channels) ||
        (config->n_std != 0 && config->n_std != config->in_channels))
        return sq_fail(err, SQ_ESHAPE, "config %s: mean and std need %u values, one per channel",
                       config->name, config->in_channels);
    snprintf(origin, sizeof origin, "config %s", config->name);
    return sq_config_check(err, origin, config);
}

/* What the user says of the configuration, before the weights are asked. */
static int take_given(struct sq_error *err, const struct sq_network_request *request,
                      struct sq_config *config)
{
    int status = SQ_OK;
    if (request->given != NULL)
        *config = *request->given;
    else if (request->config != NULL)
        status = sq_config_load(err, request->config_dirs, request->config, config);
    if (status == SQ_OK && request->architecture != NULL)
        status =
            sq_config_set_architecture(err, request->config_dirs, request->architecture, config);
    return status;
}

static int set_keys(struct sq_error *err, const struct sq_network_request *request,
                    struct sq_config *config)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < request->n_set; i++)
        status = sq_config_set_pair(err, config, request->set[i]);
    return status;
}

/* The image's size where neither weights nor configuration tell it. */
static int take_image_size(struct sq_error *err, const struct sq_network_request *request,
                           struct sq_config *config)
{
    if (request->image_size == NULL || config->image_height != 0 || config->image_width != 0)
        return SQ_OK;
    const int status =
        request->image_size(err, request->image_data, &config->image_height, &config->image_width);
    if (status == SQ_OK && config->image_height != 0 && config->source[0] == '\0')
        snprintf(config->source, sizeof config->source, "image size %ux%u: as the input has it",
                 config->image_height, config->image_width);
    return status;
}

/* Choose the network's weights. `config`: what the user gave, or NULL. */
static int choose_weights(struct sq_error *err, struct sq_checkpoint *file,
                          const struct sq_network_request *request,
                          const struct sq_architectures *known, const struct sq_config *config,
                          struct sq_network *network, struct sq_found_network *out)
{
    struct sq_networks networks;
    size_t chosen = 0;
    int status = sq_networks_find(err, file, request->model, known, &networks);
    if (status == SQ_OK && request->weights_recorded != NULL && request->weights == NULL &&
        sq_networks_choose(NULL, &networks, request->model, request->weights_recorded, NULL,
                           &chosen, &network->weights_why) == SQ_OK)
        network->weights_why = "as recorded";
    else if (status == SQ_OK)
        status = sq_networks_choose(err, &networks, request->model, request->weights, config,
                                    &chosen, &network->weights_why);
    if (status != SQ_OK)
        return status;
    const struct sq_found_network *found = &networks.network[chosen];
    if (found->rivals[0] != '\0')
        return sq_fail(err, SQ_EVALUE,
                       "%s: its weights fit %s alike, and cannot tell which they are; give " SQ_OPT
                       "architecture NAME, or a configuration that names it",
                       request->model, found->rivals);
    snprintf(network->root, sizeof network->root, "%s", found->root);
    snprintf(network->weights, sizeof network->weights, "%s", found->name);
    if (networks.n > 1)
        sq_networks_list(&networks, network->networks, sizeof network->networks);
    *out = *found;
    return sq_networks_unfold(err, file, found);
}

/* The published configuration of these weights, where there is just one; then the user's keys. */
static int take_published(struct sq_error *err, const struct sq_network_request *request,
                          const struct sq_config *sizes, struct sq_config *config, char *candidates,
                          size_t size)
{
    int status = sq_configure_search(err, request->config_dirs, sizes, config, candidates, size);
    memcpy(config->architecture, sizes->architecture, sizeof config->architecture);
    return status == SQ_OK ? set_keys(err, request, config) : status;
}

int sq_configure_stated(struct sq_error *err, const struct sq_architecture *architecture,
                        struct sq_config *config)
{
    static const char *const key[] = {"T", "in_channels", "image_height", "image_width", "classes"};
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < sizeof key / sizeof *key; i++) {
        const cJSON *size = cJSON_GetObjectItemCaseSensitive(
            sq_architecture_part(architecture, "defaults"), key[i]);
        double given = 0;
        if (cJSON_IsNumber(size) && size->valuedouble >= 1 && size->valuedouble <= 1 << 24 &&
            sq_config_number(config, key[i], &given) && given == 0)
            status = sq_config_put_size(err, architecture->origin, key[i],
                                        (uint32_t)size->valuedouble, config);
    }
    return status;
}

/* The weights are not those of the architecture that the configuration names: the first tensor that does
 * not fit. */
static int check_architecture(struct sq_error *err, const struct sq_checkpoint *file,
                              const struct sq_network_request *request,
                              const struct sq_architectures *known,
                              const struct sq_found_network *found, const struct sq_config *config)
{
    char misfit[320] = "";
    if (sq_config_names(config, found->architecture))
        return SQ_OK;
    for (size_t i = 0; i < known->n; i++)
        if (strcmp(known->item[i].called, config->architecture) == 0)
            sq_recognise_misfit(file, found->root, &known->item[i], misfit, sizeof misfit);
    return sq_fail(
        err, SQ_ESHAPE,
        "%s: %s%sthe weights are those of the architecture %s, the configuration says %s; "
        "wrong " SQ_OPT "config?",
        request->model, misfit, misfit[0] != '\0' ? ": " : "", found->sizes.architecture,
        config->architecture);
}

/* The same with the architectures that may be. */
static int configure(struct sq_error *err, struct sq_checkpoint *file,
                     const struct sq_network_request *request, const struct sq_architectures *known,
                     int is_given, struct sq_network *network)
{
    struct sq_config *config = &network->config;
    struct sq_found_network found = {.list_of = NULL};
    char candidates[256] = "";
    int status =
        choose_weights(err, file, request, known, is_given ? config : NULL, network, &found);
    if (status == SQ_OK && is_given)
        status = check_architecture(err, file, request, known, &found, config);
    if (status == SQ_OK && !is_given)
        status = take_published(err, request, &found.sizes, config, candidates, sizeof candidates);
    if (status == SQ_OK)
        status = sq_config_complete(err, request->model, network->root, found.architecture,
                                    &found.sizes, config);
    if (status == SQ_OK)
        status = sq_configure_stated(err, found.architecture, config);
    if (status == SQ_OK)
        status = take_image_size(err, request, config);
    if (status == SQ_OK)
        status = sq_configure_check(err, request->model, config, candidates);
    return status == SQ_OK ? sq_architecture_defaults(err, found.architecture, config) : status;
}

static int configure_as(struct sq_error *err, struct sq_checkpoint *file,
                        const struct sq_network_request *request, struct sq_network *network)
{
    struct sq_config *config = &network->config;
    struct sq_architectures known;
    const int is_given = request->given != NULL || request->config != NULL;
    const int is_chosen = is_given || request->architecture != NULL;
    int status = is_chosen ? take_given(err, request, config) : SQ_OK;
    if (status == SQ_OK && is_given)
        status = set_keys(err, request, config);
    if (status != SQ_OK)
        return status;
    const int is_only = request->architecture != NULL || sq_config_is_path(config->architecture);
    const char *only = is_only ? config->architecture : NULL;
    status = sq_architectures_open(err, request->config_dirs, only, &known);
    known.preferred = config->architecture;
    if (status == SQ_OK)
        status = configure(err, file, request, &known, is_given, network);
    sq_architectures_close(&known);
    return status;
}

const char *sq_configure_own(const struct sq_checkpoint *file, const char *model, const char *asked,
                             char path[SQ_OWN_PATH])
{
    if (asked != NULL || !sq_checkpoint_is_graph(file))
        return asked;
    snprintf(path, SQ_OWN_PATH, "%s%s", strchr(model, '/') != NULL ? "" : "./", model);
    return path;
}

int sq_configure(struct sq_error *err, struct sq_checkpoint *file,
                 const struct sq_network_request *request, struct sq_network *network)
{
    char path[SQ_OWN_PATH];
    struct sq_network_request own = *request;
    own.architecture = sq_configure_own(file, request->model, request->architecture, path);
    return configure_as(err, file, &own, network);
}
