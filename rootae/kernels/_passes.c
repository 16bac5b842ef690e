/* Passes over a block's values that numpy would need several of.

   Every function takes and fills contiguous arrays through the buffer protocol and gives back
   nothing but counts. Lengths, kinds and every index are checked: contexts and tables come from
   files. `rootae.kernels.gather` holds the same functions in numpy, for where this is not built; the
   tests hold the two against each other. */

#include "_buffers.h"

#define INPUTS_AT_MOST 64

#define WHOLE "iu"

/* count(contexts, merge, counts): add up how often each context >> merge occurs. */
#define COUNT(T)                                                                                   \
    for (Py_ssize_t i = 0; i < n; i++) {                                                           \
        size_t c = (size_t)(((const T *)contexts->buf)[i] >> merge);                                \
        if (c >= room) { fits = 0; break; }                                                        \
        counts_[c]++;                                                                              \
    }

/* Bytes are counted in four tables: equal neighbours would wait for each other's sum. */
static int count_bytes(const uint8_t *contexts, Py_ssize_t n, unsigned int merge, int64_t *counts,
                       size_t room)
{
    uint32_t part[4][256];
    for (Py_ssize_t from = 0; from < n;) {
        Py_ssize_t stop = n - from < INT32_MAX ? n : from + INT32_MAX, i = from;
        memset(part, 0, sizeof part);
        for (; i + 4 <= stop; i += 4) {
            part[0][contexts[i]]++;
            part[1][contexts[i + 1]]++;
            part[2][contexts[i + 2]]++;
            part[3][contexts[i + 3]]++;
        }
        for (; i < stop; i++)
            part[0][contexts[i]]++;
        for (size_t c = 0; c < 256; c++) {
            uint64_t here = (uint64_t)part[0][c] + part[1][c] + part[2][c] + part[3][c];
            if (here && (c >> merge) >= room)
                return 0;
            if (here)
                counts[c >> merge] += (int64_t)here;
        }
        from = stop;
    }
    return 1;
}

static PyObject *count(PyObject *self, PyObject *args)
{
    PyObject *objects[2];
    unsigned int merge;
    Py_buffer views[2], *contexts = &views[0], *counts = &views[1];
    if (!PyArg_ParseTuple(args, "OIO:count", &objects[0], &merge, &objects[1]))
        return NULL;
    int had = fetch_all(objects, views, 2, 1u << 1, WHOLE);
    int fits = had == 2 && counts->itemsize == 8 && contexts->itemsize <= 4 && merge <= 8;
    if (fits) {
        Py_ssize_t n = items(contexts);
        size_t room = (size_t)items(counts);
        int64_t *counts_ = counts->buf;
        Py_BEGIN_ALLOW_THREADS
        switch (contexts->itemsize) {
        case 1: fits = count_bytes(contexts->buf, n, merge, counts_, room); break;
        case 2: COUNT(uint16_t) break;
        default: COUNT(uint32_t) break;
        }
        Py_END_ALLOW_THREADS
    }
    return outcome(views, had, 2, fits, "a context is beyond the table of counts");
}

/* scatter(runs, contexts, merge, cursors, lows, out): out[i] takes the next of its context's run,
   plus the run's low. Cursors are where each context's run begins, and where it ends afterwards. */
#define SCATTER(RUN, CONTEXT, OUT)                                                                 \
    for (Py_ssize_t i = 0; i < n; i++) {                                                           \
        size_t c = (size_t)(((const CONTEXT *)contexts->buf)[i] >> merge);                         \
        if (c >= room || (uint64_t)cursors_[c] >= total) { fits = 0; break; }                      \
        ((OUT *)out->buf)[i] =                                                                     \
            (OUT)((uint64_t)((const RUN *)runs->buf)[cursors_[c]++] + (uint64_t)lows_[c]);         \
    }

#define SCATTER_OF(RUN, CONTEXT)                                                                   \
    if (out->itemsize == 4) { SCATTER(RUN, CONTEXT, uint32_t) }                                    \
    else { SCATTER(RUN, CONTEXT, uint64_t) }

#define SCATTER_FROM(RUN)                                                                          \
    switch (contexts->itemsize) {                                                                  \
    case 1: SCATTER_OF(RUN, uint8_t) break;                                                        \
    case 2: SCATTER_OF(RUN, uint16_t) break;                                                       \
    default: SCATTER_OF(RUN, uint32_t) break;                                                      \
    }

static int scatter_views(const Py_buffer *runs, const Py_buffer *contexts, unsigned int merge,
                         const Py_buffer *cursors, const Py_buffer *lows, const Py_buffer *out)
{
    Py_ssize_t n = items(contexts);
    uint64_t total = (uint64_t)items(runs);
    size_t room = (size_t)items(cursors);
    int64_t *cursors_ = cursors->buf;
    const int64_t *lows_ = lows->buf;
    int fits = 1;
    if (items(out) != n || (size_t)items(lows) != room || merge > 8 || cursors->itemsize != 8
        || lows->itemsize != 8 || out->itemsize < 4 || contexts->itemsize > 4)
        return 0;
    Py_BEGIN_ALLOW_THREADS
    switch (runs->itemsize) {
    case 1: SCATTER_FROM(uint8_t) break;
    case 2: SCATTER_FROM(uint16_t) break;
    case 4: SCATTER_FROM(uint32_t) break;
    default: SCATTER_FROM(uint64_t) break;
    }
    Py_END_ALLOW_THREADS
    return fits;
}

static PyObject *scatter(PyObject *self, PyObject *args)
{
    PyObject *objects[5];
    unsigned int merge;
    Py_buffer views[5];
    int had, fits = 0;
    if (!PyArg_ParseTuple(args, "OOIOOO:scatter", &objects[0], &objects[1], &merge, &objects[2],
                          &objects[3], &objects[4]))
        return NULL;
    had = fetch_all(objects, views, 5, 1u << 2 | 1u << 4, WHOLE);
    if (had == 5)
        fits = scatter_views(&views[0], &views[1], merge, &views[2], &views[3], &views[4]);
    return outcome(views, had, 5, fits, "runs do not fit their contexts");
}

/* look(codes, low, table, out): out[i] = table[codes[i] - low], moved to the table's ends. */
#define LOOK(CODE, VALUE)                                                                          \
    for (Py_ssize_t i = 0; i < n; i++) {                                                           \
        CODE q = ((const CODE *)codes->buf)[i];                                                    \
        uint64_t k = (uint64_t)(int64_t)q - (uint64_t)low;                                         \
        if (k > last) k = q < low ? 0 : last;                                                      \
        ((VALUE *)out->buf)[i] = ((const VALUE *)table->buf)[k];                                   \
    }

#define LOOK_AT(CODE)                                                                              \
    switch (table->itemsize) {                                                                     \
    case 1: LOOK(CODE, uint8_t) break;                                                             \
    case 2: LOOK(CODE, uint16_t) break;                                                            \
    case 4: LOOK(CODE, uint32_t) break;                                                            \
    default: LOOK(CODE, uint64_t) break;                                                           \
    }

static int look_views(const Py_buffer *codes, int64_t low, const Py_buffer *table,
                      const Py_buffer *out)
{
    Py_ssize_t n = items(codes);
    if (items(out) != n || out->itemsize != table->itemsize || !items(table)
        || codes->itemsize < 4)
        return 0;
    uint64_t last = (uint64_t)items(table) - 1;
    Py_BEGIN_ALLOW_THREADS
    if (codes->itemsize == 4) { LOOK_AT(int32_t) }
    else { LOOK_AT(int64_t) }
    Py_END_ALLOW_THREADS
    return 1;
}

static PyObject *look(PyObject *self, PyObject *args)
{
    PyObject *objects[3];
    long long low;
    Py_buffer views[3];
    int had, fits = 0;
    if (!PyArg_ParseTuple(args, "OLOO:look", &objects[0], &low, &objects[1], &objects[2]))
        return NULL;
    had = fetch_all(objects, views, 3, 1u << 2, WHOLE);
    if (had == 3)
        fits = look_views(&views[0], low, &views[1], &views[2]);
    return outcome(views, had, 3, fits, "a table does not fit its codes");
}

/* follow(inputs, tables, widths, out): take every row through a diagram: in each step its state
   becomes table[state * width + input], moved to the table's end. */
#define CHUNK 2048

#define STEP(INPUT, STATE)                                                                         \
    for (Py_ssize_t i = 0; i < some; i++) {                                                        \
        uint64_t at = state[i] * width + ((const INPUT *)input->buf)[from + i];                    \
        state[i] = ((const STATE *)table->buf)[at > last ? last : at];                             \
    }

#define STEP_BY(INPUT)                                                                             \
    switch (table->itemsize) {                                                                     \
    case 1: STEP(INPUT, uint8_t) break;                                                            \
    case 2: STEP(INPUT, uint16_t) break;                                                           \
    default: STEP(INPUT, uint32_t) break;                                                          \
    }

static void step(uint64_t *state, Py_ssize_t from, Py_ssize_t some, const Py_buffer *input,
                 const Py_buffer *table, uint64_t width)
{
    uint64_t last = (uint64_t)items(table) - 1;
    switch (input->itemsize) {
    case 1: STEP_BY(uint8_t) break;
    case 2: STEP_BY(uint16_t) break;
    default: STEP_BY(uint32_t) break;
    }
}

static int all_bytes(const Py_buffer *views, Py_ssize_t steps)
{
    for (Py_ssize_t k = 0; k < steps; k++)
        if (views[k].itemsize != 1)
            return 0;
    return 1;
}

static uint64_t highest(const Py_buffer *view)
{
    const uint8_t *at = view->buf;
    uint8_t most = 0;
    for (Py_ssize_t i = 0; i < view->len; i++)
        most = at[i] > most ? at[i] : most;
    return most;
}

/* Whether no row can leave a table, so that the quick loop need not look. */
static int closed(const Py_buffer *inputs, const Py_buffer *tables, const uint64_t *widths,
                  Py_ssize_t steps)
{
    uint64_t states = 1;
    for (Py_ssize_t k = 0; k < steps; k++) {
        if (highest(&inputs[k]) >= widths[k] || states * widths[k] > (uint64_t)tables[k].len)
            return 0;
        states = highest(&tables[k]) + 1;
    }
    return 1;
}

/* With the number of steps known to the compiler, tables and inputs stay in registers. */
static inline void follow_rows(const uint8_t *const *input, const uint8_t *const *table,
                               const uint32_t *width, Py_ssize_t steps, uint8_t *out,
                               Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        uint32_t state = table[0][input[0][i]];
        for (Py_ssize_t k = 1; k < steps; k++)
            state = table[k][state * width[k] + input[k][i]];
        out[i] = (uint8_t)state;
    }
}

static void follow_quickly(const Py_buffer *inputs, const Py_buffer *tables,
                           const uint64_t *widths, Py_ssize_t steps, uint8_t *out, Py_ssize_t n)
{
    const uint8_t *input[INPUTS_AT_MOST], *table[INPUTS_AT_MOST];
    uint32_t width[INPUTS_AT_MOST];
    for (Py_ssize_t k = 0; k < steps; k++) {
        input[k] = inputs[k].buf;
        table[k] = tables[k].buf;
        width[k] = (uint32_t)widths[k];
    }
    switch (steps) {
    case 1: follow_rows(input, table, width, 1, out, n); break;
    case 2: follow_rows(input, table, width, 2, out, n); break;
    case 3: follow_rows(input, table, width, 3, out, n); break;
    case 4: follow_rows(input, table, width, 4, out, n); break;
    case 5: follow_rows(input, table, width, 5, out, n); break;
    case 6: follow_rows(input, table, width, 6, out, n); break;
    default: follow_rows(input, table, width, steps, out, n); break;
    }
}

static int follow_views(const Py_buffer *inputs, const Py_buffer *tables, const uint64_t *widths,
                        Py_ssize_t steps, const Py_buffer *out)
{
    Py_ssize_t n = items(out);
    for (Py_ssize_t k = 0; k < steps; k++)
        if (items(&inputs[k]) != n || !items(&tables[k]) || inputs[k].itemsize > 4
            || tables[k].itemsize > 4 || widths[k] > UINT32_MAX)
            return 0;
    if (out->itemsize > 2)
        return 0;
    int quick = steps > 0 && out->itemsize == 1 && all_bytes(inputs, steps) && all_bytes(tables, steps);
    Py_BEGIN_ALLOW_THREADS
    if (quick && closed(inputs, tables, widths, steps)) {
        follow_quickly(inputs, tables, widths, steps, out->buf, n);
        n = 0;
    }
    uint64_t state[CHUNK];
    for (Py_ssize_t from = 0; from < n; from += CHUNK) {
        Py_ssize_t some = n - from < CHUNK ? n - from : CHUNK;
        memset(state, 0, sizeof state);
        for (Py_ssize_t k = 0; k < steps; k++)
            step(state, from, some, &inputs[k], &tables[k], widths[k]);
        if (out->itemsize == 1)
            for (Py_ssize_t i = 0; i < some; i++) ((uint8_t *)out->buf)[from + i] = (uint8_t)state[i];
        else
            for (Py_ssize_t i = 0; i < some; i++)
                ((uint16_t *)out->buf)[from + i] = (uint16_t)state[i];
    }
    Py_END_ALLOW_THREADS
    return 1;
}

static PyObject *follow(PyObject *self, PyObject *args)
{
    PyObject *lists[3], *out;
    Py_buffer inputs[INPUTS_AT_MOST], tables[INPUTS_AT_MOST], result;
    uint64_t widths[INPUTS_AT_MOST];
    Py_ssize_t ins = 0, tabs = 0, steps;
    int fits = 0, ready = 0;
    if (!PyArg_ParseTuple(args, "O!O!O!O:follow", &PyList_Type, &lists[0], &PyList_Type, &lists[1],
                          &PyList_Type, &lists[2], &out))
        return NULL;
    steps = PyList_Size(lists[0]);
    if (steps > INPUTS_AT_MOST || PyList_Size(lists[1]) != steps || PyList_Size(lists[2]) != steps) {
        PyErr_SetString(PyExc_ValueError, "a diagram has too many steps, or lists differ in length");
        return NULL;
    }
    for (Py_ssize_t k = 0; k < steps; k++) {
        widths[k] = PyLong_AsUnsignedLongLong(PyList_GetItem(lists[2], k));
        if (PyErr_Occurred())
            return NULL;
    }
    while (ins < steps && fetch(PyList_GetItem(lists[0], ins), &inputs[ins], 0, WHOLE) == 0)
        ins++;
    while (ins == steps && tabs < steps && fetch(PyList_GetItem(lists[1], tabs), &tables[tabs], 0, WHOLE) == 0)
        tabs++;
    if (tabs == steps && ins == steps && fetch(out, &result, 1, WHOLE) == 0) {
        ready = 1;
        fits = follow_views(inputs, tables, widths, steps, &result);
        PyBuffer_Release(&result);
    }
    while (ins > 0)
        PyBuffer_Release(&inputs[--ins]);
    while (tabs > 0)
        PyBuffer_Release(&tables[--tabs]);
    if (!ready)
        return NULL;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "a diagram does not fit its inputs");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"count", count, METH_VARARGS, "count(contexts, merge, counts)"},
    {"scatter", scatter, METH_VARARGS, "scatter(runs, contexts, merge, cursors, lows, out)"},
    {"look", look, METH_VARARGS, "look(codes, low, table, out)"},
    {"follow", follow, METH_VARARGS, "follow(inputs, tables, widths, out)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT,
                                    "_passes",
                                    "Compiled passes over a block's values: see rootae.kernels.gather.",
                                    0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__passes(void) { return PyModule_Create(&module); }
