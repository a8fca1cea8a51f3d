#include "sim/replay/sigpipe.h"

#include <stddef.h>
#include <time.h>

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

static int is_pending(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

void sq_sigpipe_hold(struct sq_sigpipe *held)
{
    sigset_t set;
    only_sigpipe(&set);
    held->was_pending = is_pending();
    pthread_sigmask(SIG_BLOCK, &set, &held->mask);
}

void sq_sigpipe_release(const struct sq_sigpipe *held)
{
    sigset_t set;
    only_sigpipe(&set);
    if (!held->was_pending && is_pending())
        sigtimedwait(&set, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
}
