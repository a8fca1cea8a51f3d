/* What inspect shows of files: of each kind its own, as text for people or as JSON. *text is freed
 * by the caller. */
#ifndef SQ_INSPECT_H
#define SQ_INSPECT_H

#include "kernels/base/status.h"
#include "sim/checkpoint/checkpoint.h"
#include "traces/files/array.h"

/* What inspect shows of files that spikeq reads as they are: one line, and the command for them. */
struct sq_inspect_note {
    char what[320]; /* "a report of spikeq run" */
    char next[768]; /* "spikeq energy r.json" */
};

/* Folders, images, lists, JSON files and tables. 1: it is one; 0: none of them; an error: JSON that
 * is neither spikeq's nor a valid configuration, a folder that nothing reads. */
int sq_inspect_note_of(struct sq_error *err, const char *path, struct sq_inspect_note *note);

/* The same of files without a magic, which must be nothing else: CIFAR batches, and what
 * spikeq import reads. */
int sq_inspect_last_note_of(const char *path, struct sq_inspect_note *note);

/* "PATH: WHAT" and "next      NEXT", or JSON. *text is freed by the caller. SQ_ENOMEM. */
int sq_inspect_note_text(struct sq_error *err, const char *path, int as_json,
                         const struct sq_inspect_note *note, char **text);

/* A .npy or IDX file. *text is freed by the caller, here and below. SQ_ENOMEM. */
int sq_inspect_array(struct sq_error *err, const char *path, int as_json,
                     const struct sq_array_file *file, char **text);

/* Does the archive hold members NAME.npy? False of other files. */
int sq_is_npz(const char *path);

/* Name, type and shape of each of them, in the order of the archive. SQ_EFORMAT (a damaged
 * member), SQ_EUNSUPPORTED (elements that are not numbers), SQ_EIO, SQ_ENOMEM. */
int sq_inspect_npz(struct sq_error *err, const char *path, int as_json, char **text);

struct sq_inspect_request {
    const char *path, *config_dirs;
    const char *weights;      /* which network, or NULL */
    const char *architecture; /* the only one that may fit; NULL: any */
    int as_json, as_config;
};

/* Tensors, networks, and the verdict of spikeq run: the weights are loaded as a run would. Or a
 * configuration to be filled in. *text is freed by the caller. SQ_EUSAGE (no network is called so),
 * SQ_ENOMEM, SQ_EIO; with as_config also what a run refuses. */
int sq_inspect_checkpoint(struct sq_error *err, const struct sq_inspect_request *request,
                          struct sq_checkpoint *file, char **text);

/* Read the whole file once, verifying every sample and the count and checksum of every frame, and
 * describe it. *text is the caller's, by free(). What sq_trace_open(), sq_trace_next() and
 * sq_trace_totals() refuse; SQ_ENOMEM. */
int sq_inspect_trace(struct sq_error *err, const char *path, int as_json, char **text);

#endif
