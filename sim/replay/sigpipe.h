/* Writing to a reader that went away must be an error code, not the end of the process; and what
 * the caller's program does with the signal is its own affair. */
#ifndef SQ_SIGPIPE_H
#define SQ_SIGPIPE_H

#include <signal.h>

struct sq_sigpipe {
    sigset_t mask; /* of the thread, before */
    int was_pending;
};

/* Hold off SIGPIPE in this thread. */
void sq_sigpipe_hold(struct sq_sigpipe *held);

/* Drop the one that came meanwhile, and put the mask back. */
void sq_sigpipe_release(const struct sq_sigpipe *held);

#endif
