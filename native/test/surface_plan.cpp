// Plans, programs and directories as tests call them: 0, or the kind of an error plus 1.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "crc32.hpp"
#include "directory.hpp"
#include "error.hpp"
#include "plan/check.hpp"
#include "plan/order.hpp"
#include "plan/parse.hpp"
#include "program.hpp"

#define SURFACE extern "C" __attribute__((visibility("default")))

namespace {

using rootae::Index;

// A codec as tests give it: the plan's text, tables one behind the other, pairs of networks' ends.
struct Codec {
  const char* text;
  std::size_t bytes;
  const std::int64_t* numbers;
  const std::size_t* sizes;
  std::size_t tables;
  const std::size_t* ends;
  std::size_t networks;
};

rootae::Plan checked(const Codec& codec) {
  rootae::Plan plan = rootae::parse({codec.text, codec.bytes});
  std::vector<rootae::Table> tables;
  const std::int64_t* at = codec.numbers;
  for (std::size_t i = 0; i < codec.tables; ++i) {
    tables.emplace_back(at, at + codec.sizes[i]);
    at += codec.sizes[i];
  }
  std::vector<rootae::Ends> ends;
  for (std::size_t i = 0; i < codec.networks; ++i)
    ends.emplace_back(codec.ends[2 * i], codec.ends[2 * i + 1]);
  rootae::check(plan, rootae::facts_of(tables), ends);
  return plan;
}

template <class Work>
int guarded(char* message, std::size_t room, Work work) {
  try {
    work();
    return 0;
  } catch (const rootae::Error& error) {
    const std::string said = error.what();
    const std::size_t size = std::min(said.size(), room - 1);
    std::memcpy(message, said.data(), size);
    message[size] = 0;
    return static_cast<int>(error.kind()) + 1;
  } catch (const std::bad_alloc&) {
    return static_cast<int>(rootae::ErrorKind::memory) + 1;
  } catch (...) {
    return -1;
  }
}

}  // namespace

// Reads and checks a plan. `message`, of `room` bytes, gets what is wrong.
SURFACE int surface_plan_check(const Codec* codec, char* message, std::size_t room) {
  return guarded(message, room, [&] { checked(*codec); });
}

// Orders a group's lanes, as many as `order` has room for.
SURFACE int surface_plan_order(const Codec* codec, std::size_t tree, std::size_t group, Index* order,
                               char* message, std::size_t room) {
  return guarded(message, room, [&] {
    const rootae::Plan plan = checked(*codec);
    const auto found = rootae::lane_order(plan.trees.at(tree).groups.at(group));
    std::copy(found.begin(), found.end(), order);
  });
}

// Resolves a program of a plan's tree. `counts` holds the numbers of wanted and of known lanes and
// gets those of lanes and latents of the program. `lanes` and `latents` have room for all; `freed`
// gets for each lane after how many lanes of the program it is let go of, 0 for never.
SURFACE int surface_plan_resolve(const Codec* codec, std::size_t tree, const std::uint8_t* modes,
                                 const Index* wanted, const Index* known, std::size_t* counts,
                                 Index* lanes, Index* latents, Index* freed, std::uint8_t* kept,
                                 char* message, std::size_t room) {
  return guarded(message, room, [&] {
    const rootae::Plan plan = checked(*codec);
    const rootae::Tree& one = plan.trees.at(tree);
    const rootae::Layout layout(one);
    const rootae::Resolver resolver(one, layout);
    rootae::Program program = resolver.resolve({wanted, counts[0]}, {modes, layout.lanes()},
                                               {known, counts[1]});
    std::copy(program.lanes.begin(), program.lanes.end(), lanes);
    std::copy(program.latents.begin(), program.latents.end(), latents);
    counts[0] = program.lanes.size();
    counts[1] = program.latents.size();
    std::fill(freed, freed + layout.lanes(), 0);
    for (Index i = 0; i < layout.lanes(); ++i) kept[i] = resolver.is_read(i) ? 1 : 0;
    Index done = 0;
    for (const Index lane : program.lanes) {
      ++done;
      resolver.release(program, lane, modes[lane], [&](rootae::Part part, Index number) {
        if (part == rootae::Part::lane) freed[number] = done;
      });
    }
  });
}

// Reads a directory by the first tree of a plan. `numbers` gets entries, rows and most of each
// group, sizes, sums and starts of each blob and its end, modes, and the two sums of each branch
// that passes through; `written` how many these are, at most as many as there is room for.
SURFACE int surface_directory(const Codec* codec, const std::uint8_t* head, std::size_t bytes,
                              std::uint64_t* numbers, std::size_t* written, char* message,
                              std::size_t room) {
  return guarded(message, room, [&] {
    const rootae::Plan plan = checked(*codec);
    const rootae::Layout layout(plan.trees.at(0));
    const rootae::Directory found({head, bytes}, layout);
    std::uint64_t* at = numbers;
    auto put = [&](const auto& some) { at = std::copy(some.begin(), some.end(), at); };
    *at++ = found.entries;
    put(found.rows);
    put(found.most);
    put(found.sizes);
    put(found.sums);
    put(found.starts);
    put(found.modes);
    put(found.passing);
    put(found.content);
    *written = static_cast<std::size_t>(at - numbers);
  });
}

SURFACE std::uint32_t surface_crc32(const std::uint8_t* bytes, std::size_t size,
                                    std::uint32_t before) {
  return rootae::crc32({bytes, size}, before);
}
