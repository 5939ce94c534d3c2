// SPDX-License-Identifier: Apache-2.0
#include "gui/model/session.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sim/base/error.hpp"

namespace braid {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchemaName = "braid.view/";
constexpr int kVersion = 1;
constexpr int kMostRuns = 1'000'000;
constexpr std::int64_t kMostNs = std::int64_t{1} << 60;  ///< as check(RunView)

Json strings(const std::set<std::string>& set) { return Json(std::vector<std::string>(set.begin(), set.end())); }

Json to_json(const OpKey& key) {
  return {
      {"rank", key.rank},   {"kind", to_text(key.kind)}, {"unit", to_text(key.unit)}, {"microbatch", key.microbatch},
      {"chunk", key.chunk}, {"layer", key.layer},        {"index", key.index}};
}

Json to_json(const Session::View& view) {
  const LayoutOptions& layout = view.layout;
  Json lanes = Json::array();
  for (const Lane lane : layout.hidden_lanes) lanes.push_back(to_text(lane));
  return {{"row_height", layout.row_height},
          {"fold_tp_peers", layout.fold_tp_peers},
          {"fold_dp_replicas", layout.fold_dp_replicas},
          {"show_passes", layout.show_passes},
          {"only_active", layout.only_active},
          {"filter", layout.filter},
          {"hidden_lanes", std::move(lanes)},
          {"folded", strings(layout.folded)},
          {"pinned", strings(layout.pinned)},
          {"order", layout.order},
          {"shift_ns", view.shift},
          {"run", view.run}};
}

/// An object of the file, read field by field; a fault names the field.
class Fields {
 public:
  Fields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json_.is_object()) throw Error(where_, "should be an object in braces");
  }

  void read(const char* name, bool& out) const {
    if (const Json* field = find(name)) {
      if (!field->is_boolean()) fail(name, "true or false");
      out = field->get<bool>();
    }
  }
  void read(const char* name, std::string& out) const {
    if (const Json* field = find(name)) {
      if (!field->is_string()) fail(name, "a text");
      out = field->get<std::string>();
    }
  }
  void read(const char* name, double& out, double least, double most) const {
    if (const Json* field = find(name)) {
      if (!field->is_number()) fail(name, "a number");
      const double value = field->get<double>();
      if (!(value >= least && value <= most))
        fail(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
      out = value;
    }
  }
  template <typename Int>
  void read_int(const char* name, Int& out, std::int64_t least = std::numeric_limits<Int>::min(),
                std::int64_t most = std::numeric_limits<Int>::max()) const {
    if (const Json* field = find(name)) out = static_cast<Int>(whole(*field, name, least, most));
  }
  template <typename Put>
  void each(const char* name, Put put) const {
    const Json* field = find(name);
    if (field == nullptr) return;
    if (!field->is_array()) fail(name, "a list");
    for (const Json& item : *field) put(item);
  }
  void read(const char* name, std::vector<std::string>& out) const {
    each(name, [&](const Json& item) {
      if (!item.is_string()) fail(name, "a list of texts");
      out.push_back(item.get<std::string>());
    });
  }
  void read(const char* name, std::set<std::string>& out) const {
    std::vector<std::string> list;
    read(name, list);
    out.insert(list.begin(), list.end());
  }
  /// One of the words that `to_text` gives for the numbers from 0 to `count`.
  template <typename Enum>
  Enum word(const std::string& text, const char* name, int count) const {
    for (int i = 0; i < count; ++i) {
      if (text == to_text(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    throw Error(where_ + ":" + name, "there is no '" + text + "'");
  }
  void one_of(const char* name, std::string& out, std::initializer_list<std::string_view> words) const {
    read(name, out);
    for (const std::string_view word : words) {
      if (out == word) return;
    }
    throw Error(where_ + ":" + name, "there is no '" + out + "'");
  }
  const Json* find(const char* name) const {
    const auto found = json_.find(name);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  std::int64_t whole(const Json& field, const char* name, std::int64_t least, std::int64_t most) const {
    const bool fits =
        field.is_number_integer() &&
        (!field.is_number_unsigned() ||
         field.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    if (!fits || field.get<std::int64_t>() < least || field.get<std::int64_t>() > most)
      fail(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return field.get<std::int64_t>();
  }
  [[noreturn]] void fail(const char* name, const std::string& what) const {
    throw Error(where_ + ":" + name, "should be " + what);
  }

 private:
  const Json& json_;
  std::string where_;
};

constexpr int kUnits = static_cast<int>(Unit::head) + 1, kOpKinds = static_cast<int>(OpKind::copy_in) + 1;

Session::View view_of(const Json& json, std::size_t position, const std::string& where) {
  const Fields fields(json, where);
  Session::View view{.run = position};
  LayoutOptions& layout = view.layout;
  fields.read("row_height", layout.row_height, 1, 1000);
  fields.read("fold_tp_peers", layout.fold_tp_peers);
  fields.read("fold_dp_replicas", layout.fold_dp_replicas);
  fields.read("show_passes", layout.show_passes);
  fields.read("only_active", layout.only_active);
  fields.read("filter", layout.filter);
  std::vector<std::string> lanes;
  fields.read("hidden_lanes", lanes);
  for (const std::string& lane : lanes) layout.hidden_lanes.insert(fields.word<Lane>(lane, "hidden_lanes", kLanes));
  fields.read("folded", layout.folded);
  fields.read("pinned", layout.pinned);
  fields.read("order", layout.order);
  fields.read_int("shift_ns", view.shift, -kMostNs, kMostNs);
  fields.read_int("run", view.run, 0, kMostRuns);
  return view;
}

Session::Selection selection_of(const Json& json, const std::string& where) {
  const Fields fields(json, where);
  Session::Selection selected;
  fields.read_int("document", selected.document, 0, 1000);
  fields.read_int("rank", selected.key.rank);
  fields.read_int("index", selected.key.index);
  fields.read_int("microbatch", selected.key.microbatch);
  fields.read_int("layer", selected.key.layer);
  fields.read_int("chunk", selected.key.chunk);
  std::string kind = to_text(selected.key.kind), unit = to_text(selected.key.unit);
  fields.read("kind", kind);
  fields.read("unit", unit);
  selected.key.kind = fields.word<OpKind>(kind, "kind", kOpKinds);
  selected.key.unit = fields.word<Unit>(unit, "unit", kUnits);
  return selected;
}

void check_schema(const Fields& fields, const std::string& where) {
  std::string schema;
  fields.read("schema", schema);
  if (!schema.starts_with(kSchemaName)) throw Error(where, "is no kept view of Braid: its schema is '" + schema + "'");
  if (schema != std::string(kSchemaName) + std::to_string(kVersion))
    throw Error(where, "was written by another version of Braid (" + schema + "); this one reads " +
                           std::string(kSchemaName) + std::to_string(kVersion));
}

}  // namespace

std::string to_json(const Session& session) {
  Json json{{"schema", std::string(kSchemaName) + std::to_string(kVersion)}, {"files", session.files}};
  if (session.range.length() > 0) json["range_ns"] = {session.range.begin, session.range.end};
  json["palette"] = session.palette;
  json["light"] = session.light;
  json["pixel_mode"] = session.pixel_mode;
  json["flows"] = session.flows;
  json["critical_path"] = session.critical_path;
  if (session.selected) {
    json["selected"] = to_json(session.selected->key);
    json["selected"]["document"] = session.selected->document;
  }
  json["documents"] = Json::array();
  for (const Session::View& view : session.documents) json["documents"].push_back(to_json(view));
  if (!session.window.empty()) json["window"] = session.window;
  // Names of files may hold any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Session parse_session(const std::string& text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Error(where, "is no JSON, so no kept view of Braid");
  const Fields fields(json, where);
  check_schema(fields, where);
  Session session;
  fields.read("files", session.files);
  std::vector<std::int64_t> range;
  fields.each("range_ns",
              [&](const Json& item) { range.push_back(fields.whole(item, "range_ns", -kMostNs, kMostNs)); });
  if (!range.empty()) {
    if (range.size() != 2 || range[0] >= range[1]) fields.fail("range_ns", "a beginning and a later end");
    session.range = {range[0], range[1]};
  }
  fields.each("documents", [&](const Json& item) {
    const std::size_t position = session.documents.size();
    session.documents.push_back(view_of(item, position, where + ":documents." + std::to_string(position)));
  });
  if (const Json* selected = fields.find("selected")) session.selected = selection_of(*selected, where + ":selected");
  fields.one_of("palette", session.palette, {"colour_blind_safe", "papers"});
  fields.one_of("light", session.light, {"day", "night"});
  fields.one_of("pixel_mode", session.pixel_mode, {"share", "blend"});
  fields.read("flows", session.flows);
  fields.read("critical_path", session.critical_path);
  fields.read("window", session.window);
  return session;
}

}  // namespace braid
