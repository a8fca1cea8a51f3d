#include "sim/input/collection_sample.h"

#include "sim/input/collection_reader.h"
#include "sim/input/frames_file.h"
#include "sim/input/image_sizes.h"
#include "sim/input/images/fit.h"
#include "sim/input/images/image_file.h"
#include "sim/input/pixel_guard.h"
#include "sim/input/sample_shape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CIFAR_SIDE = 32 };

struct sq_collection_sample {
    struct sq_collection *collection;
    struct sq_collection_reader reader; /* of its files */
    char name[SQ_COLLECTION_NAME];      /* of the last sample */
    struct sq_input_want want;
    struct sq_frame_rule rule; /* of recordings */
    struct sq_frame_counts counts;
    struct sq_fit_plan plan; /* of the last image's size */
    struct sq_arena plan_memory;
};

/* Is the rule one, and the network one that takes frames? */
static int check_frames(struct sq_error *err, struct sq_collection_sample *s, const char *path)
{
    if (s->want.frame_request == NULL)
        return SQ_OK;
    if (!s->want.frames || s->want.channels != 2)
        return sq_fail(
            err, SQ_EUSAGE,
            "%s: " SQ_OPT "frames makes frames of 2 polarities; this network takes images", path);
    return sq_frame_rule_parse(err, s->want.frame_request->frames, &s->rule);
}

/* A file of frames; pixels NULL: only see whether it fits. */
static int read_frames(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                       float *pixels)
{
    FILE *file;
    int rc = sq_collection_reader_open(err, &s->reader, number, s->name, &file);
    if (rc != SQ_OK)
        return rc;
    rc = sq_frames_file_read(err, s->name, file, &s->want, pixels);
    fclose(file);
    return rc;
}

int sq_collection_sample_open(struct sq_error *err, const char *path,
                              const struct sq_input_want *want, struct sq_collection_sample **out)
{
    struct sq_collection_sample *s = calloc(1, sizeof *s);
    if (s == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    s->want = *want;
    int rc = check_frames(err, s, path);
    if (rc == SQ_OK)
        rc = sq_collection_open(err, path, want, &s->collection);
    s->reader.collection = s->collection;
    if (rc == SQ_OK && s->collection->kind == SQ_COLLECT_FRAMES) /* reported before anything runs */
        rc = read_frames(err, s, 0, NULL);
    if (rc == SQ_OK)
        *out = s;
    else
        sq_collection_sample_free(s);
    return rc;
}

void sq_collection_sample_free(struct sq_collection_sample *s)
{
    if (s == NULL)
        return;
    sq_collection_reader_close(&s->reader);
    sq_collection_free(s->collection);
    sq_arena_free(&s->plan_memory);
    free(s);
}

uint64_t sq_collection_sample_count(const struct sq_collection_sample *s)
{
    return s->collection->n;
}

/* Does the configuration fit images of this size? */
static int check_size(struct sq_error *err, const struct sq_collection_sample *s, const char *path,
                      uint32_t height, uint32_t width)
{
    const struct sq_array image = {
        .kind = 'u', .item_bytes = 1, .n_dims = 4, .dim = {1, s->want.channels, height, width}};
    struct sq_sample_shape shape;
    return sq_sample_shape_check(err, path, &image, &s->want, &shape);
}

/* The plan for images of this size, rebuilt where it changes. */
static int plan_fit(struct sq_error *err, struct sq_collection_sample *s, const char *path,
                    uint32_t height, uint32_t width)
{
    if (s->plan.from_height == height && s->plan.from_width == width)
        return SQ_OK;
    const int rc = check_size(err, s, path, height, width);
    if (rc != SQ_OK)
        return rc;
    sq_arena_free(&s->plan_memory);
    s->plan = (struct sq_fit_plan){.channels = s->want.channels,
                                   .height = s->want.height,
                                   .width = s->want.width,
                                   .from_height = height,
                                   .from_width = width};
    if (sq_fit_prepare(&s->plan, s->want.config, &s->plan_memory) == SQ_OK)
        return SQ_OK;
    s->plan.from_height = 0;
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory for the image", path);
}

static int read_image(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                      float *pixels)
{
    struct sq_image image;
    FILE *file;
    int rc = sq_collection_reader_open(err, &s->reader, number, s->name, &file);
    if (rc != SQ_OK)
        return rc;
    rc = sq_image_read_stream(err, s->name, file, s->want.channels, &image);
    fclose(file);
    if (rc == SQ_OK)
        rc = plan_fit(err, s, s->name, image.height, image.width);
    if (rc == SQ_OK)
        sq_fit_apply(&s->plan, image.bytes, pixels);
    free(image.bytes);
    return rc;
}

static int read_cifar(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                      float *pixels)
{
    unsigned char bytes[3 * CIFAR_SIDE * CIFAR_SIDE];
    const unsigned labels = s->collection->label_bytes;
    const char *path = sq_collection_name(s->collection, number, s->name);
    const int rc = plan_fit(err, s, path, CIFAR_SIDE, CIFAR_SIDE);
    if (rc != SQ_OK)
        return rc;
    const uint64_t offset = number * (sizeof bytes + labels) + labels;
    FILE *file = fopen(path, "rb");
    const int is_read = file != NULL && fseeko(file, (off_t)offset, SEEK_SET) == 0 &&
                        fread(bytes, 1, sizeof bytes, file) == sizeof bytes;
    const int error = errno;
    if (file != NULL)
        fclose(file);
    if (!is_read)
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(error));
    sq_fit_apply(&s->plan, bytes, pixels);
    return SQ_OK;
}

int sq_collection_sample_read(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                              float *pixels, int32_t *label)
{
    const struct sq_input_want *want = &s->want;
    *label = s->collection->item[number].label;
    switch (s->collection->kind) {
    case SQ_COLLECT_RECORDINGS:
        return sq_recording_frames(err, sq_collection_name(s->collection, number, s->name),
                                   want->frame_request, want->timesteps, want->height, want->width,
                                   pixels, &s->counts);
    case SQ_COLLECT_FRAMES:
        return read_frames(err, s, number, pixels);
    case SQ_COLLECT_CIFAR:
        return read_cifar(err, s, number, pixels);
    default:
        return read_image(err, s, number, pixels);
    }
}

/* The size of an image: the listing of an archive has it, or its header tells it. */
static int measure(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                   struct sq_image *image)
{
    const struct sq_collected_member *member =
        s->collection->member != NULL ? &s->collection->member[number] : NULL;
    FILE *file;
    if (member != NULL && member->height > 0) {
        sq_collection_name(s->collection, number, s->name);
        image->height = member->height;
        image->width = member->width;
        image->may_clip = false;
        return SQ_OK;
    }
    int rc = sq_collection_reader_open(err, &s->reader, number, s->name, &file);
    if (rc != SQ_OK)
        return rc;
    rc = sq_image_measure_stream(err, s->name, file, s->want.channels, image);
    fclose(file);
    return rc;
}

/* Does it lose values? What cannot be read is refused where the sample is read. */
static int warn_clipped(struct sq_error *err, struct sq_collection_sample *s, uint64_t number,
                        bool *has_warned)
{
    struct sq_error ignored = {0};
    struct sq_image image;
    FILE *file;
    if (sq_collection_reader_open(&ignored, &s->reader, number, s->name, &file) != SQ_OK)
        return SQ_OK;
    const int rc = sq_image_read_stream(&ignored, s->name, file, s->want.channels, &image);
    fclose(file);
    if (rc != SQ_OK)
        return SQ_OK;
    free(image.bytes);
    if (image.n_clipped == 0)
        return SQ_OK;
    *has_warned = true;
    return sq_warn(
        err, "image-clipped",
        "%s: a grey PNG image of 16 bits: %zu of its pixels are above 255 and become "
        "255, as Pillow's convert makes them; others of this kind are treated alike; save "
        "them with 8 bits",
        s->name, image.n_clipped);
}

/* The sizes of the first n images, each of a size that fits. Of images that lose values the first one is named: all are
 * surveyed, so that shards and ranks name the same one. */
static int survey_sizes(struct sq_error *err, struct sq_collection_sample *s, uint64_t n,
                        struct sq_image_sizes *sizes)
{
    struct sq_image image = {.height = CIFAR_SIDE, .width = CIFAR_SIDE};
    const char *path = s->collection->path;
    bool has_warned = false;
    int rc = SQ_OK;
    for (uint64_t i = 0; rc == SQ_OK && i < n; i++) {
        if (s->collection->kind == SQ_COLLECT_IMAGES)
            rc = measure(err, s, i, &image);
        if (rc == SQ_OK)
            rc = check_size(err, s, s->collection->kind == SQ_COLLECT_IMAGES ? s->name : path,
                            image.height, image.width);
        if (rc == SQ_OK && image.may_clip && !has_warned)
            rc = warn_clipped(err, s, i, &has_warned);
        sq_image_sizes_add(sizes, &s->want, image.height, image.width, 1);
    }
    return rc;
}

static int survey_images(struct sq_error *err, struct sq_collection_sample *s, uint64_t n,
                         char *out, size_t size)
{
    const char *path = s->collection->path;
    struct sq_image_sizes sizes = {0};
    char pixels[64], fit[128];
    int rc = survey_sizes(err, s, n, &sizes);
    if (rc != SQ_OK)
        return rc;
    sq_image_sizes_text(&sizes, pixels, sizeof pixels);
    sq_image_sizes_fit_text(&sizes, &s->want, fit, sizeof fit);
    snprintf(out, size, "%s, /255%s, %s", pixels, fit,
             s->want.config->n_mean > 0 ? "normalised" : "not normalised");
    rc = sq_image_sizes_judge(err, path, &sizes, &s->want);
    return rc == SQ_OK ? sq_guard_bytes(err, path, &s->want) : rc;
}

/* Append what is done to the samples. */
static int survey_kind(struct sq_error *err, struct sq_collection_sample *s, uint64_t n, char *out,
                       size_t size)
{
    if (s->collection->kind == SQ_COLLECT_RECORDINGS) {
        snprintf(out, size, ", ");
        sq_frame_request_text(s->want.frame_request, s->rule.text, out + 2, size - 2);
    } else if (s->collection->kind == SQ_COLLECT_FRAMES)
        snprintf(out, size, ", frames as stored");
    else
        return survey_images(err, s, n, out, size);
    return SQ_OK;
}

/* Does one class follow the other? In archives they may be mixed. */
static bool is_by_class(const struct sq_collection *c)
{
    for (uint64_t i = 1; i < c->n; i++)
        if (c->item[i].label < c->item[i - 1].label)
            return false;
    return true;
}

/* A limit takes whole classes first; records with ten classes do not belong to a network with more.
 */
static int judge_labels(struct sq_error *err, const struct sq_collection_sample *s, uint64_t n)
{
    const struct sq_collection *c = s->collection;
    const uint32_t classes = s->want.config->classes;
    if (c->kind == SQ_COLLECT_CIFAR && c->label_bytes == 1 && classes > 10)
        return sq_warn(err, "labels-of-other-classes",
                       "%s: a CIFAR-10 batch, whose labels are 0..9, for a network of %" PRIu32
                       " classes: accuracy means nothing",
                       c->path, classes);
    if (n == c->n || c->n_classes == 0 || !is_by_class(c) ||
        c->item[n - 1].label == c->item[c->n - 1].label)
        return SQ_OK;
    return sq_warn(err, "limit-leaves-out-classes",
                   "%s: the first %" PRIu64 " of %" PRIu64
                   " samples are those of the first %" PRId32 " of %" PRIu64
                   " class folders alone; a list can mix them",
                   c->path, n, c->n, c->item[n - 1].label + 1, c->n_classes);
}

/* A file's name as one line of text. */
static void plain_name(char *out, size_t size, const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0' && n + 1 < size; n++)
        out[n] = name[n] > ' ' && name[n] < 0x7f ? name[n] : '?';
    out[n] = '\0';
}

static void describe_others(const struct sq_collection *c, char *out, size_t size)
{
    char name[40];
    if (c->n_passed_over == 0)
        return;
    plain_name(name, sizeof name, c->passed_over);
    snprintf(out, size, ", %" PRIu64 " other file%s passed over (%s first)", c->n_passed_over,
             c->n_passed_over == 1 ? "" : "s", name);
}

int sq_collection_sample_survey(struct sq_error *err, struct sq_collection_sample *s, uint64_t n,
                                char *out, size_t size)
{
    static const char *const what[] = {[SQ_COLLECT_IMAGES] = "image",
                                       [SQ_COLLECT_RECORDINGS] = "recording",
                                       [SQ_COLLECT_FRAMES] = "file",
                                       [SQ_COLLECT_CIFAR] = "CIFAR image"};
    char first[40] = "", classes[48] = "", others[96] = "", done[256] = "";
    if (s->collection->n_classes > 0)
        snprintf(classes, sizeof classes, " in %" PRIu64 " class folder%s",
                 s->collection->n_classes, s->collection->n_classes == 1 ? "" : "s");
    describe_others(s->collection, others, sizeof others);
    const int rc = survey_kind(err, s, n, done, sizeof done);
    const uint64_t all = s->collection->n;
    if (n < all)
        snprintf(first, sizeof first, "first %" PRIu64 " of ", n);
    snprintf(out, size, "%s%" PRIu64 " %s%s%s%s%s", first, all, what[s->collection->kind],
             all == 1 ? "" : "s", classes, others, done);
    return rc == SQ_OK ? judge_labels(err, s, n) : rc;
}

int sq_collection_sample_digest(struct sq_error *err, const struct sq_collection_sample *s,
                                enum sq_input_identity identity, char *text)
{
    return sq_collection_digest(err, s->collection, identity, text);
}

const struct sq_frame_counts *sq_collection_sample_counts(const struct sq_collection_sample *s)
{
    return s->collection->kind == SQ_COLLECT_RECORDINGS ? &s->counts : NULL;
}
