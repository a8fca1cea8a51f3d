#include "kernels/base/option_names.h"
#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int given_twice(const struct sq_draft *draft, size_t row)
{
    for (size_t i = 0; i < sq_config_n_keys; i++) {
        const struct sq_config_key *a = &sq_config_key[i], *b = &sq_config_key[row];
        /* T and timesteps are one field under two names, and so are architecture and layout. */
        const bool is_field = a->kind == SQ_KEY_INTEGER || a->kind == SQ_KEY_ARCHITECTURE;
        const bool same = i == row || (a->offset == b->offset && a->kind == b->kind && is_field);
        if (same && (draft->seen >> i & 1))
            return 1;
    }
    return 0;
}

static int read_key(struct sq_error *err, struct sq_draft *draft, const char *path,
                    const cJSON *item)
{
    const struct sq_config_key *key = sq_config_key_find(item->string);
    bool is_extra = false;
    if (key == NULL && sq_config_has_extra(err, &draft->config, item->string, &is_extra) != SQ_OK)
        return SQ_ENOMEM;
    if (is_extra)
        return sq_config_store_extra(err, path, item->string, item, &draft->config);
    if (key == NULL)
        return sq_config_key_unknown(err, path, item->string);
    const size_t row = (size_t)(key - sq_config_key);
    if (given_twice(draft, row))
        return sq_fail(err, SQ_EFORMAT, "%s: \"%s\" is given twice", path, key->name);
    draft->seen |= (uint64_t)1 << row;
    return sq_config_key_store(err, draft, path, key, item);
}

/* "name" where the file has none: its own name without folder and ".json". */
static void name_by_file(struct sq_config *config, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *stem = slash != NULL ? slash + 1 : path;
    size_t n = strlen(stem);
    if (n > 5 && strcmp(stem + n - 5, ".json") == 0)
        n -= 5;
    snprintf(config->name, sizeof config->name, "%.*s", (int)n, stem);
}

/* The architecture first, as other keys may be its own. */
static int read_architecture(struct sq_error *err, struct sq_draft *draft, const char *path,
                             const cJSON *root)
{
    int status = SQ_OK;
    for (const cJSON *item = root->child; status == SQ_OK && item != NULL; item = item->next) {
        const struct sq_config_key *key = sq_config_key_find(item->string);
        if (key != NULL && key->kind == SQ_KEY_ARCHITECTURE)
            status = sq_config_key_store(err, draft, path, key, item);
    }
    return status;
}

/* `root` is deleted. */
static int load_object(struct sq_error *err, const char *config_dirs, const char *path, cJSON *root,
                       struct sq_config *config)
{
    struct sq_draft draft = {.config_dirs = config_dirs};
    int rc = read_architecture(err, &draft, path, root);
    for (const cJSON *item = root->child; rc == SQ_OK && item != NULL; item = item->next)
        rc = read_key(err, &draft, path, item);
    cJSON_Delete(root);
    if (rc == SQ_OK)
        rc = sq_config_derive(err, &draft, path, false);
    if (rc == SQ_OK)
        rc = sq_config_agree(err, &draft.config, path);
    if (rc != SQ_OK)
        return rc;
    if (draft.config.name[0] == '\0')
        name_by_file(&draft.config, path);
    if (draft.neurons && strlen(path) >= sizeof draft.config.neurons_file)
        return sq_fail(err, SQ_EVALUE,
                       "%.64s...: the path of a configuration that says something "
                       "of its neurons has at most %zu bytes",
                       path, sizeof draft.config.neurons_file - 1);
    if (draft.neurons)
        snprintf(draft.config.neurons_file, sizeof draft.config.neurons_file, "%s", path);
    *config = draft.config;
    return SQ_OK;
}

static int load_file(struct sq_error *err, const char *config_dirs, const char *path,
                     struct sq_config *config)
{
    cJSON *root;
    const int rc = sq_config_parse_file(err, path, &root);
    return rc == SQ_OK ? load_object(err, config_dirs, path, root, config) : rc;
}

int sq_config_from_text(struct sq_error *err, const char *origin, const char *text,
                        struct sq_config *config)
{
    cJSON *root;
    const int rc = sq_config_parse_text(err, origin, text, strlen(text), &root);
    return rc == SQ_OK ? load_object(err, NULL, origin, root, config) : rc;
}

bool sq_config_is_path(const char *name)
{
    const size_t n = strlen(name);
    return strchr(name, '/') != NULL || (n >= 5 && strcmp(name + n - 5, ".json") == 0);
}

int sq_config_load(struct sq_error *err, const char *config_dirs, const char *name_or_path,
                   struct sq_config *config)
{
    if (sq_config_is_path(name_or_path))
        return load_file(err, config_dirs, name_or_path, config);
    char *path;
    int rc = sq_config_find(err, config_dirs, name_or_path, &path);
    if (rc != SQ_OK)
        return rc;
    rc = load_file(err, config_dirs, path, config);
    free(path);
    return rc;
}

/* A remark is for those who read the file; given by hand it would be taken for an order. */
static int refuse_remark(struct sq_error *err, const char *origin, const struct sq_config_key *key)
{
    const bool is_option = strcmp(key->name, "batch") == 0 || strcmp(key->name, "input") == 0;
    return sq_fail(
        err, SQ_EVALUE, "%s: \"%s\" is a remark in a configuration and changes nothing%s%s", origin,
        key->name, is_option ? "; the option is " SQ_OPT : "", is_option ? key->name : "");
}

/* A parameter that the architecture alone has. */
static int set_extra(struct sq_error *err, struct sq_config *config, const char *origin,
                     const char *key, const char *value)
{
    cJSON *text = cJSON_CreateString(value);
    const int status = text != NULL ? sq_config_store_extra(err, origin, key, text, config)
                                    : sq_fail(err, SQ_ENOMEM, "%s: %s: out of memory", origin, key);
    cJSON_Delete(text);
    if (status == SQ_OK)
        sq_config_not_assumed(config, key);
    return status;
}

int sq_config_set(struct sq_error *err, struct sq_config *config, const char *origin,
                  const char *key_name, const char *value)
{
    struct sq_draft draft = {.config = *config};
    const struct sq_config_key *key = sq_config_key_find(key_name);
    bool is_extra = false;
    if (key == NULL && sq_config_has_extra(err, config, key_name, &is_extra) != SQ_OK)
        return SQ_ENOMEM;
    if (is_extra)
        return set_extra(err, config, origin, key_name, value);
    if (key == NULL)
        return sq_config_key_unknown(err, origin, key_name);
    if (sq_config_key_is_remark(key))
        return refuse_remark(err, origin, key);
    cJSON *json = sq_config_parse_word(key, value);
    if (json == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: %s: out of memory", origin, key_name);
    int rc = sq_config_key_store(err, &draft, origin, key, json);
    cJSON_Delete(json);
    if (rc == SQ_OK)
        rc = sq_config_derive(err, &draft, origin, true);
    /* One key of several to come may contradict what it finds (heads before dim): the claims alone
     * are compared here. */
    if (rc == SQ_OK)
        rc = sq_config_agree_claims(err, &draft.config, origin);
    if (rc == SQ_OK) {
        sq_config_displace(&draft.config, key->name);
        sq_config_not_assumed(&draft.config, key->name);
        *config = draft.config;
    }
    return rc;
}

int sq_config_set_pair(struct sq_error *err, struct sq_config *config, const char *pair)
{
    char key[64];
    const char *equals = strchr(pair, '=');
    if (equals == NULL || equals == pair || (size_t)(equals - pair) >= sizeof key)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "set %s: expected key=value", pair);
    snprintf(key, sizeof key, "%.*s", (int)(equals - pair), pair);
    return sq_config_set(err, config, SQ_OPT "set", key, equals + 1);
}
