/* Arithmetic on columns whose every result is rounded as IEEE 754 says, and so is the same on every
   machine: nothing may be contracted, reordered or kept wider. `rootae.kernels.arithmetic` holds the same
   functions in numpy, for where this is not built; the tests hold the two against each other. */

#include "_buffers.h"
#include <float.h>
#include <math.h>

#if defined(__FAST_MATH__)
#error "sums must not be reordered: compile without -ffast-math"
#endif
#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "float64 is kept wider here: numpy does this instead"
#endif

#define CHUNK 512

#define KINDS "biuf"
#define OTHERWISE "arrays do not fit together"

/* add(total, column, coefficient): total += column * coefficient, in float64 or modulo 2^64. */
#define ADD_FLOAT(T)                                                                               \
    for (Py_ssize_t i = 0; i < n; i++)                                                             \
        ((double *)total->buf)[i] += (double)((const T *)column->buf)[i] * coefficient;

#define ADD(T)                                                                                     \
    if (kind_of(total) == 'f') { ADD_FLOAT(T) }                                                    \
    else                                                                                           \
        for (Py_ssize_t i = 0; i < n; i++)                                                         \
            ((uint64_t *)total->buf)[i] += (uint64_t)((const T *)column->buf)[i] * whole;

static int add_views(const Py_buffer *total, const Py_buffer *column, double coefficient)
{
    Py_ssize_t n = items(total);
    char kind = kind_of(column), wide = kind_of(total);
    if (items(column) != n || total->itemsize != 8 || !strchr("if", wide) || (wide == 'i' && kind == 'f')
        || (wide == 'i' && !(fabs(coefficient) <= 9007199254740992.0)))
        return 0;
    uint64_t whole = wide == 'i' ? (uint64_t)(int64_t)coefficient : 0;
    int size = (int)column->itemsize;
    Py_BEGIN_ALLOW_THREADS
    if (kind == 'f' && size == 4) { ADD_FLOAT(float) }
    else if (kind == 'f') { ADD_FLOAT(double) }
    else if (kind == 'i')
        switch (size) {
        case 1: ADD(int8_t) break;
        case 2: ADD(int16_t) break;
        case 4: ADD(int32_t) break;
        default: ADD(int64_t) break;
        }
    else
        switch (size) {
        case 1: ADD(uint8_t) break;
        case 2: ADD(uint16_t) break;
        case 4: ADD(uint32_t) break;
        default: ADD(uint64_t) break;
        }
    Py_END_ALLOW_THREADS
    return 1;
}

static PyObject *add(PyObject *self, PyObject *args)
{
    PyObject *objects[2];
    double coefficient;
    Py_buffer views[2];
    int had, fits = 0;
    if (!PyArg_ParseTuple(args, "OOd:add", &objects[0], &objects[1], &coefficient))
        return NULL;
    had = fetch_all(objects, views, 2, 1u << 0, KINDS);
    if (had == 2)
        fits = add_views(&views[0], &views[1], coefficient);
    return outcome(views, had, 2, fits, OTHERWISE);
}

/* exponential(x, coefficients, constants, out): e^x as 2^k times a polynomial of what is left.
   The constants are log2 e, ln 2 in two parts, and the largest |x| that is looked at. */
static void exponential_some(const double *x, const double *coefficients, Py_ssize_t terms,
                             const double *constants, double *out, Py_ssize_t n)
{
    const double shifter = 6755399441055744.0; /* 1.5 * 2^52: a sum with it is rounded to whole */
    const double most = constants[3];
    double rest[CHUNK];
    uint64_t power[CHUNK];
    for (Py_ssize_t i = 0; i < n; i++) {
        double v = x[i] - x[i] == 0.0 ? x[i] : 0.0;
        v = v > most ? most : v < -most ? -most : v;
        double shifted = v * constants[0] + shifter;
        double k = shifted - shifter;
        memcpy(&power[i], &shifted, 8);
        rest[i] = (v - k * constants[1]) - k * constants[2];
        out[i] = coefficients[0];
    }
    for (Py_ssize_t t = 1; t < terms; t++) {
        double c = coefficients[t];
        for (Py_ssize_t i = 0; i < n; i++)
            out[i] = out[i] * rest[i] + c;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        uint64_t bits = (power[i] - 0x4338000000000000u + 1023u) << 52;
        double scale;
        memcpy(&scale, &bits, 8);
        out[i] *= scale;
    }
}

static int exponential_views(const Py_buffer *x, const Py_buffer *coefficients,
                             const Py_buffer *constants, const Py_buffer *out)
{
    Py_ssize_t n = items(x), terms = items(coefficients);
    const Py_buffer *all[4] = {x, coefficients, constants, out};
    for (int k = 0; k < 4; k++)
        if (kind_of(all[k]) != 'f' || all[k]->itemsize != 8)
            return 0;
    if (items(out) != n || terms < 1 || items(constants) != 4
        || !(((const double *)constants->buf)[3] <= 700.0))
        return 0;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t from = 0; from < n; from += CHUNK)
        exponential_some((const double *)x->buf + from, coefficients->buf, terms, constants->buf,
                         (double *)out->buf + from, n - from < CHUNK ? n - from : CHUNK);
    Py_END_ALLOW_THREADS
    return 1;
}

static PyObject *exponential(PyObject *self, PyObject *args)
{
    PyObject *objects[4];
    Py_buffer views[4];
    int had, fits = 0;
    if (!PyArg_ParseTuple(args, "OOOO:exponential", &objects[0], &objects[1], &objects[2],
                          &objects[3]))
        return NULL;
    had = fetch_all(objects, views, 4, 1u << 3, KINDS);
    if (had == 4)
        fits = exponential_views(&views[0], &views[1], &views[2], &views[3]);
    return outcome(views, had, 4, fits, OTHERWISE);
}

/* nearest(x, below, middle, points, first, out): the code of the nearest point of a grid that has
   as many points in every octave; 0 for what is not finite. Below counts the boundaries under each
   bucket of an octave, middle are the boundaries. */
static int nearest_of(double x, const int64_t *below, int64_t buckets, const double *middle,
                      int64_t boundaries, int64_t points, int64_t first, int64_t *code)
{
    double magnitude = fabs(x);
    uint64_t bits;
    int exponent = 0;
    *code = 0;
    if (!(magnitude > 0.0) || !(magnitude <= DBL_MAX))
        return 1;
    if (magnitude < DBL_MIN) {
        magnitude *= 18014398509481984.0; /* 2^54 */
        exponent = -54;
    }
    memcpy(&bits, &magnitude, 8);
    exponent += (int)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
    memcpy(&magnitude, &bits, 8);
    int64_t index = below[(int64_t)((magnitude - 1.0) * (double)buckets)];
    if (index < 0 || index >= boundaries)
        return 0;
    index += middle[index] < magnitude;
    *code = exponent * points + index + first;
    *code = x < 0.0 ? -*code : *code;
    return 1;
}

#define NEAREST(T)                                                                                 \
    for (Py_ssize_t i = 0; fits && i < n; i++)                                                     \
        fits = nearest_of((double)((const T *)x->buf)[i], below->buf, items(below), middle->buf,   \
                          items(middle), points, first, (int64_t *)out->buf + i);

static int nearest_views(const Py_buffer *x, const Py_buffer *below, const Py_buffer *middle,
                         int64_t points, int64_t first, const Py_buffer *out)
{
    Py_ssize_t n = items(x);
    int fits = 1;
    if (items(out) != n || kind_of(x) != 'f' || kind_of(below) != 'i' || below->itemsize != 8
        || kind_of(middle) != 'f' || middle->itemsize != 8 || kind_of(out) != 'i'
        || out->itemsize != 8 || !items(below) || points < 1 || points > 1 << 20
        || first < -(1ll << 40) || first > 1ll << 40)
        return 0;
    Py_BEGIN_ALLOW_THREADS
    if (x->itemsize == 4) { NEAREST(float) }
    else { NEAREST(double) }
    Py_END_ALLOW_THREADS
    return fits;
}

static PyObject *nearest(PyObject *self, PyObject *args)
{
    PyObject *objects[4];
    long long points, first;
    Py_buffer views[4];
    int had, fits = 0;
    if (!PyArg_ParseTuple(args, "OOOLLO:nearest", &objects[0], &objects[1], &objects[2], &points,
                          &first, &objects[3]))
        return NULL;
    had = fetch_all(objects, views, 4, 1u << 3, KINDS);
    if (had == 4)
        fits = nearest_views(&views[0], &views[1], &views[2], points, first, &views[3]);
    return outcome(views, had, 4, fits, OTHERWISE);
}

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, "add(total, column, coefficient)"},
    {"exponential", exponential, METH_VARARGS, "exponential(x, coefficients, constants, out)"},
    {"nearest", nearest, METH_VARARGS, "nearest(x, below, middle, points, first, out)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT,
                                    "_arithmetic",
                                    "Compiled arithmetic on columns: see rootae.kernels.arithmetic.",
                                    0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__arithmetic(void) { return PyModule_Create(&module); }
