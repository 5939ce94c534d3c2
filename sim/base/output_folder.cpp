// SPDX-License-Identifier: Apache-2.0
#include "sim/base/output_folder.hpp"

#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <system_error>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {

namespace fs = std::filesystem;

std::string OutputFolder::place(const std::string& name) {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed) throw Error(folder_, "cannot be made: " + failed.message());
  written_.push_back((fs::path(folder_) / name).string());
  return written_.back();
}

void OutputFolder::write(const std::string& name, std::string_view bytes) { write_file(place(name), bytes); }

void check_output_folder(const std::string& folder) {
  std::error_code failed;
  fs::path there = fs::absolute(folder);
  while (!fs::exists(there, failed) && there.has_parent_path() && there != there.parent_path()) {
    there = there.parent_path();
  }
  if (!fs::is_directory(there, failed)) throw Error(folder, there.string() + " is no folder");
  if (access(there.c_str(), W_OK | X_OK) != 0) throw Error(folder, there.string() + " cannot be written to");
}

std::string file_name(std::string label) {
  for (char& c : label) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != '_') c = '_';
  }
  return label;
}

}  // namespace braid
