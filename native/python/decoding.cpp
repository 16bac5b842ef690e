// Python's side of decoding: codecs and blocks.
#include <cstring>

#include "python.hpp"

namespace rootae::python {

namespace {

constexpr const char* kBlock = "rootae._native.block";

// What the module took from others as it was imported; they stay as long as the process.
PyObject* decompress_into = nullptr;  // of cramjam.zstd
PyObject* errors = nullptr;           // rootae.errors

// A block, and whether a thread is at work on it.
struct Block {
  rootae_block* block = nullptr;
  bool is_busy = false;
  ~Block() { rootae_block_close(block); }
};

std::size_t unzstd(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                   std::size_t out_size) {
  const PyGILState_STATE state = PyGILState_Ensure();
  std::size_t written = SIZE_MAX;
  {
    // A view for reading is never written by.
    char* const from = reinterpret_cast<char*>(const_cast<std::uint8_t*>(in));
    const Owned source(PyMemoryView_FromMemory(from, static_cast<Py_ssize_t>(in_size), PyBUF_READ));
    const Owned target(PyMemoryView_FromMemory(reinterpret_cast<char*>(out),
                                               static_cast<Py_ssize_t>(out_size), PyBUF_WRITE));
    if (source && target) {
      const Owned done(
          PyObject_CallFunctionObjArgs(decompress_into, source.get(), target.get(), nullptr));
      if (done) written = PyLong_AsSize_t(done.get());
    }
    if (PyErr_Occurred() != nullptr) {
      PyErr_Clear();
      written = SIZE_MAX;
    }
  }
  PyGILState_Release(state);
  return written;
}

Block* block_of(PyObject* capsule) {
  return static_cast<Block*>(PyCapsule_GetPointer(capsule, kBlock));
}

// Reads a list of numbers. Returns false, with Python's error set, where it is none.
bool read(PyObject* list, std::vector<std::uint32_t>& numbers) {
  const Py_ssize_t count = PyList_Size(list);
  numbers.reserve(static_cast<std::size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    const unsigned long number = PyLong_AsUnsignedLong(PyList_GetItem(list, i));
    if (PyErr_Occurred() != nullptr) return false;
    numbers.push_back(static_cast<std::uint32_t>(number));
  }
  return true;
}

PyObject* open_codec(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject* parts[3];
    if (!PyArg_ParseTuple(arguments, "OOO", &parts[0], &parts[1], &parts[2])) return nullptr;
    Views views(3);
    const Py_buffer* held[3];
    for (int i = 0; i < 3; ++i)
      if ((held[i] = views.add(parts[i], PyBUF_SIMPLE)) == nullptr) return nullptr;
    rootae_codec* codec = nullptr;
    rootae_error error{};
    {
      const Unlocked unlocked;
      rootae_codec_open(bytes_of(*held[0]), size_of(*held[0]), bytes_of(*held[1]),
                        size_of(*held[1]), bytes_of(*held[2]), size_of(*held[2]), unzstd, &codec,
                        &error);
    }
    if (error.kind != ROOTAE_OK) return refused(error);
    PyObject* const capsule = PyCapsule_New(codec, kCodec, [](PyObject* of) {
      rootae_codec_close(codec_of(of));
    });
    if (capsule == nullptr) rootae_codec_close(codec);
    return capsule;
  });
}

PyObject* open_block(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *head;
    unsigned int tree;
    if (!PyArg_ParseTuple(arguments, "OIO", &capsule, &tree, &head)) return nullptr;
    const rootae_codec* const codec = codec_of(capsule);
    if (codec == nullptr) return nullptr;
    Views views(1);
    const Py_buffer* const bytes = views.add(head, PyBUF_SIMPLE);
    if (bytes == nullptr) return nullptr;
    auto block = std::make_unique<Block>();
    rootae_error error{};
    rootae_block_open(codec, tree, bytes_of(*bytes), size_of(*bytes), &block->block, &error);
    if (error.kind != ROOTAE_OK) return refused(error);
    PyObject* const made =
        PyCapsule_New(block.get(), kBlock, [](PyObject* of) { delete block_of(of); });
    if (made != nullptr) static_cast<void>(block.release());
    return made;
  });
}

PyObject* needs(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *list;
    if (!PyArg_ParseTuple(arguments, "OO!", &capsule, &PyList_Type, &list)) return nullptr;
    Block* const block = block_of(capsule);
    std::vector<std::uint32_t> columns;
    if (block == nullptr || !read(list, columns)) return nullptr;
    const Busy busy(block->is_busy);
    if (!busy) return nullptr;
    std::size_t count = 0;
    rootae_error error{};
    rootae_block_needs(block->block, columns.data(), columns.size(), nullptr, 0, &count, &error);
    std::vector<rootae_span> spans(count);
    if (error.kind == ROOTAE_OK)
      rootae_block_needs(block->block, columns.data(), columns.size(), spans.data(), count, &count,
                         &error);
    if (error.kind != ROOTAE_OK) return refused(error);
    Owned found(PyList_New(static_cast<Py_ssize_t>(count)));
    for (std::size_t i = 0; found && i < count; ++i) {
      PyObject* const number = PyLong_FromUnsignedLong(spans[i].number);
      if (number == nullptr) return nullptr;
      PyList_SetItem(found.get(), static_cast<Py_ssize_t>(i), number);
    }
    return found.release();
  });
}

// Takes views of what `decode` is given: blobs, and memory for columns.
bool take(PyObject* blobs, PyObject* outs, Views& views, std::vector<rootae_bytes>& from,
          std::vector<rootae_out>& into) {
  for (Py_ssize_t i = 0; i < PyList_Size(blobs); ++i) {
    const Py_buffer* const view = views.add(PyList_GetItem(blobs, i), PyBUF_SIMPLE);
    if (view == nullptr) return false;
    from.push_back({bytes_of(*view), size_of(*view)});
  }
  for (Py_ssize_t i = 0; i < PyList_Size(outs); ++i) {
    const Py_buffer* const view = views.add(PyList_GetItem(outs, i), PyBUF_WRITABLE);
    if (view == nullptr) return false;
    into.push_back({view->buf, size_of(*view)});
  }
  return true;
}

PyObject* decode(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *list, *blobs, *outs;
    unsigned int threads;
    if (!PyArg_ParseTuple(arguments, "OO!O!O!I", &capsule, &PyList_Type, &list, &PyList_Type,
                          &blobs, &PyList_Type, &outs, &threads))
      return nullptr;
    Block* const block = block_of(capsule);
    std::vector<std::uint32_t> columns;
    if (block == nullptr || !read(list, columns)) return nullptr;
    if (PyList_Size(outs) != PyList_Size(list)) {
      PyErr_SetString(PyExc_ValueError, "memory is given for another number of columns");
      return nullptr;
    }
    const Busy busy(block->is_busy);
    if (!busy) return nullptr;
    Views views(static_cast<std::size_t>(PyList_Size(blobs) + PyList_Size(outs)));
    std::vector<rootae_bytes> from;
    std::vector<rootae_out> into;
    if (!take(blobs, outs, views, from, into)) return nullptr;
    rootae_error error{};
    {
      const Unlocked unlocked;
      rootae_block_decode(block->block, columns.data(), columns.size(), from.data(), from.size(),
                          into.data(), 0, threads, &error);
    }
    if (error.kind != ROOTAE_OK) return refused(error);
    Py_RETURN_NONE;
  });
}

PyObject* latents(PyObject*, PyObject* arguments) {
  return guarded([&]() -> PyObject* {
    PyObject *capsule, *blob, *out;
    unsigned int group;
    if (!PyArg_ParseTuple(arguments, "OIOO", &capsule, &group, &blob, &out)) return nullptr;
    const Block* const block = block_of(capsule);
    if (block == nullptr) return nullptr;
    Views views(2);
    const Py_buffer* const from = views.add(blob, PyBUF_SIMPLE);
    const Py_buffer* const into = from == nullptr ? nullptr : views.add(out, PyBUF_WRITABLE);
    if (into == nullptr) return nullptr;
    rootae_error error{};
    rootae_block_latents(block->block, group, bytes_of(*from), size_of(*from),
                         static_cast<std::int64_t*>(into->buf),
                         size_of(*into) / sizeof(std::int64_t), &error);
    if (error.kind != ROOTAE_OK) return refused(error);
    Py_RETURN_NONE;
  });
}

PyObject* kept(PyObject*, PyObject* capsule) {
  const Block* const block = block_of(capsule);
  return block == nullptr ? nullptr : PyLong_FromUnsignedLongLong(rootae_block_kept(block->block));
}

}  // namespace

PyObject* refused(const rootae_error& error) {
  const char* name = nullptr;
  switch (error.kind) {
    case ROOTAE_CORRUPT: name = "CorruptError"; break;
    case ROOTAE_FORMAT: name = "FormatError"; break;
    case ROOTAE_MEMORY: return PyErr_NoMemory();
    default: break;  // a fault of ours
  }
  const Owned type(name == nullptr ? nullptr : PyObject_GetAttrString(errors, name));
  if (name == nullptr || type) {
    const Owned text(PyUnicode_DecodeUTF8(error.message,
                                          static_cast<Py_ssize_t>(std::strlen(error.message)),
                                          "replace"));
    if (text) PyErr_SetObject(type ? type.get() : PyExc_RuntimeError, text.get());
  }
  return nullptr;
}

PyMethodDef decoding_methods[] = {
    {"open_codec", open_codec, METH_VARARGS, "Open a codec: plan, tables, networks; all is checked."},
    {"open_block", open_block, METH_VARARGS, "Open a block: codec, number of the tree, directory."},
    {"needs", needs, METH_VARARGS, "Return the numbers of the blobs that columns of a block take."},
    {"decode", decode, METH_VARARGS, "Decode: block, columns, the blobs of `needs`, memory, threads."},
    {"latents", latents, METH_VARARGS, "Read latents: block, number of the group, blob, memory."},
    {"kept", kept, METH_O, "Return how many bytes a block keeps inside."},
    {nullptr, nullptr, 0, nullptr}};

bool prepare_decoding() {
  const Owned zstd(PyImport_ImportModule("cramjam"));
  const Owned frames(zstd ? PyObject_GetAttrString(zstd.get(), "zstd") : nullptr);
  if (frames) decompress_into = PyObject_GetAttrString(frames.get(), "decompress_into");
  if (decompress_into != nullptr) errors = PyImport_ImportModule("rootae.errors");
  return errors != nullptr;
}

}  // namespace rootae::python
