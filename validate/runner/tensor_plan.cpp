// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/tensor_plan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "validate/runner/arena.hpp"
#include "validate/runner/op_order.hpp"

namespace braid {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kRoles = static_cast<std::size_t>(Role::d_input) + 1;
constexpr std::size_t kElement = 2, kFp32 = 4;

/// A norm and what it feeds, for one microbatch: the tensors that its ops hand to one another.
struct Branch {
  std::array<std::uint32_t, kRoles> tensor;
  Branch() { tensor.fill(kNone); }
  std::uint32_t& operator[](Role role) { return tensor[static_cast<std::size_t>(role)]; }
};

Unit branch_of(Unit unit) {
  switch (unit) {
    case Unit::pre_attn:
      return Unit::attn;
    case Unit::pre_mlp:
      return Unit::mlp;
    case Unit::final_norm:
      return Unit::head;
    default:
      return unit;
  }
}

bool is_norm(Unit unit) { return branch_of(unit) != unit; }

class Tracer {
 public:
  Tracer(const Program& program, int pp_rank)
      : program_(program), rank_(program.ranks[static_cast<std::size_t>(pp_rank)]), shape_(shape_of(program)) {}

  TensorPlan trace() {
    for (op_ = 0; op_ < rank_.ops.size(); ++op_) {
      plan_.uses_begin.push_back(static_cast<std::uint32_t>(plan_.uses.size()));
      const Op& op = rank_.ops[op_];
      const bool copies = op.lane == Lane::d2h || op.lane == Lane::h2d;  // of no tensor of the plan (op_kernels.hpp)
      if (op.key.microbatch >= 0 && op.lane != Lane::host && !copies) look_at(op);
    }
    plan_.uses_begin.push_back(static_cast<std::uint32_t>(plan_.uses.size()));
    return std::move(plan_);
  }

 private:
  /// The residual stream of a microbatch on its way forward, or its gradient on its way back.
  struct Way {
    std::map<int, std::uint32_t> now;                                ///< by microbatch
    std::map<std::pair<int, int>, std::uint32_t> came_in, went_out;  ///< by (microbatch, chunk)
  };

  void look_at(const Op& op) {
    const OpKey& key = op.key;
    Branch& b = branches_[{key.microbatch, key.layer, branch_of(key.unit)}];
    switch (key.kind) {
      case OpKind::forward:
      case OpKind::recompute:
        return is_norm(key.unit) ? norm_forward(key, b) : forward(op, b);
      case OpKind::input_grad:
        return is_norm(key.unit) ? norm_backward(key, b) : backward(key, b);
      case OpKind::weight_grad:
        return weight_grad(key, b);
      case OpKind::all_reduce:
        return all_reduce(key, b);
      case OpKind::send:
        return send(key);
      case OpKind::recv:
        way(backward_message(key)).came_in[place(key)] = receive(backward_message(key));
        return;
      default:
        return;  // what belongs to the step moves parameters and gradients of weights
    }
  }

  void norm_forward(const OpKey& key, Branch& b) {
    // A recomputed layer starts from the input that its forward has kept.
    if (key.unit == Unit::pre_mlp) {
      b[Role::x] = branches_[{key.microbatch, key.layer, Unit::attn}][Role::y];
    } else if (key.kind == OpKind::forward) {
      b[Role::x] = stream(way(false), key);
    }
    use(b, Role::x);
    write(b, Role::normed, rows(shape_.hidden));
    write(b, Role::rstd, kFp32 * tokens());
  }

  void forward(const Op& op, Branch& b) {
    const OpKey& key = op.key;
    if (key.unit == Unit::attn && program_.works[op.work].compute.gemms.empty()) {  // the core alone is recomputed
      use(b, Role::qkv);
      write(b, Role::attended_again, rows(shape_.query()));
      write(b, Role::statistics, kFp32 * tokens() * static_cast<std::size_t>(shape_.heads));
      return;
    }
    if (key.unit != Unit::embedding) use(b, Role::normed);
    if (key.unit == Unit::head) {
      write(b, Role::logits, rows(shape_.vocab));
      write(b, Role::loss, 3 * kFp32 * tokens());
      return;
    }
    if (key.unit == Unit::attn) {
      use(b, Role::x);
      write(b, Role::qkv, rows(shape_.qkv()));
      write(b, Role::attended, rows(shape_.query()));
      write(b, Role::statistics, kFp32 * tokens() * static_cast<std::size_t>(shape_.heads));
    } else if (key.unit == Unit::mlp) {
      use(b, Role::x);
      write(b, Role::gate_up, rows(2 * shape_.ffn));
      write(b, Role::activated, rows(shape_.ffn));
    }
    write(b, Role::y, rows(shape_.hidden));
    if (key.kind == OpKind::forward) moves_on(way(false), key, b[Role::y]);
  }

  void norm_backward(const OpKey& key, Branch& b) {
    use(b, Role::x);
    use(b, Role::rstd);
    use(b, Role::d_normed);
    if (key.unit != Unit::final_norm) use(b, Role::d_output);
    write(b, Role::d_input, rows(shape_.hidden));
    moves_on(way(true), key, b[Role::d_input]);
  }

  void backward(const OpKey& key, Branch& b) {
    if (key.unit == Unit::head) {
      use(b, Role::logits);
    } else if (key.unit == Unit::attn) {
      output_gradient(key, b);
      use(b, Role::qkv);
      const bool again = b[Role::attended_again] != kNone;
      use(b, again ? Role::attended_again : Role::attended);
      use(b, Role::statistics);
      write(b, Role::d_attended, rows(shape_.query()));
      write(b, Role::d_qkv, rows(shape_.qkv()));
    } else {
      output_gradient(key, b);
      use(b, Role::gate_up);
      write(b, Role::d_activated, rows(shape_.ffn));
      write(b, Role::d_gate_up, rows(2 * shape_.ffn));
    }
    write(b, Role::d_normed, rows(shape_.hidden));
  }

  void weight_grad(const OpKey& key, Branch& b) {
    const auto part = static_cast<WPart>(key.index);
    if (key.unit == Unit::embedding) return output_gradient(key, b);
    if (key.unit == Unit::head) {
      use(b, Role::logits);
      return use(b, Role::normed);
    }
    const bool attention = key.unit == Unit::attn;
    if (part != WPart::column_parallel) {
      output_gradient(key, b);
      use(b, attention ? Role::attended : Role::activated);
    }
    if (part != WPart::row_parallel) {
      use(b, attention ? Role::d_qkv : Role::d_gate_up);
      use(b, Role::normed);
    }
  }

  void all_reduce(const OpKey& key, Branch& b) {
    if (static_cast<CommOf>(key.index) == CommOf::input_grad) return use(b, Role::d_normed);
    use(b, key.unit == Unit::head ? Role::loss : Role::y);
  }

  void send(const OpKey& key) {
    Way& w = way(backward_message(key));
    const auto made = w.went_out.find(place(key));
    const auto passed = w.came_in.find(place(key));  // a chunk without ops hands on what it got
    BRAID_CHECK(made != w.went_out.end() || passed != w.came_in.end(), "what is sent was made or received");
    use_as(backward_message(key) ? Role::d_input : Role::y, made != w.went_out.end() ? made->second : passed->second);
  }

  /// The gradient that enters a unit, the first time that one of its ops asks: what was deferred asks again.
  void output_gradient(const OpKey& key, Branch& b) {
    if (b[Role::d_output] == kNone) b[Role::d_output] = stream(way(true), key);
    use(b, Role::d_output);
  }

  std::uint32_t stream(Way& w, const OpKey& key) {
    if (const auto at = w.came_in.find(place(key)); at != w.came_in.end()) {
      w.now[key.microbatch] = at->second;
      w.came_in.erase(at);
    }
    const auto now = w.now.find(key.microbatch);
    // A replay may leave messages out.
    return now != w.now.end() ? now->second : w.now[key.microbatch] = receive(&w == &ways_[1]);
  }

  void moves_on(Way& w, const OpKey& key, std::uint32_t tensor) {
    w.now[key.microbatch] = tensor;
    w.went_out[place(key)] = tensor;
  }

  std::uint32_t create(Role role, std::size_t bytes) {
    plan_.tensors.push_back({.role = role, .key = rank_.ops[op_].key, .bytes = bytes});
    const auto tensor = static_cast<std::uint32_t>(plan_.tensors.size() - 1);
    use_as(role, tensor);
    return tensor;
  }
  std::uint32_t receive(bool back) {
    const std::uint32_t tensor = create(back ? Role::d_output : Role::x, rows(shape_.hidden));
    plan_.tensors[tensor].received = true;
    return tensor;
  }
  void write(Branch& b, Role role, std::size_t bytes) { b[role] = create(role, bytes); }
  void use(Branch& b, Role role) {
    BRAID_CHECK(b[role] != kNone, "what an op reads was written before it");
    use_as(role, b[role]);
  }
  void use_as(Role role, std::uint32_t tensor) {
    plan_.uses.push_back({.role = role, .tensor = tensor});
    auto& ops = plan_.tensors[tensor].uses;
    if (ops.empty() || ops.back() != op_) ops.push_back(op_);
  }

  static bool backward_message(const OpKey& key) { return static_cast<CommOf>(key.index) == CommOf::input_grad; }
  static std::pair<int, int> place(const OpKey& key) { return {key.microbatch, key.chunk}; }
  Way& way(bool back) { return ways_[back ? 1 : 0]; }
  std::size_t tokens() const { return static_cast<std::size_t>(shape_.tokens()); }
  std::size_t rows(int width) const { return kElement * tokens() * static_cast<std::size_t>(width); }

  const Program& program_;
  const RankProgram& rank_;
  ProgramShape shape_;
  std::map<std::tuple<int, int, Unit>, Branch> branches_;  ///< by (microbatch, layer, unit)
  std::array<Way, 2> ways_;
  TensorPlan plan_;
  std::uint32_t op_ = 0;
};

/// Gives every tensor its place, in the order of issue.
class Placer {
 public:
  Placer(const Program& program, int pp_rank, TensorPlan& plan)
      : rank_(program.ranks[static_cast<std::size_t>(pp_rank)]), pp_(pp_rank), order_(program), plan_(plan) {}

  void place() {
    std::vector<std::vector<std::uint32_t>> ends(rank_.ops.size());
    for (std::uint32_t t = 0; t < plan_.tensors.size(); ++t) ends[plan_.tensors[t].uses.back()].push_back(t);
    std::size_t live = 0;
    std::uint32_t next = 0;
    for (std::uint32_t op = 0; op < rank_.ops.size(); ++op) {
      for (; next < plan_.tensors.size() && plan_.tensors[next].uses.front() == op; ++next) {
        PlannedTensor& tensor = plan_.tensors[next];
        tensor.offset = of(tensor).take(tensor.bytes, taker(op));
        live += tensor.bytes;
      }
      plan_.most_live = std::max(plan_.most_live, live);
      for (const std::uint32_t t : ends[op]) {
        const PlannedTensor& tensor = plan_.tensors[t];
        of(tensor).give_back(tensor.offset, tensor.bytes, left_by(tensor));
        live -= tensor.bytes;
      }
    }
    plan_.received_at = made_.size() + sums_.size() + loss_.size();
    plan_.arena = plan_.received_at + received_.size();
    for (PlannedTensor& tensor : plan_.tensors) {
      if (&of(tensor) == &sums_) tensor.offset += made_.size();
      if (&of(tensor) == &loss_) tensor.offset += made_.size() + sums_.size();
      if (tensor.received) tensor.offset += plan_.received_at;
    }
  }

 private:
  Arena& of(const PlannedTensor& tensor) {
    if (tensor.received) return received_;
    if (tensor.role == Role::rstd || tensor.role == Role::statistics) return sums_;
    return tensor.role == Role::loss ? loss_ : made_;
  }

  // Stamps count compute ops of the rank twice, so that "when compute op j starts" lies between "when op j - 1 has
  // ended" and "when op j has".
  static std::uint64_t when_ended(std::uint32_t compute_ops) { return 2 * std::uint64_t{compute_ops}; }
  static std::uint64_t when_starts(std::uint32_t compute_op) { return 2 * std::uint64_t{compute_op} + 1; }

  bool computes(std::uint32_t op) const { return rank_.ops[op].lane == Lane::compute; }

  std::uint64_t taker(std::uint32_t op) const {
    // In a replay a message writes nothing: its places are only read, by as many as want to.
    const Op& o = rank_.ops[op];
    if (o.key.kind == OpKind::recv && o.message == kNoMessage) return std::numeric_limits<std::uint64_t>::max();
    return computes(op) ? when_starts(order_.place(pp_, op)) : when_ended(order_.ended_before(pp_, op, pp_));
  }
  std::uint64_t left_by(const PlannedTensor& tensor) const {
    std::uint64_t stamp = 0;
    for (const std::uint32_t op : tensor.uses) {
      if (computes(op)) {
        stamp = std::max(stamp, when_ended(order_.place(pp_, op) + 1));
        continue;
      }
      const std::uint32_t after = order_.first_after(pp_, op, pp_);
      stamp =
          std::max(stamp, after == OpOrder::kNever ? std::numeric_limits<std::uint64_t>::max() : when_starts(after));
    }
    return stamp;
  }

  const RankProgram& rank_;
  int pp_;
  OpOrder order_;
  TensorPlan& plan_;
  Arena made_, sums_, loss_, received_;
};

}  // namespace

const char* to_text(Role role) {
  constexpr std::array names{"x",          "normed",     "rstd",      "qkv",         "attended",  "attended_again",
                             "statistics", "gate_up",    "activated", "logits",      "loss",      "y",
                             "d_output",   "d_attended", "d_qkv",     "d_activated", "d_gate_up", "d_normed",
                             "d_input"};
  static_assert(names.size() == kRoles);
  return names[static_cast<std::size_t>(role)];
}

const PlannedTensor& TensorPlan::tensor(std::uint32_t op, Role role) const {
  const auto used = of(op);
  const auto at = std::find_if(used.begin(), used.end(), [&](const TensorUse& u) { return u.role == role; });
  BRAID_CHECK(at != used.end(), "the op uses a tensor in that role");
  return tensors[at->tensor];
}

TensorPlan tensor_plan(const Program& program, int pp_rank) {
  TensorPlan plan = Tracer(program, pp_rank).trace();
  Placer(program, pp_rank, plan).place();
  return plan;
}

}  // namespace braid
