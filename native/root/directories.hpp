// What a file holds, by path: names are taken as they are, whatever TDirectory::Get would make of
// them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

class TBranch;
class TDirectory;
class TKey;
class TTree;

namespace rootae::root {

// The newest key of a name that is of a class, or of one derived from it; nullptr where there is
// none.
TKey* newest(TDirectory& in, std::string_view name, const char* kind);

// The directory, nullptr where there is none. It belongs to the one that it is in.
TDirectory* directory(TDirectory& in, std::string_view name);

// What has that path in a directory. Paths may have names with slashes only where nothing else has
// such a path.
std::unique_ptr<TTree> tree(TDirectory& in, std::string_view path);
// A tree's own branch of a name, nullptr where there is none; TTree::GetBranch does not survive
// what damaged files make of a tree.
TBranch* branch(TTree& tree, std::string_view name);
bool has_tree(TDirectory& in, std::string_view path);
// The content of a histogram's first bin, rounded; less than 0 where there is no such histogram.
long long content(TDirectory& in, std::string_view path);

// The path of a directory in its file: empty, or with a slash at its end.
std::string path_of(TDirectory& directory);

}  // namespace rootae::root
