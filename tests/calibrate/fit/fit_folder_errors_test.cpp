// SPDX-License-Identifier: Apache-2.0
// Folders that cannot be fitted: one line that says which file and what to do.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "calibrate/fit/fit_command.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr const char* kGpu = "# gpu: NVIDIA H100 80GB HBM3, 132 SMs\n";
constexpr const char* kHeader = "pass,m,n,k,kcycles,clock_mhz\n";

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() /
           ("braid_fit_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  void write(const std::string& file, const std::string& text) { write_file(dir_ / file, text); }
  std::string message(const std::string& name = "") {
    std::ostringstream out;
    try {
      fit_command({.dir = dir_, .name = name}, out);
      return "";
    } catch (const Error& e) { return e.what(); }
  }
  void expect(const std::string& part) {
    const std::string text = message();
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
  std::filesystem::path dir_;
};

std::string table(const std::string& rows, const std::string& kind = "gemm", const std::string& gpu = kGpu) {
  return "# braid-calibrate 1, table: " + kind + "\n" + gpu + kHeader + rows;
}

TEST_F(Folder, ThatIsNotThere) {
  std::filesystem::remove_all(dir_);
  expect("cannot be read as a folder");
}

TEST_F(Folder, WithoutATable) {
  write("notes.csv", "a,b\n1,2\n");
  expect("no table of braid-calibrate");
}

TEST_F(Folder, WithAForeignTable) {
  write("gemm.csv", "M,N,K,TFLOPS\n1,2,3,4\n");
  expect("not a table of braid-calibrate");
}

TEST_F(Folder, WithATableUnderAnotherName) {
  write("gemm.csv", table("F,128,128,64,10,1400\n", "attention"));
  expect("this is the table 'attention', not 'gemm'");
}

TEST_F(Folder, WithATableThatIsCut) {
  write("gemm.csv", table("F,128,128,64,10,1400\nF,128,128,6"));
  expect("ends early");
}

TEST_F(Folder, WithATableOfTheFuture) {
  write("gemm.csv", "# braid-calibrate 9, table: gemm\n");
  expect("version '9'");
}

TEST_F(Folder, WithTablesOfTwoGpus) {
  write("gemm.csv", table("F,128,128,64,10,1400\n"));
  write("grid.csv", table("F,128,128,64,10,1400\n", "grid", "# gpu: NVIDIA H200, 132 SMs\n"));
  expect("was measured on 'NVIDIA H200'");
  expect("give each GPU a folder of its own");
}

TEST_F(Folder, OfAGpuThatNobodyKnows) {
  write("gemm.csv", table("F,128,128,64,10,1400\n", "gemm", "# gpu: NVIDIA RTX 5090, 170 SMs\n"));
  expect("no data sheet of 'NVIDIA RTX 5090'");
  EXPECT_NE(message("H99").find("H99"), std::string::npos);
}

TEST_F(Folder, WhoseReportCannotBeWritten) {
  // Products of 132 x 4096 flop a cycle at 80 % of it; the folder of the report is a file.
  std::string rows;
  for (int i = 1; i <= 20; ++i)
    rows += "F,4096,4096," + std::to_string(512 * i) + "," + std::to_string(39.7 * i) + ",1400\n";
  write("gemm.csv", table(rows));
  write("taken", "");
  std::ostringstream out;
  std::string text;
  try {
    fit_command({.dir = dir_, .report = true, .out = dir_ / "taken"}, out);
  } catch (const Error& e) { text = e.what(); }
  EXPECT_NE(text.find("taken: cannot be made as a folder"), std::string::npos) << text;
  // With --name the tables' own GPU is said, too.
  out.str("");
  fit_command({.dir = dir_, .name = "H200-141G"}, out);
  EXPECT_NE(out.str().find("held against the data sheet of H200-141G"), std::string::npos) << out.str();
}

TEST_F(Folder, OfAGpuFasterThanItsDataSheet) {
  // A third of the cycles above: 2.4 of the peak. Parameters end at their bounds, not a rounding beyond, and the errors
  // say that it does not fit.
  std::string rows;
  for (int i = 1; i <= 20; ++i)
    rows += "F,4096,4096," + std::to_string(512 * i) + "," + std::to_string(39.7 / 3 * i) + ",1400\n";
  write("gemm.csv", table(rows));
  std::ostringstream out;
  fit_command({.dir = dir_}, out);
  EXPECT_NE(out.str().find("gemm_efficiency = 1.2\n"), std::string::npos) << out.str();
}

TEST_F(Folder, WithFewerRowsThanUnknowns) {
  write("gemm.csv", table("F,128,128,64,10,1400\n"));
  // Of one row a fold of five leaves none; the rule of products has six values.
  expect("matrix products: 1 rows are too few to fit 6 values by 5 folds; measure more");
}

}  // namespace
}  // namespace braid
