/* Files that people have and that hold neither events nor spikes in a form that is read: what they
 * are, and what to do. For refusals. */
#ifndef SQ_OTHER_FILES_H
#define SQ_OTHER_FILES_H

#include <stddef.h>

/* How much of a file's beginning is examined. */
enum { SQ_OTHER_FILE_HEAD = 1024 };

/* "compressed by xz; unxz it first": what the n bytes at the beginning of a file are, by a magic of
 * at least four bytes; NULL: nothing that is known. */
const char *sq_other_file(const unsigned char *head, size_t n);

/* The same by two or three bytes, which other files may share: only for files that are nothing
 * else. */
const char *sq_other_file_guess(const unsigned char *head, size_t n);

/* The same of what was given as images (--input), and as a checkpoint (--model). */
const char *sq_other_file_as_input(const unsigned char *head, size_t n);
const char *sq_other_file_as_model(const unsigned char *head, size_t n);

#endif
