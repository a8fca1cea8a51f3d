/* spikeq_inspect(): what a file is, and which command takes it. */
#include "sim/api/context.h"
#include "sim/events/formats/event_open.h"
#include "sim/inspect/inspect.h"
#include "traces/read/trace_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Append the next command to the description of a recording. */
static int add_next(struct sq_error *err, const char *path, char **text)
{
    static const char next[] =
        "next      spikeq run " SQ_FLAG "model MODEL " SQ_FLAG "input %s " SQ_FLAG "frames RULE\n";
    const size_t n = strlen(*text), room = n + sizeof next + strlen(path);
    char *longer = realloc(*text, room);
    if (longer == NULL) {
        free(*text);
        *text = NULL;
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    *text = longer;
    snprintf(longer + n, room - n, next, path);
    return SQ_OK;
}

/* A damaged recording is described up to the damage, and the damage is located. */
static int describe_recording(spikeq_ctx *ctx, const char *path, int as_json, char **text)
{
    const struct sq_events_choices options = {.path = path, .tolerate = 1, .as_json = as_json};
    const int status = sq_api_events(ctx, &options, text);
    return status != SQ_OK || as_json ? status : add_next(&ctx->error, path, text);
}

/* What the checkpoint readers refuse may be something that has no magic. */
static int describe_last(spikeq_ctx *ctx, const char *path, int as_json, char **text)
{
    struct sq_inspect_note note;
    if (sq_inspect_last_note_of(path, &note))
        return sq_inspect_note_text(&ctx->error, path, as_json, &note, text);
    return sq_recording_may_be_nmnist(path) ? describe_recording(ctx, path, as_json, text)
                                            : ctx->error.code;
}

static int describe_other(spikeq_ctx *ctx, const struct sq_inspect_request *request, char **text)
{
    struct sq_checkpoint *file = NULL;
    struct sq_inspect_note note;
    int status = sq_inspect_note_of(&ctx->error, request->path, &note);
    if (status != 0)
        return status == 1
                   ? sq_inspect_note_text(&ctx->error, request->path, request->as_json, &note, text)
                   : status;
    status = sq_checkpoint_open(&ctx->error, request->path, &file);
    if (status == SQ_OK)
        status = sq_inspect_checkpoint(&ctx->error, request, file, text);
    else
        status = describe_last(ctx, request->path, request->as_json, text);
    sq_checkpoint_free(file);
    return status;
}

static int describe(spikeq_ctx *ctx, const struct sq_inspect_request *request, char **text)
{
    struct sq_array_file *array = NULL;
    struct sq_error array_error = {0};
    const char *path = request->path;
    if (sq_trace_is_store(path))
        return sq_inspect_trace(&ctx->error, path, request->as_json, text);
    /* An array if it looks like one; otherwise the checkpoint readers decide. */
    int status = sq_array_open(&array_error, path, &array);
    if (status == SQ_OK) {
        status = sq_inspect_array(&ctx->error, path, request->as_json, array, text);
        sq_array_close(array);
        return status;
    }
    if (status == SQ_ENOMEM) { /* not a checkpoint: what else? */
        sq_error_copy(&ctx->error, &array_error);
        return status;
    }
    if (sq_recording_is_known(path))
        return describe_recording(ctx, path, request->as_json, text);
    if (sq_is_npz(path))
        return sq_inspect_npz(&ctx->error, path, request->as_json, text);
    if (status == SQ_EUNSUPPORTED) { /* an array, whose reader says what is wrong */
        sq_error_copy(&ctx->error, &array_error);
        return status;
    }
    return describe_other(ctx, request, text);
}

/* Options for checkpoints are refused for other files. */
static int describe_asked(spikeq_ctx *ctx, const struct sq_inspect_request *request, char **text)
{
    struct sq_checkpoint *file = NULL;
    int status = sq_checkpoint_open(&ctx->error, request->path, &file);
    if (status == SQ_OK)
        status = sq_inspect_checkpoint(&ctx->error, request, file, text);
    sq_checkpoint_free(file);
    return status;
}

int sq_api_inspect(spikeq_ctx *ctx, const struct sq_inspect_choices *options, char **text)
{
    const struct sq_inspect_request request = {.path = options->path,
                                               .config_dirs = ctx->config_dirs,
                                               .weights = options->weights,
                                               .architecture = options->architecture,
                                               .as_json = options->as_json,
                                               .as_config = options->as_config};
    return request.weights != NULL || request.architecture != NULL || request.as_config
               ? describe_asked(ctx, &request, text)
               : describe(ctx, &request, text);
}
