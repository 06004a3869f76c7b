#include "identity/officers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/officers.hpp"

namespace lamplight::identity {
namespace {

using ::testing::ElementsAre;

const std::string kWang = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
const std::string kLi = "aa1c0ad29b7e83650d1fa2c4b6e8f014";

/// A log of officers, event by event.
class OfficersFold : public ::testing::Test {
 protected:
  void added(const std::string& key, std::vector<std::string_view> roles,
             std::vector<std::string_view> units = {}) {
    OfficerAdded said;
    said.officer = key;
    said.roles = std::move(roles);
    said.units = std::move(units);
    said.actor = "cli/officer";
    tell(kOfficerAdded, said);
  }
  void changed(const std::string& key, std::vector<std::string_view> roles) {
    OfficerChanged said;
    said.officer = key;
    said.roles = std::move(roles);
    tell(kOfficerChanged, said);
  }
  void revoked(const std::string& key) {
    OfficerRevoked said;
    said.officer = key;
    tell(kOfficerRevoked, said);
  }
  template <typename T>
  void tell(std::string_view subject, const T& said) {
    MsgpackWriter out;
    encode(said, out);
    tell_bytes(subject, out.bytes());
  }
  void tell_bytes(std::string_view subject, Bytes payload) {
    Event event;
    event.subject = subject;
    event.payload = payload;
    event.offset = offset_ = offset_.next();
    officers.evolve(event);
  }
  static std::string bytes_of(const Officers& officers) {
    MsgpackWriter out;
    officers.save(out);
    return out.take();
  }

  Officers officers;

 private:
  Offset offset_;
};

TEST_F(OfficersFold, AnOfficerHasTheRolesAndUnitsThatWereSaidLast) {
  added(kWang, {"operator"}, {"operations_centre"});
  changed(kWang, {"duty_chief", "auditor"});

  const Officer* wang = officers.find(kWang);
  ASSERT_NE(wang, nullptr);
  EXPECT_TRUE(wang->roles.has(Role::kDutyChief) && wang->roles.has(Role::kAuditor));
  EXPECT_FALSE(wang->roles.has(Role::kOperator));
  EXPECT_FALSE(wang->in_unit("operations_centre"));
  EXPECT_EQ(wang->changed, Offset{2});
}

TEST_F(OfficersFold, RevokedIsForGood) {
  added(kWang, {"operator"});
  revoked(kWang);
  added(kWang, {"duty_chief"});
  changed(kWang, {"duty_chief"});

  const Officer* wang = officers.find(kWang);
  ASSERT_NE(wang, nullptr);
  EXPECT_TRUE(wang->revoked);
  EXPECT_FALSE(wang->roles.has(Role::kDutyChief));
}

TEST_F(OfficersFold, AKeyIsAddedOnceAndNobodyIsChangedWhoIsNotThere) {
  added(kWang, {"operator"});
  added(kWang, {"duty_chief"});
  changed(kLi, {"duty_chief"});

  EXPECT_TRUE(officers.find(kWang)->roles.has(Role::kOperator));
  EXPECT_EQ(officers.find(kLi), nullptr);
}

TEST_F(OfficersFold, RolesOfALaterVersionAndUnreadablePayloadsGiveNoRights) {
  added(kWang, {"chief_of_everything"});
  tell_bytes(kOfficerAdded, as_bytes("\xc1"));

  ASSERT_NE(officers.find(kWang), nullptr);
  EXPECT_TRUE(officers.find(kWang)->roles.empty());
  EXPECT_EQ(officers.all().size(), 1U);
}

TEST_F(OfficersFold, ASnapshotHoldsAllOfIt) {
  added(kLi, {"reviewer"}, {"wuma", "nanpu"});
  added(kWang, {"operator", "auditor"});
  revoked(kWang);
  const std::string saved = bytes_of(officers);

  Officers back;
  MsgpackReader reader(as_bytes(saved));
  back.load(reader);

  ASSERT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(bytes_of(back), saved);
  EXPECT_THAT(back.find(kLi)->units, ElementsAre("wuma", "nanpu"));
  EXPECT_TRUE(back.find(kWang)->revoked);
}

}  // namespace
}  // namespace lamplight::identity
