// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/fit_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "calibrate/fit/layer_sum.hpp"
#include "calibrate/fit/link_fit.hpp"
#include "calibrate/fit/measured_gpu.hpp"
#include "calibrate/fit/overlap_fit.hpp"
#include "calibrate/fit/rule_fit.hpp"
#include "calibrate/fit/tables_of_folder.hpp"
#include "calibrate/method/stats.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/point.hpp"

namespace braid {
namespace {

constexpr std::size_t kFolds = 5;
constexpr const char* kByFolds = "five folds: each fifth of the rows by a fit on the others";

/// Four significant digits: what a fit can tell, and what a person can read.
double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

void append(std::vector<Sample>& to, std::vector<Sample> more) {
  for (Sample& s : more) to.push_back(std::move(s));
}

std::vector<Sample> of_kind(const std::vector<Sample>& samples, const std::string& kind) {
  std::vector<Sample> some;
  for (const Sample& s : samples) {
    if (s.kind == kind) some.push_back(s);
  }
  return some;
}

class FolderFitter {
 public:
  explicit FolderFitter(FolderTables tables)
      : tables_(std::move(tables)), gpu_(*tables_.gpu), profile_(default_profile(gpu_)) {
    fit_.notes = tables_.notes;
  }

  FolderFit run() {
    clock();
    streams();  // first: operands of products and the small kernels of attention are streams
    products();
    attention();
    overlap();
    collectives();
    copies();
    profile_.provenance.insert(profile_.provenance.begin(), provenance());
    fit_.profile = std::move(profile_);
    return std::move(fit_);
  }

 private:
  void set(FitPart& part, std::span<const std::string> names, std::span<const double> values,
           const std::string& source) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double value = rounded(values[i]);
      const ParameterInfo& info = parameter_info(names[i], "fit");
      if (value < info.least || value > info.most)
        throw Error(part.name, fmt::format("{} comes out as {:g}, which is outside {:g} to {:g}: the tables do not go "
                                           "with the data sheet of {}",
                                           names[i], value, info.least, info.most, profile_.gpu));
      profile_ = with_parameter(std::move(profile_), names[i], value, source);
      part.values.emplace_back(names[i], value);
    }
  }

  void fit_rules(const char* part_name, const std::vector<Sample>& samples, const std::vector<std::string>& names) {
    const std::size_t rows = samples.size(), seen = rows - (rows + kFolds - 1) / kFolds;
    if (seen < names.size())
      throw Error(part_name, fmt::format("{} rows are too few to fit {} values by {} folds; measure more, or move the "
                                         "table out of the folder",
                                         rows, names.size(), kFolds));
    FitPart part{.name = part_name, .how = kByFolds, .values = {}, .residuals = {}};
    // From the common assumptions, not from the GPU's own defaults, which may have come out of such a fit.
    for (const std::string& name : names) {
      double Parameters::*value = parameter_info(name, "fit").value;
      profile_.parameters.*value = Parameters{}.*value;
    }
    const std::vector<double> values = fit_parameters(profile_, gpu_, samples, names);
    part.residuals = cross_validated(profile_, gpu_, samples, names, kFolds);
    set(part, names, values, fmt::format("fitted on {} measured kernels", samples.size()));
    fit_.parts.push_back(std::move(part));
  }

  void cover(const std::string& quantity, double value, const char* source) {
    auto [at, fresh] =
        profile_.calibrated.try_emplace(quantity, Calibrated{.least = value, .most = value, .source = source});
    at->second.least = std::min(at->second.least, value);
    at->second.most = std::max(at->second.most, value);
  }

  /// A measured duration at the profile's clock.
  void point(const Sample& s) {
    profile_.points[s.shape] = {.duration = Seconds(s.measured.value * s.clock / profile_.parameters.sustained_clock),
                                .source = "measured"};
  }

  void clock() {
    const double peak = clock_of_peak(gpu_), most = highest_clock() / peak;
    if (most > 0) profile_ = with_parameter(std::move(profile_), "clock_most", rounded(most), "what the driver allows");
    const std::vector<LayerSum> sums = layer_sums(tables_.of("layer"), tables_.of("layer_ops"));
    if (!sums.empty()) {
      FitPart part{.name = "layers in sequence",
                   .how =
                       "units alone, summed: cycles of products and attention at a clock, times of the rest; the clock "
                       "of the mix by a law fitted without that layer",
                   .values = {{"median clock of whole layers, MHz", median_clock(sums) / 1e6}},
                   .residuals = layer_residuals(sums, peak, profile_.parameters.clock_most),
                   .rivals = true};
      const ClockLaw law = fit_clock(sums, peak, profile_.parameters.clock_most);
      const std::vector<std::string> names = {"sustained_clock", "clock_memory_gain"};
      set(part, names, std::vector<double>{law.sustained, law.gain},
          fmt::format("fitted on {} sequences of units", sums.size()));
      fit_.parts.push_back(std::move(part));
      return;
    }
    std::vector<double> clocks;
    for (const Table* t : tables_.of("gemm")) {
      for (const Sample& s : gemm_samples(*t, gpu_)) clocks.push_back(s.clock);
    }
    if (clocks.empty()) return;
    profile_ = with_parameter(std::move(profile_), "clock_memory_gain", 0, "no layers in sequence");
    profile_ = with_parameter(std::move(profile_), "sustained_clock", rounded(stats(std::move(clocks)).median),
                              "median over products alone");
    fit_.notes.push_back("no layers in sequence: the sustained clock is that of products alone, which draw more power");
  }

  void products() {
    std::vector<Sample> samples;
    for (const Table* t : tables_.of("gemm")) append(samples, gemm_samples(*t, gpu_));
    const std::size_t of_models = samples.size();
    for (const Table* t : tables_.of("grid")) append(samples, gemm_samples(*t, gpu_));
    if (samples.empty()) return;
    fit_rules("matrix products", samples,
              {"gemm_efficiency", "gemm_feed_side", "gemm_overhead_s", "gemm_memory_efficiency", "gemm_epilogue_share",
               "gemm_accumulate_share"});
    // Rows of the grid are no shapes of models: their errors are listed apart, and they make no points.
    std::vector<Residual>& residuals = fit_.parts.back().residuals;
    for (std::size_t i = of_models; i < residuals.size(); ++i) residuals[i].kind += ", random shapes";
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Gemm& g = samples[i].item.compute.gemms[0];
      if (i < of_models) point(samples[i]);
      cover("gemm_m", g.m, "shapes measured");
      cover("gemm_n", g.n, "shapes measured");
      cover("gemm_k", g.k, "shapes measured");
    }
  }

  void streams() {
    std::vector<Sample> samples;
    for (const Table* t : tables_.of("memory")) append(samples, memory_samples(*t));
    if (samples.empty()) return;
    fit_rules("memory-bound kernels", samples, {"memory_efficiency", "kernel_overhead_s"});
    for (const Sample& s : samples) cover("elementwise_bytes", s.item.compute.elementwise.value, "sizes measured");
    streams_apart(samples);
  }

  /// The rules have one line for all of them; how much is lost by that is seen against a line for each kernel.
  void streams_apart(const std::vector<Sample>& samples) {
    std::map<std::string, std::vector<const Sample*>> kernels;
    for (const Sample& s : samples) kernels[s.kind].push_back(&s);
    FitPart part{.name = "memory-bound kernels, a line each",
                 .how = std::string(kByFolds) + "; for people, the simulator has one line for all",
                 .values = {},
                 .residuals = {}};
    for (const auto& kernel : kernels) {
      const std::string& kind = kernel.first;
      const std::vector<const Sample*>& some = kernel.second;
      const auto line_without = [&](std::size_t fold) {
        std::vector<SizeTime> points;
        for (std::size_t i = 0; i < some.size(); ++i) {
          if (i % kFolds != fold) points.push_back({some[i]->item.compute.elementwise.value, some[i]->measured.value});
        }
        return fit_alpha_beta(points, 1);
      };
      const std::vector<Segment> all = line_without(kFolds);
      part.values.emplace_back(kind + ": start-up, us", all[0].alpha * 1e6);
      part.values.emplace_back(kind + ": GB/s", all[0].beta / 1e9);
      for (std::size_t i = 0; i < some.size(); ++i) {
        const Sample& s = *some[i];
        part.residuals.push_back({.kind = s.kind,
                                  .shape = s.shape,
                                  .source = s.source,
                                  .measured = s.measured.value,
                                  .predicted = seconds_of(line_without(i % kFolds), s.item.compute.elementwise.value)});
      }
    }
    fit_.parts.push_back(std::move(part));
  }

  void attention() {
    std::vector<Sample> samples;
    for (const Table* t : tables_.of("attention")) append(samples, attention_samples(*t, gpu_));
    if (samples.empty()) return;
    fit_rules("attention, forward", of_kind(samples, "attention forward"),
              {"attention_forward_efficiency", "attention_forward_ramp", "attention_forward_tail",
               "attention_forward_overhead_s"});
    // The fixed time of a backward trades with its ramp and its small kernels: it stays at that of its launches.
    profile_ = with_parameter(std::move(profile_), "attention_backward_overhead_s",
                              Parameters{}.attention_backward_overhead_s, "assumed: six launches");
    fit_rules("attention, backward", of_kind(samples, "attention backward"),
              {"attention_backward_efficiency", "attention_backward_ramp", "attention_backward_tail",
               "attention_backward_extra"});
    for (const Sample& s : samples) {
      point(s);
      cover("attention_sequence", s.item.compute.attention->sequence, "shapes measured");
    }
  }

  void overlap() {
    std::vector<OverlapSample> samples;
    for (const Table* t : tables_.of("overlap")) {
      for (OverlapSample& s : overlap_samples(*t, gpu_)) samples.push_back(std::move(s));
    }
    const auto held = held_slowdowns(samples);
    if (held.empty()) {
      if (!samples.empty()) fit_.notes.push_back("overlap: no rows of SMs that are only held; not fitted");
      return;
    }
    const OverlapFit found = fit_overlap(samples, held, gpu_);
    FitPart part{.name = "overlap",
                 .how = "each kernel's pairs by its own rows beside held SMs and coefficients fitted without its pairs",
                 .values = {{"traffic of copies", rounded(found.traffic)}},
                 .residuals = cross_validated_overlap(samples, gpu_)};
    const std::vector<std::string> names = {"stretch_interference", "stretch_traffic", "stretch_sms", "stretch_memory"};
    set(part, names,
        std::vector<double>{interference(samples, profile_, gpu_), found.traffic + found.nccl_traffic, found.sms,
                            found.memory},
        fmt::format("fitted on {} pairs of kernels", part.residuals.size()));
    fit_.parts.push_back(std::move(part));
    fit_.parts.push_back({.name = "overlap, kernels never measured beside anything",
                          .how = "the rules alone (SMs lost as whole waves); coefficients as above",
                          .values = {},
                          .residuals = ruled_overlap(samples, profile_, gpu_)});
    for (const OverlapSample& s : samples) {
      if (s.comm == "hold" && is_part_key(s.key)) profile_.held[s.key][s.ctas] = rounded(s.slowdown);
    }
  }

  void collectives() {
    std::vector<CollectiveSample> samples;
    for (const Table* t : tables_.of("collective")) {
      for (CollectiveSample& s : collective_samples(*t)) samples.push_back(std::move(s));
    }
    if (samples.empty()) return;
    if (!collective_residuals(profile_, gpu_, samples).empty()) {
      FitPart part{.name = "collectives over NVLink", .how = kByFolds, .values = {}, .residuals = {}};
      const std::vector<double> values = fit_collectives(profile_, gpu_, samples);
      part.residuals = cross_validated_collectives(profile_, gpu_, samples);
      set(part, kCollectiveParameters, values, "fitted on NCCL between GPUs");
      fit_.parts.push_back(std::move(part));
    } else {
      fit_.notes.push_back("collectives were measured inside one GPU only: nothing about NVLink was fitted");
    }
    FitPart lines{.name = "communication kernels, lines over size",
                  .how = "each size that is not at an end by lines through the others",
                  .values = {},
                  .residuals = {}};
    for (CollectiveLines& l : collective_lines(samples)) {
      for (const Segment& s : l.segments) {
        lines.values.emplace_back(fmt::format("{}, from {:g} B: start-up, us", l.name, s.from), s.alpha * 1e6);
        lines.values.emplace_back(fmt::format("{}, from {:g} B: GB/s", l.name, s.from), s.beta / 1e9);
      }
      for (Residual& r : l.left_out) lines.residuals.push_back(std::move(r));
    }
    for (const auto& [name, law] : cta_laws(samples)) {
      lines.values.emplace_back(name + ": GB/s of one CTA", law.each / 1e9);
      lines.values.emplace_back(name + ": GB/s at most", law.all / 1e9);
    }
    fit_.parts.push_back(std::move(lines));
  }

  void copies() {
    const std::vector<const Table*> tables = tables_.of("copy");
    if (tables.empty()) return;
    CopyFit found = fit_copies(tables, gpu_);
    FitPart part{.name = "copies to and from the host",
                 .how = "each row by a line through the others",
                 .values = {},
                 .residuals = std::move(found.left_out)};
    const std::vector<std::string> names = {"host_copy_efficiency", "host_copy_overhead_s"};
    set(part, names, std::vector<double>{found.efficiency, found.overhead_s},
        "pinned, one way, nothing beside it; share of PCIe's raw rate");
    fit_.parts.push_back(std::move(part));
  }

  /// MHz behind "SM maximum " in the provenance, in Hz; 0 if no table says.
  double highest_clock() const {
    constexpr std::string_view kKey = "SM maximum ";
    for (const auto& [kind, table] : tables_.tables) {
      for (const std::string& line : table.provenance()) {
        const std::size_t at = line.find(kKey);
        if (at != std::string::npos) return std::strtod(line.c_str() + at + kKey.size(), nullptr) * 1e6;
      }
    }
    return 0;
  }

  std::string provenance() const {
    std::string from;
    for (const auto& [kind, table] : tables_.tables) {
      for (const std::string& line : table.provenance()) {
        if (from.empty() && line.starts_with("driver: ")) from = line;
      }
    }
    const auto& first = tables_.tables.begin()->second;
    return fmt::format("fitted by braid calibrate --fit; measured on {}; {}", first.gpu(), from);
  }

  FolderTables tables_;
  const Gpu& gpu_;
  Profile profile_;
  FolderFit fit_;
};

}  // namespace

FolderFit fit_folder(const std::string& dir, const std::string& gpu_name) {
  return FolderFitter(read_folder(dir, gpu_name)).run();
}

}  // namespace braid
