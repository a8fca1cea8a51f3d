/* Any text as an analysis: refused or made into tables, never more. */
#include "sim/spikeq.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    spikeq_ctx *ctx;
    char *json = malloc(size + 1), *text;
    if (json == NULL || spikeq_ctx_new(&ctx) != SPIKEQ_OK) {
        free(json);
        return 0;
    }
    memcpy(json, data, size);
    json[size] = '\0';
    for (int is_colour = 0; is_colour < 2; is_colour++)
        if (spikeq_analysis_table(ctx, json, 3, is_colour, &text) == SPIKEQ_OK)
            spikeq_free(text);
    spikeq_analysis_csv(ctx, json, "/dev/null/none"); /* parsed, and nowhere to write */
    spikeq_ctx_free(ctx);
    free(json);
    return 0;
}
