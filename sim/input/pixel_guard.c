#include "sim/input/pixel_guard.h"

#include "sim/input/pixel_constants.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Elements that are examined; in Fortran order each costs a system call. */
enum {
    MOST_ELEMENTS = 1 << 26,
    MOST_SCATTERED = 1 << 16,
    FEWEST_TO_JUDGE = 16,
    MOST_ON_LATTICE = 1 << 16
};

/* No normalised pixel lies beyond 16 deviations. */
static const float most_normalised = 16;

/* Interpolation overshoots by up to this share of the range. */
static const float slack = 0.25f;

struct range {
    float min, max;
};

struct sq_pixel_guard {
    struct range all, channel[SQ_MAX_INPUT_CHANNELS];
    uint64_t n;
    struct sq_pixel_lattice lattice;
};

static void widen(struct range *range, float x)
{
    range->min = fminf(range->min, x);
    range->max = fmaxf(range->max, x);
}

/* What mean and std make of 0..1. */
static struct range range_of(const struct sq_config *config, uint32_t c)
{
    return (struct range){(0 - config->mean[c]) / config->std[c],
                          (1 - config->mean[c]) / config->std[c]};
}

static struct range whole_range(const struct sq_config *config)
{
    struct range whole = range_of(config, 0);
    for (uint32_t c = 1; c < config->n_mean; c++) {
        widen(&whole, range_of(config, c).min);
        widen(&whole, range_of(config, c).max);
    }
    return whole;
}

/* "0,0,0": a value for each channel. */
static const char *for_each_channel(char *out, size_t size, char digit, uint32_t channels)
{
    size_t n = 0;
    for (uint32_t c = 0; c < channels && n + 2 < size; c++) {
        if (c > 0)
            out[n++] = ',';
        out[n++] = digit;
    }
    out[n] = '\0';
    return out;
}

/* The advice where 0..1 is meant. */
static void say_meant(char *out, size_t size, uint32_t channels)
{
    char zeros[24], ones[24];
    snprintf(out, size,
             "if the network was trained on 0..1, say so: " SQ_OPT "set mean=%s " SQ_OPT
             "set std=%s",
             for_each_channel(zeros, sizeof zeros, '0', channels),
             for_each_channel(ones, sizeof ones, '1', channels));
}

static int warn_unnormalised(struct sq_error *err, const char *path,
                             const struct sq_input_want *want, const char *what)
{
    char meant[128];
    say_meant(meant, sizeof meant, want->channels);
    return sq_warn(
        err, "pixels-not-normalised",
        "%s: %s, and the configuration has no mean and std: give those of the training, " SQ_OPT
        "set mean=... " SQ_OPT "set std=...; %s",
        path, what, meant);
}

/* mean and std of 0..255: every pixel would come out near -mean/std. */
static int judge_units(struct sq_error *err, const char *path, const struct sq_config *config)
{
    for (uint32_t c = 0; c < config->n_mean; c++)
        if (config->mean[c] < 0 || config->mean[c] > 1 || config->std[c] > 1)
            return sq_warn(err, "mean-std-of-bytes",
                           "%s: bytes are scaled to 0..1 before mean %g and std %g are applied, "
                           "which do not look like those of 0..1; divide both by 255",
                           path, (double)config->mean[c], (double)config->std[c]);
    return SQ_OK;
}

int sq_guard_bytes(struct sq_error *err, const char *path, const struct sq_input_want *want)
{
    return want->config->n_mean > 0
               ? judge_units(err, path, want->config)
               : warn_unnormalised(err, path, want, "bytes are scaled to 0..1 and not normalised");
}

static void see_floats(struct sq_pixel_guard *seen, const struct sq_array *a,
                       const struct sq_config *config, const unsigned char *item, size_t n)
{
    const uint32_t channels = a->n_dims == 4 ? (uint32_t)a->dim[1] : 1;
    const size_t plane = n / channels;
    for (size_t i = 0; i < n; i++) {
        const uint32_t c =
            i / plane < SQ_MAX_INPUT_CHANNELS ? (uint32_t)(i / plane) : SQ_MAX_INPUT_CHANNELS - 1;
        float x = NAN;
        if (!sq_element_f32(a, item + i * a->item_bytes, &x) || !isfinite(x))
            continue;
        widen(&seen->all, x);
        widen(&seen->channel[c], x);
        if (config->n_mean > 0 && seen->n < MOST_ON_LATTICE)
            sq_pixel_lattice_add(&seen->lattice, config, channels, c, x);
        seen->n++;
    }
}

static void see_bytes(struct sq_pixel_guard *seen, const unsigned char *item, size_t n)
{
    for (size_t i = 0; i < n; i++)
        widen(&seen->all, item[i]);
    seen->n += n;
}

int sq_pixel_guard_new(struct sq_error *err, struct sq_pixel_guard **out)
{
    struct sq_pixel_guard *guard = calloc(1, sizeof *guard);
    if (guard == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for a look at the pixels");
    guard->all = (struct range){INFINITY, -INFINITY};
    for (int c = 0; c < SQ_MAX_INPUT_CHANNELS; c++)
        guard->channel[c] = guard->all;
    *out = guard;
    return SQ_OK;
}

void sq_pixel_guard_free(struct sq_pixel_guard *guard)
{
    free(guard);
}

/* One byte above 1 decides. */
int sq_pixel_guard_see(struct sq_pixel_guard *guard, const struct sq_array *type,
                       const struct sq_config *config, const unsigned char *item, size_t n)
{
    if (type->kind != 'u')
        return see_floats(guard, type, config, item, n), guard->n < MOST_ELEMENTS;
    see_bytes(guard, item, n);
    return guard->all.max <= 1 && guard->n < MOST_ELEMENTS;
}

static void see_samples(struct sq_pixel_guard *guard, struct sq_array_file *file,
                        const struct sq_config *config, uint64_t count, unsigned char *item)
{
    const struct sq_array *a = sq_array_header(file);
    const size_t n = sq_array_row_elements(file);
    const uint64_t most = (uint64_t)(a->fortran ? MOST_SCATTERED : MOST_ELEMENTS) / n + 1;
    const uint64_t step = count / most + (count % most != 0);
    struct sq_error ignored = {0};
    for (uint64_t i = 0; i < count; i += step)
        if (sq_array_read(&ignored, file, i, 1, item) != SQ_OK ||
            !sq_pixel_guard_see(guard, a, config, item, n))
            return;
}

static bool is_beyond(const struct sq_pixel_guard *seen, const struct sq_config *config)
{
    for (uint32_t c = 0; c < config->n_mean; c++) {
        const struct range may = range_of(config, c), is = seen->channel[c];
        const float over = slack * (may.max - may.min);
        if (is.min < may.min - over || is.max > may.max + over)
            return true;
    }
    return config->n_mean == 0 &&
           (seen->all.min < -most_normalised || seen->all.max > most_normalised);
}

static int warn_beyond(struct sq_error *err, const char *path, const struct sq_pixel_guard *seen,
                       const struct sq_config *config)
{
    char may[96] = "normalised pixels are a few deviations wide";
    if (config->n_mean > 0) {
        const struct range whole = whole_range(config);
        snprintf(may, sizeof may, "mean and std make %.4g..%.4g of 0..1", (double)whole.min,
                 (double)whole.max);
    }
    return sq_warn(
        err, "pixels-out-of-range",
        "%s: float pixels lie in %.4g..%.4g, but %s; floats are taken as they are: scale "
        "and normalise them (once), or save the bytes as uint8",
        path, (double)seen->all.min, (double)seen->all.max, may);
}

/* Pixels that were bytes reveal their constants. */
static int judge_constants(struct sq_error *err, const char *path,
                           const struct sq_pixel_guard *seen, const struct sq_config *config)
{
    const char *other = sq_pixel_lattice_other(&seen->lattice, config);
    if (other == NULL || seen->all.min >= seen->all.max)
        return SQ_OK;
    return sq_warn(err, "pixels-normalised-otherwise",
                   "%s: float pixels are bytes normalised by other constants than the "
                   "configuration's, %s; use those of the training for both, or save the bytes as "
                   "uint8",
                   path, other);
}

/* All in 0..1, though pixels below the mean would be negative. */
static bool is_unnormalised(const struct sq_pixel_guard *seen, const struct sq_config *config)
{
    bool has_negative = config->n_mean == 0;
    for (uint32_t c = 0; c < config->n_mean; c++)
        has_negative |= range_of(config, c).min < 0;
    return has_negative && seen->n >= FEWEST_TO_JUDGE && seen->all.min >= 0 && seen->all.max <= 1 &&
           seen->all.min < seen->all.max;
}

static int judge_floats(struct sq_error *err, const char *path, const struct sq_pixel_guard *seen,
                        const struct sq_input_want *want)
{
    const struct sq_config *config = want->config;
    if (is_beyond(seen, config))
        return warn_beyond(err, path, seen, config);
    if (!is_unnormalised(seen, config))
        return judge_constants(err, path, seen, config);
    if (config->n_mean == 0)
        return warn_unnormalised(err, path, want, "float pixels lie in 0..1, not normalised");
    const struct range whole = whole_range(config);
    return sq_warn(err, "pixels-not-normalised",
                   "%s: float pixels lie in 0..1, but mean and std make %.4g..%.4g of that; floats "
                   "are taken as they are: normalise them, or save the bytes as uint8",
                   path, (double)whole.min, (double)whole.max);
}

static int judge_bytes(struct sq_error *err, const char *path, const struct sq_pixel_guard *seen)
{
    if (seen->n < FEWEST_TO_JUDGE || seen->all.max != 1)
        return SQ_OK;
    return sq_warn(err, "pixels-nearly-black",
                   "%s: all bytes are 0 or 1 of 255, so images are nearly black; were pixels of "
                   "0..1 saved as uint8? Save 0..255, or the floats, normalised",
                   path);
}

int sq_pixel_guard_judge(struct sq_error *err, const char *path, const struct sq_array *type,
                         const struct sq_pixel_guard *guard, const struct sq_input_want *want)
{
    return type->kind == 'u' ? judge_bytes(err, path, guard) : judge_floats(err, path, guard, want);
}

int sq_guard_array(struct sq_error *err, const char *path, struct sq_array_file *file,
                   const struct sq_input_want *want, uint64_t count, unsigned char *item)
{
    const struct sq_array *a = sq_array_header(file);
    struct sq_pixel_guard *guard = NULL;
    if (want->frames) /* event counts may be anything */
        return SQ_OK;
    int rc = a->kind == 'u' ? sq_guard_bytes(err, path, want) : SQ_OK;
    if (rc == SQ_OK)
        rc = sq_pixel_guard_new(err, &guard);
    if (rc != SQ_OK)
        return rc;
    see_samples(guard, file, want->config, count, item);
    rc = sq_pixel_guard_judge(err, path, a, guard, want);
    sq_pixel_guard_free(guard);
    return rc;
}
