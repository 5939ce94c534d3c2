// SPDX-License-Identifier: Apache-2.0
#include "tests/validate/table/published_rows.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "sim/base/csv.hpp"

namespace braid::test {

std::string table_with(const std::string& column, const std::string& field) {
  const std::vector<std::pair<std::string, std::string>> row{{"id", "row-1"},
                                                             {"source", "made up"},
                                                             {"gpu", "A100"},
                                                             {"gpus_per_node", "8"},
                                                             {"n_gpus", "64"},
                                                             {"params_b", ""},
                                                             {"hidden", "1024"},
                                                             {"layers", "24"},
                                                             {"heads", "16"},
                                                             {"seq", "512"},
                                                             {"vocab", "50257"},
                                                             {"tp", "2"},
                                                             {"pp", "4"},
                                                             {"interleave", "1"},
                                                             {"dp", "8"},
                                                             {"microbatch", "2"},
                                                             {"global_batch", "256"},
                                                             {"schedule", "1f1b"},
                                                             {"recompute", "full"},
                                                             {"sequence_parallel", "false"},
                                                             {"precision", "fp16"},
                                                             {"metric", "iteration_s"},
                                                             {"value", "1.5"}};
  std::vector<std::string> names, fields;
  for (const auto& [name, value] : row) {
    names.push_back(name);
    fields.push_back(name == column ? field : value);
  }
  return csv_row(names) + "\n" + csv_row(fields) + "\n";
}

std::vector<PublishedRow> rows_of(const std::string& text) {
  const std::filesystem::path old = std::filesystem::current_path();
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("braid-published-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);  // so that messages begin with the bare name
  struct Back {
    std::filesystem::path old, folder;
    ~Back() {
      std::filesystem::current_path(old);
      std::filesystem::remove_all(folder);
    }
  } back{old, folder};
  write_file("table.csv", text);
  return read_published("table.csv");
}

PublishedRow valid_row() { return rows_of(table_with("", "")).front(); }

}  // namespace braid::test
