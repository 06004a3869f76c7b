#include "log_reader.hpp"

#include <memory>
#include <utility>

namespace lamplight::intake {

LogReader::~LogReader() {
  for (const std::shared_ptr<Read>& read : reads_) client_.unsubscribe(read->subscription);
}

void LogReader::read(std::string_view subject, Offset offset, std::int64_t now_us, Done done) {
  if (line_.size() >= options_.in_line) {
    done(Error(Code::kOverloaded, "too many reads wait; try again later"));
    return;
  }
  Read read;
  read.subject = subject;
  read.offset = offset;
  read.deadline_us = now_us + options_.timeout_us;
  read.done = std::move(done);
  line_.push_back(std::move(read));
}

void LogReader::begin(Read waiting) {
  auto read = std::make_shared<Read>(std::move(waiting));
  bus::SubscribeOptions options;
  options.from = read->offset;
  options.subjects = {read->subject};
  options.credit_bytes = 64U << 10;
  const std::weak_ptr<Read> weak = read;
  read->subscription = client_.subscribe(std::move(options), [weak](const bus::Delivery& delivery) {
    const std::shared_ptr<Read> wanted = weak.lock();
    if (!wanted || wanted->found || wanted->passed) return;
    for (const Event& event : *delivery.events) {
      if (event.offset != wanted->offset) continue;
      wanted->payload = as_text(event.payload);
      wanted->found = true;
      return;
    }
    wanted->passed = delivery.scanned >= wanted->offset;
  });
  reads_.push_back(std::move(read));
}

void LogReader::advance(std::int64_t now_us) {
  for (std::size_t i = 0; i < reads_.size();) {
    const std::shared_ptr<Read> read = reads_[i];
    const bool timed_out = read->deadline_us <= now_us;
    if (!read->found && !read->passed && !timed_out) {
      ++i;
      continue;
    }
    reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(i));
    finish(*read, timed_out);
  }
  while (!line_.empty() && reads_.size() < options_.at_once) {
    begin(std::move(line_.front()));
    line_.pop_front();
  }
}

void LogReader::finish(Read& read, bool timed_out) {
  client_.unsubscribe(read.subscription);
  if (read.found) {
    read.done(std::move(read.payload));
  } else if (timed_out && !read.passed) {
    read.done(Error(Code::kTimeout, "the log did not answer in time; try again later"));
  } else {
    read.done(Error(Code::kNotFound, "nothing of that kind at that offset"));
  }
}

}  // namespace lamplight::intake
