/* Writing a trace: created whole and empty, then filled sample by sample.
 *
 *   1. The file that carries the name always opens and holds whole samples only, whenever the
 *      writer is killed. Until sq_trace_finish() it says of itself that it is incomplete.
 *   2. Samples come in ascending order of id, from creating or resuming on, each once; SQ_TRACE_GROUP of
 *      them, or 16 MiB, are one transaction, which sq_trace_commit() may end earlier.
 *   3. A file that was there before is kept until the new one is whole: the new one lies at
 *      PATH.partial and takes the name at sq_trace_finish().
 *   4. One writer per file: it is locked. */
#ifndef SQ_TRACE_WRITER_H
#define SQ_TRACE_WRITER_H

#include "kernels/base/status.h"
#include "traces/format/trace.h"

enum { SQ_TRACE_GROUP = 64 };

struct sq_trace_writer;

/* Create a trace. The plan is written at once and need not outlive the call.
 *   replace   1: a file of that name is replaced, at the end; 0: it is refused (SQ_EUSAGE)
 * *out is written only on success. SQ_EIO, SQ_EUSAGE, SQ_EVALUE (a plan beyond the bounds of
 * trace.h), SQ_ENOMEM; then nothing is left behind. */
int sq_trace_create(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                    int replace, struct sq_trace_writer **out);

/* The description (traces/format/description.h) that a file of this plan has; freed by the caller. SQ_ENOMEM. */
int sq_trace_plan_text(struct sq_error *err, const struct sq_trace_plan *plan, char **description);

/* As sq_trace_create(), but the file lies at PATH.partial until the end also where none has the name yet, and a sentence
 * that refuses an older one speaks of no resuming. */
int sq_trace_create_beside(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                           int replace, struct sq_trace_writer **out);

/* What sq_trace_resume() would go on with, open for reading; *trace is NULL where there is nothing
 * yet. The caller closes it before it resumes. As sq_trace_resume(). */
struct sq_trace;
int sq_trace_peek(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                  struct sq_trace **trace);

/* Resume a trace that was cut short; a missing file is created. What was noted of the samples so
 * far (SQ_META_RECORDINGS) is dropped, as more will come. A trace that is already complete is fine:
 * nothing is left to add.
 *   n_next   the id after the last sample in the file, 0 if it holds none
 * SQ_ESHAPE: it was recorded by another plan (names the first entry that differs); and what
 * sq_trace_open() refuses. */
int sq_trace_resume(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                    struct sq_trace_writer **out, uint64_t *n_next);

/* Is it complete already (after sq_trace_resume())? */
int sq_trace_writer_is_complete(const struct sq_trace_writer *writer);

/* Add a sample with its frames: one for each (population, timestep), in the order of population,
 * then timestep; frames of kind `input` may be missing. Everything is copied. SQ_EIO: a full disk
 * keeps the samples up to the last transaction. */
int sq_trace_put(struct sq_error *err, struct sq_trace_writer *writer,
                 const struct sq_trace_sample *sample, const struct sq_trace_frame *frame,
                 size_t n_frames);

/* After a failure: add to its sentence how many whole samples the file holds, or that none is left.
 */
void sq_trace_say_kept(struct sq_error *err, const struct sq_trace_writer *writer);

/* Write down what came so far: the end of a transaction. */
int sq_trace_commit(struct sq_error *err, struct sq_trace_writer *writer);

/* What shows only at the end: commit, then give a key of meta this value, one line, instead of the
 * one that the plan has, or a new one that says nothing about what is recorded
 * (sq_meta_may_change()). The description is made anew. SQ_EUSAGE: another key; SQ_EIO, SQ_ENOMEM.
 */
int sq_trace_amend(struct sq_error *err, struct sq_trace_writer *writer, const char *key,
                   const char *value);

/* No sample will follow: commit, note their number where it was not known, say that the trace is
 * complete, give it its name. */
int sq_trace_finish(struct sq_error *err, struct sq_trace_writer *writer);

/* Remove what an abandoned trace left behind, whole samples too: the file at `path`, or,
 * where one was there before, the new one beside it. */
void sq_trace_discard(const char *path, int was_there);

/* Close. Without a successful finish the samples of whole transactions stay in the file, which says
 * that it is incomplete; a file without any sample is removed. Accepts NULL. */
void sq_trace_writer_free(struct sq_trace_writer *writer);

#endif
