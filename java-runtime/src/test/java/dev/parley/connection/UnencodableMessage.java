package dev.parley.connection;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.lang.reflect.Proxy;

/** Makes messages that do not keep to what they say of themselves. */
final class UnencodableMessage {
  private UnencodableMessage() {}

  /** What a message writes. */
  interface Body {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /** A message that says it takes {@code size} bytes, and writes {@code body}. */
  static MessageLite of(int size, Body body) {
    return (MessageLite)
        Proxy.newProxyInstance(
            MessageLite.class.getClassLoader(),
            new Class<?>[] {MessageLite.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getSerializedSize")) {
                return size;
              }
              body.writeTo((CodedOutputStream) arguments[0]);
              return null;
            });
  }

  /** A message that throws when a part of it has been written. */
  static MessageLite throwing() {
    return of(
        9,
        out -> {
          out.writeInt32(1, 77);
          throw new IllegalStateException("in the middle");
        });
  }
}
