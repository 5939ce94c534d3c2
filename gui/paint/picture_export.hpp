// SPDX-License-Identifier: Apache-2.0
// The picture of a scene as a file for papers and pages: labels, ruler, body, legend, and a line of provenance.
#pragma once

#include <QString>

#include "gui/paint/scene.hpp"

namespace braid {

struct ExportOptions {
  bool legend = true;
  bool ruler = true;
  bool provenance = true;  ///< title, kind, step time, the bubble, the scenario's hash in small print
  double scale = 1;        ///< PNG: pixels per unit
};

/// By the ending of `path`: .png, .svg, .pdf. SVG and PDF hold rectangles and text, equal neighbours merged, never an
/// image, except where a row is drawn as shares: there columns. Throws Error(path, ...) for another ending, or when it
/// cannot be written. Scene::size is that of the body; the picture is as large as it becomes.
void export_picture(const Scene& scene, const QString& path, const ExportOptions& options = {});

}  // namespace braid
