package dev.parley.transport;

import java.io.IOException;

/** The choice of a provider by what the endpoint needs. */
enum StandardTransport implements Transport {
  INSTANCE;

  @Override
  public Link connect(Endpoint endpoint, long timeoutNanos) throws IOException {
    if (endpoint instanceof Endpoint.UnixPath path) {
      return ChannelTransport.connect(path, timeoutNanos);
    }
    return NativeTransport.INSTANCE.connect(endpoint, timeoutNanos);
  }

  @Override
  public Listener listen(Endpoint endpoint, int backlog, Access access) throws IOException {
    if (endpoint instanceof Endpoint.UnixPath path) {
      return ChannelTransport.listen(path, backlog, access);
    }
    return NativeTransport.INSTANCE.listen(endpoint, backlog, access);
  }
}
