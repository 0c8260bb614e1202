package demo.greeter;

import demo.v1.Greeter;
import demo.v1.HelloRequest;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.rpc.RpcException;

/** Asks to be greeted by the name that it is given, and prints the reply. */
final class GreeterClient {
  public static void main(String... args) {
    String name = args.length > 0 ? args[0] : "world";
    try (Client client = Client.connect(Address.of("greeter"))) {
      Greeter.Client greeter = new Greeter.Client(client);
      System.out.println(greeter.hello(HelloRequest.newBuilder().setName(name).build()).getText());
    } catch (RpcException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
