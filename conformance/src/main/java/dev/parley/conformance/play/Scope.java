package dev.parley.conformance.play;

import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.Act;
import dev.parley.conformance.v1.CallBack;
import dev.parley.conformance.v1.EventToSend;
import dev.parley.conformance.v1.Many;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.Pair;
import dev.parley.conformance.v1.Start;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.conformance.v1.StreamShape;
import dev.parley.conformance.v1.UnaryRequest;
import dev.parley.conformance.wire.Pieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of one play: gates and logs live as long as a program, so each play puts a word of its
 * own before them. Also builds what a case sends, as that holds such names. For one thread.
 */
final class Scope {
  static final String SERVICE = "parley.conformance.v1.Conformance";
  static final String UNARY = SERVICE + "/Unary";
  static final String TELL = SERVICE + "/Tell";
  static final String NOTE = "note";

  private final String prefix;
  private final Set<String> held = new TreeSet<>();

  Scope(String prefix) {
    this.prefix = prefix;
  }

  String name(String name) {
    return name.isEmpty() ? name : prefix + name;
  }

  /** An address of this play's own; one that is no name at all stays as it is. */
  String address(String address) {
    return address.matches("[A-Za-z0-9].*") ? name(address) : address;
  }

  private List<String> names(List<String> names) {
    return names.stream().map(this::name).toList();
  }

  Note note(Note note) {
    return note.toBuilder()
        .setLog(name(note.getLog()))
        .setOpenGate(name(note.getOpenGate()))
        .build();
  }

  /** The gates that handlers wait for whatever happens: a case that breaks off must open them. */
  Set<String> held() {
    return held;
  }

  UnaryRequest request(UnaryRequest request) {
    if (!request.getHoldGate().isEmpty()) {
      held.add(name(request.getHoldGate()));
    }
    UnaryRequest.Builder scoped = request.toBuilder();
    scoped.clearOpenGates().addAllOpenGates(names(request.getOpenGatesList()));
    scoped.clearThenOpenGates().addAllThenOpenGates(names(request.getThenOpenGatesList()));
    scoped.setWaitGate(name(request.getWaitGate())).setHoldGate(name(request.getHoldGate()));
    if (request.hasAnswer()) {
      scoped.getAnswerBuilder().setTakeLog(name(request.getAnswer().getTakeLog()));
    }
    return scoped.build();
  }

  /** A message of a stream, with the names of this play. */
  StreamRequest request(StreamRequest request) {
    return request.toBuilder()
        .clearActs()
        .addAllActs(acts(request.getActsList()))
        .clearAtEnd()
        .addAllAtEnd(acts(request.getAtEndList()))
        .clearIfFailed()
        .addAllIfFailed(acts(request.getIfFailedList()))
        .build();
  }

  private List<Act> acts(List<Act> acts) {
    return acts.stream().map(this::act).toList();
  }

  private Act act(Act act) {
    Act.Builder scoped = act.toBuilder();
    switch (act.getActCase()) {
      case OPEN_GATE -> scoped.setOpenGate(name(act.getOpenGate()));
      case WAIT_GATE -> scoped.setWaitGate(name(act.getWaitGate()));
      case HOLD_GATE -> {
        held.add(name(act.getHoldGate()));
        scoped.setHoldGate(name(act.getHoldGate()));
      }
      case NOTE -> scoped.setNote(note(act.getNote()));
      case STREAM_BACK -> {
        List<StreamRequest> requests =
            act.getStreamBack().getRequestsList().stream().map(this::request).toList();
        scoped.getStreamBackBuilder().clearRequests().addAllRequests(requests);
      }
      case ANSWER -> scoped.getAnswerBuilder().setTakeLog(name(act.getAnswer().getTakeLog()));
      case SEND, WAIT_CANCEL, REPLY_METADATA, ACT_NOT_SET -> {
        // No names in it.
      }
    }
    return scoped.build();
  }

  /** A message of a stream as a case states it, padded. */
  ByteString message(StreamRequest request, int paddingSize) {
    StreamRequest.Builder padded = request(request).toBuilder();
    if (paddingSize > 0) {
      padded.setPadding(ByteString.copyFrom(new byte[paddingSize]));
    }
    return padded.build().toByteString();
  }

  /** The method that a start means. */
  static String method(Start start) {
    if (!start.getMethod().isEmpty()) {
      return start.getMethod();
    }
    return switch (start.getShape()) {
      case SERVER -> SERVICE + "/ServerStream";
      case CLIENT -> SERVICE + "/ClientStream";
      case BIDI -> SERVICE + "/Bidi";
      case UNARY, UNRECOGNIZED -> UNARY;
    };
  }

  /** The pairs that a start sends beside its request. */
  List<Pair> metadata(Start start) {
    List<Pair> pairs = pairs(start.getMetadataList(), start.getMany());
    boolean opens = start.getShape() == StreamShape.CLIENT || start.getShape() == StreamShape.BIDI;
    if (opens && start.hasScript()) {
      pairs.add(
          Pair.newBuilder()
              .setKey(Pieces.SCRIPT)
              .setValue(message(start.getScript(), start.getPaddingSize()))
              .build());
    }
    return pairs;
  }

  /** The payload that a start sends. */
  ByteString payload(Start start) {
    if (start.getShape() != StreamShape.UNARY) {
      return message(start.getScript(), start.getPaddingSize());
    }
    UnaryRequest.Builder request = request(start.getRequest()).toBuilder();
    if (start.hasCallBackRequest()) {
      CallBack.Builder back = request.getCallBackBuilder();
      back.setPayload(request(start.getCallBackRequest()).toByteString());
      if (back.getMethod().isEmpty()) {
        back.setMethod(UNARY);
      }
    }
    for (Note note : start.getSendNotesList()) {
      request.addSendEvents(
          EventToSend.newBuilder().setName(NOTE).setPayload(note(note).toByteString()));
    }
    if (start.getPaddingSize() > 0) {
      request.setPadding(ByteString.copyFrom(new byte[start.getPaddingSize()]));
    }
    UnaryRequest whole = request.build();
    for (int depth = 0; depth < start.getCallBackDepth(); depth++) {
      whole =
          UnaryRequest.newBuilder()
              .setCallBack(CallBack.newBuilder().setMethod(UNARY).setPayload(whole.toByteString()))
              .build();
    }
    return whole.toByteString();
  }

  /** The pairs as they stand, and as many more as asked for. */
  static List<Pair> pairs(List<Pair> given, Many many) {
    List<Pair> pairs = new ArrayList<>(given);
    for (int pair = 0; pair < many.getPairs(); pair++) {
      pairs.add(
          Pair.newBuilder()
              .setKey(Pieces.key(many, pair))
              .setValue(ByteString.copyFrom(new byte[many.getValueSize()]))
              .build());
    }
    return pairs;
  }

  /** Pairs in the form of a line. */
  static String text(List<Pair> pairs) {
    return String.join(
        ",",
        pairs.stream()
            .map(pair -> Line.hex(pair.getKeyBytes()) + ":" + Line.hex(pair.getValue()))
            .toList());
  }
}
