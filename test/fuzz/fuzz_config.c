/* Any bytes as a configuration file, and as KEY=VALUE of --set: what is accepted is sound, what is
 * refused changes nothing, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/config/config.h"
#include "test/fuzz/fuzz_file.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What every accepted value obeys, given in a file or set. */
static void check_values(const struct sq_config *c)
{
    must(memchr(c->name, 0, sizeof c->name) != NULL);
    must(memchr(c->source, 0, sizeof c->source) != NULL);
    must(memchr(c->assumed, 0, sizeof c->assumed) != NULL);
    must(c->depth <= 64 && c->dim <= 8192 && c->heads <= 1024 && c->timesteps <= 1024);
    must(c->mlp_hidden <= 64 * 8192);
    must(c->in_channels <= 65535);
    must(c->image_height <= 4096 && c->image_width <= 4096);
    must(c->n_mean <= SQ_MAX_INPUT_CHANNELS && c->n_std <= SQ_MAX_INPUT_CHANNELS);
    for (uint32_t i = 0; i < c->n_std; i++)
        must(isfinite(c->std[i]) && c->std[i] > 0);
    for (uint32_t i = 0; i < c->n_mean; i++)
        must(isfinite(c->mean[i]));
    must(isfinite(c->v_threshold) && c->v_threshold >= 0);
    must(isfinite(c->attn_scale) && c->attn_scale >= 0);
    int exponent;
    must(c->attn_scale == 0 || frexpf(c->attn_scale, &exponent) == 0.5f);
}

static uint64_t as_file(const uint8_t *data, size_t size, uint64_t hash)
{
    static const struct sq_config nothing;
    struct sq_config config = nothing;
    struct sq_error err = {0};
    const struct fuzz_file file = fuzz_file_open(data, size);
    const int rc = sq_config_load(&err, NULL, file.path, &config);
    close(file.fd);
    if (rc == SQ_OK) {
        check_values(&config);
        must(config.heads == 0 || config.dim % config.heads == 0);
        must(config.n_mean == config.n_std);
    } else {
        must(err.text[0] != '\0' && memcmp(&config, &nothing, sizeof config) == 0);
    }
    hash = fuzz_digest(hash, &config, sizeof config);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

static uint64_t as_set(const uint8_t *data, size_t size, uint64_t hash)
{
    struct sq_config config = {.dim = 64, .heads = 4, .assumed = "heads,T"}, before = config;
    struct sq_error err = {0};
    char *key = malloc(size + 1);
    must(key != NULL);
    memcpy(key, data, size);
    key[size] = '\0';
    char *value = strchr(key, '=');
    if (value != NULL) {
        *value++ = '\0';
        if (sq_config_set(&err, &config, "--set", key, value) == SQ_OK)
            check_values(&config);
        else
            must(err.text[0] != '\0' && memcmp(&config, &before, sizeof config) == 0);
    }
    free(key);
    hash = fuzz_digest(hash, &config, sizeof config);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint64_t hash = 0xcbf29ce484222325u;
    must(as_file(data, size, hash) == as_file(data, size, hash));
    must(as_set(data, size, hash) == as_set(data, size, hash));
    return 0;
}
