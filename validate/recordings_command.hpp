// SPDX-License-Identifier: Apache-2.0
// `braid validate --recording DIR`: runs that were measured before, against the predictions of today.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace braid {

struct RecordingsOptions {
  std::vector<std::string> folders;  ///< recordings, or folders of them
  std::string limits;                ///< a limits.toml; "": the one that Braid ships
  std::string out_dir;               ///< files of each validation, in a folder of its own if there are several
  bool json = false;
};

/// As JSON one array, with an object for each report, also if there is but one. Returns 0 or kBeyondLimits. Throws
/// Error, also for a folder without any recording.
int recordings_command(const RecordingsOptions& options, std::ostream& out, std::ostream& err);

}  // namespace braid
