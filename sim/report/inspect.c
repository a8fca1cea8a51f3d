/* spikeq_inspect() and spikeq_config_list(): what files and configurations hold, as text. */
#include "sim/context.h"
#include "sim/events/recording_known.h"
#include "sim/json/json.h"
#include "sim/network/networks.h"
#include "sim/network/unused.h"
#include "sim/replay/inspect_trace.h"
#include "sim/report/inspect_arrays.h"
#include "sim/report/page.h"
#include "traces/read/trace_reader.h"

#include <inttypes.h>
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
    const char *path;
    struct sq_checkpoint *file;
    const char *root; /* NULL: no Spikformer */
    struct sq_config sizes;
    struct sq_networks networks;
    struct sq_error why_not;
    uint64_t n_elements;
};

static const char *role_of(const struct findings *found, const struct sq_tensor *tensor)
{
    const char *name = tensor->name;
    const size_t n_root = found->root != NULL ? strlen(found->root) : 0;
    if (found->root == NULL)
        return NULL;
    if (tensor->note != NULL)
        return tensor->note;
    const struct sq_found_network *other = sq_networks_of(&found->networks, name);
    if (other != NULL && strcmp(other->root, found->root) != 0)
        return other->is_average ? "another network of the file, an average of weights"
                                 : "another network of the file";
    if (strncmp(name, found->root, n_root) != 0)
        return "outside the network (training state)";
    return sq_why_unused(found->sizes.layout, name + n_root);
}

static void print_checkpoint(FILE *to, const struct findings *found)
{
    const size_t n = sq_checkpoint_count(found->file);
    fprintf(to, "%s: %s, %zu tensors, %" PRIu64 " elements\n", found->path,
            sq_checkpoint_container(found->file), n, found->n_elements);
    if (found->root != NULL)
        fprintf(to,
                "Spikformer, layout %s, %u-%u (depth-dim), MLP hidden %u, %u input channels, "
                "%u classes%s%s\nnot in the weights: heads, T, image size, normalisation "
                "(--config)\n",
                sq_layout_name(found->sizes.layout), found->sizes.depth, found->sizes.dim,
                found->sizes.mlp_hidden, found->sizes.in_channels, found->sizes.classes,
                found->root[0] != '\0' ? ", under prefix " : "", found->root);
    else
        fprintf(to, "no Spikformer: %s\n", found->why_not.text);
    for (size_t i = 0; i < n; i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(found->file, i);
        const char *unused = role_of(found, tensor);
        char shape[192];
        write_tensor_shape(shape, sizeof shape, tensor);
        fprintf(to, "  %-52s %-9s %-18s%s%s\n", tensor->name, sq_tensor_type(tensor), shape,
                unused != NULL ? "  unused: " : "", unused != NULL ? unused : "");
    }
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

static cJSON *checkpoint_json(const struct findings *found)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "path", found->path);
    sq_json_add_text(root, "container", sq_checkpoint_container(found->file));
    sq_json_add_number(root, "elements", (double)found->n_elements);
    if (found->root != NULL) {
        const struct sq_config *sizes = &found->sizes;
        cJSON *network = sq_json_add_object(root, "network");
        sq_json_add_text(network, "layout", sq_layout_name(sizes->layout));
        sq_json_add_text(network, "root", found->root);
        sq_json_add_number(network, "depth", sizes->depth);
        sq_json_add_number(network, "dim", sizes->dim);
        sq_json_add_number(network, "mlp_hidden", sizes->mlp_hidden);
        sq_json_add_number(network, "in_channels", sizes->in_channels);
        sq_json_add_number(network, "classes", sizes->classes);
    } else {
        sq_json_add_text(root, "no_network", found->why_not.text);
    }
    cJSON *tensors = sq_json_add_array(root, "tensors");
    for (size_t i = 0; i < sq_checkpoint_count(found->file); i++)
        sq_json_append(tensors, tensor_json(found, sq_checkpoint_tensor(found->file, i)));
    return root;
}

static int describe_checkpoint(struct sq_error *err, const char *path, int as_json,
                               struct sq_checkpoint *file, char **text)
{
    struct findings found = {.path = path, .file = file};
    struct sq_page page;
    if (sq_networks_find(&found.why_not, file, path, &found.networks) == SQ_OK) {
        found.root = found.networks.network[0].root;
        found.sizes = found.networks.network[0].sizes;
    }
    for (size_t i = 0; i < sq_checkpoint_count(file); i++)
        found.n_elements += sq_checkpoint_tensor(file, i)->n_elements;
    if (as_json)
        return sq_page_json(err, checkpoint_json(&found), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    print_checkpoint(page.stream, &found);
    return sq_page_close(err, &page, text);
}

/* What of a damaged recording can be read is told, and where the damage is. */
static int describe_recording(spikeq_ctx *ctx, const char *path, int as_json, char **text)
{
    return spikeq_events(
        ctx, &(struct spikeq_events_options){.path = path, .tolerate = 1, .as_json = as_json},
        text);
}

static int describe_other(spikeq_ctx *ctx, const char *path, int as_json, char **text)
{
    struct sq_checkpoint *file = NULL;
    int status = sq_checkpoint_open(&ctx->error, path, &file);
    if (status == SQ_OK)
        status = describe_checkpoint(&ctx->error, path, as_json, file, text);
    else if (sq_recording_may_be_nmnist(path))
        status = describe_recording(ctx, path, as_json, text);
    sq_checkpoint_free(file);
    return status;
}

int spikeq_inspect(spikeq_ctx *ctx, const char *path, int as_json, char **text)
{
    struct sq_array_file *array = NULL;
    struct sq_error array_error = {0};
    if (sq_trace_is_store(path))
        return sq_inspect_trace(&ctx->error, path, as_json, text);
    /* An array if it looks like one; whatever else it is, the checkpoint readers say. */
    int status = sq_array_open(&array_error, path, &array);
    if (status == SQ_OK) {
        status = sq_inspect_array(&ctx->error, path, as_json, array, text);
        sq_array_close(array);
        return status;
    }
    if (sq_recording_is_known(path))
        return describe_recording(ctx, path, as_json, text);
    if (sq_is_npz(path))
        return sq_inspect_npz(&ctx->error, path, as_json, text);
    if (status == SQ_EUNSUPPORTED) { /* an array, and it says why not this one */
        sq_error_copy(&ctx->error, &array_error);
        return status;
    }
    return describe_other(ctx, path, as_json, text);
}
