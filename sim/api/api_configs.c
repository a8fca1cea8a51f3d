/* spikeq_config_list(): the published sizes. */
#include "sim/api/context.h"
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
