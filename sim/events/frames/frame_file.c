#include "sim/events/frames/frame_file.h"

#include "traces/files/npy_header.h"
#include "traces/files/output.h"

#include <stdlib.h>

/* Where frames go: the summary, and a file unless `out` is NULL. */
struct target {
    struct sq_frame_summary *summary;
    struct sq_output *out;
    size_t plane;         /* pixels */
    unsigned char *bytes; /* [2 * plane * 4] */
};

static int take(struct sq_error *err, void *data, uint64_t k, const int32_t *frame)
{
    const struct target *target = data;
    struct sq_frame_summary *summary = target->summary;
    for (size_t i = 0; i < 2 * target->plane; i++) {
        summary->per_frame[k][i >= target->plane] += frame[i];
        summary->max = frame[i] > summary->max ? frame[i] : summary->max;
    }
    summary->sum += summary->per_frame[k][0] + summary->per_frame[k][1];
    if (target->out == NULL)
        return SQ_OK;
    for (size_t i = 0; i < 8 * target->plane; i++)
        target->bytes[i] = (unsigned char)((uint32_t)frame[i / 4] >> (8 * (i % 4)));
    return sq_output_write(err, target->out, target->bytes, 8 * target->plane);
}

static int write_header(struct sq_error *err, const struct sq_frame_summary *summary,
                        struct sq_output *out)
{
    const struct sq_npy_plan plan = {.type = SQ_NPY_I32,
                                     .samples = summary->splits.n,
                                     .n_dims = 3,
                                     .dim = {2, summary->grid.height, summary->grid.width}};
    char header[SQ_NPY_MAX_HEADER];
    const int rc = sq_output_open(err, out);
    return rc != SQ_OK ? rc : sq_output_write(err, out, header, sq_npy_header(&plan, 0, header));
}

static int make(struct sq_error *err, const char *recording, struct sq_camera *reader,
                struct sq_output *out, struct sq_frame_summary *summary)
{
    struct target target = {.summary = summary, .out = out};
    target.plane = (size_t)summary->grid.height * summary->grid.width;
    target.bytes = malloc(8 * target.plane);
    summary->per_frame = calloc((size_t)summary->splits.n, sizeof *summary->per_frame);
    int rc = target.bytes != NULL && summary->per_frame != NULL
                 ? SQ_OK
                 : sq_fail(err, SQ_ENOMEM, "%s: out of memory for the frames", recording);
    if (rc == SQ_OK && out != NULL)
        rc = write_header(err, summary, out);
    if (rc == SQ_OK)
        rc = sq_camera_rewind(reader);
    if (rc == SQ_OK)
        rc = sq_frames_make(err, recording, reader, &summary->splits, &summary->grid,
                            sq_frame_rule_is_tonic(&summary->rule), take, &target, NULL);
    free(target.bytes);
    return rc;
}

int sq_frame_file_make(struct sq_error *err, const char *recording, struct sq_camera *reader,
                       const struct sq_event_profile *profile, const char *rule, uint32_t bin,
                       const char *path, int force, struct sq_frame_summary *out)
{
    const struct sq_event_facts *facts = sq_camera_facts(reader);
    struct sq_output file;
    *out = (struct sq_frame_summary){.max = 0};
    out->grid = sq_frame_grid_of(facts->width, facts->height, bin);
    int rc = sq_frame_rule_parse(err, rule, &out->rule);
    if (rc == SQ_OK)
        rc = sq_camera_rewind(reader);
    if (rc == SQ_OK)
        rc = sq_frame_splits_find(err, recording, reader, profile, &out->rule, &out->splits);
    if (rc == SQ_OK && path != NULL)
        rc = sq_output_begin(err, &file, path, force);
    if (rc != SQ_OK)
        return rc;
    rc = make(err, recording, reader, path != NULL ? &file : NULL, out);
    return path != NULL ? sq_output_end(err, &file, rc) : rc;
}

void sq_frame_summary_free(struct sq_frame_summary *summary)
{
    sq_frame_splits_free(&summary->splits);
    free(summary->per_frame);
    summary->per_frame = NULL;
}
