// Decoder networks, checked once and run on rows; encoders are only checked.
#pragma once

#include <cstddef>
#include <vector>

#include "../span.hpp"
#include "schedule.hpp"

namespace rootae {

// A network of (inputs, rows) to (outputs, rows). It may be run by several threads at a time.
class Network {
 public:
  // Reads and checks an ONNX model, whose bytes are not needed afterwards.
  // Throws where it is outside the grammar, does not fit together or asks for too much.
  explicit Network(Bytes onnx, Role role = Role::decoder);

  [[nodiscard]] std::uint64_t inputs() const noexcept { return inputs_; }
  [[nodiscard]] std::uint64_t outputs() const noexcept { return outputs_; }
  // Numbers a row that it makes or adds up, and its nodes: what it asks of whoever reads it.
  [[nodiscard]] std::uint64_t work() const noexcept { return work_; }
  [[nodiscard]] std::size_t nodes() const noexcept { return nodes_; }
  // float32 or float64: which Evaluation runs it.
  [[nodiscard]] Element element() const noexcept { return element_; }

  // Runs all rows. inputs: one of shape (rows,) each; outputs: shape (outputs, rows), one output
  // after the other, of the network's own type.
  // Throws where either are not as many as the network's, or as Evaluation does.
  template <class T>
  void run(Span<const float* const> inputs, std::size_t rows, Span<T> outputs) const;

 private:
  template <class T>
  friend class Evaluation;
  template <class T>
  void fold(std::vector<T>& constants);

  Element element_ = Element::float32;
  Role role_;
  std::uint64_t inputs_ = 0, outputs_ = 0, work_ = 0;
  std::size_t nodes_ = 0;
  Schedule schedule_;
  std::vector<float> singles_;  // constants, of one type or the other
  std::vector<double> doubles_;
};

// A network under way, with memory for some rows: fill the inputs, run, look at the outputs.
// T: float for a network of float32, double for one of float64.
template <class T>
class Evaluation {
 public:
  // The network has to outlive it. Throws where the network is an encoder, or is of another type.
  explicit Evaluation(const Network& network);

  // The most rows that are taken at a time.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  // Where rows of an input go; what is there is lost as the network runs.
  [[nodiscard]] T* input(std::size_t i) noexcept {
    return scratch_.data() + (network_.schedule_.input.at + i) * rows_;
  }
  // Runs the first rows, at most rows().
  void run(std::size_t rows);
  [[nodiscard]] const T* output(std::size_t i) const noexcept {
    return scratch_.data() + (network_.schedule_.output.at + i) * rows_;
  }

 private:
  const Network& network_;
  std::size_t rows_ = 0;
  std::vector<T> scratch_;
};

}  // namespace rootae
