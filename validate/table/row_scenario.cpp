// SPDX-License-Identifier: Apache-2.0
#include "validate/table/row_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/error.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

/// The shipped file with that GPU; of several none is better than another.
std::string shipped_cluster(const PublishedRow& row) {
  const fs::path folder = fs::path(scenarios_folder()) / "clusters";
  if (!fs::is_directory(folder)) throw Error(folder.string(), "is not a folder; name a cluster file with --cluster");
  std::vector<std::string> fitting;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    if (read_cluster(entry.path().string()).gpu.name == row.gpu) fitting.push_back(entry.path().string());
  }
  if (fitting.size() == 1) return fitting.front();
  std::sort(fitting.begin(), fitting.end());
  throw Error(row.where + ":gpu",
              fitting.empty()
                  ? fmt::format("no cluster in {} has {}; name a cluster file with --cluster", folder.string(), row.gpu)
                  : fmt::format("{} is in several cluster files; name one with --cluster: {}", row.gpu,
                                fmt::join(fitting, ", ")));
}

std::string cluster_file(const PublishedRow& row, const RowAssumptions& assumptions) {
  return assumptions.cluster.empty() ? shipped_cluster(row) : assumptions.cluster;
}

BytesPerSecond node_bandwidth(const PublishedRow& row, const RowAssumptions& assumptions, const Cluster& links) {
  for (const NodeBandwidth& given : assumptions.node_bandwidths) {
    if (row.source.starts_with(given.source)) return given.bandwidth;
  }
  return links.nic_bandwidth * static_cast<double>(links.nics_per_node);
}

const char* name_of(Recompute recompute) {
  switch (recompute) {
    case Recompute::none:
      return "none";
    case Recompute::selective:
      return "selective";
    case Recompute::full:
      return "full";
  }
  BRAID_CHECK(false, "every recomputation is named");
}

/// Numbers of the row and words of ours alone; the path is quoted, JSON's escapes are TOML's.
std::string toml_of(const PublishedRow& r, const std::string& cluster) {
  const std::string path = nlohmann::json(fs::absolute(cluster).string()).dump();
  const std::string run = r.interleave > 1 ? fmt::format("schedule = \"1f1b-i\"\nchunks = {}", r.interleave)
                                           : std::string("schedule = \"1f1b\"");
  return fmt::format(R"(schema = 1
name = "published"
network = "ideal"
cluster = {cluster}

[model]
name = "gpt"
layers = {layers}
hidden = {hidden}
heads = {heads}
ffn = {ffn}
vocab = {vocab}
vocab_padding = 128
mlp = "gelu"
norm = "layernorm"
positions = "learned"
learned_positions = {sequence}
attention = "unfused"
tied_embeddings = true
biases = true
dropout = true

[plan]
tp = {tp}
pp = {pp}
dp = {dp}
microbatches = {microbatches}
microbatch_size = {microbatch}
sequence = {sequence}
sequence_parallel = {sequence_parallel}
recompute = "{recompute}"

[step_end]
overlap = false
gradient_bytes = 2

[[run]]
{run}
p2p = "eager"
p2p_host_waits = true
p2p_scatter_gather = true
async_all_reduce = "column"
)",
                     fmt::arg("cluster", path), fmt::arg("layers", r.layers), fmt::arg("hidden", r.hidden),
                     fmt::arg("heads", r.heads), fmt::arg("ffn", 4 * std::int64_t{r.hidden}),
                     fmt::arg("vocab", r.vocab), fmt::arg("sequence", r.sequence), fmt::arg("tp", r.tp),
                     fmt::arg("pp", r.pp), fmt::arg("dp", r.dp), fmt::arg("microbatches", r.microbatches()),
                     fmt::arg("microbatch", r.microbatch), fmt::arg("sequence_parallel", r.sequence_parallel),
                     fmt::arg("recompute", name_of(r.recompute)), fmt::arg("run", run));
}

}  // namespace

NodeBandwidth parse_node_bandwidth(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t rate = colon == std::string::npos ? 0 : colon + 1;
  const std::size_t digit = std::min(text.find_first_not_of(' ', rate), text.size());
  NodeBandwidth parsed{.source = colon == std::string::npos ? "" : text.substr(0, colon),
                       .bandwidth = parse_bandwidth(text.substr(digit), "--node-bandwidth")};
  if (!(parsed.bandwidth.value > 0)) throw Error("--node-bandwidth", "must be above 0");
  return parsed;
}

Scenario scenario_of(const PublishedRow& row, const RowAssumptions& assumptions) {
  const std::string file = cluster_file(row, assumptions);
  const Cluster links = read_cluster(file);
  if (links.gpu.name != row.gpu) {
    throw Error(row.where + ":gpu", fmt::format("is {}, the cluster in {} has {}", row.gpu, file, links.gpu.name));
  }
  const int nodes = (row.gpus + row.gpus_per_node - 1) / row.gpus_per_node;
  // As many GPUs share a NIC as in the file.
  const int nics = links.nics_per_node * row.gpus_per_node / links.gpus_per_node;
  std::vector<Override> overrides{{"cluster.nodes", std::to_string(nodes)},
                                  {"cluster.gpus_per_node", std::to_string(row.gpus_per_node)},
                                  {"cluster.nics_per_node", std::to_string(nics)}};
  if (nics > 0) {
    const BytesPerSecond nic = node_bandwidth(row, assumptions, links) / static_cast<double>(nics);
    overrides.push_back({"cluster.nic_bandwidth", fmt::format("{:.17g} B/s", nic.value)});
  }
  overrides.insert(overrides.end(), assumptions.overrides.begin(), assumptions.overrides.end());
  try {
    Scenario scenario = parse_scenario(toml_of(row, file), row.where, overrides);
    throw_if_any(check(scenario));
    scenario.name = row.id;
    scenario.locations.clear();  // of a text that nobody sees
    return scenario;
  } catch (const Error& error) { throw Error(row.where + ":" + row.id, error.what()); }
}

std::vector<std::string> assumption_lines(const std::vector<PublishedRow>& rows, const RowAssumptions& assumptions) {
  std::vector<std::string> lines{
      "model: GPT-3 style, FFN 4 x hidden, GELU, LayerNorm, learned positions, biases, dropout, unfused attention, "
      "tied "
      "embedding, vocabulary padded to 128 x TP",
      "step: Megatron-LM, slices of activations sent and gathered, hosts that wait for messages, all-reduces of input "
      "gradients behind a weight gradient, fp16 gradients reduced after the backward, Adam on fp32 copies; ideal "
      "network"};
  std::set<std::string> said;
  for (const PublishedRow& row : rows) {
    const Cluster links = read_cluster(cluster_file(row, assumptions));
    const std::string line = fmt::format(
        "GPU '{}' of {}: {}, links of cluster {}, {:g} Gbit/s of NICs a node of {} GPUs", row.gpu_as_written,
        row.source, row.gpu, links.name, 8e-9 * node_bandwidth(row, assumptions, links).value, row.gpus_per_node);
    if (said.insert(line).second) lines.push_back(line);
  }
  for (const Override& o : assumptions.overrides) lines.push_back(fmt::format("--set {}={}", o.path, o.value));
  return lines;
}

}  // namespace braid
