package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.rpc.Answer;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Telling and asking all peers at once. */
class PeerGroupTest extends OverRealSockets {
  private Client.Builder named(String name) {
    return Client.builder(address).name(name);
  }

  @Test
  void anEventReachesAllOrThoseThatMatch() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Server server = serve(ECHO);
        Client one =
            named("one")
                .onEvent(
                    "news", Text.getDefaultInstance(), (e, c) -> heard.add("one " + e.getText()))
                .connect();
        Client two =
            named("two")
                .onEvent(
                    "news", Text.getDefaultInstance(), (e, c) -> heard.add("two " + e.getText()))
                .connect()) {
      one.ping().get(10, TimeUnit.SECONDS);
      two.ping().get(10, TimeUnit.SECONDS);
      assertThat(server.everyone().sendEvent("news", text("a"))).isEmpty();
      assertThat(List.of(heard.take(), heard.take())).containsExactlyInAnyOrder("one a", "two a");
      server.everyone().matching(peer -> peer.name().equals("two")).sendEvent("news", text("b"));
      assertThat(heard.take()).isEqualTo("two b");
    }
  }

  @Test
  void aSurveyGathersRepliesAndFailuresWithinItsTime() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Handlers silent = new Handlers();
    silent.respond(
        "age",
        (ByteString request, dev.parley.rpc.CallContext context) -> {
          never.await();
          return request;
        });
    Handlers good = new Handlers();
    good.respondJson("age", (request, context) -> 7);
    Handlers bad = new Handlers();
    bad.respondJson(
        "age",
        (request, context) -> {
          throw new RpcException(Code.FAILED_PRECONDITION, "not telling");
        });
    try (Server server = serve(ECHO);
        Client one = named("good").handlers(good).connect();
        Client two = named("bad").handlers(bad).connect();
        Client three = named("silent").handlers(silent).connect()) {
      for (Client client : List.of(one, two, three)) {
        client.ping().get(10, TimeUnit.SECONDS);
      }
      List<String> told =
          server.everyone().surveyJson("age", null, Duration.ofMillis(300)).stream()
              .map(PeerGroupTest::line)
              .toList();
      assertThat(told)
          .containsExactlyInAnyOrder(
              "good 7.0", "bad FAILED_PRECONDITION", "silent DEADLINE_EXCEEDED");
      never.countDown();
    }
  }

  private static String line(Answer<?> answer) {
    RpcException failure = answer.failure();
    return answer.peer().name() + " " + (failure == null ? answer.reply() : failure.code());
  }

  private static String said(Answer<Text> answer) {
    Text reply = answer.reply();
    return reply == null ? line(answer) : answer.peer().name() + " " + reply.getText();
  }

  @Test
  void aSurveyByASchemaAsksEachForTheSame() throws Exception {
    try (Server server = serve(ECHO);
        Client one =
            named("one")
                .service(
                    TextService.answering((request, context) -> text("1 " + request.getText())))
                .connect();
        Client two = named("two").connect()) {
      one.ping().get(10, TimeUnit.SECONDS);
      two.ping().get(10, TimeUnit.SECONDS);
      assertThat(
              server.everyone().survey(TALK, text("hello"), Duration.ofSeconds(10)).stream()
                  .map(PeerGroupTest::said)
                  .toList())
          .containsExactlyInAnyOrder("one 1 hello", "two UNIMPLEMENTED");
    }
  }
}
