package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.Server;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.Conformance;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.UnaryRequest;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.RetryPolicy;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Plays servers and clients as the lines of its standard input say; PEERS.md has the lines. */
public final class JavaPeer {
  private static final String NOTE = "note";

  private final Rendezvous rendezvous = new Rendezvous();
  private final ConformanceService service = new ConformanceService(rendezvous);
  private final ServiceDefinition definition = Conformance.bind(service);
  private final Handlers handlers = new Handlers();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<Long, Server> servers = new HashMap<>();
  private final Map<Long, Client> clients = new HashMap<>();
  private final Map<Long, StartedCall> calls = new HashMap<>();
  private final Map<Long, StartedStream> streams = new HashMap<>();
  private final Map<Long, CompletableFuture<Void>> stopping = new HashMap<>();

  private JavaPeer() {
    handlers.respond(Messages.PLAIN, UnaryRequest.getDefaultInstance(), service::unary);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("peer language=java level=2 styles=blocking,async");
    JavaPeer peer = new JavaPeer();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = in.readLine();
    while (line != null) {
      out.println(peer.answer(Line.parse(line)));
      line = in.readLine();
    }
    peer.end();
    System.exit(0);
  }

  private Line answer(Line command) throws InterruptedException {
    try {
      return take(command);
    } catch (RpcException e) {
      return Lines.failed(e);
    } catch (IOException | ExecutionException | RuntimeException e) {
      if (e.getCause() instanceof RpcException failure) {
        return Lines.failed(failure);
      }
      return new Line("failed")
          .with("code", "UNKNOWN")
          .with("outcome", "NOT_SENT")
          .withText("message", String.valueOf(e.getMessage()));
    }
  }

  private Line take(Line command) throws IOException, InterruptedException, ExecutionException {
    return switch (command.verb()) {
      case "serve" -> serve(command);
      case "stop" -> stop(command);
      case "await-stop" -> awaitStop(command);
      case "connect" -> connect(command);
      case "start" -> start(command);
      case "send" -> send(command);
      case "finish" -> finish(command);
      case "read" -> read(command);
      case "await-sent" -> stream(command).awaitSent();
      case "await-read" -> stream(command).awaitRead();
      case "close-stream" -> closeStream(command);
      case "cancel" -> cancel(command);
      case "await" -> await(command);
      case "event" -> event(command);
      case "send-one-way" -> sendOneWay(command);
      case "ping" -> ok().with("round_trip_us", client(command).ping().get().toNanos() / 1000);
      case "close" -> close(command);
      case "await-close" -> awaitClose(command);
      case "abort" -> abort(command);
      case "open-gate" -> openGate(command);
      case "wait-gate" -> waitGate(command);
      case "take-log" -> takeLog(command);
      default -> unsupported();
    };
  }

  private Line stop(Line command) {
    stopping.put(
        command.number("server"), CompletableFuture.runAsync(server(command)::close, threads));
    return ok();
  }

  private Line awaitStop(Line command) throws InterruptedException, ExecutionException {
    Objects.requireNonNull(stopping.remove(command.number("server")), "not stopping").get();
    servers.remove(command.number("server"));
    return ok();
  }

  private Line cancel(Line command) {
    if (streams.containsKey(command.number("call"))) {
      stream(command).cancel();
    } else {
      call(command).cancel();
    }
    return ok();
  }

  private Line await(Line command) throws InterruptedException {
    StartedStream stream = streams.remove(command.number("call"));
    if (stream != null) {
      return stream.await();
    }
    StartedCall call = call(command);
    calls.remove(command.number("call"));
    return call.await();
  }

  private Line send(Line command) {
    stream(command)
        .send(command.bytes("payload"), command.has("times") ? command.number("times") : 1);
    return ok();
  }

  private Line finish(Line command) {
    stream(command).finish();
    return ok();
  }

  private Line read(Line command) {
    stream(command).read(command.number("count"), command.number("payloads") != 0);
    return ok();
  }

  private Line closeStream(Line command) {
    stream(command).close();
    return ok();
  }

  private Line event(Line command) {
    client(command)
        .sendEvent(
            command.word("name"),
            Messages.of(command.word("name"), command.bytes("payload")),
            Lines.metadata(command.word("metadata")));
    return ok();
  }

  private Line sendOneWay(Line command) {
    Messages.sendOneWay(
        client(command),
        command.word("method"),
        command.bytes("payload"),
        CallOptions.DEFAULT.withMetadata(Lines.metadata(command.word("metadata"))));
    return ok();
  }

  private Line close(Line command) {
    threads.execute(client(command)::close);
    return ok();
  }

  private Line awaitClose(Line command) throws InterruptedException, ExecutionException {
    client(command).whenClosed().get();
    return ok();
  }

  private Line openGate(Line command) {
    rendezvous.open(command.word("gate"));
    return ok();
  }

  private Line waitGate(Line command) throws InterruptedException, ExecutionException {
    rendezvous.gate(command.word("gate")).get();
    return ok();
  }

  private Line takeLog(Line command) {
    List<ByteString> notes = rendezvous.take(command.word("log"));
    return ok().with("notes", String.join(",", notes.stream().map(Line::hex).toList()));
  }

  private static Line ok() {
    return new Line("ok");
  }

  private static Line unsupported() {
    return new Line("unsupported");
  }

  private static Address address(Line command) {
    return command.has("address")
        ? Address.of(command.word("address"))
        : Address.path(Path.of(command.word("path")));
  }

  private Line serve(Line command) throws IOException {
    Server.Builder builder =
        Server.builder(address(command))
            .name(command.has("name") ? command.text("name") : "java")
            .payload(command.bytes("payload"))
            .retry(RetryPolicy.NONE) // A case sees each attempt as it is.
            .service(definition)
            .handlers(handlers)
            .onEvent(NOTE, Note.getDefaultInstance(), (note, context) -> service.note(note));
    if (command.has("max_calls")) {
      builder.maxCalls((int) command.number("max_calls"));
    }
    if (command.has("max_frame")) {
      builder.maxFrame((int) command.number("max_frame"));
    }
    if (command.has("max_message")) {
      builder.maxMessage(command.number("max_message"));
    }
    if (command.has("window")) {
      builder.window(command.number("window"));
    }
    servers.put(command.number("server"), builder.start());
    return ok();
  }

  private Line connect(Line command) {
    Client.Builder builder =
        Client.builder(address(command))
            .name(command.has("name") ? command.text("name") : "java")
            .payload(command.bytes("payload"))
            .retry(RetryPolicy.NONE) // A case sees each attempt as it is.
            .service(definition)
            .handlers(handlers)
            .onEvent(NOTE, Note.getDefaultInstance(), (note, context) -> service.note(note));
    if (command.has("max_calls")) {
      builder.maxCalls((int) command.number("max_calls"));
    }
    if (command.has("max_frame")) {
      builder.maxFrame((int) command.number("max_frame"));
    }
    if (command.has("max_message")) {
      builder.maxMessage(command.number("max_message"));
    }
    if (command.has("window")) {
      builder.window(command.number("window"));
    }
    Client client = builder.connect();
    clients.put(command.number("connection"), client);
    return ok().withText("peer", client.name());
  }

  private Line start(Line command) {
    CallOptions options =
        CallOptions.DEFAULT.withMetadata(Lines.metadata(command.word("metadata")));
    if (command.has("timeout_us")) {
      options = options.withTimeout(Duration.of(command.number("timeout_us"), ChronoUnit.MICROS));
    }
    if (command.has("shape")) {
      streams.put(
          command.number("call"),
          StartedStream.start(
              client(command),
              Messages.streaming(command.word("method"), command.word("shape")),
              command.bytes("payload"),
              options,
              command.word("style").equals("blocking")));
      return ok();
    }
    calls.put(
        command.number("call"),
        StartedCall.start(
            client(command),
            command.word("method"),
            command.bytes("payload"),
            options,
            command.word("style").equals("blocking")));
    return ok();
  }

  private Line abort(Line command) {
    if (command.has("server")) {
      server(command).closeNow();
      servers.remove(command.number("server"));
    } else {
      client(command).closeNow();
    }
    return ok();
  }

  private Server server(Line command) {
    return Objects.requireNonNull(servers.get(command.number("server")), "no such server");
  }

  private Client client(Line command) {
    return Objects.requireNonNull(clients.get(command.number("connection")), "no such connection");
  }

  private StartedCall call(Line command) {
    return Objects.requireNonNull(calls.get(command.number("call")), "no such call");
  }

  private StartedStream stream(Line command) {
    return Objects.requireNonNull(streams.get(command.number("call")), "no such stream");
  }

  private void end() {
    clients.values().forEach(Client::closeNow);
    servers.values().forEach(Server::closeNow);
  }
}
