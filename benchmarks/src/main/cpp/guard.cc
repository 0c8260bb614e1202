// Runs one operation of the codec so many times, for the guard to count its instructions.
//
//     guard                  says the compiler, then each operation, a line each
//     guard OPERATION TIMES  runs it

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <string>

#include "parley/wire/envelope.h"
#include "parley/wire/frame_reader.h"
#include "parley/wire/limits.h"

namespace {

const char kMethod[] = "parley.bench.v1.Bench/Echo";
constexpr std::size_t kLength = 4;

parley::Envelope Request(std::uint64_t id, const std::string& payload) {
  parley::Envelope request;
  request.type = parley::FrameType::kRequest;
  request.id = id;
  request.name = kMethod;
  request.timeout_us = 1'000'000;
  request.payload = payload;
  return request;
}

// Ids of three bytes throughout, so that each time costs the same.
constexpr std::uint64_t kFirstId = 100'001;

std::size_t Encode(long times) {
  const std::string payload(64, 'x');
  parley::Envelope request = Request(kFirstId, payload);
  std::string out;
  std::size_t sum = 0;
  for (long i = 0; i < times; ++i) {
    request.id += 2;
    out.clear();
    parley::AppendFrame(request, out);
    sum += out.size();
  }
  return sum;
}

std::size_t Decode(long times) {
  const std::string payload(64, 'x');
  std::string frame;
  parley::AppendFrame(Request(kFirstId, payload), frame);
  const std::string bytes = frame.substr(kLength);
  parley::Envelope into;
  std::size_t sum = 0;
  for (long i = 0; i < times; ++i) {
    parley::DecodeEnvelope(bytes, into);
    parley::CheckReceived(into);
    sum += into.payload.size();
  }
  return sum;
}

// Sixteen frames a read, as under load.
std::size_t ReadFrames(long times) {
  const std::string payload(64, 'x');
  std::string frames;
  for (std::uint64_t i = 0; i < 16; ++i) {
    parley::AppendFrame(Request(kFirstId + 2 * i, payload), frames);
  }
  parley::FrameReader reader;
  parley::Envelope into;
  std::size_t sum = 0;
  for (long i = 0; i < times; i += 16) {
    for (std::size_t at = 0; at < frames.size();) {
      const parley::FrameReader::Space room = reader.Room();
      const std::size_t part = std::min(room.size, frames.size() - at);
      std::memcpy(room.data, frames.data() + at, part);
      reader.Filled(part);
      at += part;
      while (reader.Next(into)) {
        sum += into.payload.size();
      }
    }
  }
  return sum;
}

const std::map<std::string, std::size_t (*)(long)>& Operations() {
  static const std::map<std::string, std::size_t (*)(long)> operations = {
      {"codec.encode", Encode}, {"codec.decode", Decode}, {"codec.read", ReadFrames}};
  return operations;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::cout << "C++ compiler " << __VERSION__ << '\n';
    for (const auto& [name, run] : Operations()) {
      std::cout << name << '\n';
    }
    return 0;
  }
  const auto operation = Operations().find(words[1]);
  if (operation == Operations().end()) {
    std::cerr << "no operation " << words[1] << '\n';
    return 2;
  }
  // Something must depend on the result, else it is not computed.
  return operation->second(std::atol(words[2])) == 0 ? 1 : 0;
}
