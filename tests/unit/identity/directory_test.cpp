#include "identity/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/production_env.hpp"
#include "identity/password.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::identity {
namespace {

const PasswordCost kCheap{1, 16U << 10};
const std::string kKey = "4f1c0ad29b7e83650d1fa2c4b6e8f013";

class DirectoryFile : public ::testing::Test {
 protected:
  void write(const std::string& text) {
    ASSERT_TRUE(disk().make_folder(folder_.path() + "/secrets").ok());
    ASSERT_TRUE(replace_file(disk(), path_, as_bytes(text)).ok());
  }
  Disk& disk() { return real_.env().disk; }

  test::TemporaryFolder folder_;
  std::string path_ = Directory::path_in(folder_.path());

 private:
  ProductionEnv real_;
};

TEST_F(DirectoryFile, KeepsNamesKeysAndHashesToItself) {
  Directory directory;
  const std::string hash = hash_password("a long password", kCheap).value();
  ASSERT_TRUE(directory.add({"李 \"值班\"", kKey, hash}).ok());
  ASSERT_TRUE(directory.save(disk(), path_).ok());

  const auto back = Directory::load(disk(), path_);

  ASSERT_TRUE(back.ok()) << back.error().message();
  ASSERT_EQ(back->entries().size(), 1U);
  EXPECT_EQ(back->by_officer(kKey)->name, "李 \"值班\"");
  EXPECT_EQ(back->by_name("李 \"值班\"")->password_hash, hash);
  struct stat about {};
  ASSERT_EQ(::stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder_.path() + "/secrets").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
}

TEST_F(DirectoryFile, IsEmptyWhereThereIsNone) {
  const auto directory = Directory::load(disk(), path_);
  ASSERT_TRUE(directory.ok());
  EXPECT_TRUE(directory->entries().empty());
}

TEST_F(DirectoryFile, RefusesNamesThatNobodyCouldTellApart) {
  Directory directory;
  ASSERT_TRUE(directory.add({"wang", kKey, "$argon2id$x"}).ok());
  EXPECT_EQ(directory.add({"wang", "other", "$argon2id$x"}).error().code(), Code::kExists);
  EXPECT_EQ(directory.add({"li", kKey, "$argon2id$x"}).error().code(), Code::kExists);
  for (const std::string name :
       {"", " li", "li ", "l\ni", "l\x7fi", "\xCD\xF5"}) {  // the last: 王 in GB18030
    const auto added = directory.add({name, "other", "$argon2id$x"});
    ASSERT_FALSE(added.ok()) << name;
    EXPECT_EQ(added.error().code(), Code::kInvalid) << name;
  }
  EXPECT_EQ(directory.add({std::string(65, 'a'), "other", "$argon2id$x"}).error().code(),
            Code::kInvalid);
}

TEST_F(DirectoryFile, IsNotReplacedByWhatWouldNotReadBack) {
  Directory directory;
  ASSERT_TRUE(directory.add({"wang", kKey, "$argon2id$x"}).ok());
  ASSERT_TRUE(directory.save(disk(), path_).ok());
  for (const DirectoryEntry& entry :
       {DirectoryEntry{"li", "\xCD\xF5", "$argon2id$x"}, DirectoryEntry{"li", "other", "no hash"},
        DirectoryEntry{"li", "", "$argon2id$x"}}) {
    Directory next = directory;
    ASSERT_TRUE(next.add(entry).ok());

    const auto saved = next.save(disk(), path_);

    ASSERT_FALSE(saved.ok());
    EXPECT_EQ(saved.error().code(), Code::kInvalid);
    const auto kept = Directory::load(disk(), path_);
    ASSERT_TRUE(kept.ok()) << kept.error().message();
    EXPECT_EQ(kept->entries(), directory.entries());
  }
}

TEST_F(DirectoryFile, SaysWhatIsWrongWithADamagedFile) {
  for (const char* text : {"", "[]", "{", R"({"officers":{}})", R"({"officers":[1]})",
                           R"({"officers":[{"name":"a","officer":"b","password":"plain"}]})",
                           R"({"officers":[{"name":"a","password":"$argon2id$x"}]})",
                           "{\"officers\":[{\"name\":\"\xff\"}]}"}) {
    write(text);
    const auto directory = Directory::load(disk(), path_);
    ASSERT_FALSE(directory.ok()) << text;
    EXPECT_EQ(directory.error().code(), Code::kInvalid) << text;
    EXPECT_THAT(directory.error().message(), ::testing::HasSubstr("officers.json"));
  }
}

TEST(Password, IsVerifiedByItsHashAlone) {
  const std::string hash = hash_password("a long password", kCheap).value();
  EXPECT_TRUE(hash.starts_with("$argon2id$")) << hash;
  EXPECT_TRUE(verify_password(hash, "a long password"));
  EXPECT_FALSE(verify_password(hash, "a long passwore"));
  EXPECT_FALSE(verify_password(hash, ""));
  EXPECT_FALSE(verify_password("no hash", "a long password"));
  EXPECT_NE(hash_password("a long password", kCheap).value(), hash) << "each has its own salt";
}

TEST(Password, HasALengthThatIsWorthHashing) {
  EXPECT_EQ(hash_password("eleven char", kCheap).error().code(), Code::kInvalid);
  EXPECT_EQ(hash_password(std::string(129, 'a'), kCheap).error().code(), Code::kInvalid);
}

TEST(Password, MadeAtRandomIsLongEnoughAndNeverTheSame) {
  ProductionEnv real;
  const std::string one = random_password(real.env().random);
  EXPECT_EQ(one.size(), 29U);
  EXPECT_TRUE(hash_password(one, kCheap).ok());
  EXPECT_NE(random_password(real.env().random), one);
  EXPECT_EQ(random_officer_key(real.env().random).size(), 32U);
}

}  // namespace
}  // namespace lamplight::identity
