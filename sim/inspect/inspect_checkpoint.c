/* A checkpoint: its tensors, the networks that they make, and whether spikeq run takes them. */
#include "kernels/base/plural.h"

#include "kernels/base/option_names.h"
#include "sim/inspect/inspect.h"

#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"
#include "sim/config/config_write.h"
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "sim/network/configure.h"
#include "sim/network/networks.h"
#include "sim/network/recognise.h"
#include "sim/network/unused.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_tensor_shape(char *text, size_t size, const struct sq_tensor *tensor)
{
    size_t at = (size_t)snprintf(text, size, "[");
    for (uint32_t i = 0; i < tensor->n_dims && at < size; i++)
        at +=
            (size_t)snprintf(text + at, size - at, "%s%" PRIu64, i > 0 ? "," : "", tensor->dim[i]);
    if (at < size)
        snprintf(text + at, size - at, "]");
}

/* Everything that inspect knows of a checkpoint. */
struct findings {
    const struct sq_inspect_request *request;
    struct sq_checkpoint *file;
    struct sq_architectures known;
    struct sq_networks networks;
    const struct sq_found_network *network; /* the one that runs; NULL: no architecture fits */
    const char *why;                        /* that one */
    struct sq_config config; /* everything known: the published one's, or the weights' */
    char candidates[256];    /* published sizes that fit, where there is not just one */
    char missing[1024], sets[512];
    int is_open;             /* a choice is missing that the trial cannot make */
    struct sq_error refusal; /* the error of a run; code SQ_OK: it would run */
    uint64_t n_elements;
};

static const char *role_of(const struct findings *found, const struct sq_tensor *tensor)
{
    const char *name = tensor->name;
    if (tensor->note != NULL || found->network == NULL)
        return tensor->note;
    const struct sq_found_network *other = sq_networks_of(&found->networks, name);
    if (other != NULL && other != found->network)
        return other->is_average ? "another network of the file, an average of weights"
                                 : "another network of the file";
    if (strncmp(name, found->network->root, strlen(found->network->root)) != 0)
        return "outside the network (training state)";
    return sq_why_unused(found->network->architecture, name + strlen(found->network->root));
}

/* A configuration with which the weights can be tried: what is not known does not change whether
 * they are the architecture's. */
static void make_trial(const struct findings *found, struct sq_config *trial)
{
    const cJSON *smallest = sq_architecture_part(found->network->architecture, "smallest_image");
    const uint32_t side =
        smallest != NULL && smallest->valueint > 0 ? (uint32_t)smallest->valueint : 64;
    *trial = found->config;
    if (trial->heads == 0)
        trial->heads = trial->dim > 0 && trial->dim % 64 == 0 ? trial->dim / 64 : 1;
    if (trial->timesteps == 0)
        trial->timesteps = 1;
    if (trial->image_height == 0)
        trial->image_height = side;
    if (trial->image_width == 0)
        trial->image_width = side;
}

/* Load it as run would, and free it. Warnings are passed on; a refusal is a finding. */
static int try_to_run(struct sq_error *err, struct findings *found)
{
    char prefix[SQ_ROOT_BYTES];
    struct sq_config trial;
    struct sq_network *network = NULL;
    const size_t n = strlen(found->network->root);
    snprintf(prefix, sizeof prefix, "%.*s", n > 0 ? (int)n - 1 : 1,
             n > 0 ? found->network->root : ".");
    make_trial(found, &trial);
    const struct sq_network_request request = {
        .model = found->request->path, .given = &trial, .weights = prefix};
    found->refusal.warnings = err->warnings;
    const int status = sq_network_load_request(&found->refusal, &request, &network);
    found->refusal.warnings = NULL;
    sq_network_free(network);
    if (status == SQ_OK)
        found->refusal.code = SQ_OK;
    return status == SQ_ENOMEM || status == SQ_EIO ? sq_fail(err, status, "%s", found->refusal.text)
                                                   : SQ_OK;
}

static void append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

/* One more choice that the weights do not tell. */
static void note_choice(struct findings *found, const char *key, const char *choices,
                        const char *set)
{
    append(found->missing, sizeof found->missing, "%s\"%s\" (%s)",
           found->missing[0] != '\0' ? ", " : "", key, choices);
    append(found->sets, sizeof found->sets, "%s%s", found->sets[0] != '\0' ? " " : "", set);
    found->is_open = 1;
}

/* Which of several architectures it is, and the parameters of its own that it asks for. */
static void note_choices(struct findings *found)
{
    const cJSON *item;
    char set[96];
    if (found->network->rivals[0] != '\0' && found->candidates[0] == '\0')
        note_choice(found, "architecture", found->network->rivals, SQ_FLAG "architecture NAME");
    cJSON_ArrayForEach(item, sq_architecture_part(found->network->architecture, "ask"))
    {
        const char *choices = NULL, *key = sq_asked(item, &choices);
        if (key == NULL || choices == NULL || sq_config_extra_of(&found->config, key) != NULL)
            continue;
        snprintf(set, sizeof set, SQ_FLAG "set %s=VALUE", key);
        note_choice(found, key, choices, set);
    }
}

/* Which network runs, and what its weights do not determine. */
static int look(struct sq_error *err, struct findings *found)
{
    const struct sq_inspect_request *request = found->request;
    size_t chosen = 0;
    for (size_t i = 0; i < sq_checkpoint_count(found->file); i++)
        found->n_elements += sq_checkpoint_tensor(found->file, i)->n_elements;
    if (sq_networks_find(&found->refusal, found->file, request->path, &found->known,
                         &found->networks) != SQ_OK)
        return request->weights == NULL && !request->as_config && found->refusal.code != SQ_ENOMEM
                   ? SQ_OK
                   : sq_fail(err, found->refusal.code, "%s", found->refusal.text);
    int status = sq_networks_choose(err, &found->networks, request->path, request->weights, NULL,
                                    &chosen, &found->why);
    if (status != SQ_OK)
        return status;
    found->network = &found->networks.network[chosen];
    status = sq_configure_stated(err, found->network->architecture,
                                 &found->networks.network[chosen].sizes);
    if (status == SQ_OK)
        status = sq_configure_search(err, request->config_dirs, &found->network->sizes,
                                     &found->config, found->candidates, sizeof found->candidates);
    if (status == SQ_OK)
        status = sq_config_complete(err, request->path, found->network->root,
                                    found->network->architecture, &found->network->sizes,
                                    &found->config);
    if (status == SQ_OK)
        status = sq_configure_stated(err, found->network->architecture, &found->config);
    if (status == SQ_OK)
        status = sq_architecture_defaults(err, found->network->architecture, &found->config);
    sq_configure_missing(&found->config, found->missing, found->sets, 128);
    if (status == SQ_OK)
        note_choices(found);
    found->refusal.code = SQ_OK;
    return status == SQ_OK && !found->is_open ? try_to_run(err, found) : status;
}

/* "Spikformer, architecture NAME, 2-64 (depth-dim), MLP hidden 256"; sizes of other kinds by their keys. */
static void write_sizes(char *text, size_t size, const struct sq_found_network *network)
{
    const struct sq_config *sizes = &network->sizes;
    const cJSON *item;
    text[0] = '\0';
    append(text, size, "%s, architecture %s", sq_architecture_text(network->architecture, "family"),
           network->architecture->name);
    if (network->rivals[0] != '\0')
        append(text, size, " or another that fits alike");
    if (sizes->depth > 0 && sizes->dim > 0)
        append(text, size, ", %u-%u (depth-dim)", sizes->depth, sizes->dim);
    else if (sizes->dim > 0)
        append(text, size, ", dim %u", sizes->dim);
    if (sizes->mlp_hidden > 0)
        append(text, size, ", MLP hidden %u", sizes->mlp_hidden);
    cJSON_ArrayForEach(item, sq_architecture_part(network->architecture, "sizes"))
    {
        const char *value = sq_config_extra_of(sizes, item->string);
        if (value != NULL)
            append(text, size, ", %s %s", item->string, value);
    }
}

/* What weights never tell, and what these do not. */
static void write_not_told(char *text, size_t size, const struct sq_found_network *network)
{
    const cJSON *item;
    text[0] = '\0';
    cJSON_ArrayForEach(item, sq_architecture_part(network->architecture, "ask"))
    {
        const char *choices = NULL, *key = sq_asked(item, &choices);
        if (key != NULL && (choices != NULL || strcmp(key, "heads") == 0))
            append(text, size, "%s, ", key);
    }
    append(text, size, "T%s (" SQ_FLAG "config)",
           network->sizes.image_height > 0 ? "" : ", image size, normalisation");
}

/* The verdict of run: one sentence, on one line. */
static void write_verdict(const struct findings *found, char *text, size_t size)
{
    if (found->refusal.code != SQ_OK)
        snprintf(text, size, "spikeq run refuses it: %s", found->refusal.text);
    else if (found->missing[0] == '\0')
        snprintf(text, size, "spikeq run takes it, with the sizes of %s", found->config.name);
    else
        snprintf(text, size,
                 "spikeq run takes it once %s %s given: " SQ_FLAG "config NAME%s%s%s or %s",
                 found->missing, strchr(found->missing, ',') != NULL ? "are" : "is",
                 found->candidates[0] != '\0' ? " (" : "", found->candidates,
                 found->candidates[0] != '\0' ? ")" : "", found->sets);
    sq_sentence_finish(text, SQ_NAMES_DASHED);
}

/* The next command. */
static void write_next(const struct findings *found, char *text, size_t size)
{
    const char *path = found->request->path;
    if (found->refusal.code != SQ_OK)
        snprintf(text, size,
                 "record its spikes in its own framework, then spikeq import (docs/import.md); or "
                 "spikeq energy " SQ_FLAG "table FILE.csv");
    else if (found->missing[0] == '\0')
        snprintf(text, size, "spikeq run " SQ_FLAG "model %s " SQ_FLAG "input FILE", path);
    else
        snprintf(text, size,
                 "spikeq inspect %s " SQ_FLAG "config > own.json; fill it in; spikeq run " SQ_FLAG
                 "model %s " SQ_FLAG "config own.json " SQ_FLAG "input FILE",
                 path, path);
}

static void print_tensors(FILE *to, const struct findings *found)
{
    for (size_t i = 0; i < sq_checkpoint_count(found->file); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(found->file, i);
        const char *unused = role_of(found, tensor);
        char shape[192];
        write_tensor_shape(shape, sizeof shape, tensor);
        fprintf(to, "  %-52s %-9s %-18s%s%s\n", tensor->name, sq_tensor_type(tensor), shape,
                unused != NULL ? "  unused: " : "", unused != NULL ? unused : "");
    }
}

static void print_network(FILE *to, const struct findings *found)
{
    const struct sq_found_network *network = found->network;
    const struct sq_config *sizes = &network->sizes;
    char list[512];
    if (found->networks.n > 1) {
        sq_networks_list(&found->networks, list, sizeof list);
        fprintf(to, "%zu networks: %s; %s runs, %s\n", found->networks.n, list, network->name,
                found->why);
    }
    write_sizes(list, sizeof list, network);
    fprintf(to, "%s, %u input channel%s, %u class%s%s%s\n", list, sizes->in_channels,
            sq_s(sizes->in_channels), sizes->classes, sizes->classes == 1 ? "" : "es",
            network->root[0] != '\0' ? ", under prefix " : "", network->root);
    write_not_told(list, sizeof list, network);
    fprintf(to, "not in the weights: %s\n", list);
}

/* The summary comes last: the list of tensors may be long. */
static void print_checkpoint(FILE *to, const struct findings *found)
{
    char text[2048];
    print_tensors(to, found);
    fprintf(to, "\n%s: %s, %zu tensor%s, %" PRIu64 " element%s\n", found->request->path,
            sq_checkpoint_container(found->file), sq_checkpoint_count(found->file),
            sq_s(sq_checkpoint_count(found->file)), found->n_elements, sq_s(found->n_elements));
    if (found->network != NULL)
        print_network(to, found);
    else
        fprintf(to, "no architecture that is known\n");
    write_verdict(found, text, sizeof text);
    fprintf(to, "verdict   %s\n", text);
    write_next(found, text, sizeof text);
    fprintf(to, "next      %s\n", text);
}

static cJSON *tensor_json(const struct findings *found, const struct sq_tensor *tensor)
{
    cJSON *object = cJSON_CreateObject();
    const char *unused = role_of(found, tensor);
    sq_json_add_text(object, "name", tensor->name);
    sq_json_add_text(object, "dtype", sq_tensor_type(tensor));
    cJSON *shape = sq_json_add_array(object, "shape");
    for (uint32_t i = 0; i < tensor->n_dims; i++)
        sq_json_append(shape, cJSON_CreateNumber((double)tensor->dim[i]));
    if (unused != NULL)
        sq_json_add_text(object, "unused", unused);
    return object;
}

static void add_network(cJSON *root, const struct findings *found)
{
    const struct sq_config *sizes = &found->network->sizes;
    cJSON *network = sq_json_add_object(root, "network");
    sq_json_add_text(network, "architecture", found->network->architecture->name);
    sq_json_add_text(network, "root", found->network->root);
    sq_json_add_text(network, "weights", found->network->name);
    sq_json_add_number(network, "depth", sizes->depth);
    sq_json_add_number(network, "dim", sizes->dim);
    sq_json_add_number(network, "mlp_hidden", sizes->mlp_hidden);
    sq_json_add_number(network, "in_channels", sizes->in_channels);
    sq_json_add_number(network, "classes", sizes->classes);
    cJSON *networks = sq_json_add_array(root, "networks");
    for (size_t i = 0; i < found->networks.n; i++)
        sq_json_append(networks, cJSON_CreateString(found->networks.network[i].name));
}

static cJSON *checkpoint_json(const struct findings *found)
{
    char text[1024];
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "path", found->request->path);
    sq_json_add_text(root, "container", sq_checkpoint_container(found->file));
    sq_json_add_number(root, "elements", (double)found->n_elements);
    if (found->network != NULL)
        add_network(root, found);
    else
        sq_json_add_text(root, "no_network", found->refusal.text);
    sq_json_add_bool(root, "runs", found->refusal.code == SQ_OK);
    write_verdict(found, text, sizeof text);
    sq_json_add_text(root, "verdict", text);
    write_next(found, text, sizeof text);
    sq_json_add_text(root, "next", text);
    cJSON *tensors = sq_json_add_array(root, "tensors");
    for (size_t i = 0; i < sq_checkpoint_count(found->file); i++)
        sq_json_append(tensors, tensor_json(found, sq_checkpoint_tensor(found->file, i)));
    return root;
}

/* "?" marks what has to be filled in: a configuration with it is refused. */
static void ask(cJSON *config, const char *key, int is_known)
{
    if (is_known)
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(config, key);
    sq_json_add_text(config, key, "?");
}

/* Parameters of the architecture's own that it asks for. */
static void ask_own(cJSON *config, const struct findings *found)
{
    const cJSON *item;
    double number;
    cJSON_ArrayForEach(item, sq_architecture_part(found->network->architecture, "ask"))
    {
        const char *key = sq_asked(item, NULL);
        if (key != NULL && !sq_config_number(&found->config, key, &number))
            ask(config, key, sq_config_extra_of(&found->config, key) != NULL);
    }
}

static cJSON *config_json(const struct findings *found)
{
    const struct sq_config *known = &found->config;
    const int takes_frames = sq_config_takes_frames(known);
    cJSON *config = sq_config_to_json(known);
    ask(config, "heads", known->heads != 0 || known->has_no_heads);
    ask(config, "T", known->timesteps != 0);
    ask(config, "image_height", known->image_height != 0);
    ask(config, "image_width", known->image_width != 0);
    ask(config, "mean", takes_frames || known->n_mean != 0);
    ask(config, "std", takes_frames || known->n_std != 0);
    ask_own(config, found);
    if (takes_frames) {
        cJSON_DeleteItemFromObjectCaseSensitive(config, "mean");
        cJSON_DeleteItemFromObjectCaseSensitive(config, "std");
    }
    if (found->missing[0] != '\0') {
        cJSON_DeleteItemFromObjectCaseSensitive(config, "name");
        cJSON_DeleteItemFromObjectCaseSensitive(config, "source");
        cJSON_DeleteItemFromObjectCaseSensitive(config, "assumed");
    }
    sq_json_add_text(config, "comment",
                     "replace each \"?\": the weights do not determine it; mean and std by a list "
                     "of a number a channel, or by null where the input is stored "
                     "normalised; thresholds and attn_scale are the published defaults");
    return config;
}

static int write_findings(struct sq_error *err, const struct findings *found, char **text)
{
    const struct sq_inspect_request *request = found->request;
    struct sq_page page;
    int status = SQ_OK;
    if (status == SQ_OK && request->as_config && found->refusal.code != SQ_OK)
        status = sq_fail(err, found->refusal.code, "%s", found->refusal.text);
    if (status == SQ_OK && request->as_config)
        return sq_page_json(err, config_json(found), text);
    if (status == SQ_OK && request->as_json)
        return sq_page_json(err, checkpoint_json(found), text);
    if (status == SQ_OK)
        status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    print_checkpoint(page.stream, found);
    return sq_page_close(err, &page, text);
}

int sq_inspect_checkpoint(struct sq_error *err, const struct sq_inspect_request *request,
                          struct sq_checkpoint *file, char **text)
{
    struct findings found = {.request = request, .file = file, .why = ""};
    char path[SQ_OWN_PATH];
    int status = sq_architectures_open(
        err, request->config_dirs,
        sq_configure_own(file, request->path, request->architecture, path), &found.known);
    if (status == SQ_OK)
        status = look(err, &found);
    if (status == SQ_OK)
        status = write_findings(err, &found, text);
    sq_architectures_close(&found.known);
    return status;
}
