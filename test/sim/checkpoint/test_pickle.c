/* sim/checkpoint/pickle*.c: each opcode, each refusal, and that nothing grows without reason. */
#include "sim/checkpoint/pickle.h"

#include "test/support/pickle_writer.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>

/* Parse in a block of just that size, so that AddressSanitizer sees every overrun. */
static int parse(const void *data, size_t n, struct sq_error *err, struct sq_pickle *pickle,
                 unsigned char **block)
{
    *block = malloc(n > 0 ? n : 1);
    ck_assert_ptr_nonnull(*block);
    memcpy(*block, data, n);
    *pickle = (struct sq_pickle){.err = err, .path = "FILE", .data = *block, .size = n};
    return sq_pickle_parse(pickle);
}

/* The tree in brackets, as far as three levels. */
static void show(const struct sq_pickle *p, uint32_t id, unsigned depth, struct bytes *out)
{
    static const char *const open[] = {
        [SQ_PICKLE_TUPLE] = "(", [SQ_PICKLE_LIST] = "[", [SQ_PICKLE_DICT] = "{"};
    static const char *const close[] = {
        [SQ_PICKLE_TUPLE] = ")", [SQ_PICKLE_LIST] = "]", [SQ_PICKLE_DICT] = "}"};
    const struct sq_pickle_value *v = &p->value[id];
    char number[32];
    switch ((enum sq_pickle_kind)v->kind) {
    case SQ_PICKLE_NONE:
        bytes_put_text(out, "None");
        break;
    case SQ_PICKLE_BOOL:
        bytes_put_text(out, v->integer ? "True" : "False");
        break;
    case SQ_PICKLE_INERT:
        bytes_put_text(out, "~");
        break;
    case SQ_PICKLE_INT:
        snprintf(number, sizeof number, "%lld", (long long)v->integer);
        bytes_put_text(out, number);
        break;
    case SQ_PICKLE_LONG:
        bytes_put_text(out, "long");
        break;
    case SQ_PICKLE_TEXT:
        bytes_put_text(out, "'");
        bytes_put(out, v->text, v->n);
        bytes_put_text(out, "'");
        break;
    case SQ_PICKLE_OPAQUE:
        bytes_put_text(out, sq_pickle_globals[v->global].type);
        break;
    case SQ_PICKLE_GLOBAL:
        bytes_put_text(out, sq_pickle_globals[v->global].name);
        break;
    case SQ_PICKLE_OBJECT:
        bytes_put_text(out, "object ");
        show(p, v->ref, depth + 1, out);
        break;
    case SQ_PICKLE_STORAGE:
        bytes_put_text(out, "storage ");
        show(p, v->ref, depth + 1, out);
        break;
    case SQ_PICKLE_TENSOR:
        bytes_put_text(out, "tensor ");
        show(p, v->ref, depth + 1, out);
        break;
    case SQ_PICKLE_TUPLE:
    case SQ_PICKLE_LIST:
    case SQ_PICKLE_DICT:
        bytes_put_text(out, open[v->kind]);
        for (uint32_t i = 0; depth < 3 && i < v->n; i++) {
            if (i > 0)
                bytes_put_text(out, " ");
            show(p, v->item[i], depth + 1, out);
        }
        bytes_put_text(out, close[v->kind]);
        break;
    }
}

#define PICKLE(text) text, sizeof text - 1

static const struct {
    const char *pickle;
    size_t n;
    const char *tree;
} good[] = {
    {PICKLE("N."), "None"},
    {PICKLE("\x80\5\x88."), "True"},
    {PICKLE("\x80\0\x89."), "False"},
    {PICKLE("\x95\2\0\0\0\0\0\0\0N."), "None"},
    /* numbers */
    {PICKLE("I01\n."), "True"},
    {PICKLE("I00\n."), "False"},
    {PICKLE("I0\n."), "0"},
    {PICKLE("I-12\n."), "-12"},
    {PICKLE("I9223372036854775807\n."), "9223372036854775807"},
    {PICKLE("I-9223372036854775808\n."), "-9223372036854775808"},
    {PICKLE("L7L\n."), "7"},
    {PICKLE("L7\n."), "7"},
    {PICKLE("L119547037146038801333356L\n."), "~"},
    {PICKLE("J\xfe\xff\xff\xff."), "-2"},
    {PICKLE("J\1\2\3\4."), "67305985"},
    {PICKLE("K\xff."), "255"},
    {PICKLE("M\xff\xff."), "65535"},
    {PICKLE("\x8a\0."), "0"},
    {PICKLE("\x8a\1\xff."), "-1"},
    {PICKLE("\x8a\2\xff\0."), "255"},
    {PICKLE("\x8a\x08\0\0\0\0\0\0\0\x80."), "-9223372036854775808"},
    {PICKLE("\x8a\x09\0\0\0\0\0\0\0\0\1."), "long"},
    {PICKLE("\x8b\1\0\0\0\5."), "5"},
    {PICKLE("F0.5\n."), "~"},
    {PICKLE("G?\xf0\0\0\0\0\0\0."), "~"},
    /* text */
    {PICKLE("S'ab'\n."), "'ab'"},
    {PICKLE("S\"ab\"\n."), "'ab'"},
    {PICKLE("S'a\\x62'\n."), "~"},
    {PICKLE("Vab\n."), "'ab'"},
    {PICKLE("V\\u0061b\n."), "~"},
    {PICKLE("T\2\0\0\0ab."), "'ab'"},
    {PICKLE("U\2ab."), "'ab'"},
    {PICKLE("X\2\0\0\0ab."), "'ab'"},
    {PICKLE("B\2\0\0\0ab."), "'ab'"},
    {PICKLE("C\2ab."), "'ab'"},
    {PICKLE("\x8c\2ab."), "'ab'"},
    {PICKLE("\x8d\2\0\0\0\0\0\0\0ab."), "'ab'"},
    {PICKLE("\x8e\2\0\0\0\0\0\0\0ab."), "'ab'"},
    /* containers */
    {PICKLE(")."), "()"},
    {PICKLE("K\1\x85."), "(1)"},
    {PICKLE("K\1K\2\x86."), "(1 2)"},
    {PICKLE("K\1K\2K\3\x87."), "(1 2 3)"},
    {PICKLE("(K\1K\2t."), "(1 2)"},
    {PICKLE("(t."), "()"},
    {PICKLE("]."), "[]"},
    {PICKLE("(K\1K\2l."), "[1 2]"},
    {PICKLE("]K\1aK\2a."), "[1 2]"},
    {PICKLE("](K\1K\2e."), "[1 2]"},
    {PICKLE("}."), "{}"},
    {PICKLE("(K\1K\2d."), "{1 2}"},
    {PICKLE("}K\1K\2s."), "{1 2}"},
    {PICKLE("}(K\1K\2K\3K\4u."), "{1 2 3 4}"},
    {PICKLE("\x8f(K\1K\2\x90."), "~"},
    {PICKLE("(K\1K\2\x91."), "~"},
    {PICKLE("((K\1tl."), "[(1)]"},
    /* stack and memo */
    {PICKLE("K\1N0."), "1"},
    {PICKLE("K\1(0."), "1"},
    {PICKLE("K\1(NN1."), "1"},
    {PICKLE("K\1"
            "2\x86."),
     "(1 1)"},
    {PICKLE("K\1p0\n0g0\n."), "1"},
    {PICKLE("K\1q\1"
            "0h\1."),
     "1"},
    {PICKLE("K\1r\1\0\0\0"
            "0j\1\0\0\0."),
     "1"},
    {PICKLE("K\7\x94K\x08\x94"
            "00h\1h\0\x86."),
     "(8 7)"},
    {PICKLE("]q\0h\0a."), "[[[[]]]]"}, /* a list in itself: shown three deep */
    /* globals */
    {PICKLE("ccollections\nOrderedDict\n)R."), "{}"},
    {PICKLE("ccollections\nOrderedDict\n)R(K\1K\2u}b."), "{1 2}"},
    {PICKLE("ccollections\nOrderedDict\n(]](K\1K\2eatR."), "{1 2}"},
    {PICKLE("ccollections\nOrderedDict\n(](K\1K\2\x86"
            "etR."),
     "{1 2}"},
    {PICKLE("ccollections\nCounter\n}\x85R."), "~"},
    {PICKLE("ccollections\nCounter\n}\x85R(K\1K\2u."), "~"},
    {PICKLE("c__builtin__\nset\n]\x85R."), "~"},
    {PICKLE("cbuiltins\nset\n]\x85R."), "~"},
    {PICKLE("c_codecs\nencode\nVa\nVlatin1\n\x86R."), "~"},
    {PICKLE("cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nVf8\n\x89\x88\x87R(K\3tbVx\n\x86R."),
     "~"},
    {PICKLE("cnumpy._core.multiarray\nscalar\n)R."), "~"},
    {PICKLE("ctorch\nSize\nK\1K\2\x86\x85R."), "(1 2)"},
    {PICKLE("ctorch\ndevice\nVcuda\nK\0\x86R."), "~"},
    {PICKLE("ctorch\nfloat32\n."), "float32"},
    {PICKLE("\x8c\5torch\x8c\5int64\x93."), "int64"},
    {PICKLE("cargparse\nNamespace\n)\x81."), "object None"},
    {PICKLE("cargparse\nNamespace\n)\x81}Va\nK\1sb."), "object {'a' 1}"},
    {PICKLE("cargparse\nNamespace\n)R}b."), "object {}"},
    {PICKLE("K\1\x85Q."), "storage (1)"},
    {PICKLE("ctorch._utils\n_rebuild_tensor_v2\nK\1\x85R."), "tensor (1)"},
    {PICKLE("ctorch._utils\n_rebuild_tensor\nK\1\x85R}b."), "tensor (1)"},
    {PICKLE("ctorch._utils\n_rebuild_parameter\nctorch._utils\n_rebuild_tensor_v2\n)R\x88}\x87R."),
     "tensor ()"},
    {PICKLE("ctorch._utils\n_rebuild_parameter_with_state\n(ctorch._utils\n_rebuild_tensor_v3\n)R"
            "\x88}}tR."),
     "tensor ()"},
};

START_TEST(every_known_opcode_does_what_pickletools_says)
{
    struct sq_error err = {0};
    struct sq_pickle pickle;
    unsigned char *block;
    struct bytes tree = {0};
    const int rc = parse(good[_i].pickle, good[_i].n, &err, &pickle, &block);
    ck_assert_msg(rc == SQ_OK, "%s", err.text);
    ck_assert_uint_eq(pickle.at, good[_i].n);
    show(&pickle, pickle.result, 0, &tree);
    bytes_put_u8(&tree, 0);
    ck_assert_str_eq((char *)tree.data, good[_i].tree);
    sq_pickle_free(&pickle);
    bytes_free(&tree);
    free(block);
}
END_TEST

static const struct {
    const char *pickle;
    size_t n;
    int code;
    const char *says;
} bad[] = {
    /* what a checkpoint does not need */
    {PICKLE("cposix\nsystem\nVid\n\x85R."), SQ_EUNSUPPORTED, "names posix.system at byte 0, which"},
    {PICKLE("N0\x8c\2os\x8c\6system\x93."), SQ_EUNSUPPORTED, "names os.system at byte 14, which"},
    {PICKLE("(Vid\nios\nsystem\n."), SQ_EUNSUPPORTED, "names os.system at byte 5"},
    {PICKLE("(icollections\nOrderedDict\n."), SQ_EUNSUPPORTED, "opcode INST"},
    {PICKLE("ctorch\nfloat\n."), SQ_EUNSUPPORTED, "names torch.float at"},
    {PICKLE("ctorch\nFloatStorage.x\n."), SQ_EUNSUPPORTED, "names torch.FloatStorage.x"},
    {PICKLE("c\n\n."), SQ_EUNSUPPORTED, "names . at byte 0"},
    {PICKLE("c\33[2J\n\7\n."), SQ_EUNSUPPORTED, "names ?[2J.? at byte 0"},
    {PICKLE("NP1\n."), SQ_EUNSUPPORTED, "opcode PERSID, which no checkpoint needs, at byte 1"},
    {PICKLE("(o."), SQ_EUNSUPPORTED, "opcode OBJ"},
    {PICKLE("\x82\1."), SQ_EUNSUPPORTED, "opcode EXT1"},
    {PICKLE("\x83\1\1."), SQ_EUNSUPPORTED, "opcode EXT2"},
    {PICKLE("\x84\1\1\1\1."), SQ_EUNSUPPORTED, "opcode EXT4"},
    {PICKLE("\x92."), SQ_EUNSUPPORTED, "opcode NEWOBJ_EX"},
    {PICKLE("\x96\x09\0\0\0\0\0\0\0."), SQ_EFORMAT, "inside the opcode"},
    {PICKLE("\x97."), SQ_EUNSUPPORTED, "opcode NEXT_BUFFER"},
    {PICKLE("\x98."), SQ_EUNSUPPORTED, "opcode READONLY_BUFFER"},
    {PICKLE("\x80\6N."), SQ_EUNSUPPORTED, "protocol 6"},
    {PICKLE("VQ\nQ."), SQ_EUNSUPPORTED, "persistent id"},
    {PICKLE("ctorch\nFloatStorage\n)R."), SQ_EUNSUPPORTED, "calls torch.FloatStorage in a way"},
    {PICKLE("ctorch\nfloat32\n)R."), SQ_EUNSUPPORTED, "calls torch.float32"},
    {PICKLE("ctorch\nSize\n)R."), SQ_EUNSUPPORTED, "calls torch.Size"},
    {PICKLE("ctorch\nSize\nK\1\x85R."), SQ_EUNSUPPORTED, "calls torch.Size"},
    {PICKLE("ctorch._utils\n_rebuild_parameter\nN\x85R."), SQ_EUNSUPPORTED, "_rebuild_parameter"},
    {PICKLE("ccollections\nOrderedDict\nN\x85R."), SQ_EUNSUPPORTED, "OrderedDict in a way"},
    {PICKLE("ccollections\nOrderedDict\n]]\x86R."), SQ_EUNSUPPORTED, "OrderedDict in a way"},
    {PICKLE("ccollections\nOrderedDict\n]K\1a\x85R."), SQ_EUNSUPPORTED, "OrderedDict in a way"},
    {PICKLE("ccollections\nOrderedDict\n)\x81."), SQ_EUNSUPPORTED, "OrderedDict in a way"},
    {PICKLE("cargparse\nNamespace\nN\x85\x81."), SQ_EUNSUPPORTED, "Namespace in a way"},
    {PICKLE("cargparse\nNamespace\n)\x81Nb."), SQ_EUNSUPPORTED, "BUILD"},
    {PICKLE("ctorch\nfloat32\n}b."), SQ_EUNSUPPORTED, "BUILD"},
    {PICKLE("]}b."), SQ_EUNSUPPORTED, "BUILD"},
    /* damage */
    {PICKLE(""), SQ_EFORMAT, "ends without STOP at byte 0"},
    {PICKLE("N"), SQ_EFORMAT, "ends without STOP at byte 1"},
    {PICKLE("."), SQ_EFORMAT, "takes more than it pushed at byte 0"},
    {PICKLE("(."), SQ_EFORMAT, "takes more than it pushed"},
    {PICKLE("N(."), SQ_EFORMAT, "takes more than it pushed"},
    {PICKLE("N\x01."), SQ_EFORMAT, "unknown opcode 0x01 at byte 1"},
    {PICKLE("\x95\3\0\0\0\0\0\0\0N."), SQ_EFORMAT, "inside its frame"},
    {PICKLE("\x95\xff\xff\xff\xff\xff\xff\xff\xffN."), SQ_EFORMAT, "inside its frame"},
    {PICKLE("K"), SQ_EFORMAT, "ends inside the opcode"},
    {PICKLE("X\xff\xff\xff\xff."), SQ_EFORMAT, "ends inside the opcode"},
    {PICKLE("\x8d\xff\xff\xff\xff\xff\xff\xff\xff."), SQ_EFORMAT, "ends inside the opcode"},
    {PICKLE("\x8b\xff\xff\xff\xff."), SQ_EFORMAT, "ends inside the opcode"},
    {PICKLE("I1"), SQ_EFORMAT, "ends inside the line"},
    {PICKLE("I\n."), SQ_EFORMAT, "not a whole number"},
    {PICKLE("I-\n."), SQ_EFORMAT, "not a whole number"},
    {PICKLE("I1x\n."), SQ_EFORMAT, "not a whole number"},
    {PICKLE("I9223372036854775808\n."), SQ_EFORMAT, "not a whole number"},
    {PICKLE("Sab\n."), SQ_EFORMAT, "without its quotes"},
    {PICKLE("S'\n."), SQ_EFORMAT, "without its quotes"},
    {PICKLE("S'ab\"\n."), SQ_EFORMAT, "without its quotes"},
    {PICKLE("t."), SQ_EFORMAT, "never made"},
    {PICKLE("l."), SQ_EFORMAT, "never made"},
    {PICKLE("d."), SQ_EFORMAT, "never made"},
    {PICKLE("1."), SQ_EFORMAT, "never made"},
    {PICKLE("\x91."), SQ_EFORMAT, "never made"},
    {PICKLE("]u."), SQ_EFORMAT, "never made"},
    {PICKLE("(e."), SQ_EFORMAT, "nothing to add to"},
    {PICKLE("0."), SQ_EFORMAT, "takes more"},
    {PICKLE("2."), SQ_EFORMAT, "takes more"},
    {PICKLE("\x85."), SQ_EFORMAT, "takes more"},
    {PICKLE("N(\x85."), SQ_EFORMAT, "takes more"},
    {PICKLE("]a."), SQ_EFORMAT, "nothing to add to"},
    {PICKLE("](Na."), SQ_EFORMAT, "nothing to add to"},
    {PICKLE("}Ns."), SQ_EFORMAT, "nothing to add to"},
    {PICKLE("}Na."), SQ_EFORMAT, "cannot hold"},
    {PICKLE(")Na."), SQ_EFORMAT, "cannot hold"},
    {PICKLE("]NNs."), SQ_EFORMAT, "cannot hold"},
    {PICKLE("](N\x90."), SQ_EFORMAT, "cannot hold"},
    {PICKLE("}(Nu."), SQ_EFORMAT, "a key but no value"},
    {PICKLE("(Nd."), SQ_EFORMAT, "a key but no value"},
    {PICKLE("h\0."), SQ_EFORMAT, "memo number 0 was never stored"},
    {PICKLE("Nq\1h\0."), SQ_EFORMAT, "memo number 0 was never stored"},
    {PICKLE("j\xff\xff\xff\xff."), SQ_EFORMAT, "never stored"},
    {PICKLE("g1x\n."), SQ_EFORMAT, "not a memo number"},
    {PICKLE("g\n."), SQ_EFORMAT, "not a memo number"},
    {PICKLE("Np-1\n."), SQ_EFORMAT, "not a memo number"},
    {PICKLE("Np99999999999\n."), SQ_EFORMAT, "not a memo number"},
    {PICKLE("Nr\xff\xff\xff\xff."), SQ_EFORMAT, "out of order"},
    {PICKLE("Nq\2."), SQ_EFORMAT, "out of order"},
    {PICKLE("q\0."), SQ_EFORMAT, "takes more"},
    {PICKLE("\x94."), SQ_EFORMAT, "takes more"},
    {PICKLE("NN\x93."), SQ_EFORMAT, "whose name is not text"},
    {PICKLE("Va\n\x93."), SQ_EFORMAT, "takes more"},
    {PICKLE("N)R."), SQ_EFORMAT, "a call without a function"},
    {PICKLE("ctorch\nSize\nNR."), SQ_EFORMAT, "a call without a function"},
    {PICKLE("N)\x81."), SQ_EFORMAT, "a call without a function"},
    {PICKLE("b."), SQ_EFORMAT, "takes more"},
    {PICKLE("Nb."), SQ_EFORMAT, "takes more"},
    {PICKLE("Q."), SQ_EFORMAT, "takes more"},
    {PICKLE("cab"), SQ_EFORMAT, "inside the line"},
    {PICKLE("cab\ncd"), SQ_EFORMAT, "inside the line"},
};

START_TEST(everything_else_is_refused_by_name_and_place)
{
    struct sq_error err = {0};
    struct sq_pickle pickle;
    unsigned char *block;
    const int rc = parse(bad[_i].pickle, bad[_i].n, &err, &pickle, &block);
    ck_assert_msg(rc == bad[_i].code && err.code == rc, "%d: %s", rc, err.text);
    ck_assert_msg(strstr(err.text, bad[_i].says) != NULL, "\"%s\" does not say \"%s\"", err.text,
                  bad[_i].says);
    sq_pickle_free(&pickle);
    free(block);
}
END_TEST

/* No opcode byte may be able to crash the machine, on an empty and on a filled stack. */
START_TEST(every_opcode_byte_is_answered)
{
    static const char *const before[] = {
        "", "N", "](", "}NN", "(NN", "ctorch\nSize\n)", "cargparse\nNamespace\n)\x81}"};
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
            struct sq_error err = {0};
            struct sq_pickle pickle;
            unsigned char *block;
            struct bytes text = {0};
            bytes_put_text(&text, before[i]);
            bytes_put_u8(&text, byte);
            bytes_put(&text, "\0\0\0\0\0\0\0\0.", 9);
            if (parse(text.data, text.n, &err, &pickle, &block) != SQ_OK)
                ck_assert_str_ne(err.text, "");
            sq_pickle_free(&pickle);
            free(block);
            bytes_free(&text);
        }
    }
}
END_TEST

static void expect_too_many(struct bytes *text, const char *says)
{
    struct sq_error err = {0};
    struct sq_pickle pickle = {.err = &err, .path = "FILE", .data = text->data, .size = text->n};
    ck_assert_int_eq(sq_pickle_parse(&pickle), SQ_EUNSUPPORTED);
    ck_assert_msg(strstr(err.text, says) != NULL, "%s", err.text);
    sq_pickle_free(&pickle);
    bytes_free(text);
}

static void put_many(struct bytes *text, const char *pattern, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes_put_text(text, pattern);
}

START_TEST(values_items_and_marks_are_bounded)
{
    enum { TOO_MANY = (1 << 22) + 1 };
    struct bytes text = {0};
    put_many(&text, ")0", TOO_MANY); /* values */
    expect_too_many(&text, "4194304 values");
    bytes_put_text(&text, "](");
    put_many(&text, "N", TOO_MANY); /* the stack */
    expect_too_many(&text, "4194304 values");
    put_many(&text, "(", TOO_MANY); /* marks */
    expect_too_many(&text, "4194304 values");
    bytes_put_text(&text, "]");
    put_many(&text, "Na", TOO_MANY); /* items */
    expect_too_many(&text, "4194304 values");
}
END_TEST

/* OrderedDict(pairs) copies: the copies count as items, or three bytes would make millions. */
START_TEST(copies_of_a_shared_list_are_bounded)
{
    struct bytes text = {0};
    bytes_put_text(&text, "NN\x86q\1"
                          "0](");
    put_many(&text, "h\1", 10000);
    bytes_put_text(&text, "e\x85q\2"
                          "0ccollections\nOrderedDict\nq\3"
                          "0");
    put_many(&text, "h\3h\2R", 10000);
    expect_too_many(&text, "4194304 values");
}
END_TEST

START_TEST(the_memo_grows_with_the_pickle_only)
{
    struct bytes text = {0};
    struct sq_error err = {0};
    struct sq_pickle pickle = {.err = &err, .path = "FILE"};
    put_many(&text, "N0", 1000);
    bytes_put(&text, "Nr\xd0\7\0\0.", 7); /* 2000: no more than bytes so far */
    pickle.data = text.data;
    pickle.size = text.n;
    ck_assert_int_eq(sq_pickle_parse(&pickle), SQ_OK);
    ck_assert_uint_le(pickle.memo.n, 2001);
    sq_pickle_free(&pickle);
    bytes_free(&text);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint pickle");
    TCase *t = tcase_create("pickle");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_known_opcode_does_what_pickletools_says, 0,
                        (int)(sizeof good / sizeof *good));
    tcase_add_loop_test(t, everything_else_is_refused_by_name_and_place, 0,
                        (int)(sizeof bad / sizeof *bad));
    tcase_add_test(t, every_opcode_byte_is_answered);
    tcase_add_test(t, values_items_and_marks_are_bounded);
    tcase_add_test(t, copies_of_a_shared_list_are_bounded);
    tcase_add_test(t, the_memo_grows_with_the_pickle_only);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
