// Python's side of blocks on their way to bytes.
#include <deque>

#include "python.hpp"
#include "rootae/writer.h"

namespace rootae::python {

namespace {

constexpr const char* kDraft = "rootae._native.draft";

// A block under way, views of all that it looks at, and whether a thread is at work on it.
struct Draft {
  rootae_draft* draft = nullptr;
  std::deque<View> given;
  bool is_busy = false;
  Draft() = default;
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { rootae_draft_close(draft); }

  // A view of 64-bit items, so many at least, or of any bytes. Returns nullptr, with Python's error
  // set, where there is no such view.
  View* keep(PyObject* of, Py_ssize_t items = -1, int flags = PyBUF_SIMPLE) {
    View& view = given.emplace_back();
    if (view.take(of, items, 8, flags)) return &view;
    given.pop_back();
    return nullptr;
  }
};

Draft* draft_of(PyObject* capsule) {
  return static_cast<Draft*>(PyCapsule_GetPointer(capsule, kDraft));
}

// Asks the core without the interpreter lock. Returns None, or nullptr with Python's error set.
template <class Ask>
PyObject* asked(Draft& draft, Ask&& ask) {
  const Busy busy(draft.is_busy);
  if (!busy) return nullptr;
  rootae_error error{};
  {
    const Unlocked unlocked;
    ask(error);
  }
  if (error.kind != ROOTAE_OK) return refused(error);
  Py_RETURN_NONE;
}

// open_draft(codec, tree, rows) -> draft; rows: int64
PyObject* open_draft(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *rows;
    unsigned int tree;
    if (!PyArg_ParseTuple(arguments, "OIO", &capsule, &tree, &rows)) return nullptr;
    const rootae_codec* const codec = codec_of(capsule);
    View of_groups;
    if (codec == nullptr || !of_groups.take(rows, 0, sizeof(std::uint64_t))) return nullptr;
    auto draft = std::make_unique<Draft>();
    const std::size_t groups = count_of(of_groups.size()) / sizeof(std::uint64_t);
    const auto* const some = of_groups.as<const std::uint64_t>();
    rootae_error error{};
    rootae_draft_open(codec, tree, some, groups, &draft->draft, &error);
    if (error.kind != ROOTAE_OK) return refused(error);
    PyObject* const made =
        PyCapsule_New(draft.get(), kDraft, [](PyObject* of) { delete draft_of(of); });
    if (made != nullptr) static_cast<void>(draft.release());
    return made;
  });
}

// Asks the core about a lane or a group by a draft, its number, and values that the draft keeps.
template <class Ask>
PyObject* given(PyObject* arguments, Ask&& ask) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *values;
    unsigned int number;
    if (!PyArg_ParseTuple(arguments, "OIO", &capsule, &number, &values)) return nullptr;
    Draft* const draft = draft_of(capsule);
    const View* const from = draft == nullptr ? nullptr : draft->keep(values);
    if (from == nullptr) return nullptr;
    return asked(*draft,
                 [&](rootae_error& error) { ask(draft->draft, number, *from, error); });
  });
}

// The same by memory that the core writes to.
template <class Ask>
PyObject* written(PyObject* arguments, Ask&& ask) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *out;
    unsigned int lane;
    if (!PyArg_ParseTuple(arguments, "OIO", &capsule, &lane, &out)) return nullptr;
    Draft* const draft = draft_of(capsule);
    View into;
    if (draft == nullptr || !into.take(out, -1, 0, PyBUF_WRITABLE)) return nullptr;
    return asked(*draft, [&](rootae_error& error) { ask(draft->draft, lane, into, error); });
  });
}

// draft_count(draft, lane, values), draft_bits(draft, lane, values)
template <decltype(rootae_draft_count)* ask>
PyObject* give(PyObject*, PyObject* arguments) {
  return given(arguments,
               [](rootae_draft* draft, unsigned int lane, const View& from, rootae_error& error) {
                 ask(draft, lane, from.as(), count_of(from.size()), &error);
               });
}

// draft_latents(draft, group, latents)
PyObject* give_latents(PyObject*, PyObject* arguments) {
  return given(arguments,
               [](rootae_draft* draft, unsigned int group, const View& from, rootae_error& error) {
                 rootae_draft_latents(draft, group, from.as<const std::int64_t>(),
                                      count_of(from.size()) / sizeof(std::int64_t), &error);
               });
}

// draft_contexts(draft, lane, out) -> width
PyObject* contexts(PyObject*, PyObject* arguments) {
  std::size_t width = 0;
  const Owned done(written(
      arguments, [&](rootae_draft* draft, unsigned int lane, View& into, rootae_error& error) {
        rootae_draft_contexts(draft, lane, into.as(), count_of(into.size()), &width, &error);
      }));
  return done ? PyLong_FromSize_t(width) : nullptr;
}

// draft_centre(draft, lane, out)
PyObject* centre(PyObject*, PyObject* arguments) {
  return written(arguments,
                 [](rootae_draft* draft, unsigned int lane, View& into, rootae_error& error) {
                   rootae_draft_centre(draft, lane, into.as<std::int64_t>(),
                                       count_of(into.size()) / sizeof(std::int64_t), &error);
                 });
}

// draft_codes(draft, lane, values, codes)
PyObject* codes(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *values, *out;
    unsigned int lane;
    if (!PyArg_ParseTuple(arguments, "OIOO", &capsule, &lane, &values, &out)) return nullptr;
    Draft* const draft = draft_of(capsule);
    View from, into;
    if (draft == nullptr || !from.take(values, -1, 0) || !into.take(out, -1, 0, PyBUF_WRITABLE))
      return nullptr;
    return asked(*draft, [&](rootae_error& error) {
      rootae_draft_codes(draft->draft, lane, from.as(), count_of(from.size()),
                         count_of(into.size()) / sizeof(std::int64_t), into.as<std::int64_t>(),
                         &error);
    });
  });
}

// draft_put(draft, lane, bound, error, values, wrong, codes) -> count
PyObject* put(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *values, *codes, *wrong;
    unsigned int lane;
    int bound;
    double error;
    if (!PyArg_ParseTuple(arguments, "OIidOOO", &capsule, &lane, &bound, &error, &values, &wrong,
                          &codes))
      return nullptr;
    Draft* const draft = draft_of(capsule);
    View marks;
    if (draft == nullptr || !marks.take(wrong, -1, 0, PyBUF_WRITABLE)) return nullptr;
    const Py_ssize_t rows = marks.size();
    const View* const from = draft->keep(values);
    const View* const into = from == nullptr ? nullptr : draft->keep(codes, rows, PyBUF_WRITABLE);
    if (into == nullptr) return nullptr;
    std::size_t count = 0;
    const Owned done(asked(*draft, [&](rootae_error& refusal) {
      rootae_draft_put(draft->draft, lane, bound, error, from->as(), count_of(from->size()),
                       count_of(rows), into->as<std::int64_t>(), marks.as<std::uint8_t>(), &count,
                       &refusal);
    }));
    return done ? PyLong_FromSize_t(count) : nullptr;
  });
}

// draft_derive(draft, lane, bound, error, values, wrong) -> count
PyObject* derive(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *values, *wrong;
    unsigned int lane;
    int bound;
    double error;
    if (!PyArg_ParseTuple(arguments, "OIidOO", &capsule, &lane, &bound, &error, &values, &wrong))
      return nullptr;
    Draft* const draft = draft_of(capsule);
    View from, marks;
    if (draft == nullptr || !from.take(values, -1, 0) || !marks.take(wrong, -1, 0, PyBUF_WRITABLE))
      return nullptr;
    std::size_t count = 0;
    const Owned done(asked(*draft, [&](rootae_error& refusal) {
      rootae_draft_derive(draft->draft, lane, bound, error, from.as(), count_of(from.size()),
                          count_of(marks.size()), marks.as<std::uint8_t>(), &count, &refusal);
    }));
    return done ? PyLong_FromSize_t(count) : nullptr;
  });
}

}  // namespace

PyMethodDef draft_methods[] = {
    {"open_draft", open_draft, METH_VARARGS, "Begin a block: codec, number of the tree, rows."},
    {"draft_count", give<rootae_draft_count>, METH_VARARGS, "Give values that count rows."},
    {"draft_bits", give<rootae_draft_bits>, METH_VARARGS, "Store a lane by its values' bits."},
    {"draft_latents", give_latents, METH_VARARGS, "Give a group's latents."},
    {"draft_contexts", contexts, METH_VARARGS, "Work out a lane's contexts: draft, lane, memory."},
    {"draft_centre", centre, METH_VARARGS, "Work out what a lane is centred on, likewise."},
    {"draft_codes", codes, METH_VARARGS, "Write the codes of a lane's values, and keep nothing."},
    {"draft_put", put, METH_VARARGS, "Put a lane's values on its grid; return how many are wrong."},
    {"draft_derive", derive, METH_VARARGS, "Have a lane follow from others, likewise."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace rootae::python
