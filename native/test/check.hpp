// A test is a program that says what went wrong and ends with 1.
#pragma once

#include <cstdio>
#include <cstdlib>

#define CHECK(what)                                                    \
  do {                                                                 \
    if (!(what)) {                                                     \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);  \
      std::exit(1);                                                    \
    }                                                                  \
  } while (false)

// Holds that a statement throws a rootae::Error of a kind.
#define REFUSED(statement, wanted)                                          \
  do {                                                                      \
    bool thrown = false;                                                    \
    try {                                                                   \
      statement;                                                            \
    } catch (const rootae::Error& error) {                                  \
      thrown = error.kind() == rootae::ErrorKind::wanted;                   \
    }                                                                       \
    if (!thrown) {                                                          \
      std::fprintf(stderr, "%s:%d: not refused: %s\n", __FILE__, __LINE__, #statement); \
      std::exit(1);                                                         \
    }                                                                       \
  } while (false)
