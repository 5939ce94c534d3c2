// SPDX-License-Identifier: Apache-2.0
// The sweeps run on a GPU only, the fits anywhere: what the fits read must be what the sweeps' sources write.
#include <gtest/gtest.h>

#include <regex>

#include "calibrate/fit/layer_sum.hpp"
#include "calibrate/fit/link_fit.hpp"
#include "calibrate/fit/overlap_fit.hpp"
#include "calibrate/fit/sample.hpp"
#include "sim/base/csv.hpp"

namespace braid {
namespace {

/// Column names in the string literals of some sources, adjacent literals joined as a compiler does.
std::string literals(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) text += read_file(BRAID_SOURCE_DIR "/calibrate/sweep/" + file) + ",";
  text = std::regex_replace(text, std::regex("\"\\s*\\+?\\s*\n\\s*\""), "");
  std::string joined = ",";
  const std::regex literal("\"([^\"\n]*)\"");
  for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at) joined += (*at)[1].str() + ",";
  return joined;
}

void expect_columns(const std::vector<std::string>& files, const std::vector<std::string>& columns) {
  const std::string written = literals(files);
  for (const std::string& column : columns)
    EXPECT_NE(written.find("," + column + ","), std::string::npos) << column << " in " << files[0];
}

TEST(Columns, ThatFitsReadAreWhatSweepsWrite) {
  expect_columns({"gemm_sweep.cpp", "bench.hpp", "bench.cpp"}, kGemmColumns);
  expect_columns({"attention_sweep.cpp", "bench.hpp", "bench.cpp"}, kAttentionColumns);
  expect_columns({"memory_sweep.cpp", "bench.hpp", "bench.cpp"}, kMemoryColumns);
  expect_columns({"layer_sweep.cpp"}, kLayerColumns);
  expect_columns({"layer_sweep.cpp", "bench.hpp", "bench.cpp"}, kLayerOpColumns);
  expect_columns({"copy_sweep.cpp"}, kCopyColumns);
  expect_columns({"collective_timer.hpp"}, kCollectiveColumns);
  expect_columns({"overlap_sweep.cpp", "overlap_bench.hpp", "overlap_bench.cpp"}, kOverlapColumns);
  expect_columns({"overlap_sweep.cpp", "overlap_bench.hpp", "overlap_bench.cpp"}, {"pass", "m", "n", "k"});
}

}  // namespace
}  // namespace braid
