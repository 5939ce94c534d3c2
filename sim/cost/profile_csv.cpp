// SPDX-License-Identifier: Apache-2.0
// Profiles as CSV, in and out. Reading is strict: a row that is not understood is an error, never skipped.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/point.hpp"
#include "sim/cost/profile.hpp"

namespace braid {
namespace {

constexpr double kNanosecond = 1e-9;
constexpr std::string_view kBeside = " beside ";
constexpr std::string_view kSms = " SMs";
constexpr double kMostSms = 1e4;
constexpr double kLongestPoint = 1e4;  ///< seconds: more than any op lasts
const std::array<std::string, 5> kHeader = {"kind", "name", "value", "unit", "source"};

double number(const CsvRow& row, const std::string& where, const char* name) {
  const std::string& text = row.fields[2];
  double value = 0;
  const char* last = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), last, value);
  if (fault != std::errc() || end != last || !std::isfinite(value)) {
    throw Error(where, fmt::format("value '{}' of {} is not a finite number", text, name));
  }
  return value;
}

void require_unit(const CsvRow& row, const std::string& where, std::string_view unit) {
  if (row.fields[3] == unit) return;
  throw Error(where, fmt::format("{} is in '{}', not in '{}'; convert the value and write the unit '{}'", row.fields[1],
                                 unit, row.fields[3], unit));
}

/// Fills a Profile row by row; keeps what has been seen so that nothing is given twice.
class ProfileReader {
 public:
  ProfileReader(const Csv& csv, const Gpu& gpu) : csv_(csv), gpu_(gpu), profile_(default_profile(gpu)) {}

  Profile read() {
    if (csv_.rows.empty() || csv_.rows[0].fields != std::vector<std::string>(kHeader.begin(), kHeader.end())) {
      throw Error(csv_.rows.empty() ? csv_.name : csv_.at(csv_.rows[0]),
                  "not a profile: the first row must be kind,name,value,unit,source");
    }
    profile_.provenance = csv_.comments;
    std::size_t i = 1;
    for (; i < csv_.rows.size() && !ended_; ++i) row(csv_.rows[i], i);
    if (!ended_) {
      throw Error(csv_.rows.empty() ? csv_.name : csv_.at(csv_.rows.back()),
                  "the file ends early: its last row must be end,rows,<rows before it>,1,");
    }
    if (i < csv_.rows.size()) throw Error(csv_.at(csv_.rows[i]), "rows behind the end row");
    for (const auto& [quantity, range] : profile_.calibrated) {
      if (!(range.least <= range.most)) {
        throw Error(
            csv_.name,
            fmt::format("calibrated range of {} needs calibrated_min and calibrated_max with min <= max", quantity));
      }
    }
    return std::move(profile_);
  }

 private:
  void row(const CsvRow& r, std::size_t index) {
    const std::string where = csv_.at(r);
    if (r.fields.size() != kHeader.size()) {
      throw Error(where, fmt::format("{} fields where a profile has 5: kind,name,value,unit,source", r.fields.size()));
    }
    const std::string& kind = r.fields[0];
    if ((index == 1) != (kind == "gpu")) {
      throw Error(where, index == 1 ? "the first row behind the header must be gpu,name,<GPU>,," : "a second gpu row");
    }
    if (!seen_.insert(kind + "," + r.fields[1]).second)
      throw Error(where, fmt::format("'{}' is given twice", r.fields[1]));
    if (kind == "gpu") return gpu(r, where);
    if (kind == "parameter") return parameter(r, where);
    if (kind == "calibrated_min") return range(r, where, &Calibrated::least);
    if (kind == "calibrated_max") return range(r, where, &Calibrated::most);
    if (kind == "point") return point(r, where);
    if (kind == "held") return held(r, where);
    if (kind == "end") return end(r, where, index);
    static const std::vector<std::string> kinds = {"parameter", "calibrated_min", "calibrated_max",
                                                   "point",     "held",           "end"};
    const std::string near = nearest_word(kind, kinds);
    throw Error(where,
                fmt::format("unknown kind '{}'; {}", kind,
                            near.empty() ? "a row is a parameter, calibrated_min, calibrated_max, point, held or end"
                                         : "did you mean '" + near + "'?"));
  }

  void gpu(const CsvRow& r, const std::string& where) {
    if (r.fields[2] == gpu_.name) return;
    throw Error(where,
                fmt::format("this profile is for GPU '{}', the cluster has '{}'; name another profile or leave it out",
                            r.fields[2], gpu_.name));
  }

  void parameter(const CsvRow& r, const std::string& where) {
    const ParameterInfo& info = parameter_info(r.fields[1], where);
    require_unit(r, where, info.unit);
    const double value = number(r, where, info.name);
    if (value < info.least || value > info.most) {
      throw Error(where,
                  fmt::format("{} = {} is outside {} to {} {}", info.name, value, info.least, info.most, info.unit));
    }
    profile_.parameters.*info.value = value;
    profile_.sources[info.name] = r.fields[4];
  }

  void range(const CsvRow& r, const std::string& where, double Calibrated::*side) {
    const std::string& quantity = r.fields[1];
    const auto& known = calibrated_quantities();
    if (std::find(known.begin(), known.end(), quantity) == known.end()) {
      const std::string near = nearest_word(quantity, known);
      throw Error(where, fmt::format("unknown quantity '{}'{}", quantity,
                                     near.empty() ? std::string() : "; did you mean '" + near + "'?"));
    }
    require_unit(r, where, "1");
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    Calibrated& range =
        profile_.calibrated.try_emplace(quantity, Calibrated{.least = kInfinity, .most = -kInfinity, .source = {}})
            .first->second;
    range.*side = number(r, where, quantity.c_str());
    range.source = r.fields[4];
  }

  void point(const CsvRow& r, const std::string& where) {
    if (!is_point_key(r.fields[1])) {
      throw Error(where, fmt::format("'{}' names no demand; a point is called like 'gemm F 6144x4736x5120' or "
                                     "'attention forward 1x6144x5x1x128 causal flash'",
                                     r.fields[1]));
    }
    require_unit(r, where, "ns");
    const double duration = number(r, where, "the point") * kNanosecond;
    if (!(duration > 0) || duration > kLongestPoint)
      throw Error(where, "a measured duration must be above 0 and below 1e13 ns");
    profile_.points[r.fields[1]] = {.duration = Seconds(duration), .source = r.fields[4]};
  }

  void held(const CsvRow& r, const std::string& where) {
    const std::string& name = r.fields[1];
    const std::size_t cut = name.find(kBeside);
    double sms = 0;
    bool whole = cut != std::string::npos && name.ends_with(kSms);
    if (whole) {
      const char* last = name.data() + name.size() - kSms.size();
      const auto [stop, fault] = std::from_chars(name.data() + cut + kBeside.size(), last, sms);
      whole = fault == std::errc() && stop == last && sms > 0 && sms < kMostSms;
    }
    const std::string key = name.substr(0, cut);
    if (!whole || !is_part_key(key) || key.starts_with("elementwise")) {
      throw Error(where, fmt::format("'{}' is not like 'gemm F 6144x4736x5120 beside 8 SMs'", name));
    }
    require_unit(r, where, "1");
    const double factor = number(r, where, "the slowdown");
    if (factor < 0.5 || factor > 100) throw Error(where, "a slowdown must lie between 0.5 and 100");
    profile_.held[key][sms] = factor;
  }

  void end(const CsvRow& r, const std::string& where, std::size_t index) {
    if (r.fields[1] != "rows") throw Error(where, "the end row is end,rows,<rows before it>,1,");
    const auto before = static_cast<double>(index - 1);
    if (number(r, where, "the end row") != before) {
      throw Error(where,
                  fmt::format("{} rows stand between header and end, the end row says {}: rows are missing or added",
                              before, r.fields[2]));
    }
    ended_ = true;
  }

  const Csv& csv_;
  const Gpu& gpu_;
  Profile profile_;
  std::set<std::string> seen_;
  bool ended_ = false;
};

std::string exact(double value) { return fmt::format("{}", value); }

}  // namespace

Profile parse_profile(std::string_view text, const std::string& name, const Gpu& gpu) {
  const Csv csv = parse_csv(text, name);
  return ProfileReader(csv, gpu).read();
}

Profile read_profile(const std::string& path, const Gpu& gpu) { return parse_profile(read_file(path), path, gpu); }

Profile profile_of(const std::string& path, const Gpu& gpu) {
  return path.empty() ? default_profile(gpu) : read_profile(path, gpu);
}

std::string to_csv(const Profile& profile) {
  std::string text;
  for (const std::string& line : profile.provenance) text += "# " + line + "\n";
  int rows = 0;
  const auto add = [&](const std::array<std::string, 5>& fields) {
    text += csv_row(fields) + "\n";
    ++rows;
  };
  add(kHeader);
  add({"gpu", "name", profile.gpu, "", ""});
  for (const ParameterInfo& info : parameter_list()) {
    const auto source = profile.sources.find(info.name);
    add({"parameter", info.name, exact(profile.parameters.*info.value), info.unit,
         source == profile.sources.end() ? "" : source->second});
  }
  for (const auto& [quantity, range] : profile.calibrated) {
    add({"calibrated_min", quantity, exact(range.least), "1", range.source});
    add({"calibrated_max", quantity, exact(range.most), "1", range.source});
  }
  for (const auto& [key, point] : profile.points) {
    // Twelve digits: finer than any clock, and the same again after a round trip through seconds.
    add({"point", key, fmt::format("{:.12g}", point.duration.value / kNanosecond), "ns", point.source});
  }
  for (const auto& [key, curve] : profile.held) {
    for (const auto& [sms, factor] : curve) {
      add({"held", fmt::format("{}{}{}{}", key, kBeside, sms, kSms), exact(factor), "1", "measured"});
    }
  }
  add({"end", "rows", exact(rows - 1), "1", ""});
  return text;
}

void write_profile(const std::string& path, const Profile& profile) { write_file(path, to_csv(profile)); }

}  // namespace braid
