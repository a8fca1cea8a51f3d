/* Frames of a trace: fetched, checked, decoded. */
#include "traces/format/checksum.h"
#include "traces/format/codec.h"
#include "traces/format/schema.h"
#include "traces/read/trace_inside.h"

#include <inttypes.h>

/* "PATH: sample 3, timestep 1, block.0.attn.q_lif: WHAT" */
static int damaged(struct sq_error *err, const struct sq_trace_place *where,
                   const struct sq_trace_population *population, uint32_t timestep,
                   const char *what)
{
    return sq_fail(err, SQ_EFORMAT,
                   "%s: sample %" PRIu64 ", timestep %" PRIu32 ", %s: the frame %s; the file was "
                   "damaged",
                   where->path, where->sample, timestep, population->name, what);
}

size_t sq_trace_frame_bytes(const struct sq_trace_population *population)
{
    const struct sq_frame_shape shape = {population->n_rows, population->n_channels};
    return population->kind == SQ_TRACE_INPUT ? sq_frame_values_bytes(sq_trace_neurons(population))
                                              : sq_frame_bits_bytes(&shape);
}

/* Does the row lie where its number says, with what its number says? */
static const char *wrong_with(const struct sq_trace *trace, sqlite3_stmt *row, uint64_t id,
                              const struct sq_trace_frame *frame)
{
    const struct sq_trace_population *p = &trace->plan.population[frame->population];
    if (sq_checksum_frame(id, frame) != (uint32_t)sqlite3_column_int64(row, 6))
        return "has a wrong checksum";
    if (frame->spikes > sq_trace_neurons(p))
        return "has more spikes than neurons";
    if ((frame->encoding == SQ_FRAME_COUNT) != (sqlite3_column_type(row, 7) == SQLITE_NULL))
        return "does not have the data that its encoding says";
    return frame->size > sq_trace_frame_bytes(p) ? "has more bytes than it can need" : NULL;
}

/* The frame of a row, unverified; 0: unknown encoding or codec. */
static int take_frame(sqlite3_stmt *row, struct sq_trace_frame *frame)
{
    static const unsigned char empty[1];
    const sqlite3_int64 encoding = sqlite3_column_int64(row, 4),
                        codec = sqlite3_column_int64(row, 5);
    frame->spikes = (uint64_t)sqlite3_column_int64(row, 3);
    frame->encoding = (uint8_t)(encoding & 0xff);
    frame->codec = (uint8_t)(codec & 0xff);
    frame->data = sqlite3_column_blob(row, 7);
    frame->size = (size_t)sqlite3_column_bytes(row, 7);
    if (frame->data == NULL && sqlite3_column_type(row, 7) == SQLITE_BLOB)
        frame->data = empty; /* no spikes: a list of none */
    return encoding >= 0 && encoding < SQ_FRAME_ENCODINGS && codec >= 0 && codec < SQ_CODECS;
}

int sq_trace_take_frame(struct sq_error *err, const struct sq_trace *trace, sqlite3_stmt *row,
                        uint64_t sample, struct sq_trace_frame *frame)
{
    const struct sq_trace_place where = {trace->store.path, sample};
    const struct sq_trace_population *p = &trace->plan.population[frame->population];
    const uint64_t id = sq_frame_id(&trace->plan, sample, frame->population, frame->timestep);
    const char *wrong;
    if ((uint64_t)sqlite3_column_int64(row, 0) != sample ||
        (uint64_t)sqlite3_column_int64(row, 1) != frame->population ||
        (uint64_t)sqlite3_column_int64(row, 2) != frame->timestep)
        wrong = "is another one's";
    else if (!take_frame(row, frame))
        wrong = "has an unknown encoding or codec";
    else
        wrong = wrong_with(trace, row, id, frame);
    return wrong == NULL ? 1 : damaged(err, &where, p, frame->timestep, wrong);
}

int sq_trace_frame(struct sq_error *err, struct sq_trace *trace, uint64_t sample,
                   uint32_t population, uint32_t timestep, struct sq_trace_frame *frame)
{
    sqlite3_stmt *row = trace->frames;
    const struct sq_trace_place where = {trace->store.path, sample};
    const struct sq_trace_population *p = &trace->plan.population[population];
    const uint64_t id = sq_frame_id(&trace->plan, sample, population, timestep);
    sqlite3_reset(row);
    sqlite3_bind_int64(row, 1, (sqlite3_int64)id);
    const int rc = sqlite3_step(row);
    if (rc == SQLITE_DONE)
        return p->kind == SQ_TRACE_INPUT ? 0 : damaged(err, &where, p, timestep, "is missing");
    if (rc != SQLITE_ROW)
        return sq_store_fail(err, &trace->store, "a frame cannot be read");
    *frame = (struct sq_trace_frame){.population = population, .timestep = timestep};
    return sq_trace_take_frame(err, trace, row, sample, frame);
}

int sq_trace_unpack(struct sq_error *err, const struct sq_trace_place *where,
                    const struct sq_trace_population *population,
                    const struct sq_trace_frame *frame, unsigned char *scratch,
                    const unsigned char **data, size_t *size)
{
    *data = frame->data;
    *size = frame->size;
    if (frame->encoding == SQ_FRAME_COUNT)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: holds counts only, no spikes: record it again with " SQ_OPT
                       "trace-detail spikes",
                       where->path);
    if (frame->codec == SQ_CODEC_NONE)
        return SQ_OK;
    *data = scratch;
    *size = sq_unpack((enum sq_trace_codec)frame->codec, frame->data, frame->size, scratch,
                      sq_trace_frame_bytes(population));
    return *size != SIZE_MAX
               ? SQ_OK
               : damaged(err, where, population, frame->timestep, "cannot be decompressed");
}

int sq_trace_decode(struct sq_error *err, const struct sq_trace_place *where,
                    const struct sq_trace_population *population,
                    const struct sq_trace_frame *frame, unsigned char *scratch, uint64_t *bits)
{
    const struct sq_frame_shape shape = {population->n_rows, population->n_channels};
    const unsigned char *data;
    size_t size;
    const int status = sq_trace_unpack(err, where, population, frame, scratch, &data, &size);
    if (status != SQ_OK)
        return status;
    const char *wrong = sq_frame_decode(&shape, frame->encoding, data, size, frame->spikes, bits);
    return wrong == NULL ? SQ_OK : damaged(err, where, population, frame->timestep, wrong);
}

int sq_trace_decode_values(struct sq_error *err, const struct sq_trace_place *where,
                           const struct sq_trace_population *population,
                           const struct sq_trace_frame *frame, unsigned char *scratch,
                           uint16_t *value)
{
    const unsigned char *data;
    size_t size;
    const int status = sq_trace_unpack(err, where, population, frame, scratch, &data, &size);
    if (status != SQ_OK)
        return status;
    const char *wrong = sq_frame_decode_values(frame->encoding, data, size, frame->spikes,
                                               sq_trace_neurons(population), value);
    return wrong == NULL ? SQ_OK : damaged(err, where, population, frame->timestep, wrong);
}
