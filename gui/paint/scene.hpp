// SPDX-License-Identifier: Apache-2.0
// All that a picture of a timeline is made of. The same scene gives the same picture: widget, file and test.
#pragma once

#include <QSize>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gui/model/row_layout.hpp"
#include "gui/model/trace.hpp"
#include "gui/paint/theme.hpp"

namespace braid {

/// Width of the column with the names of rows, in every panel that shares the time axis.
inline constexpr int kLabelColumn = 190;

/// What a pixel with many spans shows.
enum class PixelMode {
  share,  ///< stacked: the height of a colour is its share of the time
  blend,  ///< colours mixed by their shares
};

/// A rectangle of time and rows (indexes into Scene::rows, [first, last]).
struct Area {
  TimeRange range;
  std::size_t first_row = 0, last_row = 0;
  bool operator==(const Area&) const = default;
};

struct Scene {
  std::shared_ptr<const Trace> trace;
  std::vector<LayoutRow> rows;
  TimeRange range;
  double scroll = 0;  ///< pixels from the top of the unpinned rows
  QSize size;         ///< of the body: without labels and ruler; device-independent pixels
  double device_pixel_ratio = 1;
  Theme theme;
  PixelMode mode = PixelMode::share;
  bool labels = true;  ///< text on blocks
  bool grid = true;    ///< lines at the ticks of the ruler

  // Overlays: they do not touch the cached body.
  std::uint32_t hover = kNoIndex;     ///< span
  std::uint32_t selected = kNoIndex;  ///< span
  std::optional<Area> area;
  bool flows = true;                ///< arrows of the selected span: its dependences and dependents, at most 64
  bool critical_path = false;       ///< outlined
  std::vector<std::uint32_t> hits;  ///< of a search
  double cursor_x = -1;             ///< a vertical line; below 0: none
};

}  // namespace braid
