// SPDX-License-Identifier: Apache-2.0
#include "gui/export_command.hpp"

#include <QString>
#include <charconv>
#include <cmath>

#include "gui/model/headline.hpp"
#include "gui/model/open_file.hpp"
#include "gui/model/range_text.hpp"
#include "gui/paint/picture_export.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr int kWidth = 1600;
constexpr int kLargestSide = 20000;

int parse_side(std::string_view text, const std::string& all) {
  int side = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), side);
  if (fault != std::errc{} || end != text.data() + text.size() || side < 0 || side > kLargestSide)
    throw Error("--size", "'" + all + "' should be WIDTH or WIDTHxHEIGHT in pixels, up to 20000");
  return side;
}

QSize parse_size(const std::string& text) {
  if (text.empty()) return {kWidth, 0};
  const std::size_t x = text.find('x');
  const QSize size(parse_side(std::string_view(text).substr(0, x), text),
                   x == std::string::npos ? 0 : parse_side(std::string_view(text).substr(x + 1), text));
  if (size.width() < 10) throw Error("--size", "'" + text + "' is too narrow for a picture");
  return size;
}

std::shared_ptr<const Trace> wanted_run(const ExportRequest& request, const std::string& cache_folder) {
  if (const FileKind kind = kind_of_file(request.file); kind == FileKind::session || kind == FileKind::sweep_store)
    throw Error(request.file, "has no timeline of its own; export works on runs and traces");
  const std::vector<std::shared_ptr<const Trace>> runs = open_traces(request.file, cache_folder);
  if (runs.empty()) throw Error(request.file, "there is no run in it");
  if (request.run.empty() && runs.size() == 1) return runs.front();
  const std::vector<std::string> names = run_names(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (names[i] == request.run) return runs[i];
  }
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : "; ") + name;
  if (request.run.empty())
    throw Error(request.file, "there are several runs in it; choose one with --run NAME: " + all);
  throw Error("--run", "there is no run '" + request.run + "' in " + request.file + "; there are: " + all);
}

template <typename Kind>
Kind word(const char* option, const std::string& text, std::initializer_list<std::pair<const char*, Kind>> known) {
  std::string all;
  for (const auto& [name, kind] : known) {
    if (text == name) return kind;
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(option, "there is no '" + text + "'; there are " + all);
}

}  // namespace

void export_command(const ExportRequest& request, const std::string& cache_folder) {
  const QSize size = parse_size(request.size);
  const auto palette =
      word<PaletteKind>("--palette", request.palette,
                        {{"colour_blind_safe", PaletteKind::colour_blind_safe}, {"papers", PaletteKind::papers}});
  const auto light = word<Light>("--light", request.light, {{"day", Light::day}, {"night", Light::night}});
  const std::shared_ptr<const Trace> trace = wanted_run(request, cache_folder);
  LayoutOptions layout{.fold_tp_peers = !request.unfold, .fold_dp_replicas = !request.unfold};
  if (request.row_height > 0) layout.row_height = request.row_height;
  Scene scene{.trace = trace, .rows = layout_rows(trace->run(), layout), .theme = theme(palette, light)};
  if (!request.rows.empty()) scene.rows = rows_called(scene.rows, request.rows);
  scene.range = trace->extent();
  if (!request.range.empty())
    scene.range = parse_range(request.range, trace->extent(), trace->facts().time_unit == "slot");
  const int rows = static_cast<int>(std::ceil(total_height(scene.rows)));
  scene.size = {size.width(), size.height() > 0 ? size.height() : std::max(rows, 1)};
  export_picture(scene, QString::fromStdString(request.out), {.legend = request.legend});
}

}  // namespace braid
