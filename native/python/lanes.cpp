// Python's side of passes over whole lanes.
#include "python.hpp"
#include "rootae/writer.h"

namespace rootae::python {

namespace {

// deviation(type, width, bound, error, original, returned, wrong) -> largest, count
PyObject* deviation(PyObject*, PyObject* arguments) {
  PyObject *original, *returned, *wrong;
  int type, bound;
  Py_ssize_t width;
  double error, largest = 0;
  if (!PyArg_ParseTuple(arguments, "inidOOO", &type, &width, &bound, &error, &original, &returned,
                        &wrong))
    return nullptr;
  View x, y, out;
  if (!out.take(wrong, 0, 1, PyBUF_WRITABLE) || !x.take(original, out.size(), width) ||
      !y.take(returned, out.size(), width))
    return nullptr;
  std::size_t count = 0;
  rootae_error refusal{};
  Py_BEGIN_ALLOW_THREADS
  rootae_deviation(type, bound, error, x.as(), y.as(), count_of(out.size()),
                   out.as<std::uint8_t>(), &largest, &count, &refusal);
  Py_END_ALLOW_THREADS
  if (refusal.kind != ROOTAE_OK) return refused(refusal);
  return Py_BuildValue("dn", largest, static_cast<Py_ssize_t>(count));
}

// distinct(width, rows, most, numbers, values, counts, places) -> count
PyObject* distinct(PyObject*, PyObject* arguments) {
  PyObject *numbers, *values, *counts, *places;
  Py_ssize_t width, rows, most;
  if (!PyArg_ParseTuple(arguments, "nnnOOOO", &width, &rows, &most, &numbers, &values, &counts,
                        &places))
    return nullptr;
  View in, found, often, where;
  if (!in.take(numbers, rows, width) || !found.take(values, most, width, PyBUF_WRITABLE) ||
      !often.take(counts, most, 4, PyBUF_WRITABLE) || !where.take(places, rows, 4, PyBUF_WRITABLE))
    return nullptr;
  std::size_t count = 0;
  rootae_error refusal{};
  Py_BEGIN_ALLOW_THREADS
  rootae_distinct(in.as(), count_of(width), count_of(rows), count_of(most), found.as(),
                  often.as<std::uint32_t>(), where.as<std::uint32_t>(), &count, &refusal);
  Py_END_ALLOW_THREADS
  if (refusal.kind != ROOTAE_OK) return refused(refusal);
  return PyLong_FromSize_t(count);
}

// sort_by_context(width, context_width, merge, rows, numbers, contexts, out, counts)
PyObject* sort_by_context(PyObject*, PyObject* arguments) {
  PyObject *numbers, *contexts, *out, *counts;
  Py_ssize_t width, context_width, rows;
  unsigned int merge;
  if (!PyArg_ParseTuple(arguments, "nnInOOOO", &width, &context_width, &merge, &rows, &numbers,
                        &contexts, &out, &counts))
    return nullptr;
  const Py_ssize_t all = context_width == 1 ? 256 : 65536;
  View in, by, into, often;
  if (!in.take(numbers, rows, width) || !by.take(contexts, rows, context_width) ||
      !into.take(out, rows, width, PyBUF_WRITABLE) ||
      !often.take(counts, merge <= 8 ? all >> merge : all, 8, PyBUF_WRITABLE))
    return nullptr;
  rootae_error refusal{};
  Py_BEGIN_ALLOW_THREADS
  rootae_sort_by_context(in.as(), count_of(width), by.as(), count_of(context_width), merge,
                         count_of(rows), into.as(), often.as<std::uint64_t>(), &refusal);
  Py_END_ALLOW_THREADS
  if (refusal.kind != ROOTAE_OK) return refused(refusal);
  Py_RETURN_NONE;
}

}  // namespace

PyMethodDef lane_methods[] = {
    {"deviation", deviation, METH_VARARGS, "Hold values against a bound."},
    {"distinct", distinct, METH_VARARGS, "Find the values that occur among numbers."},
    {"sort_by_context", sort_by_context, METH_VARARGS, "Sort numbers by their contexts."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace rootae::python
