// SPDX-License-Identifier: Apache-2.0
#include "validate/device/op_kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"
#include "calibrate/device/driver.hpp"
#include "calibrate/device/pinned.hpp"
#include "calibrate/units/kernels.hpp"
#include "validate/device/op_calls.hpp"

namespace braid::gpu {
namespace {

constexpr float kMatrixDeviation = 0.02f, kGainDeviation = 0.5f, kRopeBase = 1e6f;  // as in the calibration
constexpr int kAdamStep = 100;  // of the bias correction: any step of a training under way
// cuBLASLt's workspace (64 MiB), cuDNN's, code of the libraries: not counted one by one.
constexpr std::size_t kReserve = std::size_t{768} << 20;
// Optimizer states that are shared by slices of parameters are still too many for any L2.
constexpr std::size_t kLeastStates = std::size_t{16} << 20;
constexpr std::size_t kStateBytes = 12;  // of a parameter: the fp32 copy and two moments
constexpr double kAdamBytes = 30;        // that move for a parameter: gradient 4, states 24, weight 2

double gib(std::size_t bytes) { return static_cast<double>(bytes) / (std::size_t{1} << 30); }
std::size_t rounded(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

DeviceBuffer zeros(std::size_t bytes) {
  DeviceBuffer b(bytes);
  if (bytes) BRAID_CUDA(cudaMemset(b.as<>(), 0, bytes));
  return b;
}

bool of_step(const Op& op) { return op.key.microbatch < 0; }
bool copies(const Op& op) { return op.lane == Lane::d2h || op.lane == Lane::h2d; }

/// Bytes of the largest op that moves something for the step rather than for a microbatch.
std::size_t largest_step_buffer(const Program& program, const RankProgram& rank) {
  double most = 0;
  for (const Op& op : rank.ops) {
    if (of_step(op) && op.lane != Lane::compute && !copies(op))
      most = std::max(most, program.works[op.work].bytes.value);
  }
  return rounded(static_cast<std::size_t>(most), 256);
}

std::size_t largest_copy(const Program& program, const RankProgram& rank) {
  double most = 0;
  for (const Op& op : rank.ops) {
    if (copies(op)) most = std::max(most, program.works[op.work].bytes.value);
  }
  return static_cast<std::size_t>(most);
}

int microbatches_of(const RankProgram& rank) {
  int last = 0;
  for (const Op& op : rank.ops) last = std::max(last, int{op.key.microbatch});
  return last + 1;
}

/// As many parameters as move the bytes that the program says: all, or with ZeRO-1 a replica's share.
std::size_t updated_elements(const Program& program, const RankProgram& rank, const ParameterLayout& layout) {
  double bytes = 0;
  for (const Op& op : rank.ops) {
    if (op.key.kind == OpKind::optimizer) bytes = program.works[op.work].optimizer_traffic.value;
  }
  const auto parameters = static_cast<std::size_t>(bytes / kAdamBytes);
  return parameters < layout.count ? rounded(parameters, 4) : layout.elements;
}

/// What the device, or the partition's share of it, has left.
std::size_t available_bytes(const KernelSite& site) {
  std::size_t available = 0, total = 0;
  BRAID_CUDA(cudaMemGetInfo(&available, &total));
  if (site.sms == 0) return available;
  int sms = 0;
  BRAID_CUDA(cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, site.device));
  return std::min(available, total / static_cast<std::size_t>(sms) * static_cast<std::size_t>(site.sms));
}

}  // namespace

struct OpKernels::Rank {
  Rank(const Program& p, int pp_rank, const KernelSite& site)
      : program(p),
        rank(p.ranks[static_cast<std::size_t>(pp_rank)]),
        pp(pp_rank),
        shape(shape_of(p)),
        layout(parameter_layout(p, pp_rank)),
        plan(tensor_plan(p, pp_rank)) {
    BRAID_CUDA(cudaSetDevice(site.device));
    plan_memory(site);
    lt.emplace();
    cudnn.emplace();
    products.emplace(*lt, shape,
                     ProductOptions{.head = layout.head.has_value(),
                                    .residual = 1.f / static_cast<float>(program.placement.tp),
                                    .sms = site.sms,
                                    .stream = site.stream});
    // It may hold that a partition's stream is of another context than its handle.
    if (site.context && cudnnSetStream(cudnn->get(), site.stream) != CUDNN_STATUS_SUCCESS) {
      cudaGetLastError();  // taken note of
      context = site.context;
      const CurrentContext here(context);
      cudnn.emplace();
    }
    const CurrentContext here(context);
    attention.emplace(cudnn->get(), AttentionShape{.batch = shape.samples,
                                                   .seq = shape.sequence,
                                                   .heads = shape.heads,
                                                   .kv_heads = shape.kv_heads,
                                                   .head_dim = shape.head_dim});
    take_parameters();
    take_tensors(site.stream);
    copied = DeviceBuffer(largest_copy(program, rank));
    host.emplace(copied.bytes());
    make_calls();
    make_buffers();
    run_once(site.stream);
  }

  void plan_memory(const KernelSite& site) {
    step_bytes = largest_step_buffer(program, rank);
    updated = updated_elements(program, rank, layout);
    const std::size_t available = available_bytes(site);
    const std::size_t parameters = 6 * layout.elements;
    const std::size_t statistics = static_cast<std::size_t>(shape.tokens()) * static_cast<std::size_t>(shape.heads);
    const std::size_t others = 2 * step_bytes + largest_copy(program, rank) +
                               statistics * 4 * static_cast<std::size_t>(shape.head_dim + 1) + kReserve;
    const std::size_t least_states = kStateBytes * std::min(updated, kLeastStates);
    const std::size_t needed = parameters + plan.arena + others + least_states;
    if (needed > available) {
      throw Error(
          fmt::format("GPU {}", site.device),
          fmt::format("rank {} needs {:.2f} GiB (parameters and gradients {:.2f}, activations {:.2f}, optimizer at "
                      "least {:.2f}, the rest {:.2f}), {:.2f} are free",
                      pp, gib(needed), gib(parameters), gib(plan.arena), gib(least_states), gib(others),
                      gib(available)));
    }
    const std::size_t room = (available - (needed - least_states)) / kStateBytes;
    states = std::min(updated, room / 4 * 4);
  }

  struct Filled {
    Parameter parameter;
    float deviation;
    std::uint32_t seed;  ///< by what it is in the model, so that the model is the same however it is cut into stages
  };
  std::vector<Filled> parameters() const {
    std::vector<Filled> all;
    for (const auto& [number, l] : layout.layers) {
      std::uint32_t seed = 100 + 8 * static_cast<std::uint32_t>(number);
      for (const Parameter& gain : {l.pre_attn, l.pre_mlp}) all.push_back({gain, kGainDeviation, seed++});
      for (const Parameter& p : {l.qkv, l.out_proj, l.gate_up, l.down}) all.push_back({p, kMatrixDeviation, seed++});
    }
    if (layout.final_norm) all.push_back({*layout.final_norm, kGainDeviation, 10});
    if (layout.embedding) all.push_back({*layout.embedding, kMatrixDeviation, 11});
    if (layout.head && !layout.tied) all.push_back({*layout.head, kMatrixDeviation, 12});
    return all;
  }

  void take_parameters() {
    weights = zeros(2 * layout.elements);
    gradients = zeros(4 * layout.elements);
    master = DeviceBuffer(4 * states);
    moments = zeros(8 * states);
    if (states) fill_normal(master.as<float>(), states, kMatrixDeviation, 5);
    for (const auto& [p, deviation, seed] : parameters()) {
      fill_normal(weights.as<Bf16>() + p.offset, p.count, deviation, seed);
      // The same numbers in fp32.
      if (p.offset + p.count <= states) fill_normal(master.as<float>() + p.offset, p.count, deviation, seed);
    }
  }

  void take_tensors(cudaStream_t stream) {
    block = DeviceBuffer(plan.arena);
    fill_normal(block.as<Bf16>(), plan.arena / 2, 1.f, 1);
    step_buffer = DeviceBuffer(2 * step_bytes);
    if (step_bytes) fill_normal(step_buffer.as<Bf16>(), step_bytes, 1.f, 2);
    const auto rows = static_cast<std::size_t>(microbatches_of(rank)) * static_cast<std::size_t>(shape.tokens());
    tokens = DeviceBuffer(4 * rows);
    targets = DeviceBuffer(4 * rows);
    if (shape.vocab) {
      fill_uniform(tokens.as<int>(), rows, shape.vocab, 3);
      fill_uniform(targets.as<int>(), rows, shape.vocab, 4);
    }
    cosine = DeviceBuffer(static_cast<std::size_t>(shape.sequence) * static_cast<std::size_t>(shape.head_dim / 2) * 4);
    sine = DeviceBuffer(cosine.bytes());
    BRAID_CUDA(cudaDeviceSynchronize());
    rope_table(cosine.as<float>(), sine.as<float>(), shape.sequence, shape.head_dim, kRopeBase, stream);
    BRAID_CUDA(cudaStreamSynchronize(stream));
  }

  void make_calls() {
    const RankOperands operands{.shape = &shape,
                                .plan = &plan,
                                .layout = &layout,
                                .products = &*products,
                                .attention = &*attention,
                                .block = block.as<std::byte>(),
                                .weights = weights.as<Bf16>(),
                                .gradients = gradients.as<float>(),
                                .cosine = cosine.as<float>(),
                                .sine = sine.as<float>(),
                                .tokens = tokens.as<int>(),
                                .targets = targets.as<int>()};
    for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
      calls_begin.push_back(static_cast<std::uint32_t>(calls.size()));
      const Op& op = rank.ops[i];
      if (copies(op)) add_copy(op);
      if (op.lane != Lane::compute) continue;
      if (op.key.kind == OpKind::optimizer) add_optimizer();
      for (OpCall& call : op_calls(operands, op, i)) calls.push_back(std::move(call));
    }
    calls_begin.push_back(static_cast<std::uint32_t>(calls.size()));
  }

  void add_copy(const Op& op) {
    const auto bytes = static_cast<std::size_t>(program.works[op.work].bytes.value);
    if (bytes == 0) return;
    if (op.lane == Lane::d2h) {
      calls.emplace_back([=, to = host->get(), from = copied.as<void>()](cudaStream_t q) {
        BRAID_CUDA(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, q));
      });
    } else {
      calls.emplace_back([=, to = copied.as<void>(), from = host->get()](cudaStream_t q) {
        BRAID_CUDA(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, q));
      });
    }
  }

  void add_optimizer() {
    for (std::size_t from = 0; from < updated; from += states) {
      const std::size_t count = std::min(states, updated - from);
      calls.emplace_back(
          [w = weights.as<Bf16>() + from, g = gradients.as<float>() + from, p = master.as<float>(),
           m = moments.as<float>(), v = moments.as<float>() + states,
           n = static_cast<std::int64_t>(count)](cudaStream_t q) { adam(w, p, m, v, g, n, kAdamStep, q); });
    }
  }

  void make_buffers() {
    buffers.resize(rank.ops.size());
    for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
      const Op& op = rank.ops[i];
      if (op.lane == Lane::compute || op.lane == Lane::host || copies(op)) continue;
      CommBuffers& b = buffers[i];
      b.elements = static_cast<std::size_t>(program.works[op.work].bytes.value) / sizeof(Bf16);
      std::byte *from = step_buffer.as<std::byte>(), *to = from;
      if (b.elements == 0) continue;  // of a replay
      if (!of_step(op)) {
        const PlannedTensor& tensor = plan.tensors[plan.of(i).front().tensor];
        BRAID_CHECK(b.elements * sizeof(Bf16) <= tensor.bytes, "a message or collective moves no more than its tensor");
        from = to = block.as<std::byte>() + tensor.offset;
      } else if (op.key.kind == OpKind::recv) {
        to += step_bytes;
      }
      if (op.key.kind != OpKind::recv) b.in = from;
      if (op.key.kind != OpKind::send) b.out = to;
    }
  }

  void enqueue(std::uint32_t op, cudaStream_t stream) const {
    const CurrentContext here(context);
    for (std::uint32_t c = calls_begin[op]; c < calls_begin[op + 1]; ++c) calls[c](stream);
  }

  /// Ops in the order of issue, so that each finds what the ones before it have made, until every kind has run.
  void run_once(cudaStream_t stream) {
    std::vector<bool> seen(program.works.size(), false);
    const auto computes = [](const Op& op) { return op.lane == Lane::compute && op.key.kind != OpKind::optimizer; };
    std::size_t left = 0;
    for (const Op& op : rank.ops) {
      if (computes(op) && !seen[op.work]) seen[op.work] = true, ++left;
    }
    for (std::uint32_t i = 0; i < rank.ops.size() && left > 0; ++i) {
      if (!computes(rank.ops[i])) continue;
      enqueue(i, stream);
      if (seen[rank.ops[i].work]) seen[rank.ops[i].work] = false, --left;
    }
    BRAID_CUDA(cudaMemsetAsync(gradients.as<>(), 0, gradients.bytes(), stream));
    for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
      if (rank.ops[i].key.kind == OpKind::optimizer) enqueue(i, stream);
    }
    BRAID_CUDA(cudaStreamSynchronize(stream));
  }

  std::vector<std::string> notes() const {
    std::size_t counted = 0, kernels = calls.size();
    for (const Op& op : rank.ops) {
      if (copies(op) && program.works[op.work].bytes > Bytes(0)) --kernels;
      if (op.lane == Lane::compute) counted += static_cast<std::size_t>(program.works[op.work].compute.kernels);
    }
    std::vector<std::string> lines{
        fmt::format(
            "rank {}: {} kernel calls a step for {} that the model counts: the residual add is part of the product "
            "before it, Q and K turn in one kernel, a norm's input gradient adds that of the residual stream",
            pp, kernels, counted),
        "attention's backward is one call of cuDNN, which launches what it needs (six kernels on an H100)",
        "every rank of a tensor-parallel group has the same weights and adds 1/tp of the residual stream; every token "
        "falls "
        "into each rank's part of the vocabulary",
        "gradients are added up over steps: no op of the program sets them to zero"};
    if (context) lines.emplace_back("cuDNN takes a partition's stream only with the partition's context current");
    if (layout.head) {
      lines.emplace_back(
          "the loss is one kernel over this rank's part of the vocabulary, in bf16 and in place, all of it in "
          "F; what the ranks exchange for it is moved and not used");
    }
    if (copied.bytes()) {
      lines.push_back(fmt::format("copies to and from the host move a buffer of {:.2f} GiB in place of tensors",
                                  gib(copied.bytes())));
    }
    if (step_bytes) {
      lines.push_back(
          fmt::format("gradients and parameters that replicas or ends of the model exchange are stood for by a "
                      "buffer of {:.2f} GiB",
                      gib(step_bytes)));
    }
    if (states < updated && states > 0) {
      lines.push_back(
          fmt::format("Adam's states are there for {:.3g} of {:.3g} parameters, slice after slice: the same "
                      "bytes move, the updates are none of a training",
                      static_cast<double>(states), static_cast<double>(updated)));
    }
    lines.push_back(fmt::format("activations take {:.2f} GiB at most in the order of issue, in a block of {:.2f} GiB",
                                gib(plan.most_live), gib(plan.arena)));
    return lines;
  }

  const Program& program;
  const RankProgram& rank;
  int pp;
  ProgramShape shape;
  ParameterLayout layout;
  TensorPlan plan;
  std::size_t step_bytes = 0;  ///< of each half of the step's buffer
  std::size_t updated = 0;     ///< elements that the optimizer updates
  std::size_t states = 0;      ///< elements that have states of their own
  void* context = nullptr;     ///< to be current while kernels are enqueued; null: any
  std::optional<LtHandle> lt;
  std::optional<CudnnHandle> cudnn;
  std::optional<LinearProducts> products;
  std::optional<Attention> attention;
  DeviceBuffer weights, gradients, master, moments, block, step_buffer, copied, tokens, targets, cosine, sine;
  std::optional<PinnedMemory> host;  ///< of copies, the other end of `copied`
  std::vector<OpCall> calls;
  std::vector<std::uint32_t> calls_begin;  ///< by op, and once more for the end
  std::vector<CommBuffers> buffers;        ///< by op
};

OpKernels::OpKernels(const Program& program, int pp_rank, const KernelSite& site)
    : rank_(std::make_unique<Rank>(program, pp_rank, site)) {}
OpKernels::~OpKernels() = default;

void OpKernels::enqueue(std::uint32_t op, cudaStream_t stream) const { rank_->enqueue(op, stream); }
CommBuffers OpKernels::buffers(std::uint32_t op) const { return rank_->buffers[op]; }
std::vector<std::string> OpKernels::notes() const { return rank_->notes(); }

Bytes OpKernels::held() const {
  const auto& r = *rank_;
  const std::size_t parameters = r.weights.bytes() + r.gradients.bytes() + r.master.bytes() + r.moments.bytes();
  return Bytes(static_cast<double>(parameters + r.plan.most_live));
}

bool OpKernels::finite() const {
  const auto numbers = [](const Bf16* p, std::size_t stride, std::size_t of) {
    const std::vector<Bf16> sample = read_strided(p, stride, of / stride);
    return std::all_of(sample.begin(), sample.end(), [](Bf16 v) { return std::isfinite(__bfloat162float(v)); });
  };
  const std::size_t n = rank_->layout.elements, stride = n / 4096 + 1;
  if (n < 2) return true;
  // The upper half of an fp32 number has its exponent.
  return numbers(weights(), stride, n) && numbers(rank_->gradients.as<Bf16>() + 1, 2 * stride, 2 * (n - 1));
}

const void* OpKernels::tensor(std::uint32_t op, Role role) const {
  return rank_->block.as<std::byte>(rank_->plan.tensor(op, role).offset);
}
const TensorPlan& OpKernels::plan() const { return rank_->plan; }
const ParameterLayout& OpKernels::layout() const { return rank_->layout; }
const Bf16* OpKernels::weights() const { return rank_->weights.as<Bf16>(); }
const float* OpKernels::gradients() const { return rank_->gradients.as<float>(); }

}  // namespace braid::gpu
