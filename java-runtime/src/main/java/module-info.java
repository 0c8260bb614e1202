/** Typed messages between processes on one machine: servers, clients, calls, connections. */
@org.jspecify.annotations.NullMarked
module dev.parley {
  requires transitive com.google.protobuf;
  requires transitive dev.parley.proto;
  requires static transitive org.jspecify;
  requires jdk.net;
  requires org.newsclub.net.unix;
  requires com.kohlschutter.junixsocket.nativecommon;

  exports dev.parley;
  exports dev.parley.rpc;
  exports dev.parley.transport;
}
