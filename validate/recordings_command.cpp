// SPDX-License-Identifier: Apache-2.0
#include "validate/recordings_command.hpp"

#include <filesystem>
#include <ostream>
#include <set>

#include "sim/base/output_folder.hpp"
#include "validate/recording/check_recordings.hpp"
#include "validate/report/validation_json.hpp"
#include "validate/report/validation_text.hpp"
#include "validate/shipped_limits.hpp"
#include "validate/validation_files.hpp"

namespace braid {

int recordings_command(const RecordingsOptions& options, std::ostream& out, std::ostream& err) {
  const Limits limits = options.limits.empty() ? shipped_limits() : read_limits(options.limits);
  if (!options.out_dir.empty()) check_output_folder(options.out_dir);
  std::vector<CheckedRecordings> checked;
  for (const std::string& folder : options.folders) {
    std::vector<CheckedRecordings> found = check_recordings(folder, limits);
    if (found.empty()) throw Error(folder, "holds no recording: no run.json in it or in a folder of it");
    for (CheckedRecordings& one : found) checked.push_back(std::move(one));
  }
  bool held = true;
  std::set<std::string> folders;
  if (options.json) out << "[\n";
  for (std::size_t i = 0; i < checked.size(); ++i) {
    const ValidationReport& report = checked[i].report;
    held = held && report.held();
    if (options.json && i > 0) out << ",\n";
    out << (options.json ? to_json(report) : to_text(report));
    if (options.out_dir.empty()) continue;
    std::filesystem::path folder = options.out_dir;
    if (checked.size() > 1) {
      std::string name = file_name(checked[i].names.front());
      while (!folders.insert(name).second) name += "+";  // of another --recording
      folder /= name;
    }
    err << written(folder.string(), report);
  }
  if (options.json) out << "]\n";
  for (const Issue& issue : broken(checked)) err << "braid-validate: " << issue.where << ": " << issue.what << '\n';
  return held ? 0 : kBeyondLimits;
}

}  // namespace braid
