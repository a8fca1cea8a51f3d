#include "sim/network/config_keys.h"

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
    if (c->dim == 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"mlp_ratio\" needs \"dim\"; give that too, or \"mlp_hidden\"", origin);
    return unite(err, origin, override, "mlp_ratio", draft->mlp_ratio * c->dim, "mlp_hidden",
                 &c->mlp_hidden);
}

static int agree_heads(struct sq_error *err, const struct sq_draft *draft, const char *origin)
{
    const struct sq_config *c = &draft->config;
    if (c->heads == 0 || c->dim == 0)
        return SQ_OK;
    if (c->dim % c->heads != 0)
        return sq_fail(err, SQ_EVALUE, "%s: \"heads\" is %u, which does not divide \"dim\" %u",
                       origin, (unsigned)c->heads, (unsigned)c->dim);
    if (draft->head_dim != 0 && draft->head_dim != c->dim / c->heads)
        return sq_fail(err, SQ_EVALUE, "%s: \"head_dim\" is %u, but dim / heads is %u / %u = %u",
                       origin, (unsigned)draft->head_dim, (unsigned)c->dim, (unsigned)c->heads,
                       (unsigned)(c->dim / c->heads));
    return SQ_OK;
}

/* Mean and standard deviation come together, a pair for each channel. */
static int agree_normalisation(struct sq_error *err, const struct sq_draft *draft,
                               const char *origin)
{
    const struct sq_config *c = &draft->config;
    if (c->n_mean != c->n_std)
        return sq_fail(err, SQ_EVALUE, "%s: \"mean\" has %u numbers and \"std\" %u; give as many",
                       origin, (unsigned)c->n_mean, (unsigned)c->n_std);
    if (c->n_mean != 0 && c->in_channels != 0 && c->n_mean != c->in_channels)
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"mean\" and \"std\" have %u numbers, but \"in_channels\" is %u",
                       origin, (unsigned)c->n_mean, (unsigned)c->in_channels);
    return SQ_OK;
}

/* Side of the token grid: each max-pool (window 3, stride 2, padding 1) halves, rounding up. */
static uint32_t grid_side(enum sq_layout layout, uint32_t side)
{
    const int n_pools = layout == SQ_LAYOUT_CIFAR10 ? 2 : 4;
    for (int i = 0; i < n_pools; i++)
        side = side / 2 + side % 2;
    return side;
}

static int agree_tokens(struct sq_error *err, const struct sq_draft *draft, const char *origin)
{
    const struct sq_config *c = &draft->config;
    if (c->layout == SQ_LAYOUT_UNKNOWN || c->image_height == 0 || c->image_width == 0)
        return SQ_OK;
    const unsigned rows = grid_side(c->layout, c->image_height);
    const unsigned columns = grid_side(c->layout, c->image_width);
    const uint32_t *grid = draft->token_grid;
    if ((draft->tokens != 0 && draft->tokens != rows * columns) ||
        (grid[0] != 0 && (grid[0] != rows || grid[1] != columns)))
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"tokens\" or \"token_grid\" does not fit: a %ux%u image makes "
                       "%u x %u = %u tokens in layout %s",
                       origin, (unsigned)c->image_height, (unsigned)c->image_width, rows, columns,
                       rows * columns, sq_layout_name(c->layout));
    return SQ_OK;
}

int sq_config_agree(struct sq_error *err, const struct sq_draft *draft, const char *origin)
{
    int rc = agree_heads(err, draft, origin);
    if (rc == SQ_OK)
        rc = agree_normalisation(err, draft, origin);
    if (rc == SQ_OK)
        rc = agree_tokens(err, draft, origin);
    return rc;
}
