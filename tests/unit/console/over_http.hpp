#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "../intake/http_client.hpp"
#include "bench.hpp"

namespace lamplight::console::test {

using intake::test::HttpConnection;
using intake::test::Reply;

/// A console of its own for each test, and requests to it.
class OverHttp : public ::testing::Test, protected Bench {
 protected:
  Reply send(const std::string& method, const std::string& path, const std::string& token,
             const std::string& body = {}, const std::string& extra = {}) {
    HttpConnection connection(server->port());
    std::string head = method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
    if (!token.empty()) head += "Authorization: Bearer " + token + "\r\n";
    if (method == "POST") head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    connection.send(head + extra + "\r\n" + body);
    return connection.receive();
  }
  Reply get(const std::string& path, const std::string& token, const std::string& extra = {}) {
    return send("GET", path, token, {}, extra);
  }
  Reply post(const std::string& path, const std::string& token, const std::string& body = "{}",
             const std::string& extra = {}) {
    return send("POST", path, token, body, extra);
  }
};

}  // namespace lamplight::console::test
