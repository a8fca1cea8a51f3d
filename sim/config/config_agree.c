#include "sim/config/config_keys.h"

#include <stdio.h>

/* Two keys that say the same thing: take the given one, or complain that they differ. */
static int unite(struct sq_error *err, const char *origin, bool override, const char *name,
                 uint32_t given, const char *other_name, uint32_t *other)
{
    if (*other != 0 && *other != given && !override)
        return sq_fail(err, SQ_EVALUE, "%s: \"%s\" makes \"%s\" %u, but it is given as %u", origin,
                       name, other_name, (unsigned)given, (unsigned)*other);
    *other = given;
    return SQ_OK;
}

int sq_config_derive(struct sq_error *err, struct sq_draft *draft, const char *origin,
                     bool override)
{
    struct sq_config *c = &draft->config;
    int rc = SQ_OK;
    if (draft->image_size != 0)
        rc = unite(err, origin, override, "image_size", draft->image_size, "image_height",
                   &c->image_height);
    if (rc == SQ_OK && draft->image_size != 0)
        rc = unite(err, origin, override, "image_size", draft->image_size, "image_width",
                   &c->image_width);
    if (rc != SQ_OK || draft->mlp_ratio == 0)
        return rc;
    if (c->dim == 0 && override)
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"mlp_ratio\" needs \"dim\"; give that too, or \"mlp_hidden\"", origin);
    c->mlp_ratio = c->dim == 0 ? draft->mlp_ratio : 0; /* until the weights tell dim */
    if (c->dim == 0)
        return SQ_OK;
    return unite(err, origin, override, "mlp_ratio", draft->mlp_ratio * c->dim, "mlp_hidden",
                 &c->mlp_hidden);
}

/* A claim and what it is compared with. */
static int compare(struct sq_error *err, const char *origin, const char *name, uint32_t claimed,
                   uint32_t is, const char *because)
{
    return claimed == is ? SQ_OK
                         : sq_fail(err, SQ_EVALUE, "%s: \"%s\" is %u, but %s %u", origin, name,
                                   (unsigned)claimed, because, (unsigned)is);
}

static int agree_head_dim(struct sq_error *err, struct sq_config *c, const char *origin)
{
    char because[64];
    uint32_t *claimed = &c->claims.head_dim;
    if (*claimed == 0 || c->heads == 0 || c->dim == 0)
        return SQ_OK;
    snprintf(because, sizeof because, "dim / heads is %u / %u =", (unsigned)c->dim,
             (unsigned)c->heads);
    const int rc = compare(err, origin, "head_dim", *claimed, c->dim / c->heads, because);
    *claimed = rc == SQ_OK ? 0 : *claimed;
    return rc;
}

/* What the architecture says of its patches. */
static int agree_patch(struct sq_error *err, struct sq_config *c, const char *origin)
{
    char because[300];
    uint32_t *claimed = &c->claims.patch_size;
    if (*claimed == 0 || c->patch == 0)
        return SQ_OK;
    snprintf(because, sizeof because, "architecture %s makes it", c->architecture);
    const int rc = compare(err, origin, "patch_size", *claimed, c->patch, because);
    *claimed = rc == SQ_OK ? 0 : *claimed;
    return rc;
}

static int agree_tokens(struct sq_error *err, struct sq_config *c, const char *origin)
{
    if (c->patch == 0 || c->image_height == 0 || c->image_width == 0)
        return SQ_OK;
    return sq_config_agree_grid(err, c, origin, (c->image_height + c->patch - 1) / c->patch,
                                (c->image_width + c->patch - 1) / c->patch);
}

int sq_config_agree_grid(struct sq_error *err, struct sq_config *c, const char *origin,
                         uint32_t rows, uint32_t columns)
{
    struct sq_config_claims *claims = &c->claims;
    uint32_t *grid = claims->token_grid;
    if ((claims->tokens != 0 && claims->tokens != rows * columns) ||
        (grid[0] != 0 && (grid[0] != rows || grid[1] != columns)))
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"tokens\" or \"token_grid\" does not fit: a %ux%u image makes "
                       "%u x %u = %u tokens in architecture %s",
                       origin, (unsigned)c->image_height, (unsigned)c->image_width, rows, columns,
                       rows * columns, c->architecture);
    claims->tokens = grid[0] = grid[1] = 0;
    return SQ_OK;
}

int sq_config_agree_claims(struct sq_error *err, struct sq_config *config, const char *origin)
{
    int rc = agree_head_dim(err, config, origin);
    if (rc == SQ_OK)
        rc = agree_patch(err, config, origin);
    if (rc == SQ_OK)
        rc = agree_tokens(err, config, origin);
    return rc;
}

static int agree_heads(struct sq_error *err, const struct sq_config *c, const char *origin)
{
    if (c->heads == 0 || c->dim == 0 || c->dim % c->heads == 0)
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE, "%s: \"heads\" is %u, which does not divide \"dim\" %u", origin,
                   (unsigned)c->heads, (unsigned)c->dim);
}

int sq_config_agree_normalisation(struct sq_error *err, const struct sq_config *c,
                                  const char *origin)
{
    if (c->n_mean != c->n_std)
        return sq_fail(err, SQ_EVALUE, "%s: \"mean\" has %u numbers and \"std\" %u; give as many",
                       origin, (unsigned)c->n_mean, (unsigned)c->n_std);
    if (c->n_mean != 0 && c->in_channels != 0 && c->n_mean != c->in_channels)
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"mean\" and \"std\" have %u numbers, but \"in_channels\" is %u",
                       origin, (unsigned)c->n_mean, (unsigned)c->in_channels);
    return SQ_OK;
}

int sq_config_agree(struct sq_error *err, struct sq_config *config, const char *origin)
{
    int rc = agree_heads(err, config, origin);
    if (rc == SQ_OK)
        rc = sq_config_agree_normalisation(err, config, origin);
    if (rc == SQ_OK)
        rc = sq_config_agree_claims(err, config, origin);
    return rc;
}
