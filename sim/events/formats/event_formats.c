#include "sim/events/reader/event_format.h"

/* Text comes last: it is whatever has printable bytes only. N-MNIST, which has no magic at all, is
 * taken by evidence (nmnist_evidence.h). */
const struct sq_event_format *const sq_event_formats[] = {
    &sq_format_aedat2,
    &sq_format_aedat3,
    &sq_format_aedat4,
    &sq_format_dat,
    &sq_format_evt2,
    &sq_format_evt21,
    &sq_format_evt3,
    &sq_format_npz,
    &sq_format_npy,
    &sq_format_address_text,
    &sq_format_address_binary,
    &sq_format_text,
    NULL,
};
