// SPDX-License-Identifier: Apache-2.0
#include "sim/program/p2p_groups.hpp"

#include <algorithm>

namespace braid {
namespace {

/// Unit-cost posting time of group g: the end of the block before it.
int posted(const std::vector<Block>& row, int group) {
  return group == 0 ? 0 : row[static_cast<std::size_t>(group - 1)].unit_end;
}

/// True if the two groups are posted at the same time.
bool choose_groups(Transfer& t, const std::vector<std::vector<Block>>& blocks) {
  const auto& sender = blocks[static_cast<std::size_t>(t.from_rank)];
  const auto& receiver = blocks[static_cast<std::size_t>(t.to_rank)];
  int r = 0;
  for (int s = t.from_block + 1; s <= static_cast<int>(sender.size()); ++s) {
    const int at = posted(sender, s);
    while (r < t.to_block && posted(receiver, r) < at) ++r;
    if (posted(receiver, r) == at) {
      t.send_group = s;
      t.recv_group = r;
      return true;
    }
    if (posted(receiver, r) < at) break;  // the consumer itself is posted earlier: no later pair can match
  }
  t.send_group = t.from_block + 1;
  t.recv_group = 0;
  while (t.recv_group < t.to_block && posted(receiver, t.recv_group) < posted(sender, t.send_group)) ++t.recv_group;
  return false;
}

/// Sets of groups that start together. Each holds at most one group of a rank: the second one would be posted only
/// after the first has completed.
class GroupSets {
 public:
  explicit GroupSets(const std::vector<std::vector<Block>>& blocks) : ranks_(blocks.size()) {
    for (std::size_t rank = 0; rank < blocks.size(); ++rank) {
      first_.push_back(parent_.size());
      for (std::size_t g = 0; g <= blocks[rank].size(); ++g) {
        parent_.push_back(parent_.size());
        member_.resize(member_.size() + ranks_, -1);
        member_[(parent_.size() - 1) * ranks_ + rank] = static_cast<int>(g);
      }
    }
  }

  std::size_t set_of(int rank, int group) {
    std::size_t x = first_[static_cast<std::size_t>(rank)] + static_cast<std::size_t>(group);
    while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
    return x;
  }

  /// False, and nothing happens, if the union would hold two groups of one rank.
  bool join(std::size_t a, std::size_t b) {
    if (a == b) return true;
    for (std::size_t rank = 0; rank < ranks_; ++rank) {
      if (member_[a * ranks_ + rank] >= 0 && member_[b * ranks_ + rank] >= 0) return false;
    }
    for (std::size_t rank = 0; rank < ranks_; ++rank) {
      member_[b * ranks_ + rank] = std::max(member_[a * ranks_ + rank], member_[b * ranks_ + rank]);
    }
    parent_[a] = b;
    return true;
  }

  std::size_t count() const { return parent_.size(); }

 private:
  std::size_t ranks_;
  std::vector<std::size_t> first_, parent_;
  std::vector<int> member_;  ///< [set][rank]: the group it holds, or -1
};

constexpr std::uint32_t kNone = 0xffffffffu;

/// Names the batch of each transfer by the order of its first message; a message that could not be linked has its own.
void number_batches(Transfers& transfers, const std::vector<bool>& linked, GroupSets& sets) {
  std::vector<std::uint32_t> number(sets.count(), kNone);
  transfers.batch_size.clear();
  for (std::size_t i = 0; i < transfers.all.size(); ++i) {
    Transfer& t = transfers.all[i];
    std::uint32_t own = kNone;
    std::uint32_t& batch = linked[i] ? number[sets.set_of(t.from_rank, t.send_group)] : own;
    if (batch == kNone) {
      batch = static_cast<std::uint32_t>(transfers.batch_size.size());
      transfers.batch_size.push_back(0);
    }
    t.batch = batch;
    transfers.batch_size[batch] += 2;
  }
}

/// Whether every rank can post its groups in order: a set starts when each rank has completed the groups before its
/// own, and a group is complete when its set has started and so have its messages that are batches of their own, but
/// for sends that the sender does not wait for.
bool can_run(const Transfers& transfers, const std::vector<std::vector<Block>>& blocks) {
  struct Post {
    std::uint32_t batch = 0;
    bool waited_for = true;
  };
  std::vector<std::vector<std::vector<Post>>> posts(blocks.size());
  for (std::size_t rank = 0; rank < blocks.size(); ++rank) posts[rank].resize(blocks[rank].size() + 1);
  const auto add = [&](int rank, int group, Post post) {
    posts[static_cast<std::size_t>(rank)][static_cast<std::size_t>(group)].push_back(post);
  };
  for (const Transfer& t : transfers.all) {
    add(t.from_rank, t.send_group, {.batch = t.batch, .waited_for = t.sender_waits});
    add(t.to_rank, t.recv_group, {.batch = t.batch});
  }
  std::vector<std::uint32_t> missing = transfers.batch_size;
  std::vector<std::size_t> next(blocks.size(), 0);
  std::vector<bool> posted(blocks.size(), false);
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t rank = 0; rank < blocks.size(); ++rank) {
      while (next[rank] < posts[rank].size()) {
        const auto& group = posts[rank][next[rank]];
        if (!posted[rank]) {
          for (const Post& post : group) --missing[post.batch];
          posted[rank] = true;
          moved = true;
        }
        if (std::ranges::any_of(group, [&](const Post& p) { return p.waited_for && missing[p.batch] > 0; })) break;
        posted[rank] = false;
        ++next[rank];
        moved = true;
      }
    }
  }
  for (std::size_t rank = 0; rank < blocks.size(); ++rank) {
    if (next[rank] < posts[rank].size()) return false;
  }
  return true;
}

}  // namespace

void form_groups(Transfers& transfers, const std::vector<std::vector<Block>>& blocks) {
  std::vector<bool> same_time;
  for (Transfer& t : transfers.all) same_time.push_back(choose_groups(t, blocks));
  GroupSets sets(blocks);
  std::vector<bool> linked(transfers.all.size());
  const auto link = [&](bool now) {
    for (std::size_t i = 0; i < transfers.all.size(); ++i) {
      const Transfer& t = transfers.all[i];
      if (same_time[i] != now) continue;
      linked[i] = sets.join(sets.set_of(t.from_rank, t.send_group), sets.set_of(t.to_rank, t.recv_group));
    }
  };
  link(true);
  GroupSets strict = sets;
  const std::vector<bool> strictly = linked;
  link(false);
  number_batches(transfers, linked, sets);
  if (can_run(transfers, blocks)) return;
  number_batches(transfers, strictly, strict);
  if (can_run(transfers, blocks)) return;
  for (std::size_t i = 0; i < transfers.all.size(); ++i) {
    if (same_time[i]) continue;
    Transfer& t = transfers.all[i];
    t.send_group = t.from_block + 1;
    t.recv_group = t.to_block;
    t.sender_waits = false;
  }
  // Sets of one time wait for blocks that end by then at unit costs, and a receiver for the end of its producer.
  BRAID_CHECK(can_run(transfers, blocks), "every wait is for something that is earlier at unit costs");
}

}  // namespace braid
