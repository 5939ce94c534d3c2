// SPDX-License-Identifier: Apache-2.0
// The files of one command, all in one folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace braid {

class OutputFolder {
 public:
  /// The folder is made when the first file is written.
  explicit OutputFolder(std::string folder) : folder_(std::move(folder)) {}

  /// Throws Error if the folder cannot be made or the file not written.
  void write(const std::string& name, std::string_view bytes);
  /// The path of a file that the caller writes itself, at once; it counts as written. Throws Error if the folder cannot
  /// be made.
  std::string place(const std::string& name);
  /// Paths, in order.
  const std::vector<std::string>& written() const { return written_; }

 private:
  std::string folder_;
  std::vector<std::string> written_;
};

/// Throws Error(folder, ...) if it can be neither made nor written to: told before a run takes minutes. Makes nothing;
/// a folder that is not there yet needs a parent that can be written to.
void check_output_folder(const std::string& folder);

/// A label as part of a file's name: what is no letter, digit, '-', '.' or '_' becomes '_'.
std::string file_name(std::string label);

}  // namespace braid
