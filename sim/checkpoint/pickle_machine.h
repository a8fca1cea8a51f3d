/* The parts of the pickle machine, for the files that implement its opcodes. */
#ifndef SQ_CHECKPOINT_PICKLE_MACHINE_H
#define SQ_CHECKPOINT_PICKLE_MACHINE_H

#include "sim/checkpoint/pickle.h"

/* An opcode: its argument is at p->at. */
typedef int sq_pickle_op(struct sq_pickle *p);

/* "FILE: <message> at byte N of MEMBER". */
int sq_pickle_fail(struct sq_pickle *p, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int sq_pickle_truncated(struct sq_pickle *p, const char *where); /* "the pickle ends WHERE" */
int sq_pickle_no_memory(struct sq_pickle *p);

/* Reading the argument. */
int sq_pickle_take(struct sq_pickle *p, uint64_t n, const unsigned char **out);
int sq_pickle_take_count(struct sq_pickle *p, size_t n_bytes, uint64_t *out); /* little-endian */
int sq_pickle_take_line(struct sq_pickle *p, const unsigned char **out, size_t *n);

/* Values. `value` is copied. */
int sq_pickle_new(struct sq_pickle *p, struct sq_pickle_value value, uint32_t *out);
int sq_pickle_append(struct sq_pickle *p, uint32_t container, uint32_t id);

/* The stack. Nothing below the topmost mark can be reached. */
int sq_pickle_push(struct sq_pickle *p, uint32_t id);
int sq_pickle_push_new(struct sq_pickle *p, struct sq_pickle_value value);
int sq_pickle_pop(struct sq_pickle *p, uint32_t *out);
int sq_pickle_top(struct sq_pickle *p, uint32_t *out);
int sq_pickle_mark(struct sq_pickle *p);
/* Drop the topmost mark; *first is the place on the stack of what was pushed after it. The caller
 * shortens the stack. */
int sq_pickle_to_mark(struct sq_pickle *p, size_t *first);
size_t sq_pickle_floor(const struct sq_pickle *p); /* stack height at the topmost mark */

int sq_pickle_memo_put(struct sq_pickle *p, uint64_t key, uint32_t id);
int sq_pickle_memo_get(struct sq_pickle *p, uint64_t key, uint32_t *out);

/* Opcodes of pickle_scalars.c */
sq_pickle_op sq_op_proto, sq_op_frame, sq_op_none, sq_op_true, sq_op_false;
sq_pickle_op sq_op_int, sq_op_binint, sq_op_binint1, sq_op_binint2;
sq_pickle_op sq_op_long, sq_op_long1, sq_op_long4, sq_op_float, sq_op_binfloat;
sq_pickle_op sq_op_string, sq_op_unicode, sq_op_text1, sq_op_text4, sq_op_text8;

/* Opcodes of pickle_stack.c */
sq_pickle_op sq_op_mark, sq_op_pop, sq_op_pop_mark, sq_op_dup;
sq_pickle_op sq_op_put, sq_op_binput, sq_op_long_binput, sq_op_memoize;
sq_pickle_op sq_op_get, sq_op_binget, sq_op_long_binget;

/* Opcodes of pickle_containers.c */
sq_pickle_op sq_op_empty_tuple, sq_op_tuple1, sq_op_tuple2, sq_op_tuple3, sq_op_tuple;
sq_pickle_op sq_op_empty_list, sq_op_list, sq_op_append, sq_op_appends;
sq_pickle_op sq_op_empty_dict, sq_op_dict, sq_op_setitem, sq_op_setitems;
sq_pickle_op sq_op_empty_set, sq_op_additems, sq_op_frozenset;

/* Opcodes of pickle_objects.c */
sq_pickle_op sq_op_global, sq_op_inst, sq_op_stack_global, sq_op_reduce, sq_op_newobj, sq_op_build;
sq_pickle_op sq_op_binpersid;

#endif
