package dev.parley.conformance.peer;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.parley.conformance.program.Line;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.util.List;

/** Between values of the runtime and their form in a line. */
final class Lines {
  private Lines() {}

  static String metadata(Metadata metadata) {
    return String.join(
        ",",
        metadata.entries().stream()
            .map(
                entry ->
                    Line.hex(ByteString.copyFromUtf8(entry.key())) + ":" + Line.hex(entry.value()))
            .toList());
  }

  static Metadata metadata(String text) {
    Metadata metadata = Metadata.EMPTY;
    for (String pair : text.split(",", -1)) {
      int colon = pair.indexOf(':');
      if (colon >= 0) {
        metadata =
            metadata.with(
                Line.bytesOf(pair.substring(0, colon)).toStringUtf8(),
                Line.bytesOf(pair.substring(colon + 1)));
      }
    }
    return metadata;
  }

  static String details(List<Any> details) {
    return String.join(
        ",",
        details.stream()
            .map(any -> Line.hex(any.getTypeUrlBytes()) + ":" + Line.hex(any.getValue()))
            .toList());
  }

  static Line failed(RpcException failure) {
    return new Line("failed")
        .with("code", failure.code().name())
        .with("outcome", failure.outcome().name())
        .withText("message", failure.status().message());
  }

  /** How a call ended that succeeded. */
  static Line replied(Object reply, Metadata metadata) {
    return new Line("result")
        .with("outcome", "REPLIED")
        .with("code", "OK")
        .withBytes("payload", Messages.bytes(reply))
        .with("metadata", Lines.metadata(metadata));
  }

  /** How a call ended that failed. */
  static Line failedCall(RpcException failure, Metadata metadata) {
    Status status = failure.status();
    return new Line("result")
        .with("outcome", failure.outcome().name())
        .with("code", failure.code().name())
        .with("number", status.number())
        .withText("message", status.message())
        .with("details", Lines.details(status.details()))
        .with("metadata", Lines.metadata(metadata));
  }
}
