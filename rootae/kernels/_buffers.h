/* Arrays of numbers through the buffer protocol, their kinds checked. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* The kind of an array's numbers: 'i' signed, 'u' unsigned, 'b' booleans, 'f' float64 or float32,
   0 for any other. */
static char kind_of(const Py_buffer *view)
{
    const char *format = view->format ? view->format : "B";
    if (*format == '<' || *format == '=' || *format == '@')
        format++;
    if (!*format || format[1])
        return 0;
    if (strchr("bhilq", *format))
        return 'i';
    if (strchr("BHILQ", *format))
        return 'u';
    if (*format == '?')
        return 'b';
    return strchr("fd", *format) ? 'f' : 0;
}

/* Take an array's memory, if it is contiguous and of one of the kinds. */
static int fetch(PyObject *from, Py_buffer *view, int writable, const char *kinds)
{
    int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(from, view, flags) < 0)
        return -1;
    if (!kind_of(view) || !strchr(kinds, kind_of(view))) {
        PyBuffer_Release(view);
        PyErr_SetString(PyExc_TypeError, "an array is not of the numbers that are wanted");
        return -1;
    }
    return 0;
}

/* Take several arrays; return how many could be taken before one could not. */
static int fetch_all(PyObject *const *from, Py_buffer *views, int wanted, unsigned int writable,
                     const char *kinds)
{
    int had = 0;
    while (had < wanted && fetch(from[had], &views[had], writable >> had & 1, kinds) == 0)
        had++;
    return had;
}

/* Give them back, and say how it went. */
static PyObject *outcome(Py_buffer *views, int had, int wanted, int fits, const char *otherwise)
{
    for (int k = 0; k < had; k++)
        PyBuffer_Release(&views[k]);
    if (had < wanted)
        return NULL;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, otherwise);
        return NULL;
    }
    Py_RETURN_NONE;
}

static Py_ssize_t items(const Py_buffer *view) { return view->len / view->itemsize; }
