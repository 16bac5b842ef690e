// What a file holds as ROOT reads it, said in records that another file's can be held against:
// compiled by cling as ROOT starts, and called by leaves.py.

#include <RZip.h>
#include <TBasket.h>
#include <TBranchElement.h>
#include <TBufferFile.h>
#include <TClass.h>
#include <TDataType.h>
#include <TDirectoryFile.h>
#include <TFile.h>
#include <TFriendElement.h>
#include <TKey.h>
#include <TLeaf.h>
#include <TLeafC.h>
#include <TList.h>
#include <TStreamerElement.h>
#include <TTree.h>
#include <TTreeIndex.h>
#include <TVirtualCollectionProxy.h>
#include <TVirtualStreamerInfo.h>

#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leaves {

using Text = std::string;

/// Records of a subject, a property and a value.
class Told {
   Text fText;

public:
   void say(const Text &subject, const Text &property, const Text &value)
   {
      fText += subject + '\x1f' + property + '\x1f' + value + '\x1e';
   }
   const Text &text() const { return fText; }
};

Text number(Long64_t value)
{
   return std::to_string(value);
}

/// Say two things in a row, apart.
template <typename... More>
Text row(const Text &first, const More &...more)
{
   Text all = first;
   ((all += Text(" | ") + more), ...);
   return all;
}

/// A checksum of what entries hold, and of each of sixteen parts of them: where files differ.
class Sum {
   static constexpr int kParts = 16;
   std::vector<size_t> fParts = std::vector<size_t>(kParts);
   Long64_t fEntries, fEntry = 0, fBytes = 0;

public:
   explicit Sum(Long64_t entries) : fEntries(entries) {}
   void add(const void *data, size_t bytes)
   {
      size_t &part = fParts[fEntries ? kParts * fEntry / fEntries : 0];
      std::string_view seen(static_cast<const char *>(data), bytes);
      part = (part ^ std::hash<std::string_view>{}(seen)) * 0x9E3779B97F4A7C15ull + bytes + 1;
      fBytes += bytes;
   }
   void add_size(Long64_t size) { add(&size, sizeof size); }
   void next() { ++fEntry; }
   Text text() const
   {
      Text all = number(fEntry) + " entries, " + number(fBytes) + " bytes:";
      for (size_t part : fParts)
         all += " " + std::to_string(part);
      return all;
   }
};

// --- what baskets hold ---------------------------------------------------------------------------

/// Add the bytes of every entry as baskets hold them, the basket's own places left out.
bool add_baskets(TBranch &branch, Sum &sum)
{
   for (int i = 0; i <= branch.GetWriteBasket(); ++i) {
      TBasket *basket = branch.GetBasket(i);
      if (!basket && i < branch.GetWriteBasket())
         return false;
      if (!basket || !basket->GetBufferRef())
         continue;
      const char *data = basket->GetBufferRef()->Buffer();
      int *places = basket->GetEntryOffset(), n = basket->GetNevBuf();
      int size = basket->GetNevBufSize(), last = basket->GetLast();
      auto place = [&](int k) { return places ? places[k] : basket->GetKeylen() + k * size; };
      for (int k = 0; k < n; ++k) {
         int end = k + 1 < n ? place(k + 1) : last;
         if (place(k) > end || end > basket->GetBufferRef()->BufferSize())
            return false;
         sum.add(data + place(k), end - place(k));
         sum.next();
      }
      branch.DropBaskets();
   }
   return true;
}

/// Say whether all that a class holds are numbers or texts in a row, however nested.
bool is_plain_collection(TClass *type)
{
   TVirtualCollectionProxy *proxy = type ? type->GetCollectionProxy() : nullptr;
   if (!proxy || proxy->HasPointers() || (proxy->GetProperties() & TVirtualCollectionProxy::kIsAssociative))
      return false;
   TClass *inner = proxy->GetValueClass();
   return inner ? inner == TClass::GetClass<Text>() || is_plain_collection(inner)
                : proxy->GetType() > 0;
}

/// Add the elements of a collection.
void add_elements(TClass *type, void *at, Sum &sum)
{
   TVirtualCollectionProxy *proxy = type->GetCollectionProxy();
   TVirtualCollectionProxy::TPushPop here(proxy, at);
   TClass *inner = proxy->GetValueClass();
   const size_t size = proxy->Size();
   sum.add_size(size);
   for (size_t i = 0; i < size; ++i) {
      void *element = proxy->At(i);
      if (inner == TClass::GetClass<Text>())
         sum.add(static_cast<Text *>(element)->data(), static_cast<Text *>(element)->size());
      else if (inner)
         add_elements(inner, element, sum);
      else
         sum.add(element, TDataType::GetDataType(proxy->GetType())->Size());
   }
}

/// Add what a branch of a collection gives for every entry.
bool add_collections(TBranch &branch, TClass *type, Sum &sum)
{
   void *object = type->New();
   branch.SetAddress(&object);
   bool whole = true;
   for (Long64_t i = 0; whole && i < branch.GetEntries(); ++i) {
      whole = branch.GetEntry(i) >= 0;
      if (whole)
         add_elements(type, object, sum);
      sum.next();
   }
   branch.ResetAddress();
   type->Destructor(object);
   return whole;
}

// --- what leaves give ----------------------------------------------------------------------------

void add_leaf(TLeaf &leaf, Sum &sum)
{
   auto at = static_cast<const char *>(leaf.GetValuePointer());
   size_t bytes = leaf.InheritsFrom(TLeafC::Class()) ? std::string_view(at).size()
                                                     : size_t(leaf.GetLen()) * leaf.GetLenType();
   sum.add(at, bytes);
   sum.next();
}

/// Say the bytes of every leaf of an ordinary branch, for every entry.
void tell_leaves(const Text &subject, TBranch &branch, Told &told)
{
   std::vector<TLeaf *> all;
   for (TObject *each : *branch.GetListOfLeaves())
      all.push_back(static_cast<TLeaf *>(each));
   std::vector<Sum> sums(all.size(), Sum(branch.GetEntries()));
   bool whole = true;
   for (Long64_t i = 0; whole && i < branch.GetEntries(); ++i) {
      for (TLeaf *leaf : all)
         if (leaf->GetLeafCount() && leaf->GetLeafCount()->GetBranch() != &branch)
            leaf->GetLeafCount()->GetBranch()->GetEntry(i);
      whole = branch.GetEntry(i) >= 0;
      for (size_t k = 0; whole && k < all.size(); ++k)
         add_leaf(*all[k], sums[k]);
   }
   for (size_t k = 0; k < all.size(); ++k)
      told.say(subject, Text("bytes of leaf ") + all[k]->GetName(),
               whole ? sums[k].text() : "unreadable");
}

/// Say what a branch of objects holds, as its baskets do and, where these may do so in several ways,
/// as ROOT gives it: files agree where one of the two does.
void tell_objects(const Text &subject, TBranch &branch, Told &told)
{
   Sum stored(branch.GetEntries());
   Text all = add_baskets(branch, stored) ? stored.text() : "unreadable";
   TClass *type = TClass::GetClass(branch.GetClassName());
   if (!branch.GetListOfBranches()->GetEntriesFast() && is_plain_collection(type)) {
      Sum given(branch.GetEntries());
      all += "\n" + (add_collections(branch, type, given) ? given.text() : Text("unreadable"));
   }
   told.say(subject, "bytes", all);
}

// --- branches ------------------------------------------------------------------------------------

Text kind_of(TBranch &branch)
{
   Text all = row(branch.ClassName(), branch.GetClassName(), branch.GetTitle());
   if (auto element = dynamic_cast<TBranchElement *>(&branch))
      all += row("", "type " + number(element->GetType()), "id " + number(element->GetID()),
                 "of " + Text(element->GetParentName()), "counter " +
                 Text(element->GetBranchCount() ? element->GetBranchCount()->GetName() : ""));
   return all;
}

void tell_branches(const Text &tree, const Text &above, TObjArray &branches, Told &told)
{
   for (TObject *each : branches) {
      auto &branch = *static_cast<TBranch *>(each);
      const Text subject = tree + ":" + above + branch.GetName();
      told.say(tree, "branches in order", above + branch.GetName());
      told.say(subject, "kind and title", kind_of(branch));
      told.say(subject, "entries", number(branch.GetEntries()));
      if (*branch.GetFileName())
         told.say(subject, "lies in another file", branch.GetFileName());
      if (branch.IsA() == TBranch::Class())
         tell_leaves(subject, branch, told);
      else
         tell_objects(subject, branch, told);
      tell_branches(tree, above + branch.GetName() + "/", *branch.GetListOfBranches(), told);
   }
}

Text kind_of(TLeaf &leaf)
{
   TLeaf *count = leaf.GetLeafCount();
   // the length of texts is room for the longest, of which there may be more
   const bool text = leaf.InheritsFrom(TLeafC::Class());
   return row(leaf.ClassName(), leaf.GetTitle(), leaf.GetTypeName(),
              text ? "" : "length " + number(leaf.GetLenStatic()), leaf.IsUnsigned() ? "unsigned" : "signed",
              count ? row(count->GetBranch()->GetName(), count->GetName()) : "no counter");
}

void tell_list_of_leaves(const Text &tree, TTree &found, Told &told)
{
   for (TObject *each : *found.GetListOfLeaves()) {
      auto &leaf = *static_cast<TLeaf *>(each);
      const Text name = Text(leaf.GetBranch()->GetName()) + "." + leaf.GetName();
      told.say(tree, "leaves in order", name);
      told.say(tree + ":" + leaf.GetBranch()->GetName(), Text("leaf ") + leaf.GetName(),
               kind_of(leaf));
   }
}

// --- trees ---------------------------------------------------------------------------------------

Text streamed(TObject &object)
{
   TBufferFile buffer(TBuffer::kWrite);
   object.Streamer(buffer);
   Sum sum(1);
   sum.add(buffer.Buffer(), buffer.Length());
   sum.next();
   return sum.text();
}

void tell_attached(const Text &tree, TTree &found, Told &told)
{
   if (TList *aliases = found.GetListOfAliases())
      for (TObject *each : *aliases)
         told.say(tree, "alias", row(each->GetName(), each->GetTitle()));
   for (TObject *each : *found.GetUserInfo())
      told.say(tree, "user information",
               row(each->ClassName(), each->GetName(), each->GetTitle(), streamed(*each)));
   if (TList *friends = found.GetListOfFriends())
      for (TObject *each : *friends)
         told.say(tree, "friend", row(each->GetName(), each->GetTitle(),
                                      static_cast<TFriendElement *>(each)->GetTreeName()));
}

void tell_index(const Text &tree, TTree &found, Told &told)
{
   auto index = dynamic_cast<TTreeIndex *>(found.GetTreeIndex());
   if (!index)
      return;
   Sum sum(1);
   for (Long64_t *values : {index->GetIndexValues(), index->GetIndexValuesMinor(), index->GetIndex()})
      if (values)
         sum.add(values, index->GetN() * sizeof *values);
   told.say(tree, "index", row(index->GetMajorName(), index->GetMinorName(), sum.text()));
}

void tell_tree(const Text &path, TTree &tree, Told &told)
{
   told.say(path, "class of the tree", tree.ClassName());
   told.say(path, "name and title of the tree", row(tree.GetName(), tree.GetTitle()));
   told.say(path, "entries", number(tree.GetEntries()));
   told.say(path, "weight", std::to_string(tree.GetWeight()));
   tell_attached(path, tree, told);
   tell_index(path, tree, told);
   tell_list_of_leaves(path, tree, told);
   tell_branches(path, "", *tree.GetListOfBranches(), told);
}

// --- keys ----------------------------------------------------------------------------------------

/// Return what a key holds, uncompressed; nothing if it cannot be had.
std::vector<char> payload(TKey &key, TFile &file)
{
   std::vector<char> stored(key.GetNbytes()), all(key.GetObjlen());
   if (file.ReadBuffer(stored.data(), key.GetSeekKey(), key.GetNbytes()))
      return {};
   auto from = reinterpret_cast<unsigned char *>(stored.data()) + key.GetKeylen();
   auto to = reinterpret_cast<unsigned char *>(all.data()), end = to + all.size();
   if (key.GetObjlen() <= key.GetNbytes() - key.GetKeylen()) {
      std::copy(from, from + all.size(), to);
      return all;
   }
   while (to < end) {
      int packed = 0, room = 0, done = 0;
      if (R__unzip_header(&packed, from, &room))
         return {};
      R__unzip(&packed, from, &room, to, &done);
      if (!done)
         return {};
      from += packed;
      to += done;
   }
   return all;
}

void tell_object(const Text &subject, TKey &key, TFile &file, Told &told)
{
   const std::vector<char> all = payload(key, file);
   Sum sum(1);
   sum.add(all.data(), all.size());
   sum.next();
   told.say(subject, "content", all.empty() && key.GetObjlen() ? "unreadable" : sum.text());
}

/// Say whether a class is a tree that has data of its own.
bool is_tree(TClass *type)
{
   return type && type->InheritsFrom("TTree") && !type->InheritsFrom("TChain");
}

/// Read the tree that an object of a class begins with of which ROOT has the description only.
TTree *derived_tree(TKey &key, TClass *type, TFile &file)
{
   const std::vector<char> all = payload(key, file);
   std::vector<char> room(key.GetKeylen()); // places of classes count from where the key begins
   room.insert(room.end(), all.begin(), all.end());
   TBufferFile buffer(TBuffer::kRead, room.size(), room.data(), false);
   buffer.SetParent(&file);
   buffer.SetBufferOffset(key.GetKeylen());
   auto tree = new TTree;
   while (type && type != TTree::Class()) { // each begins with what it inherits from
      buffer.ReadVersion();
      auto base = dynamic_cast<TStreamerBase *>(type->GetStreamerInfo()->GetElements()->First());
      type = base ? base->GetClassPointer() : nullptr;
   }
   TDirectory::TContext here(&file);
   tree->Streamer(buffer);
   tree->SetDirectory(nullptr);
   tree->SetDirectory(&file); // and with it the file of all branches
   return tree;
}

void tell_keys(TDirectory &directory, const Text &path, TFile &file, Told &told)
{
   for (TObject *each : *directory.GetListOfKeys()) {
      auto &key = *static_cast<TKey *>(each);
      const Text name = path + key.GetName(), subject = name + ";" + number(key.GetCycle());
      TClass *type = TClass::GetClass(key.GetClassName());
      told.say(path, "keys in order", subject);
      told.say(subject, "class and title", row(key.GetClassName(), key.GetTitle()));
      if (type && type->InheritsFrom("TDirectory")) {
         auto inner = static_cast<TDirectory *>(key.ReadObjectAny(TDirectory::Class()));
         told.say(subject, "title of the directory", inner ? inner->GetTitle() : "unreadable");
         if (inner)
            tell_keys(*inner, name + "/", file, told);
      } else if (is_tree(type)) {
         std::unique_ptr<TTree> tree(type->IsLoaded()
                                        ? static_cast<TTree *>(key.ReadObjectAny(TTree::Class()))
                                        : derived_tree(key, type, file));
         if (tree)
            tell_tree(subject, *tree, told);
         else
            told.say(subject, "entries", "unreadable");
      } else {
         tell_object(subject, key, file, told);
      }
   }
}

/// Write what a file holds to a file of records, which appears whole or not at all.
bool tell(const char *path, const char *target)
{
   std::unique_ptr<TFile> file(TFile::Open(path));
   if (!file || file->IsZombie())
      return false;
   Told told;
   told.say("", "title of the file", file->GetTitle());
   tell_keys(*file, "", *file, told);
   const Text part = Text(target) + ".part";
   std::ofstream(part, std::ios::binary) << told.text();
   return !std::rename(part.c_str(), target);
}

} // namespace leaves
