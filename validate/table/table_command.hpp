// SPDX-License-Identifier: Apache-2.0
// `braid validate --table`: published step times held against predictions.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace braid {

/// More rows than that would make a fit of the table of what is meant to predict it.
constexpr std::size_t kMostFittedRows = 5;

struct TableOptions {
  std::string table;
  std::vector<std::string> where;  ///< conditions on rows
  std::vector<std::string> fit;    ///< ids of rows
  std::vector<std::string> free;   ///< parameters
  std::vector<std::string> sets;   ///< FIELD=VALUE
  std::string profile;
  std::string cluster;
  std::vector<std::string> node_bandwidths;  ///< [SOURCE:]RATE
  std::string out_dir;                       ///< rows.csv and, if something was fitted, profile.csv
  bool json = false;
};

/// Throws Error.
void table_command(const TableOptions& options, std::ostream& out, std::ostream& err);

}  // namespace braid
