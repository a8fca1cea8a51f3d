/* How images are brought to size: the keys that belong together, and those that say nothing. */
#include "sim/config/config_keys.h"

#include "kernels/base/option_names.h"

#include <math.h>
#include <string.h>

uint32_t sq_config_shorter_side(const struct sq_config *config)
{
    const double part = config->crop_pct > 0 ? config->crop_pct : 1;
    if (config->resize > 0)
        return config->resize;
    if (config->image_height != config->image_width)
        return 0;
    return (uint32_t)floor((double)config->image_height / part);
}

void sq_config_displace(struct sq_config *config, const char *key)
{
    const bool is_fit = strcmp(key, "fit") == 0;
    if (strcmp(key, "resize") == 0 || (is_fit && config->fit != SQ_FIT_CROP))
        config->crop_pct = 0;
    if (strcmp(key, "crop_pct") == 0 || (is_fit && config->fit != SQ_FIT_CROP))
        config->resize = 0;
    if (is_fit && config->fit != SQ_FIT_CROP && config->fit != SQ_FIT_RESIZE)
        config->interpolation = SQ_INTERPOLATION_DEFAULT;
}

/* The first key given of those about images of other sizes; NULL: none. */
static const char *key_of_size(const struct sq_config *c, bool may_crop, bool may_interpolate)
{
    if (c->resize > 0 && !may_crop)
        return "resize";
    if (c->crop_pct > 0 && !may_crop)
        return "crop_pct";
    return c->interpolation != SQ_INTERPOLATION_DEFAULT && !may_interpolate ? "interpolation"
                                                                            : NULL;
}

/* Counts of events are never scaled. */
static int check_frames(struct sq_error *err, const char *origin, const struct sq_config *c)
{
    const char *key = c->n_mean > 0 || c->n_std > 0 ? "mean and std"
                      : c->fit != SQ_FIT_NONE       ? "fit"
                                                    : key_of_size(c, false, false);
    if (key == NULL)
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE,
                   "%s: %s would change nothing: %s takes frames of event counts, which are "
                   "neither normalised nor resized; leave it out (" SQ_OPT "set KEY=null)",
                   origin, key, c->architecture);
}

static int check_crop(struct sq_error *err, const char *origin, const struct sq_config *c)
{
    const uint32_t side = sq_config_shorter_side(c);
    const uint32_t least = c->image_height < c->image_width ? c->image_height : c->image_width;
    if (side == 0)
        return sq_fail(err, SQ_EVALUE,
                       "%s: fit crop for images that are not square needs \"resize\", the shorter "
                       "side before the crop",
                       origin);
    if (side < least)
        return sq_fail(err, SQ_EVALUE, "%s: \"resize\" is %u, too small to crop %ux%u from", origin,
                       (unsigned)side, (unsigned)c->image_height, (unsigned)c->image_width);
    if (c->resize > 0 && c->crop_pct > 0 &&
        c->resize != (uint32_t)floor((double)least / c->crop_pct))
        return sq_fail(err, SQ_EVALUE,
                       "%s: \"crop_pct\" makes \"resize\" %u, but it is given as %u", origin,
                       (unsigned)floor((double)least / c->crop_pct), (unsigned)c->resize);
    return SQ_OK;
}

static int check_fit(struct sq_error *err, const char *origin, const struct sq_config *c)
{
    const bool crops = c->fit == SQ_FIT_CROP;
    const char *key = key_of_size(c, crops, crops || c->fit == SQ_FIT_RESIZE);
    if (key != NULL)
        return sq_fail(err, SQ_EVALUE, "%s: \"%s\" would change nothing with \"fit\" %s; %s",
                       origin, key, sq_fit_name(c->fit),
                       strcmp(key, "interpolation") == 0 ? "it belongs to resize and crop"
                                                         : "it belongs to crop");
    return crops ? check_crop(err, origin, c) : SQ_OK;
}

int sq_config_check(struct sq_error *err, const char *origin, struct sq_config *config)
{
    int rc = sq_config_agree_normalisation(err, config, origin);
    if (rc == SQ_OK)
        rc = sq_config_agree_claims(err, config, origin);
    if (rc != SQ_OK)
        return rc;
    return sq_config_takes_frames(config) ? check_frames(err, origin, config)
                                          : check_fit(err, origin, config);
}
