// Python's side of the core, as one module: the interpreter lock is released while it works.
#include "python.hpp"

namespace {

PyModuleDef module = {PyModuleDef_HEAD_INIT, "rootae._native", "The core.", -1, nullptr, nullptr,
                      nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__native() {
  using namespace rootae::python;
  if (!prepare_decoding()) return nullptr;
  Owned made(PyModule_Create(&module));
  for (PyMethodDef* methods : {decoding_methods, draft_methods, grid_methods, lane_methods})
    if (made && PyModule_AddFunctions(made.get(), methods) != 0) return nullptr;
  return made.release();
}
