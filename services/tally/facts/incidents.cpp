#include "tally/facts/incidents.hpp"

#include <algorithm>
#include <utility>

namespace lamplight::tally {
namespace {

constexpr std::uint32_t kNoRow = Change::kNoRow;

/// What one event changed: the rows that stood of the incidents that it touched, and the one that stands now.
void tell(std::uint32_t first, std::uint32_t second, std::uint32_t after,
          std::vector<Change>& out) {
  if (after != kNoRow && after != first && after != second) {
    std::uint32_t& replaced = first != kNoRow ? first : second;
    out.push_back({0, std::exchange(replaced, kNoRow), after});
  }
  for (const std::uint32_t stood : {first, second}) {
    if (stood != kNoRow && stood != after) out.push_back({0, stood, kNoRow});
  }
}

}  // namespace

void Incidents::take_plain(const Word& word, std::vector<Change>& out) {
  const std::uint32_t node = find(word.name);
  if (node == kNone) {
    if (word.actual) out.push_back({0, kNoRow, word.row});
    return;
  }
  const std::uint32_t root = root_of(node);
  const std::uint32_t before = nodes_[root].standing;
  arrive(node, word);
  nodes_[root].standing = judge(root);
  tell(before, kNoRow, nodes_[root].standing, out);
}

void Incidents::take_link(const Word& word, const Word& named, std::vector<Change>& out) {
  std::uint32_t own = find(word.name);
  if (own == kNone) own = add(word.name);
  std::uint32_t other = named.name == word.name ? own : find(named.name);
  if (other == kNone) {
    other = add(named.name);
    if (named.row != kNoRow) {
      arrive(other, named);
      nodes_[other].standing = judge(other);
    }
  }
  const bool together = root_of(own) == root_of(other);
  const std::uint32_t of_own = nodes_[root_of(own)].standing;
  const std::uint32_t of_other = together ? kNoRow : nodes_[root_of(other)].standing;

  arrive(own, word);
  const std::uint32_t root = join(root_of(own), root_of(other));
  if (word.actual && word.role == FactRole::kWithdrawal) nodes_[root].withdrawn = true;
  if (word.actual && word.role == FactRole::kCorrection && own != other) {
    nodes_[other].corrected = true;
  }
  nodes_[root].standing = judge(root);
  tell(of_own, of_other, nodes_[root].standing, out);
}

std::uint32_t Incidents::find(const FactName& name) const {
  if (nodes_.empty()) return kNone;  // most logs correct little: then nothing is worth a hash
  return by_name_.find(hash_of(name),
                       [&](std::uint32_t node) { return nodes_[node].name == name; });
}

std::uint32_t Incidents::add(const FactName& name) {
  const auto number = static_cast<std::uint32_t>(nodes_.size());
  Node node;
  node.name = name;
  node.parent = number;
  nodes_.push_back(std::move(node));
  by_name_.insert(hash_of(name), number);
  return number;
}

std::uint32_t Incidents::root_of(std::uint32_t node) {
  while (nodes_[node].parent != node) {
    nodes_[node].parent = nodes_[nodes_[node].parent].parent;
    node = nodes_[node].parent;
  }
  return node;
}

bool Incidents::earlier(std::uint32_t a, std::uint32_t b) const {
  const Node& x = nodes_[a];
  const Node& y = nodes_[b];
  if (x.reported_us != y.reported_us) return x.reported_us < y.reported_us;
  return x.name.ref < y.name.ref;
}

void Incidents::arrive(std::uint32_t node, const Word& word) {
  nodes_[node].row = word.row;
  nodes_[node].reported_us = word.reported_us;
  if (!word.actual || word.role == FactRole::kWithdrawal) return;  // these never stand
  const std::uint32_t root = root_of(node);
  Node& of = nodes_[root];
  if (of.latest == kNone || earlier(of.latest, node)) of.latest = node;
  push(root, node);
}

void Incidents::push(std::uint32_t root, std::uint32_t node) {
  std::vector<std::uint32_t>& heap = nodes_[root].heap;
  heap.push_back(node);
  std::push_heap(heap.begin(), heap.end(),
                 [this](std::uint32_t a, std::uint32_t b) { return earlier(a, b); });
}

std::uint32_t Incidents::join(std::uint32_t a, std::uint32_t b) {
  if (a == b) return a;
  if (nodes_[a].heap.size() < nodes_[b].heap.size()) std::swap(a, b);
  nodes_[b].parent = a;
  Node& into = nodes_[a];
  into.withdrawn = into.withdrawn || nodes_[b].withdrawn;
  const std::uint32_t latest = nodes_[b].latest;
  if (latest != kNone && (into.latest == kNone || earlier(into.latest, latest))) {
    into.latest = latest;
  }
  for (const std::uint32_t node : std::exchange(nodes_[b].heap, {})) push(a, node);
  return a;
}

std::uint32_t Incidents::judge(std::uint32_t root) {
  Node& of = nodes_[root];
  if (of.withdrawn) {
    of.heap = {};
    return kNoRow;
  }
  while (!of.heap.empty() && nodes_[of.heap.front()].corrected) {
    std::pop_heap(of.heap.begin(), of.heap.end(),
                  [this](std::uint32_t a, std::uint32_t b) { return earlier(a, b); });
    of.heap.pop_back();
  }
  if (!of.heap.empty()) return nodes_[of.heap.front()].row;
  return of.latest == kNone ? kNoRow : nodes_[of.latest].row;
}

}  // namespace lamplight::tally
