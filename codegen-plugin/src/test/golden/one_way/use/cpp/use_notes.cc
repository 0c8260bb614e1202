// Serves and sends one-way.
#include "demo/v1/notes.parley.h"
#include "demo/v1/passed_on.parley.h"

using demo::v1::Entry;
using demo::v1::Notes;
using google::protobuf::Empty;

class UseNotes final : public Notes::Service {
 public:
  void Note(const Entry& request, parley::EventContext& context) override {
    kept_ += request.text().size() + context.name().size();
  }

  Empty Flush(const Entry& /*request*/, parley::CallContext& /*context*/) override {
    kept_ = 0;
    return Empty();
  }

 private:
  std::size_t kept_ = 0;
};

parley::ServiceDefinition Define(UseNotes& service) { return Notes::Bind(service); }

void CallNotes(parley::Caller& caller) {
  const Notes::Client notes(caller);
  Entry entry;
  entry.set_text("one");
  notes.Note(entry);
  notes.Note(entry, parley::CallOptions().WithMetadata({{"key", "value"}}));
  notes.FlushAsync(entry).get();
  demo::v1::PassedOn::Client(caller).Tell(Empty());
}

static_assert(Notes::kNote.shape() == parley::Shape::kOneWay);
static_assert(Notes::kFlush.shape() == parley::Shape::kUnary);
