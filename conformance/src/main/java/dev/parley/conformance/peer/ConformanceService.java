package dev.parley.conformance.peer;

import dev.parley.conformance.v1.Answer;
import dev.parley.conformance.v1.CallBack;
import dev.parley.conformance.v1.CallBackResult;
import dev.parley.conformance.v1.Conformance;
import dev.parley.conformance.v1.EventToSend;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.NothingReply;
import dev.parley.conformance.v1.NothingRequest;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.conformance.v1.UnaryRequest;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Code;
import dev.parley.rpc.EventContext;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;

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
    return answer(request.getAnswer(), request.getPadding().size(), context, reply);
  }

  @Override
  public void serverStream(
      StreamRequest request, MessageSink<StreamReply> replies, CallContext context)
      throws Exception {
    end(new Acts(rendezvous, context, replies).play(request), context);
  }

  @Override
  public UnaryReply clientStream(MessageStream<StreamRequest> requests, CallContext context)
      throws Exception {
    Acts acts = new Acts(rendezvous, context, null);
    Answer answer = acts.play(requests);
    UnaryReply.Builder reply = UnaryReply.newBuilder().setTaken(acts.tally().taken());
    acts.streamedBack().ifPresent(reply::setStreamBack);
    return answer(answer, 0, context, reply);
  }

  @Override
  public void bidi(
      MessageStream<StreamRequest> requests, MessageSink<StreamReply> replies, CallContext context)
      throws Exception {
    end(new Acts(rendezvous, context, replies).play(requests), context);
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

  private UnaryReply answer(
      Answer answer, int paddingSize, CallContext context, UnaryReply.Builder reply) {
    end(answer, context);
    if (answer.getSaw()) {
      reply.setSaw(Messages.saw(paddingSize, context));
    }
    if (!answer.getTakeLog().isEmpty()) {
      reply.addAllNotes(rendezvous.take(answer.getTakeLog()));
    }
    int size = answer.getPayloadSize();
    return reply.setPayload(size > 0 ? Messages.pattern(size) : answer.getPayload()).build();
  }

  /** Sets the metadata of the answer, and fails as it says. */
  private static void end(Answer answer, CallContext context) {
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
  }
}
