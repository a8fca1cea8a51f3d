#include "sim/engine/arrivals.h"

int sq_arrivals_open(struct sq_error *err, struct sq_arrivals *arrivals)
{
    *arrivals = (struct sq_arrivals){.seen = {.n = 0}};
    return uv_mutex_init(&arrivals->lock) == 0 ? SQ_OK
                                               : sq_fail(err, SQ_ENOMEM, "cannot set up a queue");
}

void sq_arrivals_close(struct sq_arrivals *arrivals)
{
    uv_mutex_destroy(&arrivals->lock);
}

/* The lock is held; the change is made. */
static void announce(struct sq_arrivals *arrivals)
{
    if (arrivals->is_attached)
        uv_async_send(&arrivals->wake);
    uv_mutex_unlock(&arrivals->lock);
}

void sq_arrivals_add(struct sq_arrivals *arrivals, uint64_t n)
{
    uv_mutex_lock(&arrivals->lock);
    arrivals->seen.n += n;
    announce(arrivals);
}

void sq_arrivals_end(struct sq_arrivals *arrivals)
{
    uv_mutex_lock(&arrivals->lock);
    arrivals->seen.is_over = 1;
    announce(arrivals);
}

void sq_arrivals_abandon(struct sq_arrivals *arrivals)
{
    uv_mutex_lock(&arrivals->lock);
    arrivals->seen.is_over = arrivals->seen.is_abandoned = 1;
    announce(arrivals);
}

int sq_arrivals_attach(struct sq_error *err, struct sq_arrivals *arrivals, uv_loop_t *loop,
                       uv_async_cb woken, void *data)
{
    uv_mutex_lock(&arrivals->lock);
    const int failed = uv_async_init(loop, &arrivals->wake, woken);
    arrivals->wake.data = data;
    arrivals->is_attached = failed == 0;
    uv_mutex_unlock(&arrivals->lock);
    return failed == 0 ? SQ_OK : sq_fail(err, SQ_ENOMEM, "cannot set up an event loop");
}

void sq_arrivals_detach(struct sq_arrivals *arrivals)
{
    uv_mutex_lock(&arrivals->lock);
    arrivals->is_attached = 0;
    uv_close((uv_handle_t *)&arrivals->wake, NULL);
    uv_mutex_unlock(&arrivals->lock);
}

struct sq_arrived sq_arrivals_look(struct sq_arrivals *arrivals)
{
    uv_mutex_lock(&arrivals->lock);
    const struct sq_arrived seen = arrivals->seen;
    uv_mutex_unlock(&arrivals->lock);
    return seen;
}
