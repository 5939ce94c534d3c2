// SPDX-License-Identifier: Apache-2.0
// Names of models, GPUs and profiles to the files that ship with Braid.
#pragma once

#include <string>

#include "sim/sweep/size/size.hpp"

namespace braid {

/// Path of models/<name>.toml in `folder`, or `name` itself if it is a file. Throws Error with the nearest name.
std::string find_model(const std::string& name, const std::string& folder);

/// The cluster of those in clusters/ whose GPU is called so ("h100", "H100-80G"), or the file of that name or path,
/// with nodes for as many GPUs as asked. Only clusters of whole GPUs as their data sheets have them count. Throws
/// Error: no such GPU, several clusters that differ in more than their size, GPUs that fill no nodes.
OfferedCluster find_cluster(const GpuOffer& asked, const std::string& folder);

/// Path of the profile in profiles/ that is of this GPU, or "" if there is none or `asked` is "rules"; `asked` itself
/// if it says anything else. Of several the one that is called as the GPU alone. Throws Error if there are only others.
std::string find_profile(const std::string& asked, const Gpu& gpu, const std::string& folder);

}  // namespace braid
