// SPDX-License-Identifier: Apache-2.0
#include "gui/view/go_to_span.hpp"

#include <gtest/gtest.h>

#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

/// Two stages; spans of 10 ns every 100 ns up to 10 us on the compute row of each.
std::shared_ptr<const Trace> two_stages() {
  RunColumns run;
  for (int stage = 0; stage < 2; ++stage) {
    run.ranks.push_back({.rank = stage, .pp = stage, .tp = 0, .dp = 0});
    for (const Lane lane : {Lane::compute, Lane::tp}) {
      RunRow row{.rank = stage, .lane = lane, .begin = run.start.size()};
      for (int i = 0; i < 100; ++i) {
        run.start.push_back(100 * i);
        run.end.push_back(100 * i + 10);
        run.category.push_back(lane == Lane::tp ? Category::tp : Category::forward);
      }
      row.end = run.start.size();
      run.rows.push_back(row);
    }
  }
  return std::make_shared<const Trace>(std::move(run), "two");
}

TEST(GoToSpan, KeepsARangeThatShowsIt) {
  ViewState state;
  state.show({two_stages()});
  state.go_to({0, 1000});
  go_to_span(state, 0, 5);  // 500 to 510
  EXPECT_EQ(state.range(), (TimeRange{0, 1000}));
  EXPECT_EQ(state.selected(), (ViewState::Selected{0, 5}));
}

TEST(GoToSpan, MovesTheRangeSoThatItIsInTheMiddle) {
  ViewState state;
  state.show({two_stages()});
  state.go_to({0, 1000});
  go_to_span(state, 0, 50);  // 5000 to 5010, its middle at 5005
  EXPECT_EQ(state.range(), (TimeRange{4505, 5505}));
}

TEST(GoToSpan, WidensARangeThatIsTooShort) {
  ViewState state;
  state.show({two_stages()});
  state.go_to({0, 10});  // as long as the span: 15 are wanted, 7 of them before the middle at 5005
  go_to_span(state, 0, 50);
  EXPECT_EQ(state.range(), (TimeRange{4998, 5013}));
}

TEST(GoToSpan, CountsTheShiftOfItsDocument) {
  ViewState state;
  state.show({two_stages(), two_stages()});
  state.shift(1, 3000);
  state.go_to({0, 1000});
  go_to_span(state, 1, 20);  // 2000 to 2010, shown at 5000 to 5010
  EXPECT_EQ(state.range(), (TimeRange{4505, 5505}));
  EXPECT_EQ(state.selected(), (ViewState::Selected{1, 20}));
}

TEST(GoToSpan, UnfoldsTheHeadingAboveItAlone) {
  ViewState state;
  state.show({two_stages()});
  state.lay_out(0, {.folded = {"pp0", "pp1"}});
  go_to_span(state, 0, 250);  // the third hundred: compute of stage 1
  EXPECT_EQ(state.documents()[0].layout.folded, std::set<std::string>{"pp0"});
}

TEST(GoToSpan, DoesNothingForWhatIsNotThere) {
  ViewState state;
  go_to_span(state, 0, 0);
  state.show({two_stages()});
  go_to_span(state, 0, 400);
  go_to_span(state, 0, kNoIndex);
  go_to_span(state, 1, 0);
  EXPECT_EQ(state.selected().span, kNoIndex);
}

}  // namespace
}  // namespace braid
