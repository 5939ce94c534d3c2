// SPDX-License-Identifier: Apache-2.0
// What a Chrome trace says of itself beside its events, as the facts of a run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/timeline/chrome_json.hpp"

namespace braid {

/// What only reading the events tells.
struct ImportedNumbers {
  std::int64_t step_ns = 0;            ///< the last end
  std::uint64_t lost = 0;              ///< slices that cannot be shown
  std::uint64_t left_out = 0;          ///< events of kinds that are not shown
  std::uint64_t of_unknown_group = 0;  ///< kernels of collectives, counted as dp
};

class ImportedFacts {
 public:
  /// Borrows both.
  ImportedFacts(const ChromeFile& file, const std::string& path);
  ~ImportedFacts();
  ImportedFacts(const ImportedFacts&) = delete;
  ImportedFacts& operator=(const ImportedFacts&) = delete;

  /// Whether Braid wrote the trace.
  bool ours() const;
  /// As gui/model/run_facts.hpp documents it.
  std::string text(const ImportedNumbers& numbers) const;

 private:
  struct Rest;
  const ChromeFile& file_;
  const std::string& path_;
  std::unique_ptr<Rest> rest_;
};

}  // namespace braid
