#include "traces/format/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 2000 };

/* A trace is data, never a program: no schema trick, no extension, no trigger may act. */
static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(db, BUSY_MS);
}

/* A path is the name of a file, whatever it looks like: SQLite takes ":memory:", "" and, where it
 * was built so, "file:..." for something else, but nothing that begins with "/" or "./". NULL: out
 * of memory. */
static char *plain_name(const char *path)
{
    const size_t room = strlen(path) + sizeof "./";
    char *name = malloc(room);
    if (name != NULL)
        snprintf(name, room, "%s%s", path[0] == '/' ? "" : "./", path);
    return name;
}

int sq_store_open(struct sq_error *err, const char *path, enum sq_store_mode mode,
                  struct sq_store *store)
{
    const int flags = mode == SQ_STORE_CREATE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                              : SQLITE_OPEN_READWRITE;
    *store = (struct sq_store){.path = strdup(path)};
    char *name = plain_name(path);
    if (store->path == NULL || name == NULL) {
        free(name);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    const int rc = sqlite3_open_v2(name, &store->db,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    free(name);
    if (rc != SQLITE_OK)
        return sq_store_fail(err, store, "cannot be opened");
    harden(store->db);
    return SQ_OK;
}

void sq_store_close(struct sq_store *store)
{
    sqlite3_close(store->db);
    free(store->path);
    *store = (struct sq_store){.db = NULL};
}

int sq_store_attach(struct sq_error *err, const struct sq_store *store, const char *path,
                    const char *name)
{
    char sql[64];
    sqlite3_stmt *attach = NULL;
    char *plain = plain_name(path);
    if (plain == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    snprintf(sql, sizeof sql, "ATTACH ?1 AS %.16s", name);
    sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, SQ_STORE_ATTACHED);
    int status = sq_store_prepare(err, store, sql, &attach);
    if (status == SQ_OK && sqlite3_bind_text(attach, 1, plain, -1, SQLITE_STATIC) != SQLITE_OK)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (status == SQ_OK)
        status = sqlite3_step(attach) == SQLITE_DONE
                     ? SQ_OK
                     : sq_store_fail_of(err, store, path, "cannot be attached");
    sqlite3_finalize(attach);
    sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
    free(plain);
    return status;
}

int sq_store_detach(struct sq_error *err, const struct sq_store *store, const char *name)
{
    char sql[64];
    snprintf(sql, sizeof sql, "DETACH %.16s", name);
    return sq_store_exec(err, store, sql);
}

int sq_store_fail_of(struct sq_error *err, const struct sq_store *store, const char *path,
                     const char *what)
{
    if (store->db == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: %s: out of memory", path, what);
    const char *const text = sqlite3_errmsg(store->db);
    const int system_error = sqlite3_system_errno(store->db);
    switch (sqlite3_errcode(store->db) & 0xff) {
    case SQLITE_NOTADB:
        return sq_fail(err, SQ_EFORMAT, "%s: %s: is not a trace (not an SQLite file)", path, what);
    case SQLITE_CORRUPT:
        return sq_fail(err, SQ_EFORMAT,
                       "%s: %s: the file is damaged or cut short (%s); record it again", path, what,
                       text);
    case SQLITE_INTERRUPT:
        return sq_fail(err, SQ_EFORMAT, "%s: %s: its description has no end; the file was damaged",
                       path, what);
    case SQLITE_FULL:
        return sq_fail(err, SQ_EIO, "%s: %s: the disk is full, make room", path, what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sq_fail(err, SQ_EIO, "%s: %s: another process is recording into it", path, what);
    case SQLITE_READONLY:
        return sq_fail(err, SQ_EIO, "%s: %s: the file or its folder is read-only", path, what);
    case SQLITE_CANTOPEN:
        return sq_fail(err, SQ_EIO, "%s: %s: %s", path, what,
                       system_error != 0 ? strerror(system_error) : text);
    case SQLITE_NOMEM:
        return sq_fail(err, SQ_ENOMEM, "%s: %s: out of memory", path, what);
    default:
        return sq_fail(err, SQ_EIO, "%s: %s: %s", path, what, text);
    }
}

int sq_store_fail(struct sq_error *err, const struct sq_store *store, const char *what)
{
    return sq_store_fail_of(err, store, store->path, what);
}

int sq_store_is_full(const struct sq_store *store)
{
    return store->db != NULL && (sqlite3_errcode(store->db) & 0xff) == SQLITE_FULL;
}

int sq_store_exec(struct sq_error *err, const struct sq_store *store, const char *sql)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sq_store_fail(err, store, "cannot be used");
    return SQ_OK;
}

int sq_store_prepare(struct sq_error *err, const struct sq_store *store, const char *sql,
                     sqlite3_stmt **out)
{
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK)
        return sq_store_fail(err, store, "cannot be used");
    return SQ_OK;
}

int sq_store_run(struct sq_error *err, const struct sq_store *store, sqlite3_stmt *statement,
                 const char *what)
{
    const int rc = sqlite3_step(statement);
    const int status =
        rc == SQLITE_DONE || rc == SQLITE_ROW ? SQ_OK : sq_store_fail(err, store, what);
    sqlite3_reset(statement);
    return status;
}

int sq_store_number(struct sq_error *err, const struct sq_store *store, const char *sql,
                    int64_t *value)
{
    sqlite3_stmt *statement = NULL;
    int status = sq_store_prepare(err, store, sql, &statement);
    if (status == SQ_OK) {
        const int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
            *value = sqlite3_column_int64(statement, 0);
        else
            status = rc == SQLITE_DONE
                         ? sq_fail(err, SQ_EFORMAT, "%s: is not a whole trace", store->path)
                         : sq_store_fail(err, store, "cannot be read");
    }
    sqlite3_finalize(statement);
    return status;
}
