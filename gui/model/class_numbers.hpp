// SPDX-License-Identifier: Apache-2.0
// Which class a span belongs to, by a small number: ten million spans are counted without ten million strings.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/timeline/run_file.hpp"

namespace braid {

/// Classes of one run, numbered as they are met. Borrows the run.
class ClassNumbers {
 public:
  explicit ClassNumbers(const RunView& run);

  /// class_of() of sim/report for a span with a key; a name of its own is a class of its own; else the category.
  std::uint32_t of(std::uint32_t span, Lane lane);

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::uint32_t i) const { return names_[i]; }
  Category category(std::uint32_t i) const { return categories_[i]; }  ///< of the first span of the class

 private:
  std::uint32_t added(std::uint32_t& place, std::string name, std::uint32_t span);

  RunView run_;
  std::vector<std::string> names_;
  std::vector<Category> categories_;
  std::vector<std::uint32_t> by_key_, by_name_, by_category_;
  std::unordered_map<std::string, std::uint32_t> by_text_;  ///< equal names may have several places in the run's table
};

/// Whether the span is an op whose key says what it is, apart from its rank.
bool is_keyed(const RunView& run, std::uint32_t span);
/// What stands for a peer in the replay of one rank: neither work nor communication of this run.
bool is_peer(const RunView& run, std::uint32_t span, Lane lane);

}  // namespace braid
