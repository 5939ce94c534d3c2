// SPDX-License-Identifier: Apache-2.0
// Reads overlap tables: which kernel a row is about, and what it and the communication ask of memory.
#include <array>
#include <optional>

#include "calibrate/fit/overlap_fit.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/attention.hpp"
#include "sim/cost/gemm.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr double kGigabyte = 1e9;
constexpr double kEachWay = 2;  ///< a byte that is copied inside the GPU is read once and written once

/// A kernel of the sweep.
struct Kernel {
  KernelKind kind = KernelKind::fixed;
  std::string key;
  Bytes bytes;
};

Kernel product(const Gemm& gemm, Pass pass) {
  return {.kind = KernelKind::gemm, .key = gemm_key(gemm, pass), .bytes = gemm_bytes(gemm, pass, Parameters{})};
}

Kernel attention(double tokens, double heads, bool forward, bool backward) {
  AttentionShape shape{.samples = 1, .sequence = tokens, .heads = heads, .kv_heads = heads / 5, .head_dim = 128};
  Kernel kernel{.kind = KernelKind::attention, .key = {}, .bytes = {}};
  if (forward) kernel.bytes += attention_bytes(shape);
  shape.backward = backward;
  if (backward) kernel.bytes += attention_bytes(shape);
  if (forward != backward) kernel.key = attention_key(shape);  // both at once are no single kernel
  return kernel;
}

/// Version 1 of the table names its kernels and nothing else; all are of the 12.1B model at 6144 tokens.
std::optional<Kernel> named(const std::string& name) {
  struct Product {
    const char* name;
    Gemm gemm;
    Pass pass;
  };
  static const std::array<Product, 8> products = {{{"gate_up_F_tp4", {.m = 6144, .n = 9472, .k = 5120}, Pass::F},
                                                   {"gate_up_I_tp4", {.m = 6144, .n = 5120, .k = 9472}, Pass::I},
                                                   {"gate_up_W_tp4", {.m = 9472, .n = 5120, .k = 6144}, Pass::W},
                                                   {"down_F_tp4", {.m = 6144, .n = 5120, .k = 4736}, Pass::F},
                                                   {"qkv_F_tp4", {.m = 6144, .n = 1792, .k = 5120}, Pass::F},
                                                   {"out_proj_F_tp8", {.m = 6144, .n = 5120, .k = 640}, Pass::F},
                                                   {"gate_up_F_tp8", {.m = 6144, .n = 4736, .k = 5120}, Pass::F},
                                                   {"cube_8192", {.m = 8192, .n = 8192, .k = 8192}, Pass::F}}};
  for (const Product& p : products) {
    if (name == p.name) return product(p.gemm, p.pass);
  }
  if (name == "attention_F_tp4") return attention(6144, 10, true, false);
  if (name == "attention_F_and_B_tp4") return attention(6144, 10, true, true);
  if (name == "rmsnorm_forward")
    return Kernel{.kind = KernelKind::memory, .key = {}, .bytes = Bytes(6144.0 * 5120 * 4)};
  if (name == "swiglu_forward_tp4")
    return Kernel{.kind = KernelKind::memory, .key = {}, .bytes = Bytes(6144.0 * 4736 * 6)};
  return std::nullopt;
}

/// Later versions have columns pass, m, n, k: of a product; rows and width of a memory-bound kernel; tokens and heads
/// of an attention over one sequence.
std::optional<Kernel> shaped(const Table& table, std::size_t row, const std::string& name) {
  const double m = table.positive(row, "m"), n = table.positive(row, "n"), k = table.number(row, "k");
  const std::string& pass = table.text(row, "pass");
  if (name.starts_with("attention_")) return attention(m, n, pass == "F", pass != "F");
  if (name.starts_with("rmsnorm_forward"))
    return Kernel{.kind = KernelKind::memory, .key = {}, .bytes = Bytes(4 * m * n)};
  if (name.starts_with("swiglu_forward"))
    return Kernel{.kind = KernelKind::memory, .key = {}, .bytes = Bytes(6 * m * n)};
  if (!(k > 0)) return std::nullopt;
  return product({.m = m, .n = n, .k = k}, pass == "F" ? Pass::F : pass == "I" ? Pass::I : Pass::W);
}

}  // namespace

const std::vector<std::string> kOverlapColumns = {"compute",
                                                  "sm_target",
                                                  "comm",
                                                  "ctas",
                                                  "alone_us",
                                                  "beside_us",
                                                  "compute_slowdown",
                                                  "comm_alone_gb_per_s",
                                                  "clock_beside_mhz",
                                                  "compute_slowdown_in_cycles"};

std::vector<OverlapSample> overlap_samples(const Table& table, const Gpu& gpu) {
  std::vector<OverlapSample> samples;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& comm = table.text(row, "comm");
    if (table.number(row, "sm_target") != 0 || comm == "nccl_self_repeated") continue;
    if (comm != "hold" && comm != "copy" && comm != "nccl_self") {
      throw Error(table.at(row) + ":comm", "'" + comm + "' is not hold, copy, nccl_self or nccl_self_repeated");
    }
    const std::string& name = table.text(row, "compute");
    const std::optional<Kernel> kernel = table.has("m") ? shaped(table, row, name) : named(name);
    if (!kernel) throw Error(table.at(row) + ":compute", "'" + name + "' is no kernel of the overlap sweep");
    const Seconds alone(table.positive(row, "alone_us") * kMicrosecond);
    const bool in_time = kernel->kind == KernelKind::memory;  // streams do not notice the clock
    samples.push_back(
        {.compute = name,
         .kind = kernel->kind,
         .key = kernel->key,
         .comm = comm,
         .source = table.at(row),
         .ctas = table.positive(row, "ctas"),
         .used = kernel->bytes / alone / gpu.memory_bandwidth,
         .taken = kEachWay * table.number(row, "comm_alone_gb_per_s") * kGigabyte / gpu.memory_bandwidth.value,
         .slowdown = table.positive(row, in_time ? "compute_slowdown" : "compute_slowdown_in_cycles")});
  }
  return samples;
}

}  // namespace braid
