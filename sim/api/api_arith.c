/* The arithmetic of a network: float32, or fixed point. */
#include "sim/api/context.h"

#include <string.h>

/* One of two words; 0 where neither was given, -1 after a complaint. */
static int choice(struct sq_error *err, const char *option, const char *value, const char *first,
                  const char *second)
{
    if (value == NULL)
        return 0;
    if (strcmp(value, first) == 0)
        return 1;
    if (strcmp(value, second) == 0)
        return 2;
    sq_fail(err, SQ_EUSAGE, "%s %s: expected %s or %s", option, value, first, second);
    return -1;
}

int sq_fixed_settings_of(struct sq_error *err, const struct sq_fixed_choices *options,
                         struct sq_fixed_settings *settings)
{
    const int scale = choice(err, SQ_OPT "scale", options->scale, "channel", "layer");
    const int rounding =
        scale < 0 ? -1 : choice(err, SQ_OPT "rounding", options->rounding, "nearest", "down");
    if (rounding < 0)
        return SQ_EUSAGE;
    if (options->pixel_max < 0)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "pixel-max %g: expected a magnitude",
                       options->pixel_max);
    *settings = (struct sq_fixed_settings){
        .weight_bits = options->weight_bits,
        .membrane_bits = options->membrane_bits,
        .pixel_bits = options->pixel_bits,
        .pixel_max = options->pixel_max,
        .by_layer = scale == 2,
        .rounding = rounding == 2 ? SQ_ROUND_DOWN : SQ_ROUND_NEAREST,
        .has_scale = scale > 0,
        .has_rounding = rounding > 0,
    };
    return SQ_OK;
}

int sq_fixed_has_settings(const struct sq_fixed_choices *options)
{
    return options->weight_bits || options->membrane_bits || options->pixel_bits ||
           options->pixel_max != 0 || options->scale || options->rounding;
}

int sq_arith_of(struct sq_error *err, const struct sq_fixed_choices *options, int *is_fixed,
                struct sq_fixed_settings *settings)
{
    const int arith = choice(err, SQ_OPT "arith", options->arith, "f32", "fixed");
    *is_fixed = arith == 2;
    if (arith < 0)
        return SQ_EUSAGE;
    return *is_fixed ? sq_fixed_settings_of(err, options, settings) : SQ_OK;
}

static int make_arith(struct sq_error *err, struct sq_network *own,
                      const struct sq_fixed_choices *options)
{
    struct sq_fixed_settings settings;
    const int arith = choice(err, SQ_OPT "arith", options->arith, "f32", "fixed");
    if (arith < 0)
        return SQ_EUSAGE;
    if (arith != 2 && !own->is_fixed)
        return !sq_fixed_has_settings(options)
                   ? SQ_OK
                   : sq_fail(err, SQ_EUSAGE,
                             SQ_OPT
                             "arith fixed is missing: bits, scale and rounding are settings of it");
    if (arith == 1)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: holds fixed-point weights, which " SQ_OPT
                       "arith f32 cannot run; give the trained checkpoint",
                       own->model_path);
    int status = sq_fixed_settings_of(err, options, &settings);
    if (status == SQ_OK && !own->is_fixed)
        status = sq_shared_weights_begin(err, own->shared, SQ_OK,
                                         sq_network_weights_bytes(own, sizeof(int16_t)));
    return status == SQ_OK ? sq_fixed_make(err, own, &settings, NULL) : status;
}

int sq_arith_make(struct sq_error *err, const struct sq_fixed_choices *options,
                  struct sq_network *network)
{
    sq_warnings_begin(err, &network->warnings);
    int status = make_arith(err, network, options);
    status = sq_shared_weights_end(err, network->shared, status);
    status = sq_shared_weights_agree(err, network->shared, status);
    if (status == SQ_OK)
        sq_fixed_forget_floats(network);
    sq_warnings_end(err, &network->warnings);
    return status;
}
