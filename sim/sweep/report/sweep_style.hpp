// SPDX-License-Identifier: Apache-2.0
// What the page of a sweep store adds to html_style().
#pragma once

namespace braid {

const char* sweep_style();

}  // namespace braid
