#include "sim/merge/verifier.h"

#include "traces/read/trace_reader.h"

#include <stdlib.h>
#include <uv.h>

struct sq_verifier {
    const struct sq_shard_file *file;
    size_t *order;    /* [n] files, in the order in which they are needed */
    size_t *place_of; /* [n_files] of each in `order` */
    size_t n, n_done; /* of `order`; n_done: verified, and known to be good */
    int is_running;   /* the thread has order[n_done] */
    uv_thread_t thread;
    int status;            /* of the thread, and */
    struct sq_error error; /* its sentence, once it was joined */
};

int sq_verifier_new(struct sq_error *err, const struct sq_shard_file *file, size_t n_files,
                    const struct sq_piece *piece, size_t n_pieces, struct sq_verifier **out)
{
    struct sq_verifier *verifier = calloc(1, sizeof *verifier);
    if (verifier != NULL) {
        verifier->order = calloc(n_files, sizeof *verifier->order);
        verifier->place_of = calloc(n_files, sizeof *verifier->place_of);
    }
    if (verifier == NULL || verifier->order == NULL || verifier->place_of == NULL) {
        sq_verifier_free(verifier);
        return sq_fail(err, SQ_ENOMEM, "out of memory for %zu files", n_files);
    }
    verifier->file = file;
    for (size_t i = 0; i < n_files; i++)
        verifier->place_of[i] = n_files;
    for (size_t i = 0; i < n_pieces; i++) {
        size_t *place = &verifier->place_of[piece[i].file];
        if (*place < n_files)
            continue;
        *place = verifier->n;
        verifier->order[verifier->n++] = piece[i].file;
    }
    *out = verifier;
    return SQ_OK;
}

/* Nobody writes into the file meanwhile. */
static int verify(struct sq_error *err, const struct sq_shard_file *file)
{
    struct sq_trace *trace;
    int status = sq_trace_open(err, file->path, &trace);
    if (status != SQ_OK)
        return status;
    status = sq_trace_hold(err, trace);
    if (status == SQ_OK)
        status = sq_trace_verify(err, trace, &file->samples);
    sq_trace_close(trace);
    return status;
}

static void verify_next(void *data)
{
    struct sq_verifier *verifier = data;
    verifier->status = verify(&verifier->error, &verifier->file[verifier->order[verifier->n_done]]);
}

/* A system without another thread does it at once. */
static void begin(struct sq_verifier *verifier)
{
    if (verifier->n_done == verifier->n)
        return;
    verifier->is_running = uv_thread_create(&verifier->thread, verify_next, verifier) == 0;
    if (!verifier->is_running)
        verify_next(verifier);
}

static void join(struct sq_verifier *verifier)
{
    if (verifier->is_running)
        uv_thread_join(&verifier->thread);
    verifier->is_running = 0;
}

int sq_verifier_wait(struct sq_error *err, struct sq_verifier *verifier, size_t file)
{
    if (verifier->place_of[file] < verifier->n_done)
        return SQ_OK;
    if (verifier->n_done == 0)
        begin(verifier);
    join(verifier);
    if (verifier->status != SQ_OK) {
        sq_error_copy(err, &verifier->error);
        return verifier->status;
    }
    verifier->n_done++;
    begin(verifier);
    return SQ_OK;
}

void sq_verifier_free(struct sq_verifier *verifier)
{
    if (verifier == NULL)
        return;
    join(verifier);
    free(verifier->order);
    free(verifier->place_of);
    free(verifier);
}
