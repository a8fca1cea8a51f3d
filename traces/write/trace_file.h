/* The inside of the trace writer: the file as it is created, resumed and closed. */
#ifndef SQ_TRACE_FILE_H
#define SQ_TRACE_FILE_H

#include "traces/format/store.h"
#include "traces/write/trace_writer.h"

struct sq_trace_writer {
    struct sq_store store;
    struct sq_trace_plan plan; /* sizes only: its pointers are NULL */
    char *partial;             /* where the file lies now */
    char *final;               /* the name that it takes at the end; NULL: it has it already */
    char *description;         /* its text (traces/format/description.h) */
    sqlite3_stmt *put_sample, *put_frame;
    sqlite3_stmt *put_frames; /* n_together of them at once; NULL: one by one */
    size_t n_together;
    int is_open; /* a transaction */
    int is_complete;
    int holds_samples; /* some are written down */
    uint64_t n_samples;
    uint64_t n_put, last; /* since it was opened; the last one's id */
    uint64_t n_kept;      /* of them written down for good */
    uint64_t n_in_group, group_bytes;
};

/* What a file's name ends in until it takes its own. */
#define SQ_TRACE_PARTIAL ".partial"

/* SQ_EIO: "PATH: WHAT: " and errno's text; PATH is the name that the user knows. */
int sq_trace_file_refused(struct sq_error *err, const char *path, const char *what);

/* Add to an error what is left of the trace: n whole samples, or nothing. */
void sq_trace_file_say_kept(struct sq_error *err, uint64_t n);

/* Close the database, keep the names. */
void sq_trace_file_close(struct sq_trace_writer *writer);

/* Remove a trace file and its journal. */
void sq_trace_file_remove(const char *path);

/* Write a plan into a new file at `path` and close it: an empty, incomplete trace. */
int sq_trace_file_make(struct sq_error *err, const char *path, const struct sq_trace_plan *plan);

/* The plan with every meta entry that the file will hold, in order of keys. Values of meta are the
 * plan's or lie in *text; both arrays are freed by the caller. */
int sq_trace_meta_all(struct sq_error *err, const struct sq_trace_plan *plan,
                      struct sq_trace_plan *all, char **text);

#endif
