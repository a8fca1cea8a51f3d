#include "traces/export/address_events.h"

#include "traces/export/address_forms.h"

static int done(struct sq_error *err, int failed)
{
    return failed == 0 ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for address events");
}

int sq_aer_head(struct sq_error *err, struct sq_aer *aer, struct sq_buffer *buffer)
{
    if (aer->form == SQ_AER_BINARY)
        return done(err, sq_aer_binary_head(aer->selection, buffer));
    for (size_t i = 0; i < aer->selection->n_populations; i++) {
        const char *name = aer->selection->plan->population[aer->selection->population[i]].name;
        for (const char *c = name; *c != '\0'; c++)
            if ((unsigned char)*c <= ' ')
                return sq_fail(err, SQ_EUNSUPPORTED,
                               "population \"%s\": a name with blanks has no text form, take the "
                               "binary one",
                               name);
    }
    return done(err, sq_aer_text_head(aer->selection, buffer));
}

int sq_aer_frame(struct sq_error *err, struct sq_aer *aer, const struct sq_frame_events *events,
                 struct sq_buffer *buffer)
{
    aer->n_frames++;
    aer->n_events += events->n;
    return done(err, aer->form == SQ_AER_BINARY
                         ? sq_aer_binary_frame(aer->selection, events, buffer)
                         : sq_aer_text_frame(aer->selection, events, buffer));
}

int sq_aer_end(struct sq_error *err, struct sq_aer *aer, struct sq_buffer *buffer)
{
    return done(err, aer->form == SQ_AER_BINARY
                         ? sq_aer_binary_end(aer->n_frames, aer->n_events, buffer)
                         : sq_aer_text_end(aer->n_frames, aer->n_events, buffer));
}
