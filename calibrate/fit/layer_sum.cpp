// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/layer_sum.hpp"

#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "calibrate/method/stats.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/clock.hpp"
#include "sim/numeric/least_squares.hpp"

namespace braid {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr double kMegahertz = 1e6;
constexpr double kThousandCycles = 1e3;

struct Parts {
  double cycles = 0, memory_s = 0, plain_s = 0;
  bool seen = false;
  void add(const Parts& other) {
    cycles += other.cycles, memory_s += other.memory_s, plain_s += other.plain_s;
    seen = seen || other.seen;
  }
};

/// "_7" of layer_7.csv and layer_ops_7.csv: a run of one shape, whose ops belong to its own layers.
std::string run_of(const Table& t) {
  const std::string stem = std::filesystem::path(t.name()).stem();
  const std::size_t cut = stem.find_last_not_of("0123456789");
  return cut == std::string::npos || cut + 1 == stem.size() ? "" : stem.substr(cut);
}

std::string name_of(const Table& t, std::size_t row) {
  return t.text(row, "model") + " tp" + t.text(row, "tp") + " " + t.text(row, "batch") + "x" + t.text(row, "seq");
}

/// Seconds of a sequence whose clock is that of its mix.
double at_mix(const LayerSum& s, const ClockLaw& law, double peak_clock, double most) {
  Parameters p;
  p.sustained_clock = law.sustained;
  p.clock_memory_gain = law.gain;
  p.clock_most = most;
  const double busy = s.cycles / peak_clock;
  return busy / clock_of_mix(Seconds(busy), Seconds(s.memory_s), p) + s.memory_s;
}

/// The passes that a sequence is made of.
std::string passes_of(const std::string& sequence) {
  if (sequence == "B") return "IW";
  if (sequence == "FB") return "FIW";
  return sequence;
}

}  // namespace

const std::vector<std::string> kLayerColumns = {"model",    "tp",     "batch",     "seq",
                                                "sequence", "launch", "median_us", "clock_mhz"};
const std::vector<std::string> kLayerOpColumns = {"model", "tp",    "batch",     "seq",    "pass",
                                                  "op",    "flops", "median_us", "kcycles"};

std::vector<LayerSum> layer_sums(std::span<const Table* const> layers, std::span<const Table* const> ops) {
  std::map<std::pair<std::string, std::string>, Parts> parts;  // by run and layer, and pass
  for (const Table* t : ops) {
    for (std::size_t row = 0; row < t->rows(); ++row) {
      Parts& p = parts[{run_of(*t) + name_of(*t, row), t->text(row, "pass")}];
      const double alone = t->positive(row, "median_us") * kMicrosecond;
      p.seen = true;
      p.plain_s += alone;
      if (t->number(row, "flops") > 0) {
        p.cycles += t->positive(row, "kcycles") * kThousandCycles;
      } else {
        p.memory_s += alone;
      }
    }
  }
  std::vector<LayerSum> sums;
  for (const Table* t : layers) {
    for (std::size_t row = 0; row < t->rows(); ++row) {
      if (t->text(row, "launch") != "graph") continue;
      const std::string& sequence = t->text(row, "sequence");
      Parts whole{.seen = true};
      for (const char pass : passes_of(sequence)) {
        const auto found = parts.find({run_of(*t) + name_of(*t, row), std::string(1, pass)});
        if (found == parts.end()) {
          whole.seen = false;
          break;
        }
        whole.add(found->second);
      }
      if (!whole.seen) continue;
      sums.push_back({.layer = name_of(*t, row),
                      .sequence = sequence,
                      .source = t->at(row),
                      .cycles = whole.cycles,
                      .memory_s = whole.memory_s,
                      .plain_s = whole.plain_s,
                      .clock = t->positive(row, "clock_mhz") * kMegahertz,
                      .measured_s = t->positive(row, "median_us") * kMicrosecond});
    }
  }
  return sums;
}

double median_clock(std::span<const LayerSum> sums) {
  std::vector<double> clocks;
  for (const LayerSum& sum : sums) {
    if (sum.sequence == "FB") clocks.push_back(sum.clock);
  }
  return stats(std::move(clocks)).median;
}

ClockLaw fit_clock(std::span<const LayerSum> sums, double peak_clock, double most) {
  if (sums.size() < 3) throw Error("fit", "the law of the clock needs three sequences or more");
  const auto residuals = [&](std::span<const double> v) {
    std::vector<double> r;
    for (const LayerSum& s : sums) r.push_back(std::log(at_mix(s, {v[0], v[1]}, peak_clock, most) / s.measured_s));
    return r;
  };
  const std::vector<Unknown> unknowns = {{.start = 0.75, .least = 0.1, .most = 1.5},
                                         {.start = 0.3, .least = 1e-3, .most = 0.9}};
  const std::vector<double> v = least_squares(residuals, unknowns).values;
  return {.sustained = v[0], .gain = v[1]};
}

std::vector<Residual> layer_residuals(std::span<const LayerSum> sums, double peak_clock, double most) {
  std::vector<Residual> residuals;
  const auto add = [&](const char* kind, const LayerSum& s, double predicted) {
    residuals.push_back({.kind = kind,
                         .shape = s.layer + " " + s.sequence,
                         .source = s.source,
                         .measured = s.measured_s,
                         .predicted = predicted});
  };
  std::set<std::string> layers;
  for (const LayerSum& s : sums) layers.insert(s.layer);
  std::map<std::string, ClockLaw> laws;
  for (const std::string& layer : layers) {
    std::vector<LayerSum> others;
    for (const LayerSum& s : sums) {
      if (s.layer != layer) others.push_back(s);
    }
    if (layers.size() >= 3) laws[layer] = fit_clock(others, peak_clock, most);
  }
  for (const LayerSum& s : sums) {
    add("units, clock of the sequence", s, s.cycles / s.clock + s.memory_s);
    add("units, plain times", s, s.plain_s);
    if (laws.empty()) continue;
    const double predicted = at_mix(s, laws.at(s.layer), peak_clock, most);
    add(s.sequence == "FB" ? "units, clock of the mix, whole layers" : "units, clock of the mix, parts", s, predicted);
  }
  return residuals;
}

}  // namespace braid
