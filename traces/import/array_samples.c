#include "traces/import/array_inside.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int sq_array_wrong_shape(struct sq_error *err, const struct sq_recording *recording,
                         const struct sq_member *member, const char *expected)
{
    char shape[192];
    sq_array_shape_text(&member->header, shape, sizeof shape);
    return sq_fail(err, SQ_ESHAPE, "%s: %s.npy has shape %s, expected %s", recording->path,
                   member->name, shape, expected);
}

/* Item number `i` of a array as int64; SQ_EVALUE where it is below `least`. */
static int read_integer(struct sq_error *err, const struct sq_recording *recording,
                        enum sq_beside which, uint64_t i, int64_t least, int64_t *value)
{
    const struct sq_arrays *arrays = recording->inside;
    const struct sq_member *member = arrays->beside[which];
    const struct sq_array *a = &member->header;
    unsigned char item[8];
    const int status = sq_member_read(err, &arrays->members, member, a->offset + i * a->item_bytes,
                                      item, a->item_bytes);
    if (status != SQ_OK)
        return status;
    if (!sq_element_i64(a, item, value) || *value < least)
        return sq_fail(err, SQ_EVALUE,
                       "%s: %s.npy: element %" PRIu64 " is %.17g, expected a whole number from "
                       "%" PRId64 " on",
                       recording->path, member->name, i, sq_element_f64(a, item), least);
    return SQ_OK;
}

static int read_logits(struct sq_error *err, struct sq_recording *recording, uint64_t i)
{
    struct sq_arrays *arrays = recording->inside;
    const struct sq_array *a = &arrays->beside[SQ_BESIDE_LOGITS]->header;
    int status = SQ_OK;
    for (size_t c = 0; status == SQ_OK && c < recording->n_logits; c++) {
        unsigned char item[8];
        const uint64_t at = a->fortran ? c * recording->n_samples + i : i * recording->n_logits + c;
        status = sq_member_read(err, &arrays->members, arrays->beside[SQ_BESIDE_LOGITS],
                                a->offset + at * a->item_bytes, item, a->item_bytes);
        if (status == SQ_OK &&
            (!sq_element_f32(a, item, &arrays->logits[c]) || !isfinite(arrays->logits[c])))
            status = sq_fail(err, SQ_EVALUE,
                             "%s: logits.npy: the logit of sample %" PRIu64 ", class %zu is %.9g, "
                             "expected a finite float32",
                             recording->path, i, c, sq_element_f64(a, item));
    }
    return status;
}

int sq_array_read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                         struct sq_recorded_sample *out)
{
    const struct sq_arrays *arrays = recording->inside;
    int64_t id = (int64_t)i;
    int status = SQ_OK;
    *out = (struct sq_recorded_sample){.label = -1};
    if (arrays->beside[SQ_BESIDE_SAMPLES] != NULL)
        status = read_integer(err, recording, SQ_BESIDE_SAMPLES, i, 0, &id);
    if (status == SQ_OK && arrays->beside[SQ_BESIDE_LABELS] != NULL)
        status = read_integer(err, recording, SQ_BESIDE_LABELS, i, -1, &out->label);
    if (status == SQ_OK && arrays->beside[SQ_BESIDE_LOGITS] != NULL)
        status = read_logits(err, recording, i);
    out->id = (uint64_t)id;
    out->logits = arrays->logits;
    out->n_logits = recording->n_logits;
    return status;
}

enum sq_beside sq_array_beside(const struct sq_member *member)
{
    static const char *const name[SQ_BESIDE_ARRAYS] = {[SQ_BESIDE_LABELS] = "labels",
                                                       [SQ_BESIDE_LOGITS] = "logits",
                                                       [SQ_BESIDE_SAMPLES] = "samples",
                                                       [SQ_BESIDE_HEAD_IN] = "head_in"};
    int which = 0;
    while (which < SQ_BESIDE_ARRAYS && strcmp(name[which], member->name) != 0)
        which++;
    return (enum sq_beside)which;
}

static int check_beside(struct sq_error *err, struct sq_recording *recording, enum sq_beside which)
{
    const struct sq_arrays *arrays = recording->inside;
    const struct sq_member *member = arrays->beside[which];
    const struct sq_array *a = member != NULL ? &member->header : NULL;
    char expected[64];
    if (member == NULL || which == SQ_BESIDE_HEAD_IN)
        return SQ_OK;
    snprintf(expected, sizeof expected, "[%" PRIu64 "%s]: one of each sample", recording->n_samples,
             which == SQ_BESIDE_LOGITS ? ",classes" : "");
    if (a->n_dims != (which == SQ_BESIDE_LOGITS ? 2 : 1) || a->dim[0] != recording->n_samples)
        return sq_array_wrong_shape(err, recording, member, expected);
    if ((which == SQ_BESIDE_LOGITS) != (a->kind == 'f'))
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: %s.npy holds no %s", recording->path,
                       member->name, which == SQ_BESIDE_LOGITS ? "floats" : "whole numbers");
    if (which == SQ_BESIDE_LOGITS && (a->dim[1] == 0 || a->dim[1] > 1 << 20))
        return sq_array_wrong_shape(err, recording, member, "1 to 1048576 classes");
    if (which == SQ_BESIDE_LOGITS)
        recording->n_logits = (size_t)a->dim[1];
    return SQ_OK;
}

int sq_array_check_beside(struct sq_error *err, struct sq_recording *recording)
{
    int status = SQ_OK;
    for (int which = 0; status == SQ_OK && which < SQ_BESIDE_ARRAYS; which++)
        status = check_beside(err, recording, (enum sq_beside)which);
    return status;
}
