// SPDX-License-Identifier: Apache-2.0
// Each mistake in a question to `braid size`: the smallest one and its line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "sim/base/csv.hpp"
#include "tests/sim/sweep/size/small_request.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

SizeRequest with_gpus(const std::string& gpu, int count) {
  SizeRequest request = small_request();
  request.offers = {{.gpu = gpu, .count = count}};
  return request;
}

TEST(SizeErrors, ModelThatIsNotThere) {
  SizeRequest request = small_request();
  request.model = "lama3-8b";
  EXPECT_EQ(fault_of(request), "MODEL: there is no model 'lama3-8b'; did you mean llama3-8b?; or name a file");
}

TEST(SizeErrors, GpuThatIsNotThere) {
  EXPECT_EQ(fault_of(with_gpus("h10", 16)),
            "--gpus: there is no cluster of 'h10'; did you mean h100?; or name a cluster file");
  EXPECT_THAT(fault_of(with_gpus("mi300x", 16)), HasSubstr("there are a100, a800, b200, h100, h20, h200, h800"));
}

TEST(SizeErrors, GpusThatFillNoNodes) {
  EXPECT_EQ(fault_of(with_gpus("h100", 20)), "--gpus: 20 GPUs fill no nodes of 8: 16 or 24 would");
  EXPECT_EQ(fault_of(with_gpus("h100", 4)), "--gpus: 4 GPUs fill no nodes of 8: 8 would");
}

TEST(SizeErrors, OffersThatAreNone) {
  const auto fault = [](const std::string& text) -> std::string {
    try {
      parse_offers(text, "--gpus");
    } catch (const Error& error) { return error.what(); }
    return "no error";
  };
  EXPECT_EQ(fault("h100"), "--gpus: 'h100': how many GPUs of which kind?; write for example h100:512 or h100:256,512");
  EXPECT_THAT(fault(":8"), HasSubstr("how many GPUs of which kind?"));
  EXPECT_THAT(fault("h100:0"), HasSubstr("a whole one from 1 to 1000000"));
  EXPECT_THAT(fault("h100:8,"), HasSubstr("a whole one from 1 to 1000000"));
  EXPECT_THAT(fault("h100:8.5"), HasSubstr("numbers are parted by commas"));
  SizeRequest none = small_request();
  none.offers.clear();
  EXPECT_EQ(fault_of(none), "--gpus: which GPUs? Write for example --gpus h100:512");
}

TEST(SizeErrors, BudgetInAnotherCurrencyOrWithoutAPrice) {
  SizeRequest request = small_request();
  request.budget = Money{1e6, "EUR"};
  EXPECT_THAT(fault_of(request), AllOf(HasSubstr("--budget: is in EUR, but "), HasSubstr("is priced in USD")));
  request = with_gpus("h20", 16);
  request.budget = Money{1e6, "USD"};
  EXPECT_THAT(fault_of(request), HasSubstr("has no price to hold it against; give it gpu_hour_price and price_source"));
}

TEST(SizeErrors, SharesSequencesSchedulesAndProfiles) {
  SizeRequest request = small_request();
  request.availability = 1.5;
  EXPECT_EQ(fault_of(request), "--availability: 1.5 is no share of the time: above 0, at most 1");
  request = small_request();
  request.sequence = 0;
  EXPECT_EQ(fault_of(request), "--sequence: 0 is not at least 1");
  request = small_request();
  request.schedules = {"1f1b", "spt"};
  EXPECT_EQ(fault_of(request), "--schedules: there is no 'spt'; did you mean stp?");
  request = small_request();
  request.profile = "/nowhere.csv";
  EXPECT_EQ(fault_of(request), "--profile: there is no file '/nowhere.csv'");
  request = small_request();
  request.refine = -1;
  EXPECT_EQ(fault_of(request), "--refine: is how many of the best are played again, 0 or more");
  request = small_request();
  request.memory_margin = 90e9;
  EXPECT_THAT(fault_of(request), HasSubstr("--memory-margin: 90 GB leave nothing of the "));
  request = small_request();
  request.batch_tokens = 4095;
  EXPECT_THAT(fault_of(request), HasSubstr("are less than one sequence of 4096; write 4096 or more"));
  request = small_request();
  request.batch_tokens = 1e15;
  EXPECT_THAT(fault_of(request), HasSubstr("--batch: 2.44e+11 sequences a step are beyond all reason"));
}

TEST(SizeErrors, ClustersOfOneGpuThatDiffer) {
  const fs::path folder = fs::temp_directory_path() / ("braid-size-" + std::to_string(getpid()));
  fs::create_directories(folder / "models");
  fs::create_directories(folder / "clusters");
  fs::create_directories(folder / "profiles");
  fs::copy(kScenarios + "/models/llama3-8b.toml", folder / "models");
  const std::string cluster = read_file(kScenarios + "/clusters/h100-sxm-8x2.toml");
  write_file((folder / "clusters/a.toml").string(), cluster);
  std::string slower = cluster;
  slower.replace(slower.find("450 GB/s"), 8, "225 GB/s");
  write_file((folder / "clusters/b.toml").string(), slower);
  EXPECT_THAT(fault_of(small_request(), folder.string()),
              AllOf(HasSubstr("'h100' may be "), HasSubstr("a.toml or "), HasSubstr("which differ; name one")));
  SizeRequest named = with_gpus("b", 16);
  EXPECT_EQ(fault_of(named, folder.string()), "no error");  // the file's name tells them apart
  fs::remove_all(folder);
}

TEST(SizeErrors, BatchThatNoPlanDivides) {
  SizeTask task = decide(small_request(), kScenarios);
  task.batch_samples = 1;  // DP is 16 / (TP x PP): 1 with TP 1, PP 16
  EXPECT_FALSE(size_sweep(task, task.offers[0]).axes.front().values.empty());
  task.offers[0].cluster.nodes = 2 * 251;  // 4016 = 16 x 251 GPUs: 251 can be no TP, PP only beyond 64
  try {
    size_sweep(task, task.offers[0]);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no plan on 4016 GPUs divides 1 sequences a step; ask for another batch"));
  }
}

}  // namespace
}  // namespace braid
