/* Counts in JSON: cJSON keeps numbers as doubles, so they are written as text, exact to 64 bits. */
#ifndef SQ_JSON_COUNT_H
#define SQ_JSON_COUNT_H

#include <cJSON.h>
#include <inttypes.h>
#include <stdio.h>

static inline void sq_json_count(cJSON *object, const char *key, uint64_t count)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, count);
    cJSON_AddRawToObject(object, key, text);
}

#endif
