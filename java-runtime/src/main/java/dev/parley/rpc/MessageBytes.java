package dev.parley.rpc;

import com.google.protobuf.AbstractMessageLite;
import com.google.protobuf.AbstractParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message that is nothing but its bytes: what a method without a schema takes and gives where
 * both sides have agreed on no message (U-1). Immutable.
 */
public final class MessageBytes extends AbstractMessageLite<MessageBytes, MessageBytes.Builder> {
  /** No bytes. */
  public static final MessageBytes EMPTY = new MessageBytes(ByteString.EMPTY);

  private static final Parser<MessageBytes> PARSER = new BytesParser();

  private final ByteString bytes;

  private MessageBytes(ByteString bytes) {
    this.bytes = Objects.requireNonNull(bytes, "bytes");
  }

  /** The message that is these bytes. */
  public static MessageBytes of(ByteString bytes) {
    return new MessageBytes(bytes);
  }

  /** The bytes. */
  public ByteString bytes() {
    return bytes;
  }

  @Override
  public void writeTo(CodedOutputStream output) throws IOException {
    output.writeRawBytes(bytes);
  }

  @Override
  public int getSerializedSize() {
    return bytes.size();
  }

  @Override
  public ByteString toByteString() {
    return bytes;
  }

  @Override
  public Parser<MessageBytes> getParserForType() {
    return PARSER;
  }

  @Override
  public Builder newBuilderForType() {
    return new Builder();
  }

  @Override
  public Builder toBuilder() {
    return new Builder().set(bytes);
  }

  @Override
  public MessageBytes getDefaultInstanceForType() {
    return EMPTY;
  }

  @Override
  public boolean isInitialized() {
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MessageBytes that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return bytes.size() + " bytes";
  }

  /** What protobuf asks of every message. Of no use here. */
  public static final class Builder extends AbstractMessageLite.Builder<MessageBytes, Builder> {
    private ByteString bytes = ByteString.EMPTY;

    private Builder() {}

    /** The bytes to be. */
    public Builder set(ByteString bytes) {
      this.bytes = bytes;
      return this;
    }

    @Override
    public MessageBytes build() {
      return of(bytes);
    }

    @Override
    public MessageBytes buildPartial() {
      return build();
    }

    @Override
    public Builder clear() {
      return set(ByteString.EMPTY);
    }

    @Override
    public Builder clone() {
      return new Builder().set(bytes);
    }

    @Override
    protected Builder internalMergeFrom(MessageBytes message) {
      return set(bytes.concat(message.bytes));
    }

    @Override
    public Builder mergeFrom(CodedInputStream input, ExtensionRegistryLite extensions)
        throws IOException {
      return set(bytes.concat(rest(input)));
    }

    @Override
    public boolean isInitialized() {
      return true;
    }

    @Override
    public MessageLite getDefaultInstanceForType() {
      return EMPTY;
    }
  }

  private static ByteString rest(CodedInputStream input) throws IOException {
    ByteString.Output out = ByteString.newOutput();
    while (!input.isAtEnd()) {
      out.write(input.readRawByte());
    }
    return out.toByteString();
  }

  /** Takes all there is; the ways that the runtime goes do so at once. */
  private static final class BytesParser extends AbstractParser<MessageBytes> {
    @Override
    public MessageBytes parsePartialFrom(CodedInputStream input, ExtensionRegistryLite extensions)
        throws InvalidProtocolBufferException {
      try {
        return of(rest(input));
      } catch (InvalidProtocolBufferException e) {
        throw e;
      } catch (IOException e) {
        throw new InvalidProtocolBufferException(e);
      }
    }

    @Override
    public MessageBytes parseFrom(byte[] data, int offset, int length) {
      return of(ByteString.copyFrom(data, offset, length));
    }

    @Override
    public MessageBytes parseFrom(ByteString data) {
      return of(data);
    }

    @Override
    public MessageBytes parseFrom(InputStream input) throws InvalidProtocolBufferException {
      try {
        return of(ByteString.readFrom(input));
      } catch (IOException e) {
        throw new InvalidProtocolBufferException(e);
      }
    }
  }
}
