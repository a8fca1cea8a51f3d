#include "sim/report/trace_end.h"

#include "sim/json/warnings_json.h"
#include "sim/report/frame_counts_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int amend_recordings(struct sq_error *err, struct sq_recorder *recorder,
                            const struct spikeq_report *report)
{
    char *text = sq_frame_counts_text(report);
    const int status = text != NULL ? sq_recorder_amend(err, recorder, SQ_META_RECORDINGS, text)
                                    : sq_fail(err, SQ_ENOMEM, "out of memory for the trace");
    free(text);
    return status;
}

/* Those that came after the trace had begun. */
static int amend_warnings(struct sq_error *err, struct sq_recorder *recorder,
                          const struct spikeq_report *report)
{
    char *text = NULL;
    int status = sq_warnings_note(err, &report->warnings, &text);
    if (status == SQ_OK && text != NULL)
        status = sq_recorder_amend(err, recorder, SQ_META_WARNINGS, text);
    free(text);
    return status;
}

static int amend_length(struct sq_error *err, struct sq_recorder *recorder, uint64_t n_samples)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, n_samples);
    return sq_recorder_amend(err, recorder, "run_samples", number);
}

int sq_trace_end(struct sq_error *err, struct sq_recorder *recorder,
                 const struct spikeq_report *report, int is_stream, int is_interrupted)
{
    int status = SQ_OK;
    if (report->has_frames)
        status = amend_recordings(err, recorder, report);
    if (status == SQ_OK)
        status = amend_warnings(err, recorder, report);
    if (status != SQ_OK || is_interrupted)
        return status;
    if (is_stream)
        status = amend_length(err, recorder, report->totals.n_samples);
    return status == SQ_OK ? sq_recorder_finish(err, recorder) : status;
}
