// Uses each rung a little, so that every one must be in the library.
#include <parley/parley.h>
#include <parley/transport/endpoint.h>
#include <parley/transport/transport_error.h>
#include <parley/wire/envelope.h>
#include <parley/wire/wire_error.h>

#include <iostream>
#include <string>

int main() {
  // Exceptions of the library are caught by their type, also out of a shared one.
  try {
    parley::Endpoint::Named("no/name");
    return 1;
  } catch (const parley::TransportError& error) {
    if (error.reason() != parley::TransportError::Reason::kBadAddress) return 2;
  }
  try {
    parley::Envelope envelope;
    parley::DecodeEnvelope("\x08", envelope);
    return 3;
  } catch (const parley::WireError& error) {
    if (error.rule() != "F-5") return 4;
  }
  try {
    parley::Client::Connect(parley::Address::Of("nobody-serves-this-name"));
    return 5;
  } catch (const parley::RpcException& error) {
    if (error.code() != parley::Code::kUnavailable) return 6;
  }
  std::cout << "consumer works" << std::endl;
  return 0;
}
