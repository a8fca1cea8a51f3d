#include "sim/config/config_keys.h"

#include "kernels/base/nearest.h"

#include <stdio.h>
#include <string.h>

#define AT(member)      offsetof(struct sq_draft, member)
#define LONGEST(member) (sizeof((struct sq_draft *)0)->config.member - 1)

/* Limits are generous; they keep sums of sizes far from overflow and catch slips of the pen. */
const struct sq_config_key sq_config_key[] = {
    {"name", SQ_KEY_TEXT, AT(config.name), 0, 1, LONGEST(name)},
    {"source", SQ_KEY_TEXT, AT(config.source), 0, 0, LONGEST(source)},
    {"assumed", SQ_KEY_KEYS, AT(config.assumed), 0, 0, LONGEST(assumed)},
    {"architecture", SQ_KEY_ARCHITECTURE, AT(config.architecture), 0, 0, 0},
    {"layout", SQ_KEY_ARCHITECTURE, AT(config.architecture), 0, 0, 0}, /* of older files */
    {"family", SQ_KEY_ARCHITECTURE, AT(config.architecture), 0, 0, 0},
    {"depth", SQ_KEY_INTEGER, AT(config.depth), 0, 1, 64},
    {"dim", SQ_KEY_INTEGER, AT(config.dim), 0, 8, 8192},
    {"heads", SQ_KEY_INTEGER, AT(config.heads), 0, 1, 1024},
    {"mlp_hidden", SQ_KEY_INTEGER, AT(config.mlp_hidden), 0, 1, 65536},
    {"mlp_ratio", SQ_KEY_INTEGER, AT(mlp_ratio), 0, 1, 64},
    {"T", SQ_KEY_INTEGER, AT(config.timesteps), 0, 1, 1024},
    {"timesteps", SQ_KEY_INTEGER, AT(config.timesteps), 0, 1, 1024},
    {"in_channels", SQ_KEY_INTEGER, AT(config.in_channels), 0, 1, 65535},
    {"image_height", SQ_KEY_INTEGER, AT(config.image_height), 0, 1, 4096},
    {"image_width", SQ_KEY_INTEGER, AT(config.image_width), 0, 1, 4096},
    {"image_size", SQ_KEY_INTEGER, AT(image_size), 0, 1, 4096},
    {"classes", SQ_KEY_INTEGER, AT(config.classes), 0, 1, 1000000},
    {"v_threshold", SQ_KEY_REAL, AT(config.v_threshold), 0, 1e-6, 1e6},
    {"attn_v_threshold", SQ_KEY_REAL, AT(config.attn_v_threshold), 0, 1e-6, 1e6},
    {"attn_scale", SQ_KEY_POWER, AT(config.attn_scale), 0, 0x1p-24, 0x1p8},
    {"bn_eps", SQ_KEY_REAL, AT(config.bn_eps), 0, 1e-12, 1},
    {"mean", SQ_KEY_REALS, AT(config.mean), AT(config.n_mean), -1e6, 1e6},
    {"std", SQ_KEY_REALS, AT(config.std), AT(config.n_std), 1e-6, 1e6},
    {"fit", SQ_KEY_FIT, AT(config.fit), 0, 0, 0},
    {"interpolation", SQ_KEY_INTERPOLATION, AT(config.interpolation), 0, 0, 0},
    {"resize", SQ_KEY_INTEGER, AT(config.resize), 0, 1, 4096},
    {"crop_pct", SQ_KEY_FRACTION, AT(config.crop_pct), 0, 0.05, 1},
    {"tau", SQ_KEY_REAL, AT(config.tau), 0, 1, 1e6},
    {"v_reset", SQ_KEY_FIXED, 0, 0, 0, 0}, /* the engine resets to 0 */
    {"neuron_default", SQ_KEY_NEURONS, AT(neurons), 0, 0, 0},
    {"neuron_other", SQ_KEY_NEURONS, AT(neurons), 0, 0, 0},
    {"populations", SQ_KEY_NEURONS, AT(neurons), 0, 0, 0},
    {"head_dim", SQ_KEY_INTEGER, AT(config.claims.head_dim), 0, 1, 8192},
    {"tokens", SQ_KEY_INTEGER, AT(config.claims.tokens), 0, 1, 1 << 24},
    {"token_grid", SQ_KEY_PAIR, AT(config.claims.token_grid), 0, 1, 4096},
    {"patch_size", SQ_KEY_INTEGER, AT(config.claims.patch_size), 0, 1, 4096},
    {"batch", SQ_KEY_REMARK_INTEGER, 0, 0, 1, 1e9},
    {"seed", SQ_KEY_REMARK_INTEGER, 0, 0, 0, 4294967295.0},
    {"input", SQ_KEY_REMARK_TEXT, 0, 0, 0, 0},
    {"exact", SQ_KEY_REMARK_FLAG, 0, 0, 0, 0},
    {"logits_exact", SQ_KEY_REMARK_FLAG, 0, 0, 0, 0},
    {"head_in_exact", SQ_KEY_REMARK_FLAG, 0, 0, 0, 0},
    {"membranes_exact", SQ_KEY_REMARK_FLAG, 0, 0, 0, 0},
    {"float", SQ_KEY_REMARK_FLAG, 0, 0, 0, 0},
    {"repository", SQ_KEY_REMARK_TEXT, 0, 0, 0, 0},
    {"file", SQ_KEY_REMARK_TEXT, 0, 0, 0, 0},
    {"never_run", SQ_KEY_REMARK_LIST, 0, 0, 0, 0},
    {"preact", SQ_KEY_REMARK_LIST, 0, 0, 0, 0},
    {"preact_rounded", SQ_KEY_REMARK_LIST, 0, 0, 0, 0},
    {"batch_coupled", SQ_KEY_REMARK_LIST, 0, 0, 0, 0},
    {"description", SQ_KEY_REMARK_TEXT, 0, 0, 0, 0},
    {"comment", SQ_KEY_REMARK_TEXT, 0, 0, 0, 0},
};

enum { N_KEYS = sizeof sq_config_key / sizeof *sq_config_key };
_Static_assert(N_KEYS <= 64, "struct sq_draft.seen has one bit for each key");

const size_t sq_config_n_keys = N_KEYS;

const struct sq_config_key *sq_config_key_find(const char *name)
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (strcmp(sq_config_key[i].name, name) == 0)
            return &sq_config_key[i];
    return NULL;
}

bool sq_config_key_is_remark(const struct sq_config_key *key)
{
    return key->kind == SQ_KEY_REMARK_TEXT || key->kind == SQ_KEY_REMARK_FLAG ||
           key->kind == SQ_KEY_REMARK_INTEGER || key->kind == SQ_KEY_REMARK_LIST ||
           key->kind == SQ_KEY_NEURONS;
}

static const char *nearest_key(const char *name)
{
    struct sq_nearest nearest = sq_nearest_to(name);
    for (size_t i = 0; i < N_KEYS; i++)
        sq_nearest_offer(&nearest, sq_config_key[i].name);
    return nearest.name;
}

int sq_config_key_unknown(struct sq_error *err, const char *origin, const char *name)
{
    const char *nearest = nearest_key(name);
    if (nearest != NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: no key is called \"%.64s\"; did you mean \"%s\"?",
                       origin, name, nearest);
    char known[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < N_KEYS && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                                 sq_config_key[i].name);
    return sq_fail(err, SQ_EFORMAT, "%s: no key is called \"%.64s\"; known keys: %s", origin, name,
                   known);
}
