#include "sim/events/formats/arrays/column_name.h"

#include <string.h>
#include <strings.h>

bool sq_column_of_name(const char *name, size_t n, unsigned *column)
{
    static const struct {
        const char *name;
        unsigned column;
    } known[] = {
        {"t", SQ_COLUMN_T},          {"ts", SQ_COLUMN_T},        {"time", SQ_COLUMN_T},
        {"times", SQ_COLUMN_T},      {"timestamp", SQ_COLUMN_T}, {"timestamps", SQ_COLUMN_T},
        {"t_us", SQ_COLUMN_T},       {"time_us", SQ_COLUMN_T},   {"timestamp_us", SQ_COLUMN_T},
        {"x", SQ_COLUMN_X},          {"xs", SQ_COLUMN_X},        {"y", SQ_COLUMN_Y},
        {"ys", SQ_COLUMN_Y},         {"p", SQ_COLUMN_P},         {"ps", SQ_COLUMN_P},
        {"pol", SQ_COLUMN_P},        {"polarity", SQ_COLUMN_P},  {"on", SQ_COLUMN_P},
        {"polarities", SQ_COLUMN_P},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (n == strlen(known[i].name) && strncasecmp(name, known[i].name, n) == 0) {
            *column = known[i].column;
            return true;
        }
    return false;
}
