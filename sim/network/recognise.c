#include "sim/network/recognise.h"

#include "kernels/base/option_names.h"

#include "sim/config/config_extra.h"
#include "sim/graph/expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sq_tensor *find(const struct sq_checkpoint *checkpoint, const char *root,
                                    const char *name)
{
    return sq_checkpoint_find(checkpoint, root, name);
}

const struct sq_tensor *sq_weight_in_parts(const struct sq_checkpoint *checkpoint, const char *root,
                                           const char *name)
{
    static const char *const part[] = {"_g", "_v", "_orig", "_mask"};
    static const char *const original[] = {"original", "original0"};
    const char *member = strrchr(name, '.');
    const struct sq_tensor *found = NULL;
    char text[256];
    for (size_t i = 0; found == NULL && i < sizeof part / sizeof *part; i++) {
        snprintf(text, sizeof text, "%s%s", name, part[i]);
        found = find(checkpoint, root, text);
    }
    for (size_t i = 0; found == NULL && member != NULL && i < 2; i++) {
        snprintf(text, sizeof text, "%.*s.parametrizations%s.%s", (int)(member - name), name,
                 member, original[i]);
        found = find(checkpoint, root, text);
    }
    return found;
}

int sq_refuse_parts(struct sq_error *err, const char *path, const struct sq_tensor *part)
{
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: tensor \"%s\" is part of a weight that is computed when the network runs "
                   "(weight_norm, spectral_norm, a parametrization, a mask alone): make the weight "
                   "plain first (torch.nn.utils.remove_weight_norm, "
                   "torch.nn.utils.parametrize.remove_parametrizations) and save the state dict "
                   "again",
                   path, part->name);
}

/* Has the tensor the axes that an architecture says: how many; or [O, I, ...], 0 for any size? */
static bool has_axes(const struct sq_tensor *tensor, const cJSON *item)
{
    const cJSON *size;
    uint32_t axis = 0;
    if (cJSON_IsNumber(item))
        return item->valueint == 0 || tensor->n_dims == (unsigned)item->valueint;
    if (tensor->n_dims != (unsigned)cJSON_GetArraySize(item))
        return false;
    cJSON_ArrayForEach(size, item)
    {
        if (size->valuedouble > 0 && (double)tensor->dim[axis] != size->valuedouble)
            return false;
        axis++;
    }
    return true;
}

static unsigned n_axes_of(const cJSON *item)
{
    return (unsigned)(cJSON_IsNumber(item) ? item->valueint : cJSON_GetArraySize(item));
}

/* How an architecture fits: tensors that are there with the axes that it says, and the first that is
 * not. */
struct fit {
    const struct sq_architecture *architecture;
    size_t n_fitting, n_needed;
    bool is_whole;      /* all fit, but for some that have too few axes: loading refuses those */
    bool is_exact;      /* all fit */
    size_t n_sized;     /* of those, with sizes that it states */
    const char *misfit; /* the first that does not; NULL: all do */
    unsigned n_axes;    /* that it should have */
};

static struct fit try_architecture(const struct sq_checkpoint *checkpoint, const char *root,
                                   const struct sq_architecture *architecture)
{
    struct fit fit = {.architecture = architecture, .is_whole = true, .is_exact = true};
    const cJSON *item;
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "recognise"))
    {
        const struct sq_tensor *tensor = find(checkpoint, root, item->string);
        const unsigned n_axes = n_axes_of(item);
        const bool fits = tensor != NULL && has_axes(tensor, item);
        fit.n_needed++;
        fit.n_sized += cJSON_IsArray(item);
        fit.n_fitting += fits;
        fit.is_exact &= fits;
        fit.is_whole &= fits || (tensor != NULL && tensor->n_dims < n_axes);
        if (!fits && fit.misfit == NULL) {
            fit.misfit = item->string;
            fit.n_axes = n_axes;
        }
    }
    return fit;
}

static int rank(const struct fit *fit)
{
    return fit->n_needed == 0 ? 0 : fit->is_exact + fit->is_whole;
}

/* Does it fit better than another: in all its tensors, in more sizes, else in more tensors? */
static bool is_better(const struct fit *fit, const struct fit *than)
{
    if (than->architecture == NULL || rank(fit) != rank(than))
        return than->architecture == NULL || rank(fit) > rank(than);
    return fit->is_exact ? fit->n_sized > than->n_sized : fit->n_fitting > than->n_fitting;
}

/* The architecture that fits best: the preferred one, or another. `rivals` becomes the names of those that
 * fit just as well, and of itself; "": nothing does. */
static struct fit best_fit(const struct sq_checkpoint *checkpoint, const char *root,
                           const struct sq_architectures *known, char *rivals, size_t size)
{
    struct fit best = {.architecture = NULL};
    size_t used = 0, n_alike = 0;
    rivals[0] = '\0';
    for (size_t i = 0; known->item != NULL && i < known->n; i++) {
        const struct fit fit = try_architecture(checkpoint, root, &known->item[i]);
        if (fit.is_exact && rank(&fit) > 0 && known->preferred != NULL &&
            strcmp(known->preferred, fit.architecture->called) == 0) {
            rivals[0] = '\0';
            return fit;
        }
        const bool is_new = is_better(&fit, &best);
        const bool is_alike =
            !is_new && fit.is_exact && best.is_exact && fit.n_sized == best.n_sized;
        if (is_new) {
            best = fit;
            used = n_alike = 0;
        }
        if ((is_new || is_alike) && used < size) {
            used += (size_t)snprintf(rivals + used, size - used, "%s%s", n_alike > 0 ? ", " : "",
                                     fit.architecture->called);
            n_alike++;
        }
    }
    if (n_alike < 2 || rank(&best) == 0)
        rivals[0] = '\0';
    return best;
}

static int refuse(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                  const char *root, const struct sq_architectures *known, const struct fit *fit)
{
    char names[1024];
    const char *misfit = fit->misfit != NULL ? fit->misfit : "";
    const struct sq_tensor *part = sq_weight_in_parts(checkpoint, root, misfit);
    const struct sq_tensor *tensor = find(checkpoint, root, misfit);
    sq_architectures_list(known, names, sizeof names);
    if (known->n == 1 && fit->n_needed == 0)
        return sq_fail(
            err, SQ_EFORMAT,
            "%s: weights cannot be found without \"recognise\": {\"TENSOR\": axes, ...}, "
            "tensors that every checkpoint of this architecture has",
            known->item[0].origin);
    if (part != NULL)
        return sq_refuse_parts(err, path, part);
    if (tensor != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: tensor \"%s%s\" has %u axes, that of %s %u; this is the state dict of "
                       "a relative, none of %s; " SQ_OTHER_NETWORKS,
                       path, root, misfit, tensor->n_dims, fit->architecture->name, fit->n_axes,
                       names);
    if (fit->n_fitting == 0)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: no tensor \"%s%s\"; this is not the state dict of an architecture that "
                       "is known (%s); " SQ_OTHER_NETWORKS,
                       path, root, misfit, names);
    return sq_fail(err, SQ_EUNSUPPORTED,
                   "%s: no tensor \"%s%s\"; of the architectures that are known (%s) %s comes "
                   "nearest; " SQ_OTHER_NETWORKS,
                   path, root, misfit, names, fit->architecture->name);
}

void sq_recognise_misfit(const struct sq_checkpoint *checkpoint, const char *root,
                         const struct sq_architecture *architecture, char *text, size_t size)
{
    const struct fit fit = try_architecture(checkpoint, root, architecture);
    const struct sq_tensor *tensor = fit.misfit != NULL ? find(checkpoint, root, fit.misfit) : NULL;
    text[0] = '\0';
    if (tensor != NULL)
        snprintf(text, size, "tensor \"%s%s\" has %u axes, not %u", root, fit.misfit,
                 tensor->n_dims, fit.n_axes);
    else if (fit.misfit != NULL)
        snprintf(text, size, "no tensor \"%s%s\"", root, fit.misfit);
}

/* Tensors PATTERN with 0, 1, 2, ... in the place of its star. */
static uint32_t count_tensors(const struct sq_checkpoint *checkpoint, const char *root,
                              const char *pattern)
{
    const char *star = strchr(pattern, '*');
    char name[256];
    uint32_t n = 0;
    do
        snprintf(name, sizeof name, "%.*s%u%s", (int)(star - pattern), pattern, n, star + 1);
    while (find(checkpoint, root, name) != NULL && ++n < 65536);
    return n;
}

/* "axis N of NAME" */
static int read_axis(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                     const char *root, unsigned axis, const char *name, uint32_t *size)
{
    const struct sq_tensor *tensor = find(checkpoint, root, name);
    const struct sq_tensor *part =
        tensor == NULL ? sq_weight_in_parts(checkpoint, root, name) : NULL;
    if (part != NULL)
        return sq_refuse_parts(err, path, part);
    if (tensor == NULL)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: no tensor \"%s%s\"; " SQ_OTHER_NETWORKS, path,
                       root, name);
    if (tensor->unreadable != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: tensor \"%s%s\" (%s) %s", path, root, name,
                       sq_tensor_type(tensor), tensor->unreadable);
    *size =
        axis < tensor->n_dims && tensor->dim[axis] <= 1u << 20 ? (uint32_t)tensor->dim[axis] : 0;
    return *size > 0 ? SQ_OK
                     : sq_fail(err, SQ_ESHAPE, "%s: tensor \"%s%s\" has no usable axis %u", path,
                               root, name, axis);
}

/* Append what `format` makes, as far as there is room. */
static void append(char list[SQ_VALUE_TEXT], const char *format, const char *text)
{
    const size_t used = strlen(list);
    snprintf(list + used, SQ_VALUE_TEXT - used, format, text);
}

/* One more number of a list "[3,4"; and its end. False: there is no room, or nothing in it. */
static void append_number(char list[SQ_VALUE_TEXT], uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    append(list, list[0] != '\0' ? ",%s" : "[%s", text);
}

static bool end_list(char list[SQ_VALUE_TEXT])
{
    const bool has_room = list[0] != '\0' && strlen(list) + 1 < SQ_VALUE_TEXT;
    append(list, "%s", "]");
    return has_room;
}

/* "counts PATTERN PATTERN ...": how many tensors of each, as a list "[3,4,6,3]"; false: it is no such
 * text. */
static bool read_counts(const struct sq_checkpoint *checkpoint, const char *root, const char *text,
                        char list[SQ_VALUE_TEXT])
{
    char pattern[128];
    int n = 0;
    if (text == NULL || strncmp(text, "counts ", strlen("counts ")) != 0)
        return false;
    list[0] = '\0';
    for (text += strlen("counts "); sscanf(text, " %127s%n", pattern, &n) == 1; text += n) {
        if (strchr(pattern, '*') == NULL)
            return false;
        append_number(list, count_tensors(checkpoint, root, pattern));
    }
    return end_list(list);
}

/* "axes N of TENSOR TENSOR ...": a size of each, as a list; false: it is no such text, or one is
 * missing. */
static bool read_axes(const struct sq_checkpoint *checkpoint, const char *root, const char *text,
                      char list[SQ_VALUE_TEXT])
{
    char name[128];
    int n = 0;
    unsigned axis;
    if (text == NULL || sscanf(text, "axes %1u of%n", &axis, &n) != 1 || n == 0)
        return false;
    list[0] = '\0';
    for (text += n; sscanf(text, " %127s%n", name, &n) == 1; text += n) {
        const struct sq_tensor *tensor = find(checkpoint, root, name);
        if (tensor == NULL || axis >= tensor->n_dims)
            return false;
        append_number(list, tensor->dim[axis]);
    }
    return end_list(list);
}

/* The word of the first pair WORD=TENSOR whose tensor a module has; false: it has none of them. */
static bool read_module(const struct sq_checkpoint *checkpoint, const char *root,
                        const char *module, const char *pairs, char word[SQ_GRAPH_WORD])
{
    char pair[128], name[256];
    for (int n = 0; sscanf(pairs, " %127s%n", pair, &n) == 1; pairs += n) {
        const char *tensor = strchr(pair, '=');
        if (tensor == NULL || tensor - pair >= SQ_GRAPH_WORD)
            return false;
        snprintf(name, sizeof name, "%s.%s", module, tensor + 1);
        snprintf(word, SQ_GRAPH_WORD, "%.*s", (int)(tensor - pair), pair);
        if (find(checkpoint, root, name) != NULL)
            return true;
    }
    return false;
}

/* "lists PREFIX WORD=TENSOR ...": of the modules PREFIX.0.0, PREFIX.0.1, ..., PREFIX.1.0, ... the words that
 * their tensors tell, as a list of lists "[[A,B],[A]]"; "=TENSOR" tells none. False: it is no such
 * text. */
static bool read_lists(const struct sq_checkpoint *checkpoint, const char *root, const char *text,
                       char list[SQ_VALUE_TEXT])
{
    char prefix[64], module[96], word[SQ_GRAPH_WORD];
    int n = 0;
    unsigned i = 0, k = 1;
    if (text == NULL || sscanf(text, "lists %63s%n", prefix, &n) != 1)
        return false;
    for (list[0] = '\0'; k > 0 && strlen(list) + 2 < SQ_VALUE_TEXT; i++) {
        char stage[SQ_VALUE_TEXT] = "";
        for (k = 0; snprintf(module, sizeof module, "%s.%u.%u", prefix, i, k) > 0 &&
                    read_module(checkpoint, root, module, text + n, word);
             k++)
            if (word[0] != '\0')
                append(stage, stage[0] != '\0' ? ",%s" : "[%s", word);
        if (k > 0)
            append(list, i > 0 ? ",%s]" : "[%s]", stage);
    }
    append(list, "%s", "]");
    return strlen(list) + 2 < SQ_VALUE_TEXT && i > 1;
}

/* "A if TENSOR else B": the word that the presence of a tensor tells; false: it is no such text. */
static bool read_word(const struct sq_checkpoint *checkpoint, const char *root, const char *text,
                      char word[SQ_VALUE_TEXT])
{
    char yes[SQ_GRAPH_WORD], no[SQ_GRAPH_WORD], name[128];
    int end = 0;
    if (text == NULL || sscanf(text, "%23s if %127s else %23s%n", yes, name, no, &end) != 3 ||
        text[end] != '\0')
        return false;
    snprintf(word, SQ_VALUE_TEXT, "%s", find(checkpoint, root, name) != NULL ? yes : no);
    return true;
}

/* Where a size is read: "count PATTERN", "N + count PATTERN", "axis N of NAME"; the tensor's name, or
 * NULL.
 *   axis   -1 - N of a count */
static const char *read_place(const char *text, int *axis)
{
    const char *rest = text + strlen("axis 0 of ");
    *axis = -1;
    if (text[0] >= '1' && text[0] <= '9' && strncmp(text + 1, " + ", 3) == 0) {
        *axis = -1 - (text[0] - '0');
        text += strlen("0 + ");
        rest = NULL;
    }
    if (strncmp(text, "count ", strlen("count ")) == 0 && strchr(text, '*') != NULL)
        return text + strlen("count ");
    if (rest == NULL || strlen(text) <= strlen("axis 0 of ") || strncmp(text, "axis ", 5) != 0 ||
        text[5] < '0' || text[5] > '7' || strncmp(text + 6, " of ", 4) != 0)
        return NULL;
    *axis = text[5] - '0';
    return rest;
}

static int read_size(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                     const char *root, const struct sq_architecture *architecture,
                     const cJSON *item, struct sq_config *sizes)
{
    int axis = -1, status = SQ_OK;
    uint32_t size = 0;
    const char *text = cJSON_GetStringValue(item);
    const char *name = text != NULL ? read_place(text, &axis) : NULL;
    char word[SQ_VALUE_TEXT];
    if (read_counts(checkpoint, root, text, word) || read_axes(checkpoint, root, text, word) ||
        read_lists(checkpoint, root, text, word) || read_word(checkpoint, root, text, word)) {
        const cJSON value = {.type = cJSON_String, .valuestring = word};
        return sq_config_store_extra(err, architecture->origin, item->string, &value, sizes);
    }
    if (name == NULL)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: sizes: \"%.32s\" must be \"[N +] count PATTERN\" with a *, \"axis N of "
                       "TENSOR\", \"counts PATTERN ...\", \"axes N of TENSOR ...\", "
                       "\"lists PREFIX WORD=TENSOR ...\" or \"A if TENSOR else B\"",
                       architecture->origin, item->string);
    if (axis < 0)
        size = count_tensors(checkpoint, root, name) + (uint32_t)(-1 - axis);
    else
        status = read_axis(err, checkpoint, path, root, (unsigned)axis, name, &size);
    return status == SQ_OK
               ? sq_config_put_size(err, architecture->origin, item->string, size, sizes)
               : status;
}

int sq_recognise(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                 const char *root, const struct sq_architectures *known,
                 const struct sq_architecture **architecture, struct sq_config *sizes,
                 char rivals[SQ_RIVALS])
{
    const struct fit fit = best_fit(checkpoint, root, known, rivals, SQ_RIVALS);
    const cJSON *item;
    int status = SQ_OK;
    if (fit.architecture == NULL || rank(&fit) == 0)
        return refuse(err, checkpoint, path, root, known, &fit);
    *architecture = fit.architecture;
    *sizes = (struct sq_config){.n_extra = 0};
    snprintf(sizes->architecture, sizeof sizes->architecture, "%s", fit.architecture->called);
    sq_config_take_architecture(fit.architecture->json, sizes);
    cJSON_ArrayForEach(item, sq_architecture_part(fit.architecture, "sizes"))
    {
        status = read_size(err, checkpoint, path, root, fit.architecture, item, sizes);
        if (status != SQ_OK)
            break;
    }
    return status;
}

/* A parameter of the architecture that weights tell, against what the configuration says. */
static int complete_extra(struct sq_error *err, const char *path,
                          const struct sq_architecture *architecture, const char *key,
                          const struct sq_config *weights, struct sq_config *config)
{
    const char *found = sq_config_extra_of(weights, key), *wanted = sq_config_extra_of(config, key);
    const cJSON value = {.type = cJSON_String, .valuestring = (char *)(uintptr_t)found};
    if (wanted == NULL)
        return sq_config_store_extra(err, architecture->origin, key, &value, config);
    return strcmp(found, wanted) == 0
               ? SQ_OK
               : sq_fail(err, SQ_ESHAPE,
                         "%s: its tensors give %s = %s, the configuration says %s; wrong " SQ_OPT
                         "config?",
                         path, key, found, wanted);
}

bool sq_config_names(const struct sq_config *config, const struct sq_architecture *architecture)
{
    return config->architecture[0] == '\0' ||
           strcmp(config->architecture, architecture->called) == 0 ||
           sq_architecture_is_called(architecture->json, config->architecture);
}

int sq_config_complete(struct sq_error *err, const char *path, const char *root,
                       const struct sq_architecture *architecture, const struct sq_config *weights,
                       struct sq_config *config)
{
    const cJSON *item;
    memcpy(config->architecture, weights->architecture, sizeof config->architecture);
    sq_config_take_architecture(architecture->json, config);
    cJSON_ArrayForEach(item, sq_architecture_part(architecture, "sizes"))
    {
        double found = 0, wanted = 0;
        int axis, status = SQ_OK;
        sq_config_number(weights, item->string, &found);
        sq_config_number(config, item->string, &wanted);
        if (sq_config_extra_of(weights, item->string) != NULL)
            status = complete_extra(err, path, architecture, item->string, weights, config);
        else if (wanted == 0)
            status = sq_config_put_size(err, architecture->origin, item->string, (uint32_t)found,
                                        config);
        else if (wanted != found)
            status = sq_fail(err, SQ_ESHAPE,
                             "%s: tensor \"%s%s\" gives %s = %.0f, the configuration says %.0f; "
                             "wrong " SQ_OPT "config?",
                             path, root, read_place(item->valuestring, &axis), item->string, found,
                             wanted);
        if (status != SQ_OK)
            return status;
    }
    sq_config_take_architecture(architecture->json, config); /* again: its sizes are known now */
    if (config->mlp_ratio > 0 && config->dim > 0 &&
        config->mlp_ratio * config->dim != config->mlp_hidden)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: the weights have %u hidden channels of dim %u, the configuration says "
                       "mlp_ratio %u; wrong " SQ_OPT "config?",
                       path, config->mlp_hidden, config->dim, config->mlp_ratio);
    return SQ_OK;
}

int sq_first_tensors(const struct sq_architectures *known,
                     int (*visit)(const char *name, void *data), void *data)
{
    int stop = 0;
    for (size_t i = 0; stop == 0 && i < known->n; i++) {
        const cJSON *recognise = sq_architecture_part(&known->item[i], "recognise");
        if (recognise != NULL && recognise->child != NULL)
            stop = visit(recognise->child->string, data);
    }
    return stop;
}
