// SPDX-License-Identifier: Apache-2.0
// FNV-1a, 64 bit, over a text that lists every field in a fixed order. Changing that text changes every hash, so that
// results say which program wrote them.
#include <fmt/format.h>

#include <cstdint>

#include "sim/base/csv.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  return hash;
}

/// Fields of one part, each closed by a semicolon so that neighbours cannot run together.
class Canonical {
 public:
  explicit Canonical(const char* part) : text_(std::string(part) + ":") {}
  Canonical& add(double value) { return append(fmt::format("{:.17g}", value)); }
  template <class E>
  requires std::is_enum_v<E> Canonical& add(E value) { return append(fmt::format("{}", static_cast<int>(value))); }
  template <int T, int B, int F>
  Canonical& add(Quantity<T, B, F> value) {
    return add(value.value);
  }
  Canonical& add(const std::string& value) { return append(fmt::format("{}'{}", value.size(), value)); }
  Canonical& add(const std::optional<int>& value) { return value ? add(double(*value)) : append("-"); }
  const std::string& text() const { return text_; }

 private:
  Canonical& append(const std::string& value) {
    text_ += value + ";";
    return *this;
  }
  std::string text_;
};

std::string of(const Model& m) {
  Canonical c("model");
  for (const int x : {m.layers, m.hidden, m.heads, m.kv_heads, m.head_dim, m.ffn, m.vocab, m.vocab_padding,
                      m.learned_positions, m.element_bytes}) {
    c.add(double(x));
  }
  c.add(m.mlp).add(m.norm).add(m.positions).add(m.attention);
  for (const bool x : {m.tied_embeddings, m.biases, m.dropout, m.fp32_norm_output}) c.add(double(x));
  return c.text();
}

std::string of(const Cluster& k) {
  Canonical c("cluster");
  const Gpu& g = k.gpu;
  c.add(g.name).add(double(g.sms)).add(g.bf16_dense).add(g.fp32_vector).add(g.memory).add(g.memory_bandwidth).add(g.l2);
  for (const int x : {k.nodes, k.gpus_per_node, k.nics_per_node, k.nodes_per_leaf}) c.add(double(x));
  c.add(k.intra).add(k.intra_bandwidth).add(k.intra_latency).add(k.inter).add(k.nic_bandwidth).add(k.inter_latency);
  c.add(k.oversubscription).add(k.host_bandwidth);
  return c.text();
}

std::string of(const Plan& p) {
  Canonical c("plan");
  for (const int x : {p.tp, p.pp, p.dp, p.microbatches, p.microbatch_size, p.sequence, p.last_stage_fewer_layers}) {
    c.add(double(x));
  }
  c.add(p.rank_order).add(double(p.sequence_parallel)).add(p.recompute).add(double(p.fold));
  for (const int layers : p.layers_per_stage) c.add(double(layers));
  return c.text();
}

std::string of(const StepEnd& e) {
  return Canonical("step_end")
      .add(e.data_parallel)
      .add(e.bucket)
      .add(double(e.overlap))
      .add(double(e.optimizer))
      .add(e.gradient_bytes)
      .add(e.optimizer_bytes)
      .text();
}

std::string of(const Noise& n) {
  Canonical c("noise");
  c.add(std::to_string(n.seed)).add(n.jitter);
  for (const auto& [rank, factor] : n.slow_ranks) c.add(double(rank)).add(factor);
  return c.text();
}

std::string contents(const std::string& path) {
  try {
    return read_file(path);
  } catch (const Error&) { return path; }
}

std::string of(const Run& r) {
  Canonical c("run");
  constexpr std::string_view file = "file:";
  c.add(r.schedule.starts_with(file) ? contents(r.schedule.substr(file.size())) : r.schedule);
  c.add(r.chunks).add(r.group).add(r.memory_limit).add(r.p2p).add(r.async_all_reduce).add(double(r.join_adjacent_w));
  // Named where they are used alone, so that hashes from before they were there still hold.
  if (r.p2p_host_waits) c.add(std::string("p2p_host_waits"));
  if (r.p2p_scatter_gather) c.add(std::string("p2p_scatter_gather"));
  return c.text();
}

}  // namespace

std::string scenario_hash(const Scenario& s) {
  std::string text = of(s.model) + of(s.cluster) + of(s.plan) + of(s.step_end) + of(s.noise);
  text += Canonical("network").add(s.network).text();
  if (!s.profile.empty()) text += Canonical("profile").add(contents(s.profile)).text();
  for (const auto& [name, value] : s.parameters) text += Canonical("parameter").add(name).add(value).text();
  for (const Run& run : s.runs) text += of(run);
  return fmt::format("{:016x}", fnv1a(text));
}

}  // namespace braid
