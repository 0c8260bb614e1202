#include "simulation/side.h"

#include <string>
#include <utility>

#include "simulation/simulated_call.h"
#include "simulation/simulated_handler.h"

namespace parley::simulation {

CallScript Calls::Plain() {
  CallScript script;
  script.nonce = drawn_++;
  return script;
}

void Calls::Add(std::shared_ptr<SimulatedCall> call) {
  world_.Check(call->script().nonce == all_.size(), "calls start in the order they are drawn");
  all_.push_back(std::move(call));
}

SimulatedCall& Calls::Find(std::string_view method) const {
  return *all_.at(std::stoul(std::string(method.substr(method.find('/') + 1))));
}

Timers::Ticket VirtualTimers::At(std::int64_t when, std::function<void()> task) {
  const Ticket ticket{when, ++last_};
  waiting_[ticket.number] = world_.At(
      when + world_.Skewed(10'000),
      [this, number = ticket.number, task = std::move(task)] {
        waiting_.erase(number);
        task();
      },
      loop_);
  return ticket;
}

void VirtualTimers::Cancel(const Ticket& ticket) {
  const auto place = waiting_.find(ticket.number);
  if (place != waiting_.end()) {
    const World::Key event = place->second;
    waiting_.erase(place);
    world_.TakeBack(event);
  }
}

/// The connection's place in the loop of its side.
class SimulatedSide::LoopSeat final : public Seat {
 public:
  explicit LoopSeat(SimulatedSide& side) : side_(side) {}

  void AwaitReadable(bool wanted) override {
    side_.reads_ = wanted;
    side_.MayGoOn();
  }
  void AwaitWritable(bool wanted) override {
    side_.writes_ = wanted;
    side_.MayGoOn();
  }
  void Tick() override {}
  void Run(std::function<void()> task) override {
    side_.world_.After(side_.world_.Skewed(1'000), std::move(task), side_.loop_);
  }
  void Vacate() override {
    side_.world_.Check(!side_.done_, side_.name_ + " leaves its loop twice");
    side_.done_ = true;
  }

 private:
  SimulatedSide& side_;
};

class SimulatedSide::Application final : public Receiver {
 public:
  explicit Application(SimulatedSide& side) : side_(side) {}

  std::optional<Refusal> Admit(const std::string&, const HelloMessage&) override {
    side_.CalledOut();
    return std::nullopt;
  }
  void Opened(const std::string&, const HelloMessage&) override { side_.Opened(); }
  void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) override {
    side_.Request(call, request);
  }
  void Event(const Envelope& event) override { side_.TakeEvent(event); }
  void Closed(const StatusMessage& why) override { side_.Closed(why); }

 private:
  SimulatedSide& side_;
};

SimulatedSide::SimulatedSide(World& world, std::string name, Side side, const Settings& settings,
                             Calls& calls, Pipe& in, Pipe& out, WireTap& tap)
    : world_(world),
      name_(std::move(name)),
      loop_(side == Side::kConnecting ? 1 : 0),
      calls_(calls),
      tap_(tap),
      timers_(std::make_shared<VirtualTimers>(world, loop_)) {
  auto link = std::make_unique<SimulatedLink>(world, in, out, loop_);
  link_ = link.get();
  connection_ =
      std::make_shared<Connection>(side, std::move(link), settings, timers_,
                                   std::make_shared<Application>(*this), name_ + "'s peer");
}

SimulatedSide::~SimulatedSide() = default;

void SimulatedSide::Begin() { connection_->Begin(std::make_unique<LoopSeat>(*this)); }

void SimulatedSide::MayGoOn() {
  if (!ready_scheduled_ && !done_ &&
      ((reads_ && link_->IsReadable()) || (writes_ && link_->IsWritable()))) {
    ready_scheduled_ = true;
    world_.After(
        world_.Skewed(2'000), [this] { Ready(); }, loop_);
  }
}

void SimulatedSide::Ready() {
  ready_scheduled_ = false;
  if (!done_) {
    connection_->Ready(reads_ && link_->IsReadable(), writes_ && link_->IsWritable());
  }
  MayGoOn();
}

void SimulatedSide::Plan(std::int64_t after, std::function<void()> action) {
  on_opened_.push_back([this, after, action] { world_.After(after, action); });
}

std::shared_ptr<SimulatedCall> SimulatedSide::Call(const CallScript& script) {
  auto call = std::make_shared<SimulatedCall>(world_, *this, script);
  world_.Tell(name_ + ": " + call->Line() + " starts: " + script.Line());
  calls_.Add(call);
  ++in_flight_;
  call->Start();
  return call;
}

void SimulatedSide::Ping() {
  world_.Tell(name_ + ": ping");
  ++pings_;
  connection_->Ping([this](std::optional<std::int64_t> round_trip, const StatusMessage&) {
    if (round_trip.has_value()) {
      ++pongs_;
    } else {
      ++pings_failed_;
      pings_failed_open_ += opened_ ? 1 : 0;
    }
    world_.Check(pongs_ + pings_failed_ <= pings_, "a ping of " + name_ + " ends twice");
    CalledOut();
  });
}

void SimulatedSide::Event(std::size_t size) {
  const std::size_t number = events_sent_.size();
  events_sent_.push_back(size);
  const std::string payload = Payload(number, name_, 0, size);
  const std::string_view message = payload;
  const std::optional<StatusMessage> refusal = connection_->SendEvent(
      "simulation." + std::to_string(number), OutgoingMessage::OfBytes(message), {});
  if (refusal.has_value()) {
    events_sent_.pop_back();
  }
  world_.Tell(name_ + ": event " + std::to_string(number) + ", " +
              (refusal.has_value() ? refusal->message : "sent"));
}

void SimulatedSide::Close() {
  world_.Tell(name_ + ": closes");
  connection_->Close();
}

void SimulatedSide::CloseNow() {
  world_.Tell(name_ + ": closes now");
  StatusMessage why;
  why.code = 10;
  why.message = "the application's wish";
  connection_->CloseNow(why);
}

void SimulatedSide::Opened() {
  world_.Check(!opened_ && !closed_.has_value(), name_ + " opens twice, or late");
  opened_ = true;
  for (const std::function<void()>& action : on_opened_) {
    action();
  }
  CalledOut();
}

void SimulatedSide::Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) {
  world_.Check(opened_ && !closed_.has_value(), name_ + " gets a call out of time");
  SimulatedCall& known = calls_.Find(call->method());
  known.Arrived(request);
  served_.push_back(call);
  CalledOut();
  const auto handler = std::make_shared<SimulatedHandler>(world_, *this, call, known);
  handlers_.emplace(handler.get(), handler);
  handler->Take();
  CalledOut();
}

void SimulatedSide::TakeEvent(const Envelope& event) {
  world_.Check(opened_ && !closed_.has_value(), name_ + " gets an event out of time");
  const std::size_t number = events_taken_++;
  world_.Check(event.name == "simulation." + std::to_string(number),
               name_ + " gets " + std::string(event.name) + " too early");
  world_.Check(event.payload == Payload(number, other_->name_, 0, other_->events_sent_.at(number)),
               name_ + " gets a bad event");
  world_.After(world_.Skewed(1'000'000),
               [this, size = event.payload.size()] { connection_->EventConsumed(size); });
  CalledOut();
}

void SimulatedSide::Closed(const StatusMessage& why) {
  world_.Tell(name_ + ": closed, " + std::to_string(why.code) + " \"" + why.message + "\"");
  world_.Check(!closed_.has_value(), name_ + " is closed twice");
  closed_ = why;
  CalledOut();
}

void SimulatedSide::CheckIdle() const {
  world_.Check(opened_ && !closed_.has_value() && !done_, name_ + " is not open");
  world_.Check(in_flight_ == 0, name_ + " has a call without an end");
  world_.Check(pongs_ + pings_failed_ == pings_ && pings_failed_open_ == 0,
               name_ + " has a ping without an answer");
  world_.Check(events_taken_ == other_->events_sent_.size(), name_ + " misses an event");
  world_.Check(timers_->waiting() == 0, name_ + " still has timers");
  for (const std::shared_ptr<SimulatedCall>& call : calls_.all()) {
    world_.Check(call.use_count() == 1, call->Line() + " is kept");
  }
  world_.Check(handlers_.empty(), name_ + " has a handler that never returns");
  for (const std::weak_ptr<IncomingCall>& call : served_) {
    world_.Check(call.expired(), name_ + " keeps a call of its peer's");
  }
}

void SimulatedSide::CheckEnded() {
  world_.Check(closed_.has_value() && done_ && link_->is_closed(), name_ + " has not ended");
  world_.Check(in_flight_ == 0, name_ + " has a call without an end");
  world_.Check(pongs_ + pings_failed_ == pings_, name_ + " has a ping without an end");
  world_.Check(timers_->waiting() == 0, name_ + " still has timers");
  world_.Check(handlers_.empty(), name_ + " has a handler that never returns");
  for (const std::weak_ptr<IncomingCall>& call : served_) {
    world_.Check(call.expired(), name_ + " keeps a call of its peer's");
  }
  const std::weak_ptr<Connection> connection = connection_;
  connection_.reset();
  world_.Check(connection.expired(), name_ + "'s connection is kept");
}

}  // namespace parley::simulation
