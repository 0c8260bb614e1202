package demo.fromnode;

import dev.parley.Node;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.RpcException;
import java.util.Map;

/** What ipc-link's README shows: two processes with names; either asks the other, by its name. */
final class IpcLink {
  private IpcLink() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      answer();
    } else {
      ask();
    }
  }

  private static void answer() throws Exception {
    try (Node two = Node.named("test-two").start()) {
      two.handlers()
          .respondJson(
              "message",
              (data, context) -> {
                if (data instanceof Map<?, ?>) {
                  return "hello, " + context.peer().name();
                }
                // message.reply(data, false)
                throw Handlers.failure(Code.INVALID_ARGUMENT, "not an object", data);
              });
      System.out.println("test-two is up");
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static void ask() throws Exception {
    try (Node one = Node.named("test-one").start()) {
      System.out.println("reply: " + one.send("test-two", "message", Map.of("hello", "there")));
      try {
        one.send("test-two", "message", "just text");
      } catch (RpcException failure) {
        System.out.println("rejected: " + failure.status().message());
      }
    }
  }
}
