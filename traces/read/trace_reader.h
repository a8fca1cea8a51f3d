/* Reading a trace: its description, then samples and frames in order, each checked.
 *
 *   sq_trace_open(err, "a.db", &trace);
 *   sq_trace_seek(err, trace, 0);
 *   while ((rc = sq_trace_next(err, trace, &sample)) == 1)
 *       for (p = 0; p < sq_trace_plan_of(trace)->n_populations; p++)
 *           sq_trace_frame(err, trace, sample.id, p, t, &frame), sq_trace_decode(...);
 *   sq_trace_close(trace);
 *
 * The file is untrusted: schema, sizes, checksums and counts are verified before they are used. */
#ifndef SQ_TRACE_READER_H
#define SQ_TRACE_READER_H

#include "kernels/base/status.h"
#include "traces/format/frame.h"
#include "traces/format/sample_set.h"
#include "traces/format/trace.h"

struct sq_trace;

/* Does the file begin like an SQLite database? For choosing a reader by content; 0 also where it
 * cannot be opened. */
int sq_trace_is_store(const char *path);

/* Open a trace of version 1 or 2. *out is written only on success. SQ_EIO; SQ_EFORMAT (no trace,
 * damaged, a schema or description that is not its version's), SQ_EUNSUPPORTED (newer version),
 * SQ_EVALUE, SQ_ENOMEM. */
int sq_trace_open(struct sq_error *err, const char *path, struct sq_trace **out);
void sq_trace_close(struct sq_trace *trace);

/* Keep the file as it is until it is closed: nobody writes meanwhile, and what is read is locked
 * once instead of frame by frame, which is a tenth of the time of reading all. SQ_EIO. */
int sq_trace_hold(struct sq_error *err, struct sq_trace *trace);

/* The description; owned by the trace. plan->meta holds every entry of the table. */
const struct sq_trace_plan *sq_trace_plan_of(const struct sq_trace *trace);
const char *sq_trace_path(const struct sq_trace *trace);

/* Value of a meta key, or NULL. */
const char *sq_trace_meta(const struct sq_trace *trace, const char *key);

/* Population by name, or -1. */
int64_t sq_trace_find(const struct sq_trace *trace, const char *name);

/* Samples in the file, and whether the trace is complete. */
uint64_t sq_trace_n_samples(const struct sq_trace *trace);
int sq_trace_is_complete(const struct sq_trace *trace);

/* Append the numbers of the samples in the file to `set`, which is empty. In the time of counting them.
 * SQ_EFORMAT, SQ_EIO, SQ_ENOMEM. */
int sq_trace_samples(struct sq_error *err, struct sq_trace *trace, struct sq_sample_set *set);

/* The next sq_trace_next() gives the first sample whose id is at least `id`. */
int sq_trace_seek(struct sq_error *err, struct sq_trace *trace, uint64_t id);

/* The next sample: 1 and *sample (pointers valid until the next call), 0 behind the last, or a
 * negative status: SQ_EFORMAT names the sample whose checksum or content is wrong. */
int sq_trace_next(struct sq_error *err, struct sq_trace *trace, struct sq_trace_sample *sample);

/* One frame: *frame's data is valid until the next call for this trace; its checksum holds, its
 * size is bounded by the population's. frame->data is NULL where only the count was recorded.
 * 1: found; 0: the sample has no such frame (kind `input` only); negative: SQ_EFORMAT names sample,
 * timestep, population. */
int sq_trace_frame(struct sq_error *err, struct sq_trace *trace, uint64_t sample,
                   uint32_t population, uint32_t timestep, struct sq_trace_frame *frame);

/* What the frames count, in one pass over the file that verifies each of them.
 *   spikes   [n_populations][timesteps], all samples together; written whole
 * SQ_EFORMAT as sq_trace_frame(); or frames are missing, or belong to no sample. */
int sq_trace_totals(struct sq_error *err, struct sq_trace *trace, uint64_t *spikes);

/* Verify every sample and every frame, in one pass over the file: checksums, numbers, and that there are
 * frames of the samples in the file alone.
 *   samples   those, as sq_trace_samples() gives them
 * SQ_EFORMAT names the place. */
int sq_trace_verify(struct sq_error *err, struct sq_trace *trace,
                    const struct sq_sample_set *samples);

/* Frames in the file. */
int sq_trace_n_frames(struct sq_error *err, struct sq_trace *trace, uint64_t *n);

/* Undo a frame's codec. Its encoded bytes are *data, *size: the frame's own or `scratch`, which has
 * room for sq_trace_frame_bytes(). Touches no file: safe from any thread, on a copy of the frame.
 *   where   for the error sentence: path, sample */
struct sq_trace_place {
    const char *path;
    uint64_t sample;
};
int sq_trace_unpack(struct sq_error *err, const struct sq_trace_place *where,
                    const struct sq_trace_population *population,
                    const struct sq_trace_frame *frame, unsigned char *scratch,
                    const unsigned char **data, size_t *size);

/* Decode a frame of spikes into bit rows [n_rows][ceil(n_channels / 64)]; `scratch` as above.
 * SQ_EFORMAT names the place; SQ_EUNSUPPORTED: the trace holds counts only. */
int sq_trace_decode(struct sq_error *err, const struct sq_trace_place *where,
                    const struct sq_trace_population *population,
                    const struct sq_trace_frame *frame, unsigned char *scratch, uint64_t *bits);

/* The same for a frame of whole numbers: value [n_rows * n_channels]. */
int sq_trace_decode_values(struct sq_error *err, const struct sq_trace_place *where,
                           const struct sq_trace_population *population,
                           const struct sq_trace_frame *frame, unsigned char *scratch,
                           uint16_t *value);

/* Most encoded bytes of a frame of this population. */
size_t sq_trace_frame_bytes(const struct sq_trace_population *population);

#endif
