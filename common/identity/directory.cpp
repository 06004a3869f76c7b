#include "identity/directory.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace lamplight::identity {

namespace {

constexpr std::uint64_t kMaxFileBytes = 8U << 20;
constexpr std::string_view kHashPrefix = "$argon2id$";

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > Directory::kMaxNameBytes) return false;
  if (name.front() == ' ' || name.back() == ' ' || !is_utf8(name)) return false;
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7F; });
}

Error damaged(const std::string& path, const std::string& why) {
  return {Code::kInvalid,
          path + ": " + why + "; restore it from a backup, or remove it and add the officers anew"};
}

std::string member(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

std::string to_json(const std::vector<DirectoryEntry>& entries) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json(buffer);
  const auto put = [&json](const char* name, const std::string& value) {
    json.Key(name);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  json.Key("officers");
  json.StartArray();
  for (const DirectoryEntry& entry : entries) {
    json.StartObject();
    put("name", entry.name);
    put("officer", entry.officer);
    put("password", entry.password_hash);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string Directory::path_in(const std::string& data_folder) {
  return data_folder + "/secrets/officers.json";
}

Result<Directory> Directory::load(Disk& disk, const std::string& path) {
  if (!disk.exists(path)) return Directory{};
  const auto text = read_file(disk, path, kMaxFileBytes);
  if (!text) return text.error();
  auto read = parse(*text);
  if (!read) return damaged(path, read.error().message());
  return read;
}

Result<Directory> Directory::parse(std::string_view text) {
  const auto broken = [](const char* why) { return Error(Code::kInvalid, why); };
  Directory out;
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) return broken("no JSON object");
  const rapidjson::Value& object = document;
  const auto list = object.FindMember("officers");
  if (list == object.MemberEnd() || !list->value.IsArray()) return broken("no list \"officers\"");
  for (const rapidjson::Value& each : list->value.GetArray()) {
    if (!each.IsObject()) return broken("an officer is no object");
    DirectoryEntry entry{member(each, "name"), member(each, "officer"), member(each, "password")};
    if (entry.officer.empty() || !entry.password_hash.starts_with(kHashPrefix))
      return broken("an officer lacks key or password hash");
    if (auto added = out.add(std::move(entry)); !added) return added.error();
  }
  return out;
}

Result<void> Directory::save(Disk& disk, const std::string& path) const {
  const std::string text = to_json(entries_);
  const auto back = text.size() <= kMaxFileBytes
                        ? parse(text)
                        : Result<Directory>(Error(Code::kInvalid, "too long"));
  if (!back || back->entries_ != entries_) {
    return Error(Code::kInvalid, path + " is as it was: what was to be written does not read back" +
                                     (back ? std::string() : " (" + back.error().message() + ")"));
  }
  if (auto made = disk.make_folder(path.substr(0, path.find_last_of('/'))); !made) return made;
  return replace_file(disk, path, as_bytes(text));
}

Result<void> Directory::add(DirectoryEntry entry) {
  if (!is_name(entry.name)) {
    return Error(Code::kInvalid,
                 "an officer's name has 1 to 64 bytes of UTF-8, no control characters and no blank "
                 "at its ends");
  }
  if (by_name(entry.name) != nullptr || by_officer(entry.officer) != nullptr)
    return Error(Code::kExists, "there is an officer of this name already");
  if (entries_.size() >= kMaxOfficers)
    return Error(Code::kOverloaded, "there are as many officers as there may be");
  entries_.push_back(std::move(entry));
  return {};
}

bool Directory::remove(std::string_view name) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const DirectoryEntry& entry) { return entry.name == name; });
  if (found == entries_.end()) return false;
  entries_.erase(found);
  return true;
}

const DirectoryEntry* Directory::by_name(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const DirectoryEntry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

DirectoryEntry* Directory::by_name(std::string_view name) {
  return const_cast<DirectoryEntry*>(std::as_const(*this).by_name(name));
}

const DirectoryEntry* Directory::by_officer(std::string_view key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(),
                   [&](const DirectoryEntry& entry) { return entry.officer == key; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace lamplight::identity
