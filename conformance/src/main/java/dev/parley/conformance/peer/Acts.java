package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Tally;
import dev.parley.conformance.v1.Act;
import dev.parley.conformance.v1.Answer;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.Replies;
import dev.parley.conformance.v1.StreamBackResult;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the requests of one streaming call have its handler do. For one thread, the handler's. */
final class Acts {
  /** The key of the metadata that holds what is done before the first message is read. */
  static final String SCRIPT = "script";

  private final Rendezvous rendezvous;
  private final CallContext context;
  private final @Nullable MessageSink<StreamReply> replies;
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private final List<Act> atEnd = new ArrayList<>();
  private final Tally tally = new Tally();
  private List<Act> ifFailed = List.of();
  private long sent;
  private @Nullable StreamBackResult streamedBack;

  /**
   * @param replies where `send` sends; null where the method answers once
   */
  Acts(Rendezvous rendezvous, CallContext context, @Nullable MessageSink<StreamReply> replies) {
    this.rendezvous = rendezvous;
    this.context = context;
    this.replies = replies;
    context.onCancel(() -> cancelled.complete(null));
  }

  /** The requests that were read. */
  Tally tally() {
    return tally;
  }

  Optional<StreamBackResult> streamedBack() {
    return Optional.ofNullable(streamedBack);
  }

  /** Does what the one request says; how it wants to be answered. */
  Answer play(StreamRequest request) throws Exception {
    try {
      return orEnd(take(request));
    } catch (RpcException e) {
      failed(e);
      throw e;
    }
  }

  /** Does what the script and the requests say, one after the other. */
  Answer play(MessageStream<StreamRequest> requests) throws Exception {
    try {
      Optional<ByteString> script = context.metadata().get(SCRIPT);
      Answer answer = script.isPresent() ? take(StreamRequest.parseFrom(script.get())) : null;
      while (answer == null) {
        Optional<StreamRequest> request = requests.next();
        if (request.isEmpty()) {
          return orEnd(null);
        }
        tally.add(request.get().toByteString());
        answer = take(request.get());
      }
      return answer;
    } catch (RpcException e) {
      failed(e);
      throw e;
    }
  }

  private Answer orEnd(@Nullable Answer answer) throws Exception {
    Answer last = answer == null ? take(atEnd, "") : answer;
    return last == null ? Answer.getDefaultInstance() : last;
  }

  private @Nullable Answer take(StreamRequest request) throws Exception {
    atEnd.addAll(request.getAtEndList());
    if (request.getIfFailedCount() > 0) {
      ifFailed = request.getIfFailedList();
    }
    return take(request.getActsList(), "");
  }

  private void failed(RpcException failure) throws Exception {
    take(ifFailed, failure.code().name());
  }

  /** The answer that one of the acts gives; null: none does. */
  private @Nullable Answer take(List<Act> acts, String failure) throws Exception {
    for (Act act : acts) {
      switch (act.getActCase()) {
        case SEND -> send(act.getSend());
        case OPEN_GATE -> rendezvous.open(act.getOpenGate());
        case WAIT_GATE ->
            CompletableFuture.anyOf(rendezvous.gate(act.getWaitGate()), cancelled).get();
        case HOLD_GATE -> rendezvous.gate(act.getHoldGate()).get();
        case WAIT_CANCEL -> cancelled.get();
        case NOTE -> note(act.getNote(), failure);
        case STREAM_BACK -> {
          StreamBackResult result = StreamBacks.play(act.getStreamBack(), context.peer());
          streamedBack = result;
          if (replies != null) {
            replies.send(next().setStreamBack(result).build());
          }
        }
        case REPLY_METADATA ->
            context.replyMetadata(Messages.metadata(act.getReplyMetadata().getMetadataList()));
        case ANSWER -> {
          return act.getAnswer();
        }
        case ACT_NOT_SET -> throw new IllegalArgumentException("an act without content");
      }
    }
    return null;
  }

  private StreamReply.Builder next() {
    return StreamReply.newBuilder().setNumber(++sent);
  }

  private void send(Replies wanted) {
    MessageSink<StreamReply> sink = replies;
    if (sink == null) {
      throw new IllegalArgumentException("the method answers once");
    }
    for (int time = 0; time < Math.max(1, wanted.getTimes()); time++) {
      StreamReply.Builder reply =
          next().setText(wanted.getText()).setPayload(Messages.pattern(wanted.getPayloadSize()));
      if (wanted.getSaw()) {
        reply.setSaw(Messages.saw(0, context));
      }
      sink.send(reply.build());
    }
  }

  private void note(Note note, String failure) {
    rendezvous.note(
        note.getLog(),
        note.getText().isEmpty() ? ByteString.copyFromUtf8(failure) : note.getText());
    rendezvous.open(note.getOpenGate());
  }
}
