// A full queue is waited for, not asked again and again.

#include "socket_wait.hpp"

#include <gtest/gtest.h>

#include <zmq.hpp>

#include "zmq_message.hpp"

namespace lamplight::bus::test {
namespace {

constexpr std::int64_t kLongUs = 60'000'000;

class WaitingForASocket : public testing::Test {
 protected:
  WaitingForASocket() {
    sender.set(zmq::sockopt::sndhwm, 1);
    receiver.set(zmq::sockopt::rcvhwm, 1);
    sender.set(zmq::sockopt::linger, 0);
    receiver.bind("inproc://a");
    sender.connect("inproc://a");
    wait.watch(sender.handle());
  }
  bool send() { return send_part(sender.handle(), as_bytes(std::string_view("x")), false); }
  void fill() {
    while (send()) wait.sent();
    wait.turned_away(sender.handle(), ZMQ_POLLIN | ZMQ_POLLOUT);
  }
  void look() {
    ReceivedMessage message;
    while (wait.may_receive()) {
      if (!message.receive(sender.handle())) wait.found_nothing();
    }
  }

  zmq::context_t context;
  zmq::socket_t sender{context, zmq::socket_type::dealer};
  zmq::socket_t receiver{context, zmq::socket_type::dealer};
  ReceivedMessage received;
  Wake wake;
  SocketWait wait;
};

TEST_F(WaitingForASocket, AFullQueueIsNoReasonToLookAgain) {
  fill();
  look();

  ASSERT_FALSE(send());
  wait.turned_away(sender.handle(), ZMQ_POLLIN | ZMQ_POLLOUT);

  EXPECT_FALSE(wait.may_receive());
}

TEST_F(WaitingForASocket, RoomInTheQueueEndsTheWait) {
  fill();
  look();
  while (received.receive(receiver.handle())) {
  }

  wait.wait(wake, true, kLongUs);

  EXPECT_TRUE(wait.may_receive());
  look();
  EXPECT_TRUE(send());
}

TEST_F(WaitingForASocket, AMessageThatASendTookNoticeOfIsLookedFor) {
  fill();
  look();
  ASSERT_TRUE(send_part(receiver.handle(), as_bytes(std::string_view("y")), false));

  ASSERT_FALSE(send()) << "which may take the descriptor's word away";
  wait.turned_away(sender.handle(), ZMQ_POLLIN);

  EXPECT_TRUE(wait.may_receive());
  EXPECT_TRUE(received.receive(sender.handle()));
}

TEST_F(WaitingForASocket, TheWakeEndsTheWaitAndIsCleared) {
  look();
  wake.ring();

  wait.wait(wake, true, kLongUs);
  wait.wait(wake, true, 0);

  EXPECT_FALSE(wait.may_receive());
}

}  // namespace
}  // namespace lamplight::bus::test
