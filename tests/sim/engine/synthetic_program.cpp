// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/engine/synthetic_program.hpp"

#include <algorithm>
#include <initializer_list>
#include <random>
#include <tuple>

namespace braid {
namespace {

enum Class : std::uint16_t { forward, input_grad, weight_grad, optimizer, tp_reduce, dp_reduce, activation, works };

class Writer {
 public:
  explicit Writer(const SyntheticShape& shape) : shape_(shape), last_(static_cast<std::size_t>(shape.placement.pp)) {
    program.schedule = "synthetic 1F1B";
    program.placement = shape.placement;
    program.p2p = shape.p2p;
    program.ranks.resize(last_.size());
    program.works.resize(works);
    for (auto& item : program.works) item.kind = WorkKind::compute;
    program.works[tp_reduce].kind = program.works[dp_reduce].kind = WorkKind::collective;
    program.works[dp_reduce].scope = Scope::dp;
    program.works[activation].kind = WorkKind::message;
  }

  void rank(int r) {
    const int p = shape_.placement.pp, m = shape_.microbatches;
    const int warm_up = std::min(p - 1 - r, m);
    int forwards = 0, backwards = 0;
    while (forwards < warm_up) forward_pass(r, forwards++);
    while (forwards < m) {
      forward_pass(r, forwards++);
      backward_pass(r, backwards++);
    }
    while (backwards < m) backward_pass(r, backwards++);
    std::uint32_t reduced = last_[index(r)];
    for (int layer = 0; layer < shape_.layers; ++layer) {
      reduced = add(r, OpKind::all_reduce, Lane::dp, dp_reduce, -1, layer, {last_[index(r)]});
    }
    add(r, OpKind::optimizer, Lane::compute, optimizer, -1, -1, {reduced});
  }

  void connect() {
    for (const auto& [from, to, kind] : {std::tuple{0, 1, OpKind::forward}, std::tuple{1, 0, OpKind::input_grad}}) {
      for (int r = 0; r + 1 < shape_.placement.pp; ++r) {
        for (int mb = 0; mb < shape_.microbatches; ++mb) message(r + from, r + to, kind, mb);
      }
    }
  }

  Program program;

 private:
  static std::size_t index(int r) { return static_cast<std::size_t>(r); }

  std::uint32_t add(int r, OpKind kind, Lane lane, Class work, int mb, int layer,
                    std::initializer_list<std::uint32_t> deps) {
    RankProgram& rank = program.ranks[index(r)];
    Op op;
    op.key = {.rank = r,
              .index = static_cast<std::int32_t>(rank.ops.size()),
              .microbatch = static_cast<std::int16_t>(mb),
              .layer = static_cast<std::int16_t>(layer),
              .chunk = 0,
              .kind = kind};
    op.lane = lane;
    op.work = work;
    op.dep_begin = static_cast<std::uint32_t>(rank.deps.size());
    op.dep_count = static_cast<std::uint16_t>(deps.size());
    rank.deps.insert(rank.deps.end(), deps);
    rank.ops.push_back(op);
    return static_cast<std::uint32_t>(rank.ops.size() - 1);
  }

  void forward_pass(int r, int mb) {
    bool first = true;
    std::uint32_t before = 0;
    if (r > 0) {
      before = add(r, OpKind::recv, Lane::pp, activation, mb, int(OpKind::forward), {});
      first = false;
    }
    for (int block = 0; block < 2 * shape_.layers; ++block) {
      const auto done = first ? add(r, OpKind::forward, Lane::compute, forward, mb, block / 2, {})
                              : add(r, OpKind::forward, Lane::compute, forward, mb, block / 2, {before});
      before = add(r, OpKind::all_reduce, Lane::tp, tp_reduce, mb, block / 2, {done});
      first = false;
    }
    if (r + 1 < shape_.placement.pp) add(r, OpKind::send, Lane::pp, activation, mb, int(OpKind::forward), {before});
    last_[index(r)] = before;
  }

  void backward_pass(int r, int mb) {
    std::uint32_t before = last_[index(r)];
    if (r + 1 < shape_.placement.pp) {
      before = add(r, OpKind::recv, Lane::pp, activation, mb, int(OpKind::input_grad), {});
    }
    for (int block = 0; block < 2 * shape_.layers; ++block) {
      const auto done = add(r, OpKind::input_grad, Lane::compute, input_grad, mb, block / 2, {before});
      before = add(r, OpKind::all_reduce, Lane::tp, tp_reduce, mb, block / 2, {done});
      last_[index(r)] = add(r, OpKind::weight_grad, Lane::compute, weight_grad, mb, block / 2, {done});
    }
    if (r > 0) add(r, OpKind::send, Lane::pp, activation, mb, int(OpKind::input_grad), {before});
  }

  std::uint32_t find(int r, OpKind end, OpKind kind, int mb) const {
    const auto& ops = program.ranks[index(r)].ops;
    const auto found = std::ranges::find_if(
        ops, [&](const Op& op) { return op.key.kind == end && op.key.layer == int(kind) && op.key.microbatch == mb; });
    return static_cast<std::uint32_t>(found - ops.begin());
  }

  void message(int from, int to, OpKind kind, int mb) {
    const auto send = find(from, OpKind::send, kind, mb), recv = find(to, OpKind::recv, kind, mb);
    const auto number = static_cast<std::uint32_t>(program.messages.size());
    program.ranks[index(from)].ops[send].message = program.ranks[index(to)].ops[recv].message = number;
    program.messages.push_back({.from = from, .to = to, .send_op = send, .recv_op = recv, .batch = number});
    program.batch_size.push_back(shape_.p2p == P2pMode::eager ? 1 : 2);
  }

  const SyntheticShape& shape_;
  std::vector<std::uint32_t> last_;  ///< by rank: what the next pass has to wait for
};

}  // namespace

Synthetic synthetic_program(const SyntheticShape& shape) {
  Writer writer(shape);
  for (int r = 0; r < shape.placement.pp; ++r) writer.rank(r);
  writer.connect();
  Synthetic made{.program = std::move(writer.program), .costs = {}};

  std::mt19937_64 random(shape.seed);
  const auto seconds = [&](double least, double most) {
    return Seconds(least + (most - least) * static_cast<double>(random() >> 11) * 0x1p-53);
  };
  Costs& costs = made.costs;
  costs.duration.resize(works);
  costs.collective.resize(works);
  costs.message.resize(works);
  for (Class work : {forward, input_grad, weight_grad, optimizer}) costs.duration[work] = seconds(200e-6, 500e-6);
  for (Class work : {tp_reduce, dp_reduce}) costs.collective[work] = {seconds(5e-6, 20e-6), seconds(50e-6, 200e-6)};
  for (CommCost& path : costs.message[activation]) path = {seconds(5e-6, 20e-6), seconds(300e-6, 3000e-6)};
  costs.stretch.assign(works, std::vector<double>(works, 0.0));
  for (Class work : {forward, input_grad, weight_grad}) {
    for (Class beside : {tp_reduce, dp_reduce, activation}) costs.stretch[work][beside] = shape.stretch;
  }
  return made;
}

}  // namespace braid
