// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/sections.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

// Bounds: far above any job that exists, far below where the 8- and 16-bit fields of an OpKey overflow.
constexpr int kMostRanks = 65536, kMostStages = 4096, kMostChunks = 64, kMostMicrobatches = 32767;
constexpr int kMostSamples = 65536, kMostTokens = 100'000'000;
constexpr double kMostBytesPerParameter = 64, kMostSlowness = 1000;
constexpr Range<Bytes> kBucket{Bytes(0), Bytes(1e13)};

constexpr std::pair<const char*, RankOrder> kRankOrders[] = {{"tp-dp-pp", RankOrder::tp_dp_pp},
                                                             {"tp-pp-dp", RankOrder::tp_pp_dp},
                                                             {"pp-tp-dp", RankOrder::pp_tp_dp},
                                                             {"dp-tp-pp", RankOrder::dp_tp_pp}};
constexpr std::pair<const char*, Recompute> kRecomputes[] = {
    {"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}};
constexpr std::pair<const char*, DataParallel> kDataParallels[] = {{"all_reduce", DataParallel::all_reduce},
                                                                   {"zero1", DataParallel::zero1}};
constexpr std::pair<const char*, P2pMode> kP2pModes[] = {
    {"eager", P2pMode::eager}, {"batched", P2pMode::batched}, {"blocking", P2pMode::blocking}};
constexpr std::pair<const char*, AsyncAllReduce> kAsyncAllReduces[] = {
    {"none", AsyncAllReduce::none}, {"column", AsyncAllReduce::column}, {"whole", AsyncAllReduce::whole}};

constexpr std::string_view kFile = "file:";

void optional_integer(Fields& fields, const char* key, const char* what, std::optional<int>& out, Range<int> range) {
  int value = 0;
  fields.integer(key, what, value, range);
  fields.otherwise("the schedule's own");
  if (value != 0) out = value;
}

}  // namespace

Plan plan_of(const toml::table& table, Reading& reading) {
  Fields f(table, "plan", reading);
  Plan plan;
  f.integer("tp", "GPUs that share each layer: tensor parallelism", plan.tp, {1, kMostRanks}, Need::required);
  f.integer("pp", "pipeline ranks; each holds a share of the layers", plan.pp, {1, kMostStages}, Need::required);
  f.integer("dp", "replicas of the whole pipeline: data parallelism", plan.dp, {1, kMostRanks});
  f.choice<RankOrder>("rank_order",
                      "which coordinate varies fastest over neighbouring GPUs, then which; Megatron: tp-dp-pp",
                      plan.rank_order, kRankOrders);
  f.integer("microbatches", "microbatches of one replica and step", plan.microbatches, {1, kMostMicrobatches},
            Need::required);
  f.integer("microbatch_size", "samples of a microbatch", plan.microbatch_size, {1, kMostSamples});
  f.integer("sequence", "tokens of a sample", plan.sequence, {1, kMostTokens}, Need::required);
  f.flag("sequence_parallel",
         "norms and residuals shared over TP: reduce-scatter and all-gather in place of all-reduce",
         plan.sequence_parallel);
  f.integer("last_stage_fewer_layers",
            "layers that the last virtual stage has fewer than the others, for the LM head beside them",
            plan.last_stage_fewer_layers, {0, kMostLayers});
  f.integers("layers_per_stage", "layers of every virtual stage, first to last", plan.layers_per_stage,
             {1, kMostLayers});
  f.otherwise("an even split");
  f.choice<Recompute>("recompute", "what a backward computes again: nothing, the attention core, or the whole layer",
                      plan.recompute, kRecomputes);
  f.flag("fold", "play ranks that must behave alike once; a faster way to the same result", plan.fold);
  f.finish();
  return plan;
}

StepEnd step_end_of(const toml::table& table, Reading& reading) {
  Fields f(table, "step_end", reading);
  StepEnd end;
  f.choice<DataParallel>("data_parallel",
                         "all-reduce of gradients, or reduce-scatter, sharded optimizer and all-gather (ZeRO-1)",
                         end.data_parallel, kDataParallels);
  f.bytes("bucket", "gradients are reduced in buckets of this size", end.bucket, kBucket);
  f.otherwise("one for each chunk");
  f.flag("overlap", "a bucket starts when its last gradient is ready; else after all backward", end.overlap);
  f.flag("optimizer", "the optimizer step is part of the step", end.optimizer);
  f.number("gradient_bytes", "bytes of a parameter's gradient, kept and reduced", end.gradient_bytes,
           {0, kMostBytesPerParameter});
  f.number("optimizer_bytes", "bytes of a parameter's optimizer state and main copy (Adam in fp32: 4 + 4 + 4)",
           end.optimizer_bytes, {0, kMostBytesPerParameter});
  f.finish();
  return end;
}

Noise noise_of(const toml::table& table, Reading& reading) {
  Fields f(table, "noise", reading);
  Noise noise;
  int seed = 0;
  f.integer("seed", "of everything random", seed, {0, 2147483647});
  noise.seed = static_cast<std::uint64_t>(seed);
  f.number("jitter", "relative standard deviation of compute times", noise.jitter, {0, 1});
  int index = 0;
  for (const toml::table* entry : f.tables("slow_ranks", "GPUs that compute slower than the others")) {
    Fields slow(*entry, fmt::format("noise.slow_ranks.{}", index++), reading);
    int rank = 0;
    double factor = 1;
    slow.integer("rank", "global rank", rank, {0, 2147483647}, Need::required);
    slow.number("factor", "on its compute times; 1.1 is 10 % slower", factor, {1 / kMostSlowness, kMostSlowness},
                Need::required);
    slow.finish();
    noise.slow_ranks.emplace_back(rank, factor);
  }
  f.finish();
  return noise;
}

Run run_of(const toml::table& table, const std::string& prefix, Reading& reading) {
  Fields f(table, prefix, reading);
  Run run;
  f.text("schedule", "a name of `braid list schedules`, or file:PATH of a PyTorch pipelining CSV", run.schedule,
         Need::required);
  run.label = run.schedule;
  if (run.schedule.starts_with(kFile)) {
    const std::string path = run.schedule.substr(kFile.size());
    run.schedule = std::string(kFile) + resolved_path(path, table.get("schedule")->source());
    run.label = std::filesystem::path(path).stem().string();
  }
  f.text("label", "how tables and files call the run", run.label);
  f.otherwise("the schedule, or its file's name");
  optional_integer(f, "chunks", "virtual stages of a rank", run.chunks, {1, kMostChunks});
  optional_integer(f, "group", "microbatches of a group in interleaved schedules (Megatron)", run.group,
                   {1, kMostMicrobatches});
  optional_integer(f, "memory_limit", "schedule zb: most activations alive on a rank, in those of one stage",
                   run.memory_limit, {1, 1'000'000});
  f.choice<P2pMode>("p2p",
                    "when messages move: at once; in groups that a compute block waits for; the sender waits for each",
                    run.p2p, kP2pModes);
  f.flag("p2p_host_waits", "the host launches nothing behind a message that is under way (Megatron-LM)",
         run.p2p_host_waits);
  f.flag("p2p_scatter_gather", "TP ranks send a slice each, the receivers gather it (Megatron-LM)",
         run.p2p_scatter_gather);
  f.choice<AsyncAllReduce>("async_all_reduce",
                           "what hides the all-reduce of an activation gradient in a full backward: nothing, the "
                           "weight gradient of the same linear, all of the unit's",
                           run.async_all_reduce, kAsyncAllReduces);
  f.flag("join_adjacent_w", "an I directly followed by its own W counts as a full backward", run.join_adjacent_w);
  f.finish();
  return run;
}

}  // namespace braid
