/* A reader at the other end of a stream, in a thread of its own. */
#ifndef SQ_TEST_LISTENER_H
#define SQ_TEST_LISTENER_H

#include <pthread.h>
#include <stddef.h>

enum listener_kind { LISTENER_FIFO, LISTENER_UNIX, LISTENER_TCP };

struct listener {
    enum listener_kind kind;
    char target[128]; /* for spikeq_stream() */
    size_t most;      /* bytes to read before it goes away; 0: to the end */
    unsigned wait_ms; /* before it begins to read */
    unsigned char *data;
    size_t n;
    int fd; /* listening; -1: a FIFO */
    pthread_t thread;
};

/* Begin to listen, at a path in `folder` or a free port of 127.0.0.1; fills in the target. */
void listener_start(struct listener *listener, const char *folder);

/* Wait until it is gone; data and n are what it read. The caller frees data. */
void listener_join(struct listener *listener);

#endif
