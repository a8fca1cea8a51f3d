#include "sim/input/sample_shape.h"

#include "sim/input/images/fit.h"

#include <inttypes.h>
#include <stdio.h>

enum { LONGEST_SIDE = 16384 };

/* "PATH: holds uint8 [10,28,28]; the network takes [B,1,32,32]: HINT"
 *   samples   "B,", or "" where the file is one sample */
static int complain(struct sq_error *err, const char *path, const struct sq_array *a,
                    const struct sq_input_want *want, const char *samples, const char *hint)
{
    char type[16], shape[192], frames[16] = "";
    sq_element_name(a, type, sizeof type);
    sq_array_shape_text(a, shape, sizeof shape);
    if (want->frames)
        snprintf(frames, sizeof frames, "%" PRIu32 ",", want->timesteps);
    return sq_fail(err, SQ_ESHAPE,
                   "%s: holds %s %s; the network takes %s [%s%s%" PRIu32 ",%" PRIu32 ",%" PRIu32
                   "]%s%s",
                   path, type, shape, want->frames ? "frames" : "images", samples, frames,
                   want->channels, want->height, want->width, hint[0] != '\0' ? ": " : "", hint);
}

static int misfit(struct sq_error *err, const char *path, const struct sq_array *a,
                  const struct sq_input_want *want, const char *hint)
{
    return complain(err, path, a, want, "B,", hint);
}

/* The last four dimensions, [T,C,H,W]; "": they fit. */
static const char *frames_misfit(const struct sq_array *a, const struct sq_input_want *want,
                                 char *room, size_t size)
{
    const uint64_t *dim = a->dim + a->n_dims - 4;
    if (dim[1] != want->channels)
        return "another number of channels (polarities)";
    if (dim[2] != want->height || dim[3] != want->width)
        return "frames are not resized";
    if (dim[0] == want->timesteps)
        return "";
    snprintf(room, size, SQ_OPT "set T=%" PRIu64 " runs as many timesteps as there are frames",
             dim[0]);
    return dim[0] > 0 ? room : "no frames";
}

static int check_frames(struct sq_error *err, const char *path, const struct sq_array *a,
                        const struct sq_input_want *want)
{
    char room[96];
    if (a->n_dims == 4)
        return misfit(err, path, a, want,
                      "a dimension is missing, of the samples or the timesteps");
    if (a->n_dims != 5)
        return misfit(err, path, a, want, "");
    const char *hint = frames_misfit(a, want, room, sizeof room);
    return hint[0] == '\0' ? SQ_OK : misfit(err, path, a, want, hint);
}

int sq_frames_shape_check(struct sq_error *err, const char *path, const struct sq_array *a,
                          const struct sq_input_want *want)
{
    char room[96];
    if (a->n_dims != 4)
        return complain(err, path, a, want, "", a->n_dims == 5 ? "one sample a file" : "");
    const char *hint = frames_misfit(a, want, room, sizeof room);
    return hint[0] == '\0' ? SQ_OK : complain(err, path, a, want, "", hint);
}

/* [H,W,C]: one image, which would be taken for H images of a few columns. */
static bool is_image_of_colours(const struct sq_array *a, const struct sq_input_want *want)
{
    const uint64_t last = a->dim[2];
    return a->n_dims == 3 && (last == 1 || last == 3 || last == 4) && last < want->width;
}

static int check_dims(struct sq_error *err, const char *path, const struct sq_array *a,
                      const struct sq_input_want *want)
{
    const uint64_t *dim = a->dim;
    if (a->n_dims == 1)
        return misfit(err, path, a, want, "are these the labels?");
    if (is_image_of_colours(a, want))
        return misfit(err, path, a, want,
                      "one image with its colours last? One image alone is [1,C,H,W]");
    if (a->n_dims == 3 && want->channels != 1)
        return misfit(err, path, a, want,
                      dim[0] == want->channels ? "one image alone is [1,C,H,W]"
                                               : "the dimension of the channels is missing");
    if (a->n_dims == 5)
        return misfit(err, path, a, want, "are these frames? Then the architecture is another");
    if (a->n_dims != 3 && a->n_dims != 4)
        return misfit(err, path, a, want, "");
    if (a->n_dims == 4 && dim[1] != want->channels)
        return misfit(err, path, a, want,
                      dim[3] == want->channels
                          ? "channels come last; numpy.transpose(x, (0, 3, 1, 2)) puts them second"
                          : "another number of channels");
    return SQ_OK;
}

/* Is the image large enough to crop, once its shorter side is resized? */
static int check_crop(struct sq_error *err, const char *path, const struct sq_array *a,
                      const struct sq_input_want *want, const struct sq_sample_shape *s)
{
    uint32_t height = s->height, width = s->width;
    char hint[96];
    sq_fit_crop_size(want->config, &height, &width);
    if (height >= want->height && width >= want->width)
        return SQ_OK;
    snprintf(hint, sizeof hint,
             "resized to %" PRIu32 "x%" PRIu32 ", too small to crop; a larger resize", height,
             width);
    return misfit(err, path, a, want, hint);
}

static int check_size(struct sq_error *err, const char *path, const struct sq_array *a,
                      const struct sq_input_want *want, const struct sq_sample_shape *s)
{
    const bool larger = s->height > want->height || s->width > want->width;
    if (s->height == want->height && s->width == want->width)
        return SQ_OK;
    if (s->use != SQ_SAMPLE_BYTES)
        return misfit(err, path, a, want, "only uint8 images are padded or resized");
    if (want->config->fit == SQ_FIT_NONE)
        return misfit(err, path, a, want,
                      larger ? SQ_OPT "set fit=crop brings them to size"
                             : SQ_OPT "set fit=pad or " SQ_OPT "set fit=crop brings them to size");
    if (want->config->fit == SQ_FIT_PAD && larger)
        return misfit(err, path, a, want, "larger images cannot be padded; " SQ_OPT "set fit=crop");
    return want->config->fit == SQ_FIT_CROP ? check_crop(err, path, a, want, s) : SQ_OK;
}

static int check_image(struct sq_error *err, const char *path, const struct sq_array *a,
                       const struct sq_input_want *want, struct sq_sample_shape *s)
{
    int rc = check_dims(err, path, a, want);
    if (rc != SQ_OK)
        return rc;
    const uint64_t height = a->dim[a->n_dims - 2], width = a->dim[a->n_dims - 1];
    if (height < 1 || width < 1 || height > LONGEST_SIDE || width > LONGEST_SIDE)
        return misfit(err, path, a, want, "sides of 1..16384 pixels are accepted");
    s->height = (uint32_t)height;
    s->width = (uint32_t)width;
    s->use = a->kind == 'u' && a->item_bytes == 1 ? SQ_SAMPLE_BYTES : SQ_SAMPLE_AS_IS;
    if (s->use == SQ_SAMPLE_AS_IS && a->kind != 'f') {
        char type[16];
        sq_element_name(a, type, sizeof type);
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: images of type %s; save them as uint8 (0..255, scaled and normalised "
                       "here) or float32 (taken as they are)",
                       path, type);
    }
    return check_size(err, path, a, want, s);
}

static int check_normalisation(struct sq_error *err, const char *path,
                               const struct sq_input_want *want)
{
    const struct sq_config *c = want->config;
    bool positive = true;
    for (uint32_t i = 0; i < c->n_std && i < SQ_MAX_INPUT_CHANNELS; i++)
        positive &= c->std[i] > 0;
    if (want->channels > SQ_MAX_INPUT_CHANNELS || c->n_mean != c->n_std || !positive ||
        (c->n_mean != 0 && c->n_mean != want->channels))
        return sq_fail(err, SQ_ESHAPE,
                       "%s: the configuration gives \"mean\" %" PRIu32 " and \"std\" %" PRIu32
                       " numbers for %" PRIu32 " channels; " SQ_OPT "set mean=... " SQ_OPT
                       "set std=..., or null",
                       path, c->n_mean, c->n_std, want->channels);
    return SQ_OK;
}

int sq_sample_shape_check(struct sq_error *err, const char *path, const struct sq_array *array,
                          const struct sq_input_want *want, struct sq_sample_shape *shape)
{
    *shape = (struct sq_sample_shape){SQ_SAMPLE_AS_IS, want->channels, want->height, want->width};
    int rc = want->frames ? check_frames(err, path, array, want)
                          : check_image(err, path, array, want, shape);
    if (rc == SQ_OK && shape->use == SQ_SAMPLE_BYTES)
        rc = check_normalisation(err, path, want);
    if (rc == SQ_OK && array->dim[0] == 0)
        rc = misfit(err, path, array, want, "there is no sample");
    return rc;
}
