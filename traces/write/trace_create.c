/* Traces begun and gone on with. */
#include "traces/format/description.h"

#include "kernels/base/option_names.h"
#include "traces/format/graph_check.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* What lies there must be a file: a device or a folder is not replaced by one. */
static int check_place(struct sq_error *err, const char *path)
{
    struct stat info;
    if (path[0] == '\0')
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "trace: the name is empty; give a file");
    if (strcmp(path, "-") == 0)
        return sq_fail(err, SQ_EUSAGE,
                       "-: a trace is a database, which standard output cannot take; give a file "
                       "(./- for one of that name)");
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, "%s: is a folder, a pipe or a device; a trace is a file", path);
}

static int check_plan(struct sq_error *err, const char *path, const struct sq_trace_plan *plan)
{
    if (plan->timesteps == 0 || plan->timesteps > SQ_TRACE_MAX_TIMESTEPS ||
        plan->n_populations > SQ_TRACE_MAX_POPULATIONS || plan->n_synapses > SQ_TRACE_MAX_SYNAPSES)
        return sq_fail(err, SQ_EVALUE,
                       "%s: %u timesteps of %zu populations are more than a trace can hold", path,
                       plan->timesteps, plan->n_populations);
    for (size_t i = 0; i < plan->n_populations; i++)
        if (sq_trace_neurons(&plan->population[i]) == 0 ||
            sq_trace_neurons(&plan->population[i]) > SQ_TRACE_MAX_NEURONS)
            return sq_fail(err, SQ_EVALUE, "%s: population %s: %llu neurons, expected 1 to %d",
                           path, plan->population[i].name,
                           (unsigned long long)sq_trace_neurons(&plan->population[i]),
                           SQ_TRACE_MAX_NEURONS);
    return sq_trace_check_graph(err, path, SQ_EVALUE, plan);
}

static int new_writer(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                      struct sq_trace_writer **out)
{
    struct sq_trace_writer *writer = calloc(1, sizeof *writer);
    const size_t room = strlen(path) + sizeof SQ_TRACE_PARTIAL;
    if (writer != NULL)
        writer->partial = malloc(room);
    if (writer == NULL || writer->partial == NULL) {
        free(writer);
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    snprintf(writer->partial, room, "%s" SQ_TRACE_PARTIAL, path);
    writer->plan = *plan;
    writer->plan.population = NULL;
    writer->plan.synapse = NULL;
    writer->plan.node = NULL;
    writer->plan.operation = NULL;
    writer->plan.meta = NULL;
    *out = writer;
    return SQ_OK;
}

int sq_trace_plan_text(struct sq_error *err, const struct sq_trace_plan *plan, char **description)
{
    struct sq_trace_plan all;
    char *text = NULL;
    int status = sq_trace_meta_all(err, plan, &all, &text);
    if (status != SQ_OK)
        return status;
    status = sq_description_text(err, &all, description);
    free((void *)all.meta);
    free(text);
    return status;
}

#define ONE_FRAME "(?,?,?,?,?,?,?,?,?)"
enum { MOST_TOGETHER = 128 };

/* A statement for many frames at once costs a fifth less than as many statements: for all populations of a
 * sample, in equal parts. Frames of the input, which may be missing, go one by one. */
static int prepare_frames(struct sq_error *err, struct sq_trace_writer *writer,
                          const struct sq_trace_plan *plan)
{
    static const char insert[] = "INSERT INTO frame VALUES" ONE_FRAME, more[] = "," ONE_FRAME;
    char sql[sizeof insert + MOST_TOGETHER * sizeof more];
    size_t n = 0, at = sizeof insert - 1;
    for (size_t p = 0; p < plan->n_populations; p++)
        n += plan->population[p].kind != SQ_TRACE_INPUT ? plan->timesteps : 0;
    n = n / (n / MOST_TOGETHER + 1);
    memcpy(sql, insert, sizeof insert);
    int status = sq_store_prepare(err, &writer->store, sql, &writer->put_frame);
    for (size_t i = 1; i < n; i++, at += sizeof more - 1)
        memcpy(sql + at, more, sizeof more);
    writer->n_together = n;
    if (status == SQ_OK && n > 1)
        status = sq_store_prepare(err, &writer->store, sql, &writer->put_frames);
    return status;
}

/* Open what lies at writer->partial for writing samples. The journal is truncated, not deleted:
 * fewer operations on the folder. Until the transaction's end a killed process leaves it behind,
 * and the next program that opens the file rolls back. Pages that were written are soon used again, while
 * they are in the processor's cache; those of a transaction stay in memory up to 32 MiB. */
static int open_for_samples(struct sq_error *err, struct sq_trace_writer *writer,
                            const struct sq_trace_plan *plan)
{
    const struct sq_store *store = &writer->store;
    int status = sq_store_open(err, writer->partial, SQ_STORE_WRITE, &writer->store);
    if (status == SQ_OK)
        status = sq_store_exec(err, store,
                               "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE;"
                               "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096;"
                               "PRAGMA cache_spill = -32768; BEGIN EXCLUSIVE; COMMIT");
    if (status == SQ_OK)
        status = sq_store_prepare(err, store, "INSERT INTO sample VALUES(?,?,?,?,?,?)",
                                  &writer->put_sample);
    if (status == SQ_OK)
        status = prepare_frames(err, writer, plan);
    return status == SQ_OK ? sq_trace_plan_text(err, plan, &writer->description) : status;
}

/* The file takes its name now (nothing lies there), or only at the end. */
static int choose_paths(struct sq_error *err, struct sq_trace_writer *writer, const char *path,
                        int replaces)
{
    if (replaces) {
        writer->final = strdup(path);
        return writer->final != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    if (link(writer->partial, path) != 0 && rename(writer->partial, path) != 0)
        return sq_trace_file_refused(err, path, "cannot be made");
    unlink(writer->partial);
    memcpy(writer->partial, path, strlen(path) + 1); /* shorter by ".partial" */
    return SQ_OK;
}

/* beside: the file takes its name at the end, whether another has it or not. */
static int create(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                  int beside, struct sq_trace_writer **out)
{
    struct sq_trace_writer *writer;
    int status = check_place(err, path);
    if (status == SQ_OK)
        status = check_plan(err, path, plan);
    if (status == SQ_OK)
        status = new_writer(err, path, plan, &writer);
    if (status != SQ_OK)
        return status;
    sq_trace_file_remove(writer->partial); /* of a run that was killed */
    status = sq_trace_file_make(err, writer->partial, plan);
    if (status == SQ_OK)
        status = choose_paths(err, writer, path, beside);
    if (status == SQ_OK)
        status = open_for_samples(err, writer, plan);
    if (status != SQ_OK && sq_store_is_full(&writer->store))
        sq_trace_file_say_kept(err, 0);
    if (status == SQ_OK)
        *out = writer;
    else
        sq_trace_writer_free(writer);
    return status;
}

int sq_trace_create(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                    int replace, struct sq_trace_writer **out)
{
    const int is_old = is_there(path);
    if (!is_old || replace)
        return create(err, path, plan, is_old, out);
    const int status = check_place(err, path);
    return status == SQ_OK ? sq_fail(err, SQ_EUSAGE,
                                     "%s: already exists; " SQ_OPT "force replaces it, " SQ_OPT
                                     "resume continues it",
                                     path)
                           : status;
}

int sq_trace_create_beside(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                           int replace, struct sq_trace_writer **out)
{
    if (is_there(path) && !replace)
        return sq_fail(err, SQ_EUSAGE, "%s: already exists; " SQ_OPT "force replaces it", path);
    return create(err, path, plan, 1, out);
}

/* Name the first line in which two descriptions differ. */
static int differs(struct sq_error *err, const char *path, const char *theirs, const char *ours)
{
    size_t line = 0;
    for (size_t i = 0; theirs[i] == ours[i] && theirs[i] != '\0'; i++)
        if (theirs[i] == '\n')
            line = i + 1;
    return sq_fail(err, SQ_ESHAPE,
                   "%s: was recorded otherwise: %.*s, but this run has %.*s; give the same "
                   "options, or " SQ_OPT "force to record it again",
                   path, (int)strcspn(theirs + line, "\n"), theirs + line,
                   (int)strcspn(ours + line, "\n"), ours + line);
}

/* Is what the file holds the beginning of what the plan would record? */
static int same_plan(struct sq_error *err, const struct sq_trace *trace,
                     const struct sq_trace_plan *plan)
{
    char *ours = NULL, *theirs = NULL;
    const struct sq_trace_plan *found = sq_trace_plan_of(trace);
    if (found->version != SQ_TRACE_VERSION)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: is a trace of version %d, which can be read but not continued; record "
                       "it again with " SQ_OPT "force",
                       sq_trace_path(trace), (int)found->version);
    int status = sq_trace_plan_text(err, plan, &ours);
    if (status == SQ_OK)
        status = sq_description_text(err, found, &theirs);
    if (status == SQ_OK && strcmp(ours, theirs) != 0)
        status = differs(err, sq_trace_path(trace), theirs, ours);
    free(ours);
    free(theirs);
    return status;
}

/* Was its writer killed before the description was in? */
static int is_not_begun(const char *path)
{
    struct sq_store store;
    int64_t n = 1;
    if (sq_store_open(NULL, path, SQ_STORE_WRITE, &store) == SQ_OK)
        sq_store_number(NULL, &store, "SELECT count(*) FROM sqlite_schema", &n);
    sq_store_close(&store);
    return n == 0;
}

/* The file to go on with: PATH.partial where it lies beside an older PATH that it was to replace.
 * One that has no name beside it, or no description, has no samples yet. Both names of one file:
 * its writer was killed while it took its name; by the other one a journal would not be found. */
static int lies_beside(const char *path, const char *partial)
{
    struct stat final, other;
    if (lstat(path, &final) != 0 || lstat(partial, &other) != 0)
        return 0;
    const int is_same = final.st_dev == other.st_dev && final.st_ino == other.st_ino;
    if (!is_same && !is_not_begun(partial))
        return 1;
    unlink(partial); /* not its journal: that of one file may be needed */
    return 0;
}

static int open_same(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                     struct sq_trace **out)
{
    struct sq_trace *trace;
    int status = sq_trace_open(err, path, &trace);
    if (status != SQ_OK)
        return status;
    status = same_plan(err, trace, plan);
    if (status == SQ_OK)
        *out = trace;
    else
        sq_trace_close(trace);
    return status;
}

int sq_trace_peek(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                  struct sq_trace **trace)
{
    struct sq_trace_writer *names;
    *trace = NULL;
    if (!is_there(path))
        return SQ_OK;
    int status = check_place(err, path);
    if (status == SQ_OK)
        status = new_writer(err, path, plan, &names);
    if (status != SQ_OK)
        return status;
    names->holds_samples = 1;
    status = open_same(err, lies_beside(path, names->partial) ? names->partial : path, plan, trace);
    sq_trace_writer_free(names);
    return status;
}

/* Where the samples end. */
static int find_end(struct sq_error *err, struct sq_trace_writer *writer, uint64_t *n_next)
{
    int64_t n = 0, last = -1;
    int status = sq_store_number(err, &writer->store, "SELECT count(*) FROM sample", &n);
    if (status == SQ_OK && n > 0)
        status = sq_store_number(err, &writer->store, "SELECT max(id) FROM sample", &last);
    writer->n_samples = writer->n_kept = (uint64_t)n;
    *n_next = (uint64_t)(last + 1);
    return status;
}

int sq_trace_resume(struct sq_error *err, const char *path, const struct sq_trace_plan *plan,
                    struct sq_trace_writer **out, uint64_t *n_next)
{
    struct sq_trace_writer *writer;
    struct sq_trace *trace = NULL;
    *n_next = 0;
    if (!is_there(path))
        return sq_trace_create(err, path, plan, 0, out);
    int status = check_place(err, path);
    if (status == SQ_OK)
        status = new_writer(err, path, plan, &writer);
    if (status != SQ_OK)
        return status;
    writer->holds_samples = 1; /* whatever happens, it is not ours to remove */
    if (!lies_beside(path, writer->partial))
        memcpy(writer->partial, path, strlen(path) + 1); /* shorter by ".partial" */
    else if ((writer->final = strdup(path)) == NULL)
        status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (status == SQ_OK)
        status = open_same(err, writer->partial, plan, &trace);
    if (status == SQ_OK)
        writer->is_complete = sq_trace_is_complete(trace);
    sq_trace_close(trace);
    if (status == SQ_OK)
        status = open_for_samples(err, writer, plan);
    if (status == SQ_OK && !writer->is_complete) /* it would not tell of samples to come */
        status = sq_store_exec(err, &writer->store,
                               "DELETE FROM meta WHERE key = '" SQ_META_RECORDINGS "'");
    if (status == SQ_OK)
        status = find_end(err, writer, n_next);
    if (status == SQ_OK)
        *out = writer;
    else
        sq_trace_writer_free(writer);
    return status;
}
