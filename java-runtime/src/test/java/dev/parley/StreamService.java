package dev.parley;

import dev.parley.rpc.BidiStreamingHandler;
import dev.parley.rpc.ClientStreamingHandler;
import dev.parley.rpc.Method;
import dev.parley.rpc.ServerStreamingHandler;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.test.v1.Text;

/** A service with a method of each streaming shape, written by hand as the generator would. */
final class StreamService {
  static final String NAME = "parley.test.v1.StreamService";
  static final Method<Text, Text> TELL =
      Method.serverStreaming(NAME, "Tell", Text.getDefaultInstance(), Text.getDefaultInstance());
  static final Method<Text, Text> GATHER =
      Method.clientStreaming(NAME, "Gather", Text.getDefaultInstance(), Text.getDefaultInstance());
  static final Method<Text, Text> CHAT =
      Method.bidiStreaming(NAME, "Chat", Text.getDefaultInstance(), Text.getDefaultInstance());

  private StreamService() {}

  static ServiceDefinition telling(ServerStreamingHandler<Text, Text> handler) {
    return ServiceDefinition.builder(NAME).serverStreaming(TELL, handler).build();
  }

  static ServiceDefinition gathering(ClientStreamingHandler<Text, Text> handler) {
    return ServiceDefinition.builder(NAME).clientStreaming(GATHER, handler).build();
  }

  static ServiceDefinition chatting(BidiStreamingHandler<Text, Text> handler) {
    return ServiceDefinition.builder(NAME).bidiStreaming(CHAT, handler).build();
  }
}
