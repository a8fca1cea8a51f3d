#include "traces/write/trace_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int sq_trace_file_refused(struct sq_error *err, const char *path, const char *what)
{
    const size_t n = strlen(path), ending = strlen(SQ_TRACE_PARTIAL);
    const int is_partial = n > ending && strcmp(path + n - ending, SQ_TRACE_PARTIAL) == 0;
    return sq_fail(err, SQ_EIO, "%.*s: %s: %s", (int)(is_partial ? n - ending : n), path, what,
                   strerror(errno));
}

void sq_trace_file_say_kept(struct sq_error *err, uint64_t n)
{
    if (err == NULL)
        return;
    if (n == 0)
        sq_fail_add(err, "; no sample was written, nothing is left of it");
    else if (n == 1)
        sq_fail_add(err, "; 1 whole sample is kept, " SQ_OPT "resume continues after it");
    else
        sq_fail_add(err, "; %llu whole samples are kept, " SQ_OPT "resume continues after them",
                    (unsigned long long)n);
}

/* A journal without a byte rolls nothing back; SQLite leaves it where memory ran out. */
static void remove_empty_journal(const char *path)
{
    char journal[4096];
    struct stat info;
    if (snprintf(journal, sizeof journal, "%s-journal", path) < (int)sizeof journal &&
        lstat(journal, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0)
        unlink(journal);
}

void sq_trace_file_close(struct sq_trace_writer *writer)
{
    sqlite3_finalize(writer->put_sample);
    sqlite3_finalize(writer->put_frame);
    sqlite3_finalize(writer->put_frames);
    writer->put_sample = writer->put_frame = writer->put_frames = NULL;
    /* Take the empty journal away, that of a killed writer too: SQLite does so out of exclusive
     * mode only, which ends with a read. One that could not be rolled back on a full disk stays. */
    int rc = SQLITE_OK;
    if (writer->store.db != NULL)
        rc = sqlite3_exec(writer->store.db,
                          "PRAGMA locking_mode = NORMAL; SELECT count(*) FROM meta;"
                          "PRAGMA journal_mode = DELETE",
                          NULL, NULL, NULL);
    sq_store_close(&writer->store);
    if (rc != SQLITE_OK)
        remove_empty_journal(writer->partial);
}

void sq_trace_discard(const char *path, int was_there)
{
    char partial[4096];
    if (!was_there)
        sq_trace_file_remove(path);
    else if (snprintf(partial, sizeof partial, "%s" SQ_TRACE_PARTIAL, path) < (int)sizeof partial)
        sq_trace_file_remove(partial);
}

void sq_trace_file_remove(const char *path)
{
    char journal[4096];
    unlink(path);
    if (snprintf(journal, sizeof journal, "%s-journal", path) < (int)sizeof journal)
        unlink(journal);
}
