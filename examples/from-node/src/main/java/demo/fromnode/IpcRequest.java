package demo.fromnode;

import dev.parley.ChildProcess;
import dev.parley.Client;
import dev.parley.Parent;

/** What ipc-request's README shows: parent and child ask each other at the same time. */
final class IpcRequest {
  private IpcRequest() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      child();
    } else {
      parent(arguments[1]);
    }
  }

  private static void parent(String launcher) throws Exception {
    ChildProcess.Builder builder =
        ChildProcess.of(
            new ProcessBuilder(launcher, "ipc-request")
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT));
    try (ChildProcess child = builder.spawn()) {
      child
          .peer()
          .handlers()
          .respondJson("capital", (country, context) -> country + ": ask a map");
      System.out.println("the child says: " + child.peer().requestJson("double", 21));
      System.out.println("the child heard: " + child.peer().requestJson("what did you hear", null));
    }
  }

  private static void child() throws Exception {
    try (Client parent = Parent.connect()) {
      parent.handlers().respondJson("double", (number, context) -> 2 * (Double) number);
      parent
          .handlers()
          .respondJson(
              "what did you hear",
              (data, context) -> context.peer().requestJson("capital", "France"));
      parent.awaitClosed();
    }
  }
}
