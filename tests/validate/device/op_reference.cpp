// SPDX-License-Identifier: Apache-2.0
#include "tests/validate/device/op_reference.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/attention_reference.hpp"
#include "calibrate/sweep/host_reference.hpp"

namespace braid::gpu {
namespace {

constexpr double kEps = 1e-5, kRopeBase = 1e6;  // as the ops have them

bool is_fp32(Role role) { return role == Role::rstd || role == Role::statistics || role == Role::loss; }

std::vector<double> sum(std::vector<double> a, const std::vector<double>& b, double weight = 1) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += weight * b[i];
  return a;
}

/// Of rows of `width`, the columns from one up to another.
std::vector<double> columns(const std::vector<double>& rows, int width, int from, int to) {
  std::vector<double> part;
  for (auto row = rows.begin(); row != rows.end(); row += width) part.insert(part.end(), row + from, row + to);
  return part;
}

}  // namespace

OpReference::OpReference(const Program& program, int pp_rank, const OpKernels& kernels, cudaStream_t stream)
    : program_(program),
      rank_(program.ranks[static_cast<std::size_t>(pp_rank)]),
      kernels_(kernels),
      stream_(stream),
      shape_(shape_of(program)) {}

std::vector<OpError> OpReference::run(std::uint32_t op) {
  if (rank_.ops[op].lane != Lane::compute) return {};
  op_ = op;
  key_ = rank_.ops[op].key;
  errors_.clear();
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  in_ = tensors();
  gradients_ = read(kernels_.gradients(), kernels_.layout().elements);
  kernels_.enqueue(op, stream_);
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  out_ = tensors();
  if (key_.kind == OpKind::forward || key_.kind == OpKind::recompute) forward();
  if (key_.kind == OpKind::input_grad) input_grad();
  if (key_.kind == OpKind::weight_grad) weight_grad();
  return errors_;
}

void OpReference::forward() {
  const double own_share = 1.0 / program_.placement.tp;
  const gpu::AttentionShape a{shape_.samples, shape_.sequence, shape_.heads, shape_.kv_heads, shape_.head_dim};
  switch (key_.unit) {
    case Unit::embedding:
      return embedding_forward();
    case Unit::attn: {
      if (in_.contains(Role::attended_again)) {
        const Doubles nothing(out_.at(Role::attended_again).size(), 0.0);
        return compare("attended_again", out_.at(Role::attended_again),
                       attention_reference(a, in_.at(Role::qkv), nothing).out);
      }
      const Doubles qkv =
          turned(reference::times_transposed(in_.at(Role::normed), weight(layer().qkv), shape_.hidden), 1);
      compare("qkv", out_.at(Role::qkv), qkv);
      const Doubles nothing(out_.at(Role::attended).size(), 0.0);
      compare("attended", out_.at(Role::attended), attention_reference(a, out_.at(Role::qkv), nothing).out);
      const Doubles projected =
          reference::times_transposed(out_.at(Role::attended), weight(layer().out_proj), shape_.query());
      return compare("y", out_.at(Role::y), sum(projected, in_.at(Role::x), own_share));
    }
    case Unit::mlp: {
      compare("gate_up", out_.at(Role::gate_up),
              reference::times_transposed(in_.at(Role::normed), weight(layer().gate_up), shape_.hidden));
      compare("activated", out_.at(Role::activated), reference::swiglu(out_.at(Role::gate_up), shape_.ffn));
      const Doubles down = reference::times_transposed(out_.at(Role::activated), weight(layer().down), shape_.ffn);
      return compare("y", out_.at(Role::y), sum(down, in_.at(Role::x), own_share));
    }
    case Unit::head:
      return loss();
    default: {
      const reference::Norm norm = reference::rmsnorm(in_.at(Role::x), weight(gain()), kEps);
      compare("normed", out_.at(Role::normed), norm.y);
      compare("rstd", out_.at(Role::rstd), norm.rstd);
    }
  }
}

/// Every row is one of the table's.
void OpReference::embedding_forward() {
  const Doubles table = weight(*kernels_.layout().embedding), &y = out_.at(Role::y);
  const auto h = static_cast<std::size_t>(shape_.hidden);
  Doubles found(y.size(), 0.0);
  for (std::size_t row = 0; row < y.size(); row += h) {
    for (std::size_t entry = 0; entry < table.size(); entry += h) {
      if (std::equal(table.begin() + static_cast<std::ptrdiff_t>(entry),
                     table.begin() + static_cast<std::ptrdiff_t>(entry + h),
                     y.begin() + static_cast<std::ptrdiff_t>(row)))
        std::copy_n(y.begin() + static_cast<std::ptrdiff_t>(row), h, found.begin() + static_cast<std::ptrdiff_t>(row));
    }
  }
  compare("y", found, y);
}

/// The gradient of a row is its softmax, less one at the target, over the rows: the target is where most is missing.
void OpReference::loss() {
  const Doubles logits =
      reference::times_transposed(in_.at(Role::normed), weight(*kernels_.layout().head), shape_.hidden);
  const auto v = static_cast<std::size_t>(shape_.vocab);
  const Doubles& got = out_.at(Role::logits);
  const Doubles guess = reference::cross_entropy(logits, std::vector<int>(logits.size() / v, 0)).gradient;
  std::vector<int> target;
  for (std::size_t row = 0; row < got.size(); row += v) {
    std::size_t at = 0;
    double least = 0;
    for (std::size_t c = 0; c < v; ++c) {
      const double softmax = guess[row + c] + (c == 0 ? static_cast<double>(v) / static_cast<double>(got.size()) : 0);
      if (got[row + c] - softmax < least) least = got[row + c] - softmax, at = c;
    }
    target.push_back(static_cast<int>(at));
  }
  const reference::Loss want = reference::cross_entropy(logits, target);
  compare("logits", got, want.gradient);
  Doubles losses = out_.at(Role::loss);
  losses.resize(want.loss.size());  // behind it is room for what ranks exchange
  compare("loss", losses, want.loss);
}

void OpReference::input_grad() {
  const gpu::AttentionShape a{shape_.samples, shape_.sequence, shape_.heads, shape_.kv_heads, shape_.head_dim};
  switch (key_.unit) {
    case Unit::attn: {
      compare("d_attended", out_.at(Role::d_attended),
              reference::times(in_.at(Role::d_output), weight(layer().out_proj), shape_.hidden));
      const Doubles d = attention_reference(a, in_.at(Role::qkv), out_.at(Role::d_attended)).dqkv;
      // V's gradient is far larger than those of Q and K and would hide their errors.
      const int qk = (shape_.heads + shape_.kv_heads) * shape_.head_dim;
      const Doubles want = turned(d, -1), &got = out_.at(Role::d_qkv);
      compare("d_qk", columns(got, width(), 0, qk), columns(want, width(), 0, qk));
      compare("d_v", columns(got, width(), qk, width()), columns(want, width(), qk, width()));
      return compare("d_normed", out_.at(Role::d_normed),
                     reference::times(out_.at(Role::d_qkv), weight(layer().qkv), width()));
    }
    case Unit::mlp:
      compare("d_activated", out_.at(Role::d_activated),
              reference::times(in_.at(Role::d_output), weight(layer().down), shape_.hidden));
      compare("d_gate_up", out_.at(Role::d_gate_up),
              reference::swiglu_dgrad(in_.at(Role::gate_up), out_.at(Role::d_activated), shape_.ffn));
      return compare("d_normed", out_.at(Role::d_normed),
                     reference::times(out_.at(Role::d_gate_up), weight(layer().gate_up), 2 * shape_.ffn));
    case Unit::head:
      return compare("d_normed", out_.at(Role::d_normed),
                     reference::times(in_.at(Role::logits), weight(*kernels_.layout().head), shape_.vocab));
    default: {
      const Doubles& x = in_.at(Role::x);
      const Doubles gains = weight(gain()), rstd = reference::rmsnorm(x, gains, kEps).rstd;
      Doubles dx = reference::rmsnorm_dgrad(x, gains, rstd, in_.at(Role::d_normed));
      if (key_.unit != Unit::final_norm) dx = sum(dx, in_.at(Role::d_output));
      compare("d_input", out_.at(Role::d_input), dx);
      compare("gain", added(gain()), reference::rmsnorm_wgrad(x, rstd, in_.at(Role::d_normed)));
    }
  }
}

void OpReference::weight_grad() {
  const auto part = static_cast<WPart>(key_.index);
  const bool row = part != WPart::column_parallel, column = part != WPart::row_parallel;
  const auto product = [&](const char* what, const Parameter& p, Role dy, Role x) {
    compare(what, added(p), reference::transposed_times(in_.at(dy), in_.at(x), shape_.tokens()));
  };
  switch (key_.unit) {
    case Unit::attn:
      if (row) product("out_proj", layer().out_proj, Role::d_output, Role::attended);
      if (column) product("qkv", layer().qkv, Role::d_qkv, Role::normed);
      return;
    case Unit::mlp:
      if (row) product("down", layer().down, Role::d_output, Role::activated);
      if (column) product("gate_up", layer().gate_up, Role::d_gate_up, Role::normed);
      return;
    case Unit::head:
      return product("head", *kernels_.layout().head, Role::logits, Role::normed);
    default: {  // the embedding: whatever the ids, columns add up
      const auto h = static_cast<std::size_t>(shape_.hidden);
      Doubles got(h, 0.0), want(h, 0.0);
      const Doubles d = added(*kernels_.layout().embedding), &dy = in_.at(Role::d_output);
      for (std::size_t i = 0; i < d.size(); ++i) got[i % h] += d[i];
      for (std::size_t i = 0; i < dy.size(); ++i) want[i % h] += dy[i];
      compare("embedding", got, want);
    }
  }
}

OpReference::Doubles OpReference::tensor(Role role) const {
  const void* p = kernels_.tensor(op_, role);
  const std::size_t bytes = kernels_.plan().tensor(op_, role).bytes;
  return is_fp32(role) ? read(static_cast<const float*>(p), bytes / 4) : read(static_cast<const Bf16*>(p), bytes / 2);
}

std::map<Role, OpReference::Doubles> OpReference::tensors() const {
  std::map<Role, Doubles> all;
  for (const TensorUse& use : kernels_.plan().of(op_)) all[use.role] = tensor(use.role);
  return all;
}

OpReference::Doubles OpReference::weight(const Parameter& p) const {
  return read(kernels_.weights() + p.offset, p.count);
}

OpReference::Doubles OpReference::added(const Parameter& p) const {
  Doubles now = read(kernels_.gradients() + p.offset, p.count);
  for (std::size_t i = 0; i < now.size(); ++i) now[i] -= gradients_[p.offset + i];
  return now;
}

const LayerParameters& OpReference::layer() const { return kernels_.layout().layers.at(key_.layer); }

const Parameter& OpReference::gain() const {
  if (key_.unit == Unit::final_norm) return *kernels_.layout().final_norm;
  return key_.unit == Unit::pre_attn ? layer().pre_attn : layer().pre_mlp;
}

OpReference::Doubles OpReference::turned(Doubles qkv, int direction) const {
  reference::rope(
      qkv,
      {.seq = shape_.sequence, .heads = shape_.heads + shape_.kv_heads, .head_dim = shape_.head_dim, .row = width()},
      kRopeBase, direction);
  return qkv;
}

void OpReference::compare(const char* what, const Doubles& got, const Doubles& want) {
  errors_.push_back({to_text(key_) + ' ' + what, relative_error(got, want)});
}

}  // namespace braid::gpu
