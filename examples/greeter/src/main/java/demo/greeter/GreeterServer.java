package demo.greeter;

import demo.v1.Greeter;
import demo.v1.HelloReply;
import demo.v1.HelloRequest;
import dev.parley.Address;
import dev.parley.Server;
import dev.parley.rpc.CallContext;
import java.io.IOException;

/** Greets whoever calls, until it is ended. */
final class GreeterServer implements Greeter.Service {
  @Override
  public HelloReply hello(HelloRequest request, CallContext context) {
    return HelloReply.newBuilder().setText("Hello, " + request.getName() + "!").build();
  }

  public static void main(String... args) throws InterruptedException {
    try {
      Server server =
          Server.builder(Address.of("greeter")).service(Greeter.bind(new GreeterServer())).start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      System.out.println("serving at " + server.address());
      server.awaitClosed();
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
