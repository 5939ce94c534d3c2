// SPDX-License-Identifier: Apache-2.0
// Each refusal of a Kineto file by the smallest one that earns it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/timeline/trace.hpp"
#include "tests/validate/complaint.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::complaint;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string complaint_of(const std::string& text) {
  return complaint([&] { parse_kineto(text, "t.json", kProfilerStep); });
}

TEST(KinetoErrors, OfTextThatIsNoTrace) {
  EXPECT_EQ(complaint_of(""), "t.json: is no JSON: it does not begin with {");
  EXPECT_EQ(complaint_of("hello"), "t.json: is no JSON: it does not begin with {");
  EXPECT_EQ(complaint_of("[]"),
            "t.json: is a bare list of events; torch.profiler writes an object with traceEvents in it");
  EXPECT_EQ(complaint_of("{}"), "t.json: has no list of traceEvents: it is no trace");
  EXPECT_EQ(complaint_of(R"({"traceEvents": 5})"), "t.json: has no list of traceEvents: it is no trace");
  EXPECT_THAT(complaint_of(R"({"traceEvents" [}})"), StartsWith("t.json: cannot be read as JSON"));
}

TEST(KinetoErrors, OfAFileThatWasCut) {
  test::WrittenKineto trace;
  trace.lone_kernel("a", 1, 2, 7).lone_kernel("b", 4, 2, 7);
  const std::string whole = trace.text();
  for (const std::size_t size : {whole.size() / 2, whole.size() * 3 / 4, whole.size() - 4}) {
    EXPECT_THAT(complaint_of(whole.substr(0, size)),
                AllOf(StartsWith("t.json: cannot be read as JSON"), EndsWith("Was the file cut short?")))
        << size;
  }
}

TEST(KinetoErrors, OfATraceWithoutGpuWork) {
  test::WrittenKineto trace;
  trace.range("ProfilerStep#1", 1, 2);
  EXPECT_EQ(complaint_of(trace.text()),
            "t.json: holds no GPU kernels; record with activities=[CPU, CUDA] and export_chrome_trace()");
}

TEST(KinetoErrors, OfBraidsOwnTrace) {
  Timeline timeline;
  timeline.provenance.kind = "simulated";
  timeline.ranks.resize(1);
  timeline.ranks[0].lanes[0].push_back(
      {.key = {.microbatch = 0}, .start = Seconds(0), .end = Seconds(1), .stretch = {}});
  EXPECT_EQ(complaint_of(chrome_trace(timeline)),
            "t.json: is a trace that Braid wrote, not one of torch.profiler: there are no kernels in it");
}

}  // namespace
}  // namespace braid
