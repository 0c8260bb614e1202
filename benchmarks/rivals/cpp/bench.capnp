@0xd2d9eec1a0b3f5c7;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("bench::schema");

# What parley.bench.v1.Bench says, in Cap'n Proto's own way: whoever is called back is a capability.
interface Bench {
  echo @0 (data :Data) -> (data :Data);
  echoBack @1 (data :Data, caller :Bench) -> (data :Data);
  flow @2 (size :UInt32, sink :Sink);
}

interface Sink {
  message @0 (data :Data) -> stream;
}
