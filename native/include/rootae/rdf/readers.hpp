// Values of a block as RDataFrame asks for them: one number, or an array, an entry. Arrays lie where
// the block was decoded to, which threads share: they are there to be read.
#pragma once

#include <ROOT/RDF/RColumnReaderBase.hxx>
#include <ROOT/RVec.hxx>
#include <RtypesCore.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <typeinfo>
#include <utility>
#include <vector>

#include "rootae/rootae.h"

namespace rootae::rdf {

using Reader = ROOT::Detail::RDF::RColumnReaderBase;

// What threads write as they read lies so far apart that none waits for another's cache line, nor for
// the one beside it that comes with it.
constexpr std::size_t kApart = 128;

// What a slot has of a column in the block that it is at.
struct Values {
  bool is_decoded = false;
  bool is_asked = false;                   // since the block before
  const char* data = nullptr;              // these three: see root.h
  const std::uint64_t* offsets = nullptr;
  const std::uint64_t* outer = nullptr;
  std::size_t lanes = 1;  // elements of a row
};

// A column that somebody reads, and ROOT's own reader of it for files where it is not coded.
struct alignas(kApart) Use {
  Values values;
  std::unique_ptr<Reader> plain;
};

// Where a slot is.
class Place {
 public:
  virtual ~Place() = default;
  // Decodes a column of the block; false where it is not coded.
  virtual bool decode(Use& use) = 0;
  // Has ROOT read a column.
  virtual void* plain(Use& use, Long64_t entry) = 0;

  std::uint64_t first = 0;  // the block's first entry
};

// The rows of an entry, or the inner vectors: the first, and how many.
struct Rows {
  std::size_t first, count;

  Rows(const std::uint64_t* offsets, std::size_t entry) : first(entry), count(1) {
    if (!offsets) return;
    first = static_cast<std::size_t>(offsets[entry]);
    count = static_cast<std::size_t>(offsets[entry + 1]) - first;
  }
};

template <class T>
[[nodiscard]] T* values_at(const Values& values, std::size_t row) {
  return reinterpret_cast<T*>(const_cast<char*>(values.data)) + row * values.lanes;
}

// Each kind has one address for all entries of a file, which Snapshot gives to a branch once.
template <class T>
struct Number {
  T number{};

  void* at(const Values& values, std::size_t entry) {
    number = *values_at<T>(values, entry);
    return &number;
  }
};

// An RVec over the values themselves.
template <class T>
struct Array {
  ROOT::RVec<T> array;

  void* at(const Values& values, std::size_t entry) {
    const Rows rows(values.offsets, entry);
    array.~RVec();
    new (&array) ROOT::RVec<T>(values_at<T>(values, rows.first), rows.count * values.lanes);
    return &array;
  }
};

// A std::vector, which has values of its own.
template <class T>
struct Vector {
  std::vector<T> vector;

  void* at(const Values& values, std::size_t entry) {
    const Rows rows(values.offsets, entry);
    const T* from = values_at<T>(values, rows.first);
    vector.assign(from, from + rows.count * values.lanes);
    return &vector;
  }
};

// Vectors of vectors, both of any kind.
template <class Outer>
struct Nested {
  using Inner = typename Outer::value_type;
  Outer vectors;

  void* at(const Values& values, std::size_t entry) {
    const Rows outer(values.outer, entry);
    vectors.resize(outer.count);
    for (std::size_t i = 0; i < outer.count; ++i) {
      const Rows rows(values.offsets, outer.first + i);
      const auto* from = values_at<typename Inner::value_type>(values, rows.first);
      vectors[i] = Inner(from, from + rows.count);
    }
    return &vectors;
  }
};

// Reads a coded column as one of the kinds above.
template <class Kind>
class alignas(kApart) CodedReader final : public Reader {
 public:
  CodedReader(Place& place, Use& use) : place_(place), use_(use) {}

 private:
  void* GetImpl(Long64_t entry) override {
    auto& values = use_.values;
    if (!values.is_decoded && !place_.decode(use_)) return place_.plain(use_, entry);
    values.is_asked = true;
    const auto index = static_cast<std::uint64_t>(entry) - place_.first;
    return kind_.at(values, static_cast<std::size_t>(index));
  }

  Place& place_;
  Use& use_;
  Kind kind_;
};

// Reads a column that no file has coded.
class PlainReader final : public Reader {
 public:
  PlainReader(Place& place, Use& use) : place_(place), use_(use) {}

 private:
  void* GetImpl(Long64_t entry) override { return place_.plain(use_, entry); }

  Place& place_;
  Use& use_;
};

// What a column's entries are.
struct Shape {
  enum Kind { number, array, nested };

  std::int32_t type;  // of rootae.h
  Kind kind;

  bool operator!=(const Shape& other) const { return type != other.type || kind != other.kind; }
};

// Makes the reader of a column for a type that is asked for; null where it has no such one.
class Maker {
 public:
  Maker(Place& place, Use& use, const std::type_info& asked)
      : place_(place), use_(use), asked_(asked) {}

  [[nodiscard]] std::unique_ptr<Reader> made(Shape shape) const {
    switch (shape.type) {
      case ROOTAE_BOOL: return of<bool>(shape.kind);
      case ROOTAE_INT8: return either<Char_t, signed char>(shape.kind);
      case ROOTAE_INT16: return of<Short_t>(shape.kind);
      case ROOTAE_INT32: return of<Int_t>(shape.kind);
      case ROOTAE_INT64: return either<Long64_t, long>(shape.kind);
      case ROOTAE_UINT8: return of<UChar_t>(shape.kind);
      case ROOTAE_UINT16: return of<UShort_t>(shape.kind);
      case ROOTAE_UINT32: return of<UInt_t>(shape.kind);
      case ROOTAE_UINT64: return either<ULong64_t, unsigned long>(shape.kind);
      case ROOTAE_FLOAT32: return of<Float_t>(shape.kind);
      case ROOTAE_FLOAT64: return of<Double_t>(shape.kind);
      default: return nullptr;
    }
  }

 private:
  // Two names of C++'s for what is one to the processor.
  template <class T, class Other>
  [[nodiscard]] std::unique_ptr<Reader> either(Shape::Kind kind) const {
    if (auto reader = of<T>(kind)) return reader;
    return of<Other>(kind);
  }

  template <class T>
  [[nodiscard]] std::unique_ptr<Reader> of(Shape::Kind kind) const {
    using Inner = std::vector<T>;
    switch (kind) {
      case Shape::number: return first_of<T, Number<T>>();
      case Shape::array:
        if (auto reader = first_of<ROOT::RVec<T>, Array<T>>()) return reader;
        return first_of<std::vector<T>, Vector<T>, false>();
      default:
        if (auto reader = first_of<ROOT::RVec<Inner>, Nested<ROOT::RVec<Inner>>>()) return reader;
        if (auto reader = first_of<std::vector<Inner>, Nested<std::vector<Inner>>, false>())
          return reader;
        return first_of<ROOT::RVec<ROOT::RVec<T>>, Nested<ROOT::RVec<ROOT::RVec<T>>>, false>();
    }
  }

  // A kind of reader for a type, which is also taken where no type is asked for.
  template <class T, class Kind, bool is_usual = true>
  [[nodiscard]] std::unique_ptr<Reader> first_of() const {
    if (asked_ != typeid(T) && !(is_usual && asked_ == typeid(void))) return nullptr;
    return std::make_unique<CodedReader<Kind>>(place_, use_);
  }

  Place& place_;
  Use& use_;
  const std::type_info& asked_;
};

}  // namespace rootae::rdf
