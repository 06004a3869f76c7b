#include "crash_mark.hpp"

#include <array>
#include <cstring>

#include "base/logging.hpp"

namespace lamplight::runtime {

namespace {
// The range evolved now, the suspected range, its deaths, the versions of the code.
constexpr std::size_t kNumbers = 7;
using Numbers = std::array<std::uint64_t, kNumbers>;

std::span<std::uint8_t> bytes_of(Numbers& numbers) {
  return {reinterpret_cast<std::uint8_t*>(numbers.data()), sizeof numbers};
}
}  // namespace

CrashMark::CrashMark(Disk& disk, const std::string& folder, const Versions& versions)
    : path_(folder + "/evolving"), versions_(versions) {
  auto file = disk.make_folder(folder) ? disk.open(path_, OpenMode::kReadWrite)
                                       : Result<std::unique_ptr<File>>(Error(Code::kIo, folder));
  if (!file) file = disk.open(path_, OpenMode::kCreateOrTruncate);
  if (!file) {
    logging::warning("crashes not counted file={} why=\"{}\"", path_, file.error().message());
    return;
  }
  file_ = std::move(file).value();
  Numbers numbers{};
  const auto read = file_->read_at(0, bytes_of(numbers));
  const bool of_this_code = numbers[5] == versions_.state && numbers[6] == versions_.rules;
  if (!read || *read != sizeof numbers || !of_this_code) numbers = {};
  const Range died{numbers[0], numbers[1]};
  suspect_ = {numbers[2], numbers[3]};
  deaths_ = numbers[4];
  if (died.from != 0) {
    deaths_ = suspect_.meets(died.from, died.to) ? deaths_ + 1 : 1;
    suspect_ = died;
  }
  write();
}

std::optional<Offset> CrashMark::deadly() const {
  if (suspect_.from == 0 || deaths_ < kDeaths) return std::nullopt;
  return Offset{suspect_.from};
}

bool CrashMark::suspects(Offset from, Offset to) const {
  return suspect_.meets(from.value, to.value);
}

void CrashMark::enter(Offset from, Offset to) {
  now_ = {from.value, to.value};
  write();
}

void CrashMark::enter_one_of(Offset at, Offset last) {
  if (now_.from != 0) return;
  enter(at, suspects(at, last) ? at : last);
}

void CrashMark::leave_one() {
  if (now_.from == now_.to) leave();
}

void CrashMark::leave() {
  if (now_.from == 0) return;
  if (suspect_.from != 0 && now_.to >= suspect_.to) {
    suspect_ = {};
    deaths_ = 0;
  }
  now_ = {};
  write();
}

void CrashMark::write() {
  if (!file_) return;
  Numbers numbers{now_.from, now_.to,         suspect_.from,  suspect_.to,
                  deaths_,   versions_.state, versions_.rules};
  const auto done = file_->write_at(0, bytes_of(numbers));
  if (done) return;
  logging::warning("crashes no longer counted why=\"{}\"", done.error().message());
  file_.reset();
}

}  // namespace lamplight::runtime
