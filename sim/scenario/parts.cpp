// SPDX-License-Identifier: Apache-2.0
// The model and the cluster: parts that have files of their own.
#include <fmt/format.h>

#include "sim/base/gpus.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

// Bounds of what a cluster file can mean; below and above them somebody has slipped with a unit.
constexpr int kMostNodes = 100'000, kMostGpusPerNode = 1024, kMostNics = 256;
constexpr Range<BytesPerSecond> kLink{BytesPerSecond(1), BytesPerSecond(1e15)};
constexpr Range<Seconds> kLatency{Seconds(0), Seconds(10)};
constexpr Range<FlopsPerSecond> kPeak{FlopsPerSecond(1), FlopsPerSecond(1e19)};
constexpr Range<Bytes> kMemory{Bytes(1), Bytes(1e16)};
constexpr int kAny = 2147483647;  // model_check knows the bounds of a model

constexpr std::pair<const char*, MlpKind> kMlps[] = {{"swiglu", MlpKind::swiglu}, {"gelu", MlpKind::gelu}};
constexpr std::pair<const char*, NormKind> kNorms[] = {{"rmsnorm", NormKind::rmsnorm},
                                                       {"layernorm", NormKind::layernorm}};
constexpr std::pair<const char*, PositionKind> kPositions[] = {{"rope", PositionKind::rope},
                                                               {"learned", PositionKind::learned}};
constexpr std::pair<const char*, AttentionKind> kAttentions[] = {{"flash", AttentionKind::flash},
                                                                 {"unfused", AttentionKind::unfused}};
constexpr std::pair<const char*, IntraNode> kIntraNodes[] = {
    {"nvswitch", IntraNode::nvswitch}, {"nvlink_mesh", IntraNode::nvlink_mesh}, {"pcie", IntraNode::pcie}};
constexpr std::pair<const char*, InterNode> kInterNodes[] = {{"rail_optimized", InterNode::rail_optimized},
                                                             {"fat_tree", InterNode::fat_tree}};

/// A file of its own may say which schema it was written for.
void optional_schema(Fields& fields) {
  int schema = kScenarioSchema;
  fields.integer("schema", schema, {kScenarioSchema, kScenarioSchema});
}

Gpu gpu_of_table(const toml::table& table, Reading& reading) {
  Fields f(table, "cluster.gpu", reading);
  Gpu gpu{.source = "the scenario"};
  f.text("name", gpu.name, Need::required);
  f.integer("sms", gpu.sms, {1, 100'000}, Need::required);
  f.flop_rate("bf16_dense", gpu.bf16_dense, kPeak, Need::required);
  f.flop_rate("fp32_vector", gpu.fp32_vector, kPeak, Need::required);
  f.bytes("memory", gpu.memory, kMemory, Need::required);
  f.bandwidth("memory_bandwidth", gpu.memory_bandwidth, kLink, Need::required);
  f.bytes("l2", gpu.l2, kMemory, Need::required);
  f.text("source", gpu.source);
  f.finish();
  return gpu;
}

Gpu gpu_of(Fields& fields, Reading& reading) {
  const toml::node* node = fields.node("gpu", Need::required);
  if (node == nullptr) return {};
  if (const toml::table* table = node->as_table()) return gpu_of_table(*table, reading);
  std::string name;
  fields.text("gpu", name);
  if (!node->is_string()) return {};
  try {
    return gpu_by_name(name, place_of(node->source(), fields.dotted("gpu")));
  } catch (const Error& error) {
    reading.issues.push_back({"", error.what()});
    return {};
  }
}

}  // namespace

Model model_of(const toml::table& table, Reading& reading) {
  Fields f(table, "model", reading);
  const std::size_t faults = reading.issues.size();
  Model model;
  optional_schema(f);
  f.text("name", model.name, Need::required);
  f.integer("layers", model.layers, {-kAny, kAny}, Need::required);
  f.integer("hidden", model.hidden, {-kAny, kAny}, Need::required);
  f.integer("heads", model.heads, {-kAny, kAny}, Need::required);
  model.kv_heads = model.heads;
  f.integer("kv_heads", model.kv_heads, {-kAny, kAny});
  model.head_dim = model.heads > 0 ? model.hidden / model.heads : 0;
  f.integer("head_dim", model.head_dim, {-kAny, kAny});
  f.integer("ffn", model.ffn, {-kAny, kAny}, Need::required);
  f.integer("vocab", model.vocab, {-kAny, kAny}, Need::required);
  f.integer("vocab_padding", model.vocab_padding, {-kAny, kAny});
  f.choice<MlpKind>("mlp", model.mlp, kMlps);
  f.choice<NormKind>("norm", model.norm, kNorms);
  f.choice<PositionKind>("positions", model.positions, kPositions);
  f.integer("learned_positions", model.learned_positions, {-kAny, kAny});
  f.choice<AttentionKind>("attention", model.attention, kAttentions);
  f.flag("tied_embeddings", model.tied_embeddings);
  f.flag("biases", model.biases);
  f.flag("dropout", model.dropout);
  f.integer("element_bytes", model.element_bytes, {-kAny, kAny});
  f.flag("fp32_norm_output", model.fp32_norm_output);
  f.finish();
  // A missing field is not zero as well.
  if (reading.issues.size() != faults || reading.each_alone) return model;
  for (const Issue& issue : model_check(model)) {
    const auto place = reading.locations.find(issue.where);
    reading.issues.push_back({place != reading.locations.end() ? place->second : issue.where, issue.what});
  }
  return model;
}

Cluster cluster_of(const toml::table& table, Reading& reading) {
  Fields f(table, "cluster", reading);
  Cluster c;
  optional_schema(f);
  f.text("name", c.name, Need::required);
  c.gpu = gpu_of(f, reading);
  f.integer("nodes", c.nodes, {1, kMostNodes}, Need::required);
  f.integer("gpus_per_node", c.gpus_per_node, {1, kMostGpusPerNode}, Need::required);
  f.choice<IntraNode>("intra", c.intra, kIntraNodes);
  f.bandwidth("intra_bandwidth", c.intra_bandwidth, kLink, Need::required);
  f.seconds("intra_latency", c.intra_latency, kLatency, Need::required);
  f.choice<InterNode>("inter", c.inter, kInterNodes);
  f.integer("nics_per_node", c.nics_per_node, {0, kMostNics});
  const Need network = c.nodes > 1 && c.nics_per_node > 0 ? Need::required : Need::optional;
  f.bandwidth("nic_bandwidth", c.nic_bandwidth, kLink, network);
  f.seconds("inter_latency", c.inter_latency, kLatency, network);
  f.integer("nodes_per_leaf", c.nodes_per_leaf, {1, kMostNodes});
  f.number("oversubscription", c.oversubscription, {1, 1000});
  f.bandwidth("host_bandwidth", c.host_bandwidth, kLink);
  read_running_cost(f, c, reading);
  f.finish();
  return c;
}

}  // namespace braid
