// Runs the networks and diagrams of a group in a block, once each, for the lanes that need them.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "../memory.hpp"
#include "../plan/plan.hpp"
#include "../span.hpp"
#include "../streams/runs.hpp"
#include "../view.hpp"

namespace rootae {

struct Look {
  const EdgeLookup* through;
  std::uint8_t* seen;  // shape (rows,)

  // Writes what is seen of a lane whose codes are zeros.
  void see_zeros(std::size_t rows) const;
};

// Several threads may ask at a time, each about other lanes, if contexts that lanes share are there or
// are asked for by one of them; one at a time may release what none of them asks for any more. All
// else is for one thread alone.
class GroupContexts {
 public:
  // view: what they look at; modes: of the group's lanes in the block. Both have to outlive this.
  GroupContexts(View& view, Bytes modes);

  // The contexts of a lane that has a diagram, or a bound and a stage, shape (rows,).
  // Throws corrupt where a network says what none may.
  ContextSpan of(Index lane);
  // The codes of a lane without a bound that has a stage, shape (rows,). Throws likewise.
  Span<const std::int64_t> predicted(Index lane);

  // Works out the contexts or codes of a lane that it needs in its mode.
  void prepare(Index lane);
  // Whether this was done.
  [[nodiscard]] bool is_prepared(Index lane) const;

  // Notes that a program takes contexts: what several of these look at is worked out once.
  void expect(Index contexts);
  // Notes that nothing of the program takes them any more.
  void release(Index contexts);
  // What a program's diagrams see of a lane, in a byte a row: to be written as its codes are at
  // hand, before any of these are asked for. Nothing where somebody wants the codes themselves.
  [[nodiscard]] std::vector<Look> looks_at(Index lane);
  // Notes that a lane is decoded, which needs its own no more.
  void done(Index lane) { of_lanes_[lane] = {}; }
  // Lets go of everything.
  void clear();

 private:
  struct OfLane {
    Memory memory;
    std::uint8_t bytes = 0;  // of each context, or 8: codes
  };
  struct Shared {
    Index readers = 0;
    bool is_shared = false;  // by several of the program
    Memory seen;             // uint8
  };

  [[nodiscard]] const Stage& stage_of(Index lane) const;
  void follow(Index contexts);
  [[nodiscard]] Seen look(const Feature& feature, Index number);
  template <class T>
  void run(const Stage& stage);
  [[nodiscard]] bool is_awaited(const Stage& stage, Index lane) const;

  View& view_;
  Bytes modes_;
  std::vector<Memory> followed_;  // of each diagram: uint8
  std::vector<OfLane> of_lanes_;
  std::vector<Shared> features_;
  std::vector<std::mutex> looking_;  // for each feature
};

}  // namespace rootae
