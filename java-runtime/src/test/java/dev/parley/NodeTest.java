package dev.parley;

import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Value;
import dev.parley.rpc.Code;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.Json;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.test.v1.Text;
import dev.parley.transport.TransportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes with names, and methods without a schema. */
@ExtendWith(LeavesNothing.class)
@Timeout(60)
class NodeTest {
  private static final String SPACE = "test-" + ProcessHandle.current().pid();

  private static Node.Builder named(String name) {
    return Node.named(name)
        .space(SPACE)
        .reconnect(
            Reconnect.DEFAULT
                .withInitialDelay(Duration.ofMillis(1))
                .withMaxDelay(Duration.ofMillis(20)));
  }

  @AfterEach
  void removeTheSpace() throws IOException {
    Path space =
        ((dev.parley.transport.Endpoint.UnixPath) Address.of("x", SPACE).resolve())
            .path()
            .getParent();
    if (Files.exists(space)) {
      try (Stream<Path> files = Files.list(space)) {
        for (Path file : files.toList()) {
          assertThat(file.toString()).endsWith(".lock");
          Files.delete(file);
        }
      }
      Files.delete(space);
    }
  }

  @Test
  void twoNodesAskEachOtherByName() throws Exception {
    try (Node one = named("one").start();
        Node two = named("two").start()) {
      one.handlers().respondJson("hello", (data, context) -> "one says " + data);
      two.handlers()
          .respondJson("hello", (data, context) -> context.peer().name() + " says " + data);
      assertThat(one.send("two", "hello", "hi")).isEqualTo("one says hi");
      assertThat(two.sendAsync("one", "hello", null).get()).isEqualTo("one says null");
      assertThat(one.peer("two").name()).isEqualTo("two");
      assertThat(one.peers()).hasSize(2);
    }
  }

  @Test
  void aNodeConnectsOnceHoweverManyAsk() throws Exception {
    RecordedLife life = new RecordedLife();
    try (Node one = named("one").start();
        Node two = named("two").listener(life).start()) {
      List<CompletableFuture<Peer>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(one.peerAsync("two"));
      }
      Peer first = all.get(0).get();
      for (CompletableFuture<Peer> each : all) {
        assertThat(each.get()).isSameAs(first);
      }
      life.await("connected", 1);
      assertThat(two.peers()).hasSize(1);
      one.disconnect("two");
      life.await("disconnected", 1);
      assertThat(one.peer("two")).isNotSameAs(first);
    }
    assertThat(life.events()).startsWith("started", "connected").endsWith("stopped");
  }

  @Test
  void aNodeThatIsNotUpIsTriedAgainWhenAskedFor() throws Exception {
    try (Node one = named("one").start()) {
      assertThatThrownBy(() -> one.peer("two"))
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
                assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
              });
      try (Node two = named("two").service(TextService.answering(OverRealSockets.ECHO)).start()) {
        assertThat(one.peer("two").call(TALK, text("a"), OverRealSockets.PLAIN))
            .isEqualTo(text("a"));
      }
      try (Node two = named("two").service(TextService.answering(OverRealSockets.ECHO)).start()) {
        assertThat(
                one.peer("two").call(TALK, text("b"), OverRealSockets.PLAIN.withWaitForReady(true)))
            .isEqualTo(text("b"));
      }
    }
  }

  @Test
  void aNameIsOneNodesOnly() throws Exception {
    try (Node one = named("one").start()) {
      assertThatThrownBy(() -> named("one").start())
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.reason()).isEqualTo(TransportException.Reason.IN_USE));
      assertThat(one.name()).isEqualTo("one");
    }
  }

  @Test
  void whomANodeHasDialledMayAskItBack() throws Exception {
    try (Node one = named("one").start();
        Node two = named("two").start()) {
      one.handlers().respond("name", (request, context) -> ByteString.copyFromUtf8("one"));
      two.handlers().respond("who?", (request, context) -> context.peer().request("name", request));
      assertThat(one.peer("two").request("who?", ByteString.EMPTY).toStringUtf8()).isEqualTo("one");
    }
  }

  @Test
  void handlersComeAndGo() throws Exception {
    try (Node one = named("one").start();
        Node two = named("two").start()) {
      Peer peer = one.peer("two");
      Handlers handlers = two.handlers();
      handlers.respond("echo", Text.getDefaultInstance(), (request, context) -> request);
      assertThat(peer.request("echo", text("a"), Text.getDefaultInstance())).isEqualTo(text("a"));
      assertThatThrownBy(() -> handlers.respond("echo", (request, context) -> request))
          .hasMessageStartingWith("U-1:");
      assertThat(handlers.unrespond("echo")).isTrue();
      assertThat(handlers.unrespond("echo")).isFalse();
      assertThatThrownBy(() -> peer.request("echo", ByteString.EMPTY))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.code()).isEqualTo(Code.UNIMPLEMENTED));
      handlers.respond("echo", (request, context) -> request.concat(request));
      ByteString large = ByteString.copyFrom(new byte[3_000_000]);
      assertThat(peer.request("echo", large).size()).isEqualTo(6_000_000);
    }
  }

  @Test
  void eventsWithoutASchemaArrive() throws Exception {
    LinkedBlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    try (Node one = named("one").start();
        Node two = named("two").start()) {
      two.handlers().onJsonEvent("data", (event, context) -> seen.add(String.valueOf(event)));
      one.peer("two").sendJsonEvent("data", List.of(1, true, "x"));
      assertThat(seen.take()).isEqualTo("[1.0, true, x]");
      assertThat(two.handlers().offEvent("data")).isTrue();
      two.handlers()
          .onEvent("data", Value.getDefaultInstance(), (event, context) -> seen.add(event));
      one.peer("two").sendJsonEvent("data", null);
      assertThat(seen.take()).isEqualTo(Json.toValue(null));
    }
  }

  @Test
  void aFailureMayCarryData() throws Exception {
    try (Node one = named("one").start();
        Node two = named("two").start()) {
      two.handlers()
          .respondJson(
              "json",
              (data, context) -> {
                throw Handlers.failure(Code.NOT_FOUND, "none", Map.of("key", data + "!"));
              });
      two.handlers()
          .respond(
              "bytes",
              (data, context) -> {
                throw Handlers.failure(Code.NOT_FOUND, "none", data);
              });
      assertThatThrownBy(() -> one.send("two", "json", "x"))
          .isInstanceOfSatisfying(
              RpcException.class,
              e ->
                  assertThat(e.status().detail(Value.getDefaultInstance()).map(Json::fromValue))
                      .contains(Map.of("key", "x!")));
      assertThatThrownBy(() -> one.peer("two").request("bytes", ByteString.copyFromUtf8("b")))
          .isInstanceOfSatisfying(
              RpcException.class,
              e ->
                  assertThat(
                          e.status()
                              .detail(BytesValue.getDefaultInstance())
                              .map(bytes -> bytes.getValue().toStringUtf8()))
                      .contains("b"));
    }
  }

  @Test
  void dataLikeJsonCrossesAsItIs() {
    Map<String, Object> data = Map.of("list", List.of("a", 2.5, false), "map", Map.of());
    assertThat(Json.fromValue(Json.toValue(data))).isEqualTo(data);
    assertThat(Json.fromValue(Value.getDefaultInstance())).isNull();
    assertThatThrownBy(() -> Json.toValue(Double.NaN)).hasMessageStartingWith("U-1:");
    assertThatThrownBy(() -> Json.toValue(new Object())).hasMessageStartingWith("U-1:");
    assertThatThrownBy(() -> Json.toValue(Map.of(1, 2))).hasMessageStartingWith("U-1:");
    List<Object> deep = List.of();
    for (int i = 0; i < 50; i++) {
      deep = List.of(deep);
    }
    List<Object> deepest = deep;
    assertThatThrownBy(() -> Json.toValue(deepest)).hasMessageStartingWith("U-1:");
  }

  @Test
  void namesThatAreNoneAreRefused() {
    Handlers handlers = new Handlers();
    for (String name : List.of("", "a/b", "parley.x", "x".repeat(256))) {
      assertThatThrownBy(() -> handlers.respond(name, (request, context) -> request))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("U-1:");
    }
  }
}
