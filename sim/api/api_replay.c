/* spikeq_replay(): a session from opening to its result. */
#include "sim/api/context.h"
#include "sim/replay/session.h"

int sq_api_replay(spikeq_ctx *ctx, const struct sq_replay_choices *options, char **text,
                  int *is_equal)
{
    struct sq_replay replay = {
        .err = &ctx->error, .config_dirs = ctx->config_dirs, .options = options};
    int status = SQ_OK;
    if (options->model == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "a replay computes: it needs a model");
    sq_warnings_begin(&ctx->error, &replay.warnings);
    status = sq_replay_open(&replay);
    if (status == SQ_OK)
        status = sq_replay_run(&replay);
    if (status == SQ_OK || status == SQ_EINTERRUPTED) {
        const int shown = sq_replay_tell(&replay, options->as_json, text);
        *is_equal = sq_replay_is_equal(&replay);
        status = shown != SQ_OK ? shown : status;
    }
    sq_replay_close(&replay);
    sq_warnings_end(&ctx->error, &replay.warnings);
    return status;
}
