// Trees of whatever schema, filled with random values: compiled by cling, and called by trees.py.

#include <TBranch.h>
#include <TClass.h>
#include <TClonesArray.h>
#include <TCollectionProxyInfo.h>
#include <TLeaf.h>
#include <TLorentzVector.h>
#include <TRandom3.h>
#include <TTree.h>
#include <TVector3.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace trees {

using Text = std::string;

/// Where values come from, and of which style they are.
struct Draw {
   TRandom3 dice;
   Text style;

   double number()
   {
      if (style == "constant")
         return 3;
      if (style == "few")
         return int(dice.Integer(7)) - 2;
      if (style == "cut")
         return int(dice.Gaus() * 100) / 4.;
      return dice.Gaus() * 10;
   }
   /// Any bits at all where the style says so.
   template <typename T>
   T value()
   {
      if (style != "bits")
         return static_cast<T>(static_cast<Long64_t>(std::is_floating_point<T>() ? 0 : number())) +
                (std::is_floating_point<T>() ? static_cast<T>(number()) : T());
      unsigned char raw[sizeof(T)];
      for (auto &byte : raw)
         byte = dice.Integer(256);
      T drawn;
      std::memcpy(&drawn, raw, sizeof drawn);
      return drawn;
   }
   Text text(unsigned most)
   {
      Text drawn(dice.Integer(most), 'a');
      for (char &letter : drawn)
         letter = style == "bits" ? 1 + dice.Integer(255) : 'a' + dice.Integer(26);
      return drawn;
   }
};

template <>
inline bool Draw::value<bool>()
{
   return dice.Rndm() < 0.3;
}
template <>
inline Text Draw::value<Text>()
{
   return text(dice.Rndm() < 0.05 ? 400 : 9);
}

/// What one branch is filled from.
struct Cell {
   Text style;
   double share = 1; // of the tree's entries that the branch is filled with
   TBranch *branch = nullptr;
   virtual ~Cell() = default;
   virtual void count(Draw &) {}
   virtual void draw(Draw &) = 0;
};

// --- lists of leaves -----------------------------------------------------------------------------

constexpr int kRoom = 1 << 17;

struct Leaves : Cell {
   std::vector<char> room = std::vector<char>(kRoom);
   int most = 4; // that a counter counts

   template <typename T>
   void put(TLeaf &leaf, int n, Draw &draw)
   {
      T *at = static_cast<T *>(leaf.GetValuePointer());
      for (int k = 0; k < n; ++k)
         at[k] = leaf.IsRange() ? static_cast<T>(draw.dice.Integer(most + 1)) : draw.value<T>();
   }
   void put_text(TLeaf &leaf, Draw &draw)
   {
      std::strcpy(static_cast<char *>(leaf.GetValuePointer()), draw.value<Text>().c_str());
   }
   void put_any(TLeaf &leaf, Draw &draw)
   {
      const Text type = leaf.GetTypeName(), kind = leaf.ClassName();
      TLeaf *counter = leaf.GetLeafCount(); // whose maximum is raised as it is filled
      const int n = leaf.GetLenStatic() * (counter ? int(counter->GetValue()) : 1);
      if (kind == "TLeafC")
         put_text(leaf, draw);
      else if (type == "Bool_t")
         put<bool>(leaf, n, draw);
      else if (type == "Float_t" || type == "Float16_t")
         put<float>(leaf, n, draw);
      else if (type == "Double_t" || type == "Double32_t")
         put<double>(leaf, n, draw);
      else if (leaf.GetLenType() == 1)
         leaf.IsUnsigned() ? put<UChar_t>(leaf, n, draw) : put<Char_t>(leaf, n, draw);
      else if (leaf.GetLenType() == 2)
         leaf.IsUnsigned() ? put<UShort_t>(leaf, n, draw) : put<Short_t>(leaf, n, draw);
      else if (leaf.GetLenType() == 4)
         leaf.IsUnsigned() ? put<UInt_t>(leaf, n, draw) : put<Int_t>(leaf, n, draw);
      else
         leaf.IsUnsigned() ? put<ULong64_t>(leaf, n, draw) : put<Long64_t>(leaf, n, draw);
   }
   void each(bool counters, Draw &draw)
   {
      for (TObject *each : *branch->GetListOfLeaves())
         if (auto leaf = static_cast<TLeaf *>(each); leaf->IsRange() == counters)
            put_any(*leaf, draw);
   }
   void count(Draw &draw) override { each(true, draw); }
   void draw(Draw &draw) override { each(false, draw); }
};

// --- objects -------------------------------------------------------------------------------------

template <typename T>
struct Filled {
   static void draw(T &value, Draw &draw) { value = draw.value<T>(); }
};
template <typename T>
struct Filled<std::vector<T>> {
   static void draw(std::vector<T> &values, Draw &draw)
   {
      values.clear();
      for (unsigned n = draw.dice.Integer(4); n; --n) {
         T value;
         Filled<T>::draw(value, draw);
         values.push_back(value);
      }
   }
};
template <>
struct Filled<TVector3> {
   static void draw(TVector3 &value, Draw &draw)
   {
      value.SetXYZ(draw.number(), draw.number(), draw.number());
   }
};
template <>
struct Filled<TLorentzVector> {
   static void draw(TLorentzVector &value, Draw &draw)
   {
      value.SetXYZT(draw.number(), draw.number(), draw.number(), draw.number());
   }
};
template <>
struct Filled<TAttLine> {
   static void draw(TAttLine &value, Draw &draw)
   {
      value.SetLineColor(draw.dice.Integer(9));
      value.SetLineWidth(draw.number());
   }
};

template <typename T>
struct Object : Cell {
   T value;
   void draw(Draw &draw) override { Filled<T>::draw(value, draw); }
};

struct Clones : Cell {
   TClonesArray value{"TVector3", 4};
   void draw(Draw &draw) override
   {
      value.Clear();
      for (int k = 0, n = draw.dice.Integer(4); k < n; ++k)
         Filled<TVector3>::draw(*new (value[k]) TVector3, draw);
   }
};

/// Give ROOT what trees ask of vectors of vectors, which it has for few of them.
template <typename T>
void know_nested()
{
   using Info = ROOT::Detail::TCollectionProxyInfo;
   TClass *type = TClass::GetClass<std::vector<std::vector<T>>>();
   if (!type->HasDictionary())
      type->SetCollectionProxy(*Info::Generate(typename Info::Pushback<std::vector<std::vector<T>>>()));
}

// --- a tree --------------------------------------------------------------------------------------

/// A tree under way.
class Maker {
   TTree &fTree;
   std::vector<std::unique_ptr<Cell>> fCells;

   void keep(std::unique_ptr<Cell> cell, TBranch *branch, const Text &style, double share)
   {
      cell->branch = branch;
      cell->style = style;
      cell->share = share;
      fCells.push_back(std::move(cell));
   }

public:
   explicit Maker(TTree &tree) : fTree(tree) {}

   void leaves(const char *name, const char *list, const Text &style, double share, int most)
   {
      auto cell = std::make_unique<Leaves>();
      cell->most = most;
      TBranch *branch = fTree.Branch(name, cell->room.data(), list);
      keep(std::move(cell), branch, style, share);
   }
   template <typename T>
   void object(const char *name, const Text &style, double share, int split)
   {
      auto cell = std::make_unique<Object<T>>();
      TBranch *branch = fTree.Branch(name, &cell->value, 32000, split);
      keep(std::move(cell), branch, style, share);
   }
   void clones(const char *name, const Text &style, double share, int split)
   {
      auto cell = std::make_unique<Clones>();
      TBranch *branch = fTree.Branch(name, &cell->value, 32000, split);
      keep(std::move(cell), branch, style, share);
   }

   /// Fill all branches; some with fewer entries than the tree, or with more.
   void fill(Long64_t entries, unsigned seed, Long64_t saved)
   {
      Draw draw{TRandom3(seed), ""};
      bool even = true;
      for (auto &cell : fCells)
         even = even && cell->share == 1;
      for (Long64_t i = 0; i < 2 * entries; ++i) {
         for (bool counters : {true, false})
            for (auto &cell : fCells) {
               draw.style = cell->style;
               counters ? cell->count(draw) : cell->draw(draw);
            }
         if (even && i < entries)
            fTree.Fill();
         for (auto &cell : fCells)
            if (!even && i < cell->share * entries)
               cell->branch->Fill();
         if (even && i + 1 == saved)
            fTree.AutoSave();
         if (even && i + 1 >= entries)
            break;
      }
      if (!even)
         fTree.SetEntries(entries);
   }
};

} // namespace trees
