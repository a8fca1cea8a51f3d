/* The end of a trace: what is known only now, and its final name. */
#include "traces/write/trace_file.h"

#include <stdio.h>

/* Close the database; a file that was made beside an older one takes its place. */
static int take_name(struct sq_error *err, struct sq_trace_writer *writer)
{
    sq_trace_file_close(writer);
    if (writer->final == NULL)
        return SQ_OK;
    if (rename(writer->partial, writer->final) == 0)
        return SQ_OK;
    return sq_trace_file_refused(err, writer->final, "cannot be replaced");
}

/* As many as came. */
static int amend_length(struct sq_error *err, struct sq_trace_writer *writer)
{
    char samples[24];
    snprintf(samples, sizeof samples, "%llu", (unsigned long long)writer->n_samples);
    return sq_trace_amend(err, writer, "samples", samples);
}

int sq_trace_finish(struct sq_error *err, struct sq_trace_writer *writer)
{
    int status = sq_trace_commit(err, writer);
    if (status == SQ_OK && writer->plan.n_samples == SQ_TRACE_SAMPLES_UNKNOWN)
        status = amend_length(err, writer);
    if (status == SQ_OK && !writer->is_complete)
        status = sq_store_exec(err, &writer->store,
                               "UPDATE meta SET value = '1' WHERE key = 'complete'");
    if (status == SQ_OK)
        status = take_name(err, writer);
    if (status == SQ_OK)
        writer->is_complete = 1;
    return status;
}
