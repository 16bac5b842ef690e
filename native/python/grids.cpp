// Python's side of grids by themselves.
#include "python.hpp"
#include "rootae/writer.h"

namespace rootae::python {

namespace {

constexpr const char* kGrid = "rootae._native.grid";

rootae_grid* grid_of(PyObject* capsule) {
  return static_cast<rootae_grid*>(PyCapsule_GetPointer(capsule, kGrid));
}

// open_grid(text) -> grid
PyObject* open_grid(PyObject*, PyObject* text) {
  View view;
  if (!view.take(text, -1, 0)) return nullptr;
  rootae_grid* grid = nullptr;
  rootae_error error{};
  rootae_grid_open(view.as<const char>(), count_of(view.size()), &grid, &error);
  if (error.kind != ROOTAE_OK) return refused(error);
  PyObject* const capsule =
      PyCapsule_New(grid, kGrid, [](PyObject* of) { rootae_grid_close(grid_of(of)); });
  if (capsule == nullptr) rootae_grid_close(grid);
  return capsule;
}

// grid_codes(grid, values, codes)
PyObject* grid_codes(PyObject*, PyObject* arguments) {
  PyObject *capsule, *values, *codes;
  if (!PyArg_ParseTuple(arguments, "OOO", &capsule, &values, &codes)) return nullptr;
  const rootae_grid* const grid = grid_of(capsule);
  View from, into;
  if (grid == nullptr || !from.take(values, -1, 0) || !into.take(codes, -1, 0, PyBUF_WRITABLE))
    return nullptr;
  rootae_error error{};
  {
    const Unlocked unlocked;
    rootae_grid_codes(grid, from.as(), count_of(from.size()), into.as<std::int64_t>(),
                      count_of(into.size()) / sizeof(std::int64_t), &error);
  }
  if (error.kind != ROOTAE_OK) return refused(error);
  Py_RETURN_NONE;
}

}  // namespace

PyMethodDef grid_methods[] = {
    {"open_grid", open_grid, METH_O, "Open a grid without tables by its text."},
    {"grid_codes", grid_codes, METH_VARARGS, "Write the codes of values: grid, values, memory."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace rootae::python
