// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/read_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "sim/base/byte_source.hpp"
#include "sim/base/error.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/nsight.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostRankDigits = 7;

int number_at(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > kMostRankDigits) return -1;
  int value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  return value;
}

struct TraceSpec {
  int rank = -1;
  std::string path;
};

TraceSpec parse_spec(const std::string& spec) {
  const std::size_t equals = spec.find('=');
  const bool numbered = equals != std::string::npos && equals > 0 && equals <= kMostRankDigits &&
                        std::all_of(spec.begin(), spec.begin() + static_cast<std::ptrdiff_t>(equals),
                                    [](char c) { return c >= '0' && c <= '9'; });
  if (!numbered) return {.rank = -1, .path = spec};
  return {.rank = number_at(spec), .path = spec.substr(equals + 1)};
}

}  // namespace

int rank_in_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  for (std::size_t at = name.find("rank"); at != std::string::npos; at = name.find("rank", at + 1)) {
    std::size_t digits = at + 4;
    if (digits < name.size() && (name[digits] == '_' || name[digits] == '-')) ++digits;
    const int rank = number_at(std::string_view(name).substr(digits));
    if (rank >= 0) return rank;
  }
  return -1;
}

std::vector<ForeignTrace> read_trace(const std::string& spec, const std::string& step_prefix) {
  const TraceSpec asked = parse_spec(spec);
  const std::string begin = first_bytes(asked.path);
  std::vector<ForeignTrace> traces;
  if (is_sqlite(begin)) {
    traces = read_nsight(asked.path, step_prefix);
  } else if (asked.path.ends_with(".nsys-rep") || asked.path.ends_with(".qdrep")) {
    throw Error(asked.path, "is a report of Nsight Systems; export it first: nsys export --type sqlite " + asked.path);
  } else {
    traces = parse_kineto(*bytes_of_file(asked.path), asked.path, step_prefix);
  }
  int base = asked.rank;
  if (base < 0) base = traces.size() == 1 ? traces.front().rank : -1;
  if (base < 0) base = rank_in_name(asked.path);
  if (asked.rank >= 0 && traces.size() == 1 && traces.front().rank >= 0 && traces.front().rank != asked.rank) {
    traces.front().notes.push_back(fmt::format("{}: taken as rank {}, as asked; its job says that it is rank {}",
                                               asked.path, asked.rank, traces.front().rank));
  }
  if (traces.size() > 1) {
    base = std::max(base, 0);
    traces.front().notes.push_back(fmt::format("{}: holds {} GPUs, taken as ranks {} to {} in the order of the devices",
                                               asked.path, traces.size(), base,
                                               base + static_cast<int>(traces.size()) - 1));
  }
  for (ForeignTrace& trace : traces) trace.rank = base < 0 ? -1 : base++;
  return traces;
}

}  // namespace braid
