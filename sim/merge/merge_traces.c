/* Traces of shards -> one trace. */
#include "sim/merge/merge.h"

#include "sim/json/warnings_json.h"
#include "sim/merge/shard_files.h"
#include "sim/merge/verifier.h"
#include "sim/report/frame_counts_json.h"
#include "traces/format/description.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_copy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    struct sq_error *err;
    const struct sq_merge_request *request;
    struct sq_shard_file *file; /* [request->n] */
    struct sq_range whole;      /* samples of all */
    struct sq_trace *first;     /* the one with the first samples, which gives the plan */
    uint64_t first_sample;      /* of it */
    struct sq_arena arena;
    char *description;            /* that the whole has, by the first file that was read, */
    const char *described_by;     /* and its path */
    struct spikeq_report *counts; /* of recordings' events, summed up; no other member is used */
    size_t n_counted;             /* files that have them */
    struct sq_warnings *warnings;
    char **warned; /* [request->n] what each warned of, as JSON; NULL: nothing */
    struct sq_piece *piece;
    size_t n_pieces;
};

/* Keys that the writer makes itself, and those of a shard. */
static int is_own(const char *key)
{
    static const char *const own[] = {"timesteps",      "samples",          "detail",
                                      "codec",          "complete",         "description",
                                      SQ_META_SHARD,    SQ_META_SHARD_FROM, SQ_META_RECORDINGS,
                                      SQ_META_WARNINGS, "command"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(key, own[i]) == 0)
            return 1;
    return 0;
}

/* The plan of the whole, by that of one of its shards, whose texts it uses. */
static int plan_whole(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_trace_plan *shard, uint64_t n_samples, const char *command,
                      struct sq_trace_plan *plan)
{
    struct sq_trace_meta *meta = sq_arena_alloc(arena, shard->n_meta + 1, sizeof *meta);
    if (meta == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the plan of a trace");
    *plan = *shard;
    plan->n_samples = n_samples;
    plan->meta = meta;
    plan->n_meta = 0;
    for (size_t i = 0; i < shard->n_meta; i++)
        if (!is_own(shard->meta[i].key))
            meta[plan->n_meta++] = shard->meta[i];
    if (command != NULL)
        meta[plan->n_meta++] = (struct sq_trace_meta){"command", command};
    return SQ_OK;
}

/* Name the first line in which the run of two shards differs. */
static int refuse_foreign(const struct merge *m, const char *path, const char *theirs)
{
    const char *ours = m->description;
    size_t line = 0;
    for (size_t i = 0; theirs[i] == ours[i] && theirs[i] != '\0'; i++)
        if (theirs[i] == '\n')
            line = i + 1;
    return sq_fail(m->err, SQ_ESHAPE, "%s: is a shard of another run: it has %.*s, but %s has %.*s",
                   path, (int)strcspn(theirs + line, "\n"), theirs + line, m->described_by,
                   (int)strcspn(ours + line, "\n"), ours + line);
}

/* All shards are of one run: what they would record together has one description. */
static int compare(struct merge *m, const struct sq_trace *trace, const struct sq_shard_file *file)
{
    struct sq_arena arena = {NULL, 0};
    struct sq_trace_plan plan;
    char *text = NULL;
    int status =
        plan_whole(m->err, &arena, sq_trace_plan_of(trace), file->claim.whole, NULL, &plan);
    if (status == SQ_OK)
        status = sq_trace_plan_text(m->err, &plan, &text);
    if (status == SQ_OK && m->description == NULL) {
        m->description = text;
        m->described_by = file->path;
        text = NULL;
    } else if (status == SQ_OK && strcmp(text, m->description) != 0) {
        status = refuse_foreign(m, file->path, text);
    }
    free(text);
    sq_arena_free(&arena);
    return status;
}

static int read_claim(struct merge *m, const struct sq_trace *trace, struct sq_shard_file *file)
{
    const char *text = sq_trace_meta(trace, SQ_META_SHARD);
    int no_memory = 0;
    if (sq_trace_plan_of(trace)->version != SQ_TRACE_VERSION || text == NULL)
        return sq_fail(m->err, SQ_EUNSUPPORTED,
                       "%s: is not a shard, but a trace of its own; shards are made with " SQ_OPT
                       "shard",
                       file->path);
    cJSON *object = sq_json_parse(text, strlen(text), NULL, &no_memory);
    const int status = no_memory ? sq_fail(m->err, SQ_ENOMEM, "%s: out of memory", file->path)
                                 : sq_shard_claim_read(m->err, file->path, object, &file->claim);
    cJSON_Delete(object);
    return status;
}

/* What became of recordings' events, summed up: known where every shard knows it. */
static int add_counts(struct merge *m, const struct sq_trace *trace)
{
    const char *text = sq_trace_meta(trace, SQ_META_RECORDINGS);
    if (text == NULL)
        return SQ_OK;
    struct spikeq_report *own = calloc(1, sizeof *own);
    if (own == NULL)
        return sq_fail(m->err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    const int status = sq_frame_counts_read(m->err, sq_trace_path(trace), text, own);
    if (status == SQ_OK)
        sq_frame_counts_sum(&m->counts->frames, &own->frames);
    m->n_counted++;
    free(own);
    return status;
}

static int keep_warnings(struct merge *m, const struct sq_trace *trace, size_t i)
{
    const char *text = sq_trace_meta(trace, SQ_META_WARNINGS);
    m->warned[i] = text != NULL ? strdup(text) : NULL;
    return text == NULL || m->warned[i] != NULL
               ? SQ_OK
               : sq_fail(m->err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
}

static int check_finished(const struct merge *m, const struct sq_trace *trace)
{
    if (m->request->takes_unfinished || sq_trace_is_complete(trace))
        return SQ_OK;
    return sq_fail(m->err, SQ_EUNSUPPORTED,
                   "%s: is unfinished: it holds %" PRIu64 " of %" PRIu64
                   " samples; go on with it by " SQ_OPT "resume first",
                   sq_trace_path(trace), sq_trace_n_samples(trace),
                   sq_trace_plan_of(trace)->n_samples);
}

/* Read what there is to know of a shard. */
static int look(struct merge *m, size_t i, struct sq_trace **trace)
{
    struct sq_shard_file *file = &m->file[i];
    int status = sq_trace_open(m->err, file->path, trace);
    if (status == SQ_OK)
        status = read_claim(m, *trace, file);
    if (status == SQ_OK)
        status = compare(m, *trace, file);
    if (status == SQ_OK)
        status = check_finished(m, *trace);
    if (status == SQ_OK)
        status = sq_trace_samples(m->err, *trace, &file->samples);
    if (status == SQ_OK)
        status = keep_warnings(m, *trace, i);
    return status == SQ_OK ? add_counts(m, *trace) : status;
}

/* *trace stays open if it has the first samples so far. */
static void keep_first(struct merge *m, const struct sq_shard_file *file, struct sq_trace *trace)
{
    const uint64_t first = file->samples.n > 0 ? file->samples.range[0].first : UINT64_MAX;
    if (m->first != NULL && first >= m->first_sample) {
        sq_trace_close(trace);
        return;
    }
    sq_trace_close(m->first);
    m->first = trace;
    m->first_sample = first;
}

static int look_at_all(struct merge *m)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < m->request->n; i++) {
        struct sq_trace *trace = NULL;
        m->file[i].path = m->request->path[i];
        status = look(m, i, &trace);
        if (status == SQ_OK)
            keep_first(m, &m->file[i], trace);
        else
            sq_trace_close(trace);
    }
    if (status != SQ_OK)
        return status;
    const char *first = sq_trace_meta(m->first, "first_sample");
    m->whole.first = first != NULL ? strtoull(first, NULL, 10) : 0;
    m->whole.end = m->whole.first + m->file[0].claim.whole;
    status = sq_shard_files_join(m->err, m->file, m->request->n, m->whole, &m->piece, &m->n_pieces);
    return status == SQ_OK
               ? sq_shard_files_warn(m->err, m->file, m->warned, m->piece, m->n_pieces, m->warnings)
               : status;
}

/* All pieces in ascending order, each shard verified before its first one. */
static int copy_all(struct merge *m, struct sq_trace_copier *copier, struct sq_verifier *verifier)
{
    const struct sq_merge_request *request = m->request;
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < m->n_pieces; i++) {
        const struct sq_piece *piece = &m->piece[i];
        const struct sq_shard_file *file = &m->file[piece->file];
        const struct sq_trace_part part = {file->path, piece->file, piece->samples,
                                           file->samples.n == 1};
        status = sq_verifier_wait(m->err, verifier, piece->file);
        if (status == SQ_OK)
            status = sq_trace_copy(m->err, copier, &part);
        if (status == SQ_OK && request->progress != NULL)
            request->progress(request->progress_data, piece->samples.end - m->whole.first,
                              m->whole.end - m->whole.first);
    }
    return status;
}

static int amend(struct merge *m, struct sq_trace_writer *writer, const char *key, char *text)
{
    const int status = text != NULL
                           ? sq_trace_amend(m->err, writer, key, text)
                           : sq_fail(m->err, SQ_ENOMEM, "%s: out of memory", m->request->out);
    free(text);
    return status;
}

/* What shards say one by one. */
static int finish(struct merge *m, struct sq_trace_writer *writer)
{
    char *text = NULL;
    int status = sq_warnings_note(m->err, m->warnings, &text);
    if (status == SQ_OK && text != NULL)
        status = amend(m, writer, SQ_META_WARNINGS, text);
    if (status == SQ_OK && m->n_counted == m->request->n)
        status = amend(m, writer, SQ_META_RECORDINGS, sq_frame_counts_text(m->counts));
    return status == SQ_OK ? sq_trace_finish(m->err, writer) : status;
}

static int write_whole(struct merge *m, struct sq_trace_writer *writer)
{
    struct sq_trace_copier *copier = NULL;
    struct sq_verifier *verifier = NULL;
    int status = sq_trace_copier_begin(m->err, writer, &copier);
    if (status == SQ_OK)
        status = sq_verifier_new(m->err, m->file, m->request->n, m->piece, m->n_pieces, &verifier);
    if (status == SQ_OK)
        status = copy_all(m, copier, verifier);
    sq_verifier_free(verifier);
    if (status == SQ_OK)
        status = sq_trace_copier_end(m->err, copier);
    sq_trace_copier_free(copier);
    return status == SQ_OK ? finish(m, writer) : status;
}

static int make(struct merge *m)
{
    struct sq_trace_plan plan;
    struct sq_trace_writer *writer;
    int status = plan_whole(m->err, &m->arena, sq_trace_plan_of(m->first),
                            m->whole.end - m->whole.first, m->request->command, &plan);
    if (status == SQ_OK)
        status = sq_trace_create_beside(m->err, m->request->out, &plan, m->request->force, &writer);
    if (status != SQ_OK)
        return status;
    status = write_whole(m, writer);
    sq_trace_writer_free(writer);
    if (status != SQ_OK)
        sq_trace_discard(m->request->out, 1);
    return status;
}

int sq_merge_traces(struct sq_error *err, const struct sq_merge_request *request,
                    struct sq_merged *merged)
{
    struct merge m = {.err = err, .request = request};
    m.file = calloc(request->n, sizeof *m.file);
    m.counts = calloc(1, sizeof *m.counts);
    m.warnings = calloc(1, sizeof *m.warnings);
    m.warned = calloc(request->n, sizeof *m.warned);
    int status = m.file != NULL && m.counts != NULL && m.warnings != NULL && m.warned != NULL
                     ? look_at_all(&m)
                     : sq_fail(err, SQ_ENOMEM, "out of memory for %zu files", request->n);
    if (status == SQ_OK)
        status = make(&m);
    if (status == SQ_OK)
        merged->n_samples = m.whole.end - m.whole.first;
    sq_trace_close(m.first);
    sq_shard_files_free(m.file, request->n);
    for (size_t i = 0; m.warned != NULL && i < request->n; i++)
        free(m.warned[i]);
    free(m.warned);
    sq_arena_free(&m.arena);
    free(m.description);
    free(m.counts);
    free(m.warnings);
    free(m.piece);
    return status;
}
