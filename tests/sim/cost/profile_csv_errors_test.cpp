// SPDX-License-Identifier: Apache-2.0
// The smallest profile that breaks each rule of the reader, and the line that the user sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/cost/profile.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::StrEq;
using testing::ThrowsMessage;

const std::string kHead = "kind,name,value,unit,source\ngpu,name,ROUND,,\n";

struct Broken {
  const char* name;
  std::string text;
  std::string message;
};

void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

class ProfileCsvErrors : public testing::TestWithParam<Broken> {};

TEST_P(ProfileCsvErrors, AreOneLineWithFileAndLine) {
  EXPECT_THAT([&] { parse_profile(GetParam().text, "p.csv", round_gpu()); },
              ThrowsMessage<Error>(StrEq(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ProfileCsvErrors,
    testing::Values(
        Broken{"Empty", "", "p.csv: not a profile: the first row must be kind,name,value,unit,source"},
        Broken{"Foreign", "rank,start,end\n0,1,2\n",
               "p.csv:1: not a profile: the first row must be kind,name,value,unit,source"},
        Broken{"ForeignAfterComments", "# hello\nm,n,k\n",
               "p.csv:2: not a profile: the first row must be kind,name,value,unit,source"},
        Broken{"NoGpu", "kind,name,value,unit,source\nparameter,memory_efficiency,0.5,1,\n",
               "p.csv:2: the first row behind the header must be gpu,name,<GPU>,,"},
        Broken{"OtherGpu", "kind,name,value,unit,source\ngpu,name,H100-80G,,\nend,rows,1,1,\n",
               "p.csv:2: this profile is for GPU 'H100-80G', the cluster has 'ROUND'; name another profile or leave it "
               "out"},
        Broken{"SecondGpu", kHead + "gpu,name,ROUND,,\n", "p.csv:3: a second gpu row"},
        Broken{"UnknownKind", kHead + "parametr,memory_efficiency,0.5,1,\n",
               "p.csv:3: unknown kind 'parametr'; did you mean 'parameter'?"},
        Broken{"UnknownParameter", kHead + "parameter,memory_eficiency,0.5,1,\n",
               "p.csv:3: unknown parameter 'memory_eficiency'; did you mean 'memory_efficiency'?"},
        Broken{"WrongUnit", kHead + "parameter,kernel_overhead_s,2,us,\n",
               "p.csv:3: kernel_overhead_s is in 's', not in 'us'; convert the value and write the unit 's'"},
        Broken{"NoNumber", kHead + "parameter,memory_efficiency,half,1,\n",
               "p.csv:3: value 'half' of memory_efficiency is not a finite number"},
        Broken{"HalfANumber", kHead + "parameter,memory_efficiency,0.5x,1,\n",
               "p.csv:3: value '0.5x' of memory_efficiency is not a finite number"},
        Broken{"Infinite", kHead + "parameter,memory_efficiency,inf,1,\n",
               "p.csv:3: value 'inf' of memory_efficiency is not a finite number"},
        Broken{"Overflow", kHead + "parameter,memory_efficiency,1e999,1,\n",
               "p.csv:3: value '1e999' of memory_efficiency is not a finite number"},
        Broken{"OutOfBounds", kHead + "parameter,memory_efficiency,1.5,1,\n",
               "p.csv:3: memory_efficiency = 1.5 is outside 0.01 to 1 1"},
        Broken{"Negative", kHead + "parameter,kernel_overhead_s,-1,s,\n",
               "p.csv:3: kernel_overhead_s = -1 is outside 0 to 0.01 s"},
        Broken{"Twice", kHead + "parameter,memory_efficiency,0.5,1,\nparameter,memory_efficiency,0.5,1,\n",
               "p.csv:4: 'memory_efficiency' is given twice"},
        Broken{"TooFewFields", kHead + "parameter,memory_efficiency,0.5\n",
               "p.csv:3: 3 fields where a profile has 5: kind,name,value,unit,source"},
        Broken{"Truncated", kHead + "parameter,memory_efficiency,0.5,1,\n",
               "p.csv:3: the file ends early: its last row must be end,rows,<rows before it>,1,"},
        Broken{"CutAndMended", kHead + "end,rows,7,1,\n",
               "p.csv:3: 1 rows stand between header and end, the end row says 7: rows are missing or added"},
        Broken{"BehindTheEnd", kHead + "end,rows,1,1,\nparameter,memory_efficiency,0.5,1,\n",
               "p.csv:4: rows behind the end row"},
        Broken{"OpenQuote", kHead + "parameter,\"memory_efficiency,0.5,1,\n",
               "p.csv:3: a quote is opened here and never closed"},
        Broken{"NoSuchPoint", kHead + "point,gemm F 1x2,5,ns,\n",
               "p.csv:3: 'gemm F 1x2' names no demand; a point is called like 'gemm F 6144x4736x5120' or 'attention "
               "forward "
               "1x6144x5x1x128 causal flash'"},
        Broken{"PointInMicroseconds", kHead + "point,gemm F 1x2x3,5,us,\n",
               "p.csv:3: gemm F 1x2x3 is in 'ns', not in 'us'; convert the value and write the unit 'ns'"},
        Broken{"PointOfNothing", kHead + "point,gemm F 1x2x3,0,ns,\n",
               "p.csv:3: a measured duration must be above 0 and below 1e13 ns"},
        Broken{"UnknownQuantity", kHead + "calibrated_min,gem_m,1,1,\n",
               "p.csv:3: unknown quantity 'gem_m'; did you mean 'gemm_m'?"},
        Broken{"HalfARange", kHead + "calibrated_min,gemm_m,1,1,\nend,rows,2,1,\n",
               "p.csv: calibrated range of gemm_m needs calibrated_min and calibrated_max with min <= max"}),
    [](const auto& given) { return given.param.name; });

TEST(ProfileFileErrors, NamesAFileThatIsNotThere) {
  EXPECT_THAT([] { read_profile("no/such/profile.csv", round_gpu()); },
              ThrowsMessage<Error>(testing::StartsWith("no/such/profile.csv: cannot be read")));
}

TEST(ProfileFile, ReadsEveryPrefixOfAGoodFileAsAnError) {
  const std::string text = to_csv(default_profile(round_gpu()));
  for (std::size_t length = 0; length + 1 < text.size(); length += 7) {
    EXPECT_THROW(parse_profile(text.substr(0, length), "p.csv", round_gpu()), Error) << length;
  }
  EXPECT_NO_THROW(parse_profile(text, "p.csv", round_gpu()));
}

// The seeds of the fuzz target, replayed: none may do anything but return or throw Error.
TEST(ProfileFile, SurvivesTheFuzzCorpus) {
  int seeds = 0;
  for (const auto& file : std::filesystem::directory_iterator(BRAID_SOURCE_DIR "/tests/fuzz/corpus/profile_csv")) {
    ++seeds;
    try {
      const Profile profile = parse_profile(read_file(file.path().string()), "seed", round_gpu());
      EXPECT_EQ(to_csv(parse_profile(to_csv(profile), "again", round_gpu())), to_csv(profile)) << file.path();
    } catch (const Error&) {}
  }
  EXPECT_GE(seeds, 5);
}

}  // namespace
}  // namespace braid
