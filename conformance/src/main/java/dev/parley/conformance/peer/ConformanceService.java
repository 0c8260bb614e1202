package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import dev.parley.conformance.v1.Answer;
import dev.parley.conformance.v1.CallBack;
import dev.parley.conformance.v1.CallBackResult;
import dev.parley.conformance.v1.Conformance;
import dev.parley.conformance.v1.EventToSend;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.NothingReply;
import dev.parley.conformance.v1.NothingRequest;
import dev.parley.conformance.v1.Saw;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.conformance.v1.UnaryRequest;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.EventContext;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The service that answers as each request says. Safe for use by many threads. */
final class ConformanceService implements Conformance.Service {
  private final Rendezvous rendezvous;

  ConformanceService(Rendezvous rendezvous) {
    this.rendezvous = rendezvous;
  }

  /** Takes an event named {@code note}. */
  void note(Note note) {
    rendezvous.note(note.getLog(), note.getText());
    rendezvous.open(note.getOpenGate());
  }

  @Override
  public void tell(Note request, EventContext context) {
    note(request);
  }

  @Override
  public NothingReply nothing(NothingRequest request, CallContext context) {
    return NothingReply.getDefaultInstance();
  }

  @Override
  public UnaryReply unary(UnaryRequest request, CallContext context) throws Exception {
    UnaryReply.Builder reply = UnaryReply.newBuilder();
    for (EventToSend event : request.getSendEventsList()) {
      context
          .peer()
          .sendEvent(
              event.getName(),
              Messages.of(event.getName(), event.getPayload()),
              Messages.metadata(event.getMetadataList()));
    }
    request.getOpenGatesList().forEach(rendezvous::open);
    waitAsAsked(request, context);
    if (request.hasCallBack()) {
      reply.setCallBack(callBack(request.getCallBack(), context));
    }
    request.getThenOpenGatesList().forEach(rendezvous::open);
    return answer(request, context, reply);
  }

  private void waitAsAsked(UnaryRequest request, CallContext context) throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    context.onCancel(() -> cancelled.complete(null));
    if (!request.getWaitGate().isEmpty()) {
      CompletableFuture.anyOf(rendezvous.gate(request.getWaitGate()), cancelled).get();
    }
    if (!request.getHoldGate().isEmpty()) {
      rendezvous.gate(request.getHoldGate()).get();
    }
    if (request.getWaitCancel()) {
      cancelled.get();
    }
  }

  private static CallBackResult callBack(CallBack back, CallContext context) {
    CallOptions options =
        CallOptions.DEFAULT.withMetadata(Messages.metadata(back.getMetadataList()));
    if (back.getTimeoutUs() != 0) {
      options = options.withTimeout(Duration.of(back.getTimeoutUs(), ChronoUnit.MICROS));
    }
    Call<?, ?> call = Messages.start(context.peer(), back.getMethod(), back.getPayload(), options);
    CallBackResult.Builder result = CallBackResult.newBuilder();
    try {
      result.setPayload(Messages.bytes(call.await())).setOutcome("REPLIED");
    } catch (RpcException e) {
      if (back.getRethrow()) {
        throw e;
      }
      result
          .setOutcome(e.outcome().name())
          .setCode(e.status().number())
          .setMessage(e.status().message());
    }
    return result.addAllMetadata(Messages.pairs(call.replyMetadata())).build();
  }

  private UnaryReply answer(UnaryRequest request, CallContext context, UnaryReply.Builder reply) {
    Answer answer = request.getAnswer();
    if (answer.getMetadataCount() > 0) {
      context.replyMetadata(Messages.metadata(answer.getMetadataList()));
    }
    if (answer.getFault()) {
      throw new IllegalStateException(answer.getMessage());
    }
    if (answer.getCode() != 0) {
      throw new RpcException(
          Status.of(Code.of(answer.getCode()), answer.getMessage())
              .withDetails(answer.getDetailsList()));
    }
    if (answer.getSaw()) {
      reply.setSaw(saw(request, context));
    }
    if (!answer.getTakeLog().isEmpty()) {
      reply.addAllNotes(rendezvous.take(answer.getTakeLog()));
    }
    int size = answer.getPayloadSize();
    return reply.setPayload(size > 0 ? pattern(size) : answer.getPayload()).build();
  }

  private static Saw saw(UnaryRequest request, CallContext context) {
    Optional<Duration> remaining = context.remaining();
    return Saw.newBuilder()
        .addAllMetadata(Messages.pairs(context.metadata()))
        .setTimeout(remaining.isPresent())
        .setRemainingUs(TimeUnit.NANOSECONDS.toMicros(remaining.orElse(Duration.ZERO).toNanos()))
        .setPeerName(context.peer().name())
        .setPeerUid((int) context.peer().credentials().uid().orElse(-1))
        .setPaddingSize(request.getPadding().size())
        .setCancelled(context.isCancelled())
        .build();
  }

  private static ByteString pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return ByteString.copyFrom(bytes);
  }
}
