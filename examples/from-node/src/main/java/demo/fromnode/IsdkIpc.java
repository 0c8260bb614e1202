package demo.fromnode;

import com.google.protobuf.ByteString;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.Server;
import dev.parley.Verdict;
import dev.parley.rpc.Code;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What @isdk/ipc-server's README shows: a payload that lets a client in, requests, publish and
 * subscribe from both sides, and a survey.
 */
final class IsdkIpc {
  private static final Address CHAT = Address.of("chat");

  private IsdkIpc() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve();
    } else {
      connect();
    }
  }

  private static void serve() throws Exception {
    try (Server server =
        Server.builder(CHAT)
            .admit(
                applicant ->
                    applicant.payload().toStringUtf8().equals("let me in")
                        ? Verdict.accept()
                        : Verdict.refuse(Status.of(Code.UNAUTHENTICATED, "who are you?")))
            .start()) {
      server.handlers().respondJson("add", (data, context) -> sum((List<?>) data));
      server
          .handlers()
          .respondJson(
              "ask all",
              (data, context) ->
                  server.everyone().surveyJson("mood", null, Duration.ofSeconds(5)).stream()
                      .map(answer -> answer.peer().name() + " is " + answer.reply())
                      .sorted()
                      .toList());
      System.out.println("serving " + server.address());
      server.awaitClosed();
    }
  }

  private static double sum(List<?> numbers) {
    return numbers.stream().mapToDouble(number -> (Double) number).sum();
  }

  private static Client client(String name, String mood) {
    Client client =
        Client.builder(CHAT)
            .name(name)
            .payload(ByteString.copyFromUtf8("let me in"))
            .connect();
    client.handlers().respondJson("mood", (data, context) -> mood);
    return client;
  }

  private static void connect() throws Exception {
    CompletableFuture<String> news = new CompletableFuture<>();
    try (Client ada = client("ada", "glad");
        Client bob = client("bob", "busy")) {
      System.out.println("1 + 2 = " + ada.requestJson("add", List.of(1, 2)));
      ada.topics()
          .subscribeJson(
              "news", (data, context) -> news.complete(context.publisher() + " says " + data))
          .held()
          .get(10, TimeUnit.SECONDS);
      bob.topics().publishJson("news", "hello");
      System.out.println(news.get(10, TimeUnit.SECONDS));
      System.out.println(ada.requestJson("ask all", null));
    }
  }
}
