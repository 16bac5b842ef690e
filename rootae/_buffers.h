/* Arrays of numbers through the buffer protocol, their kinds checked. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* The kind of an array's numbers: 'i' signed, 'u' unsigned (and booleans), 'f' float64 or float32,
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
    if (strchr("?BHILQ", *format))
        return 'u';
    return strchr("fd", *format) ? 'f' : 0;
}

static int fetch(PyObject *from, Py_buffer *view, int writable)
{
    int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(from, view, flags) < 0)
        return -1;
    if (!kind_of(view)) {
        PyBuffer_Release(view);
        PyErr_SetString(PyExc_TypeError, "an array is not of plain numbers");
        return -1;
    }
    return 0;
}

static Py_ssize_t items(const Py_buffer *view) { return view->len / view->itemsize; }
