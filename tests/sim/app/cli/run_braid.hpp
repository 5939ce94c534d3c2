// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a user would: another process, in a folder of its own, both streams kept apart.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace braid::test {

struct Outcome {
  int code = -1;  ///< of exit; 128 and more for a signal
  std::string out;
  std::string err;
};

/// An empty folder that is gone when the test is.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// Writes a file there and returns its name.
  std::string file(const std::string& name, const std::string& text) const;
  /// Relative paths of all files below the folder, sorted.
  std::vector<std::string> files() const;
  Outcome braid(const std::vector<std::string>& arguments) const;
  /// The same with a program of the caller's in place of the one that was built.
  Outcome run(const std::filesystem::path& program, const std::vector<std::string>& arguments) const;

 private:
  std::filesystem::path folder_;
};

/// The program that was built.
std::filesystem::path built_braid();

std::vector<std::string> lines_of(const std::string& text);

/// A mistake of the user: exit code 2, nothing on stdout, one line on stderr (as many as `lines`) that starts with the
/// program's name, and the folder as it was before. Returns what stderr said.
std::string user_mistake(const Workplace& place, const std::vector<std::string>& arguments, std::size_t lines = 1);

}  // namespace braid::test
