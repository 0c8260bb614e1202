package dev.parley;

import static dev.parley.StreamService.CHAT;
import static dev.parley.StreamService.TELL;
import static dev.parley.TextService.TALK;
import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Calls;
import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.Code;
import dev.parley.rpc.ForwardingCall;
import dev.parley.rpc.ForwardingCallContext;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.test.v1.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What stands before calls and before handlers. */
class InterceptorsTest extends OverRealSockets {
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  /** Notes that a call passed, and adds a pair to its metadata. */
  private ClientInterceptor marking(String mark) {
    return new ClientInterceptor() {
      @Override
      public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
          Method<Q, R> method, @Nullable Q request, CallOptions options, Caller next) {
        seen.add(mark + " " + method);
        return next.start(
            method, request, options.withMetadata(options.metadata().with("mark", mark)));
      }
    };
  }

  /** Notes before and behind the handler. */
  private ServerInterceptor around(String mark) {
    return new ServerInterceptor() {
      @Override
      public <Q extends MessageLite, R extends MessageLite> void handle(
          Method<Q, R> method,
          MessageStream<Q> requests,
          MessageSink<R> replies,
          CallContext context,
          BidiStreamingHandler<Q, R> next)
          throws Exception {
        seen.add(mark + " in");
        next.handle(requests, replies, context);
        seen.add(mark + " out");
      }
    };
  }

  @Test
  void theFirstOneIsTheOutermostOnBothSides() throws Exception {
    try (Server server =
            Server.builder(address)
                .interceptHandlers(around("one"))
                .interceptHandlers(around("two"))
                .service(
                    TextService.answering(
                        (request, context) -> {
                          seen.add("handler " + context.metadata().all("mark").size());
                          return request;
                        }))
                .start();
        Client client =
            Client.builder(address)
                .interceptCalls(marking("a"))
                .interceptCalls(marking("b"))
                .connect()) {
      assertThat(client.call(TALK, text("x"), PLAIN)).isEqualTo(text("x"));
      assertThat(server.peers()).hasSize(1);
    }
    assertThat(seen)
        .containsExactly(
            "a " + TALK, "b " + TALK, "one in", "two in", "handler 2", "two out", "one out");
  }

  @Test
  void aCallMayBeAnsweredBeforeItLeavesThisSide() throws Exception {
    ClientInterceptor cache =
        new ClientInterceptor() {
          @Override
          public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
              Method<Q, R> method, @Nullable Q request, CallOptions options, Caller next) {
            if (request instanceof Text asked && asked.getText().equals("known")) {
              return Calls.replied(method, method.replyDefault());
            }
            return Calls.failed(method, new RpcException(Code.PERMISSION_DENIED, "not you"));
          }
        };
    try (Server server = serve((request, context) -> text("from the handler"));
        Client client = Client.builder(address).interceptCalls(cache).connect()) {
      assertThat(client.call(TALK, text("known"), PLAIN)).isEqualTo(Text.getDefaultInstance());
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> client.call(TALK, text("other"), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aHandlerIsSparedWhoeverIsNotAuthenticated() throws Exception {
    ServerInterceptor authentication =
        new ServerInterceptor() {
          @Override
          public <Q extends MessageLite, R extends MessageLite> void handle(
              Method<Q, R> method,
              MessageStream<Q> requests,
              MessageSink<R> replies,
              CallContext context,
              BidiStreamingHandler<Q, R> next)
              throws Exception {
            String user =
                context
                    .metadata()
                    .text("user")
                    .orElseThrow(() -> new RpcException(Code.UNAUTHENTICATED, "who are you?"));
            next.handle(
                requests,
                replies,
                new ForwardingCallContext(context) {
                  @Override
                  public Metadata metadata() {
                    return Metadata.of("checked", user);
                  }
                });
          }
        };
    try (Server server =
            Server.builder(address)
                .interceptHandlers(authentication)
                .service(
                    TextService.answering(
                        (request, context) ->
                            text(context.metadata().text("checked").orElse("nobody"))))
                .start();
        Client client = Client.connect(address)) {
      RpcException failure =
          catchThrowableOfType(RpcException.class, () -> client.call(TALK, text(""), PLAIN));
      assertThat(failure.code()).isEqualTo(Code.UNAUTHENTICATED);
      CallOptions known = PLAIN.withMetadata(Metadata.of("user", "ada"));
      assertThat(client.call(TALK, text(""), known)).isEqualTo(text("ada"));
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void streamsCanBeWrappedOnBothSides() throws Exception {
    ClientInterceptor counting =
        new ClientInterceptor() {
          @Override
          public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
              Method<Q, R> method, @Nullable Q request, CallOptions options, Caller next) {
            return new ForwardingCall<>(next.start(method, request, options)) {
              @Override
              public MessageSink<Q> requests() {
                MessageSink<Q> inner = super.requests();
                return message -> {
                  seen.add("sends");
                  inner.send(message);
                };
              }
            };
          }
        };
    ServerInterceptor doubling =
        new ServerInterceptor() {
          @Override
          public <Q extends MessageLite, R extends MessageLite> void handle(
              Method<Q, R> method,
              MessageStream<Q> requests,
              MessageSink<R> replies,
              CallContext context,
              BidiStreamingHandler<Q, R> next)
              throws Exception {
            next.handle(
                requests,
                message -> {
                  replies.send(message);
                  replies.send(message);
                },
                context);
          }
        };
    try (Server server =
            Server.builder(address)
                .interceptHandlers(doubling)
                .service(
                    StreamService.chatting(
                        (requests, replies, context) -> requests.forEach(replies::send)))
                .start();
        Client client = Client.builder(address).interceptCalls(counting).connect();
        var chat = client.bidiStream(CHAT, PLAIN)) {
      chat.send(text("a"));
      chat.finishSending();
      assertThat(chat.next()).contains(text("a"));
      assertThat(chat.next()).contains(text("a"));
      assertThat(chat.next()).isEqualTo(Optional.empty());
      assertThat(seen).containsExactly("sends");
      assertThat(server.peers()).hasSize(1);
    }
  }

  @Test
  void aServerStreamPassesInterceptors() throws Exception {
    try (Server server =
            Server.builder(address)
                .interceptHandlers(around("one"))
                .service(
                    StreamService.telling((request, replies, context) -> replies.send(request)))
                .start();
        Client client = Client.connect(address);
        var stream = client.serverStream(TELL, text("x"), PLAIN)) {
      assertThat(stream).containsExactly(text("x"));
      assertThat(server.peers()).hasSize(1);
    }
    assertThat(seen).containsExactly("one in", "one out");
  }
}
