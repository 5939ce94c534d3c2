// SPDX-License-Identifier: Apache-2.0
// What ops, transfers and overlaps cost on one kind of GPU, and how we know.
//
// A Profile is the parameters of the cost rules, measured points that override a rule for one exact shape, and the
// range of shapes that the calibration covers. The defaults come from data sheets and publications; a CSV overrides.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/base/units.hpp"
#include "sim/cost/cost_parameters.hpp"

namespace braid {

/// A measured duration for one exact demand; its key is made by sim/cost/point.hpp.
struct Point {
  Seconds duration;
  std::string source;
  bool operator==(const Point&) const = default;
};

/// The values of one quantity ("gemm_k", "attention_sequence", ...) that the calibration covers, both included.
struct Calibrated {
  double least = 0;
  double most = 0;
  std::string source;
  bool operator==(const Calibrated&) const = default;
};

/// By how much a matrix product or attention takes longer while that many SMs are held by something that moves nothing.
using HeldSlowdown = std::map<double, double>;

struct Profile {
  std::string gpu;  ///< Gpu::name that it belongs to
  Parameters parameters;
  std::map<std::string, std::string> sources;    ///< of parameters, by name
  std::map<std::string, Point> points;           ///< by key
  std::map<std::string, HeldSlowdown> held;      ///< by key of a product or attention
  std::map<std::string, Calibrated> calibrated;  ///< by quantity; empty: nothing was measured
  std::vector<std::string> provenance;           ///< who measured or fitted it, when, how; one line each
  bool operator==(const Profile&) const = default;
};

/// Data-sheet rules and published efficiencies for the GPUs that Braid knows (see default_gpu_names()); for another
/// name a set of assumed efficiencies, marked so in `sources` and `provenance`.
Profile default_profile(const Gpu& gpu);
const std::vector<std::string>& default_gpu_names();

/// A parameter by name. Throws Error with the nearest name if there is none.
double parameter(const Profile& profile, std::string_view name);
/// The same profile with one parameter changed. Throws Error if the name is unknown or the value out of its bounds.
Profile with_parameter(Profile profile, std::string_view name, double value, const std::string& source = "set by hand");

/// Reads a profile CSV over the defaults of `gpu`: what the file leaves out keeps its default.
///
/// Rows are `kind,name,value,unit,source` with kind gpu (first), parameter, calibrated_min, calibrated_max, point,
/// held (name "<key> beside <n> SMs", value a factor), and end (last, counts the rows before it). Throws Error naming
/// file and line: an unknown kind, parameter or quantity (with the nearest), a wrong unit, a value that is no number or
/// out of bounds, a row twice, a profile for another GPU, a file that ends early.
Profile read_profile(const std::string& path, const Gpu& gpu);
Profile parse_profile(std::string_view text, const std::string& name, const Gpu& gpu);
/// read_profile, or the defaults of `gpu` if no path is given.
Profile profile_of(const std::string& path, const Gpu& gpu);

/// The profile as CSV, provenance in `#` lines; parse_profile of it gives an equal profile.
std::string to_csv(const Profile& profile);
void write_profile(const std::string& path, const Profile& profile);

/// 16 hex digits that change whenever a cost could (parameters, points, held; not sources, provenance, calibrated
/// ranges).
std::string profile_id(const Profile& profile);

}  // namespace braid
