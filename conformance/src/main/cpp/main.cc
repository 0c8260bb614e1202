#include <parley/parley.h>

#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "conformance_service.h"
#include "line.h"
#include "messages.h"
#include "rendezvous.h"
#include "started_call.h"
#include "started_stream.h"

namespace conformance {

namespace {

Line Ok() { return Line("ok"); }
Line Unsupported() { return Line("unsupported"); }

parley::Address AddressOf(const Line& command) {
  return command.Has("address") ? parley::Address::Of(command.Word("address"))
                                : parley::Address::Path(command.Word("path"));
}

/// Plays servers and clients as the lines of its standard input say; PEERS.md has the lines. For
/// one thread.
class Program {
 public:
  Line Answer(const Line& command) {
    const auto verb = verbs_.find(command.verb());
    if (verb == verbs_.end()) {
      return Unsupported();
    }
    try {
      return (this->*verb->second)(command);
    } catch (const parley::RpcException& failure) {
      return Failed(failure);
    } catch (const std::exception& failure) {
      return Line("failed")
          .With("code", "UNKNOWN")
          .With("outcome", "NOT_SENT")
          .WithBytes("message", failure.what());
    }
  }

  /// Drops everything.
  void End() {
    rendezvous_.OpenAll();
    for (const auto& [number, client] : clients_) {
      client->CloseNow();
    }
    for (const auto& [number, server] : servers_) {
      server->CloseNow();
    }
  }

 private:
  using Verb = Line (Program::*)(const Line&);

  template <typename Builder>
  Builder& Set(Builder& builder, const Line& command) {
    builder.Name(command.Has("name") ? command.Bytes("name") : "cpp")
        .Payload(command.Bytes("payload"))
        .Retry(parley::RetryPolicy::kNone)  // A case sees each attempt as it is.
        .Service(v1::Conformance::Bind(service_))
        .Handlers(handlers_)
        .template OnEvent<v1::Note>(
            "note", [this](const v1::Note& note, parley::EventContext&) { service_.Note(note); });
    if (command.Has("max_calls")) {
      builder.MaxCalls(static_cast<std::uint32_t>(command.Number("max_calls")));
    }
    if (command.Has("max_frame")) {
      builder.MaxFrame(static_cast<std::uint32_t>(command.Number("max_frame")));
    }
    if (command.Has("max_message")) {
      builder.MaxMessage(command.Number("max_message"));
    }
    if (command.Has("window")) {
      builder.Window(command.Number("window"));
    }
    return builder;
  }

  Line Serve(const Line& command) {
    parley::Server::Builder builder(AddressOf(command));
    servers_[command.Number("server")] = Set(builder, command).Start();
    return Ok();
  }

  Line Stop(const Line& command) {
    const auto server = servers_.at(command.Number("server"));
    endings_[server.get()] = std::async(std::launch::async, [server] { server->Close(); });
    return Ok();
  }

  Line AwaitStop(const Line& command) {
    Drop(servers_, command.Number("server"));
    return Ok();
  }

  Line Connect(const Line& command) {
    parley::Client::Builder builder(AddressOf(command));
    std::shared_ptr<parley::Client> client = Set(builder, command).Connect();
    Line answer = Ok().WithBytes("peer", client->name());
    clients_[command.Number("connection")] = std::move(client);
    return answer;
  }

  Line StartCall(const Line& command) {
    parley::CallOptions options =
        parley::CallOptions().WithMetadata(ToMetadata(command.Word("metadata")));
    if (command.Has("timeout_us")) {
      options = options.WithTimeout(std::chrono::microseconds(command.Number("timeout_us")));
    }
    const auto client = ClientOf(command);
    const std::string method = command.Word("method");
    const std::string payload = command.Bytes("payload");
    if (command.Has("shape")) {
      streams_[command.Number("call")] =
          StartedStream::Start(*client, method, command.Word("shape"), payload, options,
                               command.Word("style") == "blocking");
      return Ok();
    }
    calls_[command.Number("call")] = command.Word("style") == "blocking"
                                         ? StartedCall::Blocking(client, method, payload, options)
                                         : StartedCall::Async(*client, method, payload, options);
    return Ok();
  }

  Line Send(const Line& command) {
    StreamOf(command).Send(command.Bytes("payload"),
                           command.Has("times") ? command.Number("times") : 1);
    return Ok();
  }

  Line Finish(const Line& command) {
    StreamOf(command).Finish();
    return Ok();
  }

  Line Read(const Line& command) {
    StreamOf(command).Read(command.Number("count"), command.Number("payloads") != 0);
    return Ok();
  }

  Line AwaitSent(const Line& command) { return StreamOf(command).AwaitSent(); }
  Line AwaitRead(const Line& command) { return StreamOf(command).AwaitRead(); }

  Line CloseStream(const Line& command) {
    StreamOf(command).Close();
    return Ok();
  }

  Line Cancel(const Line& command) {
    if (streams_.count(command.Number("call")) != 0) {
      return StreamOf(command).Cancel() ? Ok() : Unsupported();
    }
    return calls_.at(command.Number("call"))->Cancel() ? Ok() : Unsupported();
  }

  Line Await(const Line& command) {
    const auto stream = streams_.extract(command.Number("call"));
    if (!stream.empty()) {
      return stream.mapped()->Await();
    }
    const auto call = calls_.extract(command.Number("call"));
    return call.mapped()->Await();
  }

  Line Event(const Line& command) {
    SendEvent(*ClientOf(command), command.Word("name"), command.Bytes("payload"),
              ToMetadata(command.Word("metadata")));
    return Ok();
  }

  Line SendOneWay(const Line& command) {
    conformance::SendOneWay(*ClientOf(command), command.Word("method"), command.Bytes("payload"),
                            ToMetadata(command.Word("metadata")));
    return Ok();
  }

  Line Ping(const Line& command) {
    const auto trip = ClientOf(command)->Ping().get();
    return Ok().With("round_trip_us", std::to_string(trip.count() / 1000));
  }

  Line Close(const Line& command) {
    const auto client = ClientOf(command);
    endings_[client.get()] = std::async(std::launch::async, [client] { client->Close(); });
    return Ok();
  }

  Line AwaitClose(const Line& command) {
    ClientOf(command)->AwaitClosed();
    return Ok();
  }

  Line Abort(const Line& command) {
    if (command.Has("server")) {
      servers_.at(command.Number("server"))->CloseNow();
      Drop(servers_, command.Number("server"));
    } else {
      ClientOf(command)->CloseNow();
      Drop(clients_, command.Number("connection"));
    }
    return Ok();
  }

  Line OpenGate(const Line& command) {
    rendezvous_.Open(command.Word("gate"));
    return Ok();
  }

  Line WaitGate(const Line& command) {
    rendezvous_.Await(command.Word("gate"));
    return Ok();
  }

  Line TakeLog(const Line& command) {
    std::string notes;
    for (const std::string& note : rendezvous_.Take(command.Word("log"))) {
      notes += (notes.empty() ? "" : ",") + ToHex(note);
    }
    return Ok().With("notes", notes);
  }

  const std::shared_ptr<parley::Client>& ClientOf(const Line& command) {
    return clients_.at(command.Number("connection"));
  }

  StartedStream& StreamOf(const Line& command) { return *streams_.at(command.Number("call")); }

  /// Waits for a graceful end that was begun, and lets go.
  template <typename T>
  void Drop(std::map<std::uint64_t, std::shared_ptr<T>>& held, std::uint64_t number) {
    const auto ending = endings_.extract(held.at(number).get());
    if (!ending.empty()) {
      ending.mapped().get();
    }
    held.erase(number);
  }

  const std::map<std::string, Verb> verbs_ = {
      {"serve", &Program::Serve},
      {"stop", &Program::Stop},
      {"await-stop", &Program::AwaitStop},
      {"connect", &Program::Connect},
      {"start", &Program::StartCall},
      {"send", &Program::Send},
      {"finish", &Program::Finish},
      {"read", &Program::Read},
      {"await-sent", &Program::AwaitSent},
      {"await-read", &Program::AwaitRead},
      {"close-stream", &Program::CloseStream},
      {"cancel", &Program::Cancel},
      {"await", &Program::Await},
      {"event", &Program::Event},
      {"send-one-way", &Program::SendOneWay},
      {"ping", &Program::Ping},
      {"close", &Program::Close},
      {"await-close", &Program::AwaitClose},
      {"abort", &Program::Abort},
      {"open-gate", &Program::OpenGate},
      {"wait-gate", &Program::WaitGate},
      {"take-log", &Program::TakeLog},
  };

  /// What `Unary` is called without a schema.
  std::shared_ptr<parley::Handlers> WithoutASchema() {
    auto handlers = std::make_shared<parley::Handlers>();
    handlers->Respond<v1::UnaryRequest, v1::UnaryReply>(
        "plain", [this](const v1::UnaryRequest& request, parley::CallContext& context) {
          return service_.Unary(request, context);
        });
    return handlers;
  }

  Rendezvous rendezvous_;
  ConformanceService service_{rendezvous_};
  const std::shared_ptr<parley::Handlers> handlers_ = WithoutASchema();
  std::map<std::uint64_t, std::shared_ptr<parley::Server>> servers_;
  std::map<std::uint64_t, std::shared_ptr<parley::Client>> clients_;
  std::map<std::uint64_t, std::unique_ptr<StartedCall>> calls_;
  std::map<std::uint64_t, std::unique_ptr<StartedStream>> streams_;
  std::map<const void*, std::future<void>> endings_;
};

}  // namespace

}  // namespace conformance

int main() {
  std::ios::sync_with_stdio(false);
  std::cout << "peer language=cpp level=2 styles=blocking,async" << std::endl;
  conformance::Program program;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << program.Answer(conformance::Line::Parse(line)).ToString() << std::endl;
  }
  program.End();
}
