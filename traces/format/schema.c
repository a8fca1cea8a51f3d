#include "traces/format/schema.h"

#include <stddef.h>
#include <string.h>

const struct sq_schema_object sq_schema[] = {
    {"meta",
     "CREATE TABLE meta (\n"
     "  key TEXT PRIMARY KEY,\n"
     "  value TEXT NOT NULL\n"
     ") WITHOUT ROWID",
     1},
    {"population",
     "CREATE TABLE population (\n"
     "  id INTEGER PRIMARY KEY,\n"
     "  name TEXT NOT NULL UNIQUE,\n"
     "  kind TEXT NOT NULL,\n"
     "  shape TEXT NOT NULL,\n"
     "  axes TEXT NOT NULL,\n"
     "  n_rows INTEGER NOT NULL,\n"
     "  n_channels INTEGER NOT NULL,\n"
     "  neurons INTEGER NOT NULL,\n"
     "  threshold REAL\n"
     ")",
     1},
    {"synapse",
     "CREATE TABLE synapse (\n"
     "  id INTEGER PRIMARY KEY,\n"
     "  name TEXT NOT NULL,\n"
     "  kind TEXT NOT NULL,\n"
     "  source TEXT NOT NULL,\n"
     "  target TEXT NOT NULL,\n"
     "  n_in INTEGER NOT NULL,\n"
     "  n_out INTEGER NOT NULL,\n"
     "  dense INTEGER NOT NULL,\n"
     "  weight_zeros INTEGER NOT NULL\n"
     ")",
     1},
    {"node",
     "CREATE TABLE node (\n"
     "  number INTEGER PRIMARY KEY,\n"
     "  id TEXT NOT NULL,\n"
     "  op TEXT NOT NULL,\n"
     "  inputs TEXT NOT NULL,\n"
     "  parameters TEXT NOT NULL,\n"
     "  edge TEXT NOT NULL,\n"
     "  max_value INTEGER,\n"
     "  roles TEXT NOT NULL,\n"
     "  channels INTEGER,\n"
     "  height INTEGER,\n"
     "  width INTEGER,\n"
     "  population INTEGER\n"
     ")",
     2},
    {"operation",
     "CREATE TABLE operation (\n"
     "  number INTEGER PRIMARY KEY,\n"
     "  name TEXT NOT NULL,\n"
     "  kind TEXT NOT NULL,\n"
     "  node TEXT,\n"
     "  fan_out INTEGER,\n"
     "  dense INTEGER,\n"
     "  adder_bits INTEGER,\n"
     "  factor_bits INTEGER,\n"
     "  weights INTEGER,\n"
     "  weight_zeros INTEGER\n"
     ")",
     2},
    {"sample",
     "CREATE TABLE sample (\n"
     "  id INTEGER PRIMARY KEY,\n"
     "  label INTEGER,\n"
     "  prediction INTEGER,\n"
     "  logits BLOB,\n"
     "  operations BLOB,\n"
     "  checksum INTEGER NOT NULL\n"
     ")",
     1},
    {"frame",
     "CREATE TABLE frame (\n"
     "  id INTEGER PRIMARY KEY,\n"
     "  sample INTEGER NOT NULL,\n"
     "  population INTEGER NOT NULL,\n"
     "  timestep INTEGER NOT NULL,\n"
     "  spikes INTEGER NOT NULL,\n"
     "  encoding INTEGER NOT NULL,\n"
     "  codec INTEGER NOT NULL,\n"
     "  checksum INTEGER NOT NULL,\n"
     "  data BLOB\n"
     ")",
     1},
    {"firing_rate_by_timestep",
     "CREATE VIEW firing_rate_by_timestep AS\n"
     "  SELECT p.name AS population, p.id AS id, p.neurons, f.timestep, count(*) AS samples,\n"
     "         sum(f.spikes) AS spikes, sum(f.spikes) * 1.0 / (p.neurons * count(*)) AS rate\n"
     "  FROM frame f JOIN population p ON p.id = f.population\n"
     "  WHERE p.kind <> 'input' GROUP BY p.id, f.timestep",
     1},
    {"firing_rate",
     "CREATE VIEW firing_rate AS\n"
     "  SELECT population, neurons, count(*) AS timesteps, sum(spikes) AS spikes,\n"
     "         sum(spikes) * 1.0 / (neurons * sum(samples)) AS rate,\n"
     "         json_group_array(rate) AS rate_per_timestep\n"
     "  FROM firing_rate_by_timestep GROUP BY id",
     1},
    {"firing_rate_by_sample",
     "CREATE VIEW firing_rate_by_sample AS\n"
     "  SELECT f.sample, p.name AS population, sum(f.spikes) AS spikes,\n"
     "         sum(f.spikes) * 1.0 / (p.neurons * count(*)) AS rate\n"
     "  FROM frame f JOIN population p ON p.id = f.population\n"
     "  WHERE p.kind <> 'input' GROUP BY f.sample, p.id",
     1},
    {"firing_rate_by_label",
     "CREATE VIEW firing_rate_by_label AS\n"
     "  SELECT s.label, p.name AS population, count(DISTINCT s.id) AS samples,\n"
     "         sum(f.spikes) AS spikes,\n"
     "         sum(f.spikes) * 1.0 / (p.neurons * count(*)) AS rate\n"
     "  FROM frame f JOIN population p ON p.id = f.population JOIN sample s ON s.id = f.sample\n"
     "  WHERE p.kind <> 'input' AND s.label IS NOT NULL GROUP BY s.label, p.id",
     1},
    {"prediction",
     "CREATE VIEW prediction AS\n"
     "  SELECT id AS sample, label, prediction, label = prediction AS is_right\n"
     "  FROM sample",
     1},
    {NULL, NULL, 0},
};

static const char *const kind_name[SQ_TRACE_KINDS] = {"lif", "input", "generic"};

const char *sq_trace_kind_name(enum sq_trace_kind kind)
{
    return (unsigned)kind < SQ_TRACE_KINDS ? kind_name[kind] : "unknown";
}

int sq_trace_kind_find(const char *name)
{
    for (int i = 0; i < SQ_TRACE_KINDS; i++)
        if (strcmp(kind_name[i], name) == 0)
            return i;
    return -1;
}

static const char *const edge_name[SQ_TRACE_EDGES] = {"spikes", "counts", "reals"};

const char *sq_trace_edge_name(enum sq_trace_edge edge)
{
    return (unsigned)edge < SQ_TRACE_EDGES ? edge_name[edge] : "unknown";
}

int sq_trace_edge_find(const char *name)
{
    for (int i = 0; i < SQ_TRACE_EDGES; i++)
        if (strcmp(edge_name[i], name) == 0)
            return i;
    return -1;
}

const char *sq_trace_detail_name(enum sq_trace_detail detail)
{
    return detail == SQ_TRACE_COUNTS ? "counts" : "spikes";
}

const char *sq_trace_axes_name(const struct sq_trace_population *population)
{
    return population->channels_first ? "channels_first" : "channels_last";
}
