#include "sim/record/trace_warnings.h"

#include "sim/json/json.h"
#include "sim/json/warnings_json.h"
#include "traces/format/description.h"

#include <string.h>

int sq_warnings_of_trace(struct sq_error *err, const struct sq_trace *trace,
                         struct sq_warnings *list)
{
    const char *text = sq_trace_meta(trace, SQ_META_WARNINGS);
    if (text == NULL)
        return SQ_OK;
    int no_memory;
    cJSON *json = sq_json_parse(text, strlen(text), NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    const int status = json != NULL ? sq_warnings_from_json(err, sq_trace_path(trace), json, list)
                                    : sq_fail(err, SQ_EFORMAT, "%s: meta warnings is not JSON",
                                              sq_trace_path(trace));
    cJSON_Delete(json);
    return status;
}
