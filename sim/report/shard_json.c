#include "sim/report/shard_json.h"

cJSON *sq_shard_to_json(const struct spikeq_report *report, uint64_t whole, int with_from)
{
    cJSON *shard = cJSON_CreateObject();
    sq_json_count(shard, "index", report->shard.index);
    sq_json_count(shard, "of", report->shard.of);
    sq_json_count(shard, "first", report->share.first);
    sq_json_count(shard, "end", report->share.end);
    sq_json_count(shard, "whole", whole);
    if (with_from && report->shard.source[0] != '\0')
        sq_json_add_text(shard, "from", report->shard.source);
    return shard;
}

char *sq_shard_note(const struct spikeq_report *report, uint64_t whole)
{
    cJSON *shard = sq_shard_to_json(report, whole, 0);
    char *text = sq_json_print_line(shard);
    cJSON_Delete(shard);
    return text;
}
