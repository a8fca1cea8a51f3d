/* The store: an SQLite database as spikeq opens it, and its errors as sentences. */
#ifndef SQ_STORE_H
#define SQ_STORE_H

#include "kernels/base/status.h"

#include <sqlite3.h>
#include <stdint.h>

enum sq_store_mode {
    SQ_STORE_CREATE, /* a new file; whatever lies there is overwritten by SQLite */
    SQ_STORE_WRITE,  /* an existing one */
    SQ_STORE_READ,   /* an existing one; what a killed writer left undone is rolled back if the
                      * file may be written */
};

struct sq_store {
    sqlite3 *db;
    char *path;
};

/* Open; *store is zeroed first. `path` is the name of a file in any case, also "file:x", ":memory:"
 * or "a?mode=ro#b". Functions that a hostile schema could call are off. SQ_EIO (no such file, no
 * permission), SQ_ENOMEM. sq_store_close() is due also after a failure. */
int sq_store_open(struct sq_error *err, const char *path, enum sq_store_mode mode,
                  struct sq_store *store);
void sq_store_close(struct sq_store *store);

/* Attach the database at `path` as `name`, a plain word, beside the store's own, and detach it; both outside
 * of transactions. SQ_EIO, SQ_ENOMEM. */
int sq_store_attach(struct sq_error *err, const struct sq_store *store, const char *path,
                    const char *name);
int sq_store_detach(struct sq_error *err, const struct sq_store *store, const char *name);

/* How many databases may be attached at a time. */
enum { SQ_STORE_ATTACHED = 10 };

/* The last SQLite error as a sentence: "PATH: WHAT: reason; what to do". */
int sq_store_fail(struct sq_error *err, const struct sq_store *store, const char *what);

/* The same of a database that is attached: `path` is its file. */
int sq_store_fail_of(struct sq_error *err, const struct sq_store *store, const char *path,
                     const char *what);

/* Did the last statement fail because the disk is full? */
int sq_store_is_full(const struct sq_store *store);

/* Run statements that return nothing. */
int sq_store_exec(struct sq_error *err, const struct sq_store *store, const char *sql);

/* Prepare a statement that is kept. */
int sq_store_prepare(struct sq_error *err, const struct sq_store *store, const char *sql,
                     sqlite3_stmt **out);

/* Step a statement to its end and reset it; `what` as in sq_store_fail(). */
int sq_store_run(struct sq_error *err, const struct sq_store *store, sqlite3_stmt *statement,
                 const char *what);

/* The single whole number that a query returns, e.g. "PRAGMA user_version". */
int sq_store_number(struct sq_error *err, const struct sq_store *store, const char *sql,
                    int64_t *value);

#endif
