/* Waits that may be long, and that SIGINT ends. */
#ifndef SQ_UNTIL_SIGINT_H
#define SQ_UNTIL_SIGINT_H

#include "kernels/base/status.h"

/* Do `job` on its own thread and return what it returns; at SIGINT call `stop` on this thread,
 * after which the job should end soon. A second SIGINT kills. SQ_ENOMEM. */
int sq_until_sigint(struct sq_error *err, int (*job)(void *data), void (*stop)(void *data),
                    void *data);

#endif
