// SPDX-License-Identifier: Apache-2.0
#include "validate/table/published_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/base/gpus.hpp"

namespace braid {
namespace {

using Row = PublishedRow;

struct IntegerColumn {
  const char* name;
  int Row::*value;
};
constexpr std::array kIntegers = {
    IntegerColumn{"gpus_per_node", &Row::gpus_per_node},
    IntegerColumn{"n_gpus", &Row::gpus},
    IntegerColumn{"hidden", &Row::hidden},
    IntegerColumn{"layers", &Row::layers},
    IntegerColumn{"heads", &Row::heads},
    IntegerColumn{"seq", &Row::sequence},
    IntegerColumn{"vocab", &Row::vocab},
    IntegerColumn{"tp", &Row::tp},
    IntegerColumn{"pp", &Row::pp},
    IntegerColumn{"interleave", &Row::interleave},
    IntegerColumn{"dp", &Row::dp},
    IntegerColumn{"microbatch", &Row::microbatch},
    IntegerColumn{"global_batch", &Row::global_batch},
};
constexpr int kMost = 100'000'000;  // no column of a real run comes near; products of two fit 64 bits

/// `params_b` is for people: the model follows from the other columns.
const std::vector<std::string> kColumns{"id",         "source",       "gpu",      "gpus_per_node", "n_gpus",
                                        "params_b",   "hidden",       "layers",   "heads",         "seq",
                                        "vocab",      "tp",           "pp",       "interleave",    "dp",
                                        "microbatch", "global_batch", "schedule", "recompute",     "sequence_parallel",
                                        "precision",  "metric",       "value"};

/// The fields of one row by column.
class Fields {
 public:
  Fields(const Csv& csv, const CsvRow& row)
      : where_(csv.at(row)), names_(csv.rows.front().fields), fields_(row.fields) {
    if (fields_.size() != names_.size()) {
      throw Error(where_, fmt::format("has {} fields, not {}", fields_.size(), names_.size()));
    }
  }

  const std::string& where() const { return where_; }
  std::string at(const std::string& column) const { return where_ + ":" + column; }
  const std::string& text(const std::string& column) const {
    const auto found = std::find(names_.begin(), names_.end(), column);
    return fields_[static_cast<std::size_t>(found - names_.begin())];
  }
  /// Throws Error if the field is none of the words.
  template <typename T, std::size_t N>
  T choice(const std::string& column, const std::array<std::pair<const char*, T>, N>& words) const {
    std::vector<std::string> known;
    for (const auto& [word, value] : words) {
      if (text(column) == word) return value;
      known.emplace_back(word);
    }
    const std::string near = nearest_word(text(column), known);
    throw Error(at(column), fmt::format("unknown {} '{}'{}; known: {}", column, text(column),
                                        near.empty() ? "" : ", did you mean '" + near + "'?", fmt::join(known, ", ")));
  }
  int integer(const std::string& column) const {
    const std::string& value = text(column);
    int number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc() || end != value.data() + value.size() || number < 1 || number > kMost) {
      throw Error(at(column), fmt::format("'{}' is not a whole number between 1 and {}", value, kMost));
    }
    return number;
  }
  double positive(const std::string& column) const {
    const std::string& value = text(column);
    double number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc() || end != value.data() + value.size() || !(number > 0) || !std::isfinite(number)) {
      throw Error(at(column), fmt::format("'{}' is not a number above 0", value));
    }
    return number;
  }

 private:
  std::string where_;
  const std::vector<std::string>& names_;
  const std::vector<std::string>& fields_;
};

/// Tables write "A100", "A100-80GB" or Braid's own "A100-80G".
std::string gpu_named(std::string name, const std::string& where) {
  if (name.ends_with("GB")) name.pop_back();
  std::vector<std::string> begins;
  for (const Gpu& gpu : known_gpus()) {
    if (gpu.name.starts_with(name + "-") && !name.empty()) begins.push_back(gpu.name);
  }
  return gpu_by_name(begins.size() == 1 ? begins.front() : name, where).name;
}

void check_columns(const Csv& csv) {
  if (csv.rows.empty()) throw Error(csv.name, "is empty: its first row names the columns");
  const CsvRow& header = csv.rows.front();
  std::set<std::string> seen;
  for (const std::string& name : header.fields) {
    if (std::find(kColumns.begin(), kColumns.end(), name) == kColumns.end()) {
      const std::string near = nearest_word(name, kColumns);
      throw Error(csv.at(header) + ":" + name, "unknown column" + (near.empty() ? "; known: " + csv_row(kColumns)
                                                                                : "; did you mean '" + near + "'?"));
    }
    if (!seen.insert(name).second) throw Error(csv.at(header) + ":" + name, "the column is there twice");
  }
  for (const std::string& name : kColumns) {
    if (!seen.contains(name)) throw Error(csv.at(header) + ":" + name, "the column is missing");
  }
}

void check_plan(const Row& r, const Fields& f) {
  const double ranks = double(r.tp) * r.pp * r.dp;
  if (ranks != r.gpus) {
    throw Error(f.at("n_gpus"),
                fmt::format("TP {} x PP {} x DP {} is {} GPUs, the row has {}", r.tp, r.pp, r.dp, ranks, r.gpus));
  }
  const double share = double(r.dp) * r.microbatch;
  if (share > r.global_batch || r.global_batch % int(share) != 0) {
    throw Error(f.at("global_batch"), fmt::format("{} samples do not divide into microbatches of {} on {} replicas",
                                                  r.global_batch, r.microbatch, r.dp));
  }
  if (r.hidden % r.heads != 0) {
    throw Error(f.at("heads"), fmt::format("{} heads do not divide the hidden size {}", r.heads, r.hidden));
  }
  if (r.heads % r.tp != 0) throw Error(f.at("tp"), fmt::format("{} does not divide the {} heads", r.tp, r.heads));
  if (r.sequence_parallel && r.sequence % r.tp != 0) {
    throw Error(f.at("tp"),
                fmt::format("{} does not divide the {} tokens that sequence parallelism shares out", r.tp, r.sequence));
  }
  if (r.layers % (std::int64_t{r.pp} * r.interleave) != 0) {
    throw Error(f.at("layers"),
                fmt::format("{} layers do not divide over {} pipeline ranks of {}", r.layers, r.pp, r.interleave));
  }
  const bool interleaved = f.choice<bool>(
      "schedule", std::array<std::pair<const char*, bool>, 2>{{{"1f1b", false}, {"interleaved-1f1b", true}}});
  if (interleaved != (r.interleave > 1)) {
    throw Error(f.at("interleave"),
                fmt::format("{} virtual stages a rank do not go with schedule {}", r.interleave, f.text("schedule")));
  }
}

Row row_of(const Fields& f) {
  Row r{.id = f.text("id"), .source = f.text("source"), .gpu_as_written = f.text("gpu"), .where = f.where()};
  if (r.id.empty() || r.id.find_first_of(", \t") != std::string::npos) {
    throw Error(f.at("id"), fmt::format("'{}' is no id: it must be one word without commas", r.id));
  }
  r.gpu = gpu_named(r.gpu_as_written, f.at("gpu"));
  for (const IntegerColumn& column : kIntegers) r.*column.value = f.integer(column.name);
  r.recompute = f.choice<Recompute>(
      "recompute", std::array<std::pair<const char*, Recompute>, 3>{
                       {{"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}}});
  r.sequence_parallel = f.choice<bool>("sequence_parallel",
                                       std::array<std::pair<const char*, bool>, 2>{{{"false", false}, {"true", true}}});
  f.choice<int>("precision", std::array<std::pair<const char*, int>, 2>{{{"fp16", 2}, {"bf16", 2}}});
  f.choice<int>("metric", std::array<std::pair<const char*, int>, 1>{{{"iteration_s", 0}}});
  r.measured_s = f.positive("value");
  check_plan(r, f);
  return r;
}

}  // namespace

std::vector<PublishedRow> read_published(const std::string& path) {
  const Csv csv = read_csv(path);
  check_columns(csv);
  std::vector<PublishedRow> rows;
  std::set<std::string> ids;
  for (std::size_t i = 1; i < csv.rows.size(); ++i) {
    const Fields fields(csv, csv.rows[i]);
    rows.push_back(row_of(fields));
    if (!ids.insert(rows.back().id).second) {
      throw Error(fields.at("id"), fmt::format("'{}' is there twice", rows.back().id));
    }
  }
  if (rows.empty()) throw Error(path, "holds no rows");
  return rows;
}

int PublishedRow::*integer_column(const std::string& name, const std::string& where) {
  std::vector<std::string> known;
  for (const IntegerColumn& column : kIntegers) {
    if (name == column.name) return column.value;
    known.emplace_back(column.name);
  }
  const std::string near = nearest_word(name, known);
  throw Error(where, fmt::format("unknown column '{}'{}; known: {}", name,
                                 near.empty() ? "" : ", did you mean '" + near + "'?", fmt::join(known, ", ")));
}

}  // namespace braid
