#include "network.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "../error.hpp"
#include "operators.hpp"

namespace rootae {
namespace {

constexpr std::size_t kCached = std::size_t{1} << 18;  // bytes of a scratch that stays in a cache
constexpr std::size_t kMostRows = 256;
constexpr std::size_t kScratch = std::size_t{1} << 26;  // bytes of a scratch

std::size_t rows_at_a_time(std::size_t units, std::size_t size) {
  const std::size_t bytes = std::max<std::size_t>(units, 1) * size;
  const std::size_t rows = std::clamp<std::size_t>(kCached / bytes / 16 * 16, 16, kMostRows);
  return std::clamp<std::size_t>(kScratch / bytes, 1, rows);
}

}  // namespace

Network::Network(Bytes onnx, Role role) : role_(role) {
  const Model model = read_model(onnx);
  const Checked checked = check_shapes(model, role);
  element_ = model.input.element;
  work_ = checked.work;
  nodes_ = model.nodes.size();
  inputs_ = static_cast<std::uint64_t>(model.input.shape[0]);
  outputs_ = static_cast<std::uint64_t>(model.output.shape[0]);
  if (role == Role::encoder) return;
  schedule_ = schedule(checked);
  if (element_ == Element::float32) {
    fold(singles_);
  } else {
    fold(doubles_);
  }
}

template <class T>
void Network::fold(std::vector<T>& constants) {
  constants.resize(schedule_.constants);
  for (const auto& [initializer, at] : schedule_.initial) {
    const Bytes raw = initializer->raw;
    if (!raw.empty()) std::memcpy(constants.data() + at, raw.data(), raw.size());
  }
  const Memory<T> memory{nullptr, constants.data(), 1, 1, constants.data()};
  for (const Step& step : schedule_.folded) run_step(step, memory);
  schedule_.folded.clear();  // they are as long as what they made
  schedule_.folded.shrink_to_fit();
  schedule_.initial.clear();
}

template <class T>
Evaluation<T>::Evaluation(const Network& network) : network_(network) {
  constexpr Element kElement = sizeof(T) == 4 ? Element::float32 : Element::float64;
  const bool runs = network.role_ == Role::decoder && network.element_ == kElement;
  hold(runs, "a stored network cannot be run row by row: the file is damaged");
  rows_ = rows_at_a_time(network.schedule_.scratch, sizeof(T));
  scratch_.resize(network.schedule_.scratch * rows_);
}

template <class T>
void Evaluation<T>::run(std::size_t rows) {
  const auto& constants = [this]() -> const std::vector<T>& {
    if constexpr (std::is_same_v<T, float>) return network_.singles_;
    else return network_.doubles_;
  }();
  const Memory<T> memory{scratch_.data(), constants.data(), rows_, std::min(rows, rows_), nullptr};
  for (const Step& step : network_.schedule_.steps) run_step(step, memory);
}

template class Evaluation<float>;
template class Evaluation<double>;

template <class T>
void Network::run(Span<const float* const> inputs, std::size_t rows, Span<T> outputs) const {
  hold(inputs.size() == inputs_, "a network has another number of inputs: the file is damaged");
  const bool fits = rows == 0 ? outputs.empty() : outputs.size() / rows == outputs_;
  hold(fits && (rows == 0 || outputs.size() % rows == 0),
       "a network has another number of outputs: the file is damaged");
  Evaluation<T> evaluation(*this);
  for (std::size_t at = 0; at < rows; at += evaluation.rows()) {
    const std::size_t some = std::min(evaluation.rows(), rows - at);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      std::copy_n(inputs[i] + at, some, evaluation.input(i));
    }
    evaluation.run(some);
    for (std::size_t i = 0; i < outputs_; ++i) {
      std::copy_n(evaluation.output(i), some, outputs.data() + i * rows + at);
    }
  }
}

template void Network::run(Span<const float* const>, std::size_t, Span<float>) const;
template void Network::run(Span<const float* const>, std::size_t, Span<double>) const;

}  // namespace rootae
