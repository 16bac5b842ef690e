// What the parts of Python's side of the core share. Limited API.
#pragma once

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "rootae/rootae.h"

namespace rootae::python {

constexpr const char* kCodec = "rootae._native.codec";

// A reference that is given back.
struct Release {
  void operator()(PyObject* object) const noexcept { Py_XDECREF(object); }
};
using Owned = std::unique_ptr<PyObject, Release>;

// The interpreter lock, let go of for as long as this lives.
class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {}
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;
  ~Unlocked() { PyEval_RestoreThread(state_); }

 private:
  PyThreadState* state_;
};

// A view of what a caller gave: its memory stays where it is until this goes.
class View {
 public:
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() {
    if (view_.obj != nullptr) PyBuffer_Release(&view_);
  }
  // items: how many of so many bytes it holds at least; any number, if negative. Returns false, with
  // Python's error set, where there is no such view or it holds less.
  bool take(PyObject* of, Py_ssize_t items, Py_ssize_t width, int flags = PyBUF_SIMPLE) {
    if (PyObject_GetBuffer(of, &view_, flags) != 0) return false;
    if (items < 0 || (width > 0 && view_.len / width >= items)) return true;
    PyErr_SetString(PyExc_ValueError, "an array is shorter than others");
    return false;
  }
  template <class T = void>
  [[nodiscard]] T* as() const {
    return static_cast<T*>(view_.buf);
  }
  [[nodiscard]] Py_ssize_t size() const { return view_.len; }

 private:
  Py_buffer view_{};
};

// Views of what callers gave, as many as was said: their memory stays where it is until these go.
class Views {
 public:
  explicit Views(std::size_t count) { held_.reserve(count); }
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;
  ~Views() {
    for (Py_buffer& view : held_) PyBuffer_Release(&view);
  }
  // Returns nullptr, with Python's error set, where there is no such view.
  const Py_buffer* add(PyObject* of, int flags) {
    Py_buffer view;
    if (PyObject_GetBuffer(of, &view, flags) != 0) return nullptr;
    held_.push_back(view);  // there is room for it
    return &held_.back();
  }

 private:
  std::vector<Py_buffer> held_;
};

// Marks something as what a thread is at work on, under the interpreter lock.
class Busy {
 public:
  explicit Busy(bool& is_busy) : is_busy_(is_busy ? nullptr : &is_busy) {
    if (is_busy_ != nullptr) *is_busy_ = true;
    else PyErr_SetString(PyExc_RuntimeError, "a block is used by two threads at a time");
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    if (is_busy_ != nullptr) *is_busy_ = false;
  }
  explicit operator bool() const noexcept { return is_busy_ != nullptr; }

 private:
  bool* is_busy_;
};

// Raises what the core refused; returns nullptr.
PyObject* refused(const rootae_error& error);

inline rootae_codec* codec_of(PyObject* capsule) {
  return static_cast<rootae_codec*>(PyCapsule_GetPointer(capsule, kCodec));
}

inline const std::uint8_t* bytes_of(const Py_buffer& view) {
  return static_cast<const std::uint8_t*>(view.buf);
}

inline std::size_t size_of(const Py_buffer& view) { return static_cast<std::size_t>(view.len); }

inline std::size_t count_of(Py_ssize_t number) { return static_cast<std::size_t>(number); }

// Runs what may throw for want of memory.
template <class Work>
PyObject* guarded(Work&& work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
}

// The functions of each part, up to one without a name.
extern PyMethodDef decoding_methods[], draft_methods[], grid_methods[], lane_methods[];

// Has what decoding takes of other modules. Returns false, with Python's error set, without.
bool prepare_decoding();

}  // namespace rootae::python
