#include "sim/checkpoint/pickle.h"

#include "sim/checkpoint/pickle_machine.h"

#include <stdlib.h>
#include <string.h>

/* Every opcode that there is, by its byte: those without a function are refused by name.
 * STOP is not executed. */
static const struct {
    const char *name;
    sq_pickle_op *run;
} opcode[256] = {
    ['('] = {"MARK", sq_op_mark},
    ['.'] = {"STOP", NULL},
    ['0'] = {"POP", sq_op_pop},
    ['1'] = {"POP_MARK", sq_op_pop_mark},
    ['2'] = {"DUP", sq_op_dup},
    ['F'] = {"FLOAT", sq_op_float},
    ['I'] = {"INT", sq_op_int},
    ['J'] = {"BININT", sq_op_binint},
    ['K'] = {"BININT1", sq_op_binint1},
    ['L'] = {"LONG", sq_op_long},
    ['M'] = {"BININT2", sq_op_binint2},
    ['N'] = {"NONE", sq_op_none},
    ['P'] = {"PERSID", NULL},
    ['Q'] = {"BINPERSID", sq_op_binpersid},
    ['R'] = {"REDUCE", sq_op_reduce},
    ['S'] = {"STRING", sq_op_string},
    ['T'] = {"BINSTRING", sq_op_text4},
    ['U'] = {"SHORT_BINSTRING", sq_op_text1},
    ['V'] = {"UNICODE", sq_op_unicode},
    ['X'] = {"BINUNICODE", sq_op_text4},
    ['a'] = {"APPEND", sq_op_append},
    ['b'] = {"BUILD", sq_op_build},
    ['c'] = {"GLOBAL", sq_op_global},
    ['d'] = {"DICT", sq_op_dict},
    ['}'] = {"EMPTY_DICT", sq_op_empty_dict},
    ['e'] = {"APPENDS", sq_op_appends},
    ['g'] = {"GET", sq_op_get},
    ['h'] = {"BINGET", sq_op_binget},
    ['i'] = {"INST", sq_op_inst},
    ['j'] = {"LONG_BINGET", sq_op_long_binget},
    ['l'] = {"LIST", sq_op_list},
    [']'] = {"EMPTY_LIST", sq_op_empty_list},
    ['o'] = {"OBJ", NULL},
    ['p'] = {"PUT", sq_op_put},
    ['q'] = {"BINPUT", sq_op_binput},
    ['r'] = {"LONG_BINPUT", sq_op_long_binput},
    ['s'] = {"SETITEM", sq_op_setitem},
    ['t'] = {"TUPLE", sq_op_tuple},
    [')'] = {"EMPTY_TUPLE", sq_op_empty_tuple},
    ['u'] = {"SETITEMS", sq_op_setitems},
    ['G'] = {"BINFLOAT", sq_op_binfloat},
    [0x80] = {"PROTO", sq_op_proto},
    [0x81] = {"NEWOBJ", sq_op_newobj},
    [0x82] = {"EXT1", NULL},
    [0x83] = {"EXT2", NULL},
    [0x84] = {"EXT4", NULL},
    [0x85] = {"TUPLE1", sq_op_tuple1},
    [0x86] = {"TUPLE2", sq_op_tuple2},
    [0x87] = {"TUPLE3", sq_op_tuple3},
    [0x88] = {"NEWTRUE", sq_op_true},
    [0x89] = {"NEWFALSE", sq_op_false},
    [0x8a] = {"LONG1", sq_op_long1},
    [0x8b] = {"LONG4", sq_op_long4},
    ['B'] = {"BINBYTES", sq_op_text4},
    ['C'] = {"SHORT_BINBYTES", sq_op_text1},
    [0x8c] = {"SHORT_BINUNICODE", sq_op_text1},
    [0x8d] = {"BINUNICODE8", sq_op_text8},
    [0x8e] = {"BINBYTES8", sq_op_text8},
    [0x8f] = {"EMPTY_SET", sq_op_empty_set},
    [0x90] = {"ADDITEMS", sq_op_additems},
    [0x91] = {"FROZENSET", sq_op_frozenset},
    [0x92] = {"NEWOBJ_EX", NULL},
    [0x93] = {"STACK_GLOBAL", sq_op_stack_global},
    [0x94] = {"MEMOIZE", sq_op_memoize},
    [0x95] = {"FRAME", sq_op_frame},
    [0x96] = {"BYTEARRAY8", sq_op_text8},
    [0x97] = {"NEXT_BUFFER", NULL},
    [0x98] = {"READONLY_BUFFER", NULL},
};

static int make_constants(struct sq_pickle *p)
{
    static const struct sq_pickle_value constant[] = {
        [SQ_PICKLE_VALUE_NONE] = {.kind = SQ_PICKLE_NONE},
        [SQ_PICKLE_VALUE_FALSE] = {.kind = SQ_PICKLE_BOOL, .integer = 0},
        [SQ_PICKLE_VALUE_TRUE] = {.kind = SQ_PICKLE_BOOL, .integer = 1},
        [SQ_PICKLE_VALUE_INERT] = {.kind = SQ_PICKLE_INERT},
    };
    uint32_t id;
    for (size_t i = 0; i < sizeof constant / sizeof *constant; i++)
        if (sq_pickle_new(p, constant[i], &id) != SQ_OK)
            return SQ_ENOMEM;
    return SQ_OK;
}

static int refuse_opcode(struct sq_pickle *p, unsigned char byte)
{
    if (opcode[byte].name == NULL)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged, or not a pickle: unknown opcode 0x%02x",
                              byte);
    return sq_pickle_fail(p, SQ_EUNSUPPORTED,
                          "refused: the pickle uses the opcode %s, which no checkpoint needs,",
                          opcode[byte].name);
}

int sq_pickle_parse(struct sq_pickle *p)
{
    int rc = make_constants(p);
    while (rc == SQ_OK) {
        p->op_at = p->at;
        if (p->at >= p->size)
            return sq_pickle_truncated(p, "without STOP");
        const unsigned char byte = p->data[p->at++];
        if (byte == '.')
            return sq_pickle_pop(p, &p->result);
        rc = opcode[byte].run != NULL ? opcode[byte].run(p) : refuse_opcode(p, byte);
    }
    return rc;
}

void sq_pickle_free(struct sq_pickle *p)
{
    for (uint32_t i = 0; i < p->n_values; i++) {
        const uint8_t kind = p->value[i].kind;
        if (kind == SQ_PICKLE_TUPLE || kind == SQ_PICKLE_LIST || kind == SQ_PICKLE_DICT)
            free(p->value[i].item);
    }
    free(p->value);
    free(p->stack.id);
    free(p->marks.id);
    free(p->memo.id);
    memset(p, 0, sizeof *p);
}

bool sq_pickle_is_text(const struct sq_pickle *p, uint32_t id, const char *text)
{
    const struct sq_pickle_value *v = &p->value[id];
    return v->kind == SQ_PICKLE_TEXT && v->n == strlen(text) && memcmp(v->text, text, v->n) == 0;
}
