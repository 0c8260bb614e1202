package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;

/** The choice of a provider by what the endpoint needs. */
enum StandardTransport implements Transport {
  INSTANCE;

  @Override
  public Link connect(Endpoint endpoint, long timeoutNanos) throws IOException {
    if (endpoint instanceof Endpoint.UnixPath path) {
      return ChannelTransport.connect(path, timeoutNanos);
    }
    throw new TransportException(Reason.UNSUPPORTED, "no transport for " + endpoint);
  }

  @Override
  public Listener listen(Endpoint endpoint, int backlog) throws IOException {
    if (endpoint instanceof Endpoint.UnixPath path) {
      return ChannelTransport.listen(path, backlog);
    }
    throw new TransportException(Reason.UNSUPPORTED, "no transport for " + endpoint);
  }
}
