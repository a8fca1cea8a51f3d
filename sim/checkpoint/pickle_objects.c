/* Opcodes that name globals and apply them: notes about what was applied to what, no more. */
#include "sim/checkpoint/checkpoint_reader.h"
#include "sim/checkpoint/pickle_machine.h"

#include <string.h>

/* Names as Python writes them: a text file that happens to begin like GLOBAL has others. */
static bool is_dotted_name(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = text[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !(digit && i > 0) && !(c == '.' && i > 0 && i + 1 < n))
            return false;
    }
    return n > 0;
}

static int refuse_global(struct sq_pickle *p, const unsigned char *module, size_t n_module,
                         const unsigned char *name, size_t n_name)
{
    char shown_module[100];
    char shown_name[100];
    p->names_refused =
        is_dotted_name(module, n_module) && (n_name == 0 || is_dotted_name(name, n_name));
    sq_printable(shown_module, sizeof shown_module, module, n_module);
    sq_printable(shown_name, sizeof shown_name, name, n_name);
    const char *where = p->member != NULL ? p->member : "";
    return sq_fail(p->err, SQ_EUNSUPPORTED,
                   "%s: refused: the pickle names %s.%s at byte %llu%s%s, which is not on the list "
                   "of what a checkpoint may hold; nothing was executed; if you trust its source, "
                   "save the bare model.state_dict() instead",
                   p->path, shown_module, shown_name, (unsigned long long)(p->base + p->op_at),
                   p->member != NULL ? " of " : "", where);
}

static int push_global(struct sq_pickle *p, const unsigned char *module, size_t n_module,
                       const unsigned char *name, size_t n_name)
{
    const int i = sq_pickle_global_find(module, n_module, name, n_name);
    if (i < 0 || (sq_pickle_globals[i].role == SQ_ROLE_NESTED && !p->nested))
        return refuse_global(p, module, n_module, name, n_name);
    return sq_pickle_push_new(
        p, (struct sq_pickle_value){.kind = SQ_PICKLE_GLOBAL, .global = (uint8_t)i});
}

int sq_op_global(struct sq_pickle *p)
{
    const unsigned char *module = NULL;
    const unsigned char *name = NULL;
    size_t n_module = 0;
    size_t n_name = 0;
    int rc = sq_pickle_take_line(p, &module, &n_module);
    if (rc == SQ_OK)
        rc = sq_pickle_take_line(p, &name, &n_name);
    return rc == SQ_OK ? push_global(p, module, n_module, name, n_name) : rc;
}

/* INST makes an object of an old-style class. Never needed, but the error should say what it names.
 * */
int sq_op_inst(struct sq_pickle *p)
{
    const int rc = sq_op_global(p);
    return rc != SQ_OK ? rc
                       : sq_pickle_fail(p, SQ_EUNSUPPORTED,
                                        "refused: the pickle uses the opcode INST, which no "
                                        "checkpoint needs,");
}

int sq_op_stack_global(struct sq_pickle *p)
{
    uint32_t module = 0;
    uint32_t name = 0;
    int rc = sq_pickle_pop(p, &name);
    if (rc == SQ_OK)
        rc = sq_pickle_pop(p, &module);
    if (rc != SQ_OK)
        return rc;
    const struct sq_pickle_value *m = &p->value[module];
    const struct sq_pickle_value *n = &p->value[name];
    if (m->kind != SQ_PICKLE_TEXT || n->kind != SQ_PICKLE_TEXT)
        return sq_pickle_fail(p, SQ_EFORMAT, "damaged: a global whose name is not text");
    return push_global(p, m->text, m->n, n->text, n->n);
}

/* Pop a global and the tuple of arguments on top of it. */
static int pop_call(struct sq_pickle *p, uint32_t *global, uint32_t *args)
{
    int rc = sq_pickle_pop(p, args);
    if (rc == SQ_OK)
        rc = sq_pickle_pop(p, global);
    if (rc == SQ_OK &&
        (p->value[*global].kind != SQ_PICKLE_GLOBAL || p->value[*args].kind != SQ_PICKLE_TUPLE))
        rc = sq_pickle_fail(p, SQ_EFORMAT, "damaged: a call without a function or arguments");
    return rc;
}

static int bad_call(struct sq_pickle *p, const struct sq_pickle_global *global)
{
    return sq_pickle_fail(p, SQ_EUNSUPPORTED,
                          "refused: the pickle calls %s.%s in a way no checkpoint needs",
                          global->module, global->name);
}

/* OrderedDict() or, from Python 2, OrderedDict([[key, value], ...]). */
static int call_dict(struct sq_pickle *p, const struct sq_pickle_global *global, uint32_t args)
{
    uint32_t dict;
    int rc = sq_pickle_new(p, (struct sq_pickle_value){.kind = SQ_PICKLE_DICT}, &dict);
    if (rc != SQ_OK)
        return rc;
    if (p->value[args].n > 0) {
        const uint32_t list = p->value[args].item[0];
        if (p->value[args].n > 1 || p->value[list].kind != SQ_PICKLE_LIST)
            return bad_call(p, global);
        for (uint32_t i = 0; rc == SQ_OK && i < p->value[list].n; i++) {
            const struct sq_pickle_value pair = p->value[p->value[list].item[i]];
            if ((pair.kind != SQ_PICKLE_LIST && pair.kind != SQ_PICKLE_TUPLE) || pair.n != 2)
                return bad_call(p, global);
            rc = sq_pickle_append(p, dict, pair.item[0]);
            if (rc == SQ_OK)
                rc = sq_pickle_append(p, dict, pair.item[1]);
        }
    }
    return rc == SQ_OK ? sq_pickle_push(p, dict) : rc;
}

/* The call's only or first argument, which must be of one kind. */
static int call_first(struct sq_pickle *p, const struct sq_pickle_global *global, uint32_t args,
                      enum sq_pickle_kind kind)
{
    if (p->value[args].n == 0 || p->value[p->value[args].item[0]].kind != kind)
        return bad_call(p, global);
    return sq_pickle_push(p, p->value[args].item[0]);
}

static int push_nested(struct sq_pickle *p, const struct sq_pickle_global *global, uint32_t args)
{
    if (p->value[args].n != 1 || p->value[p->value[args].item[0]].kind != SQ_PICKLE_TEXT)
        return bad_call(p, global);
    return sq_pickle_push_new(p, (struct sq_pickle_value){.kind = SQ_PICKLE_STORAGE, .ref = args});
}

static int push_namespace(struct sq_pickle *p, const struct sq_pickle_global *global, uint32_t args)
{
    if (global->role != SQ_ROLE_NAMESPACE || p->value[args].n != 0)
        return bad_call(p, global);
    return sq_pickle_push_new(
        p, (struct sq_pickle_value){.kind = SQ_PICKLE_OBJECT, .ref = SQ_PICKLE_VALUE_NONE});
}

static int push_made(struct sq_pickle *p, enum sq_pickle_kind kind, uint8_t number, uint32_t args)
{
    return sq_pickle_push_new(
        p, (struct sq_pickle_value){.kind = (uint8_t)kind, .global = number, .ref = args});
}

/* The call's first argument, which must be a tensor that is read or one that is not. */
static int call_parameter(struct sq_pickle *p, const struct sq_pickle_global *global, uint32_t args)
{
    const bool opaque =
        p->value[args].n > 0 && p->value[p->value[args].item[0]].kind == SQ_PICKLE_OPAQUE;
    return call_first(p, global, args, opaque ? SQ_PICKLE_OPAQUE : SQ_PICKLE_TENSOR);
}

/* Apply global number `number`, but for those that apply another one. */
static int apply(struct sq_pickle *p, uint8_t number, uint32_t args)
{
    const struct sq_pickle_global *global = &sq_pickle_globals[number];
    switch (global->role) {
    case SQ_ROLE_DICT:
        return call_dict(p, global, args);
    case SQ_ROLE_DEFAULTS:
        return sq_pickle_push_new(p, (struct sq_pickle_value){.kind = SQ_PICKLE_DICT});
    case SQ_ROLE_INERT:
        return sq_pickle_push(p, SQ_PICKLE_VALUE_INERT);
    case SQ_ROLE_SIZE:
        return call_first(p, global, args, SQ_PICKLE_TUPLE);
    case SQ_ROLE_PARAMETER:
        return call_parameter(p, global, args);
    case SQ_ROLE_NAMESPACE:
        return push_namespace(p, global, args);
    case SQ_ROLE_NESTED:
        return push_nested(p, global, args);
    case SQ_ROLE_TENSOR:
    case SQ_ROLE_TENSOR_V3:
        return push_made(p, SQ_PICKLE_TENSOR, number, args);
    case SQ_ROLE_OPAQUE:
        return push_made(p, SQ_PICKLE_OPAQUE, number, args);
    default:
        return bad_call(p, global);
    }
}

/* (callee, class, args, state): a tensor with its own class and attributes. Neither changes
 * its elements; only what makes tensors may be called so. */
static int apply_from_type(struct sq_pickle *p, uint8_t number, uint32_t args)
{
    enum { CALLEE, CLASS, ARGS, STATE, N };
    const struct sq_pickle_value *tuple = &p->value[args];
    const struct sq_pickle_value *callee = tuple->n == N ? &p->value[tuple->item[CALLEE]] : NULL;
    if (callee == NULL || callee->kind != SQ_PICKLE_GLOBAL ||
        p->value[tuple->item[CLASS]].kind != SQ_PICKLE_GLOBAL ||
        p->value[tuple->item[ARGS]].kind != SQ_PICKLE_TUPLE)
        return bad_call(p, &sq_pickle_globals[number]);
    const enum sq_pickle_role role = sq_pickle_globals[callee->global].role;
    if (role != SQ_ROLE_TENSOR && role != SQ_ROLE_TENSOR_V3 && role != SQ_ROLE_OPAQUE &&
        role != SQ_ROLE_PARAMETER)
        return bad_call(p, &sq_pickle_globals[number]);
    return apply(p, callee->global, tuple->item[ARGS]);
}

int sq_op_reduce(struct sq_pickle *p)
{
    uint32_t callee = 0;
    uint32_t args = 0;
    const int rc = pop_call(p, &callee, &args);
    if (rc != SQ_OK)
        return rc;
    const uint8_t number = p->value[callee].global;
    return sq_pickle_globals[number].role == SQ_ROLE_FROM_TYPE ? apply_from_type(p, number, args)
                                                               : apply(p, number, args);
}

int sq_op_newobj(struct sq_pickle *p)
{
    uint32_t callee = 0;
    uint32_t args = 0;
    const int rc = pop_call(p, &callee, &args);
    return rc == SQ_OK ? push_namespace(p, &sq_pickle_globals[p->value[callee].global], args) : rc;
}

/* Attributes matter for a Namespace only. An OrderedDict's are a state dict's _metadata, a
 * tensor's are hooks, a NumPy dtype's its byte order, a NumPy array's its elements. */
int sq_op_build(struct sq_pickle *p)
{
    uint32_t state = 0;
    uint32_t target = 0;
    int rc = sq_pickle_pop(p, &state);
    if (rc == SQ_OK)
        rc = sq_pickle_top(p, &target);
    if (rc != SQ_OK)
        return rc;
    switch (p->value[target].kind) {
    case SQ_PICKLE_OBJECT:
        if (p->value[state].kind != SQ_PICKLE_DICT)
            break;
        p->value[target].ref = state;
        return SQ_OK;
    case SQ_PICKLE_DICT:
    case SQ_PICKLE_INERT:
    case SQ_PICKLE_TENSOR:
    case SQ_PICKLE_OPAQUE:
        return SQ_OK;
    default:
        break;
    }
    return sq_pickle_fail(p, SQ_EUNSUPPORTED,
                          "refused: the pickle sets attributes (BUILD) where no checkpoint does,");
}

int sq_op_binpersid(struct sq_pickle *p)
{
    uint32_t id = 0;
    const int rc = sq_pickle_pop(p, &id);
    if (rc != SQ_OK)
        return rc;
    if (p->value[id].kind != SQ_PICKLE_TUPLE)
        return sq_pickle_fail(p, SQ_EUNSUPPORTED,
                              "refused: a persistent id that is not a tuple ('storage', ...)");
    return sq_pickle_push_new(p, (struct sq_pickle_value){.kind = SQ_PICKLE_STORAGE, .ref = id});
}
