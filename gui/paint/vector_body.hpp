// SPDX-License-Identifier: Apache-2.0
// The body of a timeline as rectangles, paths and text: what files for papers have where the screen has pixels.
//
// The same rules as on the screen decide what is drawn span by span and what as shares; here blocks lie where their
// times are, to a hundredth of a unit, and the shares of a stretch are one outline a category.
#pragma once

#include <QPainter>
#include <cstdint>
#include <functional>

#include "gui/paint/scene.hpp"

namespace braid {

/// Onto a painter whose origin is that of the body. `next` is told the span of each rectangle wide enough to be asked
/// about, before it is drawn. The scene's device_pixel_ratio is taken as 1.
void paint_vector_body(QPainter& painter, Scene scene, const std::function<void(std::uint32_t span)>& next = {});

}  // namespace braid
