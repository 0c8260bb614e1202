package dev.parley.conformance.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.parley.conformance.v1.Fill;
import dev.parley.conformance.v1.Frame;
import dev.parley.conformance.v1.Many;
import dev.parley.conformance.v1.Piece;
import dev.parley.conformance.v1.Send;
import dev.parley.v1.Envelope;
import dev.parley.v1.Metadata;
import dev.parley.v1.Publication;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Turns what a case says to write into bytes. */
public final class Pieces {
  private static final int PAYLOAD_FIELD = Envelope.PAYLOAD_FIELD_NUMBER;

  /** The key of the metadata that holds what a handler does before it reads. */
  public static final String SCRIPT = "script";

  private Pieces() {}

  public static ByteBuffer encode(Send send) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int time = 0; time < Math.max(1, send.getTimes()); time++) {
      send.getPiecesList().forEach(piece -> append(piece, bytes));
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void append(Piece piece, ByteArrayOutputStream bytes) {
    switch (piece.getPieceCase()) {
      case FRAME -> appendFrames(piece.getFrame(), bytes);
      case HEX -> bytes.writeBytes(hex(piece.getHex()));
      case TEXT -> bytes.writeBytes(piece.getText().getBytes(StandardCharsets.UTF_8));
      case BODY_HEX -> bytes.writeBytes(Frames.encode(hex(piece.getBodyHex())).array());
      case TAIL -> {
        ByteString body =
            piece
                .getTail()
                .getEnvelope()
                .toByteString()
                .concat(ByteString.copyFrom(hex(piece.getTail().getHex())));
        bytes.writeBytes(Frames.encode(body.toByteArray()).array());
      }
      case FILL -> bytes.writeBytes(fill(piece.getFill()));
      case PIECE_NOT_SET -> throw new IllegalArgumentException("a piece without content");
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  private static byte[] fill(Fill fill) {
    byte[] bytes = new byte[fill.getSize()];
    Arrays.fill(bytes, (byte) fill.getValue());
    return bytes;
  }

  private static void appendFrames(Frame frame, ByteArrayOutputStream bytes) {
    for (int time = 0; time < Math.max(1, frame.getTimes()); time++) {
      Envelope envelope = envelope(frame, time);
      bytes.writeBytes(Frames.encode(envelope.toByteArray()).array());
    }
  }

  private static Envelope envelope(Frame frame, int time) {
    Envelope.Builder envelope = frame.getEnvelope().toBuilder();
    envelope.setId(envelope.getId() + (long) time * frame.getIdStep());
    switch (frame.getPayloadCase()) {
      case HELLO -> envelope.setPayload(frame.getHello().toByteString());
      case STATUS -> envelope.setPayload(frame.getStatus().toByteString());
      case GOAWAY -> envelope.setPayload(frame.getGoaway().toByteString());
      case REQUEST -> envelope.setPayload(frame.getRequest().toByteString());
      case REPLY -> envelope.setPayload(frame.getReply().toByteString());
      case HELLO_PAYLOAD_SIZE ->
          envelope.setPayload(
              Frames.HELLO.toBuilder()
                  .setPayload(ByteString.copyFrom(new byte[frame.getHelloPayloadSize()]))
                  .build()
                  .toByteString());
      case STREAM_REQUEST -> envelope.setPayload(frame.getStreamRequest().toByteString());
      case STREAM_REPLY -> envelope.setPayload(frame.getStreamReply().toByteString());
      case NOTE -> envelope.setPayload(frame.getNote().toByteString());
      case PUBLICATION -> envelope.setPayload(publication(frame).toByteString());
      case PAYLOAD_NOT_SET -> {
        // The payload is the envelope's own, or made below.
      }
    }
    if (frame.hasScript()) {
      envelope.addMetadata(
          Metadata.newBuilder().setKey(SCRIPT).setValue(frame.getScript().toByteString()));
    }
    if (frame.getNested() > 0) {
      envelope.setPayload(nested(frame.getNested()));
    }
    if (frame.getNameLength() > 0) {
      envelope.setName(padded(envelope.getName(), frame.getNameLength()));
    }
    if (frame.getSentByLength() > 0) {
      envelope.setSentBy(padded(envelope.getSentBy(), frame.getSentByLength()));
    }
    Many many = frame.getMany();
    for (int pair = 0; pair < many.getPairs(); pair++) {
      envelope.addMetadata(
          Metadata.newBuilder()
              .setKey(key(many, pair))
              .setValue(ByteString.copyFrom(new byte[many.getValueSize()])));
    }
    if (frame.getFrameSize() > 0) {
      pad(envelope, frame.getFrameSize());
    }
    return envelope.build();
  }

  private static Publication publication(Frame frame) {
    Publication publication = frame.getPublication();
    return publication.toBuilder()
        .setPayload(
            publication
                .getPayload()
                .concat(ByteString.copyFrom(new byte[frame.getPublicationPadding()])))
        .build();
  }

  /** The key of pair number {@code pair}, as long as the case wants it. */
  public static String key(Many many, int pair) {
    return padded("k" + pair, many.getKeySize());
  }

  /** The text, followed by as many letters as make it {@code length} bytes long. */
  public static String padded(String text, int length) {
    return text + "x".repeat(Math.max(0, length - text.length()));
  }

  /** Requests inside each other, {@code depth} of them, all in field 14. */
  static ByteString nested(int depth) {
    // Built from the inside, at the back of the array, as each length counts all that is inside.
    byte[] bytes = new byte[depth * 6];
    int start = bytes.length;
    for (int level = 0; level < depth; level++) {
      int inside = bytes.length - start;
      int lengthSize = CodedOutputStream.computeUInt32SizeNoTag(inside);
      start -= lengthSize;
      int at = start;
      int rest = inside;
      while (rest >= 0x80) {
        bytes[at++] = (byte) ((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      bytes[at] = (byte) rest;
      bytes[--start] = 0x72;
    }
    return ByteString.copyFrom(bytes, start, bytes.length - start);
  }

  /** Appends to the payload a field of bytes (number 15) that makes the frame that long. */
  private static void pad(Envelope.Builder envelope, int size) {
    ByteString payload = envelope.getPayload();
    for (int filling = size; filling >= 0; filling--) {
      int field =
          CodedOutputStream.computeTagSize(PAYLOAD_FIELD)
              + CodedOutputStream.computeUInt32SizeNoTag(filling)
              + filling;
      int whole = payload.size() + field;
      int frame =
          envelope.clearPayload().build().getSerializedSize()
              + CodedOutputStream.computeTagSize(PAYLOAD_FIELD)
              + CodedOutputStream.computeUInt32SizeNoTag(whole)
              + whole;
      if (frame == size) {
        envelope.setPayload(payload.concat(padding(filling)));
        return;
      }
    }
    throw new IllegalArgumentException("no padding makes a frame of " + size + " bytes");
  }

  /** So many bytes, of which number i is i modulo 251. */
  public static ByteString pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return ByteString.copyFrom(bytes);
  }

  /** A field number 15 with so many zero bytes: UnaryRequest.padding, and unknown elsewhere. */
  public static ByteString padding(int size) {
    return ByteString.copyFrom(new byte[] {(byte) ((PAYLOAD_FIELD << 3) | 2)})
        .concat(varint(size))
        .concat(ByteString.copyFrom(new byte[size]));
  }

  private static ByteString varint(int value) {
    ByteString.Output out = ByteString.newOutput(5);
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    return out.toByteString();
  }
}
