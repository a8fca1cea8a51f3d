/* spikeq_config_list(): the published sizes; spikeq_architecture_list(): what they are made of. */
#include "sim/api/context.h"
#include "sim/graph/architecture_list.h"
#include "sim/json/page.h"

#include <stdlib.h>
#include <string.h>

struct config_list {
    struct sq_page page;
    size_t n;
};

static int print_config(const char *path, const char *name, void *data)
{
    struct config_list *list = data;
    struct sq_config config;
    const int status = sq_config_load(NULL, "", path, &config);
    if (status != SQ_OK)
        return status == SQ_ENOMEM ? status : 0;
    fprintf(list->page.stream, "%-32s %-21s T=%-3u heads=%u%s  %s\n", name, config.architecture,
            config.timesteps, config.heads, strstr(config.assumed, "heads") ? " (assumed)" : "",
            config.source);
    list->n++;
    return 0;
}

int spikeq_config_list(spikeq_ctx *ctx, char **text)
{
    struct config_list list = {.n = 0};
    char *found = NULL;
    int status = sq_page_open(&ctx->error, &list.page);
    if (status != SQ_OK)
        return status;
    const int listed = sq_config_each(ctx->config_dirs, print_config, &list);
    status = sq_page_close(&ctx->error, &list.page, &found);
    if (status == SQ_OK && listed != SQ_OK)
        status = sq_fail(&ctx->error, listed, "out of memory for the list of configurations");
    if (status == SQ_OK && list.n == 0)
        status = sq_fail(&ctx->error, SQ_EIO,
                         "there are no configurations in models/ of %s; set SPIKEQ_CONFIGS to the "
                         "folder configs/ of spikeq",
                         ctx->config_dirs);
    if (status == SQ_OK)
        *text = found;
    else
        free(found);
    return status;
}

int spikeq_architecture_list(spikeq_ctx *ctx, char **text)
{
    struct sq_architectures known;
    struct sq_page page;
    int status = sq_architectures_open(&ctx->error, ctx->config_dirs, NULL, &known);
    if (status == SQ_OK)
        status = sq_page_open(&ctx->error, &page);
    if (status == SQ_OK) {
        for (size_t i = 0; i < known.n; i++)
            fprintf(page.stream, "%-32s %-12s %s\n", known.item[i].called,
                    sq_architecture_text(&known.item[i], "family"),
                    sq_architecture_text(&known.item[i], "source"));
        status = sq_page_close(&ctx->error, &page, text);
    }
    sq_architectures_close(&known);
    return status;
}
