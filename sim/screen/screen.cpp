// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/screen.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sim/cost/cost_program.hpp"
#include "sim/program/lower_blocks.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/metrics.hpp"
#include "sim/screen/block_prices.hpp"
#include "sim/screen/folded_play.hpp"
#include "sim/screen/kept_schedules.hpp"

namespace braid {

struct Screener::Kept {
  KeptSchedules schedules;
  std::map<std::array<int, 7>, BlockCut> cuts;
  CoarseProgram coarse;  ///< the last one, for its memory; so is the play
  FoldedPlay play;

  Profile profile;  ///< the last one, and its name, which takes longer to make than a play where points are many
  std::string name;

  const std::string& name_of(const Profile& asked) {
    if (name.empty() || !(profile == asked)) {
      profile = asked;
      name = profile_id(asked);
    }
    return name;
  }

  /// How the blocks of such a class were cut the last time.
  BlockCut& cut_of(const Plan& plan, const Run& run, const BlockClass& of) {
    const BlockCut one_op{.entry = {0, 0}, .exit = {0, 0}, .gradients = std::vector(of.gradients.size(), 0)};
    const std::array key{of.kind[0],
                         of.kind[1],
                         plan.tp,
                         plan.sequence_parallel ? 1 : 0,
                         static_cast<int>(plan.recompute),
                         static_cast<int>(run.async_all_reduce),
                         static_cast<int>(plan.microbatch_size)};
    return cuts.try_emplace(key, one_op).first->second;
  }
};

/// One call, from schedule to report.
class Screener::Screening {
 public:
  Screening(const Scenario& scenario, const Run& run, const Profile& profile, Kept& kept)
      : scenario_(scenario),
        run_(run),
        profile_(profile),
        kept_(kept),
        made_(kept.schedules.of(scenario, run)),
        coarse_(kept.coarse) {}

  RunReport report() {
    lower_and_price();
    fill_costs();
    play_folded(coarse_.program, costs_, scenario_.cluster, kept_.play);
    return report_of(kept_.play);
  }

 private:
  std::size_t block_works() const {
    std::size_t count = 0;
    for (const BlockPrice& price : prices_) count += static_cast<std::size_t>(price.cut.ops());
    return count;
  }
  /// Of the coarse program's other works: their place among the works that have been priced.
  std::size_t priced(std::size_t work) const { return units_ + work - block_works(); }

  void lower_and_price() {
    const std::vector<StageLayers> stages = stage_layers(scenario_, made_.schedule.stages());
    Program all{.schedule = made_.schedule.name, .placement = scenario_.placement()};
    UnitWorks works(all, scenario_);
    classes_ = block_classes(made_.blocks, stages, scenario_, run_, works);
    units_ = all.works.size();
    // What is not in blocks does not depend on how they are cut, so that the cut that they had the last time tells all
    // works; mostly it is right.
    std::vector<BlockCut> cuts;
    for (const BlockClass& one : classes_.all) cuts.push_back(kept_.cut_of(scenario_.plan, run_, one));
    lower(cuts);
    std::size_t block_works = 0;
    for (const BlockCut& cut : cuts) block_works += static_cast<std::size_t>(cut.ops());
    const auto others = coarse_.program.works.begin() + static_cast<std::ptrdiff_t>(block_works);
    all.works.insert(all.works.end(), others, coarse_.program.works.end());
    std::vector<double> ops = count_ops(all.works.size(), block_works);
    if (!coarse_.program.messages.empty()) all.messages.resize(1);
    unit_costs_ = cost_program(all, ops, scenario_.cluster, profile_);
    prices_ = block_prices(classes_, all.works, scenario_.plan.tp, unit_costs_);
    bool as_first_cut = true;
    for (std::size_t c = 0; c < cuts.size(); ++c) {
      if (prices_[c].cut == cuts[c]) continue;
      as_first_cut = false;
      cuts[c] = prices_[c].cut;
      kept_.cut_of(scenario_.plan, run_, classes_.all[c]) = cuts[c];
    }
    if (!as_first_cut) lower(cuts);
  }

  void lower(const std::vector<BlockCut>& cuts) {
    coarse_ = lower_blocks(made_.schedule, scenario_, run_, made_.blocks, made_.transfers, classes_, cuts,
                           std::move(coarse_));
  }

  std::vector<double> count_ops(std::size_t works, std::size_t block_works) const {
    std::vector<double> ops(works), blocks(classes_.all.size());
    for (const auto& rank : classes_.of) {
      for (const std::uint16_t c : rank) blocks[c] += 1;
    }
    for (std::size_t c = 0; c < blocks.size(); ++c) {
      for (const Op& op : classes_.all[c].units.ops) ops[op.work] += blocks[c];
    }
    for (const RankProgram& rank : coarse_.program.ranks) {
      for (const Op& op : rank.ops) {
        if (op.work >= block_works) ops[units_ + op.work - block_works] += 1;
      }
    }
    return ops;
  }

  void fill_costs() {
    const std::size_t count = coarse_.program.works.size();
    costs_.duration.assign(count, Seconds(0));
    costs_.collective.assign(count, {});
    costs_.message.assign(count, {});
    costs_.stretch.assign(count, {});
    if (!unit_costs_.launches.empty()) {
      costs_.launches.time.assign(count, Seconds(0));
      costs_.launches.lead.assign(count, Seconds(0));
    }
    for (std::size_t work = block_works(); work < count; ++work) copy_costs(work);
    for (std::size_t c = 0; c < prices_.size(); ++c) fill_block(prices_[c], coarse_.first_work[c]);
  }

  void copy_costs(std::size_t work) {
    const std::size_t from = priced(work);
    costs_.duration[work] = unit_costs_.duration[from];
    costs_.collective[work] = unit_costs_.collective[from];
    costs_.message[work] = unit_costs_.message[from];
    if (!unit_costs_.launches.empty()) {
      costs_.launches.time[work] = unit_costs_.launches.time[from];
      costs_.launches.lead[work] = unit_costs_.launches.lead[from];
    }
    costs_.stretch[work] = stretch_row([&](std::size_t beside, double) { return unit_costs_.stretch[from][beside]; });
  }

  /// `of(work, seconds)`: by a communication among the priced works that lasts so long.
  template <typename Of>
  std::vector<double> stretch_row(Of of) const {
    std::vector<double> row(coarse_.program.works.size());
    for (std::size_t work = block_works(); work < row.size(); ++work) row[work] = of(priced(work), 0);
    for (std::size_t c = 0; c < prices_.size(); ++c) {
      const BlockPrice& price = prices_[c];
      for (std::size_t n = 0; n < price.communicates.size(); ++n) {
        if (price.communicates[n] < 0) continue;
        // A tail runs beside the first ops of the next block only.
        const double beginning = price.cut.head && n == 0 ? 0 : price.duration[n].value;
        row[coarse_.first_work[c] + n] = of(static_cast<std::size_t>(price.communicates[n]), beginning);
      }
    }
    return row;
  }

  void fill_block(const BlockPrice& price, std::size_t first) {
    double from = 0;
    for (std::size_t n = 0; n < price.duration.size(); ++n) {
      costs_.duration[first + n] = price.duration[n];
      if (price.communicates[n] >= 0) continue;
      const double to = from + price.duration[n].value;
      costs_.stretch[first + n] = stretch_row([&](std::size_t beside, double beginning) {
        const double until = beginning > 0 ? std::min(to, from + beginning) : to;
        return mean_stretch(price, from, until, [&](std::uint16_t work) { return unit_costs_.stretch[work][beside]; });
      });
      from = to;
    }
    if (unit_costs_.launches.empty()) return;
    // The first op stands for the launches of all: when it starts, none of the others is held up any more.
    costs_.launches.time[first] = price.launch;
    costs_.launches.lead[first] = price.lead;
    for (std::size_t n = 1; n < price.duration.size(); ++n) costs_.launches.lead[first + n] = price.launch;
  }

  RunReport report_of(const FoldedPlay& play) const {
    RunReport report{.step_time = play.timeline.step_time, .folded = play.timeline.multiplicity};
    report.provenance = {{"kind", "simulated"},
                         {"scenario", scenario_.name},
                         {"scenario_hash", scenario_hash(scenario_)},
                         {"profile", kept_.name_of(profile_)},
                         {"gpu", scenario_.cluster.gpu.name},
                         {"schedule", label_of(run_)},
                         {"network", "ideal"},
                         {"grain", "block"},
                         {"seed", std::to_string(scenario_.noise.seed)},
                         {"braid", BRAID_VERSION}};
    report.ranks = account(play.played, costs_.launches);
    std::vector<Seconds> exposed;
    for (std::size_t pp = 0; pp < report.ranks.size(); ++pp) {
      const RankTimeline& played = play.timeline.ranks[pp];
      for (const auto& lane : played.lanes) report.ops += lane.size();
      exposed.push_back(exposed_communication(played) + add_insides(report.ranks[pp], classes_.of[pp]));
      report.peaks.push_back(peak(played, pp));
    }
    sum_up(report, exposed, coarse_.program,
           {.label = label_of(run_),
            .gpu = scenario_.cluster.gpu,
            .launches = costs_.launches,
            .notes = unit_costs_.notes});
    return report;
  }

  /// What happens inside the blocks of a rank is in their ops' times: busy, stretched, and waiting for collectives,
  /// the sum of which is returned.
  Seconds add_insides(RankTime& rank, const std::vector<std::uint16_t>& blocks) const {
    Seconds waits;
    for (const std::uint16_t c : blocks) {
      waits += prices_[c].waits;
      rank.stretch += prices_[c].stretch;
      rank.busy -= prices_[c].waits + prices_[c].stretch;
    }
    rank.idle[static_cast<std::size_t>(Cause::tp)] += waits;
    return waits;
  }

  MemoryPeak peak(const RankTimeline& played, std::size_t pp) const {
    const auto& compute = played.lanes[static_cast<std::size_t>(Lane::compute)];
    const auto& resident = coarse_.program.ranks[pp].resident;
    MemoryPeak peak{.rank = played.rank, .by_class = resident};
    Bytes in_use, most;
    std::size_t op = 0;
    for (const std::uint16_t c : classes_.of[pp]) {
      if (in_use + prices_[c].peak > most) {
        most = in_use + prices_[c].peak;
        peak.time = compute[op].start;
      }
      in_use += prices_[c].net;
      op += static_cast<std::size_t>(prices_[c].cut.pieces);
    }
    peak.by_class[static_cast<std::size_t>(MemoryClass::activations)] += most;
    for (const Bytes bytes : peak.by_class) peak.bytes += bytes;
    return peak;
  }

  const Scenario& scenario_;
  const Run& run_;
  const Profile& profile_;
  Kept& kept_;
  const BlockSchedule& made_;
  BlockClasses classes_;
  std::size_t units_ = 0;  ///< works of units, the first of the priced ones
  Costs unit_costs_;
  std::vector<BlockPrice> prices_;
  CoarseProgram& coarse_;
  Costs costs_;
};

Screener::Screener() : kept_(std::make_unique<Kept>()) {}
Screener::~Screener() = default;
Screener::Screener(Screener&&) noexcept = default;
Screener& Screener::operator=(Screener&&) noexcept = default;

RunReport Screener::screen(const Scenario& scenario, const Run& run, const Profile& profile) {
  if (scenario.noise.jitter != 0 || !scenario.noise.slow_ranks.empty()) {
    throw Error(location(scenario, "noise"), "blocks cannot show noise: play this scenario, or leave noise out of it");
  }
  return Screening(scenario, run, profile, *kept_).report();
}

}  // namespace braid
