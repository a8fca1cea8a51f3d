/* Reports of shards -> one report. */
#include "sim/merge/merge.h"

#include "sim/account/sheets/counters_read.h"
#include "sim/merge/report_sum.h"
#include "sim/merge/report_tree.h"
#include "sim/merge/shard_files.h"
#include "traces/files/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    struct sq_error *err;
    const struct sq_merge_request *request;
    struct sq_shard_file *file; /* [request->n] */
    char **warnings;            /* [request->n] what each warned of, as JSON; NULL: nothing */
    struct sq_report_sum sum;
};

static cJSON *part_of(const struct sq_report_text *report, int part)
{
    const cJSON *from =
        part == SQ_PART_RECORDINGS ? sq_report_text_member(report, "input") : report->root;
    return cJSON_GetObjectItemCaseSensitive(from, sq_report_part_name[part]);
}

/* Members that are the same in all shards of a run, as far as they have them; paths may differ. */
static int compare(const struct merge *m, const struct sq_report_text *report)
{
    static const char *const key[] = {"version", "spikeq", "model",       "config",
                                      "graph",   "arith",  "most_spikes", "couple_batch"};
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < sizeof key / sizeof key[0]; i++) {
        cJSON *ours = cJSON_GetObjectItemCaseSensitive(m->sum.first.root, key[i]);
        const cJSON *theirs = sq_report_text_member(report, key[i]);
        const struct sq_report_part part = {report->path, key[i], ours, theirs};
        if (cJSON_IsObject(ours) && cJSON_IsObject(theirs) && strcmp(key[i], "model") == 0)
            status = sq_report_tree_add(m->err, &part);
        else if ((ours != NULL || theirs != NULL) && !cJSON_Compare(ours, theirs, 1))
            status =
                sq_fail(m->err, SQ_ESHAPE, "%s: is a shard of another run: %s is not that of %s",
                        report->path, key[i], m->sum.first.path);
    }
    return status;
}

/* The same input: what it holds, not where it lay. */
static int compare_input(const struct merge *m, const struct sq_report_text *report)
{
    static const char *const key[] = {"sha256", "description"};
    const cJSON *ours = sq_report_text_member(&m->sum.first, "input");
    const cJSON *theirs = sq_report_text_member(report, "input");
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        if (!cJSON_Compare(cJSON_GetObjectItemCaseSensitive(ours, key[i]),
                           cJSON_GetObjectItemCaseSensitive(theirs, key[i]), 1))
            return sq_fail(m->err, SQ_ESHAPE,
                           "%s: is a shard of another run: input.%s is not that of %s",
                           report->path, key[i], m->sum.first.path);
    return SQ_OK;
}

static int add_parts(struct merge *m, const struct sq_report_text *report)
{
    int status = SQ_OK;
    for (int i = 0; status == SQ_OK && i < SQ_REPORT_PARTS; i++) {
        const cJSON *theirs = part_of(report, i);
        if (i == SQ_PART_RECORDINGS)
            m->sum.lacks_recordings |= theirs == NULL || m->sum.part[i] == NULL;
        if (theirs == NULL && m->sum.part[i] == NULL)
            continue;
        if (i == SQ_PART_RECORDINGS && m->sum.lacks_recordings)
            continue;
        if (theirs == NULL || m->sum.part[i] == NULL)
            return sq_fail(m->err, SQ_ESHAPE, "%s: is a shard of another run: only one has %s",
                           report->path, sq_report_part_name[i]);
        status = sq_report_tree_add(
            m->err,
            &(struct sq_report_part){report->path, sq_report_part_name[i], m->sum.part[i], theirs});
    }
    return status;
}

/* Which samples it is of, and what each cost. */
static int add_samples(struct merge *m, const struct sq_report_text *report, uint64_t n,
                       struct sq_shard_file *file)
{
    struct sq_samples samples = {.n = 0};
    int status = sq_samples_from_report(m->err, report->path, report->root, n, &samples);
    if (status == SQ_OK && samples.n != n)
        status = sq_fail(m->err, SQ_EUNSUPPORTED, "%s: does not say what each sample cost (each)",
                         report->path);
    for (size_t i = 0; status == SQ_OK && i < samples.n; i++) {
        const uint64_t id = samples.sample[i].id;
        status = sq_sample_set_append(m->err, &file->samples, (struct sq_range){id, id + 1});
        if (status == SQ_OK)
            status = sq_samples_add(m->err, &m->sum.samples, &samples.sample[i]);
    }
    sq_samples_free(&samples);
    return status;
}

/* A group that is alone has the first sample of the shard. */
static void note_first(struct sq_counters *counters, const struct sq_shard_file *file)
{
    for (size_t i = 0; i < counters->n_ops; i++)
        if (counters->op[i].n_groups == 1 && file->samples.n > 0)
            counters->op[i].group[0].first = file->samples.range[0].first;
}

static int add_counters(struct merge *m, const struct sq_report_text *report,
                        struct sq_shard_file *file)
{
    struct sq_counters counters = {.n_ops = 0};
    const int is_first = m->sum.counters.n_ops == 0;
    int status = sq_counters_from_report(m->err, report->path, report->root, &counters);
    if (status == SQ_OK)
        status = add_samples(m, report, counters.n_samples, file);
    if (status == SQ_OK)
        note_first(&counters, file);
    if (status == SQ_OK && !is_first)
        status = sq_counters_merge(m->err, &m->sum.counters, &counters);
    if (status == SQ_OK && is_first)
        m->sum.counters = counters;
    else
        sq_counters_free(&counters);
    return status;
}

static int read_claim(struct merge *m, const struct sq_report_text *report,
                      struct sq_shard_file *file)
{
    const cJSON *claim = sq_report_text_member(report, "shard");
    if (claim == NULL)
        return sq_fail(
            m->err, SQ_EUNSUPPORTED,
            "%s: is not of a shard, but a report of its own; shards are made with " SQ_OPT "shard",
            report->path);
    if (!cJSON_IsTrue(sq_report_text_member(report, "complete")))
        return sq_fail(m->err, SQ_EUNSUPPORTED,
                       "%s: is unfinished: it holds %.0f samples; run the shard to its end first",
                       report->path, sq_report_number(report->root, "samples"));
    return sq_shard_claim_read(m->err, report->path, claim, &file->claim);
}

static int add_rest(struct merge *m, const struct sq_report_text *report, size_t i)
{
    const double correct = sq_report_number(report->root, "correct");
    const double seconds = sq_report_number(sq_report_text_member(report, "timing"), "seconds");
    const cJSON *warnings = sq_report_text_member(report, "warnings");
    if (!(correct >= 0 && correct <= (double)m->sum.counters.n_samples))
        return sq_fail(m->err, SQ_EVALUE, "%s: correct: %g, expected at most one a sample",
                       report->path, correct);
    m->sum.n_correct += (uint64_t)correct;
    sq_exact_sum_add(&m->sum.seconds, seconds);
    m->warnings[i] = warnings != NULL ? sq_json_print_line(warnings) : NULL;
    return warnings == NULL || m->warnings[i] != NULL
               ? SQ_OK
               : sq_fail(m->err, SQ_ENOMEM, "%s: out of memory", report->path);
}

/* Take the first report, or add another one. */
static int add_report(struct merge *m, const struct sq_report_text *report, size_t i)
{
    struct sq_shard_file *file = &m->file[i];
    int status = read_claim(m, report, file);
    if (status == SQ_OK && i > 0)
        status = compare(m, report);
    if (status == SQ_OK && i > 0)
        status = compare_input(m, report);
    if (status == SQ_OK && i > 0 && file->claim.whole != m->file[0].claim.whole)
        status =
            sq_fail(m->err, SQ_ESHAPE,
                    "%s: is a shard of another run: of %" PRIu64 " samples, %s of %" PRIu64,
                    report->path, file->claim.whole, m->sum.first.path, m->file[0].claim.whole);
    if (status == SQ_OK && i > 0)
        status = add_parts(m, report);
    if (status == SQ_OK)
        status = add_counters(m, report, file);
    return status == SQ_OK ? add_rest(m, report, i) : status;
}

static int read_all(struct merge *m)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < m->request->n; i++) {
        struct sq_report_text other;
        struct sq_report_text *report = i == 0 ? &m->sum.first : &other;
        m->file[i].path = m->request->path[i];
        status = sq_report_text_read(m->err, m->file[i].path, report);
        for (int p = 0; status == SQ_OK && i == 0 && p < SQ_REPORT_PARTS; p++)
            m->sum.part[p] = part_of(report, p);
        if (i == 0)
            m->sum.lacks_recordings = m->sum.part[SQ_PART_RECORDINGS] == NULL;
        if (status == SQ_OK)
            status = add_report(m, report, i);
        if (i > 0)
            sq_report_text_free(report);
    }
    return status;
}

static int by_id(const void *a, const void *b)
{
    const struct sq_sample *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* All samples are there, each once; from here on in ascending order. Warnings as the samples came. */
static int settle(struct merge *m, struct sq_warnings *warnings)
{
    const struct sq_range whole = {0, m->file[0].claim.whole};
    struct sq_piece *piece;
    size_t n = 0;
    int status = sq_shard_files_join(m->err, m->file, m->request->n, whole, &piece, &n);
    if (status != SQ_OK)
        return status;
    qsort(m->sum.samples.sample, m->sum.samples.n, sizeof *m->sum.samples.sample, by_id);
    status = sq_shard_files_warn(m->err, m->file, m->warnings, piece, n, warnings);
    free(piece);
    return status;
}

static int write_whole(struct merge *m, const struct sq_warnings *warnings)
{
    char *text = NULL;
    m->sum.n_shards = m->request->n;
    m->sum.warnings = warnings;
    int status = sq_report_sum_text(m->err, &m->sum, &text);
    if (status == SQ_OK)
        status = sq_output_save(m->err, m->request->out, text, strlen(text), m->request->force);
    free(text);
    return status;
}

static void free_all(struct merge *m)
{
    for (size_t i = 0; m->warnings != NULL && i < m->request->n; i++)
        free(m->warnings[i]);
    free(m->warnings);
    sq_shard_files_free(m->file, m->request->n);
    sq_counters_free(&m->sum.counters);
    sq_samples_free(&m->sum.samples);
    sq_report_text_free(&m->sum.first);
}

int sq_merge_reports(struct sq_error *err, const struct sq_merge_request *request,
                     struct sq_merged *merged)
{
    struct merge m = {.err = err, .request = request};
    struct sq_warnings *warnings = calloc(1, sizeof *warnings);
    m.file = calloc(request->n, sizeof *m.file);
    m.warnings = calloc(request->n, sizeof *m.warnings);
    int status = m.file != NULL && m.warnings != NULL && warnings != NULL
                     ? read_all(&m)
                     : sq_fail(err, SQ_ENOMEM, "out of memory for %zu files", request->n);
    if (status == SQ_OK)
        status = settle(&m, warnings);
    if (status == SQ_OK)
        status = write_whole(&m, warnings);
    if (status == SQ_OK)
        merged->n_samples = m.sum.counters.n_samples;
    free_all(&m);
    free(warnings);
    return status;
}
