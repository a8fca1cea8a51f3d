/* Nodes and operations: what is put into a trace is read from it, rows that do not fit together are
 * refused with their number, and a trace of version 1, which has neither, says the same spikes. */
#include "test/support/tiny_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/format/description.h"
#include "traces/format/store.h"

#include <stdio.h>
#include <string.h>

static char folder[] = "/tmp/spikeq-graph-XXXXXX";
static char path[64];

static void make_folder(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
}

static void remove_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void edit(const char *sql)
{
    struct sq_error err = {0};
    struct sq_store store;
    ck_assert_int_eq(sq_store_open(&err, path, SQ_STORE_WRITE, &store), SQ_OK);
    sqlite3_db_config(store.db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    ck_assert_msg(sq_store_exec(&err, &store, sql) == SQ_OK, "%s", err.text);
    sq_store_close(&store);
}

static struct sq_trace *open_good(void)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    ck_assert_msg(sq_trace_open(&err, path, &trace) == SQ_OK, "%s", err.text);
    return trace;
}

static void expect_node(const struct sq_trace_node *got, const struct sq_trace_node *want)
{
    ck_assert_str_eq(got->id, want->id);
    ck_assert_str_eq(got->op, want->op);
    ck_assert_str_eq(got->inputs, want->inputs);
    ck_assert_str_eq(got->parameters, want->parameters);
    ck_assert_int_eq(got->edge, want->edge);
    ck_assert_uint_eq(got->max_value, want->max_value);
    ck_assert_str_eq(got->roles, want->roles);
    ck_assert_uint_eq(got->channels, want->channels);
    ck_assert_uint_eq(got->height, want->height);
    ck_assert_uint_eq(got->width, want->width);
    ck_assert_int_eq(got->population, want->population);
}

static void expect_operation(const struct sq_trace_operation *got,
                             const struct sq_trace_operation *want)
{
    ck_assert_str_eq(got->name, want->name);
    ck_assert_str_eq(got->kind, want->kind);
    ck_assert_str_eq(got->node, want->node);
    ck_assert_uint_eq(got->fan_out, want->fan_out);
    ck_assert_uint_eq(got->dense, want->dense);
    ck_assert_uint_eq(got->adder_bits, want->adder_bits);
    ck_assert_uint_eq(got->factor_bits, want->factor_bits);
    ck_assert_uint_eq(got->weights, want->weights);
    ck_assert_int_eq(got->weight_zeros, want->weight_zeros);
}

START_TEST(what_is_written_is_read)
{
    const struct sq_trace_plan *want = tiny_plan();
    tiny_trace(path, NULL, 5, 1);
    struct sq_trace *trace = open_good();
    const struct sq_trace_plan *got = sq_trace_plan_of(trace);
    ck_assert_uint_eq(got->version, SQ_TRACE_VERSION);
    ck_assert_uint_eq(got->n_nodes, want->n_nodes);
    ck_assert_uint_eq(got->n_operations, want->n_operations);
    for (size_t i = 0; i < want->n_nodes; i++)
        expect_node(&got->node[i], &want->node[i]);
    for (size_t i = 0; i < want->n_operations; i++)
        expect_operation(&got->operation[i], &want->operation[i]);
    sq_trace_close(trace);
}
END_TEST

/* Of node 2, "b.attn.q_lif" [100 channels, 7 x 1], input "a.proj_lif"; of operation 2. */
static const struct {
    const char *table, *change, *says;
} wrong[] = {
    {"node", "number = 9", "row 2: its number, id, op"},
    {"node", "id = ''", "row 2: its id, op or roles"},
    {"node", "id = 'b\"'", "row 2: its id, op or roles"},
    {"node", "id = 'b\\'", "row 2: its id, op or roles"},
    {"node", "id = 'b' || char(10)", "row 2: its id, op or roles"},
    {"node", "id = hex(zeroblob(64))", "row 2: its number, id, op"},
    {"node", "id = 'input'", "row 2: another node has the same id"},
    {"node", "op = ''", "row 2: its id, op or roles"},
    {"node", "op = x'61'", "row 2: its number, id, op"},
    {"node", "roles = 'a' || char(7)", "row 2: its id, op or roles"},
    {"node", "inputs = '[\"b.attn.q_lif\"]'", "row 2: an input is not an earlier node"},
    {"node", "inputs = '[\"b.sum\"]'", "row 2: an input is not an earlier node"},
    {"node", "inputs = '[\"gone\"]'", "row 2: an input is not an earlier node"},
    {"node", "inputs = '[\"input\",\"gone\"]'", "row 2: an input is not an earlier node"},
    {"node", "inputs = ''", "row 2: its inputs are not a list"},
    {"node", "inputs = '['", "row 2: its inputs are not a list"},
    {"node", "inputs = '[,'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"\"]'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"input\"'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"input\",'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"input\",]'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"input\"]]'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"input\" ]'", "row 2: its inputs are not a list"},
    {"node", "inputs = '[\"' || hex(zeroblob(64)) || '\"]'", "row 2: its inputs are not a list"},
    {"node", "inputs = x'5b5d'", "row 2: its inputs or parameters are not text"},
    {"node", "parameters = ''", "row 2: its parameters are not an object"},
    {"node", "parameters = '{'", "row 2: its parameters are not an object"},
    {"node", "parameters = '[]'", "row 2: its parameters are not an object"},
    {"node", "parameters = '{' || char(10) || '}'", "row 2: its parameters are not an object"},
    {"node", "edge = 'volts'", "row 2: its edge is unknown"},
    {"node", "max_value = -1", "row 2: its max_value, sizes"},
    {"node", "max_value = 1 << 60", "row 2: its max_value, sizes"},
    {"node", "max_value = 'x'", "row 2: its max_value, sizes"},
    {"node", "channels = 1 << 40", "row 2: its max_value, sizes"},
    {"node", "channels = NULL", "row 2: its channels, height and width"},
    {"node", "width = 0", "row 2: its channels, height and width"},
    {"node", "channels = 1 << 30, height = 1 << 30, width = 1 << 30",
     "row 2: its channels, height and width"},
    {"node", "height = 8", "row 2: its population has another size"},
    {"node", "population = 4", "row 2: its population does not exist"},
    {"node", "population = -1", "row 2: its max_value, sizes"},
    {"node", "population = 1", "row 2: its population is another node's"},
    {"operation", "number = -4", "row 0: its number, name"},
    {"operation", "name = ''", "row 2: its name or kind"},
    {"operation", "kind = char(9)", "row 2: its name or kind"},
    {"operation", "node = ''", "row 2: its number, name"},
    {"operation", "node = 'gone'", "row 2: its node does not exist"},
    {"operation", "node = x'61'", "row 2: its number, name"},
    {"operation", "fan_out = 1 << 62", "row 2: its sizes, widths"},
    {"operation", "dense = -1", "row 2: its sizes, widths"},
    {"operation", "adder_bits = 1025", "row 2: its sizes, widths"},
    {"operation", "factor_bits = 0.5", "row 2: its sizes, widths"},
    {"operation", "weights = x'00'", "row 2: its sizes, widths"},
    {"operation", "weight_zeros = 501", "row 2: it has more zeros than weights"},
    {"operation", "weight_zeros = -1", "row 2: its sizes, widths"},
    {"operation", "weights = 600", "the digest is wrong"},
    {"node", "parameters = '{}'", "the digest is wrong"},
    {"node", "roles = 'k'", "the digest is wrong"},
    {"node", "max_value = NULL", "the digest is wrong"},
};

START_TEST(rows_that_do_not_fit_are_refused)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    char sql[240];
    tiny_trace(path, NULL, 1, 1);
    snprintf(sql, sizeof sql, "UPDATE %s SET %s WHERE number = 2", wrong[_i].table,
             wrong[_i].change);
    edit(sql);
    ck_assert_msg(sq_trace_open(&err, path, &trace) == SQ_EFORMAT, "%s", wrong[_i].change);
    ck_assert_msg(strstr(err.text, wrong[_i].says) != NULL, "%s: %s", wrong[_i].change, err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

static const struct {
    const char *sql, *says;
} absurd[] = {
    {"WITH RECURSIVE r(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM r WHERE i < 32768) INSERT INTO "
     "node SELECT i, 'n' || i, 'add', '[]', '{}', 'spikes', NULL, '', NULL, NULL, NULL, NULL FROM "
     "r",
     "table node has more than 32768 rows"},
    {"WITH RECURSIVE r(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM r WHERE i < 32768) INSERT INTO "
     "operation SELECT i, 'o', 'add', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM r",
     "table operation has more than 32768 rows"},
    {"DROP TABLE node", "lacks the node of a trace of version 2"},
    {"DROP TABLE operation; CREATE VIEW operation AS SELECT 0 AS number",
     "lacks the operation of a trace of version 2"},
    {"DELETE FROM node WHERE number = 1", "table node, row 1: its number"},
    {"DELETE FROM node WHERE number = 3", "the digest is wrong"},
};

START_TEST(tables_that_cannot_be_are_refused)
{
    struct sq_error err = {0};
    struct sq_trace *trace;
    tiny_trace(path, NULL, 1, 1);
    edit(absurd[_i].sql);
    ck_assert_int_eq(sq_trace_open(&err, path, &trace), SQ_EFORMAT);
    ck_assert_msg(strstr(err.text, absurd[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* The writer keeps the same rules, and leaves no file. */
START_TEST(the_writer_refuses_what_no_reader_takes)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    struct sq_trace_plan plan = *tiny_plan();
    const struct sq_trace_node loop[2] = {
        {"a", "add", "[\"b\"]", "{}", SQ_TRACE_EDGE_SPIKES, 1, "", 0, 0, 0, -1},
        {"b", "add", "[\"a\"]", "{}", SQ_TRACE_EDGE_SPIKES, 1, "", 0, 0, 0, -1}};
    plan.n_nodes = 2;
    plan.node = loop;
    ck_assert_int_eq(sq_trace_create(&err, path, &plan, 0, &writer), SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "table node, row 0: an input is not an earlier node"));
    ck_assert_ptr_null(fopen(path, "rb"));
}
END_TEST

/* What the file is in version 1: without the two tables, and another description. */
static void make_version_1(void)
{
    struct sq_error err = {0};
    struct sq_trace *trace = open_good();
    struct sq_trace_plan plan = *sq_trace_plan_of(trace);
    char digest[SQ_DIGEST_TEXT], sql[256];
    plan.n_nodes = plan.n_operations = 0;
    ck_assert_int_eq(sq_description_digest(&err, &plan, digest), SQ_OK);
    sq_trace_close(trace);
    snprintf(sql, sizeof sql,
             "DROP TABLE node; DROP TABLE operation; PRAGMA user_version = 1;"
             "UPDATE meta SET value = '%s' WHERE key = 'description'",
             digest);
    edit(sql);
}

static void digest_of_file(char digest[SQ_DIGEST_TEXT])
{
    struct sq_error err = {0};
    struct sq_trace *trace = open_good();
    ck_assert_msg(sq_trace_digest(&err, trace, digest) == SQ_OK, "%s", err.text);
    sq_trace_close(trace);
}

START_TEST(equal_spikes_have_equal_digests_in_both_versions)
{
    char newer[SQ_DIGEST_TEXT], older[SQ_DIGEST_TEXT];
    tiny_trace(path, NULL, 5, 6);
    digest_of_file(newer);
    make_version_1();
    digest_of_file(older);
    ck_assert_str_eq(newer, older);
    struct sq_trace *trace = open_good();
    ck_assert_uint_eq(sq_trace_plan_of(trace)->version, 1);
    ck_assert_uint_eq(sq_trace_plan_of(trace)->n_nodes, 0);
    sq_trace_close(trace);
}
END_TEST

START_TEST(version_1_is_not_continued)
{
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    uint64_t n_next;
    tiny_trace(path, NULL, 5, 6);
    make_version_1();
    ck_assert_int_eq(sq_trace_resume(&err, path, tiny_plan(), &writer, &n_next), SQ_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "a.db: is a trace of version 1, which can be read but "
                                           "not continued; record it again with " SQ_OPT "force"));
}
END_TEST

#define LOOP(test, array) \
    tcase_add_loop_test(graph, test, 0, (int)(sizeof(array) / sizeof(array)[0]))

static Suite *suite(void)
{
    Suite *s = suite_create("traces/read");
    TCase *graph = tcase_create("graph");
    tcase_add_checked_fixture(graph, make_folder, remove_folder);
    tcase_add_test(graph, what_is_written_is_read);
    LOOP(rows_that_do_not_fit_are_refused, wrong);
    LOOP(tables_that_cannot_be_are_refused, absurd);
    tcase_add_test(graph, the_writer_refuses_what_no_reader_takes);
    tcase_add_test(graph, equal_spikes_have_equal_digests_in_both_versions);
    tcase_add_test(graph, version_1_is_not_continued);
    suite_add_tcase(s, graph);
    return s;
}

SQ_TEST_MAIN(suite())
