/* A report as text and as a tree of JSON; members can be taken over to the letter. */
#ifndef SQ_REPORT_TEXT_H
#define SQ_REPORT_TEXT_H

#include "kernels/base/status.h"
#include "sim/json/json.h"

struct sq_report_text {
    const char *path;
    char *text;
    size_t size;
    cJSON *root; /* an object with the format of a report */
};

/* Read and parse a report; sq_report_text_free() is due also after a failure. SQ_EIO, SQ_EFORMAT (not a report
 * of spikeq run), SQ_ENOMEM. */
int sq_report_text_read(struct sq_error *err, const char *path, struct sq_report_text *report);

/* A member of the report's top, or NULL. */
const cJSON *sq_report_text_member(const struct sq_report_text *report, const char *key);

/* Add the member `key` of the report to an object, letter by letter. The report has it. */
void sq_report_text_copy(cJSON *to, const char *key, const struct sq_report_text *report);

void sq_report_text_free(struct sq_report_text *report);

#endif
