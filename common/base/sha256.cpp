#include "base/sha256.hpp"

#include <openssl/evp.h>

#include "base/check.hpp"

namespace lamplight {

namespace {
EVP_MD_CTX* as_context(void* p) { return static_cast<EVP_MD_CTX*>(p); }

// Fetched once: EVP_sha256() alone makes OpenSSL 3 look the algorithm up at every init.
const EVP_MD* algorithm() {
  static const EVP_MD* const kMd = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  LAMPLIGHT_CHECK(kMd != nullptr, "OpenSSL offers SHA-256");
  return kMd;
}
}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  LAMPLIGHT_CHECK(
      context_ != nullptr && EVP_DigestInit_ex(as_context(context_), algorithm(), nullptr) == 1,
      "SHA-256 starts");
}
Sha256::~Sha256() { EVP_MD_CTX_free(as_context(context_)); }

void Sha256::update(Bytes bytes) {
  LAMPLIGHT_CHECK(EVP_DigestUpdate(as_context(context_), bytes.data(), bytes.size()) == 1,
                  "SHA-256 runs");
}

ChainHash Sha256::finish() {
  ChainHash out;
  unsigned size = 0;
  LAMPLIGHT_CHECK(
      EVP_DigestFinal_ex(as_context(context_), out.bytes.data(), &size) == 1 && size == 32,
      "SHA-256 ends");
  LAMPLIGHT_CHECK(EVP_DigestInit_ex(as_context(context_), algorithm(), nullptr) == 1,
                  "SHA-256 starts again");
  return out;
}

ChainHash sha256(Bytes bytes) {
  thread_local Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace lamplight
