/* Status codes and the error sentence: how every fallible function of spikeq reports failure.
 *
 * A function that can fail returns 0 (SQ_OK) or one of the negative codes below, and has written
 * one complete sentence (what, where, what to do) into the struct sq_error it was given. It never
 * prints and never exits. The caller passes the code up unchanged. */
#ifndef SQ_BASE_STATUS_H
#define SQ_BASE_STATUS_H

#include "kernels/base/option_names.h"

#include <stdarg.h>

#define SQ_STATUS_MAP(XX)                                                              \
    XX(EUSAGE, -1, "the call or the command line is wrong")                            \
    XX(EFORMAT, -2, "a file is not what its format says")                              \
    XX(ESHAPE, -3, "sizes do not fit together")                                        \
    XX(EVALUE, -4, "a value is out of range or not a number")                          \
    XX(EUNSUPPORTED, -5, "well formed, but refused or not known")                      \
    XX(ENOMEM, -6, "out of memory")                                                    \
    XX(EIO, -7, "the operating system refused to read or write")                       \
    XX(EINTERRUPTED, -8, "stopped by a signal; what is reported is valid but partial") \
    XX(EAGAIN, -9, "not now: the queue is full, or no sample is under way")            \
    XX(EBUSY, -10, "another thread is in a call with the same handle; give each thread its own")

enum sq_status {
    SQ_OK = 0,
#define XX(name, code, text) SQ_##name = (code),
    SQ_STATUS_MAP(XX)
#undef XX
};

struct sq_warnings;

/* The last error of one context. `text` is one line of at most sizeof text - 1 bytes, without a
 * newline; control bytes from file contents are replaced by '?'. Names of options are shown as the
 * outermost list of warnings says, and stay marked where there is no list (option_names.h). */
struct sq_error {
    int code;
    char text[768];
    struct sq_warnings *warnings; /* where warnings go (warnings.h); NULL: they are dropped */
};

/* Record an error and return its code: `return sq_fail(err, SQ_ESHAPE, "%s: ...", path)`.
 * `err` may be NULL (the caller wants the code only). */
int sq_fail(struct sq_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* which must know that it returns the code, so that errors end a way */
#define sq_fail(err, code, ...) ((void)sq_fail(err, code, __VA_ARGS__), (code))
#endif

/* Add to the sentence of an error that was recorded. */
void sq_fail_add(struct sq_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Pass on a warning: SQ_OK, or SQ_EVALUE where the caller wants warnings to be errors, so that
 * `status = sq_warn(err, "zero-weights", "%s: ...", path)` serves both. `name` is one of
 * docs/warnings.md. The calling thread's own err: a worker's has no list, and its warnings are
 * lost.
 */
int sq_warn(struct sq_error *err, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Copy code and sentence, such as a worker's, and leave to->warnings as it is; options are then
 * named as `to` names them. `to` may be NULL. */
void sq_error_copy(struct sq_error *to, const struct sq_error *from);

/* The code's own name ("ESHAPE"), and its general meaning; both static strings. */
const char *sq_status_name(int code);
const char *sq_status_text(int code);

#endif
