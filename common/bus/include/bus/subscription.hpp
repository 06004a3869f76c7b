#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus/body.hpp"
#include "bus/broker.hpp"
#include "bus/filter.hpp"
#include "bus/outbound.hpp"
#include "bus/wire.hpp"
#include "log/log.hpp"

namespace lamplight::bus {

/// One subscription: where it has read to, and what it may still be sent. Owning thread only.
class Subscription {
 public:
  Subscription(PeerId peer, std::string consumer, const wire::Subscribe& request, Filter filter,
               std::unique_ptr<log::Reader> reader, log::Log& log);

  /// Room for one more message of any size?
  [[nodiscard]] bool has_credit() const {
    return credit_ >= wire::kMaxDeliverBytes + wire::kDeliverCost;
  }
  void add_credit(std::uint64_t bytes);
  /// Reads on, until a message is full, the synced end, or `most_bytes` are scanned; then `message` holds what is to be sent,
  /// if anything. The first message never reaches beyond the batch that holds the offset asked for: whoever restored a
  /// state compares the hash. Errors: the reader's (kDamaged, kIo).
  [[nodiscard]] Result<void> advance(std::size_t most_bytes);
  /// Nothing to read, nothing to send.
  [[nodiscard]] bool is_idle() const {
    return !message && ((end_told_ && !has_unread()) || !has_credit());
  }
  /// Bytes of frames that the last `advance` looked at.
  [[nodiscard]] std::size_t last_read() const { return last_read_; }
  /// A progress message when something was scanned that was not told; whether there is one now.
  bool tell_progress();

  struct Message {
    std::string control;
    std::string body;
    std::uint32_t events = 0;
  };
  std::optional<Message> message;  ///< built, not yet taken by the transport

  [[nodiscard]] const PeerId& peer() const { return peer_; }
  [[nodiscard]] const std::string& consumer() const { return consumer_; }
  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] Offset scanned() const { return scanned_; }
  [[nodiscard]] std::uint64_t credit() const { return credit_; }
  /// Whether the log holds synced events that were not scanned.
  [[nodiscard]] bool has_unread() const { return scanned_ < log_.synced(); }

 private:
  enum class Room { kLeft, kFull };
  [[nodiscard]] Room take_frame(const FrameView& frame, BodyWriter& body);
  [[nodiscard]] Room take_some(const FrameView& frame, Offset first, BodyWriter& body);
  void build(BodyWriter& body);
  [[nodiscard]] Result<void> learn_place();

  PeerId peer_;
  std::string consumer_;
  std::uint32_t id_;
  Filter filter_;
  std::unique_ptr<log::Reader> reader_;
  log::Log& log_;
  std::uint64_t credit_;

  std::shared_ptr<const log::Batch> batch_;  // being read; null between batches
  std::size_t frame_at_ = 0;                 // byte of the frame to read next in it
  Offset frame_first_;                       // and that frame's first offset
  Offset scanned_;
  Offset delivered_;  // scanned_ of the last message built
  std::size_t last_read_ = 0;
  std::optional<Offset> told_;
  bool opened_ = false;       // its first message is built
  bool end_told_ = false;     // it has heard once that it is at the end
  bool place_known_ = false;  // the next three speak of scanned_
  bool batch_end_ = false;
  ChainHash hash_;
  TimeUs time_;
};

}  // namespace lamplight::bus
