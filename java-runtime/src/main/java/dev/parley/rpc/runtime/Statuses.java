package dev.parley.rpc.runtime;

import dev.parley.rpc.Code;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.util.List;

/** Statuses and metadata between their form on the wire and the form that users see. */
final class Statuses {
  private Statuses() {}

  static Status fromWire(dev.parley.v1.Status status) {
    return Status.ofNumber(status.getCode(), status.getMessage(), status.getDetailsList());
  }

  static dev.parley.v1.Status toWire(Status status) {
    return dev.parley.v1.Status.newBuilder()
        .setCode(status.number())
        .setMessage(status.message())
        .addAllDetails(status.details())
        .build();
  }

  static dev.parley.v1.Status toWire(Code code, String message) {
    return dev.parley.v1.Status.newBuilder().setCode(code.number()).setMessage(message).build();
  }

  static RpcException exception(dev.parley.v1.Status status, Outcome outcome) {
    return new RpcException(fromWire(status), outcome, null);
  }

  static Metadata fromWire(List<dev.parley.v1.Metadata> entries) {
    if (entries.isEmpty()) {
      return Metadata.EMPTY;
    }
    return Metadata.of(
        entries.stream()
            .map(entry -> new Metadata.Entry(entry.getKey(), entry.getValue()))
            .toList());
  }

  static List<dev.parley.v1.Metadata> toWire(Metadata metadata) {
    if (metadata.isEmpty()) {
      return List.of();
    }
    return metadata.entries().stream()
        .map(
            entry ->
                dev.parley.v1.Metadata.newBuilder()
                    .setKey(entry.key())
                    .setValue(entry.value())
                    .build())
        .toList();
  }
}
