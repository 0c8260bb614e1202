// Who serves what is deprecated is not warned.
#include "demo/v1/old.parley.h"

class UsePartly final : public demo::v1::Partly::Service {
 public:
  demo::v1::Text Old(const demo::v1::Text& request, parley::CallContext& /*context*/) override {
    return request;
  }
};

class UseWholly final : public demo::v1::Wholly::Service {
 public:
  demo::v1::Text Call(const demo::v1::Text& request, parley::CallContext& /*context*/) override {
    return request;
  }
};

parley::ServiceDefinition DefinePartly(UsePartly& service) {
  return demo::v1::Partly::Bind(service);
}

parley::ServiceDefinition DefineWholly(UseWholly& service) {
  return demo::v1::Wholly::Bind(service);
}

demo::v1::Text CallNew(parley::Caller& caller) {
  return demo::v1::Partly::Client(caller).New(demo::v1::Text());
}
