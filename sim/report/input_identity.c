#include "sim/report/input_identity.h"

#include <string.h>

int sq_report_identify_input(struct sq_error *err, const char *asked, const struct sq_input *input,
                             struct spikeq_report *report)
{
    if (asked == NULL || strcmp(asked, "content") == 0)
        return sq_input_digest(err, input, SQ_IDENTITY_CONTENT, report->input_digest);
    if (strcmp(asked, "names") == 0)
        return sq_input_digest(err, input, SQ_IDENTITY_NAMES, report->input_names);
    return sq_fail(err, SQ_EUSAGE, SQ_OPT "input-digest %s: expected content or names", asked);
}
