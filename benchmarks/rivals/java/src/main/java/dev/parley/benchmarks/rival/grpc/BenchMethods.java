package dev.parley.benchmarks.rival.grpc;

import com.google.protobuf.Message;
import dev.parley.bench.v1.Blob;
import dev.parley.bench.v1.FlowRequest;
import dev.parley.bench.v1.Nap;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/**
 * The methods of {@code parley.bench.v1.Bench}, as a generated stub describes them. Written by
 * hand, because gRPC's generator is a native program that not every machine can have.
 */
final class BenchMethods {
  static final String SERVICE = "parley.bench.v1.Bench";

  static final MethodDescriptor<Blob, Blob> ECHO =
      method("Echo", MethodType.UNARY, Blob.getDefaultInstance());

  static final MethodDescriptor<Nap, Blob> SLEEP =
      method("Sleep", MethodType.UNARY, Nap.getDefaultInstance());

  static final MethodDescriptor<FlowRequest, Blob> FLOW =
      method("Flow", MethodType.SERVER_STREAMING, FlowRequest.getDefaultInstance());

  private BenchMethods() {}

  private static <RequestT extends Message> MethodDescriptor<RequestT, Blob> method(
      String name, MethodType type, RequestT request) {
    return MethodDescriptor.<RequestT, Blob>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setSampledToLocalTracing(true)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(Blob.getDefaultInstance()))
        .build();
  }
}
