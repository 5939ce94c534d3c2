// SPDX-License-Identifier: Apache-2.0
// A view that was kept (*.braidview): which files, which part of them, how it looked. JSON, for people to read and
// keep under version control.
//
//   {"schema": "braid.view/1", "files": ["out/stp.braid"], "range_ns": [0, 1000000], "palette": "papers",
//    "light": "night", "pixel_mode": "blend", "flows": true, "critical_path": false,
//    "selected": {"document": 0, "rank": 3, "op": [..]}, "window": "<base64>",
//    "documents": [{"row_height": 18, "fold_tp_peers": true, ..., "pinned": ["pp0/..."], "shift_ns": 0, "run": 0}]}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gui/model/row_layout.hpp"
#include "sim/base/op_key.hpp"

namespace braid {

struct Session {
  struct View {
    LayoutOptions layout;  ///< `active` is not kept: it follows the range
    std::int64_t shift = 0;
    std::size_t run = 0;  ///< which of all that the files hold; at first the first ones are shown
  };
  struct Selection {
    std::size_t document = 0;
    OpKey key;
  };

  std::vector<std::string> files;  ///< beside the session file if relative
  TimeRange range;                 ///< empty: everything
  std::vector<View> documents;
  std::optional<Selection> selected;
  std::string palette = "colour_blind_safe", light = "day", pixel_mode = "share";
  bool flows = true, critical_path = false;
  std::string window;  ///< of QMainWindow::saveState(), base64
};

std::string to_json(const Session& session);

/// Throws Error(where, ...): no JSON, no session, one of a newer Braid, a field of the wrong type or out of bounds.
/// Fields that are missing have their defaults, unknown ones are passed over.
Session parse_session(const std::string& text, const std::string& where);

}  // namespace braid
