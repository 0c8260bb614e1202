package dev.parley;

import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Method;
import dev.parley.rpc.Peer;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.SlowPolicy;
import dev.parley.rpc.Subscriber;
import dev.parley.rpc.Subscription;
import dev.parley.rpc.Topic;
import dev.parley.rpc.TopicContext;
import dev.parley.rpc.TopicOptions;
import dev.parley.test.v1.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Topics: subscribing and publishing, by a string and by a schema. */
class TopicsTest extends OverRealSockets {
  private static final Method<Text, Text> PRICES =
      Method.serverStreaming(
          "test.v1.Market", "Prices", Text.getDefaultInstance(), Text.getDefaultInstance());

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** Remembers what was published. */
  private static final class Heard implements Subscriber<ByteString> {
    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @Override
    public void handle(ByteString publication, TopicContext context) {
      String from = context.publisher().isEmpty() ? "" : context.publisher() + ": ";
      String gap = context.missed() == 0 ? "" : " (missed " + context.missed() + ")";
      lines.add(from + publication.toStringUtf8() + gap);
    }

    @Override
    public void resumed() {
      lines.add("resumed");
    }

    String next() throws InterruptedException {
      return String.valueOf(lines.poll(10, TimeUnit.SECONDS));
    }
  }

  private static Subscription held(Subscription subscription) {
    subscription.held().join();
    return subscription;
  }

  private Server start() throws Exception {
    return Server.builder(address).start();
  }

  private Client client(String name) {
    return Client.builder(address).name(name).connect();
  }

  @Test
  void whatIsPublishedReachesAllWhoSubscribed() throws Exception {
    try (Server server = start();
        Client one = client("one");
        Client two = client("two")) {
      Heard first = new Heard();
      Heard second = new Heard();
      Heard own = new Heard();
      held(one.topics().subscribe("news", first));
      held(two.topics().subscribe("news", second));
      server.topics().subscribe("news", own);
      server.topics().publish("news", bytes("a"));
      server.topics().publish("sport", bytes("nobody asked"));
      two.topics().publish("news", bytes("b"));
      for (Heard heard : List.of(first, second, own)) {
        assertThat(heard.next()).isEqualTo("a");
        assertThat(heard.next()).isEqualTo("two: b");
      }
    }
  }

  @Test
  void whatOnePublisherPublishesComesInOrder() throws Exception {
    try (Server server = start();
        Client one = client("one")) {
      Heard heard = new Heard();
      held(one.topics().subscribe("count", heard));
      for (int i = 0; i < 1000; i++) {
        one.topics().publish("count", bytes("" + i));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(heard.next()).isEqualTo("one: " + i);
      }
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void messagesAndDataLikeJsonCanBePublished() throws Exception {
    try (Server server = start();
        Client one = client("one")) {
      BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
      held(
          one.topics()
              .subscribe(
                  "texts",
                  Text.getDefaultInstance(),
                  (Text text, TopicContext c) -> heard.add(text)));
      held(one.topics().subscribeJson("json", (data, context) -> heard.add(String.valueOf(data))));
      server.topics().publish("texts", text("hello"));
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(text("hello"));
      one.topics().publishJson("json", List.of("a", true));
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("[a, true]");
    }
  }

  @Test
  void whoHasUnsubscribedIsNotCalledAnyMore() throws Exception {
    try (Server server = start();
        Client one = client("one")) {
      Heard gone = new Heard();
      Heard stays = new Heard();
      Subscription closed = held(one.topics().subscribe("news", gone));
      held(one.topics().subscribe("news", stays));
      closed.close();
      assertThat(closed.ended().get(10, TimeUnit.SECONDS)).isEqualTo(Subscription.CLOSED);
      server.topics().publish("news", bytes("a"));
      assertThat(stays.next()).isEqualTo("a");
      assertThat(gone.lines).isEmpty();
    }
  }

  @Test
  void aSubscriberThatThrowsGetsTheNextPublicationAllTheSame() throws Exception {
    try (Server server = start();
        Client one = client("one")) {
      Heard heard = new Heard();
      held(
          one.topics()
              .subscribe(
                  "news",
                  (publication, context) -> {
                    heard.handle(publication, context);
                    throw new IllegalStateException("on purpose");
                  }));
      server.topics().publish("news", bytes("a"));
      server.topics().publish("news", bytes("b"));
      assertThat(heard.next()).isEqualTo("a");
      assertThat(heard.next()).isEqualTo("b");
    }
  }

  @Test
  void namesThatNoneMayHaveAreRefusedAtOnce() throws Exception {
    try (Server server = start();
        Client one = client("one")) {
      assertThatThrownBy(() -> one.topics().publish("a/b", ByteString.EMPTY))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> one.topics().subscribe("", new Heard()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> server.topics().publish("parley.x", ByteString.EMPTY))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // --- Slow subscribers -------------------------------------------------------------------------

  private Server bounded(SlowPolicy policy) throws Exception {
    return Server.builder(address)
        .topics(TopicOptions.DEFAULT.withBound(3 * (64 + 3)).withSlow(policy))
        .start();
  }

  /** One that has no window but for one publication, and takes it when it is let. */
  private static final class Slow implements Subscriber<ByteString> {
    final Heard heard = new Heard();
    final CountDownLatch holds = new CountDownLatch(1);
    final CountDownLatch let = new CountDownLatch(1);

    @Override
    public void handle(ByteString publication, TopicContext context) throws Exception {
      holds.countDown();
      let.await();
      heard.handle(publication, context);
    }
  }

  /** Publishes 0 to 9 to a subscriber that holds 0, has 1 in its window, and leaves the rest. */
  private Slow slowOne(Server server, Client client) throws Exception {
    Slow slow = new Slow();
    held(client.topics().subscribe("count", slow));
    server.topics().publish("count", bytes("0"));
    slow.holds.await();
    // The window that 0 took has been given back by the time that this is answered.
    client.ping().get(10, TimeUnit.SECONDS);
    for (int i = 1; i < 10; i++) {
      server.topics().publish("count", bytes("" + i));
    }
    return slow;
  }

  private Client narrow() {
    return Client.builder(address).window(1).connect();
  }

  @Test
  void theOldestAreDroppedForOneThatIsSlowWhichIsToldHowMany() throws Exception {
    try (Server server = bounded(SlowPolicy.DROP_OLDEST);
        Client client = narrow()) {
      Slow slow = slowOne(server, client);
      slow.let.countDown();
      for (String line : List.of("0", "1", "7 (missed 5)", "8", "9")) {
        assertThat(slow.heard.next()).isEqualTo(line);
      }
    }
  }

  @Test
  void theNewestAreDroppedIfTheServerSaysSo() throws Exception {
    try (Server server = bounded(SlowPolicy.DROP_NEWEST);
        Client client = narrow()) {
      Slow slow = slowOne(server, client);
      slow.let.countDown();
      for (String line : List.of("0", "1", "2", "3", "4")) {
        assertThat(slow.heard.next()).isEqualTo(line);
      }
      server.topics().publish("count", bytes("10"));
      assertThat(slow.heard.next()).isEqualTo("10 (missed 5)");
    }
  }

  @Test
  void aSlowSubscriptionFailsIfTheServerSaysSo() throws Exception {
    try (Server server = bounded(SlowPolicy.DISCONNECT);
        Client client = narrow()) {
      Slow slow = new Slow();
      Subscription subscription = held(client.topics().subscribe("count", slow));
      for (int i = 0; i < 10; i++) {
        server.topics().publish("count", bytes("" + i));
      }
      slow.let.countDown();
      assertThat(subscription.ended().get(10, TimeUnit.SECONDS).code())
          .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void aPublicationThatIsLongerThanTheBoundIsMissedByThoseThatAreSlow() throws Exception {
    try (Server server = bounded(SlowPolicy.DROP_OLDEST);
        Client client = narrow()) {
      Slow slow = new Slow();
      held(client.topics().subscribe("count", slow));
      server.topics().publish("count", bytes("a"));
      slow.holds.await();
      client.ping().get(10, TimeUnit.SECONDS);
      server.topics().publish("count", bytes("b"));
      server.topics().publish("count", bytes("x".repeat(1000)));
      server.topics().publish("count", bytes("c"));
      slow.let.countDown();
      for (String line : List.of("a", "b", "c (missed 1)")) {
        assertThat(slow.heard.next()).isEqualTo(line);
      }
    }
  }

  @Test
  void aSlowSubscriberInTheServersOwnProcessMissesSomeToo() throws Exception {
    try (Server server = bounded(SlowPolicy.DROP_OLDEST)) {
      Slow slow = new Slow();
      try (Subscription subscription = server.topics().subscribe("count", slow)) {
        server.topics().publish("count", bytes("0"));
        slow.holds.await();
        for (int i = 1; i < 10; i++) {
          server.topics().publish("count", bytes("" + i));
        }
        slow.let.countDown();
        for (String line : List.of("0", "7 (missed 6)", "8", "9")) {
          assertThat(slow.heard.next()).isEqualTo(line);
        }
        assertThat(subscription.ended()).isNotDone();
      }
    }
  }

  @Test
  void oneOfAHundredThatIsStoppedSlowsNobody() throws Exception {
    int publications = 4000;
    ByteString kilobyte = bytes("x".repeat(1024));
    try (Server server = start();
        SubscriberProcess stopped = SubscriberProcess.start(directory.resolve("a.sock"))) {
      List<Client> clients = new ArrayList<>();
      try {
        CountDownLatch all = new CountDownLatch(99 * publications);
        List<Long> gaps = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (int i = 0; i < 99; i++) {
          Client client = client("c" + i);
          clients.add(client);
          held(
              client
                  .topics()
                  .subscribe(
                      "load",
                      (publication, context) -> {
                        if (context.missed() > 0) {
                          gaps.add(context.missed());
                        }
                        all.countDown();
                      }));
        }
        stopped.signal("STOP");
        for (int i = 0; i < publications; i++) {
          server.topics().publish("load", kilobyte);
          if (i % 100 == 99) {
            // No faster than the others read, so that none of them misses any.
            long left = 99L * (publications - i - 1);
            while (all.getCount() > left) {
              Thread.onSpinWait();
            }
          }
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(gaps).isEmpty();
        stopped.signal("CONT");
        server.topics().publish("load", bytes("last"));
        String told = stopped.line();
        assertThat(told).startsWith("got ");
        String[] words = told.split(" ", 4);
        assertThat(Long.parseLong(words[1]) + Long.parseLong(words[3])).isEqualTo(publications + 1);
        assertThat(Long.parseLong(words[3])).isGreaterThan(publications / 4);
      } finally {
        clients.forEach(Client::close);
      }
    }
  }

  // --- Ends and returns -------------------------------------------------------------------------

  @Test
  void aSubscriptionComesBackWithItsClientAndSaysSo() throws Exception {
    Server first = start();
    try (Client client =
        Client.builder(address)
            .reconnect(
                Reconnect.DEFAULT
                    .withInitialDelay(Duration.ofMillis(1))
                    .withMaxDelay(Duration.ofMillis(20)))
            .connect()) {
      Heard heard = new Heard();
      Subscription subscription = held(client.topics().subscribe("news", heard));
      first.topics().publish("news", bytes("a"));
      assertThat(heard.next()).isEqualTo("a");
      first.close();
      try (Server second = start()) {
        assertThat(heard.next()).isEqualTo("resumed");
        client.topics().subscribe("other", new Heard()).held().get(10, TimeUnit.SECONDS);
        second.topics().publish("news", bytes("b"));
        assertThat(heard.next()).isEqualTo("b");
        assertThat(subscription.ended()).isNotDone();
      }
    }
  }

  @Test
  void aSubscriptionMayBeMadeBeforeThereIsAServer() throws Exception {
    try (Client client =
        Client.builder(address)
            .reconnect(
                Reconnect.DEFAULT
                    .withInitialDelay(Duration.ofMillis(1))
                    .withMaxDelay(Duration.ofMillis(20)))
            .connectLater()) {
      Heard heard = new Heard();
      Subscription subscription = client.topics().subscribe("news", heard);
      try (Server server = start()) {
        subscription.held().get(10, TimeUnit.SECONDS);
        server.topics().publish("news", bytes("a"));
        assertThat(heard.next()).isEqualTo("a");
      }
    }
  }

  @Test
  void aServerThatClosesWaitsForNoSubscription() throws Exception {
    Server server = Server.builder(address).drainTimeout(Duration.ofMinutes(10)).start();
    try (Client client = client("one")) {
      Subscription subscription = held(client.topics().subscribe("news", new Heard()));
      server.close();
      assertThat(subscription.ended().get(10, TimeUnit.SECONDS).code()).isEqualTo(Code.UNAVAILABLE);
    }
  }

  @Test
  void aClientThatClosesWaitsForNoSubscription() throws Exception {
    try (Server server = start()) {
      Client client = Client.builder(address).drainTimeout(Duration.ofMinutes(10)).connect();
      Subscription subscription = held(client.topics().subscribe("news", new Heard()));
      client.close();
      assertThat(subscription.ended().get(10, TimeUnit.SECONDS).code()).isEqualTo(Code.UNAVAILABLE);
      assertThatThrownBy(() -> client.topics().subscribe("x", new Heard()).held().join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(RpcException.class);
      assertThat(server.topics()).isNotNull();
    }
  }

  // --- Who may ----------------------------------------------------------------------------------

  @Test
  void aGuardDecidesWhoMayPublishAndSubscribe() throws Exception {
    TopicOptions.Guard guard =
        new TopicOptions.Guard() {
          @Override
          public boolean mayPublish(Peer peer, String topic) {
            return peer.name().equals("editor");
          }

          @Override
          public boolean maySubscribe(Peer peer, String topic) {
            return !topic.equals("secret");
          }
        };
    try (Server server =
            Server.builder(address).topics(TopicOptions.DEFAULT.withGuard(guard)).start();
        Client editor = client("editor");
        Client reader = client("reader")) {
      assertThat(
              reader
                  .topics()
                  .subscribe("secret", new Heard())
                  .ended()
                  .get(10, TimeUnit.SECONDS)
                  .code())
          .isEqualTo(Code.PERMISSION_DENIED);
      Heard heard = new Heard();
      held(reader.topics().subscribe("news", heard));
      reader.topics().publish("news", bytes("not mine to say"));
      reader.ping().get(10, TimeUnit.SECONDS);
      editor.topics().publish("news", bytes("a"));
      assertThat(heard.next()).isEqualTo("editor: a");
      assertThat(server.peers()).hasSize(2);
    }
  }

  @Test
  void anInterceptorSeesWhoSubscribesAndMayRefuse() throws Exception {
    AtomicBoolean let = new AtomicBoolean();
    ServerInterceptor door =
        new ServerInterceptor() {
          @Override
          public <Q extends MessageLite, R extends MessageLite> void handle(
              Method<Q, R> method,
              MessageStream<Q> requests,
              MessageSink<R> replies,
              CallContext context,
              BidiStreamingHandler<Q, R> next)
              throws Exception {
            if (!let.get()) {
              throw new RpcException(Code.UNAUTHENTICATED, "not you");
            }
            next.handle(requests, replies, context);
          }
        };
    try (Server server = Server.builder(address).interceptHandlers(door).start();
        Client client = client("one")) {
      Heard heard = new Heard();
      assertThat(client.topics().subscribe("news", heard).ended().get(10, TimeUnit.SECONDS).code())
          .isEqualTo(Code.UNAUTHENTICATED);
      let.set(true);
      held(client.topics().subscribe("news", heard));
      server.topics().publish("news", bytes("a"));
      assertThat(heard.next()).isEqualTo("a");
    }
  }

  // --- Of a schema ------------------------------------------------------------------------------

  @Test
  void aTopicOfASchemaPublishesToThoseWhoAskedForIt() throws Exception {
    Topic<Text, Text> prices = Topic.of(PRICES);
    try (Server server =
            Server.builder(address)
                .service(
                    ServiceDefinition.builder("test.v1.Market").topic(PRICES, () -> prices).build())
                .start();
        Client client = client("one")) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      Subscription tea =
          held(
              client.subscribe(
                  PRICES,
                  text("tea"),
                  PLAIN,
                  (price, context) -> heard.add("tea " + price.getText())));
      held(
          client.subscribe(
              PRICES,
              text("milk"),
              PLAIN,
              (price, context) -> heard.add("milk " + price.getText())));
      assertThat(prices.subscribers()).isEqualTo(2);
      prices.publish(text("3"), request -> request.getText().equals("tea"));
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("tea 3");
      prices.publish(text("4"));
      assertThat(List.of(heard.take(), heard.take())).containsExactlyInAnyOrder("tea 4", "milk 4");
      tea.close();
      tea.ended().get(10, TimeUnit.SECONDS);
      client.ping().get(10, TimeUnit.SECONDS);
      assertThat(prices.subscribers()).isEqualTo(1);
      assertThat(server.peers()).hasSize(1);
    }
  }
}
