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
  fields.integer("schema", "version of the format that the file is written for", schema,
                 {kScenarioSchema, kScenarioSchema});
}

Gpu gpu_of_table(const toml::table& table, Reading& reading) {
  Fields f(table, "cluster.gpu", reading);
  Gpu gpu{.source = "the scenario"};
  f.text("name", "its name, and whose cost rules it follows", gpu.name, Need::required);
  f.integer("sms", "streaming multiprocessors", gpu.sms, {1, 100'000}, Need::required);
  f.flop_rate("bf16_dense", "peak of the tensor cores in bf16, without sparsity", gpu.bf16_dense, kPeak,
              Need::required);
  f.flop_rate("fp32_vector", "peak of the CUDA cores in fp32", gpu.fp32_vector, kPeak, Need::required);
  f.bytes("memory", "what a job can have, as nvidia-smi prints it", gpu.memory, kMemory, Need::required);
  f.bandwidth("memory_bandwidth", "of its memory", gpu.memory_bandwidth, kLink, Need::required);
  f.bytes("l2", "L2 cache", gpu.l2, kMemory, Need::required);
  f.text("source", "where these figures were read", gpu.source);
  f.finish();
  return gpu;
}

Gpu gpu_of(Fields& fields, Reading& reading) {
  constexpr const char* kWhat = "a name that Braid knows, or a table of its data sheet";
  const toml::node* node = fields.node("gpu", kWhat, "string or table", Need::required);
  if (node == nullptr) return {};
  if (const toml::table* table = node->as_table()) return gpu_of_table(*table, reading);
  std::string name;
  fields.text("gpu", kWhat, name);
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
  f.text("name", "how tables call it", model.name, Need::required);
  f.integer("layers", "transformer layers", model.layers, {1, kMostLayers}, Need::required);
  f.integer("hidden", "width of the residual stream", model.hidden, {1, kMostWidth}, Need::required);
  f.integer("heads", "attention heads", model.heads, {1, kMostHeads}, Need::required);
  model.kv_heads = model.heads;
  f.integer("kv_heads", "heads of keys and values (grouped-query attention); divides heads", model.kv_heads,
            {1, kMostHeads});
  f.otherwise("heads");
  model.head_dim = model.heads > 0 ? model.hidden / model.heads : 0;
  f.integer("head_dim", "width of a head", model.head_dim, {1, kMostHeadDim});
  f.otherwise("hidden / heads");
  f.integer("ffn", "width of the MLP", model.ffn, {1, kMostWidth}, Need::required);
  f.integer("vocab", "words, before padding", model.vocab, {1, kMostVocab}, Need::required);
  f.integer("vocab_padding", "the padded vocabulary is a multiple of this times TP, as in Megatron",
            model.vocab_padding, {1, kMostPadding});
  f.choice<MlpKind>("mlp", "the MLP: gated with three matrices, or plain with two", model.mlp, kMlps);
  f.choice<NormKind>("norm", "the norm before attention and MLP", model.norm, kNorms);
  f.choice<PositionKind>("positions", "rotary, or a learned table", model.positions, kPositions);
  f.integer("learned_positions", "rows of the table; only with positions = \"learned\"", model.learned_positions,
            {0, kMostVocab});
  f.choice<AttentionKind>("attention", "flash keeps one figure a row, unfused the scores, softmax and mask",
                          model.attention, kAttentions);
  f.flag("tied_embeddings", "the LM head uses the embedding's weights", model.tied_embeddings);
  f.flag("biases", "the linear layers have biases (GPT-2, GPT-3)", model.biases);
  f.flag("dropout", "there is dropout, which keeps masks of one byte an element", model.dropout);
  f.integer("element_bytes", "bytes of a parameter or activation; only 2 (bf16, fp16) can be priced yet",
            model.element_bytes, {1, 8});
  f.flag("fp32_norm_output", "norms keep their output in fp32", model.fp32_norm_output);
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
  f.text("name", "how tables call it", c.name, Need::required);
  c.gpu = gpu_of(f, reading);
  f.integer("nodes", "identical nodes", c.nodes, {1, kMostNodes}, Need::required);
  f.integer("gpus_per_node", "GPUs of a node", c.gpus_per_node, {1, kMostGpusPerNode}, Need::required);
  f.choice<IntraNode>("intra", "what joins the GPUs of a node", c.intra, kIntraNodes);
  f.bandwidth("intra_bandwidth", "of one GPU into its node's fabric, one direction", c.intra_bandwidth, kLink,
              Need::required);
  f.seconds("intra_latency", "of one message over it", c.intra_latency, kLatency, Need::required);
  f.choice<InterNode>("inter", "what joins the nodes: a leaf switch for each rail, or one for all NICs", c.inter,
                      kInterNodes);
  f.integer("nics_per_node", "network cards of a node; 0: none", c.nics_per_node, {0, kMostNics});
  const Need network = c.nodes > 1 && c.nics_per_node > 0 ? Need::required : Need::optional;
  constexpr const char* kNetwork = "needed if there are several nodes with NICs";
  f.bandwidth("nic_bandwidth", "of one NIC, one direction", c.nic_bandwidth, kLink, network);
  f.otherwise(kNetwork);
  f.seconds("inter_latency", "of one message between nodes", c.inter_latency, kLatency, network);
  f.otherwise(kNetwork);
  f.integer("nodes_per_leaf", "nodes under one leaf switch (rail_optimized: of each rail)", c.nodes_per_leaf,
            {1, kMostNodes});
  f.number("oversubscription", "of the leaf's up-links: 2 means that half of the bandwidth leaves it",
           c.oversubscription, {1, 1000});
  f.bandwidth("host_bandwidth", "between a GPU and the host's memory, one direction; needed by copies to it",
              c.host_bandwidth, kLink);
  read_running_cost(f, c, reading);
  f.finish();
  return c;
}

}  // namespace braid
