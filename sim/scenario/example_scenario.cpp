// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/scenario.hpp"

namespace braid {

std::string example_scenario() {
  return R"(# A scenario: what is trained, on what, split how. Quantities carry their unit: "400 GB/s", "5 us", "80 GiB".
schema = 1
name = "my-first-scenario"

# network = "ideal"             # closed forms on idle links; the default "simgrid" lets flows share links
# profile = "my-gpu.csv"        # measured costs; without one, rules from data sheets

[model]                         # or the path of a file: model = "models/llama3-8b.toml"
name = "llama3-8b"
layers = 32
hidden = 4096
heads = 32
kv_heads = 8                    # grouped-query attention; left out: as many as heads
ffn = 14336
vocab = 128256
mlp = "swiglu"                  # or "gelu"
norm = "rmsnorm"                # or "layernorm"
positions = "rope"              # or "learned", with learned_positions
attention = "flash"             # or "unfused"

[cluster]                       # or the path of a file
name = "h100-8x2"
gpu = "H100-80G"                # A100-80G A800-80G H100-80G H800-80G H20-96G H200-141G B200-180G, or a table
nodes = 2
gpus_per_node = 8
intra = "nvswitch"              # or "nvlink_mesh", "pcie"
intra_bandwidth = "450 GB/s"    # of one GPU, one direction
intra_latency = "0.5 us"        # an assumption: one NVLink traversal
inter = "rail_optimized"        # or "fat_tree"
nics_per_node = 8
nic_bandwidth = "400 Gbit/s"    # of one NIC, one direction
inter_latency = "1.5 us"        # an assumption: one InfiniBand traversal
host_bandwidth = "64 GB/s"      # PCIe gen 5 x16, raw

[plan]
tp = 8                          # tensor parallelism
pp = 2                          # pipeline ranks
dp = 1                          # replicas
rank_order = "tp-dp-pp"         # which coordinate varies fastest, as in Megatron
microbatches = 32               # of one replica and step
microbatch_size = 1             # samples
sequence = 8192                 # tokens a sample
sequence_parallel = true
recompute = "none"              # or "selective", "full"
# last_stage_fewer_layers = 2   # or layers_per_stage = [9, 8, 8, 7]

[step_end]
data_parallel = "all_reduce"    # or "zero1"
bucket = "100 MB"
overlap = true
optimizer = true

[noise]
seed = 1
jitter = 0.0                    # relative standard deviation of compute times

[[run]]                         # one for every schedule to compare
schedule = "1f1b-i"
chunks = 2                      # virtual stages of a rank
p2p = "batched"                 # or "eager", "blocking"
p2p_host_waits = false          # true: the host launches nothing behind a message that is under way (Megatron-LM)
p2p_scatter_gather = false      # true: TP ranks send a slice each, the receivers gather it (Megatron-LM)
async_all_reduce = "column"     # what hides the all-reduce of an activation gradient: "none", "column", "whole"

[[run]]
schedule = "stp"                # always two chunks a rank, and microbatches >= 3 pp - 1
p2p = "batched"
async_all_reduce = "whole"
)";
}

}  // namespace braid
