/* A new trace file: schema and description, no samples. */
#include "traces/format/codec.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"
#include "traces/write/page_size.h"
#include "traces/write/trace_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OWN_META = 6, NUMBER_TEXT = 24 };

static int by_key(const void *a, const void *b)
{
    const struct sq_trace_meta *x = a, *y = b;
    return strcmp(x->key, y->key);
}

int sq_trace_meta_all(struct sq_error *err, const struct sq_trace_plan *plan,
                      struct sq_trace_plan *all, char **text)
{
    const size_t n = plan->n_meta + OWN_META;
    struct sq_trace_meta *meta = calloc(n, sizeof *meta);
    *text = calloc(2, NUMBER_TEXT + SQ_DIGEST_TEXT);
    if (meta == NULL || *text == NULL) {
        free(meta);
        free(*text);
        return sq_fail(err, SQ_ENOMEM, "out of memory for the description of a trace");
    }
    char *const timesteps = *text, *const samples = *text + NUMBER_TEXT;
    char *const digest = *text + 2 * NUMBER_TEXT;
    snprintf(timesteps, NUMBER_TEXT, "%" PRIu32, plan->timesteps);
    if (plan->n_samples == SQ_TRACE_SAMPLES_UNKNOWN)
        snprintf(samples, NUMBER_TEXT, "%s", SQ_META_UNKNOWN);
    else
        snprintf(samples, NUMBER_TEXT, "%" PRIu64, plan->n_samples);
    const struct sq_trace_meta own[OWN_META] = {
        {"timesteps", timesteps},
        {"samples", samples},
        {"detail", sq_trace_detail_name(plan->detail)},
        {"codec", sq_codec_name(plan->codec)},
        {"complete", "0"},
        {"description", digest},
    };
    memcpy(meta, own, sizeof own);
    if (plan->n_meta > 0)
        memcpy(meta + OWN_META, plan->meta, plan->n_meta * sizeof *meta);
    qsort(meta, n, sizeof *meta, by_key);
    *all = *plan;
    all->version = SQ_TRACE_VERSION;
    all->meta = meta;
    all->n_meta = n;
    const int status = sq_description_digest(err, all, digest);
    if (status != SQ_OK) {
        free(meta);
        free(*text);
    }
    return status;
}

static int create_schema(struct sq_error *err, const struct sq_store *store,
                         const struct sq_trace_plan *plan)
{
    char pragma[256];
    snprintf(pragma, sizeof pragma,
             "PRAGMA page_size = %u; PRAGMA encoding = 'UTF-8'; PRAGMA application_id = %d;"
             "PRAGMA user_version = %d; BEGIN IMMEDIATE",
             (unsigned)sq_page_size(plan), SQ_TRACE_APPLICATION_ID, SQ_TRACE_VERSION);
    int status = sq_store_exec(err, store, pragma);
    for (const struct sq_schema_object *object = sq_schema; status == SQ_OK && object->name != NULL;
         object++)
        status = sq_store_exec(err, store, object->sql);
    return status;
}

/* Text of an INSERT, bound value by value. */
struct row {
    const struct sq_store *store;
    sqlite3_stmt *insert;
    int n_bound, ok;
};

static void bind_text(struct row *row, const char *text)
{
    row->ok &= sqlite3_bind_text(row->insert, ++row->n_bound, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

static void bind_number(struct row *row, uint64_t number)
{
    row->ok &= sqlite3_bind_int64(row->insert, ++row->n_bound, (sqlite3_int64)number) == SQLITE_OK;
}

/* A number, or NULL where it is `none`. */
static void bind_number_or_null(struct row *row, int64_t number, int64_t none)
{
    row->n_bound++;
    row->ok &= (number != none ? sqlite3_bind_int64(row->insert, row->n_bound, number)
                               : sqlite3_bind_null(row->insert, row->n_bound)) == SQLITE_OK;
}

static int end_row(struct sq_error *err, struct row *row)
{
    row->n_bound = 0;
    if (!row->ok)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", row->store->path);
    return sq_store_run(err, row->store, row->insert, "cannot be written");
}

static int put_meta(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < plan->n_meta; i++) {
        bind_text(row, plan->meta[i].key);
        bind_text(row, plan->meta[i].value);
        status = end_row(err, row);
    }
    return status;
}

static int put_populations(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < plan->n_populations; i++) {
        const struct sq_trace_population *p = &plan->population[i];
        char shape[SQ_SHAPE_TEXT];
        sq_shape_text(p, shape);
        bind_number(row, i);
        bind_text(row, p->name);
        bind_text(row, sq_trace_kind_name(p->kind));
        bind_text(row, shape);
        bind_text(row, sq_trace_axes_name(p));
        bind_number(row, p->n_rows);
        bind_number(row, p->n_channels);
        bind_number(row, sq_trace_neurons(p));
        row->n_bound++;
        row->ok &= (p->threshold > 0 ? sqlite3_bind_double(row->insert, row->n_bound, p->threshold)
                                     : sqlite3_bind_null(row->insert, row->n_bound)) == SQLITE_OK;
        status = end_row(err, row);
    }
    return status;
}

static int put_synapses(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < plan->n_synapses; i++) {
        const struct sq_trace_synapse *s = &plan->synapse[i];
        bind_number(row, i);
        bind_text(row, s->name);
        bind_text(row, s->kind);
        bind_text(row, s->source);
        bind_text(row, s->target);
        bind_number(row, s->n_in);
        bind_number(row, s->n_out);
        bind_number(row, s->dense);
        bind_number(row, s->weight_zeros);
        status = end_row(err, row);
    }
    return status;
}

static int put_nodes(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < plan->n_nodes; i++) {
        const struct sq_trace_node *n = &plan->node[i];
        bind_number(row, i);
        bind_text(row, n->id);
        bind_text(row, n->op);
        bind_text(row, n->inputs);
        bind_text(row, n->parameters);
        bind_text(row, sq_trace_edge_name(n->edge));
        bind_number_or_null(row, (int64_t)n->max_value, 0);
        bind_text(row, n->roles);
        bind_number_or_null(row, n->channels, 0);
        bind_number_or_null(row, n->height, 0);
        bind_number_or_null(row, n->width, 0);
        bind_number_or_null(row, n->population, -1);
        status = end_row(err, row);
    }
    return status;
}

static int put_operations(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < plan->n_operations; i++) {
        const struct sq_trace_operation *o = &plan->operation[i];
        bind_number(row, i);
        bind_text(row, o->name);
        bind_text(row, o->kind);
        bind_text(row, o->node[0] != '\0' ? o->node : NULL); /* NULL is bound as such */
        bind_number_or_null(row, (int64_t)o->fan_out, 0);
        bind_number_or_null(row, (int64_t)o->dense, 0);
        bind_number_or_null(row, o->adder_bits, 0);
        bind_number_or_null(row, o->factor_bits, 0);
        bind_number_or_null(row, (int64_t)o->weights, 0);
        bind_number_or_null(row, o->weight_zeros, -1);
        status = end_row(err, row);
    }
    return status;
}

/* How to fill a table. */
struct filling {
    const char *sql;
    int (*put)(struct sq_error *err, struct row *row, const struct sq_trace_plan *plan);
};

static const struct filling filling[] = {
    {"INSERT INTO meta VALUES(?,?)", put_meta},
    {"INSERT INTO population VALUES(?,?,?,?,?,?,?,?,?)", put_populations},
    {"INSERT INTO synapse VALUES(?,?,?,?,?,?,?,?,?)", put_synapses},
    {"INSERT INTO node VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", put_nodes},
    {"INSERT INTO operation VALUES(?,?,?,?,?,?,?,?,?,?)", put_operations},
};

static int fill(struct sq_error *err, const struct sq_store *store, const struct filling *table,
                const struct sq_trace_plan *plan)
{
    struct row row = {.store = store, .ok = 1};
    int status = sq_store_prepare(err, store, table->sql, &row.insert);
    if (status == SQ_OK)
        status = table->put(err, &row, plan);
    sqlite3_finalize(row.insert);
    return status;
}

static int write_plan(struct sq_error *err, const struct sq_store *store,
                      const struct sq_trace_plan *plan)
{
    struct sq_trace_plan all;
    char *text;
    int status = sq_trace_meta_all(err, plan, &all, &text);
    if (status != SQ_OK)
        return status;
    status = create_schema(err, store, plan);
    for (size_t i = 0; status == SQ_OK && i < sizeof filling / sizeof filling[0]; i++)
        status = fill(err, store, &filling[i], &all);
    if (status == SQ_OK)
        status = sq_store_exec(err, store, "COMMIT");
    free((void *)all.meta);
    free(text);
    return status;
}

int sq_trace_file_make(struct sq_error *err, const char *path, const struct sq_trace_plan *plan)
{
    struct sq_store store;
    /* Not by SQLite, which would try to read what it may not write, and tell of that. */
    const int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        return sq_trace_file_refused(err, path, "cannot be made");
    close(fd);
    int status = sq_store_open(err, path, SQ_STORE_CREATE, &store);
    if (status == SQ_OK)
        status = write_plan(err, &store, plan);
    if (status != SQ_OK && sq_store_is_full(&store))
        sq_trace_file_say_kept(err, 0);
    sq_store_close(&store);
    if (status != SQ_OK)
        sq_trace_file_remove(path);
    return status;
}
