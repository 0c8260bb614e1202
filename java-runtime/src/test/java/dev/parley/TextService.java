package dev.parley;

import dev.parley.rpc.Method;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.UnaryHandler;
import dev.parley.test.v1.Text;

/** A service of one method, written by hand as the generator would. */
final class TextService {
  static final String NAME = "parley.test.v1.TextService";
  static final Method<Text, Text> TALK =
      Method.unary(NAME, "Talk", Text.getDefaultInstance(), Text.getDefaultInstance());

  private TextService() {}

  static ServiceDefinition answering(UnaryHandler<Text, Text> handler) {
    return ServiceDefinition.builder(NAME).unary(TALK, handler).build();
  }

  static Text text(String text) {
    return Text.newBuilder().setText(text).build();
  }
}
