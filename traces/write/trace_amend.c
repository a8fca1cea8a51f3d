/* Entries of meta that are known only when the samples are in. */
#include "traces/format/description.h"
#include "traces/write/trace_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of "meta KEY = VALUE" in the description; NULL: it has no such line. */
static const char *find_value(const char *text, const char *key)
{
    const size_t n = strlen(key);
    for (const char *line = text; line != NULL && strncmp(line, "meta ", 5) == 0;) {
        if (strncmp(line + 5, key, n) == 0 && strncmp(line + 5 + n, " = ", 3) == 0)
            return line + 5 + n + 3;
        line = strchr(line, '\n');
        line += line != NULL;
    }
    return NULL;
}

/* The description with another value; NULL: out of memory. */
static char *change(const char *text, const char *at, const char *value)
{
    const char *end = at + strcspn(at, "\n");
    const size_t size = strlen(text) + strlen(value) + 1;
    char *changed = malloc(size);
    if (changed != NULL)
        snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, value, end);
    return changed;
}

static int put(struct sq_error *err, const struct sq_store *store, const char *key,
               const char *value)
{
    sqlite3_stmt *insert = NULL;
    int status = sq_store_prepare(err, store, "INSERT OR REPLACE INTO meta VALUES(?,?)", &insert);
    if (status == SQ_OK && (sqlite3_bind_text(insert, 1, key, -1, SQLITE_STATIC) != SQLITE_OK ||
                            sqlite3_bind_text(insert, 2, value, -1, SQLITE_STATIC) != SQLITE_OK))
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", store->path);
    if (status == SQ_OK)
        status = sq_store_run(err, store, insert, "cannot be written");
    sqlite3_finalize(insert);
    return status;
}

/* Both entries, or none. */
static int put_both(struct sq_error *err, const struct sq_store *store, const char *key,
                    const char *value, const char *digest)
{
    int status = sq_store_exec(err, store, "BEGIN IMMEDIATE");
    if (status == SQ_OK)
        status = put(err, store, key, value);
    if (status == SQ_OK)
        status = put(err, store, "description", digest);
    if (status == SQ_OK)
        status = sq_store_exec(err, store, "COMMIT");
    if (status != SQ_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* A value that the description holds. */
static int amend_described(struct sq_error *err, struct sq_trace_writer *writer, const char *key,
                           const char *value)
{
    const char *at = find_value(writer->description, key);
    char digest[SQ_DIGEST_TEXT];
    if (at == NULL)
        return sq_fail(err, SQ_EUSAGE, "%s: meta has no %s to be changed", writer->store.path, key);
    char *changed = change(writer->description, at, value);
    if (changed == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", writer->store.path);
    int status = sq_description_digest_text(err, changed, digest);
    if (status == SQ_OK)
        status = put_both(err, &writer->store, key, value, digest);
    free(status == SQ_OK ? writer->description : changed);
    if (status == SQ_OK)
        writer->description = changed;
    return status;
}

int sq_trace_amend(struct sq_error *err, struct sq_trace_writer *writer, const char *key,
                   const char *value)
{
    const int status = sq_trace_commit(err, writer);
    if (status != SQ_OK)
        return status;
    return sq_meta_may_change(key) ? put(err, &writer->store, key, value)
                                   : amend_described(err, writer, key, value);
}
