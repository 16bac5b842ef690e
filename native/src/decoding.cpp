#include "decoding.hpp"

#include <algorithm>
#include <string>

#include "columns.hpp"
#include "crew.hpp"
#include "error.hpp"
#include "lane_values.hpp"
#include "plan/shown.hpp"

namespace rootae {

namespace {

bool is_by_contexts(std::uint8_t is) { return is == mode::contexts || is == mode::predicted; }

}  // namespace

Decoding::Decoding(const CompiledTree& tree, const Directory& directory, Zstd zstd,
                   Memories& memories)
    : tree_(tree), directory_(directory), zstd_(zstd), memories_(memories),
      held_(tree.layout().lanes()), groups_(tree.layout().groups()),
      into_(tree.layout().lanes(), nullptr) {}

const Lane& Decoding::plan_of(Index lane) const {
  const Layout& layout = tree_.layout();
  return tree_.plan().groups[layout.group_of[lane]].lanes[layout.within[lane]];
}

void Decoding::run(Program& program, Span<const Bytes> blobs, bool is_all, unsigned threads) {
  is_all_ = is_all;
  for (const Index lane : program.lanes) held_[lane].drop();
  open_groups(program);
  expect(program);
  lanes_.resize(tree_.layout().lanes());
  latents_.resize(tree_.layout().groups());
  const std::size_t latents = program.latents.size();
  for (std::size_t i = 0; i < latents; ++i) latents_[program.latents[i]] = blobs[i];
  for (std::size_t i = 0; i < program.lanes.size(); ++i)
    lanes_[program.lanes[i]] = blobs[latents + i];
  const auto work = [&](Index i) { make(program.tasks[i]); };
  const auto done = [&](Index i) {
    const Task& task = program.tasks[i];
    if (task.part == Part::lane) release(program, task.number);
  };
  const unsigned some = threads > 1 ? worthwhile(program.takes, nanoseconds(program), threads) : 1;
  do_tasks(program.takes, work, done, some);
}

void Decoding::open_groups(const Program& program) {
  for (const Index lane : program.lanes) {
    const Index number = tree_.layout().group_of[lane];
    std::unique_ptr<OfGroup>& found = groups_[number];
    if (found) continue;
    const std::uint64_t rows = directory_.rows[number];
    const bool right = tree_.counter_of_group(number) != kNoColumn || rows == directory_.entries;
    hold(right, "a group of values per entry has other rows than entries: the file is damaged");
    const Bytes modes(directory_.modes.data() + tree_.layout().first[number],
                      tree_.plan().groups[number].lanes.size());
    found = std::make_unique<OfGroup>(tree_, number, static_cast<std::size_t>(rows), held_,
                                      memories_, modes);
  }
}

// Tells groups what of theirs a program takes.
void Decoding::expect(const Program& program) {
  const Layout& layout = tree_.layout();
  centres_.assign(layout.lanes(), 0);
  is_expected_.clear();
  prepares_.clear();
  for (const Index lane : program.lanes) {
    const std::uint8_t is = directory_.modes[lane];
    const Lane& own = plan_of(lane);
    if (own.centre && (is == mode::contexts || is == mode::centred)) centres_[lane] = 2;
    if (own.contexts && is_by_contexts(is)) expect_contexts(lane);
  }
  for (Index lane = 0; lane < centres_.size(); ++lane)
    if (centres_[lane] != 0) group_of(lane).view.expect_centre(layout.within[lane]);
}

// Contexts of a lane may be there from an earlier run: then centres that they see need not be made.
void Decoding::expect_contexts(Index lane) {
  const Layout& layout = tree_.layout();
  const Index number = layout.group_of[lane], first = layout.first[number];
  const Index contexts = *plan_of(lane).contexts;
  const Index global = tree_.resolver().first_contexts()[number] + contexts;
  if (global >= prepares_.size()) {
    prepares_.resize(global + 1, kNone);
    is_expected_.resize(global + 1, 0);
  }
  GroupContexts& of = group_of(lane).contexts;
  const bool is_first = is_expected_[global] == 0;
  const bool is_missing = prepares_[global] == kNone && !of.is_prepared(layout.within[lane]);
  if (is_first) of.expect(contexts);
  is_expected_[global] = 1;
  if (is_missing) prepares_[global] = lane;
  if (!is_first && !is_missing) return;
  for (const Feature& feature : inputs_of(tree_.plan().groups[number].contexts[contexts])) {
    if (feature.of.kind != SourceKind::centre) continue;
    std::uint8_t& centre = centres_[first + feature.of.index];
    centre = std::max<std::uint8_t>(centre, is_missing ? 2 : 1);
  }
}

// About what each task takes: to begin with, and for a row.
std::vector<std::uint64_t> Decoding::nanoseconds(const Program& program) const {
  std::vector<std::uint64_t> found;
  found.reserve(program.tasks.size());
  for (const Task& task : program.tasks) {
    const std::uint64_t rows = directory_.rows[tree_.layout().group_of[task.lane]];
    switch (task.part) {
      case Part::lane: found.push_back(3000 + 6 * rows); break;
      case Part::centre: found.push_back(1000 + 8 * rows); break;
      default: found.push_back(1000 + 2 * rows); break;
    }
  }
  return found;
}

void Decoding::make(const Task& task) {
  const Layout& layout = tree_.layout();
  if (task.part == Part::latents) return read_latents(task.number);
  if (task.part == Part::lane)
    check_sum(tree_, directory_, layout.lane_blobs[task.number], lanes_[task.number]);
  try {
    if (task.part == Part::lane) {
      decode_lane(task.number);
    } else if (task.part == Part::centre) {
      make_centre(task.number);
    } else if (const Index lane = prepares_[task.number]; lane != kNone) {
      group_of(lane).contexts.prepare(layout.within[lane]);
    }
  } catch (const Error& error) {
    const std::string& column = plan_of(task.lane).column;
    throw Error(error.kind(), "column " + shown(column) + ": " + error.what());
  }
}

void Decoding::make_centre(Index lane) {
  if (centres_[lane] == 2)
    static_cast<void>(group_of(lane).view.centre(tree_.layout().within[lane]));
}

void Decoding::read_latents(Index group) {
  check_sum(tree_, directory_, *tree_.layout().latent_blobs[group], latents_[group]);
  groups_[group]->view.read_latents(latents_[group], zstd_);
}

void Decoding::decode_lane(Index lane) {
  OfGroup& group = group_of(lane);
  held_[lane] = read_lane(plan_of(lane), tree_.layout().within[lane], group.view, group.contexts,
                          {directory_.modes[lane], lanes_[lane], zstd_, is_all_}, into_[lane]);
}

// Lets go of what nothing left of the program reads. Codes stay where columns are left that may
// look at them in a later call.
void Decoding::release(Program& program, Index lane) {
  const Layout& layout = tree_.layout();
  const Resolver& resolver = tree_.resolver();
  group_of(lane).contexts.done(layout.within[lane]);
  resolver.release(program, lane, directory_.modes[lane], [&](Part part, Index number) {
    if (part == Part::lane) {
      if (is_all_) held_[number].codes = KeptCodes();
    } else if (part == Part::centre) {
      group_of(number).view.release_centre(layout.within[number]);
    } else if (part == Part::contexts) {
      const Index group = resolver.group_of_contexts(number);
      groups_[group]->contexts.release(number - resolver.first_contexts()[group]);
    }
  });
}

void Decoding::clear() {
  if (is_all_)
    for (const auto& group : groups_)
      if (group) group->contexts.clear();
  for (const auto& group : groups_)
    if (group) group->view.clear();
  std::fill(into_.begin(), into_.end(), nullptr);
}

void Decoding::forget() noexcept {
  for (HeldLane& lane : held_) lane.drop();
  for (auto& group : groups_) group.reset();
  std::fill(into_.begin(), into_.end(), nullptr);
}

}  // namespace rootae
