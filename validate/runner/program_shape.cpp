// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/program_shape.hpp"

#include <utility>
#include <vector>

namespace braid {
namespace {

constexpr double kElement = 2;

class Reader {
 public:
  ProgramShape read(const Program& program) {
    std::vector<bool> seen(program.works.size(), false);
    for (const RankProgram& rank : program.ranks) {
      for (const Op& op : rank.ops) {
        if (seen[op.work] || op.lane == Lane::host) continue;
        seen[op.work] = true;
        look_at(op, program.works[op.work].compute);
      }
    }
    if (shape_.heads == 0 || shape_.ffn == 0) {
      throw Error("program", "has no transformer layer: there is nothing to run on a GPU");
    }
    // A replay has the ops of one rank and the works of all.
    for (const WorkItem& item : program.works) {
      const Work& work = item.compute;
      if (work.unit == Unit::head && !work.gemms.empty() && work.pass == Pass::F) shape_.vocab = whole(work.gemms[0].n);
    }
    for (const auto& [key, work] : norms_) look_at_norm(key, *work);
    return shape_;
  }

 private:
  void look_at(const Op& op, const Work& work) {
    switch (op.key.kind) {
      case OpKind::cell:
        if (op.lane != Lane::compute) return;  // a replay's wait for a peer
        refuse(op.key, "a whole cell has no kernels: the program must be lowered with a model");
      case OpKind::copy_out:
      case OpKind::copy_in:
        return;
      case OpKind::reduce_scatter:
      case OpKind::all_gather:
        if (op.lane == Lane::tp) refuse(op.key, "sequence parallelism is not run: norms would work on slices");
        return;
      case OpKind::forward:
        return look_at_forward(op.key, work);
      case OpKind::input_grad:
        if (op.key.unit == Unit::attn) expect_kernels(op.key, work, 7, "dropout is not run");
        if (op.key.unit == Unit::mlp) expect_kernels(op.key, work, 3, "dropout is not run");
        return;
      case OpKind::weight_grad:
        if (op.key.unit != Unit::embedding) {
          expect_kernels(op.key, work, static_cast<int>(work.gemms.size()), "biases of linear layers are not run");
        }
        return;
      case OpKind::recompute:
      case OpKind::all_reduce:
      case OpKind::send:
      case OpKind::recv:
      case OpKind::optimizer:
        return;
    }
  }

  void look_at_forward(const OpKey& key, const Work& work) {
    if (key.unit == Unit::attn) {
      BRAID_CHECK(work.attention && work.gemms.size() == 2, "attention has a product before and one behind it");
      const AttentionShape& a = *work.attention;
      if (!a.flash) refuse(key, "attention that stores its scores is not run");
      expect_kernels(key, work, 6, "positions other than RoPE are not run");
      shape_.samples = whole(a.samples);
      shape_.sequence = whole(a.sequence);
      shape_.heads = whole(a.heads);
      shape_.kv_heads = whole(a.kv_heads);
      shape_.head_dim = whole(a.head_dim);
      shape_.hidden = whole(work.gemms[0].k);
    } else if (key.unit == Unit::mlp) {
      BRAID_CHECK(work.gemms.size() == 2, "an MLP has two products");
      shape_.ffn = whole(work.gemms[1].k);
      if (work.gemms[0].n != 2 * work.gemms[1].k) refuse(key, "an MLP that is not gated (GELU) is not run");
    } else if (key.unit == Unit::embedding) {
      expect_kernels(key, work, 1, "learned positions and dropout are not run");
    } else if (key.unit != Unit::head) {
      norms_.emplace_back(key, &work);
    }
  }

  /// A norm reads and writes its rows once.
  void look_at_norm(const OpKey& key, const Work& work) const {
    const double bytes = 2 * kElement * shape_.tokens() * shape_.hidden;
    if (work.elementwise.value == bytes) return;
    refuse(key, work.elementwise.value > bytes ? "elements of other than two bytes are not run"
                                               : "sequence parallelism is not run: norms would work on slices");
  }

  static void expect_kernels(const OpKey& key, const Work& work, int kernels, const char* otherwise) {
    if (work.kernels != kernels) refuse(key, otherwise);
  }
  [[noreturn]] static void refuse(const OpKey& key, const char* why) { throw Error(to_text(key), why); }
  static int whole(double x) { return static_cast<int>(x); }

  ProgramShape shape_;
  std::vector<std::pair<OpKey, const Work*>> norms_;
};

}  // namespace

ProgramShape shape_of(const Program& program) { return Reader().read(program); }

}  // namespace braid
