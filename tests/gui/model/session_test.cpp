// SPDX-License-Identifier: Apache-2.0
#include "gui/model/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// With no field at its default.
Session full() {
  Session session{.files = {"a.braid", "sub/b.braid"},
                  .range = {-5, 1'000'000'007},
                  .palette = "papers",
                  .light = "night",
                  .pixel_mode = "blend",
                  .flows = false,
                  .critical_path = true,
                  .window = "AAEC"};
  session.documents.push_back({.layout = {.row_height = 7.5,
                                          .fold_tp_peers = false,
                                          .fold_dp_replicas = false,
                                          .show_passes = false,
                                          .only_active = true,
                                          .filter = "stage 1",
                                          .hidden_lanes = {Lane::pp, Lane::host},
                                          .folded = {"pp0"},
                                          .pinned = {"pp1/tp0/dp0/compute"},
                                          .order = {"pp1", "pp0"}},
                               .shift = -12'345,
                               .run = 4});
  session.documents.push_back({});
  session.selected = {.document = 1,
                      .key = {.rank = 3,
                              .index = 2,
                              .microbatch = 11,
                              .layer = 7,
                              .chunk = 1,
                              .kind = OpKind::all_reduce,
                              .unit = Unit::mlp}};
  return session;
}

TEST(Session, ComesBackAsItWasWritten) {
  const Session was = full(), is = parse_session(to_json(was), "v");
  EXPECT_EQ(is.files, was.files);
  EXPECT_EQ(is.range, was.range);
  EXPECT_EQ(is.palette, "papers");
  EXPECT_EQ(is.light, "night");
  EXPECT_EQ(is.pixel_mode, "blend");
  EXPECT_FALSE(is.flows);
  EXPECT_TRUE(is.critical_path);
  EXPECT_EQ(is.window, "AAEC");
  ASSERT_EQ(is.documents.size(), 2u);
  const LayoutOptions &a = is.documents[0].layout, &b = was.documents[0].layout;
  EXPECT_EQ(a.row_height, 7.5);
  EXPECT_FALSE(a.fold_tp_peers || a.fold_dp_replicas || a.show_passes);
  EXPECT_TRUE(a.only_active);
  EXPECT_EQ(a.filter, b.filter);
  EXPECT_EQ(a.hidden_lanes, b.hidden_lanes);
  EXPECT_EQ(a.folded, b.folded);
  EXPECT_EQ(a.pinned, b.pinned);
  EXPECT_EQ(a.order, b.order);
  EXPECT_EQ(is.documents[0].shift, -12'345);
  EXPECT_EQ(is.documents[0].run, 4u);
  ASSERT_TRUE(is.selected);
  EXPECT_EQ(is.selected->document, 1u);
  EXPECT_EQ(is.selected->key, was.selected->key);
}

TEST(Session, HasDefaultsForWhatIsNotThereAndPassesOverWhatItDoesNotKnow) {
  const Session is = parse_session(R"({"schema": "braid.view/1", "mood": "blue", "documents": [{}]})", "v");
  EXPECT_TRUE(is.files.empty());
  EXPECT_EQ(is.range.length(), 0);
  EXPECT_TRUE(is.flows);
  ASSERT_EQ(is.documents.size(), 1u);
  EXPECT_EQ(is.documents[0].layout.row_height, LayoutOptions{}.row_height);
  EXPECT_FALSE(is.selected);
}

TEST(Session, KeepsNamesThatAreNoUtf8AsText) {
  Session session;
  session.files = {"caf\xe9.braid"};
  EXPECT_EQ(parse_session(to_json(session), "v").files.size(), 1u);
}

struct Broken {
  const char* fields;  ///< after the schema
  const char* message;
};
class SessionErrors : public testing::TestWithParam<Broken> {};

TEST_P(SessionErrors, NamesTheField) {
  const std::string text = std::string(R"({"schema": "braid.view/1", )") + GetParam().fields + "}";
  try {
    parse_session(text, "a.braidview");
    FAIL() << text;
  } catch (const Error& e) { EXPECT_THAT(e.what(), testing::HasSubstr(GetParam().message)); }
}

INSTANTIATE_TEST_SUITE_P(
    All, SessionErrors,
    testing::Values(Broken{R"("files": "a")", "a.braidview:files: should be a list"},
                    Broken{R"("files": [1])", "files: should be a list of texts"},
                    Broken{R"("range_ns": [5, 5])", "range_ns: should be a beginning and a later end"},
                    Broken{R"("range_ns": [1])", "range_ns: should be a beginning"},
                    Broken{R"("range_ns": [0, 1e300])", "range_ns: should be a whole number"},
                    Broken{R"("range_ns": [0, 18446744073709551615])", "range_ns: should be a whole number"},
                    Broken{R"("range_ns": [0, 2000000000000000000])", "range_ns: should be a whole number"},
                    Broken{R"("palette": "pink")", "palette: there is no 'pink'"},
                    Broken{R"("light": 3)", "light: should be a text"},
                    Broken{R"("flows": 1)", "flows: should be true or false"},
                    Broken{R"("documents": {})", "documents: should be a list"},
                    Broken{R"("documents": [7])", "documents.0: should be an object"},
                    Broken{R"("documents": [{"row_height": 0}])", "documents.0:row_height: should be a number from 1"},
                    Broken{R"("documents": [{"hidden_lanes": ["up"]}])", "hidden_lanes: there is no 'up'"},
                    Broken{R"("selected": {"kind": "dance"})", "selected:kind: there is no 'dance'"},
                    Broken{R"("selected": {"layer": 40000})", "selected:layer: should be a whole number"}));

std::string complaint_about(const std::string& text) {
  try {
    parse_session(text, "v");
  } catch (const Error& e) { return e.what(); }
  return "";
}

TEST(SessionErrors, TellsAFutureVersionFromAForeignFile) {
  EXPECT_THAT(complaint_about(R"({"schema": "braid.view/2"})"), testing::HasSubstr("another version of Braid"));
  EXPECT_THAT(complaint_about(R"({"schema": "braid.report/1"})"), testing::HasSubstr("is no kept view"));
  EXPECT_THAT(complaint_about("{}"), testing::HasSubstr("is no kept view"));
  EXPECT_THAT(complaint_about("[1]"), testing::HasSubstr("should be an object"));
  EXPECT_THAT(complaint_about(""), testing::HasSubstr("is no JSON"));
  EXPECT_THAT(complaint_about(std::string(100'000, '[')), testing::Ne(""));
}

}  // namespace
}  // namespace braid
