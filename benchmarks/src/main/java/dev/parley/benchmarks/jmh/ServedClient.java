package dev.parley.benchmarks.jmh;

import com.google.protobuf.ByteString;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.bench.v1.Bench;
import dev.parley.bench.v1.Blob;
import dev.parley.benchmarks.parley.BenchServer;
import java.io.IOException;

/** One connection to a server in another process, and the request that is sent over it. */
final class ServedClient implements AutoCloseable {
  private final OtherProcess server;
  private final Client client;
  final Bench.Client bench;
  final Blob request;

  ServedClient(int size) throws IOException {
    server = OtherProcess.start(BenchServer.class, "server");
    client = Client.connect(Address.path(server.socket()));
    bench = new Bench.Client(client);
    request = Blob.newBuilder().setData(ByteString.copyFrom(new byte[size])).build();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
