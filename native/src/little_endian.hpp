// Numbers are read as they lie in a file.
#pragma once

#ifdef __BYTE_ORDER__  // compilers that do not say it know such machines only
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
#endif
