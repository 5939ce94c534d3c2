// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/made_run.hpp"

#include <algorithm>
#include <array>

namespace braid {
namespace {

struct MadeSpan {
  std::int64_t start = 0, end = 0;
  Category category = Category::forward;
  OpKey key;
  std::uint32_t dep = kNoIndex, blamed = kNoIndex;  ///< indexes within the row and lane they name
};

/// The rows of one rank before they are put into columns.
class RankMaker {
 public:
  RankMaker(const MadeRun& wanted, int rank, int stage) : wanted_(wanted), rank_(rank), stage_(stage) {
    state_ = 88172645463325252ull + static_cast<std::uint64_t>(rank) * 7919u;
  }

  void make() {
    for (int step = 0; step < wanted_.steps; ++step) {
      idle(stage_ * 300'000, Category::idle_warm_up);
      const int ahead = std::min(wanted_.microbatches, wanted_.pp - stage_);
      int forward = 0;
      for (; forward < ahead; ++forward) pass(forward, OpKind::forward);
      for (int backward = 0; backward < wanted_.microbatches; ++backward) {
        pass(backward, OpKind::input_grad);
        if (forward < wanted_.microbatches) pass(forward++, OpKind::forward);
      }
      idle(stage_ * 200'000, Category::idle_drain);
    }
  }

  std::vector<MadeSpan> passes, compute, tp, pp;

 private:
  std::int64_t random(std::int64_t low, std::int64_t high) {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
    return low + static_cast<std::int64_t>(state_ % static_cast<std::uint64_t>(high - low));
  }
  OpKey key(OpKind kind, Unit unit, int microbatch, int layer) const {
    return {.rank = rank_,
            .microbatch = static_cast<std::int16_t>(microbatch),
            .layer = static_cast<std::int16_t>(layer),
            .chunk = 0,
            .kind = kind,
            .unit = unit};
  }
  void idle(std::int64_t length, Category cause) {
    if (length <= 0) return;
    const auto last = static_cast<std::uint32_t>(compute.empty() ? 0 : compute.size() - 1);
    compute.push_back({now_, now_ + length, cause, {}, kNoIndex, last});
    now_ += length;
  }
  void pass(int microbatch, OpKind kind) {
    const bool forward = kind == OpKind::forward;
    const std::int64_t began = now_;
    pp.push_back({now_ + 1'000, now_ + 21'000, Category::pp,
                  key(forward ? OpKind::recv : OpKind::send, Unit::none, microbatch, -1)});
    if (pp.size() > 1)
      pp.back().start = std::max(pp.back().start, pp[pp.size() - 2].end), pp.back().end = pp.back().start + 20'000;
    for (int layer = 0; layer < wanted_.layers; ++layer) {
      for (const Unit unit : {Unit::pre_attn, Unit::attn, Unit::pre_mlp, Unit::mlp}) {
        const std::int64_t length = random(40'000, 160'000);
        compute.push_back({now_, now_ + length, forward ? Category::forward : Category::input_grad,
                           key(kind, unit, microbatch, stage_ * wanted_.layers + layer)});
        now_ += length;
        if (unit != Unit::attn && unit != Unit::mlp) continue;
        const std::int64_t start = tp.empty() ? now_ : std::max(now_, tp.back().end);
        const std::int64_t took = random(20'000, 60'000);
        const auto producer = static_cast<std::uint32_t>(compute.size() - 1);
        tp.push_back({start, start + took, Category::tp,
                      key(OpKind::all_reduce, unit, microbatch, stage_ * wanted_.layers + layer), producer});
        idle(random(0, 2) == 0 ? 0 : random(5'000, 20'000), Category::idle_tp);
      }
    }
    passes.push_back(
        {began, now_, forward ? Category::forward : Category::input_grad, key(kind, Unit::none, microbatch, -1)});
  }

  const MadeRun& wanted_;
  int rank_, stage_;
  std::uint64_t state_;
  std::int64_t now_ = 0;
};

void add_row(RunColumns& run, int rank, RowKind kind, Lane lane, const std::vector<MadeSpan>& spans, bool deps,
             std::uint64_t compute_at) {
  const std::uint64_t begin = run.start.size();
  run.rows.push_back({.rank = rank, .kind = kind, .lane = lane, .begin = begin, .end = begin + spans.size()});
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const MadeSpan& span = spans[i];
    run.start.push_back(span.start);
    run.end.push_back(span.end);
    run.category.push_back(span.category);
    run.half.push_back(span.category);
    run.key.push_back(span.key);
    if (!deps) continue;
    if (is_idle(span.category)) {
      const auto waiting = static_cast<std::uint32_t>(begin + std::min(i + 1, spans.size() - 1));
      run.deps.insert(run.deps.end(), {waiting, static_cast<std::uint32_t>(begin + span.blamed)});
    } else if (span.dep != kNoIndex) {
      run.deps.push_back(static_cast<std::uint32_t>(compute_at + span.dep));
    } else if (i > 0 && lane == Lane::compute && kind == RowKind::lane) {
      run.deps.push_back(static_cast<std::uint32_t>(begin + i - 1));
    }
    run.dep_begin.push_back(static_cast<std::uint32_t>(run.deps.size()));
  }
}

void add_counter(RunColumns& run, int rank, CounterKind kind, std::int64_t until, double most) {
  const std::uint64_t begin = run.points.size();
  for (int i = 0; i <= 50; ++i) run.points.push_back({until * i / 50, most * (i % 10) / 10});
  run.rows.push_back(
      {.rank = rank, .kind = RowKind::counter, .counter = kind, .begin = begin, .end = run.points.size()});
}

}  // namespace

RunColumns made_run(const MadeRun& wanted) {
  RunColumns run;
  std::int64_t step_end = 0;
  if (wanted.dependences) run.dep_begin.push_back(0);
  for (int stage = 0; stage < wanted.pp; ++stage) {
    for (int tp = 0; tp < wanted.tp; ++tp) {
      const int rank = stage * wanted.tp + tp;
      RankMaker maker(wanted, rank, stage);
      maker.make();
      run.ranks.push_back({.rank = rank, .pp = stage, .tp = tp, .dp = 0});
      const std::uint64_t compute_at = run.start.size() + maker.passes.size();
      add_row(run, rank, RowKind::passes, Lane::compute, maker.passes, wanted.dependences, compute_at);
      add_row(run, rank, RowKind::lane, Lane::compute, maker.compute, wanted.dependences, compute_at);
      add_row(run, rank, RowKind::lane, Lane::tp, maker.tp, wanted.dependences, compute_at);
      add_row(run, rank, RowKind::lane, Lane::pp, maker.pp, wanted.dependences, compute_at);
      step_end = std::max(step_end, run.end.back());
      if (!maker.compute.empty()) step_end = std::max(step_end, maker.compute.back().end);
      if (!wanted.counters) continue;
      add_counter(run, rank, CounterKind::memory_parameters, step_end, 1e9);
      add_counter(run, rank, CounterKind::memory_activations, step_end, 4e9);
      add_counter(run, rank, CounterKind::sm_occupancy, step_end, 1);
    }
  }
  if (run.rows.size() > 1 && run.rows[1].end > run.rows[1].begin) {
    for (std::uint64_t i = run.rows[1].begin; i < run.rows[1].end; ++i) {
      if (!is_idle(run.category[i])) run.critical.push_back(static_cast<std::uint32_t>(i));
    }
  }
  run.facts = "{\"title\":\"made up\",\"kind\":\"simulated\",\"step_time_ns\":" + std::to_string(step_end) + "}";
  return run;
}

}  // namespace braid
